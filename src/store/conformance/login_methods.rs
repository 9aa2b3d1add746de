//! The ways to log in to an account, of any kind: each can be removed as long as there is another, and the last one
//! stays.

use super::identities::{identity, link, passwordless, unlink};
use super::passkeys::{add, added, offered_methods, passkey, removal, remove};
use super::*;
use crate::model::{Identity, OfferedMethods, Passkey, ProviderId};
use crate::store::{
    ChangeEmail, IdentityLink, LinkIdentity, LinkProof, PasskeyRemoval, RemovePasskey,
    UnlinkIdentity,
};

async fn with_both(store: &dyn Store, address: &str) -> (User, Passkey) {
    let user = create(store, passwordless(address)).await;
    let one = identity(&user, "google", address);
    assert_eq!(link(store, one).await, LinkIdentity::Linked);
    let passkey = added(store, &user, address).await;
    (user, passkey)
}

pub(in crate::store) async fn a_passkey_and_an_identity_let_each_other_go(db: &dyn Database) {
    let store = db.open().await;
    let (ada, passkey) = with_both(&*store, "ada@example.com").await;
    assert_eq!(
        remove(&*store, removal(&ada, &passkey)).await,
        RemovePasskey::Removed
    );
    assert_eq!(
        unlink(&*store, &ada, "google", false).await,
        UnlinkIdentity::LastLoginMethod
    );
    let (bob, passkey) = with_both(&*store, "bob@example.com").await;
    let unlinked = unlink(&*store, &bob, "google", false).await;
    assert!(matches!(unlinked, UnlinkIdentity::Done(_)), "{unlinked:?}");
    assert_eq!(
        remove(&*store, removal(&bob, &passkey)).await,
        RemovePasskey::LastLoginMethod
    );
    assert_eq!(store.passkeys(bob.id).await.unwrap(), [passkey]);
}

pub(in crate::store) async fn what_is_closed_is_no_way_in(db: &dyn Database) {
    let store = db.open().await;
    // As configured when the account was linked, and without that provider.
    let (ada, adas) = with_both(&*store, "ada@example.com").await;
    let without = |removal: PasskeyRemoval| PasskeyRemoval {
        open: OfferedMethods {
            providers: vec![ProviderId::parse("github").unwrap()],
            ..removal.open
        },
        ..removal
    };
    let refused = remove(&*store, without(removal(&ada, &adas))).await;
    assert_eq!(refused, RemovePasskey::LastLoginMethod);
    assert_eq!(store.passkeys(ada.id).await.unwrap(), [adas]);
    // A passkey of another domain, and any where passkeys are off.
    let google = ProviderId::parse("google").unwrap();
    for rp_id in [Some("example.org".to_owned()), None] {
        let open = OfferedMethods {
            rp_id,
            ..offered_methods()
        };
        let unlinked = store.unlink_identity(ada.id, &google, Some(open), Effects::default());
        assert_eq!(unlinked.await.unwrap(), UnlinkIdentity::LastLoginMethod);
    }
    // The one of another domain may go itself, as the link logs in; and a dead link, as the passkey does.
    let (bob, bobs) = with_both(&*store, "bob@example.com").await;
    let moved = PasskeyRemoval {
        open: OfferedMethods {
            rp_id: Some("example.org".into()),
            ..offered_methods()
        },
        ..removal(&bob, &bobs)
    };
    assert_eq!(remove(&*store, moved).await, RemovePasskey::Removed);
    let open = OfferedMethods {
        providers: Vec::new(),
        ..offered_methods()
    };
    let unlinked = store.unlink_identity(ada.id, &google, Some(open), Effects::default());
    assert!(matches!(unlinked.await.unwrap(), UnlinkIdentity::Done(_)));
    // Of two passkeys, the one that logs in stays.
    let carol = create(&*store, passwordless("carol@example.com")).await;
    let here = added(&*store, &carol, "here").await;
    let elsewhere = Passkey {
        rp_id: "example.org".into(),
        ..passkey("elsewhere", at(0))
    };
    add(&*store, &carol, &elsewhere).await;
    let refused = remove(&*store, removal(&carol, &here)).await;
    assert_eq!(refused, RemovePasskey::LastLoginMethod);
    let removed = remove(&*store, removal(&carol, &elsewhere)).await;
    assert_eq!(removed, RemovePasskey::Removed);
}

pub(in crate::store) async fn parallel_acts_leave_one_way_in(db: &dyn Database) {
    let store = db.open().await;
    for round in 0..5 {
        let (ada, passkey) = with_both(&*store, &format!("ada{round}@example.com")).await;
        let gone = race(db, 4, |store, number| {
            let (ada, removal) = (ada.clone(), removal(&ada, &passkey));
            async move {
                if number % 2 == 0 {
                    remove(&*store, removal).await == RemovePasskey::Removed
                } else {
                    let unlinked = unlink(&*store, &ada, "google", false).await;
                    matches!(unlinked, UnlinkIdentity::Done(_))
                }
            }
        })
        .await;
        assert_eq!(gone.iter().filter(|gone| **gone).count(), 1, "{gone:?}");
        let left = store.passkeys(ada.id).await.unwrap().len()
            + store.identities(ada.id).await.unwrap().len();
        assert_eq!(left, 1);
    }
}

pub(in crate::store) async fn an_undone_change_takes_later_identities_along(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let early = Identity {
        linked_at: at(0),
        ..identity(&ada, "google", "early")
    };
    assert_eq!(link(&*store, early.clone()).await, LinkIdentity::Linked);
    let moved = super::undos::moved(&*store, &ada, "eve@example.com", "undo", SECOND).await;
    let late = IdentityLink {
        identity: Identity {
            linked_at: at(2 * SECOND),
            ..identity(&ada, "github", "late")
        },
        proof: LinkProof::Session(at(2 * SECOND)),
    };
    let linked = store.link_identity(late, Effects::default()).await.unwrap();
    assert_eq!(linked, LinkIdentity::Linked);
    let undoing = super::undos::undoing(&moved, "undo", 3 * SECOND);
    let undone = super::undos::undo(&*store, undoing).await;
    assert!(matches!(undone, ChangeEmail::Done(_)), "{undone:?}");
    assert_eq!(store.identities(ada.id).await.unwrap(), [early]);
    let github = ProviderId::parse("github").unwrap();
    let owner = store.identity_owner(&github, "late").await.unwrap();
    assert!(owner.is_none(), "the person is free");
}
