//! The database engine that `database_url` selects. Only this file names concrete engines.

use std::path::Path;
use std::sync::Arc;
#[cfg(feature = "mongodb")]
use std::time::Duration;

use crate::config::{Engine, Settings};
use crate::metrics::StoreTimes;
#[cfg(feature = "mongodb")]
use crate::store::mongo::Mongo;
use crate::store::sqlite::Sqlite;
use crate::store::{CopyTarget, SharedAnnouncer, SharedStore, StoreError, UpkeepStore as _};

/// Opens the store. Doesn't contact a MongoDB server yet.
pub(super) async fn open(
    settings: &Settings,
    announcer: SharedAnnouncer,
    times: &Arc<StoreTimes>,
) -> Result<SharedStore, StoreError> {
    Ok(match &settings.database.engine {
        Engine::Sqlite { path } => {
            Arc::new(Sqlite::measured(path, announcer, Arc::clone(times)).await?)
        }
        Engine::Mongo { .. } => mongo(settings, announcer, Some(times))?,
    })
}

/// Connects to an existing database, without creating anything.
pub(super) async fn connect(settings: &Settings) -> Result<SharedStore, StoreError> {
    Ok(match &settings.database.engine {
        Engine::Sqlite { path } => Arc::new(Sqlite::connect(path).await?),
        Engine::Mongo { .. } => mongo(settings, None, None)?,
    })
}

/// Begins a copy in a database, or goes on with one.
pub(super) async fn begin_copy(settings: &Settings) -> Result<Box<dyn CopyTarget>, StoreError> {
    match &settings.database.engine {
        Engine::Sqlite { path } => Sqlite::begin_copy(path).await,
        Engine::Mongo { .. } => begin_mongo_copy(settings).await,
    }
}

/// Creates the database if it doesn't exist, and updates its schema. Returns what was done, one line for each step.
pub(super) async fn migrate(settings: &Settings) -> Result<Vec<String>, StoreError> {
    let mut done = Vec::new();
    match &settings.database.engine {
        Engine::Sqlite { path } => {
            if Sqlite::create(path).await? {
                done.push(format!("created {}", path.display()));
            }
            done.extend(Sqlite::connect(path).await?.migrate().await?);
        }
        Engine::Mongo { .. } => done.extend(mongo(settings, None, None)?.migrate().await?),
    }
    Ok(done)
}

/// Returns how many bytes of the database are kept in memory at most.
pub(super) fn cached_bytes(settings: &Settings) -> u64 {
    match &settings.database.engine {
        Engine::Sqlite { .. } => Sqlite::cached_bytes(),
        // Responses of the MongoDB server that are being read; a page of a list is the largest.
        Engine::Mongo { .. } => 32 << 20,
    }
}

/// Returns the file of the embedded engine. MongoDB has its own tools for backups.
pub(super) fn file(settings: &Settings) -> Result<&Path, StoreError> {
    match &settings.database.engine {
        Engine::Sqlite { path } => Ok(path),
        Engine::Mongo { .. } => Err(StoreError::Refused(
            "use MongoDB's own tools for backups, mongodump and mongorestore: see docs/mongodb.md"
                .to_owned(),
        )),
    }
}

/// Checks that the database's URL can be used, without contacting the database.
pub(super) fn check(settings: &Settings) -> Result<(), StoreError> {
    match &settings.database.engine {
        Engine::Sqlite { .. } => Ok(()),
        Engine::Mongo { .. } => mongo(settings, None, None).map(drop),
    }
}

/// Returns the MongoDB engine. With `times`, it's for a running application, and creates missing indexes as soon as it
/// reaches the server.
#[cfg(feature = "mongodb")]
fn mongo(
    settings: &Settings,
    announcer: SharedAnnouncer,
    times: Option<&Arc<StoreTimes>>,
) -> Result<SharedStore, StoreError> {
    let engine = at(settings, announcer)?;
    Ok(Arc::new(match times {
        Some(times) => engine.measured(Arc::clone(times))?,
        None => engine.as_it_is()?,
    }))
}

#[cfg(feature = "mongodb")]
fn at(settings: &Settings, announcer: SharedAnnouncer) -> Result<Mongo, StoreError> {
    let Engine::Mongo { url, database } = &settings.database.engine else {
        return Err(StoreError::Refused(
            "the database is not MongoDB".to_owned(),
        ));
    };
    let window = Duration::from_secs(settings.guessing.login_lockout_window_seconds.into());
    Mongo::announcing(
        url.clone(),
        database.clone(),
        &settings.database,
        window,
        announcer,
    )
}

#[cfg(feature = "mongodb")]
async fn begin_mongo_copy(settings: &Settings) -> Result<Box<dyn CopyTarget>, StoreError> {
    at(settings, None)?.as_it_is()?.begin_copy().await
}

#[cfg(not(feature = "mongodb"))]
async fn begin_mongo_copy(settings: &Settings) -> Result<Box<dyn CopyTarget>, StoreError> {
    Err(mongo(settings, None, None)
        .err()
        .unwrap_or_else(|| StoreError::Refused("this build has no MongoDB engine".to_owned())))
}

#[cfg(not(feature = "mongodb"))]
fn mongo(
    _: &Settings,
    _: SharedAnnouncer,
    _: Option<&Arc<StoreTimes>>,
) -> Result<SharedStore, StoreError> {
    Err(StoreError::Refused(
        "this build has no MongoDB engine: build regstack with the cargo feature `mongodb`"
            .to_owned(),
    ))
}
