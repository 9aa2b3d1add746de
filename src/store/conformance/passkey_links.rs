//! Adding a passkey through a mailed link: once, only if nothing else protects the account, and with all the effects of
//! a new password set through a link.

use super::credentials::{by, change_password, is_stale, issue_link, messages_of, queued};
use super::passkeys::{adding, challenge, passkey, removal, remove, without_password};
use super::*;
use crate::model::Passkey;
use crate::store::{
    AddPasskey, AddedPasskey, PasskeyProof, PasskeyRemoval, PasswordProof, RemovePasskey,
};

/// Returns the addition of a passkey through a link issued at that moment.
fn by_link(user: &User, name: &str, issued_at: Timestamp, now: Timestamp) -> AddPasskey {
    AddPasskey {
        proof: PasskeyProof::Link(issued_at),
        now,
        ..adding(user, &passkey(name, now))
    }
}

async fn add(store: &dyn Store, adding: AddPasskey) -> AddedPasskey {
    let told = effects("ada@example.com", EventKind::PasskeyAdded);
    store.add_passkey(adding, told).await.unwrap()
}

/// Reads the account, and counts its passkeys.
async fn read(store: &dyn Store, user: &User) -> (User, usize) {
    let passkeys = store.passkeys(user.id).await.unwrap().len();
    (store.user(user.id).await.unwrap().unwrap(), passkeys)
}

async fn invited(store: &dyn Store) -> User {
    let ada = User {
        is_verified: false,
        ..without_password("ada@example.com")
    };
    create(store, ada).await
}

pub(in crate::store) async fn a_link_adds_a_passkey_once(db: &dyn Database) {
    let store = db.open().await;
    let ada = invited(&*store).await;
    let bob = create(&*store, without_password("bob@example.com")).await;
    db.plant(pending("ada@example.com", proof("1"))).await;
    let messages = messages_of(&ada);
    let mut kept: Vec<Id> = messages[1..].iter().map(|message| message.id).collect();
    queue(&*store, messages).await;
    for _ in 0..3 {
        fail(&*store, "ada@example.com", at(0)).await;
    }
    issue_link(&*store, &ada, at(5)).await;
    let told = effects("ada@example.com", EventKind::PasskeyAdded);
    kept.push(told.messages[0].id);
    kept.sort();
    let first = by_link(&ada, "one", at(5), at(9));
    let added = store.add_passkey(first.clone(), told).await.unwrap();
    assert_eq!(added, AddedPasskey::Added);
    let expected = User {
        is_verified: true,
        updated_at: at(9),
        tokens_invalidated_after: Some(at(9)),
        ..ada.clone()
    };
    let (now, _) = read(&*store, &ada).await;
    assert_eq!(format!("{now:?}"), format!("{expected:?}"));
    assert_eq!(now.hashed_password, None);
    assert_eq!(
        store.passkeys(ada.id).await.unwrap(),
        std::slice::from_ref(&first.passkey)
    );
    let waits = store.pending_by_email(&ada.email, at(9)).await.unwrap();
    assert!(waits.is_none(), "the address is proven");
    assert_eq!(queued(&*store).await, kept, "older links are dropped");
    let next = store.reserve_attempt(attempt("ada@example.com", at(9)), RULE);
    assert_eq!(
        next.await.unwrap(),
        Reservation::Granted,
        "a lockout is over"
    );
    // Besides Bob and the account that the messages were queued with.
    assert_eq!(store.counts(at(9)).await.unwrap().verified_users, 3);
    let last = PasskeyRemoval {
        issued_at: at(10),
        ..removal(&ada, &first.passkey)
    };
    assert_eq!(remove(&*store, last).await, RemovePasskey::LastLoginMethod);

    let again = by_link(&ada, "two", at(5), at(10));
    assert_eq!(add(&*store, again).await, AddedPasskey::Stale);
    let password = by(&ada, PasswordProof::Link(at(5)), at(10));
    assert!(is_stale(&change_password(&*store, password).await));
    let kinds = recorded(&*store).await;
    let of_links = kinds
        .iter()
        .filter(|kind| **kind == EventKind::PasskeyAdded);
    assert_eq!(of_links.count(), 1, "{kinds:?}");
    assert_eq!(queued(&*store).await, kept);
    assert_eq!(
        format!("{:?}", read(&*store, &bob).await),
        format!("{:?}", (bob, 0))
    );
    // A later link of the same owner adds another one.
    let later = by_link(&ada, "two", at(11), at(11));
    assert_eq!(add(&*store, later).await, AddedPasskey::Added);
}

pub(in crate::store) async fn a_link_adds_no_passkey_beside_a_password_or_a_factor(
    db: &dyn Database,
) {
    let store = db.open().await;
    let with_factor = User {
        is_mfa_enabled: true,
        phone_number: Some(number("+14155550123")),
        ..without_password("bob@example.com")
    };
    for account in [user("ada@example.com"), with_factor] {
        let account = create(&*store, account).await;
        let before = format!("{:?}", read(&*store, &account).await);
        let refused = add(&*store, by_link(&account, "one", at(5), at(9))).await;
        assert_eq!(refused, AddedPasskey::PasswordOnly);
        assert_eq!(format!("{:?}", read(&*store, &account).await), before);
        // The link can still set a password.
        let password = by(&account, PasswordProof::Link(at(5)), at(10));
        assert!(!is_stale(&change_password(&*store, password).await));
    }
    assert!(recorded(&*store).await.is_empty());
}

pub(in crate::store) async fn what_refuses_a_passkey_leaves_the_link(db: &dyn Database) {
    let store = db.open().await;
    let ada = invited(&*store).await;
    let bob = create(&*store, without_password("bob@example.com")).await;
    super::passkeys::added(&*store, &bob, "bobs").await;
    let before = format!("{:?}", read(&*store, &ada).await);
    let taken = by_link(&ada, "bobs", at(5), at(9));
    let used = taken.challenge.clone();
    assert_eq!(add(&*store, taken).await, AddedPasskey::Taken);
    let answered = AddPasskey {
        challenge: used,
        ..by_link(&ada, "one", at(5), at(9))
    };
    assert_eq!(add(&*store, answered).await, AddedPasskey::ChallengeUsed);
    assert_eq!(format!("{:?}", read(&*store, &ada).await), before);
    for number in 0..Passkey::MOST {
        super::passkeys::added(&*store, &ada, &format!("{number}")).await;
    }
    let (before, _) = read(&*store, &ada).await;
    let full = by_link(&ada, "one", at(5), at(9));
    assert_eq!(add(&*store, full).await, AddedPasskey::Full);
    let (after, count) = read(&*store, &ada).await;
    assert_eq!(
        (format!("{after:?}"), count),
        (format!("{before:?}"), Passkey::MOST)
    );
    // A disabled or deleted account accepts none.
    change(&*store, bob.id, enable(false), at(10)).await;
    let disabled = by_link(&bob, "one", at(HOUR), at(HOUR));
    assert_eq!(add(&*store, disabled).await, AddedPasskey::Stale);
    let nobody = User {
        id: fresh_id(),
        ..ada
    };
    let gone = by_link(&nobody, "one", at(HOUR), at(HOUR));
    assert_eq!(add(&*store, gone).await, AddedPasskey::Stale);
}

pub(in crate::store) async fn parallel_uses_of_one_link_add_one_passkey(db: &dyn Database) {
    let store = db.open().await;
    let ada = invited(&*store).await;
    issue_link(&*store, &ada, at(5)).await;
    let outcomes = race(db, 20, |store, number| {
        // Some with a clock that has not yet reached the link's time of issue.
        let now = at(i64::try_from(number).unwrap());
        let adding = by_link(&ada, &format!("racer {number}"), at(5), now);
        async move { add(&*store, adding).await }
    });
    let outcomes = outcomes.await;
    let of = |wanted| {
        outcomes
            .iter()
            .filter(|outcome| **outcome == wanted)
            .count()
    };
    assert_eq!(
        (of(AddedPasskey::Added), of(AddedPasskey::Stale)),
        (1, 19),
        "{outcomes:?}"
    );
    assert_eq!(read(&*store, &ada).await.1, 1);
    assert_eq!(recorded(&*store).await, [EventKind::PasskeyAdded]);
    // The same, with one response to one challenge.
    let bob = create(&*store, without_password("bob@example.com")).await;
    let outcomes = race(db, 20, |store, _| {
        let adding = AddPasskey {
            challenge: challenge("the same"),
            ..by_link(&bob, "bobs", at(5), at(9))
        };
        async move { add(&*store, adding).await }
    });
    let outcomes = outcomes.await;
    let added = outcomes
        .iter()
        .filter(|outcome| **outcome == AddedPasskey::Added);
    assert_eq!(added.count(), 1, "{outcomes:?}");
}

pub(in crate::store) async fn one_link_sets_a_password_or_adds_a_passkey(db: &dyn Database) {
    let store = db.open().await;
    let ada = invited(&*store).await;
    let outcomes = race(db, 20, |store, number| {
        let ada = ada.clone();
        async move {
            if number % 2 == 0 {
                let password = by(&ada, PasswordProof::Link(at(5)), at(9));
                !is_stale(&change_password(&*store, password).await)
            } else {
                let adding = by_link(&ada, &format!("racer {number}"), at(5), at(9));
                add(&*store, adding).await == AddedPasskey::Added
            }
        }
    });
    let done = outcomes.await.into_iter().filter(|done| *done).count();
    assert_eq!(done, 1);
    let (now, passkeys) = read(&*store, &ada).await;
    assert_eq!(
        usize::from(now.hashed_password.is_some()) + passkeys,
        1,
        "never both"
    );
}

pub(in crate::store) async fn a_deletion_takes_a_passkey_by_link_along(db: &dyn Database) {
    let store = db.open().await;
    for round in 0..5 {
        let ada = invited(&*store).await;
        let name = format!("racer {round}");
        let outcomes = race(db, 6, |store, number| {
            let adding = by_link(&ada, &name, at(5), at(9));
            let id = ada.id;
            async move {
                if number != 3 {
                    add(&*store, adding).await;
                    return true;
                }
                let deletion = crate::store::Deletion {
                    force: false,
                    verified_hash: None,
                    only_if: None,
                };
                let deleted = store.delete_user(id, deletion, Effects::default()).await;
                matches!(deleted.unwrap(), DeleteUser::Done(_))
            }
        });
        let all = outcomes.await;
        assert!(
            all.into_iter().all(|done| done),
            "it is deleted whatever else happens"
        );
        let name = passkey(&name, at(9)).credential_id;
        assert!(store.passkey(&name).await.unwrap().is_none());
    }
}
