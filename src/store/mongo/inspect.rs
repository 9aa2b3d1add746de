//! What is behind a URL: server, topology, indexes, how much there is, what accounts are like. Changes nothing.

use std::time::{Duration, Instant};

use mongodb::bson::{Document, doc};

use super::connection::{Connection, Db, ping};
use super::indexes;
use crate::clock::from_millis;
use crate::model::{Email, PasswordHash};
use crate::store::{Inspection, Pulse, Result, RowCount, StoreError, Survey};

/// How long a look at the accounts may take.
const SURVEY_LIMIT: Duration = Duration::from_secs(2);

pub(super) async fn inspect(connection: &Connection) -> Result<Inspection> {
    let db = connection.connect().await?;
    let collections = [
        &db.users,
        &db.pending,
        &db.revoked,
        &db.failures,
        &db.codes,
        &db.outbox,
        &db.events,
    ];
    let mut rows = Vec::new();
    for collection in collections {
        rows.push(RowCount {
            name: collection.name().to_owned(),
            rows: db.read(collection.estimated_document_count()).await?,
        });
    }
    let stats = db
        .read(db.database.run_command(doc! { "dbStats": 1 }))
        .await?;
    Ok(Inspection {
        engine: engine(&version(&db).await?),
        place: connection.name(),
        topology: Some(topology(&hello(&db).await?)),
        schema: indexes::inspect(&db, connection.place()).await?,
        rows,
        bytes: whole(&stats, "totalSize"),
    })
}

/// A number that servers give in whatever type.
fn whole(document: &Document, field: &str) -> Option<u64> {
    let number = document.get(field)?;
    let text = number.to_string();
    text.split('.').next()?.parse().ok()
}

/// The engine's name for people.
pub(super) fn engine(version: &str) -> String {
    format!("MongoDB {version}")
}

/// The server's version.
pub(super) async fn version(db: &Db) -> Result<String> {
    let info = db
        .read(db.database.run_command(doc! { "buildInfo": 1 }))
        .await?;
    Ok(info.get_str("version").unwrap_or("unknown").to_owned())
}

async fn hello(db: &Db) -> Result<Document> {
    db.read(db.database.run_command(doc! { "hello": 1 })).await
}

fn topology(hello: &Document) -> String {
    match (hello.get_str("setName"), hello.get_str("msg")) {
        (Ok(name), _) => format!("replica set {name}"),
        (_, Ok("isdbgrid")) => "sharded cluster".to_owned(),
        _ => "standalone".to_owned(),
    }
}

pub(super) async fn pulse(connection: &Connection) -> Result<Pulse> {
    let db = connection.connect().await?;
    let version = version(&db).await?;
    let started = Instant::now();
    db.read(db.database.run_command(ping())).await?;
    let round_trip = started.elapsed();
    let hello = hello(&db).await?;
    let clock = hello.get_datetime("localTime").ok();
    Ok(Pulse {
        engine: engine(&version),
        place: connection.name(),
        topology: Some(topology(&hello)),
        clock: clock.map(|clock| from_millis(clock.timestamp_millis())),
        round_trip,
    })
}

/// The server ends what takes too long; then it is not known whether there is more.
pub(super) async fn survey(db: &Db, addresses: u32, hashes: u32) -> Result<Survey> {
    let mixed_case = db
        .users
        .find(doc! { "email": { "$regex": "[A-Z]" } })
        .projection(doc! { "email": 1 })
        .limit(addresses.into())
        .max_time(SURVEY_LIMIT);
    let oldest = db
        .users
        .find(doc! { "hashed_password": { "$type": "string" } })
        .sort(doc! { "created_at": 1, "_id": 1 })
        .projection(doc! { "hashed_password": 1 })
        .limit(hashes.into())
        .max_time(SURVEY_LIMIT);
    let (mixed_case, oldest) = tokio::join!(db.all(mixed_case), db.all(oldest));
    let (mixed_case, all_seen) = in_time(mixed_case)?;
    let (oldest, _) = in_time(oldest)?;
    Ok(Survey {
        is_complete: all_seen && mixed_case.len() < addresses as usize,
        mixed_case: texts(&mixed_case, "email")
            .map(Email::from_stored)
            .collect(),
        hashes: texts(&oldest, "hashed_password")
            .map(PasswordHash::from_phc)
            .collect(),
    })
}

/// What was found, and whether there was time to find all.
fn in_time(found: Result<Vec<Document>>) -> Result<(Vec<Document>, bool)> {
    match found {
        Err(StoreError::TooBroad) => Ok((Vec::new(), false)),
        found => Ok((found?, true)),
    }
}

fn texts<'a>(documents: &'a [Document], field: &'a str) -> impl Iterator<Item = String> + 'a {
    let texts = documents
        .iter()
        .filter_map(move |document| document.get_str(field).ok());
    texts.map(str::to_owned)
}
