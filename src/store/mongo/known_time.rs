//! What is known about the time without trusting this machine's clock.

use jiff::Timestamp;
use mongodb::Collection;
use mongodb::bson::{DateTime, Document, doc};

use super::db::Db;
use super::documents::moment;
use crate::store::{Result, StoreError};

/// Returns the latest moment that has certainly passed, by the server's clock or the newest row.
pub(super) async fn get(db: &Db) -> Result<Option<Timestamp>> {
    let clock = clock(db).await?;
    let newest = async |collection: &Collection<Document>, field: &str| {
        let newest = collection.find_one(doc! { field: { "$type": "date" } });
        let newest = db.read(newest.sort(doc! { field: -1 })).await?;
        Ok::<_, StoreError>(newest.and_then(|row| row.get_datetime(field).ok().copied()))
    };
    let (event, account) =
        tokio::try_join!(newest(&db.events, "at"), newest(&db.users, "created_at"))?;
    Ok(clock.max(event).max(account).map(moment))
}

/// Returns the time of the server's clock, if the server reports it.
pub(super) async fn clock(db: &Db) -> Result<Option<DateTime>> {
    Ok(db.hello().await?.get_datetime("localTime").ok().copied())
}
