//! Whether the file can be used: the same file still, to be written, undamaged; and what to say where it cannot.

use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, ffi};

use crate::store::{Result, StoreError};

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

/// Damage that is found within a few seconds, one line each.
pub(super) fn damage(connection: &Connection) -> Result<Vec<String>> {
    let (done, ended) = mpsc::channel::<()>();
    let interrupt = connection.get_interrupt_handle();
    let watch = thread::spawn(move || {
        if ended.recv_timeout(LOOK) == Err(mpsc::RecvTimeoutError::Timeout) {
            interrupt.interrupt();
        }
    });
    let found = quick_check(connection);
    drop(done);
    // Joined, so that nothing that comes later on this connection is interrupted.
    let _ = watch.join();
    match found {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            Ok(Vec::new())
        }
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => {
            Ok(vec![error.to_string()])
        }
        found => Ok(found?),
    }
}

fn quick_check(connection: &Connection) -> rusqlite::Result<Vec<String>> {
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
            "stop regstack, keep a copy of the file, and restore the last backup (sqlite3 FILE .recover saves what can be read)",
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
    match rustix::fs::statvfs(path.parent().unwrap_or(path)) {
        Ok(disk) => format!(
            "{} MiB free",
            disk.f_bavail.saturating_mul(disk.f_frsize) / (1 << 20)
        ),
        Err(_) => "free space unknown".to_owned(),
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
        assert!(sqlite.damage().await.unwrap().is_empty());
        drop(sqlite);
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all_at(&vec![0; 6 * 4096], 8 * 4096).unwrap();
        // The tables' list itself may be hit: then the file does not even open.
        match Sqlite::connect(&path).await {
            Ok(sqlite) => assert!(!sqlite.damage().await.unwrap().is_empty()),
            Err(error) => assert!(matches!(error, StoreError::File { .. }), "{error:?}"),
        }
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
