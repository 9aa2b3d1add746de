//! The embedded engine: one SQLite file, a few threads that read, and one that writes in groups.
//!
//! Each part of the [`Store`](super::Store) is implemented in the file of the same name, over one connection. A read
//! sees the last commit; a write is a step of its own inside the writer's transaction. Several processes can use the
//! file at once.

mod attempts;
mod audit;
mod backup;
mod caps;
mod code_rows;
mod codes;
mod copying;
mod credentials;
mod due;
mod effects;
mod erase;
mod factor_rows;
mod factors;
mod health;
mod identities;
mod imports;
mod inline_readers;
mod inspect;
mod known_time;
mod limits;
mod open;
mod outbox;
mod passkeys;
mod privacy;
mod registration;
mod rows;
mod schema;
mod service_keys;
mod session_rows;
mod sessions;
mod signing_keys;
mod sweep;
mod threads;
mod undos;
mod upkeep;
mod user_list;
mod user_rows;
mod users;

mod login_methods;
#[cfg(test)]
mod tests;

use std::any::type_name;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use rusqlite::Connection;

pub use self::backup::{Replaced, Watch, is_ours};
use self::effects::{Subject, write_effects};
use self::known_time::KnownTime;
use self::threads::{Threads, Writer};
use super::{Effects, Result};
use crate::metrics::{StoreTimes, method_of};
use crate::traces::Leaf;

/// One SQLite file as a [`Store`](super::Store). Dropping it waits for queued writes and closes the file.
pub struct Sqlite {
    threads: Threads,
    known_time: KnownTime,
    times: Arc<StoreTimes>,
    /// Whether the write-ahead log was last found to be too long.
    has_long_log: AtomicBool,
}

impl super::Store for Sqlite {}

impl Sqlite {
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (operation, started) = (name_of(&work), Instant::now());
        let span = span(operation);
        let done = self.threads.read(work).await;
        self.times.observe(operation, started.elapsed());
        span.end(done.is_err());
        done
    }

    /// Does the same for reads of single rows by key, which can run on the calling thread.
    async fn read_row<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (operation, started) = (name_of(&work), Instant::now());
        let span = span(operation);
        let done = self.threads.read_row(work).await;
        self.times.observe(operation, started.elapsed());
        span.end(done.is_err());
        done
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Writer) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write_named(name_of(&work), work).await
    }

    async fn write_named<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Writer) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let started = Instant::now();
        let span = span(operation);
        let done = self.threads.write(work).await;
        self.times.observe(operation, started.elapsed());
        span.end(done.is_err());
        done
    }

    /// Writes one row. Returns whether there was a row to write.
    async fn write_one(
        &self,
        work: impl FnOnce(&Connection) -> Result<usize> + Send + 'static,
    ) -> Result<bool> {
        let written = self.write_named(name_of(&work), move |db| work(db));
        Ok(written.await? > 0)
    }

    /// Does the same, and writes effects that concern no account if there was a row.
    async fn write_telling(
        &self,
        effects: Effects,
        work: impl FnOnce(&Connection) -> Result<usize> + Send + 'static,
    ) -> Result<bool> {
        self.write_named(name_of(&work), move |db| {
            let written = work(db)? > 0;
            if written {
                write_effects(db, effects, &Subject::default())?;
            }
            Ok(written)
        })
        .await
    }
}

/// The span of an operation, whose name is read only where spans are recorded.
fn span(operation: &'static str) -> Leaf {
    Leaf::of_store("sqlite", || method_of(operation))
}

/// The name of a closure's type, which holds the method that it stands in: what the work is measured as.
fn name_of<W>(_: &W) -> &'static str {
    type_name::<W>()
}
