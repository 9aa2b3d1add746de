//! Opening a store at a path: created and migrated, or as it is.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use rusqlite::Connection;

use super::known_time::KnownTime;
use super::threads::{Threads, naming_lock};
use super::{Sqlite, schema};
use crate::metrics::StoreTimes;
use crate::store::{Result, SharedAnnouncer, StoreError};

/// How many threads read.
pub(super) const READERS: usize = 4;
/// The maximum number of connections for reads on the calling threads. There are never more than processors.
const MAX_INLINE_READERS: usize = 8;

impl Sqlite {
    /// Opens the file at `path`. If there is none, it is created, readable only by its owner. An older schema is
    /// migrated.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the file belongs to another program or a newer regstack; it is left unchanged.
    /// [`StoreError::Locked`] if another program keeps it locked, [`StoreError::Unavailable`] if it can't be opened.
    pub async fn open(path: &Path) -> Result<Self> {
        Self::announcing(path, None).await
    }

    /// Does the same, for a store that announces what it records.
    ///
    /// # Errors
    /// Those of [`Self::open`].
    pub async fn announcing(path: &Path, announcer: SharedAnnouncer) -> Result<Self> {
        Self::measured(path, announcer, Arc::default()).await
    }

    /// Does the same, for a store that also measures its operations.
    ///
    /// # Errors
    /// Those of [`Self::open`].
    pub async fn measured(
        path: &Path,
        announcer: SharedAnnouncer,
        times: Arc<StoreTimes>,
    ) -> Result<Self> {
        Self::over(path, schema::open, announcer, times).await
    }

    /// Opens the file at `path` as it is, to inspect or migrate it. Its schema may be an older one, or missing.
    ///
    /// # Errors
    /// Those of [`Self::open`]; [`StoreError::Unavailable`] if there is no file.
    pub async fn connect(path: &Path) -> Result<Self> {
        Self::over(path, schema::open_existing, None, Arc::default()).await
    }

    /// Creates an empty file at `path`, readable only by its owner, unless there is one. Returns whether it did.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it can't be created.
    pub async fn create(path: &Path) -> Result<bool> {
        blocking(path, schema::create_private).await
    }

    /// Returns how much of the file all connections together cache at most, in bytes.
    pub(crate) fn cached_bytes() -> u64 {
        let readers =
            (READERS + inline_reader_count()) as u64 * u64::from(schema::READER_CACHE_KIB);
        1024 * (readers + u64::from(schema::WRITER_CACHE_KIB))
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
            let inline_readers = (0..inline_reader_count())
                .map(|_| schema::open_inline_reader(path))
                .collect::<Result<_>>()?;
            let path = path.to_owned();
            let threads = Threads::start(
                path,
                writer,
                readers,
                inline_readers,
                announcer,
                Arc::clone(&times),
            )
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

/// Returns how many connections to open for reads on the calling threads.
fn inline_reader_count() -> usize {
    thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(MAX_INLINE_READERS)
}

/// Runs `work` on a file, on a thread where it may block.
pub(super) async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce(&Path) -> Result<T> + Send + 'static,
) -> Result<T> {
    // Make it absolute, because `:memory:` and an empty path have a special meaning to SQLite.
    let path: PathBuf = std::path::absolute(path).map_err(unavailable)?;
    let done =
        tokio::task::spawn_blocking(move || work(&path).map_err(|error| naming_lock(error, &path)));
    done.await.map_err(unavailable)?
}

pub(super) fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}
