//! What a database is, for those who run it: engine, place, schema, rows.

use serde::Serialize;

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
    /// How much room it takes, where that can be told.
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
    /// How it is.
    #[serde(flatten)]
    pub state: SchemaState,
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
