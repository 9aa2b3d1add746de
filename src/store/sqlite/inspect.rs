//! Inspecting a file: comparing its schema with the one that the migrations create, and counting its rows. Knows
//! nothing of accounts.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::{rows, schema};
use crate::store::{Inspection, Result, RowCount, SchemaPart, SchemaState, StoreError};

/// The tables whose rows are counted. The others contain counts and the search index.
const TABLES: &[&str] = &[
    "users",
    "pending_registrations",
    "revoked_tokens",
    "sessions",
    "passkeys",
    "login_attempts",
    "oauth_identities",
    "codes",
    "wrong_codes",
    "recipient_caps",
    "request_counts",
    "outbox",
    "events",
];

/// A table, index or trigger, with the statement that creates it.
struct Object {
    kind: String,
    name: String,
    /// The table that it belongs to.
    table: String,
    sql: String,
}

/// Inspects the file without changing anything.
pub(super) fn inspect(db: &Connection, engine: String, path: &Path) -> Result<Inspection> {
    let version = schema::version(db, path)?;
    let migrations = schema::MIGRATIONS.iter().enumerate();
    let mut parts: Vec<SchemaPart> = migrations
        .map(|(index, (name, _))| SchemaPart {
            is_needed: true,
            name: format!("migration {name}"),
            state: if index < version {
                SchemaState::Current
            } else {
                SchemaState::Missing
            },
        })
        .collect();
    for wanted in objects_of(version)? {
        parts.push(SchemaPart {
            is_needed: true,
            name: format!("{} {}", wanted.kind, wanted.name),
            state: state(db, &wanted)?,
        });
    }
    let is_there = |table: &str| {
        let name = format!("table {table}");
        let mut there = parts
            .iter()
            .filter(|part| part.state != SchemaState::Missing);
        there.any(|part| part.name == name)
    };
    let counted = is_there("users") && is_there("user_counts");
    let count = |table: &&str| {
        let rows: i64 = rows::value(db, &format!("select count(*) from {table}"), [])?;
        Ok(RowCount {
            name: (*table).to_owned(),
            rows: rows.unsigned_abs(),
        })
    };
    let rows = TABLES.iter().filter(|table| is_there(table)).map(count);
    let rows = rows.collect::<Result<_>>()?;
    if counted {
        parts.push(SchemaPart {
            is_needed: true,
            name: "totals user_counts".to_owned(),
            state: counts(db)?,
        });
    }
    let bytes: i64 = rows::value(
        db,
        "select page_count * page_size from pragma_page_count, pragma_page_size",
        [],
    )?;
    Ok(Inspection {
        engine,
        place: path.display().to_string(),
        topology: None,
        rows,
        bytes: Some(bytes.unsigned_abs()),
        schema: parts,
    })
}

/// Selects the stored totals and the real ones in one statement, so that no write comes between. The rarer values are
/// counted over their indexes.
const COUNTS: &str = "select
    (select format('%d account%s, %d active, %d verified, %d administrator%s',
         total, iif(total = 1, '', 's'), active, verified, superusers, iif(superusers = 1, '', 's')) from user_counts),
    format('%d account%s, %d active, %d verified, %d administrator%s',
        total, iif(total = 1, '', 's'), total - disabled, total - unverified, superusers, iif(superusers = 1, '', 's'))
from (select
    (select count(*) from users) as total,
    (select count(*) from users where is_active = 0) as disabled,
    (select count(*) from users where is_verified = 0) as unverified,
    (select count(*) from users where is_superuser = 1) as superusers)";

/// Checks whether the totals that triggers maintain are right.
fn counts(db: &Connection) -> Result<SchemaState> {
    let (kept, counted): (Option<String>, String) = db
        .prepare_cached(COUNTS)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(if kept.as_ref() == Some(&counted) {
        SchemaState::Current
    } else {
        SchemaState::Different {
            found: kept.unwrap_or_else(|| "empty".to_owned()),
            wanted: counted,
        }
    })
}

/// Recounts the accounts.
const COUNT_ANEW: &str = "delete from user_counts;
insert into user_counts select count(*), coalesce(sum(is_active), 0), coalesce(sum(is_verified), 0), coalesce(sum(is_superuser), 0) from users;";

/// Brings the schema up to date, and recreates indexes that are missing or different, which loses no data.
pub(super) fn migrate(path: &Path) -> Result<Vec<String>> {
    let mut connection = schema::connect(path)?;
    let steps = schema::migrate(&mut connection, path)?;
    let mut done: Vec<String> = steps
        .iter()
        .map(|name| format!("applied migration {name}"))
        .collect();
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for wanted in objects_of(schema::MIGRATIONS.len())? {
        let Object {
            kind,
            name,
            table,
            sql,
        } = &wanted;
        if kind == "index"
            && sql_of(&transaction, "table", table)?.is_some()
            && state(&transaction, &wanted)? != SchemaState::Current
        {
            transaction.execute_batch(&format!("drop index if exists {name}; {sql}"))?;
            done.push(format!("recreated the index {name}"));
        }
    }
    let has = |table| Ok::<_, StoreError>(sql_of(&transaction, "table", table)?.is_some());
    if has("users")? && has("user_counts")? && counts(&transaction)? != SchemaState::Current {
        transaction.execute_batch(COUNT_ANEW)?;
        done.push("recounted the accounts".to_owned());
    }
    transaction.commit()?;
    Ok(done)
}

/// Returns the state of an object in the file.
fn state(db: &Connection, wanted: &Object) -> Result<SchemaState> {
    let found = sql_of(db, &wanted.kind, &wanted.name)?;
    Ok(match found {
        None => SchemaState::Missing,
        Some(found) if found == wanted.sql => SchemaState::Current,
        Some(found) => SchemaState::Different {
            found,
            wanted: wanted.sql.clone(),
        },
    })
}

/// Returns the statement that created an object in the file.
fn sql_of(db: &Connection, kind: &str, name: &str) -> Result<Option<String>> {
    Ok(db
        .prepare_cached("select sql from sqlite_schema where type = ?1 and name = ?2")?
        .query_row((kind, name), |row| row.get(0))
        .optional()?)
}

/// Returns the objects that the first `version` migrations create.
fn objects_of(version: usize) -> Result<Vec<Object>> {
    let fresh = Connection::open_in_memory()?;
    for (_, step) in &schema::MIGRATIONS[..version] {
        fresh.execute_batch(step)?;
    }
    // Skip SQLite's internal objects.
    let mut statement = fresh.prepare(
        "select type, name, tbl_name, sql from sqlite_schema where sql is not null and name not glob 'sqlite_*'",
    )?;
    let objects = statement.query_map([], |row| {
        Ok(Object {
            kind: row.get(0)?,
            name: row.get(1)?,
            table: row.get(2)?,
            sql: row.get(3)?,
        })
    })?;
    Ok(objects.collect::<rusqlite::Result<_>>()?)
}
