//! Imports that die between two writes, and what other programs wrote beside them.

use super::repair::die_everywhere;
use super::*;
use crate::model::{ForeignId, Identity, ProofHash, ProviderId, User};
use crate::store::ImportOutcome::{Created, Duplicate, Unchanged};
use crate::store::conformance::{mail, pending, uncapped};

const PEOPLE: usize = 6;

fn accounts() -> Vec<ImportedUser> {
    let accounts = (0..PEOPLE).map(|number| {
        let address = format!("u{number}@example.com");
        let mut account = ImportedUser {
            user: User {
                foreign_id: ForeignId::parse(&number.to_string()),
                ..user(&address)
            },
            totp: None,
            identities: Vec::new(),
            effects: Effects::default(),
        };
        if number % 2 == 0 {
            account.effects.messages.push(mail(&address));
        }
        if number % 3 == 0 {
            account.identities = ["google", "github"]
                .map(|provider| Identity {
                    user_id: account.user.id,
                    provider: ProviderId::parse(provider).unwrap(),
                    subject: number.to_string(),
                    email: None,
                    linked_at: at(1000 + i64::try_from(number).unwrap()),
                    last_used_at: None,
                })
                .to_vec();
        }
        account
    });
    accounts.collect()
}

#[tokio::test]
async fn an_import_is_finished_by_another_run() {
    die_everywhere(
        async |store| {
            let waits = pending(
                "u1@example.com",
                ProofHash::from_stored(format!("{:0>64}", 1)),
            );
            let cap = uncapped("u1@example.com");
            let put = store.put_pending(waits, cap, Effects::default(), Effects::default());
            assert_eq!(put.await.unwrap(), PutPending::Stored);
            accounts()
        },
        async |store, accounts| {
            let imported = store.import_users(accounts, false, at(5)).await;
            imported.map(drop)
        },
        async |store, accounts| {
            let outcomes = store.import_users(accounts.clone(), false, at(9)).await;
            for outcome in outcomes.unwrap() {
                assert!(matches!(outcome, Created | Unchanged), "{outcome:?}");
            }
            for account in accounts {
                let mut linked = store.identities(account.user.id).await.unwrap();
                linked.sort_by_key(|identity| identity.provider.as_str() != "google");
                assert_eq!(format!("{linked:?}"), format!("{:?}", account.identities));
            }
        },
    )
    .await;
    let db = fresh();
    let store = db.mongo();
    let outcomes = store.import_users(accounts(), false, at(5)).await.unwrap();
    assert_eq!(outcomes, [Created; PEOPLE]);
    let left = doc! { "regstack_linked_at": { "$exists": true } };
    let left = db.raw().await.identities.count_documents(left).await;
    assert_eq!(left.unwrap(), 0);
}

/// The package stores addresses as they were typed.
#[tokio::test]
async fn every_spelling_of_another_program_is_met() {
    let db = fresh();
    let store = db.mongo();
    store.ping().await.unwrap();
    let raw = db.raw().await;
    let typed = [
        ("U0@Example.com", 0),
        ("u1@EXAMPLE.com", 1),
        ("U1@example.com", 1),
    ];
    for (email, _) in typed {
        let document = doc! { "email": email, "is_active": true, "created_at": mongodb::bson::DateTime::from_millis(0) };
        raw.users.insert_one(document).await.unwrap();
    }
    // On its way out, it still has its address and its id.
    let accounts = accounts();
    let leaving = &accounts[2].user;
    let document = doc! { "_id": documents::oid(leaving.id), "email": leaving.email.as_str(), "regstack_deleting": true };
    raw.users.insert_one(document).await.unwrap();
    let outcomes = store.import_users(accounts, false, at(5)).await.unwrap();
    assert_eq!(
        outcomes,
        [Duplicate, Duplicate, Duplicate, Created, Created, Created]
    );
    assert_eq!(raw.identities.count_documents(doc! {}).await.unwrap(), 2);
}
