//! Maintenance of the database itself: checking it, inspecting its schema and accounts, and removing what has expired.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use rusqlite::Connection;

use super::rows::{all, value};
use super::{Sqlite, health, inspect, open, sweep};
use crate::model::{Email, PasswordHash, SweepRule};
use crate::store::{Damage, DatabaseStatus, Inspection, Result, Survey, UpkeepStore};

/// How many accounts a survey checks at a time, so that other readers don't wait long.
const STEP: i64 = 50_000;
/// How long a survey checks email addresses in total.
const TIME: Duration = Duration::from_secs(2);

#[async_trait]
impl UpkeepStore for Sqlite {
    fn engine(&self) -> String {
        format!("SQLite {}", rusqlite::version())
    }

    async fn ping(&self) -> Result<()> {
        self.read(|db| value::<i64>(db, "select total from user_counts", []).map(drop))
            .await
    }

    async fn try_write(&self) -> Result<()> {
        let path = self.threads.path().to_owned();
        self.write(move |db| {
            health::rewrite(db)?;
            Ok(health::look_for_room(&path)?)
        })
        .await
    }

    async fn damage(&self) -> Result<Damage> {
        self.read(health::damage).await
    }

    async fn inspect(&self) -> Result<Inspection> {
        let (engine, path) = (self.engine(), self.threads.path().to_owned());
        self.read(move |db| inspect::inspect(db, engine, &path))
            .await
    }

    async fn status(&self) -> Result<DatabaseStatus> {
        // Every file has this, even an empty one.
        let sql = "select schema_version from pragma_schema_version";
        let started = Instant::now();
        self.read(move |db| value::<i64>(db, sql, [])).await?;
        Ok(DatabaseStatus {
            engine: self.engine(),
            place: self.threads.path().display().to_string(),
            topology: None,
            clock: None,
            round_trip: started.elapsed(),
            free_bytes: health::free_bytes(self.threads.path()),
            log_bytes: Some(health::log_bytes(self.threads.path())),
        })
    }

    async fn survey(&self, addresses: u32, hashes: u32) -> Result<Survey> {
        let started = Instant::now();
        let wanted = addresses as usize;
        let last = "select coalesce(max(seq), 0) from users";
        let (hashes, end) = self
            .read(move |db| Ok((oldest_hashes(db, hashes)?, value::<i64>(db, last, [])?)))
            .await?;
        let (mut mixed_case, mut beyond_ascii) = (Vec::new(), Vec::new());
        let mut from = 0;
        while from < end && mixed_case.len() < wanted && started.elapsed() < TIME {
            let found = self.read(move |db| {
                let mixed_case = find(db, "email <> email_key", from, addresses)?;
                Ok((mixed_case, find(db, "email glob '*[^ -~]*@*'", from, 1)?))
            });
            let found = found.await?;
            mixed_case.extend(found.0);
            beyond_ascii.extend(found.1);
            from += STEP;
        }
        let is_complete = from >= end && mixed_case.len() < wanted;
        mixed_case.truncate(wanted);
        Ok(Survey {
            mixed_case,
            beyond_ascii: beyond_ascii.into_iter().next(),
            is_complete,
            hashes,
        })
    }

    async fn migrate(&self) -> Result<Vec<String>> {
        open::blocking(self.threads.path(), inspect::migrate).await
    }

    async fn sweep(&self, rule: SweepRule) -> Result<u64> {
        let rule = rule.trusting(self.known_time.get(&self.threads).await?);
        let mut removed = 0;
        for expired in sweep::expired(&rule) {
            removed += sweep::remove(&self.threads, expired).await?;
        }
        for bounded in sweep::bounded(rule.ceilings) {
            removed += sweep::bound(&self.threads, bounded).await?;
        }
        let bytes = health::log_bytes(self.threads.path());
        if let Some(told) = health::watch_log(&self.has_long_log, bytes) {
            tracing::warn!(bytes, "{told}");
        }
        Ok(removed)
    }
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

/// Returns the email addresses for which a condition is true, among the accounts after a position.
fn find(connection: &Connection, what: &str, from: i64, limit: u32) -> Result<Vec<Email>> {
    all(
        connection,
        "users",
        &format!("select email from users where seq > ?1 and seq <= ?2 and {what} limit ?3"),
        (from, from.saturating_add(STEP), limit),
        |fields| fields.take("email"),
    )
}
