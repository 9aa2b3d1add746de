//! Whether the file can be used: the same file still, to be written, undamaged; and what to say where it cannot.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, ffi};

use crate::store::{Damage, LONG_LOG, Result, StoreError};

/// How long damage is looked for.
const LOOK: Duration = Duration::from_secs(3);
/// How many places of damage are named.
const NAMED: u32 = 5;

/// Which file a path led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// The file at a path, if there is one.
    pub(super) fn at(path: &Path) -> Option<Self> {
        let metadata = path.metadata().ok()?;
        Some(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }
}

/// What SQLite would say of a file that was moved away under it.
pub(super) fn moved() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_READONLY_DBMOVED), None)
}

/// Writes the page that every file starts with, as it is.
pub(super) fn rewrite(connection: &Connection) -> Result<()> {
    let version: i32 = connection.query_row("pragma user_version", [], |row| row.get(0))?;
    Ok(connection.pragma_update(None, "user_version", version)?)
}

/// Damage that is found within a few seconds.
pub(super) fn damage(connection: &Connection) -> Result<Damage> {
    damage_within(connection, LOOK)
}

fn damage_within(connection: &Connection, limit: Duration) -> Result<Damage> {
    let (done, ended) = mpsc::channel::<()>();
    let interrupt = connection.get_interrupt_handle();
    let watch = thread::spawn(move || {
        if ended.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout) {
            interrupt.interrupt();
        }
    });
    let found = quick_check(connection);
    drop(done);
    // Joined, so that nothing that comes later on this connection is interrupted.
    let _ = watch.join();
    match found {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            Ok(Damage {
                found: Vec::new(),
                is_cut_short: true,
            })
        }
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
            Ok(Damage::from(vec![error.to_string()]))
        }
        found => Ok(found?.into()),
    }
}

/// Looks through the whole file; the first few faults.
pub(super) fn quick_check(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("pragma quick_check({NAMED})"))?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let lines: Vec<String> = lines.collect::<rusqlite::Result<_>>()?;
    let lines = lines.iter().flat_map(|line| line.lines());
    let faults = lines.filter(|line| *line != "ok" && !line.starts_with("***"));
    Ok(faults.map(str::to_owned).collect())
}

/// What an error of SQLite means for whoever looks after the file, if it is about the file.
pub(super) fn explain(error: &rusqlite::Error, path: &Path) -> Option<StoreError> {
    let place = path.display();
    let extended = error.sqlite_error().map(|error| error.extended_code);
    let (problem, remedy) = match error.sqlite_error_code()? {
        _ if extended == Some(ffi::SQLITE_READONLY_DBMOVED) => (
            format!(
                "{place} was deleted or replaced while it was in use: what is written would be lost"
            ),
            "put the file back where it was, or restart to use the one that is there now",
        ),
        ErrorCode::DiskFull => (
            format!("no room to write {place}: {}", room(path)),
            "make room on that disk, or move the database to a larger one",
        ),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => (
            format!("{place} is damaged: {error}"),
            "stop regstack and restore the last backup (regstack db restore FILE keeps the damaged file beside it)",
        ),
        ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => (
            format!("{place} cannot be written: {error}; {}", rights(path)),
            "give the file, its -wal and -shm, and their folder to the user that runs regstack (chown), and let it write there (chmod u+rw)",
        ),
        ErrorCode::SystemIoFailure => (
            format!("the disk of {place} fails: {error}; {}", room(path)),
            "see whether the disk is full, within its quota and sound (dmesg)",
        ),
        _ => return None,
    };
    Some(StoreError::File { problem, remedy })
}

/// How much room is left on the disk of a file.
fn room(path: &Path) -> String {
    free_bytes(path).map_or_else(
        || "free space unknown".to_owned(),
        |bytes| format!("{} MiB free", bytes >> 20),
    )
}

/// The room left on the disk of a file.
pub(super) fn free_bytes(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path.parent().unwrap_or(path)).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The length of a file's write-ahead log.
pub(super) fn log_bytes(path: &Path) -> u64 {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    Path::new(&log).metadata().map_or(0, |log| log.len())
}

/// What is to be said of a write-ahead log, now that it has this length: that it has grown long, once, and that it is short
/// again.
pub(super) fn watch_log(was_long: &AtomicBool, bytes: u64) -> Option<&'static str> {
    let is_long = bytes > LONG_LOG;
    let was_long = was_long.swap(is_long, Ordering::Relaxed);
    match (was_long, is_long) {
        (false, true) => Some(
            "the database's write-ahead log keeps growing: another program holds a read transaction open; regstack doctor tells more",
        ),
        (true, false) => Some("the database's write-ahead log is short again"),
        _ => None,
    }
}

/// Owner and mode of a file and its folder, and who we are.
fn rights(path: &Path) -> String {
    let describe = |name: &str, found: std::io::Result<Metadata>| match found {
        Ok(found) => format!(
            "{name} belongs to uid {} and has mode {:o}",
            found.uid(),
            found.permissions().mode() & 0o7777
        ),
        Err(error) => format!("{name}: {error}"),
    };
    let folder = path.parent().unwrap_or(path);
    format!(
        "{}, {}; this is uid {}",
        describe("the file", path.metadata()),
        describe("its folder", folder.metadata()),
        rustix::process::geteuid().as_raw()
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::FileExt as _;

    use super::*;
    use crate::store::UpkeepStore as _;
    use crate::store::sqlite::Sqlite;

    fn remedy(outcome: Result<()>) -> (String, &'static str) {
        match outcome {
            Err(StoreError::File { problem, remedy }) => (problem, remedy),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_file_that_was_deleted_or_replaced_takes_no_writes_until_it_is_back() {
        let folder = tempfile::tempdir().unwrap();
        let (path, aside) = (folder.path().join("a.db"), folder.path().join("b.db"));
        let sqlite = Sqlite::open(&path).await.unwrap();
        sqlite.try_write().await.unwrap();
        fs::rename(&path, &aside).unwrap();
        let (problem, _) = remedy(sqlite.try_write().await);
        assert!(problem.contains("deleted or replaced"), "{problem}");
        fs::copy(&aside, &path).unwrap();
        remedy(sqlite.try_write().await);
        fs::rename(&aside, &path).unwrap();
        sqlite.try_write().await.unwrap();
    }

    #[tokio::test]
    async fn zeroed_pages_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        drop(Sqlite::open(&path).await.unwrap());
        let sqlite = Sqlite::connect(&path).await.unwrap();
        let sound = sqlite.damage().await.unwrap();
        assert!(sound.found.is_empty() && !sound.is_cut_short, "{sound:?}");
        drop(sqlite);
        let raw = Connection::open(&path).unwrap();
        raw.execute_batch(
            "create table filler (text);
             with recursive n (i) as (select 1 union all select i + 1 from n where i < 3000)
             insert into filler select hex(randomblob(200)) from n;
             pragma wal_checkpoint(truncate)",
        )
        .unwrap();
        let pages = raw.query_row("pragma page_count", [], |row| row.get::<_, u32>(0));
        drop(raw);
        // In the middle of the rows: everything that is asked of a file but this goes on as ever.
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all_at(&vec![0; 6 * 4096], u64::from(pages.unwrap()) / 2 * 4096)
            .unwrap();
        let sqlite = Sqlite::connect(&path).await.unwrap();
        sqlite.status().await.unwrap();
        sqlite.try_write().await.unwrap();
        let inspection = sqlite.inspect().await.unwrap();
        assert_eq!(inspection.faults().count(), 0);
        let damage = sqlite.damage().await.unwrap();
        assert!(!damage.found.is_empty(), "{damage:?}");
    }

    #[test]
    fn a_look_for_damage_that_is_cut_short_says_so() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "create table filler (text unique);
                 with recursive n (i) as (select 1 union all select i + 1 from n where i < 200000)
                 insert into filler select hex(randomblob(20)) from n",
            )
            .unwrap();
        let damage = damage_within(&connection, Duration::from_millis(1)).unwrap();
        assert!(damage.is_cut_short && damage.found.is_empty());
        let damage = damage_within(&connection, Duration::from_mins(1)).unwrap();
        assert!(!damage.is_cut_short && damage.found.is_empty());
    }

    #[test]
    fn a_log_that_grows_is_told_once_and_so_is_its_end() {
        let was_long = AtomicBool::new(false);
        let told = |bytes| watch_log(&was_long, bytes);
        assert_eq!(told(LONG_LOG), None);
        assert!(told(LONG_LOG + 1).unwrap().contains("keeps growing"));
        assert_eq!(told(LONG_LOG + 2), None);
        assert!(told(0).unwrap().contains("short again"));
        assert_eq!(told(0), None);
    }

    #[tokio::test]
    async fn a_write_that_changes_nothing_is_a_write() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let sqlite = Sqlite::open(&path).await.unwrap();
        let wal = folder.path().join("a.db-wal");
        let length = || wal.metadata().map_or(0, |found| found.len());
        let before = length();
        sqlite.try_write().await.unwrap();
        assert!(length() > before);
        // Another program's lock is waited for, and then named.
        let other = Connection::open(&path).unwrap();
        other.execute_batch("begin immediate").unwrap();
        assert!(matches!(
            sqlite.try_write().await,
            Err(StoreError::Locked(_))
        ));
    }

    #[test]
    fn each_fault_of_a_file_has_its_own_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        fs::write(&path, "").unwrap();
        let explained = |code| {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            match explain(&error, &path) {
                Some(StoreError::File { problem, remedy }) => format!("{problem} -> {remedy}"),
                other => panic!("{other:?}"),
            }
        };
        for (code, words) in [
            (ffi::SQLITE_FULL, ["MiB free", "make room"]),
            (ffi::SQLITE_CORRUPT, ["is damaged", "restore"]),
            (ffi::SQLITE_NOTADB, ["is damaged", "restore"]),
            (ffi::SQLITE_READONLY, ["belongs to uid", "chown"]),
            (ffi::SQLITE_CANTOPEN, ["has mode", "chmod"]),
            (ffi::SQLITE_IOERR_WRITE, ["MiB free", "dmesg"]),
            (
                ffi::SQLITE_READONLY_DBMOVED,
                ["deleted or replaced", "restart"],
            ),
        ] {
            let told = explained(code);
            assert!(words.iter().all(|word| told.contains(word)), "{told}");
        }
    }
}
