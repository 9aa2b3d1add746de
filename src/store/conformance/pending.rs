//! Pending registrations managed by administrators, and the mail to the owner of an address that is already taken.

use super::*;
use crate::model::UserFilter;
use crate::store::{PromotePending, RenewPending, Reverify, Verify};

async fn waits(store: &dyn Store, address: &str) -> bool {
    let pending = store.pending_by_email(&email(address), at(0)).await;
    pending.unwrap().is_some()
}

async fn trail(store: &dyn Store) -> Vec<Event> {
    let page = store.events(&EventFilter::default(), None, 100).await;
    page.unwrap().items
}

pub(in crate::store) async fn the_owner_of_a_taken_address_is_told(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let register = async |if_taken: Effects| {
        let cap = capped("ada@example.com", Some(1), at(0));
        let asked = effects("ada@example.com", EventKind::VerificationRequested);
        let waits = pending("ada@example.com", proof("1"));
        let answer = store.put_pending(waits, cap, asked, if_taken).await;
        assert_eq!(answer.unwrap(), PutPending::EmailTaken);
        (recorded(&*store).await.len(), waiting(&*store).await)
    };
    // Empty effects don't count towards the limit. Others do, and are left out when it is reached.
    assert_eq!(register(Effects::default()).await, (0, 0));
    let told = || effects("ada@example.com", EventKind::LoginFailed);
    assert_eq!(register(told()).await, (1, 1));
    assert_eq!(trail(&*store).await[0].user_id, Some(ada.id));
    assert_eq!(register(told()).await, (1, 1));
    assert!(!waits(&*store, "ada@example.com").await);
    // For a free email address, `if_taken` is not written.
    let cap = uncapped("bob@example.com");
    let none = Effects::default();
    let stored = store.put_pending(pending("bob@example.com", proof("2")), cap, none, told());
    assert_eq!(stored.await.unwrap(), PutPending::Stored);
    assert_eq!(
        (recorded(&*store).await.len(), waiting(&*store).await),
        (1, 1)
    );
}

pub(in crate::store) async fn beyond_a_spent_cap_each_client_gets_one(db: &dyn Database) {
    let store = db.open().await;
    let limited = |client: Option<&str>| {
        let client = client.and_then(|client| client.parse().ok());
        capped("ada@example.com", Some(2), at(1)).asked_by(client)
    };
    let mut number = 0;
    let mut register = async |client| {
        number += 1;
        let waits = pending("ada@example.com", proof(&number.to_string()));
        let (sent, told) = (Effects::default(), Effects::default());
        let answer = store.put_pending(waits, limited(client), sent, told).await;
        answer.unwrap() == PutPending::Stored
    };
    let [stranger, owner, crowd] = ["203.0.113.9", "2001:db8::1", "2001:db8:1::1"].map(Some);
    assert!(register(stranger).await && register(None).await);
    assert!(!register(None).await, "spent, for who is not named");
    assert!(register(stranger).await && !register(stranger).await);
    assert!(register(owner).await && !register(owner).await);
    assert!(!register(crowd).await, "as many again are the most");
    // Pretended messages are counted in the same way, separately.
    let pretended = async |client| {
        let nobody = email("bob@example.com");
        let cap = RecipientCap {
            recipient: "bob@example.com".to_owned(),
            ..limited(client)
        };
        let asked = store.renew_pending(&nobody, proof("x"), at(HOUR), cap, Effects::default());
        asked.await.unwrap() == RenewPending::NotPending
    };
    for client in [stranger, stranger, stranger, owner] {
        assert!(pretended(client).await);
    }
    assert!(!pretended(owner).await && !pretended(crowd).await);
}

pub(in crate::store) async fn an_account_is_verified_afterwards(db: &dyn Database) {
    let store = db.open().await;
    let unverified = User {
        is_verified: false,
        full_name: name("Ada"),
        ..user("ada@example.com")
    };
    let ada = create(&*store, unverified).await;
    let invited = User {
        is_verified: false,
        hashed_password: None,
        ..user("bob@example.com")
    };
    let bob = create(&*store, invited).await;
    let carl = create(&*store, user("carl@example.com")).await;
    let reverify = async |id, token_hash: &str| {
        let cap = capped("x@example.com", Some(3), at(5));
        let asked = effects("x@example.com", EventKind::VerificationRequested);
        let answer = store.reverify(id, proof(token_hash), at(HOUR), cap, None, asked);
        answer.await.unwrap()
    };
    assert_eq!(reverify(fresh_id(), "0").await, Reverify::NotFound);
    assert_eq!(reverify(carl.id, "0").await, Reverify::AlreadyVerified);
    assert_eq!((trail(&*store).await.len(), waiting(&*store).await), (0, 0));
    assert_eq!(reverify(ada.id, "1").await, Reverify::Queued);
    assert_eq!(trail(&*store).await[0].user_id, Some(ada.id));
    let registered = store.pending_by_proof(&proof("1"), at(5)).await;
    let expected = PendingRegistration {
        hashed_password: Some(hash("first")),
        language: None,
        created_at: at(5),
        ..pending("ada@example.com", proof("1"))
    };
    let registered = registered.unwrap().unwrap();
    assert_eq!(format!("{registered:?}"), format!("{expected:?}"));
    assert_eq!(registered.hashed_password, expected.hashed_password);
    // A new one makes the older link invalid.
    assert_eq!(reverify(ada.id, "2").await, Reverify::Queued);
    assert_eq!(reverify(bob.id, "3").await, Reverify::Queued);
    assert_eq!(reverify(ada.id, "4").await, Reverify::CapSpent);
    assert_eq!((trail(&*store).await.len(), waiting(&*store).await), (3, 3));
    let use_link = async |token_hash: &str| {
        let none = Effects::default();
        let token_hash = proof(token_hash);
        let verified = store.verify(&token_hash, fresh_id(), at(6), none);
        verified.await.unwrap()
    };
    assert!(matches!(use_link("1").await, Verify::InvalidToken));
    assert!(matches!(use_link("4").await, Verify::InvalidToken));
    for (account, token_hash) in [(ada, "2"), (bob, "3")] {
        let Verify::Marked(marked) = use_link(token_hash).await else {
            panic!("the account exists");
        };
        assert!(marked.is_verified && marked.id == account.id);
        assert_eq!(marked.hashed_password, account.hashed_password);
    }
}

pub(in crate::store) async fn pending_registrations_are_paged_newest_first(db: &dyn Database) {
    let store = db.open().await;
    let mut expected = Vec::new();
    for number in 0..7_i64 {
        let address = format!("user{number}@example.com");
        let registered = PendingRegistration {
            // Two registrations share each moment.
            created_at: at(number / 2),
            ..pending(&address, proof(&number.to_string()))
        };
        put(&*store, registered).await;
        expected.insert(0, address);
    }
    let dead = PendingRegistration {
        expires_at: at(MINUTE),
        ..pending("dead@example.com", proof("dead"))
    };
    put(&*store, dead).await;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.pending(None, after, 3, at(MINUTE)).await.unwrap();
        seen.extend(page.items.iter().map(|pending| pending.email.to_string()));
        after = page.next;
        if after.is_none() {
            break;
        }
        let newer = PendingRegistration {
            created_at: at(MINUTE),
            ..pending(
                &format!("new{}@example.com", seen.len()),
                proof(&format!("n{}", seen.len())),
            )
        };
        put(&*store, newer).await;
    }
    assert_eq!(seen, expected);
    let page = store.pending(None, None, 1, at(MINUTE)).await.unwrap();
    assert_eq!(page.items[0].full_name, name("Ada"));
    let key = page.next.unwrap();
    assert_eq!(
        (key.at, key.email),
        (at(MINUTE), page.items[0].email.clone())
    );
}

pub(in crate::store) async fn pending_registrations_are_found_as_accounts_are(db: &dyn Database) {
    let store = db.open().await;
    for number in 0..7_i64 {
        let registered = PendingRegistration {
            created_at: at(number),
            full_name: name(if number == 5 {
                "Zoë %_.* ÄRMEL"
            } else {
                "Ada"
            }),
            ..pending(
                &format!("user{number}@example.com"),
                proof(&number.to_string()),
            )
        };
        put(&*store, registered).await;
    }
    let found = async |text: &str, limit| {
        let seen = all_pages(async |after| {
            let page = store.pending(Some(text), after, limit, at(MINUTE)).await?;
            assert!(page.items.len() <= usize::try_from(limit).unwrap());
            Ok(page)
        });
        let seen = seen.await;
        let addresses = seen.iter().map(|pending| pending.email.to_string());
        addresses.collect::<Vec<String>>()
    };
    let all: Vec<String> = (0..7)
        .rev()
        .map(|n| format!("user{n}@example.com"))
        .collect();
    for limit in [1, 3, 100] {
        assert_eq!(found("EXAMPLE", limit).await, all);
        assert_eq!(found("us", limit).await, all);
        assert_eq!(found("ser3", limit).await, ["user3@example.com"]);
        for text in ["zoë", "ärm", "%_.", "ZO"] {
            assert_eq!(found(text, limit).await, ["user5@example.com"], "{text}");
        }
        for text in ["ex", "nobody", "._%", "\0", "a\0"] {
            assert_eq!(found(text, limit).await, [""; 0], "{text:?}");
        }
    }
}

pub(in crate::store) async fn a_promotion_needs_no_link(db: &dyn Database) {
    let store = db.open().await;
    let promote = async |address: &str, id, now| {
        let welcome = effects(address, EventKind::UserVerified);
        let address = email(address);
        let promoted = store.promote_pending(&address, id, now, welcome);
        promoted.await.unwrap()
    };
    let unknown = promote("ada@example.com", fresh_id(), at(0)).await;
    assert!(matches!(unknown, PromotePending::NotFound));
    put(&*store, pending("ada@example.com", proof("1"))).await;
    let expired = promote("ada@example.com", fresh_id(), at(HOUR)).await;
    assert!(matches!(expired, PromotePending::NotFound));
    create(&*store, user("bob@example.com")).await;
    db.plant(pending("bob@example.com", proof("2"))).await;
    let taken = promote("bob@example.com", fresh_id(), at(0)).await;
    assert!(matches!(taken, PromotePending::EmailTaken));
    assert!(
        waits(&*store, "bob@example.com").await,
        "it stays as it was"
    );
    assert_eq!((trail(&*store).await.len(), waiting(&*store).await), (0, 0));

    let id = fresh_id();
    let PromotePending::Created(ada) = promote("ada@example.com", id, at(5)).await else {
        panic!("the registration lives");
    };
    let expected = User {
        id,
        full_name: name("Ada"),
        language: Language::parse("pt-BR"),
        created_at: at(5),
        updated_at: at(5),
        ..user("ada@example.com")
    };
    assert_eq!(format!("{ada:?}"), format!("{expected:?}"));
    let read = store.user(id).await.unwrap().unwrap();
    assert_eq!(format!("{read:?}"), format!("{expected:?}"));
    assert_eq!(read.hashed_password, Some(hash("pending")));
    assert_eq!(trail(&*store).await[0].user_id, Some(id));
    let token_hash = proof("1");
    let used = store.verify(&token_hash, fresh_id(), at(5), Effects::default());
    assert!(matches!(used.await.unwrap(), Verify::InvalidToken));
}

pub(in crate::store) async fn promotion_races_verification_to_one_account(db: &dyn Database) {
    let store = db.open().await;
    for round in 0..10 {
        let address = format!("ada{round}@example.com");
        let token_hash = proof(&round.to_string());
        put(&*store, pending(&address, token_hash.clone())).await;
        let winners = race(db, 8, |store, number| {
            let (address, token_hash) = (email(&address), token_hash.clone());
            let welcome = effects(address.as_str(), EventKind::UserVerified);
            async move {
                if number % 2 == 0 {
                    let promoted = store.promote_pending(&address, fresh_id(), at(1), welcome);
                    matches!(promoted.await.unwrap(), PromotePending::Created(_))
                } else {
                    let verified = store.verify(&token_hash, fresh_id(), at(1), welcome);
                    matches!(verified.await.unwrap(), Verify::Created(_))
                }
            }
        })
        .await;
        assert_eq!(winners.into_iter().filter(|won| *won).count(), 1);
        assert!(!waits(&*store, &address).await);
    }
    let all = store.count_users(&UserFilter::default()).await.unwrap();
    assert_eq!((all, trail(&*store).await.len()), (10, 10));
}

pub(in crate::store) async fn a_deleted_registration_takes_its_link_along(db: &dyn Database) {
    let store = db.open().await;
    let gone = async |now| {
        let address = email("ada@example.com");
        store.delete_pending(&address, now).await.unwrap()
    };
    assert!(!gone(at(0)).await);
    for (address, token_hash) in [("ada@example.com", "1"), ("bob@example.com", "2")] {
        let link = QueuedMessage {
            pending_proof: Some(proof(token_hash)),
            ..mail(address)
        };
        let asked = Effects {
            messages: vec![link, mail(address)],
            ..Effects::default()
        };
        let waits = pending(address, proof(token_hash));
        let none = Effects::default();
        let stored = store.put_pending(waits, uncapped(address), asked, none);
        assert_eq!(stored.await.unwrap(), PutPending::Stored);
    }
    assert!(!gone(at(HOUR)).await, "an expired one is none");
    assert!(gone(at(0)).await);
    assert!(!gone(at(0)).await);
    assert!(!waits(&*store, "ada@example.com").await);
    assert!(waits(&*store, "bob@example.com").await);
    assert_eq!(waiting(&*store).await, 3, "only the link went");
}
