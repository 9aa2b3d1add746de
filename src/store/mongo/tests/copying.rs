//! Copies between documents and rows: every collection, every column, and what other programs wrote.

use std::collections::BTreeSet;

use mongodb::bson::Bson;

use super::*;
use crate::store::conformance::copying::copy;
use crate::store::sqlite::Sqlite;

/// Collections that are not copied, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "leases",
        "who holds one works on the server that was copied",
    ),
    ("copies", "the mark of a copy"),
    (
        "requests",
        "requests of the last minutes, which limits protect no account with",
    ),
];

#[test]
fn every_collection_is_copied_or_left_out_for_a_reason() {
    let ends = |text: &str| text.find('}').unwrap();
    let fields = include_str!("../db.rs");
    let fields = &fields[fields.find("pub(super) struct Db {").unwrap()..];
    let fields = fields[..ends(fields)].lines();
    let collections: BTreeSet<&str> = fields
        .filter_map(|line| {
            let (name, _) = line.split_once(": Collection<Document>")?;
            name.trim().strip_prefix("pub(super) ")
        })
        .collect();
    assert!(collections.len() > 15);
    let layouts = include_str!("../copying/layouts.rs");
    for name in collections {
        let copied = layouts.contains(&format!("=> &db.{name},"));
        let left = LEFT_OUT.iter().any(|(left, _)| *left == name);
        assert!(
            copied != left,
            "{name}: name it in src/store/mongo/copying/layouts.rs, or here with a reason"
        );
    }
}

/// A value that the column of a table takes; nothing where it may be null and `is_full` is not.
fn value(column: &Column, number: i64) -> rusqlite::types::Value {
    use rusqlite::types::Value;
    let name = column.name.as_str();
    if !column.is_needed && number % 2 == 0 {
        return Value::Null;
    }
    match (name, column.kind.as_str()) {
        ("id" | "user_id" | "lease", _) if column.table != "sessions" || name != "id" => {
            Value::Text(format!("{:024x}", number + 0xabc_0000))
        }
        ("kind", _) if column.table == "factor_secrets" => {
            let kinds = ["totp", "recovery_key"];
            Value::Text(kinds[usize::from(number % 2 == 0)].into())
        }
        ("data", _) => Value::Text(r#"{"a":1,"list":["x",null,2.5,true]}"#.into()),
        ("email" | "email_key", _) => Value::Text(format!("n{number}@example.com")),
        ("full_name", _) => Value::Text(format!("Ärger {number}")),
        ("name_key", _) => Value::Text(format!("ärger {number}")),
        (_, "BLOB") if name == "extra_fields" => {
            Value::Blob(doc! { "colour": "$teal", "n": number }.to_vec().unwrap())
        }
        (_, "BLOB") => Value::Blob(vec![0, 255, u8::try_from(number).unwrap()]),
        (_, "INTEGER") if name.starts_with("is_") || name.starts_with("dies_") => Value::Integer(1),
        ("has_totp", _) => Value::Integer(1),
        ("failed", _) => Value::Integer(number % 2),
        ("day", _) => Value::Integer(20_000 + number),
        (_, "INTEGER") if name.ends_with("_at") || name == "at" || name.contains("until") => {
            Value::Integer(4_102_444_800_001 + number)
        }
        (_, "INTEGER") => Value::Integer(4_000 + number),
        _ => Value::Text(format!("{name} \u{1f600} $x.{number}")),
    }
}

struct Column {
    table: &'static str,
    name: String,
    kind: String,
    is_needed: bool,
}

/// Rows of every table: of each, one with all columns and one with those alone that it needs.
fn fill(db: &rusqlite::Connection) {
    let tables = Theme::ALL.iter().flat_map(|theme| theme.tables());
    let tables: BTreeSet<&'static str> = tables.map(|table| table.name).collect();
    for table in tables {
        let mut statement = db
            .prepare(&format!("select name, type, \"notnull\" or pk from pragma_table_info('{table}') where name <> 'seq'"))
            .unwrap();
        let columns = statement.query_map([], |row| {
            Ok(Column {
                table,
                name: row.get(0)?,
                kind: row.get(1)?,
                is_needed: row.get(2)?,
            })
        });
        let columns: Vec<Column> = columns.unwrap().collect::<Result<_, _>>().unwrap();
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let marks = vec!["?"; names.len()].join(", ");
        for number in [1, 2] {
            let values = columns.iter().map(|column| value(column, number));
            let sql = format!(
                "insert or replace into {table} ({}) values ({marks})",
                names.join(", ")
            );
            db.execute(&sql, rusqlite::params_from_iter(values))
                .unwrap_or_else(|error| panic!("{table}: {error}"));
        }
    }
    // Recovery codes belong to a key, an app to an account that says so.
    db.execute_batch(
        "update factor_secrets set last_step = 0 where kind = 'recovery_key';
         delete from recovery_codes where user_id like '%1';
         update users set has_totp = 0 where id like '%2'",
    )
    .unwrap();
}

/// All rows of all tables, as text.
fn dump(db: &rusqlite::Connection) -> Vec<String> {
    let mut rows = Vec::new();
    for table in Theme::ALL.iter().flat_map(|theme| theme.tables()) {
        let columns = table.columns.iter().map(|name| format!("quote({name})"));
        let columns: Vec<String> = columns.collect();
        let sql = format!(
            "select '{}: ' || {} from {} order by 1",
            table.name,
            columns.join(" || '|' || "),
            table.name
        );
        let mut statement = db.prepare(&sql).unwrap();
        let found = statement.query_map([], |row| row.get::<_, String>(0));
        rows.extend(found.unwrap().map(Result::unwrap));
    }
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_goes_there_and_back_is_the_same_table_by_table() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let (db, before, after) = (fresh(), place("before.db"), place("after.db"));
    drop(Sqlite::open(&before).await.unwrap());
    fill(&rusqlite::Connection::open(&before).unwrap());
    let source = Sqlite::open(&before).await.unwrap();
    copy(&source, &*db.begin_copy().await).await;
    let target = Sqlite::begin_copy(&after).await.unwrap();
    copy(&*db.open().await, &*target).await;
    drop((source, target));
    let [before, after] = [before, after].map(|path| rusqlite::Connection::open(path).unwrap());
    let rows = dump(&before);
    assert!(rows.len() > 40, "{}", rows.len());
    assert_eq!(rows, dump(&after));
}

/// What the Python package and others keep in an account's document goes through a file and comes back; what they left out
/// has its meaning there; several spellings of one address are told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_of_other_programs_are_copied() {
    let folder = tempfile::tempdir().unwrap();
    let (db, back) = (fresh(), fresh());
    let raw = db.raw().await;
    let (ada, made) = (
        ObjectId::new(),
        mongodb::bson::DateTime::from_millis(4_102_444_800_000),
    );
    raw.users
        .insert_one(doc! {
            "_id": ada, "email": "Ada@Example.com", "hashed_password": Bson::Null, "full_name": Bson::Null,
            "favourite_colour": "$teal", "pets": [{ "name": "Tux" }], "created_at": made,
        })
        .await
        .unwrap();
    raw.revoked
        .insert_one(doc! { "jti": "ended", "exp": made })
        .await
        .unwrap();
    raw.failures
        .insert_one(doc! { "email": "Ada@Example.com", "when": made, "ip": "192.0.2.1" })
        .await
        .unwrap();
    let left_behind =
        doc! { "provider": "google", "subject_id": "1", "user_id": ObjectId::new().to_hex() };
    raw.identities.insert_one(left_behind).await.unwrap();
    let path = folder.path().join("accounts.db");
    let target = Sqlite::begin_copy(&path).await.unwrap();
    copy(&db.mongo(), &*target).await;
    drop(target);
    let file = Sqlite::open(&path).await.unwrap();
    let found = file.user_by_email(&email("ada@example.com")).await.unwrap();
    let found = found.unwrap();
    assert!(found.is_active && !found.is_verified, "{found:?}");
    assert_eq!(found.email.as_str(), "Ada@Example.com");
    assert!(
        file.session(found.id, "ended", "x")
            .await
            .unwrap()
            .unwrap()
            .revoked
    );
    let changed = UserChange {
        full_name: FullName::parse("Ada").ok(),
        ..UserChange::default()
    };
    file.change_user(found.id, changed, false, at(0), Effects::default())
        .await
        .unwrap();
    copy(&file, &*back.begin_copy().await).await;
    let document = back.raw().await.users.find_one(doc! { "_id": ada }).await;
    let document = document.unwrap().unwrap();
    assert_eq!(document.get_str("favourite_colour").unwrap(), "$teal");
    assert_eq!(document.get_array("pets").unwrap().len(), 1);
    assert_eq!(document.get_str("full_name").unwrap(), "Ada");
    assert_eq!(
        back.raw()
            .await
            .identities
            .count_documents(doc! {})
            .await
            .unwrap(),
        0
    );

    let twice = doc! { "email": "ada@example.com", "created_at": made };
    raw.users.insert_one(twice).await.unwrap();
    let target = Sqlite::begin_copy(&folder.path().join("other.db"))
        .await
        .unwrap();
    let view = db.mongo().view().await.unwrap();
    let both = view
        .records(Theme::Accounts, None, 9)
        .await
        .unwrap()
        .records;
    let refused = target
        .insert(Theme::Accounts, both)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("ada@example.com in different spellings"),
        "{refused}"
    );
}

/// What a process that died left in documents is where it belongs before it is copied.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_left_behind_is_settled_before_it_is_copied() {
    let db = fresh();
    let store = db.mongo();
    let ada = user("ada@example.com");
    store
        .create_user(ada.clone(), Effects::default())
        .await
        .unwrap();
    let left = out::Out::of(
        effects("ada@example.com", EventKind::UserRegistered),
        Some(ada.id),
        Some(&ada.email),
    );
    let mut update = mongodb::bson::Document::new();
    left.unwrap().push_into(&mut update);
    let raw = db.raw().await;
    raw.users.update_one(doc! {}, update).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("accounts.db");
    copy(&store, &*Sqlite::begin_copy(&path).await.unwrap()).await;
    let file = Sqlite::open(&path).await.unwrap();
    assert_eq!(file.outbox().await.unwrap().waiting, 1);
    assert_eq!(crate::store::conformance::recorded(&file).await.len(), 1);
}
