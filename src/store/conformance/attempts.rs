//! Login attempts: reservations, failures, lockout.

use super::*;
use crate::model::{LockoutState, RESERVATION_LIFETIME, Reservation};
use crate::store::RenewPending;

async fn reserve(store: &dyn Store, attempt: &Attempt) -> Reservation {
    store.reserve_attempt(attempt.clone(), RULE).await.unwrap()
}

async fn lockout(store: &dyn Store, address: &str, now: Timestamp) -> LockoutState {
    store.lockout(&email(address), RULE, now).await.unwrap()
}

pub(in crate::store) async fn no_more_than_the_threshold_is_ever_evaluated(db: &dyn Database) {
    let reserved = race(db, 50, |store, _| async move {
        let attempt = attempt("ada@example.com", at(0));
        (reserve(&*store, &attempt).await, attempt)
    })
    .await;
    let granted: Vec<Attempt> = reserved
        .iter()
        .filter(|(answer, _)| *answer == Reservation::Granted)
        .map(|(_, attempt)| attempt.clone())
        .collect();
    assert_eq!(granted.len(), 3);
    let busy = reserved
        .iter()
        .filter(|(answer, _)| *answer == Reservation::Busy);
    assert_eq!(busy.count(), 47);
    // All of them fail, while fifty more try: none of those is granted.
    let answers = race(db, 53, move |store, number| {
        let failing = granted.get(number).cloned();
        async move {
            let Some(attempt) = failing else {
                return Some(reserve(&*store, &attempt("ada@example.com", at(1))).await);
            };
            let events = (event(EventKind::LoginFailed), event(EventKind::LoginLocked));
            store
                .fail_attempt(&attempt, RULE, at(1), events.0, events.1)
                .await
                .unwrap();
            None
        }
    })
    .await;
    assert!(!answers.contains(&Some(Reservation::Granted)));
    let store = db.open().await;
    let until = at(15 * MINUTE);
    let answer = reserve(&*store, &attempt("ada@example.com", at(2))).await;
    assert_eq!(answer, Reservation::Locked { until });
}

pub(in crate::store) async fn a_lockout_ends_when_enough_failures_left_the_window(
    db: &dyn Database,
) {
    let store = db.open().await;
    for minute in [0, 1, 2] {
        assert_eq!(
            lockout(&*store, "ada@example.com", at(minute * MINUTE))
                .await
                .locked_until,
            None
        );
        fail(&*store, "ada@example.com", at(minute * MINUTE)).await;
    }
    let until = at(15 * MINUTE);
    let state = lockout(&*store, "ada@example.com", at(3 * MINUTE)).await;
    assert_eq!(
        state,
        LockoutState {
            failures: 3,
            locked_until: Some(until)
        }
    );
    let last = reserve(&*store, &attempt("ada@example.com", at(15 * MINUTE - 1))).await;
    assert_eq!(last, Reservation::Locked { until });
    assert_eq!(
        lockout(&*store, "ada@example.com", until).await,
        LockoutState {
            failures: 2,
            locked_until: None
        }
    );
    // One failure has left the window, so one attempt is granted.
    fail(&*store, "ada@example.com", until).await;
    let again = reserve(&*store, &attempt("ada@example.com", until)).await;
    assert_eq!(
        again,
        Reservation::Locked {
            until: at(16 * MINUTE)
        }
    );
    // Under a stricter rule, more failures have to leave the window first.
    let strict = LockoutRule {
        threshold: 1,
        ..RULE
    };
    let state = store
        .lockout(&email("ada@example.com"), strict, until)
        .await
        .unwrap();
    assert_eq!(
        state,
        LockoutState {
            failures: 3,
            locked_until: Some(at(30 * MINUTE))
        }
    );
    assert_eq!(
        lockout(&*store, "ada@example.com", at(30 * MINUTE))
            .await
            .failures,
        0
    );
    // A window shorter than the lifetime of a reservation.
    let brief = LockoutRule {
        threshold: 1,
        window: SignedDuration::from_secs(10),
    };
    let bob = email("bob@example.com");
    fail(&*store, bob.as_str(), at(0)).await;
    for (now, failures) in [(at(10 * SECOND - 1), 1), (at(10 * SECOND), 0)] {
        let state = store.lockout(&bob, brief, now).await.unwrap();
        assert_eq!(state.failures, failures);
    }
}

pub(in crate::store) async fn reservations_go_stale(db: &dyn Database) {
    let store = db.open().await;
    let attempts =
        [at(0), at(SECOND), at(2 * SECOND)].map(|start| attempt("ada@example.com", start));
    for attempt in &attempts {
        assert_eq!(reserve(&*store, attempt).await, Reservation::Granted);
    }
    let lifetime = i64::try_from(RESERVATION_LIFETIME.as_millis()).unwrap();
    let busy = reserve(&*store, &attempt("ada@example.com", at(lifetime - 1))).await;
    assert_eq!(busy, Reservation::Busy);
    assert_eq!(
        lockout(&*store, "ada@example.com", at(lifetime - 1))
            .await
            .failures,
        0
    );
    // The first attempt counts as failed when it started; the others are still running.
    assert_eq!(
        lockout(&*store, "ada@example.com", at(lifetime))
            .await
            .failures,
        1
    );
    let busy = reserve(&*store, &attempt("ada@example.com", at(lifetime))).await;
    assert_eq!(busy, Reservation::Busy);
    let locked = reserve(
        &*store,
        &attempt("ada@example.com", at(lifetime + 2 * SECOND)),
    )
    .await;
    assert_eq!(
        locked,
        Reservation::Locked {
            until: at(15 * MINUTE)
        }
    );
    // A process that was only slow can still report the failure, and it is not counted twice.
    let events = (event(EventKind::LoginFailed), event(EventKind::LoginLocked));
    let now = at(2 * lifetime);
    store
        .fail_attempt(&attempts[0], RULE, now, events.0, events.1)
        .await
        .unwrap();
    assert_eq!(lockout(&*store, "ada@example.com", now).await.failures, 3);
}

pub(in crate::store) async fn a_released_attempt_counts_no_more(db: &dyn Database) {
    let store = db.open().await;
    let attempts = [at(0), at(1), at(2)].map(|start| attempt("ada@example.com", start));
    for attempt in &attempts {
        assert_eq!(reserve(&*store, attempt).await, Reservation::Granted);
    }
    store.release_attempt(&attempts[1]).await.unwrap();
    store.release_attempt(&attempts[1]).await.unwrap();
    assert_eq!(
        reserve(&*store, &attempt("ada@example.com", at(3))).await,
        Reservation::Granted
    );
    assert_eq!(
        reserve(&*store, &attempt("ada@example.com", at(4))).await,
        Reservation::Busy
    );
    // A failed attempt can't be withdrawn.
    let events = (event(EventKind::LoginFailed), event(EventKind::LoginLocked));
    store
        .fail_attempt(&attempts[0], RULE, at(5), events.0, events.1)
        .await
        .unwrap();
    store.release_attempt(&attempts[0]).await.unwrap();
    assert_eq!(lockout(&*store, "ada@example.com", at(6)).await.failures, 1);
}

pub(in crate::store) async fn a_success_clears_failures_and_its_own_reservation(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    fail(&*store, "ada@example.com", at(0)).await;
    fail(&*store, "bob@example.com", at(0)).await;
    let right = attempt("ada@example.com", at(1));
    let succeed = SessionIssue {
        attempt: Some(right.id),
        ..issue(&ada, at(3))
    };
    assert_eq!(reserve(&*store, &right).await, Reservation::Granted);
    let wrong = attempt("ada@example.com", at(2));
    assert_eq!(reserve(&*store, &wrong).await, Reservation::Granted);
    let refused = SessionIssue {
        verified_hash: hash("other"),
        ..succeed.clone()
    };
    store
        .issue_session(refused, Effects::default())
        .await
        .unwrap();
    assert_eq!(
        lockout(&*store, "ada@example.com", at(3)).await.failures,
        1,
        "no session, no success"
    );
    let issued = store
        .issue_session(succeed, Effects::default())
        .await
        .unwrap();
    assert!(matches!(issued, IssueSession::Issued(_)));
    assert_eq!(lockout(&*store, "ada@example.com", at(3)).await.failures, 0);
    assert_eq!(lockout(&*store, "bob@example.com", at(3)).await.failures, 1);
    // The other attempt is still running: two more are granted beside it, not three.
    for granted in [
        Reservation::Granted,
        Reservation::Granted,
        Reservation::Busy,
    ] {
        assert_eq!(
            reserve(&*store, &attempt("ada@example.com", at(4))).await,
            granted
        );
    }
    let events = (event(EventKind::LoginFailed), event(EventKind::LoginLocked));
    store
        .fail_attempt(&wrong, RULE, at(5), events.0, events.1)
        .await
        .unwrap();
    assert_eq!(lockout(&*store, "ada@example.com", at(5)).await.failures, 1);
}

pub(in crate::store) async fn addresses_do_not_share_failures(db: &dyn Database) {
    let store = db.open().await;
    create(&*store, user("ada@example.com")).await;
    for millis in 0..3 {
        fail(&*store, "nobody@example.com", at(millis)).await;
    }
    let locked = reserve(&*store, &attempt("nobody@example.com", at(5))).await;
    assert!(
        matches!(locked, Reservation::Locked { .. }),
        "an unknown address is locked out like a known one"
    );
    assert_eq!(
        reserve(&*store, &attempt("ada@example.com", at(5))).await,
        Reservation::Granted
    );
}

pub(in crate::store) async fn the_lockout_is_recorded_once(db: &dyn Database) {
    let store = db.open().await;
    let mut attempts = Vec::new();
    for millis in 0..3 {
        attempts.push(attempt("ada@example.com", at(millis)));
        assert_eq!(
            reserve(&*store, &attempts[attempts.len() - 1]).await,
            Reservation::Granted
        );
    }
    race(db, 3, move |store, number| {
        let attempt = attempts[number].clone();
        async move {
            let events = (event(EventKind::LoginFailed), event(EventKind::LoginLocked));
            store
                .fail_attempt(&attempt, RULE, at(9), events.0, events.1)
                .await
                .unwrap();
        }
    })
    .await;
    let events = recorded(&*store).await;
    let count = |kind| events.iter().filter(|recorded| **recorded == kind).count();
    assert_eq!(
        (count(EventKind::LoginFailed), count(EventKind::LoginLocked)),
        (3, 1)
    );
}

pub(in crate::store) async fn a_reservation_fails_to_the_millisecond(db: &dyn Database) {
    for (late, recorded) in [(MINUTE - 1, 0), (MINUTE, 1)] {
        let store = db.open().await;
        let address = format!("ada{late}@example.com");
        let [unsettled, first, second] = [0, 0, 1].map(|start| attempt(&address, at(start)));
        for attempt in [&unsettled, &first, &second] {
            assert_eq!(reserve(&*store, attempt).await, Reservation::Granted);
        }
        for attempt in [&first, &second] {
            let events = (event(EventKind::LoginFailed), event(EventKind::LoginLocked));
            let failed = store.fail_attempt(attempt, RULE, at(late), events.0, events.1);
            failed.await.unwrap();
        }
        let filter = EventFilter {
            kind: Some(EventKind::LoginLocked),
            ..EventFilter::default()
        };
        let locked = store.events(&filter, None, 10).await.unwrap();
        assert_eq!(locked.items.len(), recorded, "{late}");
    }
}

pub(in crate::store) async fn a_clock_put_back_makes_no_wait_longer(db: &dyn Database) {
    let store = db.open().await;
    let day = 24 * HOUR;
    for second in 0..3 {
        fail(&*store, "ada@example.com", at(day + second * SECOND)).await;
    }
    // One more attempt was running when the clock was set back.
    let running = attempt("bob@example.com", at(day));
    assert_eq!(reserve(&*store, &running).await, Reservation::Granted);
    let ask = async |address: &str, now| reserve(&*store, &attempt(address, at(now))).await;
    let until = at(15 * MINUTE);
    assert_eq!(
        ask("ada@example.com", 0).await,
        Reservation::Locked { until }
    );
    let state = lockout(&*store, "ada@example.com", at(MINUTE)).await;
    assert_eq!(state.locked_until, Some(until));
    let last = ask("ada@example.com", 15 * MINUTE - 1).await;
    assert_eq!(last, Reservation::Locked { until });
    let granted = ask("ada@example.com", 15 * MINUTE).await;
    assert_eq!(granted, Reservation::Granted);
    for now in [0, MINUTE + 1, 15 * MINUTE] {
        assert_eq!(ask("bob@example.com", now).await, Reservation::Granted);
    }

    // The same for the hour of a message limit.
    let nobody = email("nobody@example.com");
    let ask = async |now| {
        let cap = capped("nobody@example.com", Some(1), at(now));
        let asked = store.renew_pending(&nobody, proof("x"), at(0), cap, Effects::default());
        asked.await.unwrap()
    };
    assert_eq!(ask(day).await, RenewPending::NotPending);
    assert_eq!(ask(0).await, RenewPending::CapSpent);
    assert_eq!(ask(HOUR - 1).await, RenewPending::CapSpent);
    assert_eq!(ask(HOUR).await, RenewPending::NotPending);
}
