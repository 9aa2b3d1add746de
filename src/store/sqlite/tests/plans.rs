//! How SQLite executes the lists: along indexes, in order.

use super::super::{due, limits, outbox, session_rows, sessions, user_list};
use super::*;
use crate::model::{LoginMethod, PageKey, ProviderId, SessionFilter, UserFilter};
use crate::store::MessageQueue;

/// Returns the steps of SQLite's query plan for a statement.
fn plan(db: &Connection, sql: &str, params: &[(&str, &dyn rusqlite::ToSql)]) -> Vec<String> {
    let mut statement = db.prepare(&format!("explain query plan {sql}")).unwrap();
    let steps = statement
        .query_map(params, |row| row.get::<_, String>(3))
        .unwrap();
    steps.map(std::result::Result::unwrap).collect()
}

#[tokio::test]
async fn pages_of_lists_are_read_from_indexes_in_order() {
    let file = fresh();
    drop(file.sqlite().await);
    let db = file.raw();
    let after = Some(after());
    let flag = |wanted| UserFilter {
        is_superuser: Some(wanted),
        ..UserFilter::default()
    };
    let since = UserFilter {
        since: Some(at(0)),
        ..UserFilter::default()
    };
    let factor = |wanted| UserFilter {
        has_second_factor: Some(wanted),
        ..UserFilter::default()
    };
    for (filter, index) in [
        (UserFilter::default(), "users_newest"),
        (since, "users_newest"),
        (flag(false), "users_newest"),
        (flag(true), "users_superusers"),
        (
            UserFilter {
                is_active: Some(false),
                ..UserFilter::default()
            },
            "users_disabled",
        ),
        (
            UserFilter {
                is_verified: Some(false),
                ..UserFilter::default()
            },
            "users_unverified",
        ),
        (factor(true), "users_by_factor"),
        (factor(false), "users_by_factor"),
        (
            UserFilter {
                is_superuser: Some(true),
                ..factor(true)
            },
            "users_superusers",
        ),
        (by(LoginMethod::Password), "users_with_password"),
        (
            UserFilter {
                is_verified: Some(false),
                ..flag(true)
            },
            "users_superusers",
        ),
    ] {
        let (sql, params) =
            user_list::statement(&db, &filter, &crate::store::page::Start::After(after), 50)
                .unwrap();
        let steps = plan(&db, &sql, &user_list::references(&params));
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert!(
            steps[0].starts_with(&format!("SEARCH users USING INDEX {index} (")),
            "{steps:?}"
        );
    }
    // If there are few matches, they are fetched by key, not found by a scan.
    for q in ["ada", "ad"] {
        let filter = UserFilter {
            q: Some(q.to_owned()),
            ..UserFilter::default()
        };
        let (sql, params) =
            user_list::statement(&db, &filter, &crate::store::page::Start::After(after), 50)
                .unwrap();
        let steps = plan(&db, &sql, &user_list::references(&params));
        assert_eq!(
            steps[0], "SEARCH users USING INTEGER PRIMARY KEY (rowid=?)",
            "{steps:?}"
        );
    }
}

/// Returns where a page starts.
fn after() -> PageKey {
    PageKey {
        at: at(0),
        id: fresh_id(),
    }
}

/// Returns the filter for accounts that can log in in this way.
fn by(way: LoginMethod) -> UserFilter {
    UserFilter {
        login_method: Some(way),
        ..UserFilter::default()
    }
}

#[tokio::test]
async fn accounts_with_a_passkey_or_provider_are_read_from_an_index_in_order() {
    let file = fresh();
    drop(file.sqlite().await);
    let db = file.raw();
    let after = Some(after());
    let google = ProviderId::parse("google").unwrap();
    for wanted in [LoginMethod::Passkey, LoginMethod::Provider(google)] {
        let filter = UserFilter {
            is_active: Some(true),
            ..by(wanted)
        };
        let start = crate::store::page::Start::After(after);
        let (sql, params) = user_list::statement(&db, &filter, &start, 50).unwrap();
        let steps = plan(&db, &sql, &user_list::references(&params));
        assert_eq!(
            steps,
            [
                "SEARCH login_ways USING PRIMARY KEY (way=? AND (since,user_id)<(?,?))",
                "SEARCH users USING INDEX sqlite_autoindex_users_1 (id=?)",
            ]
        );
    }
}

#[tokio::test]
async fn other_lists_are_read_from_indexes_in_order() {
    let file = fresh();
    drop(file.sqlite().await);
    let db = file.raw();
    let key = "(:at, :id) order by";
    for (sql, index) in [
        (
            format!(
                "select * from pending_registrations where (created_at, email_key) < {key} created_at desc, email_key desc"
            ),
            "pending_registrations_newest",
        ),
        (
            format!(
                "select * from events where kind = :kind and at >= :since and (at, id) < {key} at desc, id desc"
            ),
            "events_by_kind",
        ),
        (
            format!(
                "select * from events where at >= :since and (at, id) < {key} at desc, id desc"
            ),
            "PRIMARY KEY",
        ),
        (sessions::REVOCATIONS.to_owned(), "revoked_tokens_expiry"),
        (
            format!("select * from outbox where (created_at, id) < {key} created_at desc, id desc"),
            "outbox_newest",
        ),
        (
            format!(
                "select * from outbox where failed_at is not null and (created_at, id) < {key} created_at desc, id desc"
            ),
            "outbox_newest_failed",
        ),
    ] {
        let steps = plan(&db, &sql, &[]);
        assert_eq!(steps.len(), 1, "{steps:?}");
        let (way, _) = steps[0].split_once(" (").unwrap();
        assert!(
            way.starts_with("SEARCH") && way.ends_with(&format!(" {index}")),
            "{steps:?}"
        );
    }
}

#[tokio::test]
async fn a_queue_is_read_in_order_past_no_other() {
    let file = fresh();
    drop(file.sqlite().await);
    let steps = plan(&file.raw(), due::DUE, &[]);
    assert_eq!(
        steps[0], "SEARCH outbox USING INDEX outbox_due (<expr>=? AND kind=? AND not_before<?)",
        "{steps:?}"
    );
    let sorts = |step: &String| step.contains("ORDER BY");
    assert!(!steps.iter().any(sorts), "{steps:?}");
}

/// The number of steps that SQLite takes for a statement.
fn steps_of(db: &Connection, sql: &str, params: &[(&str, &dyn rusqlite::ToSql)]) -> i32 {
    let mut statement = db.prepare(sql).unwrap();
    let mut rows = statement.query(params).unwrap();
    while rows.next().unwrap().is_some() {}
    drop(rows);
    statement.get_status(rusqlite::StatementStatus::VmStep)
}

/// However many messages wait in other queues, or in the same one, a claim looks at those that it takes.
#[tokio::test]
async fn a_long_backlog_costs_a_claim_nothing() {
    let file = fresh();
    drop(file.sqlite().await);
    let db = file.raw();
    let add = |count: i64| {
        let sql = "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ?1)
             insert into outbox (id, kind, recipient, dies_with_change, payload, created_at, not_before, expires_at, attempts)
             select lower(hex(randomblob(12))), kind, recipient, 0, x'00', n, n + later, 9e12, 0 from numbers,
                 (select 'webhook' as kind, 'https://dead.example' as recipient, 0 as later
                  union all select 'email', 'ada@example.com', 0
                  union all select 'webhook', 'https://well.example', 900000 where ?1 < 100
                  union all select 'sms', '+15550100', 900000 where ?1 < 100)";
        db.execute(sql, [count]).unwrap();
    };
    let (now, latest) = (1_000_000_000_i64, 2_000_000_000_i64);
    let (wanted, max) = (8_i64, i64::from(MessageQueue::MAX_AT_ONCE));
    let cost = |receiver: &str, kind: &str| {
        let queue: [(&str, &dyn rusqlite::ToSql); 3] =
            [(":receiver", &receiver), (":kind", &kind), (":now", &now)];
        let due = [&queue[..], &[(":latest", &latest), (":wanted", &wanted)]].concat();
        let put_off = [&queue[..], &[(":latest", &latest), (":max", &max)]].concat();
        steps_of(&db, due::DUE, &due)
            + steps_of(&db, due::NEXT_DUE, &queue)
            + steps_of(&db, outbox::PUT_OFF, &put_off)
    };
    let queues = [
        ("https://dead.example", "webhook"),
        ("https://well.example", "webhook"),
        ("", "email"),
        ("", "sms"),
    ];
    add(20);
    let few = queues.map(|(receiver, kind)| cost(receiver, kind));
    add(20_000);
    let many = queues.map(|(receiver, kind)| cost(receiver, kind));
    for (few, many) in few.into_iter().zip(many) {
        assert!(many <= few + 50, "{few} steps became {many}");
    }
}

#[tokio::test]
async fn what_is_asked_of_the_outbox_again_and_again_is_read_from_indexes() {
    let file = fresh();
    drop(file.sqlite().await);
    let db = file.raw();
    let steps = plan(&db, due::NEXT_DUE, &[]);
    assert_eq!(
        steps[0], "SEARCH outbox USING INDEX outbox_due (<expr>=? AND kind=? AND not_before>?)",
        "{steps:?}"
    );
    let sorts = |step: &String| step.contains("ORDER BY");
    assert!(!steps.iter().any(sorts), "{steps:?}");
    let steps = plan(&db, outbox::BACKLOG, &[]);
    let oldest = "SEARCH outbox USING INDEX outbox_oldest";
    assert!(steps.iter().any(|step| step == oldest), "{steps:?}");
    for (sql, search) in [
        (
            outbox::GIVE_UP,
            "SEARCH outbox USING INDEX outbox_expiry (expires_at<?)",
        ),
        (
            outbox::PUT_OFF,
            "SEARCH outbox USING INDEX outbox_due (<expr>=? AND kind=? AND not_before>?)",
        ),
    ] {
        let steps = plan(&db, sql, &[]);
        assert!(steps.iter().any(|step| step == search), "{steps:?}");
        assert!(
            !steps.iter().any(|step| step.starts_with("SCAN outbox")),
            "{steps:?}"
        );
    }
}

#[tokio::test]
async fn sessions_of_all_accounts_are_read_from_indexes_in_order() {
    let file = fresh();
    drop(file.sqlite().await);
    let db = file.raw();
    let (user_id, ip) = (Some(fresh_id()), "203.0.113.9".parse().ok());
    for (user_id, ip, index) in [
        (None, None, "sessions_newest"),
        (None, ip, "sessions_by_ip"),
        (user_id, None, "sessions_by_account"),
    ] {
        let filter = SessionFilter { user_id, ip };
        let steps = plan(&db, &session_rows::newest_sql(&filter), &[]);
        let (way, _) = steps[0].split_once(" (").unwrap();
        assert!(
            way.starts_with("SEARCH sessions") && way.ends_with(&format!(" {index}")),
            "{steps:?}"
        );
        let sorts = |step: &String| step.contains("ORDER BY");
        assert!(!steps.iter().any(sorts), "{steps:?}");
    }
}

#[tokio::test]
async fn what_guesses_and_messages_cost_is_read_from_an_index() {
    let file = fresh();
    drop(file.sqlite().await);
    let db = file.raw();
    for (table, key, index) in [
        (
            "wrong_codes",
            "user_id = :user_id and kind = :kind",
            "wrong_codes_by_account",
        ),
        (
            "recipient_caps",
            "recipient = :recipient",
            "recipient_caps_by_recipient",
        ),
    ] {
        let sql = format!(
            "select at from {table} where {key} and at > :since order by at desc limit 1 offset 5"
        );
        let steps = plan(&db, &sql, &[]);
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert!(steps[0].contains(&format!("INDEX {index} (")), "{steps:?}");
    }
}

#[tokio::test]
async fn counts_of_a_client_are_read_by_key_and_expired_ones_from_an_index() {
    let file = fresh();
    drop(file.sqlite().await);
    let db = file.raw();
    for (sql, search) in [
        (
            limits::COUNTS,
            "SEARCH request_counts USING PRIMARY KEY (client=? AND seconds=? AND at>?)",
        ),
        (
            "select client from request_counts where expires_at <= ?1 limit ?2",
            "SEARCH request_counts USING COVERING INDEX request_counts_expiry (expires_at<?)",
        ),
    ] {
        let steps = plan(&db, sql, &[]);
        assert_eq!(steps, [search]);
    }
}
