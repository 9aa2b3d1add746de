//! The database itself: whether it answers, what it is made of, what is swept.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;

use super::Result;
use crate::model::{Email, PasswordHash, SweepRule};

/// The database itself.
#[async_trait]
pub trait UpkeepStore: Send + Sync + 'static {
    /// Engine and version, as in `SQLite 3.54.1`.
    fn engine(&self) -> String;

    /// Checks that the database answers.
    async fn ping(&self) -> Result<()>;

    /// What the database is, and whether its schema is what this program needs. Changes nothing.
    async fn inspect(&self) -> Result<Inspection>;

    /// Writes something that changes nothing, in the way of every other write. Needs no schema. Where this fails, nothing
    /// can be stored.
    async fn try_write(&self) -> Result<()>;

    /// Waits until the schema is as this program needs it, where it is made by the first operation that finds the database:
    /// that may take as long as indexes over many rows do, and goes on when nobody waits any more.
    async fn ready(&self) -> Result<()> {
        Ok(())
    }

    /// Waits until nothing is under way any more that the database does after its answers: what is left undone, a server does
    /// the next time.
    async fn settled(&self) {}

    /// Looks for damage in what is stored, for a few seconds at most.
    async fn damage(&self) -> Result<Damage>;

    /// Asks the database how it is. Changes nothing, and needs no schema.
    async fn status(&self) -> Result<DatabaseStatus>;

    /// What its accounts are like: at most `addresses` in mixed case, and at most `hashes`. Ends within a few seconds,
    /// however many accounts there are. Changes nothing.
    async fn survey(&self, addresses: u32, hashes: u32) -> Result<Survey>;

    /// Brings the schema up to date, and returns what was done, one line each; none when it was current. What cannot be
    /// repaired without losing data stays as it is, for [`Self::inspect`] to show.
    async fn migrate(&self) -> Result<Vec<String>>;

    /// Removes what has expired, and returns the number of rows removed.
    async fn sweep(&self, rule: SweepRule) -> Result<u64>;
}

/// What a database is, and whether its schema is what this program needs.
#[derive(Debug, Clone, Serialize)]
pub struct Inspection {
    /// Engine and version, as in `SQLite 3.54.1`.
    pub engine: String,
    /// The file, or hosts and database; never a password.
    pub place: String,
    /// How its servers stand together, as in `replica set rs0`; a file has none.
    pub topology: Option<String>,
    /// What the schema is made of.
    pub schema: Vec<SchemaPart>,
    /// How many rows each table or collection has.
    pub rows: Vec<RowCount>,
    /// How much room it takes, where that is known.
    pub bytes: Option<u64>,
}

impl Inspection {
    /// The parts of the schema that are not as this program needs them.
    pub fn faults(&self) -> impl Iterator<Item = &SchemaPart> {
        let parts = self.schema.iter();
        parts.filter(|part| part.state != SchemaState::Current)
    }
}

/// A part of a schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SchemaPart {
    /// What it is called, as in `migration 0001_accounts` or `index users.email_unique`.
    pub name: String,
    /// Whether accounts are wrong without it; the rest serves speed and tidiness.
    #[serde(skip)]
    pub is_needed: bool,
    /// How it is.
    #[serde(flatten)]
    pub state: SchemaState,
}

/// How it is, in a sentence.
impl fmt::Display for SchemaPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Statements are written over several lines.
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

/// How a part of a schema is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SchemaState {
    /// As needed.
    Current,
    /// Not there.
    Missing,
    /// There, and other than needed.
    Different {
        /// How it is.
        found: String,
        /// How it has to be.
        wanted: String,
    },
}

/// The rows of one table or collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowCount {
    /// Table or collection.
    pub name: String,
    /// How many.
    pub rows: u64,
}

/// That a database answers, and which one.
#[derive(Debug, Clone)]
pub struct DatabaseStatus {
    /// Engine and version, as in `SQLite 3.54.1`.
    pub engine: String,
    /// The file, or hosts and database; never a password.
    pub place: String,
    /// How its servers stand together, as in `replica set rs0`; a file has none.
    pub topology: Option<String>,
    /// The time by the server's own clock; a file has none.
    pub clock: Option<Timestamp>,
    /// How long one question took, over a connection that was there.
    pub round_trip: Duration,
    /// The room left on the disk of a file, in bytes; a server has its own.
    pub free_bytes: Option<u64>,
    /// The length of a file's write-ahead log, in bytes; a server has its own.
    pub log_bytes: Option<u64>,
}

/// A write-ahead log that is longer keeps growing, because somebody reads without an end: in bytes.
pub const LONG_LOG: u64 = 64 << 20;

/// The damage that was found in what is stored.
#[derive(Debug, Clone, Default)]
pub struct Damage {
    /// One line each.
    pub found: Vec<String>,
    /// Whether there was no time to look at everything.
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

/// What accounts are like that other programs wrote, or that were written under other settings.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Some of the addresses that are not in lower case, as the Python package could write them.
    pub mixed_case: Vec<Email>,
    /// An address with characters beyond ASCII before its `@`, if one was met: not every mail server delivers to it.
    pub beyond_ascii: Option<Email>,
    /// Whether every address was looked at: where there are many, the time for it runs out.
    pub is_complete: bool,
    /// The hashes of some of the oldest accounts, which are the likeliest to be outdated.
    pub hashes: Vec<PasswordHash>,
}
