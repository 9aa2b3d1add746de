//! Identities at external providers: each linked to one account, removable except for the last way to log in; and
//! unfinished logins.

use super::*;
use crate::model::{Identity, ProviderId, SessionMethod};
use crate::store::{
    CreateWithIdentity, Deletion, IdentityLink, IdentityUse, LinkIdentity, LinkProof, OauthState,
    UnlinkIdentity,
};

fn provider(name: &str) -> ProviderId {
    ProviderId::parse(name).unwrap()
}

pub(super) fn identity(user: &User, of: &str, subject: &str) -> Identity {
    Identity {
        user_id: user.id,
        provider: provider(of),
        subject: subject.to_owned(),
        email: Some("ada@idp.example".to_owned()),
        linked_at: at(MINUTE),
        last_used_at: None,
    }
}

fn of(identity: &Identity) -> IdentityUse {
    IdentityUse {
        user_id: identity.user_id,
        provider: identity.provider.clone(),
        subject: identity.subject.clone(),
    }
}

/// Returns an account without a password.
pub(super) fn passwordless(address: &str) -> User {
    User {
        hashed_password: None,
        ..user(address)
    }
}

fn linked(identity: Identity) -> IdentityLink {
    IdentityLink {
        identity,
        proof: LinkProof::Session(at(1)),
    }
}

pub(super) async fn link(store: &dyn Store, identity: Identity) -> LinkIdentity {
    let effects = effects("ada@example.com", EventKind::OauthAccountLinked);
    store
        .link_identity(linked(identity), effects)
        .await
        .unwrap()
}

pub(super) async fn unlink(
    store: &dyn Store,
    user: &User,
    of: &str,
    force: bool,
) -> UnlinkIdentity {
    let effects = effects("ada@example.com", EventKind::OauthAccountUnlinked);
    let unless_last = (!force).then(super::passkeys::offered_methods);
    store
        .unlink_identity(user.id, &provider(of), unless_last, effects)
        .await
        .unwrap()
}

async fn owner(store: &dyn Store, of: &str, subject: &str) -> Option<Id> {
    let owner = store.identity_owner(&provider(of), subject).await.unwrap();
    owner.map(|user| user.id)
}

pub(super) fn state(number: &str, sealed: &[u8]) -> OauthState {
    OauthState {
        id: proof(number),
        sealed: sealed.to_vec(),
        is_link: false,
        created_at: at(0),
        expires_at: at(MINUTE),
    }
}

pub(in crate::store) async fn an_identity_is_read_as_it_was_written(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let first = identity(&ada, "google", "10769150350006150715113082367");
    let second = Identity {
        email: None,
        linked_at: at(2 * MINUTE),
        last_used_at: Some(at(3 * MINUTE)),
        ..identity(&ada, "my-idp", "$where/\"x\" é")
    };
    for one in [&second, &first] {
        assert_eq!(link(&*store, one.clone()).await, LinkIdentity::Linked);
    }
    let found = store.identities(ada.id).await.unwrap();
    assert_eq!(found, [first.clone(), second.clone()]);
    assert!(store.identities(fresh_id()).await.unwrap().is_empty());
    for one in [&first, &second] {
        let of = one.provider.as_str();
        assert_eq!(owner(&*store, of, &one.subject).await, Some(ada.id));
    }
    for (of, subject) in [("google", "x"), ("my-idp", &*first.subject), ("other", "")] {
        assert_eq!(owner(&*store, of, subject).await, None, "{of} {subject}");
    }
    // The time of last use only moves forward.
    for (noted, kept) in [(2, 2), (1, 2), (5, 5)] {
        assert!(
            store
                .note_identity_use(&of(&first), at(noted))
                .await
                .unwrap()
        );
        let found = store.identities(ada.id).await.unwrap();
        assert_eq!(found[0].last_used_at, Some(at(kept)));
    }
    assert_eq!(recorded(&*store).await.len(), 2);
    assert_eq!(waiting(&*store).await, 2);
}

pub(in crate::store) async fn what_is_under_way_is_taken_once(db: &dyn Database) {
    let store = db.open().await;
    for (number, sealed) in [("1", &b"one"[..]), ("2", b"two"), ("3", b"three")] {
        let link = OauthState {
            is_link: number == "2",
            ..state(number, sealed)
        };
        store.put_oauth_state(link).await.unwrap();
    }
    let taken = race(db, 20, |store, _| async move {
        store.take_oauth_state(&proof("1"), at(1)).await.unwrap()
    })
    .await;
    let taken: Vec<_> = taken.into_iter().flatten().collect();
    assert_eq!(taken, [b"one".to_vec()], "once, however many ask");
    let late = store.take_oauth_state(&proof("2"), at(MINUTE)).await;
    assert_eq!(late.unwrap(), None, "not when it is over");
    let unknown = store.take_oauth_state(&proof("9"), at(1)).await;
    assert_eq!(unknown.unwrap(), None);
    let in_time = store.take_oauth_state(&proof("3"), at(MINUTE - 1)).await;
    assert_eq!(in_time.unwrap().as_deref(), Some(&b"three"[..]));
}

pub(in crate::store) async fn an_account_and_its_identity_are_made_together(db: &dyn Database) {
    let store = db.open().await;
    let ada = passwordless("ada@example.com");
    let make = async |user: &User, of: &str, subject: &str| {
        let told = effects(user.email.as_str(), EventKind::UserRegistered);
        let identity = identity(user, of, subject);
        store
            .create_user_with_identity(user.clone(), identity, told)
            .await
            .unwrap()
    };
    put(&*store, pending("ada@example.com", proof("1"))).await;
    assert_eq!(make(&ada, "google", "1").await, CreateWithIdentity::Created);
    assert_eq!(owner(&*store, "google", "1").await, Some(ada.id));
    let read = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(read.hashed_password, None);
    let waits = store.pending_by_email(&ada.email, at(1)).await.unwrap();
    assert!(waits.is_none(), "its pending registration goes");
    let bob = passwordless("bob@example.com");
    let again = make(&bob, "google", "1").await;
    assert_eq!(again, CreateWithIdentity::IdentityTaken);
    assert!(store.user(bob.id).await.unwrap().is_none());
    let other = passwordless("ada@example.com");
    let taken = make(&other, "google", "2").await;
    assert_eq!(taken, CreateWithIdentity::EmailTaken);
    assert_eq!(owner(&*store, "google", "2").await, None);
    assert!(store.identities(other.id).await.unwrap().is_empty());
    assert_eq!(recorded(&*store).await, [EventKind::UserRegistered]);
}

pub(in crate::store) async fn parallel_sign_ups_of_one_person_make_one_account(db: &dyn Database) {
    let store = db.open().await;
    for (round, addresses) in [
        ["ada@example.com"; 2],
        ["bob@example.com", "eve@example.com"],
    ]
    .into_iter()
    .enumerate()
    {
        let made = race(db, 10, move |store, number| async move {
            let user = passwordless(addresses[number % 2]);
            let identity = identity(&user, "google", &round.to_string());
            let told = effects(user.email.as_str(), EventKind::UserRegistered);
            let made = store.create_user_with_identity(user, identity, told).await;
            let owner = store
                .identity_owner(&provider("google"), &round.to_string())
                .await;
            (made.unwrap(), owner.unwrap().map(|user| user.id))
        })
        .await;
        let created = |made: &&(CreateWithIdentity, _)| made.0 == CreateWithIdentity::Created;
        assert_eq!(made.iter().filter(created).count(), 1, "{made:?}");
        let owners: std::collections::BTreeSet<_> = made.iter().map(|made| made.1).collect();
        assert_eq!(owners.len(), 1, "all find the one account: {made:?}");
        assert!(owners.iter().all(Option::is_some), "{made:?}");
    }
    let all = store
        .count_users(&crate::model::UserFilter::default())
        .await;
    assert_eq!(all.unwrap(), 2);
}

pub(in crate::store) async fn a_person_is_linked_to_one_account_and_an_account_to_one_of_a_provider(
    db: &dyn Database,
) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    let [ada_id, bob_id] = [ada.id, bob.id];
    let done = race(db, 20, move |store, number| {
        let user = User {
            id: if number % 2 == 0 { ada_id } else { bob_id },
            ..user("any@example.com")
        };
        async move { link(&*store, identity(&user, "google", "1")).await }
    })
    .await;
    let linked = done.iter().filter(|done| **done == LinkIdentity::Linked);
    assert_eq!(linked.count(), 1, "{done:?}");
    let holder = owner(&*store, "google", "1").await.unwrap();
    let (holder, other) = if holder == ada.id {
        (ada, bob)
    } else {
        (bob, ada)
    };
    let again = link(&*store, identity(&holder, "google", "1")).await;
    assert_eq!(again, LinkIdentity::AlreadyLinked);
    let taken = link(&*store, identity(&other, "google", "1")).await;
    assert_eq!(taken, LinkIdentity::IdentityTaken);
    let second = link(&*store, identity(&holder, "google", "2")).await;
    assert_eq!(second, LinkIdentity::ProviderTaken);
    let elsewhere = link(&*store, identity(&holder, "github", "1")).await;
    assert_eq!(elsewhere, LinkIdentity::Linked);
    assert_eq!(recorded(&*store).await, [EventKind::OauthAccountLinked; 2]);
}

pub(in crate::store) async fn a_person_is_linked_to_the_account_as_it_was_read(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let attempt = async |proof: LinkProof| {
        let identity = identity(&ada, "google", "1");
        let link = IdentityLink { identity, proof };
        let told = effects("ada@example.com", EventKind::OauthAccountLinked);
        store.link_identity(link, told).await.unwrap()
    };
    let verified = |address: &str| LinkProof::VerifiedEmail(email(address));
    assert_eq!(
        attempt(verified("eve@example.com")).await,
        LinkIdentity::Stale
    );
    change(&*store, ada.id, enable(false), at(10)).await;
    for proof in [LinkProof::Session(at(20)), verified("ada@example.com")] {
        assert_eq!(attempt(proof).await, LinkIdentity::Stale, "disabled");
    }
    change(&*store, ada.id, enable(true), at(30)).await;
    let ended = attempt(LinkProof::Session(at(5))).await;
    assert_eq!(ended, LinkIdentity::Stale, "its sessions were ended");
    let unverified = UserChange {
        is_verified: Some(false),
        ..UserChange::default()
    };
    change(&*store, ada.id, unverified, at(40)).await;
    assert_eq!(
        attempt(verified("ada@example.com")).await,
        LinkIdentity::Stale
    );
    assert_eq!(owner(&*store, "google", "1").await, None);
    let told = recorded(&*store).await;
    assert!(!told.contains(&EventKind::OauthAccountLinked), "{told:?}");
    assert_eq!(
        attempt(LinkProof::Session(at(HOUR))).await,
        LinkIdentity::Linked
    );
    let verified_now = UserChange {
        is_verified: Some(true),
        ..UserChange::default()
    };
    change(&*store, ada.id, verified_now, at(50)).await;
    unlink(&*store, &ada, "google", false).await;
    assert_eq!(
        attempt(verified("Ada@Example.com")).await,
        LinkIdentity::Linked
    );
}

pub(in crate::store) async fn a_session_needs_the_identity(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, passwordless("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    let kept = identity(&ada, "google", "1");
    assert_eq!(link(&*store, kept.clone()).await, LinkIdentity::Linked);
    fail(&*store, "ada@example.com", at(0)).await;
    let issue = async |used: IdentityUse, id: &str, now: Timestamp| {
        let session = NewSession {
            method: SessionMethod::Provider(provider("google")),
            ..new_session(id)
        };
        let told = Effects::of_events([event(EventKind::UserLoggedIn)]);
        store
            .issue_session_for_identity(used, session, now, told)
            .await
            .unwrap()
    };
    for wrong in [
        of(&Identity {
            user_id: bob.id,
            ..kept.clone()
        }),
        of(&Identity {
            subject: "2".into(),
            ..kept.clone()
        }),
        of(&Identity {
            provider: provider("github"),
            ..kept.clone()
        }),
        of(&Identity {
            user_id: fresh_id(),
            ..kept.clone()
        }),
    ] {
        assert!(issue(wrong, "refused", at(1)).await.is_none());
    }
    let issued = issue(of(&kept), "granted", at(2 * MINUTE)).await.unwrap();
    assert_eq!((issued.user.id, issued.issued_at), (ada.id, at(2 * MINUTE)));
    let row = store.user_session(ada.id, "granted", at(3 * MINUTE)).await;
    assert_eq!(row.unwrap().unwrap().method.name(), "oidc:google");
    let found = store.identities(ada.id).await.unwrap();
    assert_eq!(found[0].last_used_at, Some(at(2 * MINUTE)));
    let lockout = store.lockout(&ada.email, RULE, at(MINUTE)).await.unwrap();
    assert_eq!(lockout.failures, 0, "as after any login");
    let read = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(read.last_login, Some(at(2 * MINUTE)));
    change(&*store, ada.id, enable(false), at(4 * MINUTE)).await;
    assert!(issue(of(&kept), "disabled", at(5 * MINUTE)).await.is_none());
    change(&*store, ada.id, enable(true), at(6 * MINUTE)).await;
    unlink(&*store, &ada, "google", true).await;
    assert!(issue(of(&kept), "unlinked", at(7 * MINUTE)).await.is_none());
    let logins = recorded(&*store).await;
    let logins = logins.iter().filter(|one| **one == EventKind::UserLoggedIn);
    assert_eq!(logins.count(), 1);
}

pub(in crate::store) async fn the_last_way_in_is_protected(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let bob = create(&*store, passwordless("bob@example.com")).await;
    for (user, of) in [(&ada, "google"), (&bob, "google"), (&bob, "github")] {
        let one = identity(user, of, &user.id.to_string());
        assert_eq!(link(&*store, one).await, LinkIdentity::Linked);
    }
    let none = unlink(&*store, &ada, "github", false).await;
    assert_eq!(none, UnlinkIdentity::NotLinked);
    let with_password = unlink(&*store, &ada, "google", false).await;
    assert!(matches!(with_password, UnlinkIdentity::Done(_)));
    let one_of_two = unlink(&*store, &bob, "github", false).await;
    let UnlinkIdentity::Done(was) = one_of_two else {
        panic!("{one_of_two:?}")
    };
    assert_eq!(was, identity(&bob, "github", &bob.id.to_string()));
    let last = unlink(&*store, &bob, "google", false).await;
    assert_eq!(last, UnlinkIdentity::LastLoginMethod);
    assert_eq!(store.identities(bob.id).await.unwrap().len(), 1);
    let forced = unlink(&*store, &bob, "google", true).await;
    assert!(matches!(forced, UnlinkIdentity::Done(_)));
    let nobody = unlink(&*store, &user("x@example.com"), "google", true).await;
    assert_eq!(nobody, UnlinkIdentity::NotLinked);
    let told = recorded(&*store).await;
    let told = told
        .iter()
        .filter(|one| **one == EventKind::OauthAccountUnlinked);
    assert_eq!(told.count(), 3);
}

pub(in crate::store) async fn parallel_unlinkings_leave_a_way_in(db: &dyn Database) {
    let store = db.open().await;
    for round in 0..5 {
        let ada = create(&*store, passwordless(&format!("ada{round}@example.com"))).await;
        for of in ["google", "github"] {
            let one = identity(&ada, of, &round.to_string());
            assert_eq!(link(&*store, one).await, LinkIdentity::Linked);
        }
        let id = ada.id;
        let done = race(db, 4, move |store, number| async move {
            let of = provider(["google", "github"][number % 2]);
            let told = Effects::default();
            let open = Some(super::passkeys::offered_methods());
            store.unlink_identity(id, &of, open, told).await.unwrap()
        })
        .await;
        let gone = |done: &&UnlinkIdentity| matches!(done, UnlinkIdentity::Done(_));
        assert_eq!(done.iter().filter(gone).count(), 1, "{done:?}");
        assert_eq!(store.identities(id).await.unwrap().len(), 1);
    }
}

pub(in crate::store) async fn an_account_takes_its_identities_away(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    for (user, subject) in [(&ada, "1"), (&bob, "2")] {
        let one = identity(user, "google", subject);
        assert_eq!(link(&*store, one).await, LinkIdentity::Linked);
    }
    let deleted = store.delete_user(ada.id, Deletion::default(), Effects::default());
    assert!(matches!(deleted.await.unwrap(), DeleteUser::Done(_)));
    assert_eq!(owner(&*store, "google", "1").await, None);
    assert!(store.identities(ada.id).await.unwrap().is_empty());
    assert_eq!(owner(&*store, "google", "2").await, Some(bob.id));
    let again = link(&*store, identity(&bob, "github", "1")).await;
    assert_eq!(again, LinkIdentity::Linked, "the person is free");
}
