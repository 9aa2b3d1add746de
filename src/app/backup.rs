//! Backups of the embedded database.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{App, OpenError, engine};
use crate::config::Settings;
use crate::store::sqlite::Sqlite;
pub use crate::store::sqlite::{Replaced, Watch, is_ours};

impl App {
    /// Copies the database as it is at one moment into the empty file at `copy`. A server may use it meanwhile.
    ///
    /// # Errors
    /// [`OpenError::Store`] when the database is MongoDB, or cannot be read, or the copy not be written.
    pub async fn back_up(
        settings: &Settings,
        copy: PathBuf,
        watch: Watch,
    ) -> Result<(), OpenError> {
        Ok(Sqlite::back_up(engine::file(settings)?, copy, watch).await?)
    }

    /// Brings a backup into the empty file at `staged`, to take the database's place. Unless it is taken `as_it_is`, its
    /// sessions end and its waiting messages are given up.
    ///
    /// # Errors
    /// [`OpenError::Store`] when it is no sound backup of this program.
    pub async fn stage(
        backup: PathBuf,
        staged: PathBuf,
        as_it_is: bool,
        now: Timestamp,
        watch: Watch,
    ) -> Result<(), OpenError> {
        Ok(Sqlite::stage(&backup, staged, as_it_is, now, watch).await?)
    }

    /// Puts what is staged in the place of the database, in one step, and keeps what was there at `aside`. A server may use
    /// the database meanwhile, and goes on with what was restored, unless the file was damaged.
    ///
    /// # Errors
    /// [`OpenError::Store`] when the database belongs to another program, or cannot be written.
    pub async fn restore(
        settings: &Settings,
        staged: PathBuf,
        aside: PathBuf,
        watch: Watch,
    ) -> Result<Replaced, OpenError> {
        Ok(Sqlite::restore(engine::file(settings)?, staged, aside, watch).await?)
    }

    /// The database's file.
    ///
    /// # Errors
    /// [`OpenError::Store`] when the database is MongoDB.
    pub fn database_file(settings: &Settings) -> Result<&Path, OpenError> {
        Ok(engine::file(settings)?)
    }
}
