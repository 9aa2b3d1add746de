//! A sign of life of a file, and what its accounts are like: looked at without holding up anybody.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::rows::{all, value};
use super::threads::Threads;
use crate::model::{Email, PasswordHash};
use crate::store::{Pulse, Result, Survey};

/// How many accounts are looked at in one go, so that no other reader waits long.
const STEP: i64 = 50_000;
/// How long addresses are looked at altogether.
const TIME: Duration = Duration::from_secs(2);

pub(super) async fn pulse(threads: &Threads, engine: String) -> Result<Pulse> {
    // What every file has, an empty one too.
    let ask = |db: &Connection| {
        let sql = "select schema_version from pragma_schema_version";
        value::<i64>(db, sql, [])
    };
    let started = Instant::now();
    threads.read(ask).await?;
    Ok(Pulse {
        engine,
        place: threads.path().display().to_string(),
        topology: None,
        clock: None,
        round_trip: started.elapsed(),
    })
}

pub(super) async fn survey(threads: &Threads, addresses: u32, hashes: u32) -> Result<Survey> {
    let started = Instant::now();
    let most = addresses as usize;
    let (hashes, end) = threads
        .read(move |db| Ok((oldest_hashes(db, hashes)?, last(db)?)))
        .await?;
    let mut mixed_case = Vec::new();
    let mut from = 0;
    while from < end && mixed_case.len() < most && started.elapsed() < TIME {
        let found = threads.read(move |db| find_mixed_case(db, from, addresses));
        mixed_case.extend(found.await?);
        from += STEP;
    }
    let is_complete = from >= end && mixed_case.len() < most;
    mixed_case.truncate(most);
    Ok(Survey {
        mixed_case,
        is_complete,
        hashes,
    })
}

fn oldest_hashes(connection: &Connection, limit: u32) -> Result<Vec<PasswordHash>> {
    all(
        connection,
        "users",
        "select hashed_password from users where hashed_password is not null
         order by created_at, id limit ?1",
        [limit],
        |fields| fields.take("hashed_password"),
    )
}

/// Where the accounts end.
fn last(connection: &Connection) -> Result<i64> {
    value(connection, "select coalesce(max(seq), 0) from users", [])
}

/// Among the accounts behind a place.
fn find_mixed_case(connection: &Connection, from: i64, limit: u32) -> Result<Vec<Email>> {
    all(
        connection,
        "users",
        "select email from users where seq > ?1 and seq <= ?2 and email <> email_key limit ?3",
        (from, from.saturating_add(STEP), limit),
        |fields| fields.take("email"),
    )
}
