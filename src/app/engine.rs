//! The engine that `database_url` names: the only file that names a concrete one.

use std::path::Path;
use std::sync::Arc;
#[cfg(feature = "mongodb")]
use std::time::Duration;

use crate::config::{Engine, Settings};
use crate::metrics::StoreTimes;
#[cfg(feature = "mongodb")]
use crate::store::mongo::Mongo;
use crate::store::sqlite::Sqlite;
use crate::store::{SharedAnnouncer, SharedStore, StoreError, UpkeepStore as _};

/// Opens the store. A MongoDB server isn't asked anything yet.
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

/// Connects to a database that is there, and makes nothing.
pub(super) async fn connect(settings: &Settings) -> Result<SharedStore, StoreError> {
    Ok(match &settings.database.engine {
        Engine::Sqlite { path } => Arc::new(Sqlite::connect(path).await?),
        Engine::Mongo { .. } => mongo(settings, None, None)?,
    })
}

/// Makes the database where there is none, and brings its schema up to date; returns what was done, one line each.
pub(super) async fn migrate(settings: &Settings) -> Result<Vec<String>, StoreError> {
    let mut done = Vec::new();
    match &settings.database.engine {
        Engine::Sqlite { path } => {
            if Sqlite::create(path).await? {
                done.push(format!("made {}", path.display()));
            }
            done.extend(Sqlite::connect(path).await?.migrate().await?);
        }
        Engine::Mongo { .. } => done.extend(mongo(settings, None, None)?.migrate().await?),
    }
    Ok(done)
}

/// The file of the embedded engine; MongoDB is backed up by its own tools.
pub(super) fn file(settings: &Settings) -> Result<&Path, StoreError> {
    match &settings.database.engine {
        Engine::Sqlite { path } => Ok(path),
        Engine::Mongo { .. } => Err(StoreError::Refused(
            "use MongoDB's own tools for backups, mongodump and mongorestore: see docs/mongodb.md"
                .to_owned(),
        )),
    }
}

/// Whether the database's URL can be used, without asking the database anything.
pub(super) fn check(settings: &Settings) -> Result<(), StoreError> {
    match &settings.database.engine {
        Engine::Sqlite { .. } => Ok(()),
        Engine::Mongo { .. } => mongo(settings, None, None).map(drop),
    }
}

/// The MongoDB engine. One that is measured is in use, and makes the indexes that are missing as soon as it finds the server.
#[cfg(feature = "mongodb")]
fn mongo(
    settings: &Settings,
    announcer: SharedAnnouncer,
    times: Option<&Arc<StoreTimes>>,
) -> Result<SharedStore, StoreError> {
    let Engine::Mongo { url, database } = &settings.database.engine else {
        return Err(StoreError::Refused(
            "the database is not MongoDB".to_owned(),
        ));
    };
    let window = Duration::from_secs(settings.guessing.login_lockout_window_seconds.into());
    let engine = Mongo::announcing(
        url.clone(),
        database.clone(),
        &settings.database,
        window,
        announcer,
    )?;
    Ok(Arc::new(match times {
        Some(times) => engine.measured(Arc::clone(times))?,
        None => engine.as_it_is()?,
    }))
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
