//! Sweeping: expired rows are deleted, others stay.

use super::*;
use crate::model::{Ceilings, Reservation, SweepRule};
use crate::store::{Delivery, OauthState, RenewPending};

const DAY: i64 = 24 * HOUR;
const NOW: i64 = 100 * DAY;

pub(super) fn rule() -> SweepRule {
    SweepRule {
        now: at(NOW),
        lockout_window: RULE.window,
        events: SignedDuration::from_hours(90 * 24),
        failed_messages: SignedDuration::from_hours(7 * 24),
        ceilings: crate::model::Ceilings::default(),
    }
}

/// Sweeps after recording an event at that moment, so that the clock counts as right.
pub(super) async fn sweep_at(store: &dyn Store, rule: SweepRule) -> u64 {
    let present = Event {
        at: rule.now,
        ..event(EventKind::UserLoggedIn)
    };
    store.record(present).await.unwrap();
    store.sweep(rule).await.unwrap()
}

/// Writes of each kind of row one that is deleted at [`NOW`] and one that just stays.
async fn fill(store: &dyn Store) {
    for (number, later) in [0, 1].into_iter().enumerate() {
        let waits = PendingRegistration {
            expires_at: at(NOW + later),
            ..pending(
                &format!("waits{number}@example.com"),
                proof(&number.to_string()),
            )
        };
        put(store, waits).await;
        let jti = format!("token{number}");
        store
            .revoke_token(revocation(&jti, at(NOW - DAY + later)), Effects::default())
            .await
            .unwrap();
        fail(
            store,
            "ada@example.com",
            at(NOW - DAY - 15 * MINUTE + later),
        )
        .await;
        let old = Event {
            at: at(NOW - 91 * DAY + later),
            ..event(EventKind::UserVerified)
        };
        store.record(old).await.unwrap();
        let cap = capped(
            &format!("cap{number}@example.com"),
            Some(9),
            at(NOW - DAY - HOUR + later),
        );
        let nobody = email("nobody@example.com");
        let counted = store
            .renew_pending(&nobody, proof("x"), at(0), cap, Effects::default())
            .await;
        assert_eq!(counted.unwrap(), RenewPending::NotPending);
        let living = QueuedMessage {
            expires_at: at(NOW + DAY),
            ..mail("ada@example.com")
        };
        let message = living.id;
        queue(store, vec![living]).await;
        let lease = fresh_id();
        store
            .claim_messages(
                MessageQueue::People(MessageKind::ALL),
                lease,
                at(1),
                at(0),
                1,
            )
            .await
            .unwrap();
        let failed = Delivery::Failed {
            error: "no".to_owned(),
            at: at(NOW - 7 * DAY + later),
        };
        assert!(store.settle_message(message, lease, failed).await.unwrap());
    }
}

pub(in crate::store) async fn a_sweep_removes_what_expired_and_nothing_else(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    fill(&*store).await;
    let waits = QueuedMessage {
        expires_at: at(NOW + DAY),
        ..mail("ada@example.com")
    };
    queue(&*store, vec![waits]).await;
    // One of each of six kinds, and two old events that the failures recorded.
    assert_eq!(sweep_at(&*store, rule()).await, 6 + 2);
    assert_eq!(store.sweep(rule()).await.unwrap(), 0);

    let kept = store.pending_by_proof(&proof("1"), at(NOW)).await.unwrap();
    assert!(kept.is_some());
    let gone = store.pending_by_proof(&proof("0"), at(0)).await.unwrap();
    assert!(gone.is_none());
    let revoked = async |jti| {
        store
            .session(ada.id, jti, jti)
            .await
            .unwrap()
            .unwrap()
            .revoked
    };
    assert!(!revoked("token0").await && revoked("token1").await);
    let then = at(NOW - DAY);
    let lockout = store.lockout(&ada.email, RULE, then).await.unwrap();
    assert_eq!(lockout.failures, 1);
    let kinds = [EventKind::UserVerified, EventKind::UserLoggedIn];
    assert_eq!(recorded(&*store).await, kinds);
    let state = store.outbox().await.unwrap();
    assert_eq!((state.waiting, state.failed), (1, 1));
    let cap = capped("cap1@example.com", Some(1), then);
    let spent = store
        .renew_pending(&ada.email, proof("y"), at(NOW), cap, Effects::default())
        .await;
    assert_eq!(
        spent.unwrap(),
        RenewPending::CapSpent,
        "the younger one still counts"
    );
}

pub(in crate::store) async fn a_sweep_cuts_no_reservation_short(db: &dyn Database) {
    let store = db.open().await;
    let short = LockoutRule {
        window: SignedDuration::from_secs(1),
        threshold: 1,
    };
    let running = attempt("ada@example.com", at(NOW));
    let reserved = store.reserve_attempt(running, short).await.unwrap();
    assert_eq!(reserved, Reservation::Granted);
    let later = at(NOW + 30 * SECOND);
    let sweep = SweepRule {
        now: later,
        lockout_window: short.window,
        ..rule()
    };
    assert_eq!(sweep_at(&*store, sweep).await, 0);
    let busy = store
        .reserve_attempt(attempt("ada@example.com", later), short)
        .await;
    assert_eq!(busy.unwrap(), Reservation::Busy);
}

pub(in crate::store) async fn a_sweep_removes_many(db: &dyn Database) {
    race(db, 12, |store, number| async move {
        for token in 0..100 {
            let jti = format!("token{number}-{token}");
            store
                .revoke_token(revocation(&jti, at(NOW - DAY)), Effects::default())
                .await
                .unwrap();
        }
    })
    .await;
    assert_eq!(sweep_at(&*db.open().await, rule()).await, 1200);
}

pub(in crate::store) async fn a_fast_clock_revives_nothing(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let revoked = revocation("jti", at(HOUR));
    let revoked = store.revoke_token(revoked, only_event()).await;
    assert!(revoked.unwrap());
    for second in 0..3 {
        fail(&*store, "ada@example.com", at(second * SECOND)).await;
    }
    let cap = || capped("nobody@example.com", Some(1), at(0));
    let nobody = email("nobody@example.com");
    let counted = || store.renew_pending(&nobody, proof("x"), at(0), cap(), Effects::default());
    assert_eq!(counted().await.unwrap(), RenewPending::NotPending);
    // With a clock that is hours or days ahead, and also if something was written with that clock.
    for ahead in [3 * HOUR, 300 * DAY] {
        let now = at(ahead);
        store.sweep(SweepRule { now, ..rule() }).await.unwrap();
        store.purge_revocations(now).await.unwrap();
    }
    let ahead = SweepRule {
        now: at(3 * HOUR),
        ..rule()
    };
    sweep_at(&*store, ahead).await;
    store.purge_revocations(ahead.now).await.unwrap();

    let session = store.session(ada.id, "jti", "jti").await.unwrap().unwrap();
    assert!(session.revoked);
    let lockout = store.lockout(&ada.email, RULE, at(MINUTE)).await.unwrap();
    assert!(lockout.locked_until.is_some());
    assert_eq!(counted().await.unwrap(), RenewPending::CapSpent);
    assert!(recorded(&*store).await.len() > 4, "the trail is whole");
}

fn only_event() -> Effects {
    Effects {
        events: vec![event(EventKind::TokensRevoked)],
        ..Effects::default()
    }
}

pub(in crate::store) async fn an_opened_database_is_current(db: &dyn Database) {
    let store = db.open().await;
    create(&*store, user("ada@example.com")).await;
    assert_eq!(store.migrate().await.unwrap(), [] as [&str; 0]);
    let inspection = store.inspect().await.unwrap();
    assert_eq!(inspection.faults().next(), None);
    assert!(!inspection.schema.is_empty() && !inspection.place.is_empty());
    assert_eq!(inspection.engine, store.engine());
    let users = inspection.rows.iter().find(|table| table.name == "users");
    assert_eq!(users.map(|table| table.rows), Some(1));
}

pub(in crate::store) async fn a_survey_finds_mixed_case_and_the_oldest_hashes(db: &dyn Database) {
    let store = db.open().await;
    let empty = store.survey(2, 2).await.unwrap();
    assert!(empty.is_complete && empty.mixed_case.is_empty() && empty.hashes.is_empty());
    for (minute, address) in ["c@example.com", "B@example.com", "a@Example.com"]
        .iter()
        .enumerate()
    {
        let minute = i64::try_from(minute).unwrap();
        let account = User {
            email: Email::from_stored((*address).to_owned()),
            hashed_password: Some(hash(address)),
            created_at: at(10 - minute),
            ..user(address)
        };
        create(&*store, account).await;
    }
    let without_password = User {
        hashed_password: None,
        created_at: at(0),
        ..user("d@example.com")
    };
    create(&*store, without_password).await;
    let survey = store.survey(3, 2).await.unwrap();
    let mut found: Vec<&str> = survey.mixed_case.iter().map(Email::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, ["B@example.com", "a@Example.com"]);
    assert!(survey.is_complete);
    assert_eq!(
        survey.hashes,
        [hash("a@Example.com"), hash("B@example.com")]
    );
    let one = store.survey(1, 1).await.unwrap();
    assert_eq!((one.mixed_case.len(), one.hashes.len()), (1, 1));
    assert!(!one.is_complete, "there may be more");
    assert_eq!(survey.beyond_ascii, None);
    create(&*store, user("jos\u{e9}@example.com")).await;
    let survey = store.survey(3, 2).await.unwrap();
    let beyond_ascii = survey.beyond_ascii.as_ref().map(Email::as_str);
    assert_eq!(beyond_ascii, Some("jos\u{e9}@example.com"));
    assert_eq!(store.survey(0, 2).await.unwrap().beyond_ascii, None);

    let status = store.status().await.unwrap();
    assert_eq!(status.engine, store.engine());
    assert_eq!(status.place, store.inspect().await.unwrap().place);
}

pub(in crate::store) async fn what_strangers_write_is_bounded(db: &dyn Database) {
    let store = db.open().await;
    for number in 0..4 {
        let address = format!("user{number}@example.com");
        let waits = PendingRegistration {
            created_at: at(number),
            expires_at: at(HOUR),
            ..pending(&address, proof(&number.to_string()))
        };
        let put = store.put_pending(
            waits,
            capped(&address, Some(9), at(number)),
            Effects::default(),
            Effects::default(),
        );
        put.await.unwrap();
        let failed = Event {
            at: at(number),
            ..event(EventKind::LoginFailed)
        };
        let refused = Event {
            kind: EventKind::LoginRefused,
            id: fresh_id(),
            ..failed.clone()
        };
        store.record_again(refused, 1).await.unwrap();
        store.record(failed).await.unwrap();
        store.record(event(EventKind::UserVerified)).await.unwrap();
        let state = OauthState {
            id: proof(&number.to_string()),
            sealed: b"sealed".to_vec(),
            is_link: false,
            created_at: at(number),
            expires_at: at(HOUR + number),
        };
        store.put_oauth_state(state).await.unwrap();
    }
    let bounded = SweepRule {
        now: at(10),
        ceilings: Ceilings {
            pending: 3,
            counted_messages: 2,
            failed_logins: 1,
            oauth_states: 2,
            ..Ceilings::default()
        },
        ..rule()
    };
    assert_eq!(store.sweep(bounded).await.unwrap(), 1 + 2 + 3 + 3 + 2);
    assert_eq!(store.sweep(bounded).await.unwrap(), 0);
    let address = |number| email(&format!("user{number}@example.com"));
    let waits = async |number| store.pending_by_email(&address(number), at(0)).await;
    assert!(waits(0).await.unwrap().is_none() && waits(1).await.unwrap().is_some());
    let kinds = recorded(&*store).await;
    let of = |kind| kinds.iter().filter(|one| **one == kind).count();
    let left = [
        EventKind::LoginFailed,
        EventKind::LoginRefused,
        EventKind::UserVerified,
    ];
    assert_eq!(left.map(of), [1, 1, 4]);
}
