//! Changes by administrators other than enabling and promoting, and deletion with a password.

use super::*;
use crate::model::{LoginMethod, UserFilter};
use crate::store::{CreateFirstAdmin, Deletion, IssueLink, LinkIssue, Reverify, Verify};

fn verified(is_verified: bool) -> UserChange {
    UserChange {
        is_verified: Some(is_verified),
        ..UserChange::default()
    }
}

fn admin(email: &str) -> User {
    User {
        is_superuser: true,
        ..user(email)
    }
}

pub(in crate::store) async fn the_first_administrator_is_created_once(db: &dyn Database) {
    let store = db.open().await;
    create(&*store, user("ada@example.com")).await;
    db.plant(pending("root@example.com", proof("1"))).await;
    let told = || effects("root@example.com", EventKind::AdminGranted);
    let taken = store.create_first_admin(admin("ada@example.com"), told());
    assert_eq!(taken.await.unwrap(), CreateFirstAdmin::EmailTaken);
    assert!(recorded(&*store).await.is_empty());
    let root = admin("root@example.com");
    let made = store.create_first_admin(root.clone(), told()).await;
    assert_eq!(made.unwrap(), CreateFirstAdmin::Created);
    let found = store.user(root.id).await.unwrap().unwrap();
    assert_eq!(format!("{found:?}"), format!("{root:?}"));
    assert_eq!(recorded(&*store).await, [EventKind::AdminGranted]);
    let waits = store.pending_by_email(&root.email, at(0)).await.unwrap();
    assert!(waits.is_none());
    // One who is disabled is an administrator too.
    let disabled = UserChange {
        is_active: Some(false),
        ..UserChange::default()
    };
    let changed = store.change_user(root.id, disabled, true, at(1), Effects::default());
    assert!(matches!(changed.await.unwrap(), ChangeUser::Done(_)));
    let second = store.create_first_admin(admin("eve@example.com"), told());
    assert_eq!(second.await.unwrap(), CreateFirstAdmin::NotFirst);
    assert_eq!(store.counts(at(1)).await.unwrap().total_users, 2);
}

pub(in crate::store) async fn of_parallel_first_administrators_one_is_created(db: &dyn Database) {
    let stores = [db.open().await, db.open().await];
    let mut tasks = JoinSet::new();
    for index in 0..8 {
        let store = stores[index % 2].clone();
        tasks.spawn(async move {
            let user = admin(&format!("root{index}@example.com"));
            store
                .create_first_admin(user, Effects::default())
                .await
                .unwrap()
        });
    }
    let outcomes = tasks.join_all().await;
    let made = outcomes
        .iter()
        .filter(|made| **made == CreateFirstAdmin::Created);
    assert_eq!(made.count(), 1, "{outcomes:?}");
    let counts = stores[0].counts(at(0)).await.unwrap();
    assert_eq!((counts.superusers, counts.total_users), (1, 1));
}

pub(in crate::store) async fn an_address_is_declared_proven_or_not(db: &dyn Database) {
    let store = db.open().await;
    let unproven = User {
        is_verified: false,
        ..user("ada@example.com")
    };
    let ada = create(&*store, unproven).await;
    db.plant(pending("ada@example.com", proof("1"))).await;
    let waits = async || {
        let pending = store.pending_by_email(&ada.email, at(0)).await;
        pending.unwrap().is_some()
    };
    change(&*store, ada.id, verified(false), at(1)).await;
    assert!(waits().await);
    let changed = change(&*store, ada.id, verified(true), at(2)).await;
    let expected = User {
        is_verified: true,
        updated_at: at(2),
        ..ada.clone()
    };
    assert_eq!(format!("{changed:?}"), format!("{expected:?}"));
    assert!(!waits().await, "there is nothing left to prove");
    assert_eq!(store.counts(at(2)).await.unwrap().verified_users, 1);
    let changed = change(&*store, ada.id, verified(false), at(3)).await;
    assert!(!changed.is_verified && changed.tokens_invalidated_after.is_none());
    assert_eq!(store.counts(at(3)).await.unwrap().verified_users, 0);
}

pub(in crate::store) async fn sessions_are_ended_on_demand(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let mut cut_off = None;
    // Within one millisecond, and with a clock that was set back: each time it is a change and recorded.
    for now in [at(5), at(5), at(0)] {
        let issued = issued_at(&*store, &ada, now).await;
        assert!(Some(issued) > cut_off);
        let ends = UserChange {
            end_sessions: true,
            ..UserChange::default()
        };
        let told = effects("ada@example.com", EventKind::TokensRevoked);
        let ended = store.change_user(ada.id, ends, false, now, told).await;
        let ChangeUser::Done(ended) = ended.unwrap() else {
            panic!("the account exists");
        };
        assert!(ended.tokens_invalidated_after > cut_off);
        cut_off = ended.tokens_invalidated_after;
        assert!(Some(issued) <= cut_off);
        assert_eq!((ended.is_active, ended.updated_at), (true, now));
    }
    assert_eq!(recorded(&*store).await, [EventKind::TokensRevoked; 3]);
    assert_eq!(waiting(&*store).await, 3);
}

pub(in crate::store) async fn a_second_factor_is_switched_off_once(db: &dyn Database) {
    let store = db.open().await;
    let factored = User {
        is_mfa_enabled: true,
        phone_number: Some(number("+3227777777")),
        ..user("ada@example.com")
    };
    let ada = create(&*store, factored.clone()).await;
    let bob = User {
        id: fresh_id(),
        email: email("bob@example.com"),
        ..factored
    };
    let bob = create(&*store, bob).await;
    for now in [at(5), at(6)] {
        let off = UserChange {
            remove_second_factor: true,
            ..UserChange::default()
        };
        let told = effects("ada@example.com", EventKind::MfaDisabled);
        let done = store.change_user(ada.id, off, false, now, told).await;
        let ChangeUser::Done(changed) = done.unwrap() else {
            panic!("the account exists");
        };
        let expected = User {
            is_mfa_enabled: false,
            phone_number: None,
            updated_at: at(5),
            ..ada.clone()
        };
        assert_eq!(format!("{changed:?}"), format!("{expected:?}"));
    }
    assert_eq!(recorded(&*store).await, [EventKind::MfaDisabled]);
    assert_eq!(waiting(&*store).await, 1);
    let other = store.user(bob.id).await.unwrap().unwrap();
    assert_eq!(format!("{other:?}"), format!("{bob:?}"));
}

pub(in crate::store) async fn a_deletion_holds_to_the_password_it_was_proven_by(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let without = User {
        hashed_password: None,
        ..user("bob@example.com")
    };
    let bob = create(&*store, without).await;
    let by = |text: &str| Deletion {
        only_if: None,
        force: false,
        verified_hash: Some(hash(text)),
    };
    for id in [ada.id, bob.id] {
        let told = effects("ada@example.com", EventKind::UserDeleted);
        let deleted = store.delete_user(id, by("older"), told).await;
        assert!(matches!(deleted.unwrap(), DeleteUser::Stale));
        assert!(store.user(id).await.unwrap().is_some());
    }
    assert_eq!(
        (recorded(&*store).await.len(), waiting(&*store).await),
        (0, 0)
    );
    let nobody = store.delete_user(fresh_id(), by("first"), Effects::default());
    assert!(matches!(nobody.await.unwrap(), DeleteUser::NotFound));
    let deleted = store.delete_user(ada.id, by("first"), Effects::default());
    assert!(matches!(deleted.await.unwrap(), DeleteUser::Done(_)));
    assert!(store.user(ada.id).await.unwrap().is_none());
    // A password does not override the protection of the last administrator.
    let root = create(&*store, superuser("root@example.com")).await;
    let refused = store.delete_user(root.id, by("first"), Effects::default());
    assert!(matches!(refused.await.unwrap(), DeleteUser::LastSuperuser));
}

/// Filters that don't match an unverified account created in this minute.
fn filters_of_others(locked_out: (LockoutRule, Timestamp)) -> [UserFilter; 7] {
    let all = UserFilter::default();
    [
        UserFilter {
            q: Some("bob".to_owned()),
            ..all.clone()
        },
        UserFilter {
            is_active: Some(false),
            ..all.clone()
        },
        UserFilter {
            is_verified: Some(true),
            ..all.clone()
        },
        UserFilter {
            is_superuser: Some(true),
            ..all.clone()
        },
        UserFilter {
            since: Some(at(HOUR)),
            ..all.clone()
        },
        UserFilter {
            before: Some(at(0)),
            ..all.clone()
        },
        UserFilter {
            locked_out: Some(locked_out),
            ..all.clone()
        },
    ]
}

pub(in crate::store) async fn an_act_holds_to_the_filter_it_was_chosen_by(db: &dyn Database) {
    let store = db.open().await;
    let unproven = |address: &str| User {
        is_verified: false,
        full_name: name("Ada Lovelace"),
        ..user(address)
    };
    let ada = create(&*store, unproven("ada@example.com")).await;
    let by = |filter: &UserFilter| Deletion {
        only_if: Some(filter.clone()),
        ..Deletion::default()
    };
    let locked_out = (RULE, at(MINUTE));
    for filter in &filters_of_others(locked_out) {
        let effects = effects("ada@example.com", EventKind::UserDeleted);
        let deleted = store
            .delete_user(ada.id, by(filter), effects)
            .await
            .unwrap();
        assert!(matches!(deleted, DeleteUser::Overtaken), "{filter:?}");
        let change = UserChange {
            is_active: Some(false),
            end_sessions: true,
            only_if: Some(filter.clone()),
            ..UserChange::default()
        };
        let changed = store.change_user(ada.id, change, false, at(1), Effects::default());
        assert!(
            matches!(changed.await.unwrap(), ChangeUser::Overtaken),
            "{filter:?}"
        );
        let link = LinkIssue {
            user_id: Some(ada.id),
            email: None,
            verified_hash: None,
            issued_at: at(1),
            cap: uncapped("ada@example.com"),
            only_if: Some(filter.clone()),
        };
        let issued = store.issue_link(link, Effects::default()).await.unwrap();
        assert_eq!(issued, IssueLink::Overtaken, "{filter:?}");
        let (cap, filter) = (uncapped("ada@example.com"), Some(filter.clone()));
        let asked = store.reverify(
            ada.id,
            proof("1"),
            at(HOUR),
            cap,
            filter,
            Effects::default(),
        );
        assert_eq!(asked.await.unwrap(), Reverify::Overtaken);
    }
    let same = store.user(ada.id).await.unwrap();
    assert_eq!(same, Some(ada.clone()));
    assert_eq!(
        (waiting(&*store).await, recorded(&*store).await),
        (0, vec![])
    );

    // These filters match.
    for _ in 0..3 {
        fail(&*store, "ada@example.com", at(0)).await;
    }
    let mut hers = UserFilter {
        q: Some("LOVELACE".to_owned()),
        is_active: Some(true),
        is_verified: Some(false),
        is_superuser: Some(false),
        since: Some(ada.created_at),
        before: Some(at(HOUR)),
        locked_out: Some(locked_out),
        has_second_factor: Some(false),
        login_method: Some(LoginMethod::Password),
    };
    let change = UserChange {
        is_active: Some(false),
        only_if: Some(hers.clone()),
        ..UserChange::default()
    };
    let changed = store.change_user(ada.id, change, false, at(1), Effects::default());
    assert!(matches!(changed.await.unwrap(), ChangeUser::Done(_)));
    hers.is_active = Some(false);
    let deleted = store.delete_user(ada.id, by(&hers), Effects::default());
    assert!(matches!(deleted.await.unwrap(), DeleteUser::Done(_)));
}

pub(in crate::store) async fn who_is_proven_meanwhile_is_not_deleted_as_unproven(
    db: &dyn Database,
) {
    let answers = race(db, 20, |store, number| async move {
        let address = format!("user{number}@example.com");
        let account = User {
            is_verified: false,
            ..user(&address)
        };
        let account = create(&*store, account).await;
        let cap = uncapped(&address);
        let code = number.to_string();
        let asked = store.reverify(
            account.id,
            proof(&code),
            at(HOUR),
            cap,
            None,
            Effects::default(),
        );
        assert_eq!(asked.await.unwrap(), Reverify::Queued);
        let deletion = Deletion {
            only_if: Some(UserFilter {
                is_verified: Some(false),
                ..UserFilter::default()
            }),
            ..Deletion::default()
        };
        let proof = proof(&code);
        let (verified, deleted) = tokio::join!(
            store.verify(&proof, fresh_id(), at(1), Effects::default()),
            store.delete_user(account.id, deletion, Effects::default()),
        );
        let there = store.user(account.id).await.unwrap();
        // A verification that comes while the account is being deleted may fail and has to be repeated.
        (verified.ok(), deleted.unwrap(), there)
    })
    .await;
    for (verified, deleted, there) in answers {
        if let Some(Verify::Marked(_)) = verified {
            assert!(there.is_some() && matches!(deleted, DeleteUser::Overtaken));
        } else {
            assert!(there.is_none() && matches!(deleted, DeleteUser::Done(_)));
        }
    }
}
