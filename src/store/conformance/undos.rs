//! Undoing a change of the email address: once, for a limited time, and despite later changes.

use super::credentials::{change_email, done, is_stale, to_address};
use super::*;
use crate::model::{MAX_UNDOS, NewUndo, SweepRule};
use crate::store::{
    ChangeEmail, Deletion, EmailChange, PasswordChange, PasswordProof, UndoEmailChange,
};

/// Changes the email address of an account at second `now`. The proof of this text can undo that for a week.
pub(super) async fn moved(store: &dyn Store, user: &User, to: &str, undo: &str, now: i64) -> User {
    let change = EmailChange {
        undo: Some(NewUndo {
            proof: proof(undo),
            expires_at: at(now + 7 * 86_400_000),
        }),
        now: at(now),
        ..to_address(user, to, at(now))
    };
    done(change_email(store, change).await)
}

pub(super) fn undoing(user: &User, undo: &str, now: i64) -> UndoEmailChange {
    UndoEmailChange {
        user_id: user.id,
        proof: proof(undo),
        email: user.email.clone(),
        forgets_password: true,
        now: at(now),
    }
}

pub(super) async fn undo(store: &dyn Store, undo: UndoEmailChange) -> ChangeEmail {
    let told = effects(undo.email.as_str(), EventKind::EmailChangeUndone);
    store.undo_email_change(undo, told).await.unwrap()
}

async fn lives(store: &dyn Store, user: &User, undo: &str, now: i64) -> bool {
    let found = store.undo(user.id, &proof(undo), at(now)).await.unwrap();
    found.is_some()
}

pub(in crate::store) async fn a_change_is_undone_once_whatever_came_after(db: &dyn Database) {
    let store = db.open().await;
    let at_a = create(&*store, user("a@example.com")).await;
    let at_b = moved(&*store, &at_a, "b@example.com", "first", 10).await;
    let change = PasswordChange {
        user_id: at_b.id,
        new_hash: hash("thief's"),
        proof: PasswordProof::Verified(at_b.hashed_password.clone().unwrap()),
        attempt: None,
        now: at(15),
    };
    let at_b = done(
        store
            .change_password(change, Effects::default())
            .await
            .unwrap(),
    );
    let at_c = moved(&*store, &at_b, "c@example.com", "second", 20).await;
    put(&*store, pending("a@example.com", proof("1"))).await;

    let undone = done(undo(&*store, undoing(&at_c, "first", 30)).await);
    assert_eq!(undone.email, at_a.email);
    assert!(undone.is_verified && undone.hashed_password.is_none());
    assert_eq!(undone.tokens_invalidated_after, Some(at(30)));
    assert_eq!(undone.updated_at, at(30));
    let read = store.user_by_email(&at_a.email).await.unwrap().unwrap();
    assert_eq!(format!("{read:?}"), format!("{undone:?}"));
    let waits = store.pending_by_proof(&proof("1"), at(30)).await.unwrap();
    assert!(waits.is_none());
    let trail = store.events(&EventFilter::default(), None, 10).await;
    let newest = &trail.unwrap().items[0];
    assert_eq!(newest.kind, EventKind::EmailChangeUndone);
    assert_eq!(
        newest.email,
        Some(at_c.email),
        "the address it had until now"
    );
    // The account that had the address in between can't get it back either.
    for dead in ["first", "second"] {
        assert!(!lives(&*store, &undone, dead, 31).await);
        assert!(is_stale(&undo(&*store, undoing(&undone, dead, 31)).await));
    }
}

pub(in crate::store) async fn an_earlier_change_can_still_be_undone(db: &dyn Database) {
    let store = db.open().await;
    let at_a = create(&*store, user("a@example.com")).await;
    let at_b = moved(&*store, &at_a, "b@example.com", "first", 10).await;
    let at_c = moved(&*store, &at_b, "c@example.com", "second", 20).await;
    let keeps = UndoEmailChange {
        forgets_password: false,
        ..undoing(&at_c, "second", 30)
    };
    let at_b = done(undo(&*store, keeps).await);
    assert_eq!(at_b.email, email("b@example.com"));
    assert_eq!(at_b.hashed_password, at_a.hashed_password);
    let at_a = done(undo(&*store, undoing(&at_b, "first", 40)).await);
    assert_eq!(at_a.email, email("a@example.com"));
}

pub(in crate::store) async fn an_undo_needs_a_proof_that_holds_and_a_free_address(
    db: &dyn Database,
) {
    const WEEK: i64 = 7 * 86_400_000;
    let store = db.open().await;
    let before = create(&*store, user("a@example.com")).await;
    let ada = moved(&*store, &before, "b@example.com", "undo", 10).await;
    let bob = create(&*store, user("bob@example.com")).await;
    let from_elsewhere = UndoEmailChange {
        email: before.email.clone(),
        ..undoing(&ada, "undo", 20)
    };
    for stale in [
        undoing(&ada, "other", 20),
        undoing(&bob, "undo", 20),
        undoing(&ada, "undo", 10 + WEEK),
        undoing(&user("gone@example.com"), "undo", 20),
        from_elsewhere,
    ] {
        assert!(is_stale(&undo(&*store, stale).await));
    }
    assert!(lives(&*store, &ada, "undo", 9 + WEEK).await);
    assert!(!lives(&*store, &ada, "undo", 10 + WEEK).await);
    assert!(!lives(&*store, &bob, "undo", 20).await);
    let holder = create(&*store, user("a@example.com")).await;
    let taken = undo(&*store, undoing(&ada, "undo", 20)).await;
    assert!(matches!(taken, ChangeEmail::EmailTaken));
    let same = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(format!("{same:?}"), format!("{ada:?}"));
    assert_eq!(recorded(&*store).await.len(), 0);
    // Once the address is free again, the link works.
    let deletion = Deletion {
        verified_hash: None,
        force: true,
        only_if: None,
    };
    let deleted = store.delete_user(holder.id, deletion, Effects::default());
    assert!(matches!(deleted.await.unwrap(), DeleteUser::Done(_)));
    done(undo(&*store, undoing(&ada, "undo", 21)).await);
}

pub(in crate::store) async fn parallel_undoings_are_one(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("a@example.com")).await;
    let ada = moved(&*store, &ada, "b@example.com", "undo", 10).await;
    let won = race(db, 20, move |store, _| {
        let wish = undoing(&ada, "undo", 20);
        async move { matches!(undo(&*store, wish).await, ChangeEmail::Done(_)) }
    });
    assert_eq!(won.await.into_iter().filter(|won| *won).count(), 1);
}

pub(in crate::store) async fn the_first_changes_stay_and_what_expired_is_swept(db: &dyn Database) {
    let store = db.open().await;
    let mut ada = create(&*store, user("a@example.com")).await;
    for number in 0..=MAX_UNDOS {
        let (to, undo) = (format!("a{number}@example.com"), format!("undo{number}"));
        ada = moved(&*store, &ada, &to, &undo, 10 + i64::from(number)).await;
    }
    assert!(lives(&*store, &ada, "undo0", 50).await, "the owner's");
    let last = format!("undo{MAX_UNDOS}");
    assert!(!lives(&*store, &ada, &last, 50).await, "one too many");
    let rule = SweepRule {
        now: at(20 + 7 * 86_400_000),
        lockout_window: SignedDuration::ZERO,
        events: SignedDuration::from_hours(24 * 900),
        failed_messages: SignedDuration::from_hours(24 * 900),
        ceilings: crate::model::Ceilings::default(),
    };
    // A sweep does not trust a clock that is ahead of everything known.
    let newest = Event {
        at: rule.now,
        ..event(EventKind::UserVerified)
    };
    store.record(newest).await.unwrap();
    assert!(store.sweep(rule).await.unwrap() > 0);
    assert!(!lives(&*store, &ada, "undo5", 50).await);
    assert!(lives(&*store, &ada, "undo15", 50).await);
}
