//! Backups of the embedded database.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{App, OpenError, engine};
use crate::config::Settings;
use crate::store::sqlite::Sqlite;
pub use crate::store::sqlite::{Replaced, Watch, is_ours};

impl App {
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

    /// Replaces the database with the staged backup in one step, and keeps the previous database at `aside`. A server
    /// can use the database meanwhile and continues with the restored data, unless the previous file was damaged.
    ///
    /// # Errors
    /// [`OpenError::Store`] if the database belongs to another program or can't be written.
    pub async fn restore(
        settings: &Settings,
        staged: PathBuf,
        aside: PathBuf,
        watch: Watch,
    ) -> Result<Replaced, OpenError> {
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
