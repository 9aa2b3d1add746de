//! Lists of accounts: pages, search, filters.

use super::*;
use crate::model::{Page, UserChange, UserFilter};

async fn list(store: &dyn Store, filter: &UserFilter) -> Vec<String> {
    let Page { items, next } = store.users(filter, None, 100).await.unwrap();
    assert_eq!(next, None);
    items.iter().map(|user| user.email.to_string()).collect()
}

async fn search(store: &dyn Store, q: &str) -> Vec<String> {
    let filter = UserFilter {
        q: Some(q.to_owned()),
        ..UserFilter::default()
    };
    let mut found = list(store, &filter).await;
    found.sort();
    found
}

fn born(address: &str, created_at: Timestamp) -> User {
    User {
        created_at,
        ..user(address)
    }
}

pub(in crate::store) async fn pages_have_neither_gaps_nor_repeats(db: &dyn Database) {
    let store = db.open().await;
    for number in 0..10 {
        create(
            &*store,
            born(&format!("user{number}@example.com"), at(number)),
        )
        .await;
    }
    let all = UserFilter::default();
    let first = store.users(&all, None, 4).await.unwrap();
    let mut seen: Vec<String> = first
        .items
        .iter()
        .map(|user| user.email.to_string())
        .collect();
    let mut next = first.next;
    assert_eq!(next, Some(key(at(6), first.items[3].id)));
    while let Some(after) = next {
        // Newer accounts appear at the top and don't affect later pages.
        create(
            &*store,
            born(&format!("new{}@example.com", seen.len()), at(HOUR)),
        )
        .await;
        let page = store.users(&all, Some(after), 3).await.unwrap();
        seen.extend(page.items.iter().map(|user| user.email.to_string()));
        next = page.next;
    }
    let expected: Vec<String> = (0..10)
        .rev()
        .map(|number| format!("user{number}@example.com"))
        .collect();
    assert_eq!(seen, expected);
    let exact = store.users(&all, None, 12).await.unwrap();
    assert_eq!(
        (exact.items.len(), exact.next),
        (12, None),
        "a full last page has no next one"
    );
    let other_handle = db.open().await.users(&all, None, 100).await.unwrap();
    assert_eq!(other_handle.items.len(), 12);
}

pub(in crate::store) async fn pages_are_found_by_their_place(db: &dyn Database) {
    let store = db.open().await;
    for number in 0..7 {
        create(
            &*store,
            born(&format!("user{number}@example.com"), at(number)),
        )
        .await;
    }
    let all = UserFilter::default();
    let from = async |skip, limit| {
        let Page { items, next } = store.users_from(&all, skip, limit).await.unwrap();
        let ages: Vec<i64> = items
            .iter()
            .map(|user| user.created_at.as_millisecond() - at(0).as_millisecond())
            .collect();
        (ages, next.is_some())
    };
    assert_eq!(from(0, 3).await, (vec![6, 5, 4], true));
    assert_eq!(from(3, 3).await, (vec![3, 2, 1], true));
    assert_eq!(from(4, 3).await, (vec![2, 1, 0], false));
    assert_eq!(from(6, 3).await, (vec![0], false));
    assert_eq!(from(7, 3).await, (vec![], false));
    assert_eq!(from(u32::MAX, 3).await, (vec![], false));
    // From here on, the list can be read by keys.
    let page = store.users_from(&all, 3, 2).await.unwrap();
    let rest = store.users(&all, page.next, 10).await.unwrap();
    assert_eq!(rest.items.len(), 2);
    assert_eq!(store.count_users(&all).await.unwrap(), 7);
}

pub(in crate::store) async fn accounts_of_one_moment_are_paged_by_id(db: &dyn Database) {
    let store = db.open().await;
    let mut ids = Vec::new();
    for number in 0..7 {
        ids.push(
            create(&*store, user(&format!("user{number}@example.com")))
                .await
                .id,
        );
    }
    ids.reverse();
    let all = UserFilter::default();
    let seen = all_pages(async |after| store.users(&all, after, 2).await).await;
    let seen: Vec<Id> = seen.iter().map(|user| user.id).collect();
    assert_eq!(seen, ids);
}

pub(in crate::store) async fn a_search_finds_parts_in_any_case(db: &dyn Database) {
    let store = db.open().await;
    for (address, full_name) in [
        ("ada@example.com", "Ada LOVELACE"),
        ("zoe@shop.example", "Zoë Äpfel"),
        ("lovely@example.org", ""),
    ] {
        let named = User {
            full_name: name(full_name),
            ..user(address)
        };
        create(&*store, named).await;
    }
    assert_eq!(
        search(&*store, "loVEL").await,
        ["ada@example.com", "lovely@example.org"]
    );
    assert_eq!(search(&*store, "EXAMPLE.COM").await, ["ada@example.com"]);
    assert_eq!(search(&*store, "zoë äPF").await, ["zoe@shop.example"]);
    assert_eq!(
        search(&*store, "äp").await,
        Vec::<String>::new(),
        "too short to be found inside"
    );
    assert_eq!(search(&*store, "zo").await, ["zoe@shop.example"]);
    assert_eq!(search(&*store, "A").await, ["ada@example.com"]);
    assert_eq!(search(&*store, "").await.len(), 3);
    assert_eq!(search(&*store, "nobody").await, Vec::<String>::new());
    // The search index follows a changed name.
    let ada = store
        .user_by_email(&email("ada@example.com"))
        .await
        .unwrap()
        .unwrap();
    let renamed = UserChange {
        full_name: Some(name("Countess")),
        ..UserChange::default()
    };
    store
        .change_user(ada.id, renamed, false, at(1), Effects::default())
        .await
        .unwrap();
    assert_eq!(search(&*store, "lovelace").await, Vec::<String>::new());
    assert_eq!(search(&*store, "count").await, ["ada@example.com"]);
    assert_eq!(search(&*store, "co").await, ["ada@example.com"]);
}

pub(in crate::store) async fn a_search_takes_every_character_literally(db: &dyn Database) {
    let store = db.open().await;
    let odd = [
        "100% sure_thing",
        "O'Neill \"Bob\"",
        "a*b^c",
        "NEAR(x y)",
        "this AND that OR NOT",
        "back\\slash",
        "semi; drop table users; --",
        "email_key:x",
        "(]{$ne: 1}.*+?",
    ];
    for (number, text) in odd.iter().enumerate() {
        let named = User {
            full_name: name(text),
            ..user(&format!("user{number}@example.com"))
        };
        create(&*store, named).await;
    }
    for (number, text) in odd.iter().enumerate() {
        let owner = [format!("user{number}@example.com")];
        assert_eq!(search(&*store, text).await, owner, "{text:?}");
        let end: String = text.chars().skip(2).collect();
        assert_eq!(search(&*store, &end).await, owner, "{end:?}");
    }
    for nothing in [
        "%",
        "_",
        "*",
        "%%%",
        "___",
        "***",
        "\"",
        "\"\"\"",
        "'''",
        "\0",
        "\0\0\0",
        "...",
        ".*.",
        "(((",
        "\\\\\\",
        "user1%com",
        "user_@",
        "-- ",
        "^user",
        "user*",
        "\" OR \"a",
        "email_key : user",
    ] {
        assert_eq!(
            search(&*store, nothing).await,
            Vec::<String>::new(),
            "{nothing:?}"
        );
    }
    assert_eq!(
        search(&*store, &"x".repeat(10_000)).await,
        Vec::<String>::new()
    );
    // A name may contain a NUL. Whether a search finds text with a NUL depends on the engine, but it must not break
    // anything.
    let with_nul = User {
        full_name: name("before\0after"),
        ..user("nul@example.com")
    };
    create(&*store, with_nul).await;
    assert_eq!(search(&*store, "before").await, ["nul@example.com"]);
    for text in ["after", "before\0after", "re\0af", "\0after"] {
        assert!(search(&*store, text).await.len() <= 1);
    }
}

pub(in crate::store) async fn filters_narrow_together(db: &dyn Database) {
    let store = db.open().await;
    // Eight accounts, one for each combination of flags; the bits of the number are the flags.
    for number in 0..8_i64 {
        let flagged = User {
            is_active: number & 1 != 0,
            is_verified: number & 2 != 0,
            is_superuser: number & 4 != 0,
            ..born(&format!("user{number}@example.com"), at(number))
        };
        create(&*store, flagged).await;
    }
    let flags = [None, Some(false), Some(true)];
    for is_active in flags {
        for is_verified in flags {
            for is_superuser in flags {
                for (since, before) in [
                    (None, None),
                    (Some(3), None),
                    (None, Some(6)),
                    (Some(3), Some(6)),
                ] {
                    for q in [None, Some("u"), Some("SER"), Some("other")] {
                        let filter = UserFilter {
                            q: q.map(str::to_owned),
                            is_active,
                            is_verified,
                            is_superuser,
                            since: since.map(at),
                            before: before.map(at),
                            ..UserFilter::default()
                        };
                        let agrees = |wanted: Option<bool>, bit: i64| {
                            wanted.is_none_or(|wanted| wanted == (bit != 0))
                        };
                        let expected: Vec<String> = (0..8)
                            .rev()
                            .filter(|number| agrees(is_active, number & 1))
                            .filter(|number| agrees(is_verified, number & 2))
                            .filter(|number| agrees(is_superuser, number & 4))
                            .filter(|number| since.is_none_or(|since| *number >= since))
                            .filter(|number| before.is_none_or(|before| *number < before))
                            .filter(|_| q != Some("other"))
                            .map(|number| format!("user{number}@example.com"))
                            .collect();
                        assert_eq!(list(&*store, &filter).await, expected, "{filter:?}");
                        let count = store.count_users(&filter).await.unwrap();
                        assert_eq!(usize::try_from(count), Ok(expected.len()), "{filter:?}");
                        let behind = store.users_from(&filter, 1, 100).await.unwrap().items;
                        let behind: Vec<String> =
                            behind.iter().map(|user| user.email.to_string()).collect();
                        assert_eq!(behind, expected[expected.len().min(1)..], "{filter:?}");
                    }
                }
            }
        }
    }
}

pub(in crate::store) async fn locked_out_addresses_are_listed(db: &dyn Database) {
    let store = db.open().await;
    for (number, address) in ["ada@example.com", "bob@example.com", "carl@example.com"]
        .into_iter()
        .enumerate()
    {
        create(&*store, born(address, at(i64::try_from(number).unwrap()))).await;
    }
    for millis in 0..3 {
        fail(&*store, "ada@example.com", at(millis)).await;
        fail(&*store, "nobody@example.com", at(millis)).await;
        // Running for too long, so it counts as failed.
        let reserved = store.reserve_attempt(attempt("carl@example.com", at(millis)), RULE);
        reserved.await.unwrap();
    }
    fail(&*store, "bob@example.com", at(0)).await;
    let locked_out = |now| UserFilter {
        locked_out: Some((RULE, now)),
        ..UserFilter::default()
    };
    assert_eq!(
        list(&*store, &locked_out(at(SECOND))).await,
        ["ada@example.com"]
    );
    let later = locked_out(at(2 * MINUTE));
    assert_eq!(
        list(&*store, &later).await,
        ["carl@example.com", "ada@example.com"]
    );
    let searched = UserFilter {
        q: Some("carl".to_owned()),
        ..later
    };
    assert_eq!(list(&*store, &searched).await, ["carl@example.com"]);
    let count = store.count_users(&locked_out(at(2 * MINUTE))).await;
    assert_eq!(count.unwrap(), 2);
    let page = store
        .users(&locked_out(at(2 * MINUTE)), None, 1)
        .await
        .unwrap();
    let rest = store
        .users(&locked_out(at(2 * MINUTE)), page.next, 1)
        .await
        .unwrap();
    assert_eq!(rest.items[0].email, email("ada@example.com"));
    assert_eq!(
        list(&*store, &locked_out(at(HOUR))).await,
        Vec::<String>::new()
    );
}
