//! Copies a file, or into a file.
//!
//! A file that is copied into is marked in its header (`schema`), so that nobody opens it before the copy is finished. The
//! tables are read and written as they are, whatever their columns are.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use rusqlite::types::{ToSqlOutput, Value as Stored, ValueRef};
use rusqlite::{Connection, ErrorCode, Row as StoredRow, ToSql, params_from_iter};

use super::open::{blocking, unavailable};
use super::threads::naming_lock;
use super::{Sqlite, schema};
use crate::store::copying::under_way;
use crate::store::{
    Batch, CopyStore, CopyTarget, Key, Record, Result, Row, StoreError, Table, Theme, Value, View,
};

#[async_trait]
impl CopyStore for Sqlite {
    /// A step is written whole: there is nothing to finish.
    async fn settle(&self) -> Result<()> {
        Ok(())
    }

    async fn view(&self) -> Result<Box<dyn View>> {
        let file = blocking(self.threads.path(), |path| {
            let connection = schema::open_reader(path)?;
            // The first read decides which moment is seen.
            connection.execute_batch("begin; select 1 from sqlite_schema limit 1")?;
            Ok(File::of(connection, path))
        });
        Ok(Box::new(FileView(file.await?)))
    }
}

impl Sqlite {
    /// Begins a copy into the file at `path`, or continues one. Creates a missing file, readable by its owner only.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the file contains something else, which is left as it is, or if another process has it open.
    pub async fn begin_copy(path: &Path) -> Result<Box<dyn CopyTarget>> {
        let file = blocking(path, |path| {
            schema::create_private(path)?;
            Ok(File::of(schema::open_copy(path)?, path))
        });
        let file = file.await.map_err(|error| match error {
            StoreError::Locked(place) => under_way(&place),
            error => error,
        });
        Ok(Box::new(FileTarget(file?)))
    }
}

/// A connection of one pass.
#[derive(Clone)]
struct File {
    connection: Arc<Mutex<Connection>>,
    path: PathBuf,
}

impl File {
    fn of(connection: Connection, path: &Path) -> Self {
        Self {
            connection: Arc::new(Mutex::new(connection)),
            path: path.to_owned(),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let file = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut connection = file
                .connection
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            work(&mut connection).map_err(|error| naming_lock(error, &file.path))
        });
        done.await.map_err(unavailable)?
    }
}

/// The content of a file.
struct FileView(File);

#[async_trait]
impl View for FileView {
    fn is_of_one_moment(&self) -> bool {
        true
    }

    async fn count(&self, theme: Theme) -> Result<u64> {
        let [root, ..] = theme.tables() else {
            return Ok(0);
        };
        let sql = format!("select count(*) from {} where {}", root.name, only(theme));
        self.0
            .run(move |db| {
                let count: i64 = db.query_row(&sql, [], |row| row.get(0))?;
                Ok(count.unsigned_abs())
            })
            .await
    }

    async fn records(&self, theme: Theme, after: Option<&Key>, limit: u32) -> Result<Batch> {
        let after = after.cloned();
        self.0
            .run(move |db| records(db, theme, after.as_ref(), limit))
            .await
    }
}

/// The file to copy into.
struct FileTarget(File);

#[async_trait]
impl CopyTarget for FileTarget {
    fn place(&self) -> String {
        self.0.path.display().to_string()
    }

    async fn view(&self) -> Result<Box<dyn View>> {
        Ok(Box::new(FileView(self.0.clone())))
    }

    async fn insert(&self, theme: Theme, records: Vec<Record>) -> Result<()> {
        self.0.run(move |db| insert(db, theme, &records)).await
    }

    async fn remove(&self, theme: Theme, keys: Vec<Key>) -> Result<()> {
        self.0
            .run(move |db| {
                let transaction = db.transaction()?;
                for table in theme.tables() {
                    let sql = format!(
                        "delete from {} where {} and {}",
                        table.name,
                        equals_key(theme, table),
                        only(theme)
                    );
                    let mut delete = transaction.prepare_cached(&sql)?;
                    for key in &keys {
                        delete.execute(params_from_iter(key))?;
                    }
                }
                Ok(transaction.commit()?)
            })
            .await
    }

    async fn finish(&self) -> Result<()> {
        self.0.run(schema::finish_copy).await
    }

    /// The file is locked until its connection closes.
    async fn end(&self) {}
}

/// Which rows of its tables a theme has.
fn only(theme: Theme) -> &'static str {
    match theme {
        Theme::FailedLogins => "failed = 1",
        Theme::LoginsUnderWay => "failed = 0",
        _ => "true",
    }
}

/// The columns of a table that are the key.
fn key_columns(theme: Theme, table: &Table) -> String {
    table.columns[..theme.key_length()].join(", ")
}

fn equals_key(theme: Theme, table: &Table) -> String {
    let marks = vec!["?"; theme.key_length()].join(", ");
    format!("({}) = ({marks})", key_columns(theme, table))
}

fn records(db: &Connection, theme: Theme, after: Option<&Key>, limit: u32) -> Result<Batch> {
    let [root, ..] = theme.tables() else {
        return Ok(Batch::default());
    };
    let length = theme.key_length();
    let marks = vec!["?"; length].join(", ");
    let key = key_columns(theme, root);
    let behind = match after {
        Some(_) => format!("({key}) > ({marks})"),
        None => "true".to_owned(),
    };
    let sql = format!(
        "select distinct {key} from {} where {behind} and {} order by {key} limit {limit}",
        root.name,
        only(theme)
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query(params_from_iter(after.into_iter().flatten()))?;
    let mut keys: Vec<(Key, Vec<Row>)> = Vec::new();
    while let Some(row) = found.next()? {
        keys.push((values(row, length)?, Vec::new()));
    }
    let (Some((first, _)), Some((last, _))) = (keys.first(), keys.last()) else {
        return Ok(Batch::default());
    };
    let (first, last) = (first.clone(), last.clone());
    for (number, table) in theme.tables().iter().enumerate() {
        let key = key_columns(theme, table);
        let sql = format!(
            "select {} from {} where ({key}) >= ({marks}) and ({key}) <= ({marks}) and {}",
            table.columns.join(", "),
            table.name,
            only(theme)
        );
        let mut statement = db.prepare_cached(&sql)?;
        let mut found = statement.query(params_from_iter(first.iter().chain(&last)))?;
        while let Some(row) = found.next()? {
            let values = values(row, table.columns.len())?;
            // Rows that a deleted account left behind belong to no record.
            let place = keys.binary_search_by(|(key, _)| key[..].cmp(&values[..length]));
            if let Ok(place) = place {
                let table = number;
                keys[place].1.push(Row { table, values });
            }
        }
    }
    let next = (keys.len() >= limit as usize).then_some(last);
    let records = keys.into_iter();
    Ok(Batch {
        records: records.map(|(key, rows)| Record::new(key, rows)).collect(),
        next,
    })
}

fn values(row: &StoredRow<'_>, columns: usize) -> Result<Vec<Value>> {
    (0..columns)
        .map(|column| {
            Ok(match row.get(column)? {
                Stored::Null => Value::Null,
                Stored::Integer(number) => Value::Integer(number),
                Stored::Text(text) => Value::Text(text),
                Stored::Blob(bytes) => Value::Bytes(bytes),
                Stored::Real(_) => {
                    return Err(StoreError::Failed("a column has a fraction".into()));
                }
            })
        })
        .collect()
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn insert(db: &mut Connection, theme: Theme, records: &[Record]) -> Result<()> {
    // What triggers have counted gives way to what the source has counted.
    let insert = match theme {
        Theme::Days => "insert or replace",
        _ => "insert",
    };
    let transaction = db.transaction()?;
    for (number, table) in theme.tables().iter().enumerate() {
        let marks = vec!["?"; table.columns.len()].join(", ");
        let columns = table.columns.join(", ");
        let sql = format!("{insert} into {} ({columns}) values ({marks})", table.name);
        let mut statement = transaction.prepare_cached(&sql)?;
        for record in records {
            for row in record.rows().iter().filter(|row| row.table == number) {
                statement
                    .execute(params_from_iter(&row.values))
                    .map_err(|error| of_row(error, theme, table, record))?;
            }
        }
    }
    Ok(transaction.commit()?)
}

/// What a row does not fit in with. MongoDB takes several spellings of one address.
fn of_row(error: rusqlite::Error, theme: Theme, table: &Table, record: &Record) -> StoreError {
    if error.sqlite_error_code() != Some(ErrorCode::ConstraintViolation) {
        return error.into();
    }
    let text = |column| match record.value(theme, column) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let taken = error.to_string().contains("users.email_key");
    StoreError::Refused(if taken {
        format!(
            "two accounts have the email address {} in different spellings: change or delete one of them (regstack users set-email), then copy again",
            text("email")
        )
    } else {
        format!("a row doesn't fit into the table {}: {error}", table.name)
    })
}
