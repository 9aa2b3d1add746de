//! The file and its schema: recognizing, creating and migrating it. Knows connections, but nothing of accounts.

use std::fs::OpenOptions;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use crate::store::copying::{in_use, unfinished};
use crate::store::{LONG_LOG, Result, StoreError, Theme};

/// Marks a file as regstack's (`RGST`), in SQLite's `application_id`.
const APPLICATION_ID: i32 = 0x5247_5354;
/// Marks a file that a copy is being made in (`RGSU`), and one that was copied and not opened for use since (`RGSC`).
const UNFINISHED_COPY: i32 = 0x5247_5355;
const UNUSED_COPY: i32 = 0x5247_5343;

/// Lists the migrations by the names of their files.
macro_rules! migrations {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("migrations/", $name, ".sql")))),+]
    };
}

/// The migrations by name, in order. A file's `user_version` is the number that were applied. A released migration
/// never changes.
pub(super) const MIGRATIONS: &[(&str, &str)] = migrations![
    "0001_accounts",
    "0002_codes",
    "0003_lanes",
    "0004_revocations",
    "0005_oldest",
    "0006_email_undos",
    "0007_signing_keys",
    "0008_language",
    "0009_service_keys",
    "0010_sessions",
    "0011_factors",
    "0012_passkeys",
    "0013_identities",
    "0014_foreign_ids",
    "0015_extra_fields",
    "0016_request_counts",
    "0017_due_by_kind",
    "0018_sessions_of_all",
    "0019_ways_to_log_in",
    "0020_undo_factors",
];

/// How often and how long a connection retries while another process writes: every millisecond, for five seconds.
/// SQLite's own busy handler waits up to a tenth of a second between tries and too rarely hits the gaps of a busy
/// neighbor.
const BUSY_PAUSE: Duration = Duration::from_millis(1);
const BUSY_PAUSES: i32 = 5000;

/// How many statements stay prepared on a connection: all of the fixed ones, and some of the many variants that lists
/// need.
const PREPARED_STATEMENTS: usize = 128;

/// How much of the file a writing and a reading connection cache, in KiB. The file is not memory-mapped: each
/// connection would count the same pages as its own, up to the whole file, and the process would crash if somebody
/// truncated the file.
pub(super) const WRITER_CACHE_KIB: u32 = 16_000;
pub(super) const READER_CACHE_KIB: u32 = 8_000;

/// Opens the file, or creates it, and brings its schema up to date.
pub(super) fn open(path: &Path) -> Result<Connection> {
    create_private(path)?;
    let mut connection = connect(path)?;
    migrate(&mut connection, path)?;
    configure(&connection, WRITER_CACHE_KIB)?;
    use_copy(&mut connection, path)?;
    Ok(connection)
}

/// Opens a file to copy into it: an empty one, or one that was copied into before and is not in use. Nobody else opens it from
/// now on.
pub(super) fn open_copy(path: &Path) -> Result<Connection> {
    let mut connection = connect(path)?;
    if !is_copy(&connection)? {
        version(&connection, path)?;
    }
    switch_to_wal(&connection)?;
    // A file that is in use is refused as such, before it would have to be locked.
    let trial = immediate(&mut connection)?;
    make_ready(&trial, path)?;
    drop(trial);
    // From the first write on, nobody else reads or writes the file until the connection closes: of two copies into one file,
    // each would take the rows of the other for its own.
    connection.pragma_update(None, "locking_mode", "exclusive")?;
    let transaction = immediate(&mut connection)?;
    make_ready(&transaction, path)?;
    transaction.pragma_update(None, "application_id", UNFINISHED_COPY)?;
    transaction.commit()?;
    configure(&connection, WRITER_CACHE_KIB)?;
    // The copy counts once it is finished, and that is written with care.
    connection.pragma_update(None, "synchronous", "normal")?;
    Ok(connection)
}

/// Gives a file that is copied into the current schema, unless it has other data.
fn make_ready(transaction: &Connection, path: &Path) -> Result<()> {
    if is_copy(transaction)? {
        return apply(transaction, steps_had(transaction, path)?);
    }
    apply(transaction, version(transaction, path)?)?;
    if is_empty(transaction)? {
        return Ok(());
    }
    Err(in_use(&path.display().to_string()))
}

/// Returns whether a file is marked as a copy.
fn is_copy(connection: &Connection) -> Result<bool> {
    Ok([UNFINISHED_COPY, UNUSED_COPY].contains(&application(connection)?))
}

/// Begins a transaction that writes.
fn immediate(connection: &mut Connection) -> Result<Transaction<'_>> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

/// Lets others open a file that was copied into.
pub(super) fn finish_copy(connection: &mut Connection) -> Result<()> {
    connection.pragma_update(None, "synchronous", "full")?;
    connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
    connection.pragma_update(None, "application_id", UNUSED_COPY)?;
    Ok(connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?)
}

/// A copy that is opened for use is the installation from now on: nothing may replace it any more.
fn use_copy(connection: &mut Connection, path: &Path) -> Result<()> {
    if application(connection)? != UNUSED_COPY {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    version(&transaction, path)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    Ok(transaction.commit()?)
}

/// Whether no table that is copied has a row.
fn is_empty(connection: &Connection) -> Result<bool> {
    let tables = Theme::ALL.iter().flat_map(|theme| theme.tables());
    for table in tables {
        let sql = format!("select exists (select 1 from {})", table.name);
        if connection.query_row(&sql, [], |row| row.get(0))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Opens a file that is there, as it is.
pub(super) fn open_existing(path: &Path) -> Result<Connection> {
    let connection = connect(path)?;
    version(&connection, path)?;
    configure(&connection, WRITER_CACHE_KIB)?;
    Ok(connection)
}

/// Opens another connection to the same file, which can't write.
pub(super) fn open_reader(path: &Path) -> Result<Connection> {
    let connection = connect(path)?;
    configure(&connection, READER_CACHE_KIB)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Does the same, for a connection that never waits for a lock.
pub(super) fn open_inline_reader(path: &Path) -> Result<Connection> {
    let connection = open_reader(path)?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

pub(super) fn connect(path: &Path) -> Result<Connection> {
    // Each connection is used by one thread at a time, so SQLite needs no mutex. The path must not be interpreted as a
    // URI.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_handler(Some(wait))?;
    Ok(connection)
}

/// Creates an empty file that only its owner can read, unless there is one. Returns whether it did. SQLite gives `-wal`
/// and `-shm` the same mode.
pub(super) fn create_private(path: &Path) -> Result<bool> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(StoreError::Unavailable(
            format!("{}: {error}", path.display()).into(),
        )),
    }
}

fn configure(connection: &Connection, cache_kib: u32) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    connection.execute_batch(
        "pragma synchronous = full;
         pragma foreign_keys = on;",
    )?;
    connection.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
    // Shorten the log file again after it has grown because something kept it from being emptied.
    connection.pragma_update(None, "journal_size_limit", LONG_LOG.cast_signed())?;
    Ok(())
}

/// The busy handler: SQLite calls it between its tries for a lock. Returns whether to try again.
fn wait(pauses: i32) -> bool {
    thread::sleep(BUSY_PAUSE);
    pauses < BUSY_PAUSES
}

/// Switches the file to WAL mode. SQLite does not retry by itself if two connections switch at the same time.
fn switch_to_wal(connection: &Connection) -> Result<()> {
    let mut pauses = 0;
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && wait(pauses) =>
            {
                pauses += 1;
            }
            switched => return Ok(switched?),
        }
    }
}

/// Returns whether a file is marked as regstack's.
pub(super) fn is_ours(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("pragma application_id", [], |row| {
        Ok([APPLICATION_ID, UNUSED_COPY].contains(&row.get(0)?))
    })
}

fn application(connection: &Connection) -> Result<i32> {
    Ok(connection.query_row("pragma application_id", [], |row| row.get(0))?)
}

/// How many migrations the file has; an error when it is not ours, or newer than this program.
pub(super) fn version(connection: &Connection, path: &Path) -> Result<usize> {
    let refuse = |reason: &str| StoreError::Refused(format!("{}: {reason}", path.display()));
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i32>(0));
    let application = match number("pragma application_id") {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            return Err(refuse(
                "this file isn't an SQLite database: it's damaged, or something else; \
                 restore the last backup (regstack db restore FILE keeps it next to the database), or choose another path",
            ));
        }
        other => other?,
    };
    match application {
        APPLICATION_ID | UNUSED_COPY => return steps_had(connection, path),
        UNFINISHED_COPY => return Err(unfinished(&path.display().to_string())),
        _ => {}
    }
    if application == 0 && number("select count(*) from sqlite_schema")? == 0 {
        return Ok(0);
    }
    // A table of Alembic, which the Python package uses for its schema.
    let python = number(
        "select count(*) from sqlite_schema where type = 'table' and name in ('users', 'alembic_version')",
    )? == 2;
    Err(refuse(if python {
        "this database belongs to the Python package, which uses another format: choose another path for a new database, and import its accounts with regstack users import --from python (docs/moving-in.md)"
    } else {
        "this database belongs to another program: choose another path"
    }))
}

/// How many migrations a file of ours has.
fn steps_had(connection: &Connection, path: &Path) -> Result<usize> {
    let version: i32 = connection.query_row("pragma user_version", [], |row| row.get(0))?;
    match usize::try_from(version) {
        Ok(version) if version <= MIGRATIONS.len() => Ok(version),
        _ => Err(StoreError::Refused(format!(
            "{}: this database belongs to a newer regstack: use that version, or another path",
            path.display()
        ))),
    }
}

/// Takes the steps of the schema that a file lacks.
fn apply(transaction: &Connection, had: usize) -> Result<()> {
    for (_, step) in &MIGRATIONS[had..] {
        transaction.execute_batch(step)?;
    }
    let count = i32::try_from(MIGRATIONS.len()).expect("fewer migrations than 2^31");
    Ok(transaction.pragma_update(None, "user_version", count)?)
}

/// Brings the schema up to date; the names of the steps that were taken.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<Vec<&'static str>> {
    // Check before setting anything: a file of another program must stay unchanged.
    let current = version(connection, path)? == MIGRATIONS.len();
    switch_to_wal(connection)?;
    if current {
        return Ok(Vec::new());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Again, now under the lock: another process may have been first.
    let had = version(&transaction, path)?;
    apply(&transaction, had)?;
    if application(&transaction)? != UNUSED_COPY {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    transaction.commit()?;
    Ok(MIGRATIONS[had..].iter().map(|(name, _)| *name).collect())
}
