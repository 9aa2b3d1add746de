//! Converting values of the model to SQLite columns and back.
//!
//! Statements are prepared once per connection and kept. By convention, the first column that a statement selects is
//! the row's key, which identifies the row if one of its fields can't be read.

use std::net::IpAddr;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Params, Row};
use serde_json::{Map, Value};

use crate::model::{
    CodeKind, CredentialId, Email, EventKind, FactorSecret, ForeignId, FullName, Id, Language,
    MessageKind, PasskeyName, PasswordHash, PhoneNumber, ProofHash, ProviderId, SigningAlgorithm,
};
use crate::store::{Result, StoreError};

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

/// Runs a statement.
pub(super) fn run(connection: &Connection, sql: &str, params: impl Params) -> Result<()> {
    execute(connection, sql, params).map(drop)
}

/// Runs a statement. Returns the number of rows it changed.
pub(super) fn execute(connection: &Connection, sql: &str, params: impl Params) -> Result<usize> {
    Ok(connection.prepare_cached(sql)?.execute(params)?)
}

/// Returns the first row of a statement, if there is one.
pub(super) fn first<T>(
    connection: &Connection,
    table: &'static str,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&mut Fields<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    rows.next()?
        .map(|row| read(&mut Fields::of(row, table)))
        .transpose()
}

/// Returns every row of a statement.
pub(super) fn all<T>(
    connection: &Connection,
    table: &'static str,
    sql: &str,
    params: impl Params,
    mut read: impl FnMut(&mut Fields<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(read(&mut Fields::of(row, table))?);
    }
    Ok(items)
}

/// Runs a statement that returns one number or flag.
pub(super) fn value<T: FromSql>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<T> {
    Ok(connection
        .prepare_cached(sql)?
        .query_row(params, |row| row.get(0))?)
}

/// The fields of one row, taken in the order in which they are selected.
pub(super) struct Fields<'row> {
    row: &'row Row<'row>,
    table: &'static str,
    next: usize,
}

impl<'row> Fields<'row> {
    fn of(row: &'row Row<'row>, table: &'static str) -> Self {
        Self {
            row,
            table,
            next: 0,
        }
    }

    /// Takes the next field. An error names it `field`.
    pub(super) fn take<T: FromSql>(&mut self, field: &'static str) -> Result<T> {
        let index = self.next;
        self.next += 1;
        self.row.get(index).map_err(|_| StoreError::Unreadable {
            table: self.table,
            id: match self.row.get_ref(0) {
                Ok(ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
                _ => "without a key".to_owned(),
            },
            field,
        })
    }

    /// Takes the next field as a moment.
    pub(super) fn moment(&mut self, field: &'static str) -> Result<Timestamp> {
        Ok(self.take::<Moment>(field)?.0)
    }

    /// Takes the next field as a moment or null.
    pub(super) fn optional_moment(&mut self, field: &'static str) -> Result<Option<Timestamp>> {
        Ok(self.take::<Option<Moment>>(field)?.map(|moment| moment.0))
    }
}

/// A moment as milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment(pub(super) Timestamp);

impl ToSql for Moment {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_millisecond().into())
    }
}

impl FromSql for Moment {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Timestamp::from_millisecond(value.as_i64()?)
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

/// An IP address as text.
pub(super) struct Ip(pub(super) IpAddr);

impl ToSql for Ip {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_string().into())
    }
}

impl FromSql for Ip {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        IpAddr::from_str(value.as_str()?)
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

/// The details of an event as JSON text.
pub(super) struct Details(pub(super) Map<String, Value>);

impl ToSql for Details {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        serde_json::to_string(&self.0)
            .map(Into::into)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
    }
}

impl FromSql for Details {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?)
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

impl ToSql for Id {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }
}

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map_err(FromSqlError::other)
    }
}

/// Implements storing types that wrap text.
macro_rules! stored_as_text {
    ($($type:ty: $as_text:ident, $from_text:path;)+) => { $(
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.$as_text().into())
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                String::column_result(value).map($from_text)
            }
        }
    )+ };
}

stored_as_text! {
    CredentialId: as_str, CredentialId::from_stored;
    Email: as_str, Email::from_stored;
    ForeignId: as_str, ForeignId::from_stored;
    FullName: as_str, FullName::from_stored;
    Language: as_str, Language::from_stored;
    PasskeyName: as_str, PasskeyName::from_stored;
    PasswordHash: as_phc, PasswordHash::from_phc;
    PhoneNumber: as_str, PhoneNumber::from_stored;
    ProofHash: as_str, ProofHash::from_stored;
    ProviderId: as_str, ProviderId::from_stored;
}

/// Implements storing kinds by their published names.
macro_rules! stored_by_name {
    ($($type:ty),+) => { $(
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }

        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                Self::from_name(value.as_str()?).ok_or(FromSqlError::InvalidType)
            }
        }
    )+ };
}

stored_by_name!(
    CodeKind,
    EventKind,
    FactorSecret,
    MessageKind,
    SigningAlgorithm
);
