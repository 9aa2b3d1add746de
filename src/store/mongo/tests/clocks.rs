//! A server whose clock is fast deletes rows by age that still protect something: nothing may depend on its clock.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::model::moment::{after, before};
use crate::model::{Id, LockoutRule, Reservation, Revocation};
use crate::store::mongo::{indexes, known_time};

const RULE: LockoutRule = LockoutRule {
    threshold: 2,
    window: SignedDuration::from_mins(15),
};

fn attempt(started_at: Timestamp) -> Attempt {
    Attempt {
        id: Id::from_bytes(ObjectId::new().bytes()),
        email: email("ada@example.com"),
        ip: None,
        started_at,
    }
}

/// Locks out an email address with a clock that is `behind` the server's. Then deletes the failures from the collection
/// that the Python package reads, and returns the result of the next attempt.
async fn once_the_rows_are_gone(behind: SignedDuration) -> Reservation {
    let db = fresh();
    let (store, raw) = (db.mongo(), db.raw().await);
    let clock = known_time::clock(&raw).await.unwrap().unwrap();
    let now = before(documents::moment(clock), behind);
    for _ in 0..RULE.threshold {
        let wrong = attempt(now);
        let reserved = store.reserve_attempt(wrong.clone(), RULE).await.unwrap();
        assert_eq!(reserved, Reservation::Granted);
        let (failed, locked) = (event(EventKind::LoginFailed), event(EventKind::LoginLocked));
        let settled = store.fail_attempt(&wrong, RULE, now, failed, locked);
        settled.await.unwrap();
    }
    let reserved = store.reserve_attempt(attempt(now), RULE).await.unwrap();
    assert!(matches!(reserved, Reservation::Locked { .. }));
    raw.failures.delete_many(doc! {}).await.unwrap();
    store.reserve_attempt(attempt(now), RULE).await.unwrap()
}

#[tokio::test]
async fn failures_that_the_server_removes_too_early_lock_all_the_same() {
    let removed = once_the_rows_are_gone(SignedDuration::from_mins(20)).await;
    assert!(matches!(removed, Reservation::Locked { .. }), "{removed:?}");
    // With clocks that agree, no row was old enough to be deleted: somebody logged in through the package.
    let forgiven = once_the_rows_are_gone(SignedDuration::ZERO).await;
    assert_eq!(forgiven, Reservation::Granted);
}

/// Failures that the package counted are looked up while an attempt is reserved already: it gives its place back.
#[tokio::test]
async fn failures_of_the_package_leave_as_much_room_as_they_should() {
    let db = fresh();
    let (store, raw) = (db.mongo(), db.raw().await);
    let theirs = doc! { "email": "ada@example.com", "when": documents::date(at(0)) };
    raw.failures.insert_one(theirs.clone()).await.unwrap();
    let first = attempt(at(1));
    let reserved = store.reserve_attempt(first.clone(), RULE).await.unwrap();
    assert_eq!(reserved, Reservation::Granted, "one of two is left");
    let reserved = store.reserve_attempt(attempt(at(1)), RULE).await.unwrap();
    assert_eq!(reserved, Reservation::Busy, "none is left");
    store.release_attempt(&first).await.unwrap();
    raw.failures.insert_one(theirs).await.unwrap();
    let reserved = store.reserve_attempt(attempt(at(1)), RULE).await.unwrap();
    assert!(
        matches!(reserved, Reservation::Locked { .. }),
        "{reserved:?}"
    );
    raw.failures.delete_many(doc! {}).await.unwrap();
    let many = (0..8).map(|_| store.reserve_attempt(attempt(at(1)), RULE));
    let many = futures_util::future::join_all(many).await;
    let granted = many.into_iter().map(Result::unwrap);
    let granted = granted.filter(|reserved| *reserved == Reservation::Granted);
    assert_eq!(granted.count(), 2, "whoever was refused holds no place");
}

#[tokio::test]
async fn a_revocation_outlives_its_token_by_a_day_whoever_removes_it() {
    let db = fresh();
    let (store, raw) = (db.mongo(), db.raw().await);
    let ada = user("ada@example.com");
    let created = store.create_user(ada.clone(), Effects::default()).await;
    assert_eq!(created.unwrap(), CreateUser::Created);
    let hours = |hours: i64| after(at(0), SignedDuration::from_hours(hours));
    let revoked = Revocation {
        jti: "one".to_owned(),
        user_id: Some(ada.id),
        expires_at: hours(2),
    };
    let done = store.revoke_token(revoked.clone(), Effects::default());
    assert!(done.await.unwrap());
    // As the package writes them.
    let theirs = doc! { "jti": "theirs", "exp": documents::date(hours(3)) };
    raw.revoked.insert_one(theirs).await.unwrap();
    let listed = async |now| {
        let page = store.revocations(None, 10, now).await.unwrap();
        let ends = page.items.into_iter().map(|one| (one.jti, one.expires_at));
        ends.collect::<Vec<_>>()
    };
    let (ours, theirs) = (
        ("one".to_owned(), hours(2)),
        ("theirs".to_owned(), hours(3)),
    );
    assert_eq!(listed(hours(1)).await, [theirs.clone(), ours]);
    assert_eq!(listed(hours(2)).await, [theirs]);
    // What the index deletes if the server's clock is ahead by a day and almost two hours.
    let indexes = indexes::inspect(&raw, store.connection.server());
    let is_wanted = |part: &SchemaPart| part.name.ends_with(".exp_ttl");
    assert!(indexes.await.unwrap().iter().any(is_wanted));
    let fast = doc! { "exp": { "$lte": documents::date(hours(25)) } };
    raw.revoked.delete_many(fast).await.unwrap();
    assert!(
        store
            .session(ada.id, "one", "one")
            .await
            .unwrap()
            .unwrap()
            .revoked
    );
    // The sweep is not misled by a fast clock either: it deletes the revocation a day after the token expired.
    for (now, removed) in [(25, 0), (26, 1)] {
        let present = Event {
            at: hours(now),
            ..event(EventKind::UserLoggedIn)
        };
        store.record(present).await.unwrap();
        let purged = store.purge_revocations(hours(now)).await;
        assert_eq!(purged.unwrap(), removed, "after {now} hours");
    }
}
