//! From a path to a store: made and migrated, or as it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rusqlite::Connection;

use super::known_time::KnownTime;
use super::threads::{Threads, naming_lock};
use super::{Sqlite, schema};
use crate::metrics::StoreTimes;
use crate::store::{Result, SharedAnnouncer, StoreError};

/// How many threads read.
pub(super) const READERS: usize = 4;

impl Sqlite {
    /// Opens the file at `path`. Where there is none it is made, readable by its owner only; an older schema is migrated.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the file belongs to another program or to a newer regstack: it is left as it is.
    /// [`StoreError::Locked`] when another program keeps it locked, [`StoreError::Unavailable`] when it cannot be opened.
    pub async fn open(path: &Path) -> Result<Self> {
        Self::announcing(path, None).await
    }

    /// The same, for a store that announces what it records.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn announcing(path: &Path, announcer: SharedAnnouncer) -> Result<Self> {
        Self::measured(path, announcer, Arc::default()).await
    }

    /// The same, for a store that also measures what it does.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn measured(
        path: &Path,
        announcer: SharedAnnouncer,
        times: Arc<StoreTimes>,
    ) -> Result<Self> {
        Self::over(path, schema::open, announcer, times).await
    }

    /// Opens the file at `path` as it is, to be inspected or migrated: its schema may be an older one, or none at all.
    ///
    /// # Errors
    /// As [`Self::open`]; [`StoreError::Unavailable`] when there is no file.
    pub async fn connect(path: &Path) -> Result<Self> {
        Self::over(path, schema::open_existing, None, Arc::default()).await
    }

    /// Makes an empty file at `path`, readable by its owner only, unless there is one: whether it did.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it cannot be made.
    pub async fn create(path: &Path) -> Result<bool> {
        blocking(path, schema::create_private).await
    }

    async fn over(
        path: &Path,
        writer: fn(&Path) -> Result<Connection>,
        announcer: SharedAnnouncer,
        times: Arc<StoreTimes>,
    ) -> Result<Self> {
        let start = move |path: &Path| {
            let writer = writer(path)?;
            let readers = (0..READERS)
                .map(|_| schema::open_reader(path))
                .collect::<Result<_>>()?;
            let path = path.to_owned();
            let threads = Threads::start(path, writer, readers, announcer, Arc::clone(&times))
                .map_err(unavailable)?;
            Ok(Self {
                threads,
                known_time: KnownTime::default(),
                times,
                has_long_log: AtomicBool::default(),
            })
        };
        blocking(path, start).await
    }
}

/// Does something with a file where it may take its time.
pub(super) async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&Path) -> Result<T> + Send + 'static,
) -> Result<T> {
    // Absolute, because `:memory:` and an empty path mean something else to SQLite.
    let path: PathBuf = std::path::absolute(path).map_err(unavailable)?;
    let done =
        tokio::task::spawn_blocking(move || work(&path).map_err(|error| naming_lock(error, &path)));
    done.await.map_err(unavailable)?
}

pub(super) fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}
