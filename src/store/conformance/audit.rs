//! The audit trail, the sweep, and signs of life.

use super::*;
use crate::store::{Delivery, RenewPending, SweepRule};

pub(in crate::store) async fn events_are_read_as_they_were_written(db: &dyn Database) {
    let store = db.open().await;
    let full = Event {
        at: at(7),
        user_id: Some(fresh_id()),
        email: Some(email("ada@bücher.example")),
        actor: "operator:root\u{1b}[2J\0".to_owned(),
        ip: Some("2001:db8::7".parse().unwrap()),
        request_id: Some("r-1".to_owned()),
        data: serde_json::from_str(
            r#"{"reason": "wrong password", "nested": {"n": [1, null, "é\u0000"]}}"#,
        )
        .unwrap(),
        ..event(EventKind::LoginFailed)
    };
    for written in [event(EventKind::UserRegistered), full] {
        store.record(written.clone()).await.unwrap();
        let read = &store
            .events(&EventFilter::default(), None, 1)
            .await
            .unwrap()
            .items[0];
        assert_eq!(format!("{read:?}"), format!("{written:?}"));
    }
    for kind in EventKind::ALL {
        store
            .record(Event {
                at: at(8),
                ..event(*kind)
            })
            .await
            .unwrap();
    }
    assert_eq!(recorded(&*store).await[2..], *EventKind::ALL);
}

pub(in crate::store) async fn events_are_paged_newest_first(db: &dyn Database) {
    let store = db.open().await;
    let (ada, bob) = (fresh_id(), fresh_id());
    let mut all = Vec::new();
    for number in 0..12 {
        let of = Event {
            // Three to a moment.
            at: at(number / 3),
            user_id: Some(if number % 2 == 0 { ada } else { bob }),
            ..event(EventKind::UserLoggedIn)
        };
        all.insert(0, (of.id, of.user_id));
        store.record(of).await.unwrap();
    }
    for user_id in [None, Some(ada), Some(bob), Some(fresh_id())] {
        let filter = EventFilter { user_id };
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = store.events(&filter, after, 4).await.unwrap();
            seen.extend(page.items.iter().map(|event| event.id));
            after = page.next;
            if after.is_none() {
                break;
            }
            store
                .record(Event {
                    at: at(HOUR),
                    user_id,
                    ..event(EventKind::UserLoggedOut)
                })
                .await
                .unwrap();
        }
        let of_user = all
            .iter()
            .filter(|(_, owner)| user_id.is_none() || *owner == user_id);
        // Those recorded while earlier lists were read stand at the top of the whole one.
        let expected: Vec<Id> = of_user.map(|(id, _)| *id).collect();
        assert_eq!(seen[seen.len() - expected.len()..], expected);
        assert_eq!(seen.len(), expected.len());
    }
}

pub(in crate::store) async fn a_sweep_removes_what_expired_and_nothing_else(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let day = 24 * HOUR;
    let now = 100 * day;
    // Of each kind one that goes and one that just stays.
    for (number, expires_at) in [now, now + 1].into_iter().enumerate() {
        let address = format!("waits{number}@example.com");
        let waits = PendingRegistration {
            expires_at: at(expires_at),
            ..pending(&address, proof(&number.to_string()))
        };
        put(&*store, waits).await;
        let jti = format!("token{number}");
        store
            .revoke_token(&jti, at(expires_at), Effects::default())
            .await
            .unwrap();
    }
    for started_at in [now - 15 * MINUTE, now - 15 * MINUTE + 1] {
        fail(&*store, "ada@example.com", at(started_at)).await;
    }
    for happened_at in [now - 90 * day, now - 90 * day + 1] {
        store
            .record(Event {
                at: at(happened_at),
                ..event(EventKind::UserVerified)
            })
            .await
            .unwrap();
    }
    for sent_at in [now - HOUR, now - HOUR + 1] {
        let cap = capped("ada@example.com", Some(9), at(sent_at));
        let nobody = email("nobody@example.com");
        let counted = store
            .renew_pending(&nobody, proof("x"), at(0), cap, Effects::default())
            .await;
        assert_eq!(counted.unwrap(), RenewPending::NotPending);
    }
    let living = QueuedMessage {
        expires_at: at(now + day),
        ..mail("ada@example.com")
    };
    queue(
        &*store,
        vec![
            living.clone(),
            QueuedMessage {
                id: fresh_id(),
                ..living.clone()
            },
            QueuedMessage {
                id: fresh_id(),
                ..living
            },
        ],
    )
    .await;
    let lease = fresh_id();
    let claimed = store
        .claim_messages(MessageKind::ALL, lease, at(now), at(now - 8 * day), 2)
        .await
        .unwrap();
    for (claimed, failed_at) in claimed.iter().zip([now - 7 * day, now - 7 * day + 1]) {
        let delivery = Delivery::Failed {
            error: "no".to_owned(),
            at: at(failed_at),
        };
        assert!(
            store
                .settle_message(claimed.message.id, lease, delivery)
                .await
                .unwrap()
        );
    }

    let rule = SweepRule {
        now: at(now),
        lockout_window: RULE.window,
        events: SignedDuration::from_hours(90 * 24),
        failed_messages: SignedDuration::from_hours(7 * 24),
    };
    // One of each of six kinds, and the two events that the failures recorded at the start.
    assert_eq!(store.sweep(rule).await.unwrap(), 6 + 2);
    assert_eq!(store.sweep(rule).await.unwrap(), 0);
    let kept = store.pending_by_proof(&proof("1"), at(now)).await.unwrap();
    assert!(kept.is_some());
    let gone = store.pending_by_proof(&proof("0"), at(0)).await.unwrap();
    assert!(gone.is_none());
    let revoked = async |jti| store.session(ada.id, jti).await.unwrap().unwrap().revoked;
    assert!(!revoked("token0").await && revoked("token1").await);
    assert_eq!(
        store
            .lockout(&ada.email, RULE, at(now))
            .await
            .unwrap()
            .failures,
        1
    );
    let verified = recorded(&*store)
        .await
        .into_iter()
        .filter(|kind| *kind == EventKind::UserVerified);
    assert_eq!(verified.count(), 1);
    let state = store.outbox().await.unwrap();
    assert_eq!((state.waiting, state.failed), (1, 1));
    // A window shorter than a reservation's life does not cut a reservation short.
    let short = LockoutRule {
        window: SignedDuration::from_secs(1),
        threshold: 1,
    };
    let running = attempt("bob@example.com", at(now));
    store.reserve_attempt(running, short).await.unwrap();
    let rule = SweepRule {
        now: at(now + 30 * SECOND),
        lockout_window: short.window,
        ..rule
    };
    store.sweep(rule).await.unwrap();
    let busy = store
        .reserve_attempt(attempt("bob@example.com", at(now + 30 * SECOND)), short)
        .await;
    assert_eq!(busy.unwrap(), crate::store::Reservation::Busy);
    // Much of one kind goes in one sweep.
    race(db, 600, |store, number| async move {
        let jti = format!("many{number}");
        store
            .revoke_token(&jti, at(now), Effects::default())
            .await
            .unwrap()
    })
    .await;
    let swept = store
        .sweep(SweepRule {
            now: at(now),
            ..rule
        })
        .await
        .unwrap();
    assert_eq!(swept, 600);
}

pub(in crate::store) async fn the_engine_names_itself_and_answers(db: &dyn Database) {
    let store = db.open().await;
    store.ping().await.unwrap();
    let engine = store.engine();
    let (product, version) = engine.split_once(' ').unwrap();
    assert!(product.chars().all(char::is_alphanumeric), "{engine}");
    assert!(
        version.starts_with(|digit: char| digit.is_ascii_digit()),
        "{engine}"
    );
}
