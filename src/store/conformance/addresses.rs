//! Changing the email address: only through a valid link, and only to an address that no other account has.

use super::credentials::{change_email, done, is_stale, to_address};
use super::*;
use crate::model::UserFilter;
use crate::store::{ChangeEmail, EmailChange};

pub(in crate::store) async fn a_proven_address_becomes_the_accounts(db: &dyn Database) {
    let store = db.open().await;
    let unproven = User {
        is_verified: false,
        full_name: name("Ada"),
        ..user("old@example.com")
    };
    let ada = create(&*store, unproven).await;
    db.plant(pending("old@example.com", proof("1"))).await;
    put(&*store, pending("new@example.com", proof("2"))).await;
    put(&*store, pending("other@example.com", proof("3"))).await;
    let moved = EmailChange {
        now: at(9),
        ..to_address(&ada, "new@example.com", at(5))
    };
    let told = effects("old@example.com", EventKind::EmailChanged);
    let changed = done(store.change_email(moved, told).await.unwrap());
    let expected = User {
        email: email("new@example.com"),
        is_verified: true,
        updated_at: at(9),
        tokens_invalidated_after: Some(at(9)),
        ..ada.clone()
    };
    assert_eq!(format!("{changed:?}"), format!("{expected:?}"));
    assert_eq!(changed.hashed_password, Some(hash("first")));
    let found = store.user_by_email(&expected.email).await.unwrap().unwrap();
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    assert!(store.user_by_email(&ada.email).await.unwrap().is_none());
    for (token_hash, waits) in [("1", false), ("2", false), ("3", true)] {
        let pending = store.pending_by_proof(&proof(token_hash), at(9)).await;
        assert_eq!(pending.unwrap().is_some(), waits, "{token_hash}");
    }
    let trail = store.events(&EventFilter::default(), None, 10).await;
    let trail = trail.unwrap().items;
    assert_eq!((trail.len(), trail[0].user_id), (1, Some(ada.id)));
    assert_eq!(
        trail[0].email,
        Some(ada.email),
        "it happened to the old address"
    );
    // The search finds the new email address, and the old one is free.
    let search = |q: &str| UserFilter {
        q: Some(q.to_owned()),
        ..UserFilter::default()
    };
    assert_eq!(store.count_users(&search("new@")).await.unwrap(), 1);
    assert_eq!(store.count_users(&search("old@")).await.unwrap(), 0);
    create(&*store, user("old@example.com")).await;
}

pub(in crate::store) async fn an_address_needs_a_link_that_holds(db: &dyn Database) {
    let store = db.open().await;
    let cut = User {
        tokens_invalidated_after: Some(at(5)),
        ..user("ada@example.com")
    };
    let ada = create(&*store, cut).await;
    create(&*store, user("taken@example.com")).await;
    let asleep = User {
        is_active: false,
        ..user("asleep@example.com")
    };
    let asleep = create(&*store, asleep).await;
    let from_elsewhere = EmailChange {
        old_email: Some(email("former@example.com")),
        ..to_address(&ada, "new@example.com", at(6))
    };
    let told = || effects("ada@example.com", EventKind::EmailChanged);
    for stale in [
        to_address(&ada, "new@example.com", at(5)),
        from_elsewhere,
        to_address(&asleep, "new@example.com", at(6)),
        to_address(&user("gone@example.com"), "new@example.com", at(6)),
        // A stale link does not reveal whether another account has the address.
        to_address(&ada, "taken@example.com", at(5)),
    ] {
        let answer = store.change_email(stale, told()).await.unwrap();
        assert!(is_stale(&answer));
    }
    let taken = to_address(&ada, "taken@example.com", at(6));
    let answer = store.change_email(taken, told()).await.unwrap();
    assert!(matches!(answer, ChangeEmail::EmailTaken));
    let same = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(format!("{same:?}"), format!("{ada:?}"));
    assert_eq!(
        (recorded(&*store).await.len(), waiting(&*store).await),
        (0, 0)
    );

    // A different spelling of the account's own email address does not count as taken.
    let legacy = User {
        email: Email::from_stored("Bob@Example.com".to_owned()),
        ..user("bob@example.com")
    };
    let bob = create(&*store, legacy).await;
    let changed = done(change_email(&*store, to_address(&bob, "bob@example.com", at(6))).await);
    assert_eq!(changed.email, email("bob@example.com"));
}

pub(in crate::store) async fn an_address_link_is_dead_after_there_and_back(db: &dyn Database) {
    let store = db.open().await;
    let at_a = create(&*store, user("a@example.com")).await;
    let to_b = to_address(&at_a, "b@example.com", at(5));
    let at_b = done(change_email(&*store, to_b.clone()).await);
    let to_c = to_address(&at_b, "c@example.com", at(6));
    let at_c = done(change_email(&*store, to_c.clone()).await);
    assert!(is_stale(&change_email(&*store, to_b.clone()).await));
    // Neither link works again once the account is back at the address that the first one was issued for, not even if
    // the token does not name that address.
    done(change_email(&*store, to_address(&at_c, "a@example.com", at(7))).await);
    for replayed in [to_b, to_c] {
        let unsaid = EmailChange {
            old_email: None,
            ..replayed.clone()
        };
        for replayed in [replayed, unsaid] {
            assert!(is_stale(&change_email(&*store, replayed).await));
        }
    }
    let read = store.user(at_a.id).await.unwrap().unwrap();
    assert_eq!(read.email, email("a@example.com"));
}

pub(in crate::store) async fn parallel_changes_to_one_address_give_it_to_one(db: &dyn Database) {
    let store = db.open().await;
    let mut accounts = Vec::new();
    for number in 0..4 {
        accounts.push(create(&*store, user(&format!("user{number}@example.com"))).await);
    }
    // Twenty uses of four links to one email address, and a registration of it.
    let answers = race(db, 21, move |store, number| {
        let moved = to_address(&accounts[number % 4], "new@example.com", at(5));
        async move {
            if number == 20 {
                let created = store.create_user(user("new@example.com"), Effects::default());
                return created.await.unwrap() == CreateUser::Created;
            }
            matches!(change_email(&*store, moved).await, ChangeEmail::Done(_))
        }
    })
    .await;
    assert_eq!(answers.into_iter().filter(|won| *won).count(), 1);
    let holder = store.user_by_email(&email("new@example.com")).await;
    assert!(holder.unwrap().is_some());
}
