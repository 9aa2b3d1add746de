//! What is behind a URL: server, topology, indexes, how much there is. Changes nothing.

use mongodb::bson::{Document, doc};

use super::connection::{Connection, Db};
use super::indexes;
use crate::store::{Inspection, Result, RowCount};

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
        topology: Some(topology(&db).await?),
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

async fn topology(db: &Db) -> Result<String> {
    let hello = db
        .read(db.database.run_command(doc! { "hello": 1 }))
        .await?;
    Ok(match (hello.get_str("setName"), hello.get_str("msg")) {
        (Ok(name), _) => format!("replica set {name}"),
        (_, Ok("isdbgrid")) => "sharded cluster".to_owned(),
        _ => "standalone".to_owned(),
    })
}
