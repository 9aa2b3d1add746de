//! What is kept about a person.

use super::undos::moved;
use super::*;
use crate::model::{FactorSecret, MessageState, RecoverySet, Sealed};
use crate::store::{BeginWait, HeldMessage, ImportedUser, Wait};

fn sealed() -> Sealed {
    Sealed {
        bytes: vec![1, 2, 3],
        under: "key".into(),
    }
}

pub(in crate::store) async fn what_is_held_is_told_without_secrets(db: &dyn Database) {
    let store = db.open().await;
    let account = ImportedUser {
        user: User {
            has_totp: true,
            is_mfa_enabled: true,
            ..user("a@example.com")
        },
        totp: Some(sealed()),
        identities: Vec::new(),
        effects: Effects::default(),
    };
    let imported = store.import_users(vec![account.clone()], false, at(5));
    imported.await.unwrap();
    let recovery = RecoverySet {
        key: sealed(),
        codes: vec![proof("code")],
    };
    let own_hash = account.user.hashed_password.clone();
    let replaced = store.replace_recovery_codes(
        account.user.id,
        own_hash.as_ref().unwrap(),
        recovery,
        at(6),
        Effects::default(),
    );
    assert!(replaced.await.unwrap());
    let moved = moved(&*store, &account.user, "b@example.com", "undo", 10).await;
    let wait = Wait {
        user_id: moved.id,
        verified_hash: own_hash,
        upgraded_hash: None,
        kinds: vec![CodeKind::TotpSetup],
        jti: "wait".into(),
        max_attempts: 3,
        issued_at: moved.next_issue_time(at(20)),
        expires_at: at(90_000),
        budget: None,
        now: at(20),
    };
    let begun = store.begin_wait(
        wait.clone(),
        effects("b@example.com", EventKind::TotpSetupStarted),
    );
    assert!(matches!(begun.await.unwrap(), BeginWait::Begun));
    // Somebody else's, and what is over.
    create(&*store, user("eve@example.com")).await;
    let held = store.held(&moved, at(30)).await.unwrap();
    assert_eq!(held.totp_since, Some(at(5)), "{:?}", FactorSecret::Totp);
    assert_eq!(held.recovery_codes_since, Some(at(6)));
    let waits: Vec<_> = held
        .waits
        .iter()
        .map(|wait| (wait.kind, wait.created_at))
        .collect();
    assert_eq!(waits, [(CodeKind::TotpSetup, wait.issued_at)]);
    let undos: Vec<_> = held.undos.iter().map(|undo| undo.email.as_str()).collect();
    assert_eq!(undos, ["a@example.com"]);
    let [
        HeldMessage {
            recipient, state, ..
        },
    ] = held.messages.as_slice()
    else {
        panic!("{held:?}");
    };
    assert_eq!(
        (recipient.as_str(), *state),
        ("b@example.com", MessageState::Waiting)
    );
    let later = store.held(&moved, at(8 * 86_400_000)).await.unwrap();
    assert_eq!((later.waits.len(), later.undos.len()), (0, 0));
    let nothing = user("nobody@example.com");
    assert_eq!(
        store.held(&nothing, at(30)).await.unwrap(),
        crate::store::Held::default()
    );
}
