//! What has expired, and is removed. TTL indexes do it too, by the server's clock and in its own time; nothing depends on
//! either.

use jiff::Timestamp;
use mongodb::Collection;
use mongodb::bson::{Document, doc};

use super::connection::Db;
use super::documents::{before, date};
use super::relay::{OUT, relay_all};
use crate::model::RESERVATION_LIFETIME;
use crate::store::{Result, SweepRule};

/// How many documents one step removes, so that none takes long.
const BATCH: i64 = 500;

/// Removes what has expired, and finishes what was left behind; how many documents that held anything are gone.
pub(super) async fn run(db: &Db, rule: SweepRule) -> Result<u64> {
    Box::pin(relay_all(db)).await?;
    let now = date(rule.now);
    let by = |age| date(before(rule.now, age));
    let attempts = rule.lockout_window.max(RESERVATION_LIFETIME);
    let expired = [
        (&db.pending, doc! { "expires_at": { "$lte": now } }),
        (&db.revoked, doc! { "exp": { "$lte": now } }),
        (&db.codes, doc! { "expires_at": { "$lte": now } }),
        (&db.failures, doc! { "when": { "$lte": by(attempts) } }),
        (&db.caps, doc! { "expires_at": { "$lte": now } }),
        (&db.budgets, doc! { "expires_at": { "$lte": now } }),
        (
            &db.outbox,
            doc! { "state": "failed", "failed_at": { "$lte": by(rule.failed_messages) } },
        ),
        (&db.events, doc! { "at": { "$lte": by(rule.events) } }),
    ];
    let mut removed = 0;
    for (collection, condition) in expired {
        removed += remove(db, collection, condition).await?;
    }
    // What only marks that something was.
    let done = doc! { "state": "done", "forget_at": { "$lte": now } };
    remove(db, &db.outbox, done).await?;
    let idle = doc! { "expires_at": { "$lte": now }, OUT: { "$exists": false } };
    remove(db, &db.guard, idle).await?;
    Ok(removed)
}

/// Removes the revocations of tokens that have expired.
pub(super) async fn revocations(db: &Db, now: Timestamp) -> Result<u64> {
    remove(db, &db.revoked, doc! { "exp": { "$lte": date(now) } }).await
}

async fn remove(db: &Db, collection: &Collection<Document>, condition: Document) -> Result<u64> {
    let mut removed = 0;
    loop {
        let found = collection.find(condition.clone());
        let expired = db
            .all(found.projection(doc! { "_id": 1 }).limit(BATCH))
            .await?;
        let ids: Vec<_> = expired
            .iter()
            .filter_map(|document| document.get("_id"))
            .collect();
        if ids.is_empty() {
            return Ok(removed);
        }
        let mut still = condition.clone();
        still.insert("_id", doc! { "$in": ids });
        removed += db.write(collection.delete_many(still)).await?.deleted_count;
        if expired.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
            return Ok(removed);
        }
    }
}
