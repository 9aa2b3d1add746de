//! Registrations: storing, renewing and verifying them, and the limits on their mail.

use super::*;
use crate::model::UserFilter;
use crate::store::{RenewPending, Verify};

async fn alive(store: &dyn Store, token_hash: &str, now: Timestamp) -> bool {
    store
        .pending_by_proof(&proof(token_hash), now)
        .await
        .unwrap()
        .is_some()
}

async fn verify(store: &dyn Store, token_hash: &str, now: Timestamp) -> Verify {
    store
        .verify(&proof(token_hash), fresh_id(), now, Effects::default())
        .await
        .unwrap()
}

pub(in crate::store) async fn a_pending_registration_is_read_until_it_expires(db: &dyn Database) {
    let store = db.open().await;
    let bare = PendingRegistration {
        hashed_password: None,
        full_name: None,
        ..pending("bare@example.com", proof("2"))
    };
    for written in [pending("ada@example.com", proof("1")), bare] {
        put(&*store, written.clone()).await;
        let last = at(HOUR - 1);
        for read in [
            store
                .pending_by_email(&written.email, last)
                .await
                .unwrap()
                .unwrap(),
            store
                .pending_by_proof(&written.token_hash, last)
                .await
                .unwrap()
                .unwrap(),
        ] {
            assert_eq!(format!("{read:?}"), format!("{written:?}"));
            assert_eq!(read.hashed_password, written.hashed_password);
        }
        let dead = store
            .pending_by_email(&written.email, at(HOUR))
            .await
            .unwrap();
        assert!(dead.is_none(), "expired at this very moment");
    }
    assert!(!alive(&*store, "1", at(HOUR)).await);
    assert!(matches!(
        verify(&*store, "1", at(HOUR)).await,
        Verify::InvalidToken
    ));
    let cap = capped("ada@example.com", None, at(HOUR));
    let address = email("ada@example.com");
    let renewed = store.renew_pending(&address, proof("3"), at(2 * HOUR), cap, Effects::default());
    assert_eq!(renewed.await.unwrap(), RenewPending::NotPending);
}

pub(in crate::store) async fn a_second_registration_replaces_the_first(db: &dyn Database) {
    let store = db.open().await;
    put(&*store, pending("ada@example.com", proof("1"))).await;
    let second = PendingRegistration {
        hashed_password: Some(hash("second")),
        full_name: None,
        created_at: at(1),
        expires_at: at(2 * HOUR),
        ..pending("ada@example.com", proof("2"))
    };
    put(&*store, second.clone()).await;
    let waits = store
        .pending_by_email(&second.email, at(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(format!("{waits:?}"), format!("{second:?}"));
    assert_eq!(waits.hashed_password, second.hashed_password);
    assert!(!alive(&*store, "1", at(1)).await);
    assert!(matches!(
        verify(&*store, "1", at(1)).await,
        Verify::InvalidToken
    ));
    assert_eq!(store.counts(at(1)).await.unwrap().pending_registrations, 1);
}

pub(in crate::store) async fn an_address_with_an_account_cannot_wait(db: &dyn Database) {
    let store = db.open().await;
    let unverified = User {
        is_verified: false,
        ..user("ada@example.com")
    };
    create(&*store, unverified).await;
    let waits = pending("ada@example.com", proof("1"));
    let cap = capped("ada@example.com", Some(1), at(0));
    let asked = effects("ada@example.com", EventKind::VerificationRequested);
    let answer = store
        .put_pending(waits, cap, asked, Effects::default())
        .await
        .unwrap();
    assert_eq!(answer, PutPending::EmailTaken);
    assert!(!alive(&*store, "1", at(0)).await);
    assert_eq!(
        (recorded(&*store).await.len(), waiting(&*store).await),
        (0, 0)
    );
}

pub(in crate::store) async fn parallel_registrations_leave_one_live_proof(db: &dyn Database) {
    let answers = race(db, 20, |store, number| async move {
        let waits = pending("ada@example.com", proof(&number.to_string()));
        let asked = effects("ada@example.com", EventKind::VerificationRequested);
        store
            .put_pending(
                waits,
                uncapped("ada@example.com"),
                asked,
                Effects::default(),
            )
            .await
            .unwrap()
    })
    .await;
    assert!(answers.iter().all(|answer| *answer == PutPending::Stored));
    let store = db.open().await;
    let mut living = 0;
    for number in 0..20 {
        living += usize::from(alive(&*store, &number.to_string(), at(0)).await);
    }
    assert_eq!(living, 1);
    assert_eq!(store.counts(at(0)).await.unwrap().pending_registrations, 1);
    assert_eq!(recorded(&*store).await.len(), 20);
}

pub(in crate::store) async fn a_renewal_kills_the_older_link(db: &dyn Database) {
    let store = db.open().await;
    put(&*store, pending("ada@example.com", proof("1"))).await;
    let cap = capped("ada@example.com", Some(5), at(MINUTE));
    let asked = effects("ada@example.com", EventKind::VerificationRequested);
    let address = email("ada@example.com");
    let renewed = store.renew_pending(&address, proof("2"), at(2 * HOUR), cap, asked);
    assert_eq!(renewed.await.unwrap(), RenewPending::Renewed);
    assert!(!alive(&*store, "1", at(MINUTE)).await);
    assert!(alive(&*store, "2", at(2 * HOUR - 1)).await);
    assert!(!alive(&*store, "2", at(2 * HOUR)).await);
    assert_eq!(recorded(&*store).await, [EventKind::VerificationRequested]);
    assert_eq!(waiting(&*store).await, 1);
    let Verify::Created(ada) = verify(&*store, "2", at(MINUTE)).await else {
        panic!("the newest link opens");
    };
    assert_eq!(
        ada.hashed_password,
        Some(hash("pending")),
        "what was registered stays"
    );
}

pub(in crate::store) async fn a_renewal_of_nothing_counts_all_the_same(db: &dyn Database) {
    let store = db.open().await;
    let renew = async |token_hash: &str| {
        let cap = capped("ada@example.com", Some(2), at(0));
        let asked = effects("ada@example.com", EventKind::VerificationRequested);
        let address = email("ada@example.com");
        store
            .renew_pending(&address, proof(token_hash), at(HOUR), cap, asked)
            .await
            .unwrap()
    };
    assert_eq!(renew("1").await, RenewPending::NotPending);
    assert_eq!(renew("2").await, RenewPending::NotPending);
    assert_eq!(renew("3").await, RenewPending::CapSpent);
    assert_eq!(
        (recorded(&*store).await.len(), waiting(&*store).await),
        (0, 0)
    );
    // Requests for a new link without a registration don't keep anybody from registering.
    let put = async |token_hash: &str| {
        let waits = pending("ada@example.com", proof(token_hash));
        let cap = capped("ada@example.com", Some(2), at(0));
        let put = store.put_pending(waits, cap, Effects::default(), Effects::default());
        put.await.unwrap()
    };
    assert_eq!(put("4").await, PutPending::Stored);
    assert_eq!(renew("5").await, RenewPending::Renewed);
    assert_eq!(renew("6").await, RenewPending::CapSpent);
    assert_eq!(put("7").await, PutPending::CapSpent);
}

pub(in crate::store) async fn a_spent_cap_leaves_one_link_that_works(db: &dyn Database) {
    let store = db.open().await;
    let put = async |token_hash: &str, now| {
        let waits = PendingRegistration {
            expires_at: at(now + 10 * MINUTE),
            ..pending("ada@example.com", proof(token_hash))
        };
        let cap = capped("ada@example.com", Some(2), at(now));
        let put = store.put_pending(waits, cap, Effects::default(), Effects::default());
        put.await.unwrap()
    };
    assert_eq!(put("1", 0).await, PutPending::Stored);
    assert_eq!(put("2", MINUTE).await, PutPending::Stored);
    assert_eq!(put("3", 2 * MINUTE).await, PutPending::CapSpent);
    assert!(alive(&*store, "2", at(2 * MINUTE)).await);
    // The newest link has expired, or its registration was deleted.
    assert_eq!(put("4", 11 * MINUTE).await, PutPending::Stored);
    assert_eq!(put("5", 11 * MINUTE).await, PutPending::CapSpent);
    let address = email("ada@example.com");
    assert!(
        store
            .delete_pending(&address, at(12 * MINUTE))
            .await
            .unwrap()
    );
    assert_eq!(put("6", 12 * MINUTE).await, PutPending::Stored);
    assert_eq!(put("7", 12 * MINUTE).await, PutPending::CapSpent);
}

pub(in crate::store) async fn a_spent_cap_changes_nothing(db: &dyn Database) {
    let store = db.open().await;
    let cap = || capped("ada@example.com", Some(1), at(0));
    let asked = || effects("ada@example.com", EventKind::VerificationRequested);
    let address = email("ada@example.com");
    let first = store
        .put_pending(
            pending("ada@example.com", proof("1")),
            cap(),
            asked(),
            Effects::default(),
        )
        .await;
    assert_eq!(first.unwrap(), PutPending::Stored);
    let second = store
        .put_pending(
            pending("ada@example.com", proof("2")),
            cap(),
            asked(),
            Effects::default(),
        )
        .await;
    assert_eq!(second.unwrap(), PutPending::CapSpent);
    let renewed = store
        .renew_pending(&address, proof("3"), at(2 * HOUR), cap(), asked())
        .await;
    assert_eq!(renewed.unwrap(), RenewPending::CapSpent);
    assert!(
        alive(&*store, "1", at(0)).await,
        "the older link stays valid"
    );
    assert!(!alive(&*store, "1", at(HOUR)).await, "and lives no longer");
    assert!(!alive(&*store, "2", at(0)).await && !alive(&*store, "3", at(0)).await);
    assert_eq!(
        (recorded(&*store).await.len(), waiting(&*store).await),
        (1, 1)
    );
    // Parallel requests share what is left of the limit.
    let answers = race(db, 20, |store, number| async move {
        let waits = pending("bob@example.com", proof(&format!("b{number}")));
        let cap = capped("bob@example.com", Some(4), at(0));
        store
            .put_pending(waits, cap, Effects::default(), Effects::default())
            .await
            .unwrap()
    })
    .await;
    let stored = answers
        .iter()
        .filter(|answer| **answer == PutPending::Stored);
    assert_eq!(stored.count(), 4);
}

pub(in crate::store) async fn a_cap_looks_back_one_hour(db: &dyn Database) {
    let store = db.open().await;
    let address = email("ada@example.com");
    put(
        &*store,
        PendingRegistration {
            expires_at: at(9 * HOUR),
            ..pending("ada@example.com", proof("1"))
        },
    )
    .await;
    let mut number = 1;
    let mut renew = async |recipient: &str, limit, now| {
        number += 1;
        let cap = capped(recipient, limit, now);
        let token_hash = proof(&number.to_string());
        store
            .renew_pending(&address, token_hash, at(9 * HOUR), cap, Effects::default())
            .await
            .unwrap()
    };
    assert_eq!(
        renew("ada@example.com", Some(2), at(0)).await,
        RenewPending::Renewed
    );
    assert_eq!(
        renew("ada@example.com", Some(2), at(MINUTE)).await,
        RenewPending::Renewed
    );
    assert_eq!(
        renew("ada@example.com", Some(2), at(HOUR - 1)).await,
        RenewPending::CapSpent
    );
    assert_eq!(
        renew("other@example.com", Some(2), at(HOUR - 1)).await,
        RenewPending::Renewed
    );
    assert_eq!(
        renew("ada@example.com", None, at(HOUR - 1)).await,
        RenewPending::Renewed
    );
    assert_eq!(
        renew("ada@example.com", Some(0), at(5 * HOUR)).await,
        RenewPending::CapSpent
    );
    // Refused requests, and those without a limit, did not count.
    assert_eq!(
        renew("ada@example.com", Some(2), at(HOUR)).await,
        RenewPending::Renewed
    );
    assert_eq!(
        renew("ada@example.com", Some(2), at(HOUR)).await,
        RenewPending::CapSpent
    );
}

pub(in crate::store) async fn a_proof_makes_the_account(db: &dyn Database) {
    let store = db.open().await;
    put(&*store, pending("ada@example.com", proof("1"))).await;
    assert!(matches!(
        verify(&*store, "2", at(5)).await,
        Verify::InvalidToken
    ));
    let id = fresh_id();
    let welcome = effects("ada@example.com", EventKind::UserVerified);
    let verified = store.verify(&proof("1"), id, at(5), welcome).await.unwrap();
    let Verify::Created(ada) = verified else {
        panic!("no account: {verified:?}");
    };
    let expected = User {
        id,
        hashed_password: Some(hash("pending")),
        full_name: name("Ada"),
        language: Language::parse("pt-BR"),
        created_at: at(5),
        updated_at: at(5),
        ..user("ada@example.com")
    };
    assert_eq!(format!("{ada:?}"), format!("{expected:?}"));
    assert_eq!(ada.hashed_password, expected.hashed_password);
    let read = store.user(id).await.unwrap().unwrap();
    assert_eq!(format!("{read:?}"), format!("{expected:?}"));
    assert!(
        store
            .pending_by_email(&ada.email, at(5))
            .await
            .unwrap()
            .is_none()
    );
    assert!(matches!(
        verify(&*store, "1", at(5)).await,
        Verify::InvalidToken
    ));
    let trail = store
        .events(
            &EventFilter {
                user_id: Some(id),
                ..EventFilter::default()
            },
            None,
            10,
        )
        .await
        .unwrap();
    assert_eq!(trail.items.len(), 1);
    assert_eq!(waiting(&*store).await, 1);
}

pub(in crate::store) async fn a_proof_verifies_the_account_that_exists(db: &dyn Database) {
    let store = db.open().await;
    let unverified = User {
        is_verified: false,
        ..user("ada@example.com")
    };
    let ada = create(&*store, unverified).await;
    db.plant(pending("ada@example.com", proof("1"))).await;
    let welcome = effects("ada@example.com", EventKind::UserVerified);
    let verified = store
        .verify(&proof("1"), fresh_id(), at(5), welcome)
        .await
        .unwrap();
    let Verify::Marked(marked) = verified else {
        panic!("not marked: {verified:?}");
    };
    let expected = User {
        is_verified: true,
        updated_at: at(5),
        ..ada
    };
    assert_eq!(format!("{marked:?}"), format!("{expected:?}"));
    let read = store.user(expected.id).await.unwrap().unwrap();
    assert_eq!(format!("{read:?}"), format!("{expected:?}"));
    assert_eq!(
        read.hashed_password,
        Some(hash("first")),
        "its password stays"
    );
    assert!(!alive(&*store, "1", at(5)).await);
    assert_eq!(recorded(&*store).await, [EventKind::UserVerified]);
}

pub(in crate::store) async fn a_proof_of_a_verified_account_is_used_up(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    db.plant(pending("ada@example.com", proof("1"))).await;
    let welcome = effects("ada@example.com", EventKind::UserVerified);
    let verified = store.verify(&proof("1"), fresh_id(), at(5), welcome).await;
    assert!(matches!(verified.unwrap(), Verify::AlreadyVerified));
    let read = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(format!("{read:?}"), format!("{ada:?}"));
    assert!(!alive(&*store, "1", at(5)).await);
    assert_eq!(
        (recorded(&*store).await.len(), waiting(&*store).await),
        (0, 0)
    );
}

pub(in crate::store) async fn parallel_uses_of_one_proof_make_one_account(db: &dyn Database) {
    put(&*db.open().await, pending("ada@example.com", proof("1"))).await;
    let answers = race(db, 20, |store, _| async move {
        let welcome = effects("ada@example.com", EventKind::UserVerified);
        store
            .verify(&proof("1"), fresh_id(), at(1), welcome)
            .await
            .unwrap()
    })
    .await;
    let created = answers
        .iter()
        .filter(|answer| matches!(answer, Verify::Created(_)));
    assert_eq!(created.count(), 1);
    let invalid = answers
        .iter()
        .filter(|answer| matches!(answer, Verify::InvalidToken));
    assert_eq!(invalid.count(), 19);
    let store = db.open().await;
    let all = store
        .users(&UserFilter::default(), None, 100)
        .await
        .unwrap();
    assert_eq!(all.items.len(), 1);
    assert_eq!(recorded(&*store).await, [EventKind::UserVerified]);
    assert_eq!(waiting(&*store).await, 1);
}

pub(in crate::store) async fn verification_races_creation_to_one_account(db: &dyn Database) {
    let store = db.open().await;
    for round in 0..10 {
        let address = format!("ada{round}@example.com");
        let token_hash = proof(&round.to_string());
        put(&*store, pending(&address, token_hash.clone())).await;
        let winners = race(db, 8, |store, number| {
            let (address, token_hash) = (address.clone(), token_hash.clone());
            async move {
                let none = Effects::default();
                if number % 4 == 0 {
                    store.create_user(user(&address), none).await.unwrap() == CreateUser::Created
                } else {
                    let verified = store
                        .verify(&token_hash, fresh_id(), at(1), none)
                        .await
                        .unwrap();
                    matches!(verified, Verify::Created(_))
                }
            }
        })
        .await;
        assert_eq!(winners.into_iter().filter(|won| *won).count(), 1);
        assert!(
            store
                .user_by_email(&email(&address))
                .await
                .unwrap()
                .is_some()
        );
        assert!(
            store
                .pending_by_email(&email(&address), at(1))
                .await
                .unwrap()
                .is_none()
        );
    }
}

pub(in crate::store) async fn no_registration_stays_beside_an_account(db: &dyn Database) {
    race(db, 60, |store, number| async move {
        let address = format!("user{number}@example.com");
        let key = email(&address);
        let put = |token_hash: &str| {
            let waits = pending(&address, proof(&format!("{token_hash}-{number}")));
            let cap = uncapped(&address);
            store.put_pending(waits, cap, Effects::default(), Effects::default())
        };
        let renewed = proof(&format!("renewed-{number}"));
        let cap = uncapped(&address);
        let renew = store.renew_pending(&key, renewed, at(HOUR), cap, Effects::default());
        let account = store.create_user(user(&address), Effects::default());
        let (one, renewed, created, two) = tokio::join!(put("1"), renew, account, put("2"));
        one.unwrap();
        renewed.unwrap();
        two.unwrap();
        assert_eq!(created.unwrap(), CreateUser::Created);
        let left = store.pending_by_email(&key, at(0)).await.unwrap();
        assert!(left.is_none(), "{left:?}");
    })
    .await;
}
