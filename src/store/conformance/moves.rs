//! An administrator changes an account's email address.

use super::*;
use crate::model::{NewAddress, NewUndo};

fn to(address: &str) -> UserChange {
    UserChange {
        email: Some(NewAddress::to(email(address))),
        ..UserChange::default()
    }
}

async fn told(store: &dyn Store, id: Id, change: UserChange, now: Timestamp) -> ChangeUser {
    let told = effects("told@example.com", EventKind::EmailChanged);
    let changed = store.change_user(id, change, false, now, told);
    changed.await.unwrap()
}

pub(in crate::store) async fn an_account_moves_to_an_address_that_nobody_has(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    let carl = User {
        email: Email::from_stored("Carl@example.com".into()),
        ..user("carl@example.com")
    };
    create(&*store, carl).await;
    for taken in ["bob@example.com", "carl@example.com"] {
        let refused = told(&*store, ada.id, to(taken), at(1)).await;
        assert!(matches!(refused, ChangeUser::EmailTaken), "{refused:?}");
    }
    let from_elsewhere = UserChange {
        email: Some(NewAddress {
            from: Some(bob.email.clone()),
            ..NewAddress::to(email("free@example.com"))
        }),
        ..UserChange::default()
    };
    let stale = told(&*store, ada.id, from_elsewhere, at(1)).await;
    assert!(matches!(stale, ChangeUser::Stale), "{stale:?}");
    assert_eq!(recorded(&*store).await, []);
    assert_eq!(waiting(&*store).await, 0);
    let same = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(format!("{same:?}"), format!("{ada:?}"));

    let issued = issued_at(&*store, &ada, at(2)).await;
    let ChangeUser::Done(moved) = told(&*store, ada.id, to("free@example.com"), at(2)).await else {
        panic!("the address is free");
    };
    assert_eq!(moved.email, email("free@example.com"));
    assert!(!moved.is_verified && !moved.accepts(issued));
    assert_eq!(moved.hashed_password, ada.hashed_password);
    let found = store.user_by_email(&moved.email).await.unwrap().unwrap();
    assert_eq!(format!("{found:?}"), format!("{moved:?}"));
    assert!(store.user_by_email(&ada.email).await.unwrap().is_none());
    let events = store.events(&EventFilter::default(), None, 10).await;
    let events = events.unwrap().items;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].email, Some(ada.email), "the old one");
    assert_eq!(
        (events[0].user_id, waiting(&*store).await),
        (Some(ada.id), 1)
    );

    // The account already has this email address.
    let again = told(&*store, ada.id, to("free@example.com"), at(3)).await;
    assert!(matches!(again, ChangeUser::Done(_)));
    assert_eq!(recorded(&*store).await, [EventKind::EmailChanged]);
    let known = UserChange {
        is_verified: Some(true),
        ..to("known@example.com")
    };
    assert!(change(&*store, ada.id, known, at(4)).await.is_verified);
}

pub(in crate::store) async fn a_move_takes_what_was_about_both_addresses_away(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    put(&*store, pending("free@example.com", proof("1"))).await;
    db.plant(pending("ada@example.com", proof("2"))).await;
    let link = QueuedMessage {
        dies_with_change: true,
        user_id: Some(ada.id),
        ..mail("ada@example.com")
    };
    queue(&*store, vec![link]).await;
    change(&*store, ada.id, to("free@example.com"), at(1)).await;
    for text in ["1", "2"] {
        let waits = store.pending_by_proof(&proof(text), at(1)).await;
        assert!(waits.unwrap().is_none(), "{text}");
    }
    assert_eq!(waiting(&*store).await, 0);
}

pub(in crate::store) async fn of_parallel_moves_to_one_address_one_takes_place(db: &dyn Database) {
    let store = db.open().await;
    let mut ids = Vec::new();
    for number in 0..20 {
        let address = format!("user{number}@example.com");
        ids.push(create(&*store, user(&address)).await.id);
    }
    let moved = race(db, 20, move |store, number| {
        let id = ids[number];
        async move { told(&*store, id, to("free@example.com"), at(1)).await }
    })
    .await;
    let (mut done, mut taken) = (0, 0);
    for outcome in &moved {
        match outcome {
            ChangeUser::Done(_) => done += 1,
            ChangeUser::EmailTaken => taken += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((done, taken), (1, 19));
    assert_eq!(recorded(&*store).await, [EventKind::EmailChanged]);
    assert_eq!(waiting(&*store).await, 1);
}

pub(in crate::store) async fn a_move_can_be_undone_unless_it_is_final(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let lives = async |text: &str| {
        let found = store.undo(ada.id, &proof(text), at(20)).await;
        found.unwrap().map(|undo| undo.email)
    };
    let with_undo = |address: &str, text: &str, is_final| UserChange {
        email: Some(NewAddress {
            is_final,
            undo: Some(NewUndo {
                proof: proof(text),
                expires_at: at(HOUR),
            }),
            ..NewAddress::to(email(address))
        }),
        ..UserChange::default()
    };
    change(
        &*store,
        ada.id,
        with_undo("b@example.com", "1", false),
        at(10),
    )
    .await;
    change(
        &*store,
        ada.id,
        with_undo("c@example.com", "2", false),
        at(11),
    )
    .await;
    assert_eq!(lives("1").await, Some(ada.email.clone()));
    assert_eq!(lives("2").await, Some(email("b@example.com")));
    change(
        &*store,
        ada.id,
        with_undo("d@example.com", "3", true),
        at(12),
    )
    .await;
    for text in ["1", "2", "3"] {
        assert_eq!(lives(text).await, None, "{text}");
    }
}
