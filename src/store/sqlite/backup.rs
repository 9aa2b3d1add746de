//! Backups: copying the file while it is in use, and restoring a copy.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::open::{blocking, unavailable};
use super::rows::Moment;
use super::threads::naming_lock;
use super::{Sqlite, health, inspect, schema};
use crate::store::{Result, StoreError};

/// How many pages are copied before checking whether to continue: 4 MiB.
const PAGES: i32 = 1024;
/// How long to wait for another program's lock, in steps of a millisecond.
const PATIENCE: u32 = 5000;

/// What the names of the files have that SQLite keeps beside a database.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Called with how much of a copy is done, from 0 to 1. Returns whether to continue.
pub type Watch = Box<dyn Fn(f64) -> bool + Send>;

/// What a restored database replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// Nothing.
    Nothing,
    /// A database, of which a copy was kept.
    Database,
    /// A file that SQLite could no longer use, which was moved aside.
    Damage,
}

impl Sqlite {
    /// Copies the database as it is at one moment into the empty file at `copy`, while others read and write, and
    /// checks that the copy is sound.
    ///
    /// # Errors
    /// Those of [`Self::connect`]; [`StoreError::File`] if the copy can't be written or is damaged.
    pub async fn back_up(path: &Path, copy: PathBuf, watch: Watch) -> Result<()> {
        blocking(path, move |path| {
            let database = schema::connect(path)?;
            schema::version(&database, path)?;
            naming(&copy, || write_copy(&database, &copy, &watch)).map(drop)
        })
        .await
    }

    /// Copies a backup into the empty file at `staged`, and migrates it to this program's schema. The backup stays
    /// unchanged. Unless it is taken `as_it_is`, its sessions end, and messages that waited are given up, because they
    /// may have been sent since.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the backup belongs to another program or a newer version; [`StoreError::File`] if it
    /// is damaged.
    pub async fn stage(
        backup: &Path,
        staged: PathBuf,
        as_it_is: bool,
        now: Timestamp,
        watch: Watch,
    ) -> Result<()> {
        blocking(backup, move |backup| {
            let source = naming(backup, || {
                refuse_log_beside(backup)?;
                let source = connect_unchanged(backup)?;
                if schema::version(&source, backup)? == 0 {
                    let path = backup.display();
                    return Err(StoreError::Refused(format!("{path}: the file is empty")));
                }
                Ok(source)
            })?;
            naming(&staged, || {
                drop(write_copy(&source, &staged, &watch)?);
                inspect::migrate(&staged)?;
                let mut copy = schema::connect(&staged)?;
                if !as_it_is {
                    forget_the_rest(&mut copy, now)?;
                }
                into_one_file(&copy)
            })
        })
        .await
    }

    /// Replaces the database at `path` with the one at `staged`, in one step: processes that use it see either the old
    /// or the new one, and continue. The old one is kept at `aside`, or next to it if something is there. Returns where.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if another program's database is at `path`; [`StoreError::Locked`] if another process
    /// writes all the time; [`StoreError::File`] if something can't be written.
    pub async fn restore(
        path: &Path,
        staged: PathBuf,
        aside: PathBuf,
        watch: Watch,
    ) -> Result<(Replaced, PathBuf)> {
        blocking(path, move |path| {
            naming(path, || {
                let replaced = present(path)?;
                let aside = reserve(&aside)?;
                match replaced {
                    Replaced::Database => {
                        let mut database = schema::connect(path)?;
                        naming(&aside, || write_copy(&database, &aside, &watch))
                            .inspect_err(|_| drop(fs::remove_file(&aside)))?;
                        copy(&connect_unchanged(&staged)?, &mut database, &watch)?;
                    }
                    // SQLite would take what was left beside the path for a part of the new file.
                    Replaced::Damage | Replaced::Nothing => {
                        for suffix in BESIDE {
                            rename(&beside(path, suffix), &beside(&aside, suffix), suffix)?;
                        }
                        if replaced == Replaced::Damage {
                            rename(path, &aside, "")?;
                        }
                        rename(&staged, path, "")?;
                    }
                }
                if replaced == Replaced::Nothing {
                    fs::remove_file(&aside).map_err(unavailable)?;
                }
                Ok((replaced, aside))
            })
        })
        .await
    }
}

/// Returns whether a file is a database of this program.
#[must_use]
pub fn is_ours(path: &Path) -> bool {
    connect_unchanged(path).is_ok_and(|database| schema::is_ours(&database).unwrap_or(false))
}

/// Determines what a restored database would replace.
fn present(path: &Path) -> Result<Replaced> {
    if !path.try_exists().map_err(unavailable)? {
        return Ok(Replaced::Nothing);
    }
    let database = schema::connect(path)?;
    let faults = schema::is_ours(&database)
        .and_then(|is_ours| is_ours.then(|| health::quick_check(&database)).transpose());
    match faults {
        // Another program's database is refused here.
        Ok(None) => schema::version(&database, path).map(|_| Replaced::Database),
        Ok(Some(faults)) if faults.is_empty() => Ok(Replaced::Database),
        Ok(Some(_)) => Ok(Replaced::Damage),
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Ok(Replaced::Damage),
            _ => Err(error.into()),
        },
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Creates an empty file at `aside`, or at the first name derived from it that is free, so that nothing that was kept
/// before is overwritten.
fn reserve(aside: &Path) -> Result<PathBuf> {
    let (mut path, mut number) = (aside.to_owned(), 1);
    loop {
        if schema::create_private(&path)? {
            let is_there = |suffix| fs::symlink_metadata(beside(&path, suffix)).is_ok();
            if !BESIDE.into_iter().any(is_there) {
                return Ok(path);
            }
            fs::remove_file(&path).map_err(unavailable)?;
        }
        number += 1;
        path = beside(aside, &format!("-{number}"));
    }
}

/// Renames a file. A file that is optional may be missing.
fn rename(from: &Path, to: &Path, suffix: &str) -> Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && !suffix.is_empty() => Ok(()),
        renamed => renamed.map_err(unavailable),
    }
}

/// Copies a database into an empty file, and checks that the copy is sound.
fn write_copy(database: &Connection, path: &Path, watch: &Watch) -> Result<Connection> {
    let mut written = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // The copy counts only once it is complete and on disk, which the caller ensures.
    written.execute_batch("pragma synchronous = off")?;
    copy(database, &mut written, watch)?;
    into_one_file(&written)?;
    let faults: String = written.query_row("pragma integrity_check(1)", [], |row| row.get(0))?;
    if faults == "ok" {
        return Ok(written);
    }
    Err(StoreError::File {
        problem: format!("the copy is damaged: {faults}"),
        remedy: "the original is damaged too: restore the last good backup (sqlite3 FILE .recover saves what can be read)",
    })
}

/// Copies all pages as they are at one moment.
fn copy(from: &Connection, into: &mut Connection, watch: &Watch) -> Result<()> {
    // Without a transaction, every write by another program would restart the copy.
    from.execute_batch("begin; select 1 from sqlite_schema limit 1")?;
    let backup = Backup::new(from, into)?;
    let mut waited = 0;
    loop {
        match backup.step(PAGES)? {
            StepResult::Done => break,
            StepResult::More => {
                let progress = backup.progress();
                let total = f64::from(progress.pagecount.max(1));
                if !watch(1.0 - f64::from(progress.remaining) / total) {
                    return Err(StoreError::Refused(
                        "interrupted: nothing was changed".to_owned(),
                    ));
                }
            }
            _ if waited < PATIENCE => {
                waited += 1;
                thread::sleep(Duration::from_millis(1));
            }
            _ => return Err(StoreError::Locked("the database".to_owned())),
        }
    }
    drop(backup);
    Ok(from.execute_batch("commit")?)
}

/// Opens a database without writing any files beside it, because it may be on a read-only medium. What is beside it isn't
/// read either.
fn connect_unchanged(path: &Path) -> Result<Connection> {
    let mut url = url::Url::from_file_path(path)
        .map_err(|()| StoreError::Refused(format!("{} isn't a valid path", path.display())))?;
    url.set_query(Some("immutable=1"));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Ok(Connection::open_with_flags(url.as_str(), flags)?)
}

/// Refuses a database that may lack what stands in the write-ahead log beside it. A backup of [`Sqlite::back_up`] never
/// does: a log beside it is another file's. Of a plain copy of a database, nobody can tell.
fn refuse_log_beside(path: &Path) -> Result<()> {
    if health::log_bytes(path) == 0 || !may_have_log(path).map_err(unavailable)? {
        return Ok(());
    }
    let path = path.display();
    Err(StoreError::Refused(format!(
        "{path}: there's a write-ahead log next to this file, {path}-wal, and nothing shows whether it belongs to it; \
         if it does, write it into the file (sqlite3 {path} 'pragma wal_checkpoint(truncate)'), and if not, move it away"
    )))
}

/// Returns whether a file's header says that SQLite uses it with a write-ahead log.
fn may_have_log(path: &Path) -> io::Result<bool> {
    let mut header = Vec::new();
    File::open(path)?.take(20).read_to_end(&mut header)?;
    Ok(header
        .get(18..20)
        .is_some_and(|versions| versions != [1, 1]))
}

/// Switches off the write-ahead log, so that the database is a single file that can be moved.
fn into_one_file(database: &Connection) -> Result<()> {
    Ok(database.pragma_update(None, "journal_mode", "delete")?)
}

/// Ends sessions and gives up messages. What happened to them after the backup is unknown: sessions that were logged
/// out would become valid again, and messages would be sent twice.
fn forget_the_rest(database: &mut Connection, now: Timestamp) -> Result<()> {
    let transaction = database.transaction()?;
    transaction.execute(
        "update users set tokens_invalidated_after = max(coalesce(tokens_invalidated_after, 0), ?1)",
        [Moment(now)],
    )?;
    transaction.execute("delete from sessions", [])?;
    transaction.execute(
        "update outbox set failed_at = ?1, lease = null, lease_until = null,
             last_error = 'waited when the backup was made, and may have been sent since'
         where failed_at is null",
        [Moment(now)],
    )?;
    Ok(transaction.commit()?)
}

/// Runs `work` on a file, and names the file in errors.
fn naming<T>(path: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    work().map_err(|error| naming_lock(error, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &Path) -> Vec<String> {
        let database = schema::connect(path).unwrap();
        let mut statement = database.prepare("select id from outbox").unwrap();
        let names = statement.query_map([], |row| row.get(0)).unwrap();
        names.collect::<rusqlite::Result<_>>().unwrap()
    }

    /// Creates a database with `messages` messages, of one page each.
    fn filled(path: &Path, messages: u32) {
        schema::create_private(path).unwrap();
        let mut database = schema::connect(path).unwrap();
        schema::migrate(&mut database, path).unwrap();
        let insert = "insert into outbox (id, kind, recipient, dies_with_change, payload, created_at, not_before, expires_at, attempts)
             values (?1, 'email', 'ada@example.com', 0, zeroblob(5000), 0, 0, 0, 0)";
        for number in 0..messages {
            database
                .execute(insert, [format!("{messages}-{number}")])
                .unwrap();
        }
    }

    #[tokio::test]
    async fn a_restore_that_is_stopped_halfway_changes_nothing_and_another_sees_one_or_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let (path, staged) = (place("accounts.db"), place("staged.db"));
        filled(&path, 3);
        filled(&staged, 2500);
        into_one_file(&schema::connect(&staged).unwrap()).unwrap();
        let other = schema::connect(&path).unwrap();
        let count = "select count(*) from outbox";
        let seen = move |other: &Connection| {
            other
                .query_row(count, [], |row| row.get::<_, u32>(0))
                .unwrap()
        };
        let stop: Watch = Box::new(|done| !(0.1..0.9).contains(&done));
        let stopped = Sqlite::restore(&path, staged.clone(), place("first"), stop).await;
        assert!(
            matches!(stopped, Err(StoreError::Refused(_))),
            "{stopped:?}"
        );
        assert_eq!((names(&path).len(), seen(&other)), (3, 3));
        let restored = Sqlite::restore(&path, staged, place("second"), Box::new(|_| true)).await;
        assert_eq!(restored.unwrap(), (Replaced::Database, place("second")));
        assert_eq!((names(&path).len(), seen(&other)), (2500, 2500));
        assert_eq!(names(&place("second")).len(), 3);
    }

    #[tokio::test]
    async fn nothing_that_was_kept_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let path = place("accounts.db");
        filled(&path, 1);
        let restore = async |messages: u32| {
            let staged = place(&format!("{messages}.db"));
            filled(&staged, messages);
            into_one_file(&schema::connect(&staged).unwrap()).unwrap();
            let restored = Sqlite::restore(&path, staged, place("kept"), Box::new(|_| true));
            restored.await.unwrap()
        };
        assert_eq!(restore(2).await, (Replaced::Database, place("kept")));
        assert_eq!(restore(3).await, (Replaced::Database, place("kept-2")));
        fs::write(&path, [0x5a; 9000]).unwrap();
        fs::write(place("kept-3-wal"), "log").unwrap();
        assert_eq!(restore(4).await, (Replaced::Damage, place("kept-4")));
        fs::remove_file(&path).unwrap();
        assert_eq!(restore(5).await.0, Replaced::Nothing);
        assert_eq!(names(&place("kept")).len(), 1);
        assert_eq!(names(&place("kept-2")).len(), 2);
        assert_eq!(fs::read(place("kept-4")).unwrap(), [0x5a; 9000]);
        assert!(!place("kept-3").exists() && !place("kept-5").exists());
    }

    #[tokio::test]
    async fn a_backup_is_of_one_moment_however_much_is_written_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let (path, copy) = (place("accounts.db"), place("copy.db"));
        filled(&path, 2500);
        schema::create_private(&copy).unwrap();
        let writer = schema::connect(&path).unwrap();
        let watch: Watch = Box::new(move |_| {
            writer
                .execute(
                    "delete from outbox where seq = (select max(seq) from outbox)",
                    [],
                )
                .is_ok()
        });
        Sqlite::back_up(&path, copy.clone(), watch).await.unwrap();
        assert_eq!(names(&copy).len(), 2500);
        assert!(names(&path).len() < 2500);
    }
}
