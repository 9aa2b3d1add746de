//! Copies of a whole database into another one, of whichever engine.
//!
//! What is copied is described as tables of rows ([`Theme`]), in the terms of the SQLite schema, which has every piece of data
//! once. An engine reads and writes records of those; the pass over them (`pass`) knows no engine. A copy is begun, brought to
//! what the source holds as often as wanted, and ends when its database is opened for use: from then on nothing replaces it.

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
    /// Finishes what other processes began and did not end, so that every message and event is where it belongs.
    async fn settle(&self) -> Result<()>;

    /// Reads everything: as it is at one moment, where the database offers that.
    async fn view(&self) -> Result<Box<dyn View>>;
}

/// A view of everything that a database holds.
#[async_trait]
pub trait View: Send + Sync {
    /// Returns whether all that is read is of one moment, whatever is written meanwhile. May cease to be true.
    fn is_of_one_moment(&self) -> bool;

    /// Returns about how many records there are.
    async fn count(&self, theme: Theme) -> Result<u64>;

    /// Returns the records behind a key, in the order of their keys, about `limit` of them.
    async fn records(&self, theme: Theme, after: Option<&Key>, limit: u32) -> Result<Batch>;
}

/// The database that a copy is made in. It was empty, or an earlier copy that nobody has used, and nobody can open it until
/// the copy is finished. One process copies into it at a time.
#[async_trait]
pub trait CopyTarget: Send + Sync {
    /// Returns the file, or hosts and database; never a password.
    fn place(&self) -> String;

    /// Reads what is there.
    async fn view(&self) -> Result<Box<dyn View>>;

    /// Writes records that are not there. Each is written whole, or not at all.
    async fn insert(&self, theme: Theme, records: Vec<Record>) -> Result<()>;

    /// Removes the records of these keys.
    async fn remove(&self, theme: Theme, keys: Vec<Key>) -> Result<()>;

    /// Marks the copy as finished: it may be opened, or copied to once more.
    async fn finish(&self) -> Result<()>;

    /// Lets others copy into it, which they can't as long as this one does.
    async fn end(&self);
}

/// Why a database is none that a copy can be made in.
pub(super) fn in_use(place: &str) -> super::StoreError {
    super::StoreError::Refused(format!(
        "{place} has data that isn't an unused copy: copy into an empty database"
    ))
}

/// Why a database cannot be copied into now.
pub(super) fn under_way(place: &str) -> super::StoreError {
    super::StoreError::Refused(format!(
        "another `regstack db copy` is writing into {place}, or a program has it open: wait until it has ended"
    ))
}

/// Why a database cannot be opened yet.
pub(super) fn unfinished(place: &str) -> super::StoreError {
    super::StoreError::Refused(format!(
        "{place} is an unfinished copy: run `regstack db copy` again, from the database that it's a copy of"
    ))
}
