//! A code must stay bound to the phone number that it was sent to, although the codes and the number of an account are
//! not written together.

use super::*;
use crate::model::{CodeKind, PhoneNumber};
use crate::store::conformance::codes::{ask, code_for, factored, log_in, presented, send};
use crate::store::conformance::factors::{recovery, set_up};

#[tokio::test]
async fn a_code_of_the_older_number_opens_nothing_however_far_the_change_came() {
    let newer = PhoneNumber::parse("+3227777777").unwrap();
    for writes in 0..100 {
        let db = fresh();
        let store = db.mongo();
        let ada = factored("ada@example.com");
        let created = store.create_user(ada.clone(), Effects::default()).await;
        assert_eq!(created.unwrap(), CreateUser::Created);
        send(&store, &ada, ("1", "login"), at(0)).await;
        let set_up = code_for(&ada, CodeKind::PhoneSetup, ("2", "setup"), at(0));
        assert_eq!(ask(&store, set_up).await, IssueCode::Queued);
        let dying = db.mongo();
        dying.ping().await.unwrap();
        dying.connection.failpoint().after(writes);
        let right = presented(&ada, ("2", "setup"), at(1));
        let _ = dying
            .enable_second_factor(right, &newer, recovery("phone", 10), Effects::default())
            .await;
        let read = store.user(ada.id).await.unwrap().unwrap();
        let is_moved = read.second_factor() == Some(&newer);
        let login = log_in(&store, presented(&ada, ("1", "login"), at(2))).await;
        assert_eq!(login.is_ok(), !is_moved, "after {writes} writes: {login:?}");
        if !dying.connection.failpoint().was_met() {
            assert!(is_moved && writes > 1, "nothing was tried");
            return;
        }
    }
    panic!("a hundred writes are not enough");
}

#[tokio::test]
async fn a_code_of_the_python_package_names_no_number() {
    let db = fresh();
    let store = db.mongo();
    let ada = factored("ada@example.com");
    let created = store.create_user(ada.clone(), Effects::default()).await;
    assert_eq!(created.unwrap(), CreateUser::Created);
    send(&store, &ada, ("1", "login"), at(0)).await;
    let codes = &store.db().await.unwrap().codes;
    let own = doc! { "$unset": { "regstack_sent_to": "", "jti": "" } };
    let unset = codes.update_one(
        doc! { "regstack_sent_to": ada.phone_number.as_ref().unwrap().as_str() },
        own,
    );
    assert_eq!(unset.await.unwrap().modified_count, 1);
    let login = log_in(&store, presented(&ada, ("1", "login"), at(2))).await;
    assert!(login.is_ok(), "{login:?}");
}

#[tokio::test]
async fn with_the_last_factor_its_fields_go() {
    let db = fresh();
    let store = db.mongo();
    let users = &store.db().await.unwrap().users;
    for (app_goes_last, by_administrator) in [(true, false), (false, false), (false, true)] {
        let name = format!("ada-{app_goes_last}-{by_administrator}@example.com");
        let ada = factored(&name);
        let created = store.create_user(ada.clone(), Effects::default()).await;
        assert_eq!(created.unwrap(), CreateUser::Created);
        set_up(&store, &ada, at(0)).await;
        let hash = ada.hashed_password.as_ref().unwrap();
        if by_administrator {
            let off = UserChange {
                remove_second_factor: true,
                ..UserChange::default()
            };
            let changed = store.change_user(ada.id, off, false, at(1), Effects::default());
            assert!(matches!(changed.await.unwrap(), ChangeUser::Done(_)));
        }
        for app_goes in [!app_goes_last, app_goes_last] {
            if by_administrator {
                break;
            }
            let gone = if app_goes {
                store.disable_totp(ada.id, hash, at(1), Effects::default())
            } else {
                store.disable_second_factor(ada.id, hash, at(1), Effects::default())
            };
            assert!(gone.await.unwrap().is_some());
        }
        let document = users.find_one(doc! { "email": &name }).await;
        let document = document.unwrap().unwrap();
        for field in ["regstack_totp", "regstack_recovery", "phone_number"] {
            assert!(!document.contains_key(field), "{field}: {document}");
        }
    }
}
