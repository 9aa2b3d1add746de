//! Maintenance of the database itself: checking it, inspecting its schema and accounts, and removing what has expired.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mongodb::Collection;
use mongodb::bson::{Document, doc};

use super::db::Db;
use super::documents::{date, moment};
use super::out::OUT;
use super::{Mongo, indexes, known_time, login_method_index, repair, sessions, undos};
use crate::model::{Email, EventKind, PasswordHash, SweepRule};
use crate::store::{
    Damage, DatabaseStatus, Inspection, Result, RowCount, StoreError, Survey, UpkeepStore,
};

/// How long a survey of the accounts may take.
const SURVEY_LIMIT: Duration = Duration::from_secs(2);

/// How often identities are completed. Others may only be written by the Python package.
const COMPLETE_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// When this process completed the identities last, in milliseconds since 1970.
#[derive(Default)]
pub(super) struct Upkeep(AtomicI64);

impl Upkeep {
    /// Returns whether it is time again. The clock may have been set back.
    fn is_due(&self, now: Timestamp) -> bool {
        let since = now.as_millisecond() - self.0.load(Ordering::Relaxed);
        !(0..COMPLETE_EVERY.as_millis()).contains(&since.into())
    }

    fn is_done(&self, now: Timestamp) {
        self.0.store(now.as_millisecond(), Ordering::Relaxed);
    }
}

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
        // It is expired from the start, so the sweep or the TTL index of its collection deletes it.
        let update = doc! {
            "$inc": { "tries": 1 },
            "$set": { "expires_at": date(jiff::Timestamp::UNIX_EPOCH) },
        };
        let probe = db.caps.update_one(doc! { "_id": "write probe" }, update);
        db.write(probe.upsert(true)).await.map(drop)
    }

    /// Returns no damage: the server checks its files itself.
    async fn damage(&self) -> Result<Damage> {
        Ok(Damage::default())
    }

    async fn status(&self) -> Result<DatabaseStatus> {
        let db = self.connection.connect().await?;
        let info = db.run(doc! { "buildInfo": 1 }).await?;
        let version = info.get_str("version").unwrap_or("unknown");
        let started = Instant::now();
        db.run(ping()).await?;
        let round_trip = started.elapsed();
        let hello = db.hello().await?;
        let clock = hello.get_datetime("localTime").ok();
        Ok(DatabaseStatus {
            engine: match lookalike(&self.connection.name(), &hello, &info) {
                Some(product) => format!("{product} (as {})", engine(version)),
                None => engine(version),
            },
            place: self.connection.name(),
            topology: Some(topology(&hello)),
            clock: clock.copied().map(moment),
            round_trip,
            free_bytes: None,
            log_bytes: None,
        })
    }

    /// The server aborts a search that takes too long; then it is unknown whether there is more.
    async fn survey(&self, addresses: u32, hashes: u32) -> Result<Survey> {
        let db = self.connection.connect().await?;
        // To the server, 0 means no limit.
        let mixed = if addresses == 0 {
            doc! { "_id": null }
        } else {
            doc! { "email": { "$regex": "[A-Z]" } }
        };
        let mixed_case = db
            .users
            .find(mixed)
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
        let beyond_ascii = if addresses == 0 {
            doc! { "_id": null }
        } else {
            doc! { "email": { "$regex": "[^ -~].*@" } }
        };
        let beyond_ascii = db
            .users
            .find(beyond_ascii)
            .projection(doc! { "email": 1 })
            .limit(1)
            .max_time(SURVEY_LIMIT);
        let (mixed_case, beyond_ascii, oldest) =
            tokio::join!(db.all(mixed_case), db.all(beyond_ascii), db.all(oldest));
        let (mixed_case, all_seen) = in_time(mixed_case)?;
        let (beyond_ascii, _) = in_time(beyond_ascii)?;
        let (oldest, _) = in_time(oldest)?;
        Ok(Survey {
            is_complete: all_seen && mixed_case.len() < addresses as usize,
            mixed_case: texts(&mixed_case, "email")
                .map(Email::from_stored)
                .collect(),
            beyond_ascii: texts(&beyond_ascii, "email").next().map(Email::from_stored),
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
            &db.sessions,
            &db.failures,
            &db.identities,
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
            topology: Some(topology(&db.hello().await?)),
            schema: indexes::inspect(&db, self.connection.server()).await?,
            rows,
            bytes: whole(&stats, "totalSize"),
        })
    }

    async fn ready(&self) -> Result<()> {
        self.connection.prepared().await
    }

    async fn settled(&self) {
        if let Some(db) = self.connection.reached() {
            db.tidy.work().await;
        }
    }

    async fn migrate(&self) -> Result<Vec<String>> {
        let db = self.connection.connect().await?;
        indexes::ensure(&db, self.connection.server()).await
    }

    /// TTL indexes delete most of this too, by the server's clock and at some later time. Nothing depends on either.
    async fn sweep(&self, rule: SweepRule) -> Result<u64> {
        let db = self.db().await?;
        Box::pin(repair::repair(db)).await?;
        let rule = rule.trusting(known_time::get(db).await?);
        let now = date(rule.now);
        let by = |field: &str, until| doc! { field: { "$lte": date(until) } };
        let mut failed = by("failed_at", rule.failed_messages_until());
        failed.insert("state", "failed");
        let mut removed = 0;
        for (collection, expired) in [
            (&db.pending, by("expires_at", rule.now)),
            (&db.revoked, sessions::ended(rule.now)),
            (&db.sessions, by("expires_at", rule.sessions_until())),
            (&db.challenges, by("expires_at", rule.challenges_until())),
            (&db.codes, by("expires_at", rule.now)),
            (&db.failures, by("when", rule.attempts_until())),
            (&db.caps, by("expires_at", rule.now)),
            (&db.requests, by("expires_at", rule.now)),
            (&db.budgets, by("expires_at", rule.now)),
            (&db.oauth_states, by("expires_at", rule.now)),
            (
                &db.service_keys,
                by("expires_at", rule.service_keys_until()),
            ),
            (&db.outbox, failed),
            (&db.events, by("at", rule.events_until())),
        ] {
            removed += db.remove(collection, expired).await?;
        }
        removed += undos::sweep(db, rule.now).await?;
        let of_kind = |kind: EventKind| doc! { "kind": kind.as_str() };
        let failed = of_kind(EventKind::LoginFailed);
        let refused = of_kind(EventKind::LoginRefused);
        let most = rule.ceilings;
        for (collection, kind, field, most) in [
            (&db.pending, doc! {}, "created_at", most.pending),
            (&db.caps, doc! {}, "expires_at", most.counted_messages),
            (&db.failures, doc! {}, "when", most.failed_logins),
            (&db.oauth_states, doc! {}, "expires_at", most.oauth_states),
            (&db.requests, doc! {}, "expires_at", most.counted_requests),
            (&db.events, failed, "at", most.failed_logins),
            (&db.events, refused, "at", most.failed_logins),
        ] {
            removed += bound(db, collection, &kind, field, most).await?;
        }
        // Documents that only record that something existed are not counted.
        let done = doc! { "state": "done", "forget_at": { "$lte": now } };
        db.remove(&db.outbox, done).await?;
        let idle = doc! { "expires_at": { "$lte": now }, OUT: { "$exists": false } };
        db.remove(&db.guard, idle).await?;
        if self.upkeep.is_due(rule.now) {
            login_method_index::complete_all(db).await?;
            self.upkeep.is_done(rule.now);
        }
        Ok(removed)
    }
}

/// How many documents are deleted at a time if there are too many.
const BATCH: u64 = 500;

/// Deletes the oldest documents of a kind beyond `most`. Returns how many.
async fn bound(
    db: &Db,
    collection: &Collection<Document>,
    kind: &Document,
    field: &str,
    most: u64,
) -> Result<u64> {
    let mut removed = 0;
    loop {
        // Count no further than one batch needs.
        let count = collection.count_documents(kind.clone());
        let excess = db
            .read(count.limit(most + BATCH))
            .await?
            .saturating_sub(most);
        if excess == 0 {
            break;
        }
        let oldest = collection.find(kind.clone()).sort(doc! { field: 1 });
        let oldest = oldest.projection(doc! { "_id": 1 });
        let oldest = db.all(oldest.limit(excess.cast_signed())).await?;
        let ids: Vec<_> = oldest.iter().filter_map(|found| found.get("_id")).collect();
        let gone = collection.delete_many(doc! { "_id": { "$in": ids } });
        let gone = db.write(gone).await?.deleted_count;
        removed += gone;
        if gone == 0 || excess < BATCH {
            break;
        }
    }
    if removed > 0 {
        let name = collection.name();
        tracing::warn!(
            removed,
            most,
            "too many documents in {name}: the oldest were removed"
        );
    }
    Ok(removed)
}

/// Returns the display name of the engine.
fn engine(version: &str) -> String {
    format!("MongoDB {version}")
}

/// A command that every server answers at once.
fn ping() -> Document {
    doc! { "ping": 1 }
}

fn topology(hello: &Document) -> String {
    match (hello.get_str("setName"), hello.get_str("msg")) {
        (Ok(name), _) => format!("replica set {name}"),
        (_, Ok("isdbgrid")) => "sharded cluster".to_owned(),
        _ => "standalone".to_owned(),
    }
}

/// Returns the name of a different product that speaks MongoDB's protocol, if its hosts or responses reveal one.
fn lookalike(place: &str, hello: &Document, build_info: &Document) -> Option<&'static str> {
    let hosts = place.to_ascii_lowercase();
    let names = |suffix: &str| hosts.contains(suffix);
    // Leave out some fields: a server's own names are its owner's choice.
    let internal = hello.get("internal").map(ToString::to_string);
    let said = format!("{build_info} {internal:?}").to_ascii_lowercase();
    if names(".docdb.amazonaws.com") || names(".docdb-elastic.amazonaws.com") {
        Some("Amazon DocumentDB")
    } else if said.contains("ferretdb") {
        Some("FerretDB")
    } else if names(".mongocluster.cosmos.azure.com") || said.contains("documentdb") {
        Some("Microsoft DocumentDB")
    } else if names(".cosmos.azure.com") || build_info.contains_key("_t") {
        Some("Azure Cosmos DB")
    } else {
        None
    }
}

/// Returns a number, which servers report in different types.
fn whole(document: &Document, field: &str) -> Option<u64> {
    let number = document.get(field)?;
    let text = number.to_string();
    text.split('.').next()?.parse().ok()
}

/// Returns what was found, and whether the search was complete.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_that_only_speak_the_protocol_are_told_by_hosts_and_answers() {
        let nothing = Document::new();
        let genuine = doc! { "version": "7.0.28", "gitVersion": "abc" };
        let of = |place: &str, hello: &Document, info: &Document| lookalike(place, hello, info);
        for (place, product) in [
            ("documentdb.example.com:27017/app", None),
            ("db1.example.com,db2.example.com/app", None),
            ("cluster0.abcde.mongodb.net/app", None),
            (
                "app.cluster-x.eu-west-1.docdb.amazonaws.com:27017/app",
                Some("Amazon DocumentDB"),
            ),
            (
                "app.mongocluster.cosmos.azure.com/app",
                Some("Microsoft DocumentDB"),
            ),
            (
                "app.mongo.cosmos.azure.com:10255/app",
                Some("Azure Cosmos DB"),
            ),
        ] {
            assert_eq!(of(place, &nothing, &genuine), product, "{place}");
        }
        let gateway = doc! { "msg": "isdbgrid", "internal": { "documentdb_versions": ["0.108"] } };
        let microsofts = of("localhost/app", &gateway, &genuine);
        assert_eq!(microsofts, Some("Microsoft DocumentDB"));
        let ferret = doc! { "version": "7.0.77", "ferretdb": { "version": "v2.0.0" } };
        assert_eq!(of("localhost/app", &nothing, &ferret), Some("FerretDB"));
        let owners = doc! { "setName": "documentdb", "me": "ferretdb:27017" };
        assert_eq!(of("localhost/app", &owners, &genuine), None);
    }
}
