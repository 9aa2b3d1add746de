//! Whether the database file is usable: still the same file, writable and undamaged; and the error messages if it is
//! not.

use std::fs::Metadata;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, ffi};
use rustix::fs::{FallocateFlags, Mode, OFlags, StatVfsMountFlags};
use rustix::io::Errno;

use crate::store::{Damage, LONG_LOG, Result, StoreError};

/// How long to look for damage.
const LOOK: Duration = Duration::from_secs(3);
/// How many places of damage are reported at most.
const NAMED: u32 = 5;
/// The disk space that a few writes need, in bytes.
const ROOM: u64 = 256 << 10;

/// Identifies the file that a path led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// Returns the file at a path, if there is one.
    pub(super) fn at(path: &Path) -> Option<Self> {
        let metadata = path.metadata().ok()?;
        Some(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }
}

/// Returns SQLite's error for a file that was moved away while open.
pub(super) fn moved() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_READONLY_DBMOVED), None)
}

/// Rewrites the first page of the file unchanged.
pub(super) fn rewrite(connection: &Connection) -> Result<()> {
    let version: i32 = connection.query_row("pragma user_version", [], |row| row.get(0))?;
    Ok(connection.pragma_update(None, "user_version", version)?)
}

/// Fails if the disk has no room for a few writes. A write of one page may still fit into the write-ahead log, while a
/// registration, which needs several, does not.
pub(super) fn look_for_room(path: &Path) -> rusqlite::Result<()> {
    // If no file can be created beside it, or its space can't be allocated at once, only a real write can tell.
    let Ok(file) = unnamed_beside(path) else {
        return Ok(());
    };
    match rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, ROOM) {
        Err(Errno::NOSPC | Errno::DQUOT) => Err(rusqlite::Error::SqliteFailure(
            ffi::Error::new(ffi::SQLITE_FULL),
            None,
        )),
        _ => Ok(()),
    }
}

/// Creates an unnamed file on the same disk, which disappears when it is closed.
fn unnamed_beside(path: &Path) -> rustix::io::Result<OwnedFd> {
    rustix::fs::open(
        path.parent().unwrap_or(path),
        OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC,
        Mode::RUSR | Mode::WUSR,
    )
}

/// Returns the damage found within a few seconds.
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
    // Wait for the thread, so that it does not interrupt anything that runs later on this connection.
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

/// Checks the whole file. Returns the first few faults.
pub(super) fn quick_check(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("pragma quick_check({NAMED})"))?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
    let lines: Vec<String> = lines.collect::<rusqlite::Result<_>>()?;
    let lines = lines.iter().flat_map(|line| line.lines());
    let faults = lines.filter(|line| *line != "ok" && !line.starts_with("***"));
    Ok(faults.map(str::to_owned).collect())
}

/// Translates an SQLite error into one for the operator, if it is about the file.
pub(super) fn explain(error: &rusqlite::Error, path: &Path) -> Option<StoreError> {
    let place = path.display();
    let extended = error.sqlite_error().map(|error| error.extended_code);
    let (problem, remedy) = match error.sqlite_error_code()? {
        _ if extended == Some(ffi::SQLITE_READONLY_DBMOVED) => (
            format!("{place} was deleted or replaced while it was in use: changes would be lost"),
            "put the file back where it was, or restart to use the current one",
        ),
        ErrorCode::DiskFull => (
            format!("no space to write {place}: {}", room(path)),
            "free up space on that disk, or move the database to a larger one",
        ),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => (
            format!("{place} is damaged: {error}"),
            "stop regstack and restore the last backup (regstack db restore FILE keeps the damaged file next to it)",
        ),
        ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied
            if is_mounted_read_only(path) =>
        {
            (
                format!("{place} can't be written: it is on a file system that is read-only here"),
                "mount it writable, or keep the database elsewhere (database_url); a systemd unit names the folder in ReadWritePaths=",
            )
        }
        ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => (
            format!("{place} can't be written: {error}; {}", rights(path)),
            "make the user that runs regstack the owner of the file, its -wal and -shm, and their folder (chown), allow writing (chmod u+rw), and restart the server",
        ),
        ErrorCode::SystemIoFailure => (
            format!(
                "the disk of {place} reports an error: {error}; {}",
                room(path)
            ),
            "check whether the disk is full, over its quota or broken (dmesg)",
        ),
        _ => return None,
    };
    Some(StoreError::File { problem, remedy })
}

/// Describes how much disk space is left for a file.
fn room(path: &Path) -> String {
    free_bytes(path).map_or_else(
        || "free space unknown".to_owned(),
        |bytes| format!("{} MiB free", bytes >> 20),
    )
}

/// Returns the disk space left for a file, in bytes.
pub(super) fn free_bytes(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path.parent().unwrap_or(path)).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Returns whether the file system is mounted read-only.
fn is_mounted_read_only(path: &Path) -> bool {
    rustix::fs::statvfs(path.parent().unwrap_or(path))
        .is_ok_and(|disk| disk.f_flag.contains(StatVfsMountFlags::RDONLY))
}

/// Returns the path of one of the files that SQLite keeps beside a file.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Returns the size of a file's write-ahead log, in bytes.
pub(super) fn log_bytes(path: &Path) -> u64 {
    beside(path, "-wal").metadata().map_or(0, |log| log.len())
}

/// Returns what to report about a write-ahead log of this size: that it has become long, once, and that it is short
/// again.
pub(super) fn watch_log(was_long: &AtomicBool, bytes: u64) -> Option<&'static str> {
    let is_long = bytes > LONG_LOG;
    let was_long = was_long.swap(is_long, Ordering::Relaxed);
    match (was_long, is_long) {
        (false, true) => Some(
            "the database's write-ahead log keeps growing: another program keeps a read transaction open; see regstack doctor",
        ),
        (true, false) => Some("the database's write-ahead log has shrunk again"),
        _ => None,
    }
}

/// Describes the owner and mode of a file and its folder, and our own user id. The files that SQLite keeps beside it
/// are mentioned if theirs differ.
fn rights(path: &Path) -> String {
    let of = |found: &Metadata| (found.uid(), found.permissions().mode() & 0o7777);
    let describe = |name: &str, found: std::io::Result<Metadata>| match found.as_ref().map(of) {
        Ok((owner, mode)) => format!("{name} belongs to uid {owner} and has mode {mode:o}"),
        Err(error) => format!("{name}: {error}"),
    };
    let file = path.metadata();
    let own = file.as_ref().map(of).ok();
    let mut told = vec![describe("the file", file)];
    for suffix in ["-wal", "-shm"] {
        let found = beside(path, suffix).metadata();
        if found.as_ref().is_ok_and(|found| Some(of(found)) != own) {
            told.push(describe(&format!("its {suffix}"), found));
        }
    }
    let folder = path.parent().unwrap_or(path);
    told.push(describe("its folder", folder.metadata()));
    format!(
        "{}; this is uid {}",
        told.join(", "),
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
        // Damage the middle of the rows: everything except this check still works.
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
        // On a busy machine the check may finish before the watching thread gets to interrupt it.
        let mut looks = (0..50).map(|_| damage_within(&connection, Duration::from_millis(1)));
        let damage =
            looks.find_map(|damage| Some(damage.unwrap()).filter(|damage| damage.is_cut_short));
        assert!(damage.unwrap().found.is_empty());
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
        assert!(told(0).unwrap().contains("has shrunk again"));
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
        // Another program's lock is waited for, then reported.
        let other = Connection::open(&path).unwrap();
        other.execute_batch("begin immediate").unwrap();
        assert!(matches!(
            sqlite.try_write().await,
            Err(StoreError::Locked(_))
        ));
    }

    #[test]
    fn what_is_kept_beside_a_file_is_named_where_its_rights_are_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        for (suffix, mode) in [("", 0o644), ("-wal", 0o644), ("-shm", 0o444)] {
            let file = beside(&path, suffix);
            fs::write(&file, "").unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        }
        let told = rights(&path);
        assert!(told.contains("the file belongs to uid") && told.contains("mode 644"));
        assert!(told.contains("its -shm belongs to uid") && told.contains("mode 444"));
        assert!(!told.contains("-wal"), "{told}");
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
            (ffi::SQLITE_FULL, ["MiB free", "free up space"]),
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
