//! The database itself: whether it answers, what it is made of, what its accounts are like, what is swept.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use mongodb::bson::{Document, doc};

use super::db::Db;
use super::documents::{date, moment};
use super::out::OUT;
use super::{Mongo, indexes, repair};
use crate::model::{Email, PasswordHash, SweepRule};
use crate::store::{DatabaseStatus, Inspection, Result, RowCount, StoreError, Survey, UpkeepStore};

/// How long a survey of the accounts may take.
const SURVEY_LIMIT: Duration = Duration::from_secs(2);

#[async_trait]
impl UpkeepStore for Mongo {
    fn engine(&self) -> String {
        engine(self.connection.version().unwrap_or("not reached yet"))
    }

    async fn ping(&self) -> Result<()> {
        self.db().await?.run(ping()).await.map(drop)
    }

    async fn try_write(&self) -> Result<()> {
        let db = self.connection.connect().await?;
        // Expired from the beginning: the sweep, or the index of its collection, removes it.
        let update = doc! {
            "$inc": { "tries": 1 },
            "$set": { "expires_at": date(jiff::Timestamp::UNIX_EPOCH) },
        };
        let probe = db.caps.update_one(doc! { "_id": "write probe" }, update);
        db.write(probe.upsert(true)).await.map(drop)
    }

    /// The server looks after its files by itself.
    async fn damage(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    async fn status(&self) -> Result<DatabaseStatus> {
        let db = self.connection.connect().await?;
        let version = db.version().await?;
        let started = Instant::now();
        db.run(ping()).await?;
        let round_trip = started.elapsed();
        let hello = hello(&db).await?;
        let clock = hello.get_datetime("localTime").ok();
        Ok(DatabaseStatus {
            engine: engine(&version),
            place: self.connection.name(),
            topology: Some(topology(&hello)),
            clock: clock.copied().map(moment),
            round_trip,
        })
    }

    /// The server ends what takes too long; then it is not known whether there is more.
    async fn survey(&self, addresses: u32, hashes: u32) -> Result<Survey> {
        let db = self.connection.connect().await?;
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

    async fn inspect(&self) -> Result<Inspection> {
        let db = self.connection.connect().await?;
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
        let stats = db.run(doc! { "dbStats": 1 }).await?;
        Ok(Inspection {
            engine: engine(&db.version().await?),
            place: self.connection.name(),
            topology: Some(topology(&hello(&db).await?)),
            schema: indexes::inspect(&db, self.connection.server()).await?,
            rows,
            bytes: whole(&stats, "totalSize"),
        })
    }

    async fn migrate(&self) -> Result<Vec<String>> {
        let db = self.connection.connect().await?;
        indexes::ensure(&db, self.connection.server()).await
    }

    /// TTL indexes remove most of this too, by the server's clock and in its own time; nothing depends on either.
    async fn sweep(&self, rule: SweepRule) -> Result<u64> {
        let db = self.db().await?;
        Box::pin(repair::repair(db)).await?;
        let now = date(rule.now);
        let by = |field: &str, until| doc! { field: { "$lte": date(until) } };
        let mut failed = by("failed_at", rule.failed_messages_until());
        failed.insert("state", "failed");
        let mut removed = 0;
        for (collection, expired) in [
            (&db.pending, by("expires_at", rule.now)),
            (&db.revoked, by("exp", rule.now)),
            (&db.codes, by("expires_at", rule.now)),
            (&db.failures, by("when", rule.attempts_until())),
            (&db.caps, by("expires_at", rule.now)),
            (&db.budgets, by("expires_at", rule.now)),
            (&db.outbox, failed),
            (&db.events, by("at", rule.events_until())),
        ] {
            removed += db.remove(collection, expired).await?;
        }
        // What only marks that something was there is not counted.
        let done = doc! { "state": "done", "forget_at": { "$lte": now } };
        db.remove(&db.outbox, done).await?;
        let idle = doc! { "expires_at": { "$lte": now }, OUT: { "$exists": false } };
        db.remove(&db.guard, idle).await?;
        Ok(removed)
    }
}

/// The engine's name for people.
fn engine(version: &str) -> String {
    format!("MongoDB {version}")
}

/// A command that every server answers within a moment.
fn ping() -> Document {
    doc! { "ping": 1 }
}

async fn hello(db: &Db) -> Result<Document> {
    db.run(doc! { "hello": 1 }).await
}

fn topology(hello: &Document) -> String {
    match (hello.get_str("setName"), hello.get_str("msg")) {
        (Ok(name), _) => format!("replica set {name}"),
        (_, Ok("isdbgrid")) => "sharded cluster".to_owned(),
        _ => "standalone".to_owned(),
    }
}

/// A number that servers give in whatever type.
fn whole(document: &Document, field: &str) -> Option<u64> {
    let number = document.get(field)?;
    let text = number.to_string();
    text.split('.').next()?.parse().ok()
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
