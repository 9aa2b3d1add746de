//! Lists of accounts by their ways to log in, and by their second factor.

use super::identities::{identity, link, passwordless, unlink};
use super::passkeys::{added, removal, remove};
use super::*;
use crate::model::{LoginMethod, ProviderId, UserFilter};
use crate::store::{CreateWithIdentity, Deletion, LinkIdentity};

fn provider(name: &str) -> LoginMethod {
    LoginMethod::Provider(ProviderId::parse(name).unwrap())
}

fn by(way: LoginMethod) -> UserFilter {
    UserFilter {
        login_method: Some(way),
        ..UserFilter::default()
    }
}

fn name(user: &User) -> String {
    user.email.as_str().replace("@example.com", "")
}

/// Returns whom a filter finds: in pages of two, and by offset, whose number is counted too.
async fn found(store: &dyn Store, filter: &UserFilter) -> Vec<String> {
    let users = all_pages(async |after| store.users(filter, after, 2).await).await;
    let names: Vec<String> = users.iter().map(name).collect();
    let count = store.count_users(filter).await.unwrap();
    assert_eq!(usize::try_from(count), Ok(names.len()), "{filter:?}");
    let behind = store.users_from(filter, 1, 100).await.unwrap();
    let behind: Vec<String> = behind.items.iter().map(name).collect();
    assert_eq!(behind, names[names.len().min(1)..], "{filter:?}");
    names
}

pub(in crate::store) async fn accounts_are_listed_by_their_ways_to_log_in(db: &dyn Database) {
    let store = db.open().await;
    let mut users = Vec::new();
    // Some are of the same moment.
    for (number, moment) in [0, 1, 2, 2, 2, 3, 4].into_iter().enumerate() {
        let address = format!("user{number}@example.com");
        let born = User {
            created_at: at(moment),
            is_active: number != 3,
            ..if number < 2 {
                user(&address)
            } else {
                passwordless(&address)
            }
        };
        users.push(create(&*store, born).await);
    }
    for number in [5, 4, 3, 2, 0] {
        if users[number].is_active {
            added(&*store, &users[number], &format!("key{number}")).await;
        }
    }
    added(&*store, &users[5], "another").await;
    for (number, of) in [
        (0, "google"),
        (6, "google"),
        (4, "google"),
        (2, "google"),
        (2, "idp"),
    ] {
        let linked = link(&*store, identity(&users[number], of, &format!("{number}"))).await;
        assert_eq!(linked, LinkIdentity::Linked);
    }
    let new = User {
        created_at: at(9),
        ..passwordless("new@example.com")
    };
    let known = identity(&new, "google", "new");
    let created = store.create_user_with_identity(new, known, Effects::default());
    assert_eq!(created.await.unwrap(), CreateWithIdentity::Created);

    // Within a moment, the larger id comes first.
    let mut together = [2, 4].map(|number| (users[number].id, name(&users[number])));
    together.sort();
    let [(_, lower), (_, upper)] = together;
    let expect = |before: &[&str], after: &str| {
        let both = [upper.as_str(), lower.as_str()];
        let all = before.iter().copied().chain(both).chain([after]);
        all.map(str::to_owned).collect::<Vec<_>>()
    };
    let (password, passkey, google) = (
        LoginMethod::Password,
        LoginMethod::Passkey,
        provider("google"),
    );
    assert_eq!(found(&*store, &by(password)).await, ["user1", "user0"]);
    assert_eq!(
        found(&*store, &by(passkey.clone())).await,
        expect(&["user5"], "user0")
    );
    assert_eq!(
        found(&*store, &by(google.clone())).await,
        expect(&["new", "user6"], "user0")
    );
    assert_eq!(found(&*store, &by(provider("idp"))).await, ["user2"]);
    assert!(found(&*store, &by(provider("other"))).await.is_empty());

    // Together with the other filters.
    for way in [passkey, google] {
        let searched = UserFilter {
            q: Some("user0".to_owned()),
            ..by(way.clone())
        };
        assert_eq!(found(&*store, &searched).await, ["user0"]);
        let early = UserFilter {
            before: Some(at(2)),
            is_active: Some(true),
            ..by(way.clone())
        };
        assert_eq!(found(&*store, &early).await, ["user0"]);
        let admins = UserFilter {
            is_superuser: Some(true),
            ..by(way)
        };
        assert!(found(&*store, &admins).await.is_empty());
    }
}

pub(in crate::store) async fn a_way_to_log_in_is_gone_when_its_last_key_is(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    let first = added(&*store, &ada, "first").await;
    let second = added(&*store, &ada, "second").await;
    added(&*store, &bob, "third").await;
    let passkeys = by(LoginMethod::Passkey);
    for (passkey, left) in [(first, 2), (second, 1)] {
        remove(&*store, removal(&ada, &passkey)).await;
        assert_eq!(found(&*store, &passkeys).await.len(), left);
    }
    let google = by(provider("google"));
    link(&*store, identity(&ada, "google", "a")).await;
    link(&*store, identity(&ada, "idp", "a")).await;
    link(&*store, identity(&bob, "google", "b")).await;
    unlink(&*store, &ada, "google", true).await;
    assert_eq!(found(&*store, &google).await, ["bob"]);
    assert_eq!(found(&*store, &by(provider("idp"))).await, ["ada"]);
    // An act on those that match leaves out whoever no longer does.
    let only = |filter: &UserFilter| Deletion {
        only_if: Some(filter.clone()),
        ..Deletion::default()
    };
    for filter in [&passkeys, &google] {
        let refused = store.delete_user(ada.id, only(filter), Effects::default());
        assert!(matches!(refused.await.unwrap(), DeleteUser::Overtaken));
    }
    let deleted = store.delete_user(bob.id, only(&google), Effects::default());
    assert!(matches!(deleted.await.unwrap(), DeleteUser::Done(_)));
    for filter in [passkeys, google] {
        assert!(found(&*store, &filter).await.is_empty());
    }
}

pub(in crate::store) async fn accounts_are_listed_by_their_second_factor(db: &dyn Database) {
    let store = db.open().await;
    for number in 0..5 {
        let born = User {
            created_at: at(number),
            is_mfa_enabled: number % 2 == 1,
            is_superuser: number < 2,
            ..user(&format!("user{number}@example.com"))
        };
        create(&*store, born).await;
    }
    let factor = |wanted| UserFilter {
        has_second_factor: Some(wanted),
        ..UserFilter::default()
    };
    assert_eq!(found(&*store, &factor(true)).await, ["user3", "user1"]);
    let without = found(&*store, &factor(false)).await;
    assert_eq!(without, ["user4", "user2", "user0"]);
    let admins = UserFilter {
        is_superuser: Some(true),
        login_method: Some(LoginMethod::Password),
        ..factor(true)
    };
    assert_eq!(found(&*store, &admins).await, ["user1"]);
}
