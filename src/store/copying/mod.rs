//! Copies a whole database into another one, of the same or another engine.
//!
//! The data is described as tables of rows ([`Theme`]) in terms of the SQLite schema, which stores everything once. An engine
//! reads and writes records of these tables, and `pass` compares them without knowing the engines. A copy can be updated any
//! number of times until its database is opened for use. After that, it is never overwritten.

mod pass;
mod record;
mod tables;

use async_trait::async_trait;

use super::Result;

pub use pass::{Pass, Progress, ThemeReport};
pub use record::{Batch, Key, Record, Row, Value};
pub use tables::{LEFT_OUT, Table, Theme};

/// A database that can be copied.
#[async_trait]
pub trait CopyStore: Send + Sync + 'static {
    /// Finishes what other processes began and didn't complete, so that every message and event is in its final place.
    async fn settle(&self) -> Result<()>;

    /// Returns a view of everything: a consistent snapshot, if the database supports that.
    async fn view(&self) -> Result<Box<dyn View>>;
}

/// A view of everything that a database holds.
#[async_trait]
pub trait View: Send + Sync {
    /// Returns whether the view is a consistent snapshot, whatever is written in the meantime. May become false.
    fn is_of_one_moment(&self) -> bool;

    /// Returns about how many records there are.
    async fn count(&self, theme: Theme) -> Result<u64>;

    /// Returns about `limit` records after a key, ordered by key.
    async fn records(&self, theme: Theme, after: Option<&Key>, limit: u32) -> Result<Batch>;
}

/// The database to copy into. It was empty, or an earlier copy that was never used. It can't be opened until the copy is
/// finished, and only one process can copy into it at a time.
#[async_trait]
pub trait CopyTarget: Send + Sync {
    /// Returns the file, or hosts and database; never a password.
    fn place(&self) -> String;

    /// Reads what is there.
    async fn view(&self) -> Result<Box<dyn View>>;

    /// Inserts records. Each one is written completely or not at all.
    async fn insert(&self, theme: Theme, records: Vec<Record>) -> Result<()>;

    /// Removes the records of these keys.
    async fn remove(&self, theme: Theme, keys: Vec<Key>) -> Result<()>;

    /// Marks the copy as finished: it may be opened, or updated again.
    async fn finish(&self) -> Result<()>;

    /// Lets other processes copy into it again.
    async fn end(&self);
}

/// The error for a database that can't be copied into, because it is in use.
pub(super) fn in_use(place: &str) -> super::StoreError {
    super::StoreError::Refused(format!(
        "{place} has data that isn't an unused copy: copy into an empty database"
    ))
}

/// The error for a database that another process is copying into.
pub(super) fn under_way(place: &str) -> super::StoreError {
    super::StoreError::Refused(format!(
        "another `regstack db copy` is writing into {place}, or a program has it open: wait until it has ended"
    ))
}

/// The error for opening an unfinished copy.
pub(super) fn unfinished(place: &str) -> super::StoreError {
    super::StoreError::Refused(format!(
        "{place} is an unfinished copy: run `regstack db copy` again, from the database that it's a copy of"
    ))
}
