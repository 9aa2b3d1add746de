//! Backups of the embedded database.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{App, OpenError, engine};
use crate::config::Settings;
use crate::random;
use crate::store::StoreError;
use crate::store::sqlite::Sqlite;
pub use crate::store::sqlite::{Replaced, Watch, is_ours};

impl App {
    /// Copies the database as it is at one moment, and checks the copy. Returns the copy as an open file that no longer
    /// has a name, and its size in bytes. One copy is made at a time.
    ///
    /// # Errors
    /// Those of [`App::back_up`].
    pub(crate) async fn backup_to_send(&self) -> Result<(File, u64), OpenError> {
        let _turn = self.backing_up.lock().await;
        let database = engine::file(&self.settings)?;
        let mut name = OsString::from(database);
        let mark: [u8; 8] = random::bytes(&*self.ambient.random);
        name.push(format!(".backup-{}", hex::encode(mark)));
        let copy = PathBuf::from(name);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).mode(0o600);
        let opened = options.open(&copy).map_err(unreadable)?;
        let watch: Watch = Box::new(|_| true);
        let copied = Self::back_up(&self.settings, copy.clone(), watch).await;
        let removed = fs::remove_file(&copy);
        copied?;
        removed.map_err(unreadable)?;
        let bytes = opened.metadata().map_err(unreadable)?.len();
        Ok((opened, bytes))
    }

    /// Copies the database as it is at one moment into the empty file at `copy`. A server can use the database
    /// meanwhile.
    ///
    /// # Errors
    /// [`OpenError::Store`] if the database is MongoDB or can't be read, or if the copy can't be written.
    pub async fn back_up(
        settings: &Settings,
        copy: PathBuf,
        watch: Watch,
    ) -> Result<(), OpenError> {
        Ok(Sqlite::back_up(engine::file(settings)?, copy, watch).await?)
    }

    /// Copies a backup into the empty file at `staged`, in preparation for [`App::restore`]. Unless `as_it_is` is true,
    /// ends all sessions and gives up all waiting messages in the copy.
    ///
    /// # Errors
    /// [`OpenError::Store`] if the file isn't a valid backup of this program.
    pub async fn stage(
        backup: PathBuf,
        staged: PathBuf,
        as_it_is: bool,
        now: Timestamp,
        watch: Watch,
    ) -> Result<(), OpenError> {
        Ok(Sqlite::stage(&backup, staged, as_it_is, now, watch).await?)
    }

    /// Replaces the database with the staged backup in one step, and keeps the previous database at `aside`, or next to
    /// it if something is there. Returns where. A server can use the database meanwhile and continues with the restored
    /// data, unless the previous file was damaged.
    ///
    /// # Errors
    /// [`OpenError::Store`] if the database belongs to another program or can't be written.
    pub async fn restore(
        settings: &Settings,
        staged: PathBuf,
        aside: PathBuf,
        watch: Watch,
    ) -> Result<(Replaced, PathBuf), OpenError> {
        Ok(Sqlite::restore(engine::file(settings)?, staged, aside, watch).await?)
    }

    /// Returns the path of the database file.
    ///
    /// # Errors
    /// [`OpenError::Store`] if the database is MongoDB.
    pub fn database_file(settings: &Settings) -> Result<&Path, OpenError> {
        Ok(engine::file(settings)?)
    }
}

fn unreadable(cause: io::Error) -> OpenError {
    OpenError::Store(StoreError::Unavailable(Box::new(cause)))
}
