//! The records that are copied from one engine to another, and their checksum.

use std::mem::take;

use sha2::{Digest as _, Sha256};

use super::Theme;

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Nothing.
    Null,
    /// A number, a flag (0 or 1), or a moment in milliseconds since the Unix epoch.
    Integer(i64),
    /// Text, or an id as 24 hexadecimal digits.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// The key of a record: the values by which records are identified and ordered.
pub type Key = Vec<Value>;

/// A row of one of a theme's tables.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Which of the theme's tables.
    pub table: usize,
    /// A value for each column of the table.
    pub values: Vec<Value>,
}

/// One or more rows that are written together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    key: Key,
    rows: Vec<Row>,
}

impl Record {
    /// Returns the record of rows, in whatever order they are.
    #[must_use]
    pub fn new(key: Key, mut rows: Vec<Row>) -> Self {
        rows.sort();
        Self { key, rows }
    }

    /// Returns the record of one row, whose first values are its key.
    #[must_use]
    pub fn single(theme: Theme, values: Vec<Value>) -> Self {
        let key = values.iter().take(theme.key_length()).cloned().collect();
        let row = Row { table: 0, values };
        Self::new(key, vec![row])
    }

    /// Returns its key.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Returns its rows, by table and values.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Returns the value of a column of its first row.
    #[must_use]
    pub fn value(&self, theme: Theme, column: &str) -> Option<&Value> {
        let columns = theme.tables().first()?.columns;
        let place = columns.iter().position(|name| *name == column)?;
        self.rows.first()?.values.get(place)
    }
}

/// Some records, in the order of their keys.
#[derive(Debug, Default)]
pub struct Batch {
    /// The records.
    pub records: Vec<Record>,
    /// The key after which there may be more.
    pub next: Option<Key>,
}

/// The checksum of records that are added in the order of their keys. It doesn't depend on the engine.
#[derive(Default)]
pub(super) struct Checksum(Sha256);

impl Checksum {
    /// Adds a record.
    pub(super) fn add(&mut self, record: &Record) {
        let number = |sum: &mut Sha256, number: usize| sum.update((number as u64).to_be_bytes());
        number(&mut self.0, record.rows.len());
        for row in &record.rows {
            number(&mut self.0, row.table);
            for value in &row.values {
                let (kind, bytes): (u8, &[u8]) = match value {
                    Value::Null => (0, &[]),
                    Value::Integer(number) => (1, &number.to_be_bytes()),
                    Value::Text(text) => (2, text.as_bytes()),
                    Value::Bytes(bytes) => (3, bytes),
                };
                self.0.update([kind]);
                number(&mut self.0, bytes.len());
                self.0.update(bytes);
            }
        }
    }

    /// Returns the sum as hexadecimal digits.
    pub(super) fn finish(&mut self) -> String {
        hex::encode(take(&mut self.0).finalize())
    }
}
