//! Maintenance of the database itself: checking it, inspecting its schema, removing what has expired.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;

use super::Result;
use crate::model::{Email, PasswordHash, SweepRule};

/// Maintenance of the database itself.
#[async_trait]
pub trait UpkeepStore: Send + Sync + 'static {
    /// Returns the engine and version, as in `SQLite 3.54.1`.
    fn engine(&self) -> String;

    /// Checks that the database answers.
    async fn ping(&self) -> Result<()>;

    /// Returns what the database is, and whether its schema is what this program needs. Changes nothing.
    async fn inspect(&self) -> Result<Inspection>;

    /// Performs a write that changes nothing, in the same way as every other write. Needs no schema. If this fails,
    /// nothing can be stored.
    async fn try_write(&self) -> Result<()>;

    /// Waits until the schema is as this program needs it, for engines where the first operation creates it. That can
    /// take as long as building indexes over many rows, and continues even if nobody waits any more.
    async fn ready(&self) -> Result<()> {
        Ok(())
    }

    /// Waits for the work that is done after an operation has returned. If it isn't completed, a server does it later.
    async fn settled(&self) {}

    /// Looks for damage in what is stored, for a few seconds at most.
    async fn damage(&self) -> Result<Damage>;

    /// Returns the state of the database. Changes nothing, and needs no schema.
    async fn status(&self) -> Result<DatabaseStatus>;

    /// Returns properties of the stored accounts: at most `addresses` email addresses in mixed case, and at most
    /// `hashes` password hashes. Ends within a few seconds, however many accounts there are. Changes nothing.
    async fn survey(&self, addresses: u32, hashes: u32) -> Result<Survey>;

    /// Brings the schema up to date, and returns what was done, one line each; empty if it was current. What can't be
    /// repaired without losing data stays as it is and is reported by [`Self::inspect`].
    async fn migrate(&self) -> Result<Vec<String>>;

    /// Deletes what has expired. Returns the number of rows deleted.
    async fn sweep(&self, rule: SweepRule) -> Result<u64>;
}

/// What a database is, and whether its schema is what this program needs.
#[derive(Debug, Clone, Serialize)]
pub struct Inspection {
    /// Engine and version, as in `SQLite 3.54.1`.
    pub engine: String,
    /// The file, or the hosts and database; never a password.
    pub place: String,
    /// The topology of its servers, as in `replica set rs0`; `None` for a file.
    pub topology: Option<String>,
    /// The parts of the schema.
    pub schema: Vec<SchemaPart>,
    /// How many rows each table or collection has.
    pub rows: Vec<RowCount>,
    /// The size in bytes, if known.
    pub bytes: Option<u64>,
}

impl Inspection {
    /// Returns the parts of the schema that are not as this program needs them.
    pub fn faults(&self) -> impl Iterator<Item = &SchemaPart> {
        let parts = self.schema.iter();
        parts.filter(|part| part.state != SchemaState::Current)
    }
}

/// A part of a schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SchemaPart {
    /// Its name, as in `migration 0001_accounts` or `index users.email_unique`.
    pub name: String,
    /// Whether accounts can become inconsistent without it. The other parts are for speed and cleanup.
    #[serde(skip)]
    pub is_needed: bool,
    /// Its state.
    #[serde(flatten)]
    pub state: SchemaState,
}

/// Writes the part and its state as a sentence.
impl fmt::Display for SchemaPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SQL statements are written over several lines: join them.
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = &self.name;
        match &self.state {
            SchemaState::Current => write!(f, "{name} is correct"),
            SchemaState::Missing => write!(f, "{name} is missing"),
            SchemaState::Different { found, wanted } => {
                write!(f, "{name} is {}, not {}", one_line(found), one_line(wanted))
            }
        }
    }
}

/// The state of a part of a schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SchemaState {
    /// It is as needed.
    Current,
    /// It is missing.
    Missing,
    /// It exists, but is not as needed.
    Different {
        /// What it is.
        found: String,
        /// What it should be.
        wanted: String,
    },
}

/// The rows of one table or collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowCount {
    /// The table or collection.
    pub name: String,
    /// The number of rows.
    pub rows: u64,
}

/// The state of a database that responds.
#[derive(Debug, Clone)]
pub struct DatabaseStatus {
    /// Engine and version, as in `SQLite 3.54.1`.
    pub engine: String,
    /// The file, or the hosts and database; never a password.
    pub place: String,
    /// The topology of its servers, as in `replica set rs0`; `None` for a file.
    pub topology: Option<String>,
    /// The time of the server's clock; `None` for a file.
    pub clock: Option<Timestamp>,
    /// How long one request took over an open connection.
    pub round_trip: Duration,
    /// The free disk space for a file, in bytes; `None` for a server.
    pub free_bytes: Option<u64>,
    /// The size of a file's write-ahead log, in bytes; `None` for a server.
    pub log_bytes: Option<u64>,
}

/// The size, in bytes, above which a write-ahead log is reported: it keeps growing because some reader never finishes.
pub const LONG_LOG: u64 = 64 << 20;

/// The damage that was found in the stored data.
#[derive(Debug, Clone, Default)]
pub struct Damage {
    /// One line each.
    pub found: Vec<String>,
    /// Whether the check ran out of time before it was complete.
    pub is_cut_short: bool,
}

impl From<Vec<String>> for Damage {
    fn from(found: Vec<String>) -> Self {
        Self {
            found,
            is_cut_short: false,
        }
    }
}

/// Properties of accounts that other programs wrote, or that were written under other settings.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Some of the email addresses that are not in lower case, as the Python package could write them.
    pub mixed_case: Vec<Email>,
    /// An email address with non-ASCII characters before its `@`, if one was found: not every mail server delivers to
    /// it.
    pub beyond_ascii: Option<Email>,
    /// Whether every email address was checked. With many accounts, the check runs out of time.
    pub is_complete: bool,
    /// The password hashes of some of the oldest accounts, which are the most likely to be outdated.
    pub hashes: Vec<PasswordHash>,
}
