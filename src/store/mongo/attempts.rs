//! Login attempts: reservations, failures, and the lockout that results from them.
//!
//! Each email address has one guard document, so that a single update decides. Its entries are attempts, running or
//! failed. Failures are also rows in the Python package's collection, each with the id of its entry, and the package's
//! own failures are read from there. The row of a failure is written before its entry is marked as failed. So if a
//! failed entry has no row any more, a login on the package's side cleared it, unless the row was old enough for the
//! server to remove it.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};

use super::Mongo;
use super::attempt_rows::{Entry, Found, Rows, entries};
use super::db::Db;
use super::documents::{Fields, date, oid, without_nulls};
use super::out::Out;
use super::relay::relay;
use crate::model::{Email, Event, Id, LockoutRule, LockoutState, Reservation};
use crate::store::{Attempt, AttemptStore, Effects, Result};

#[async_trait]
impl AttemptStore for Mongo {
    async fn reserve_attempt(&self, attempt: Attempt, rule: LockoutRule) -> Result<Reservation> {
        let db = self.db().await?;
        let (key, now) = (attempt.email.key(), attempt.started_at);
        // Most addresses have no failures on the package's side, and none that it forgave: taken for granted, and looked up
        // at the same time. Whatever it forgave only makes more room.
        let none = Rows::default();
        let (reserved, found) = tokio::join!(
            reserve(db, &attempt, &none, rule),
            Found::of(db, &key, rule, now),
        );
        let (reservation, entries) = reserved?;
        let found = found?;
        let is_all =
            reservation == Reservation::Granted || found.gone(&entries, rule, now).is_empty();
        if found.foreign.is_empty() && is_all {
            return Ok(reservation);
        }
        let mut rows = Rows::of(db, &key, rule, now).await?;
        rows.settle_future(db, &key, now).await?;
        let (reservation, _) = reserve(db, &attempt, &rows, rule).await?;
        Ok(reservation)
    }

    async fn fail_attempt(
        &self,
        attempt: &Attempt,
        rule: LockoutRule,
        now: Timestamp,
        failed: Event,
        locked: Event,
    ) -> Result<()> {
        let db = self.db().await?;
        let key = attempt.email.key();
        let id = oid(attempt.id);
        let row = without_nulls(doc! {
            "_id": id,
            "email": &key,
            "when": date(attempt.started_at),
            "guard_id": id,
            "ip": attempt.ip.map(|ip| ip.to_string()),
        });
        let (rows, written) = tokio::join!(
            Rows::of(db, &key, rule, now),
            db.write_unique(db.failures.insert_one(row)),
        );
        written?;
        let rows = rows?;
        // An attempt whose reservation was cleared meanwhile did fail, and is entered again.
        let others = all_but(id);
        let entry = doc! { "id": id, "at": date(attempt.started_at), "failed": true };
        let ended = doc! { "$or": ["$$this.failed", is_stale(now)] };
        let counts = doc! { "$and": [ended, counts_after(rule, now)] };
        let failures = rows.count(counts, rule, now);
        let threshold = i64::from(rule.threshold());
        let out = |event| Out::of(Effects::of_events([event]), None, None);
        let update = vec![
            rows.keep_living(rule, now),
            doc! { "$set": { "before": &failures } },
            doc! { "$set": { "entries": { "$concatArrays": [others, [entry]] } } },
            out(failed)?.stage(false),
            doc! { "$set": { "locks": { "$and": [
                { "$lt": ["$before", threshold] },
                { "$gte": [failures, threshold] },
            ] } } },
            out(locked)?.stage_if("locks"),
            doc! { "$unset": ["before", "locks"] },
        ];
        let guard = db.upsert(&db.guard, doc! { "_id": &key }, update).await?;
        relay(db, &db.guard, &guard.unwrap_or_default()).await
    }

    async fn release_attempt(&self, attempt: &Attempt) -> Result<()> {
        let db = self.db().await?;
        let key = doc! { "_id": attempt.email.key() };
        let running = doc! { "id": oid(attempt.id), "failed": false };
        let update = doc! { "$pull": { "entries": running } };
        db.write(db.guard.update_one(key, update)).await?;
        Ok(())
    }

    async fn lockout(
        &self,
        email: &Email,
        rule: LockoutRule,
        now: Timestamp,
    ) -> Result<LockoutState> {
        let db = self.db().await?;
        let key = email.key();
        let rows = Rows::of(db, &key, rule, now).await?;
        let guard = db.read(db.guard.find_one(doc! { "_id": &key })).await?;
        let mut entries = entries(guard.as_ref())?;
        entries.retain(|entry| !rows.forgiven.contains(&entry.id));
        Ok(rows.judge(&entries, rule, now).state())
    }
}

/// How many email addresses a query treats as locked out at most.
const MAX_LOCKED: i64 = 10_000;

/// Reserves an attempt in addition to the recorded ones. Returns the result and the entries after it. A repetition decides
/// anew.
async fn reserve(
    db: &Db,
    attempt: &Attempt,
    rows: &Rows,
    rule: LockoutRule,
) -> Result<(Reservation, Vec<Entry>)> {
    let (id, now) = (oid(attempt.id), attempt.started_at);
    let entry = doc! { "id": id, "at": date(now), "failed": false };
    // Of those that matter, all but failures that left a window shorter than a reservation lives.
    let running = doc! { "$and": [{ "$not": ["$$this.failed"] }, { "$not": [is_stale(now)] }] };
    let counts = doc! { "$or": [counts_after(rule, now), running] };
    let fits = doc! { "$lt": [rows.count(counts, rule, now), i64::from(rule.threshold())] };
    let added = doc! { "$concatArrays": ["$entries", [entry]] };
    let update = vec![
        rows.keep_living(rule, now),
        doc! { "$set": { "entries": all_but(id) } },
        doc! { "$set": { "entries": { "$cond": [fits, added, "$entries"] } } },
    ];
    let key = doc! { "_id": attempt.email.key() };
    let guard = db.upsert(&db.guard, key, update).await?;
    let entries = entries(guard.as_ref())?;
    if entries.iter().any(|entry| entry.id == id) {
        return Ok((Reservation::Granted, entries));
    }
    let reservation = match rows.judge(&entries, rule, now).reservation() {
        // There was no room when it was asked for.
        Reservation::Granted => Reservation::Busy,
        refused => refused,
    };
    Ok((reservation, entries))
}

/// The entries but one, inside an update.
fn all_but(id: ObjectId) -> Document {
    doc! { "$filter": { "input": "$entries", "cond": { "$ne": ["$$this.id", id] } } }
}

/// Returns the condition, for an update, that an entry counts if it failed.
fn counts_after(rule: LockoutRule, now: Timestamp) -> Document {
    doc! { "$gt": ["$$this.at", date(rule.failures_count_after(now))] }
}

/// Returns the condition, for an update, that an entry counts as failed although nobody settled it.
fn is_stale(now: Timestamp) -> Document {
    doc! { "$lte": ["$$this.at", date(LockoutRule::unsettled_fail_until(now))] }
}

/// After a success: forgets the failures of the address and the attempt that succeeded. Others under way stay reserved.
///
/// The rows are deleted first: without them the entries no longer count, should the process die here.
pub(super) async fn succeed(
    db: &Db,
    email: &Email,
    attempt: Option<Id>,
    now: Timestamp,
) -> Result<()> {
    let key = email.key();
    db.clear(&db.failures, doc! { "email": &key }).await?;
    let mut stays = vec![
        doc! { "$not": ["$$this.failed"] },
        doc! { "$not": [is_stale(now)] },
    ];
    stays.extend(attempt.map(|attempt| doc! { "$ne": ["$$this.id", oid(attempt)] }));
    let update = vec![doc! { "$set": { "entries": {
        "$filter": { "input": { "$ifNull": ["$entries", []] }, "cond": { "$and": stays } },
    } } }];
    db.again(|| db.guard.update_one(doc! { "_id": &key }, update.clone()))
        .await?;
    Ok(())
}

/// Returns how many attempts are recorded for an email address, whether they still count or not.
pub(super) async fn recorded(db: &Db, email: &Email) -> Result<usize> {
    let key = email.key();
    let (guard, rows) = tokio::try_join!(
        db.read(db.guard.find_one(doc! { "_id": &key })),
        db.read(db.failures.count_documents(doc! { "email": &key }).limit(1)),
    )?;
    Ok(entries(guard.as_ref())?.len() + usize::from(rows > 0))
}

/// Forgets all attempts for an email address.
pub(super) async fn clear(db: &Db, email: &Email) -> Result<()> {
    let key = email.key();
    db.clear(&db.failures, doc! { "email": &key }).await?;
    // Keep the document: events may wait in it.
    let update = doc! { "$set": { "entries": [] } };
    db.again(|| db.guard.update_one(doc! { "_id": &key }, update.clone()))
        .await?;
    Ok(())
}

/// Returns the email addresses that are locked out, in lower case.
pub(super) async fn locked_addresses(
    db: &Db,
    rule: LockoutRule,
    now: Timestamp,
) -> Result<Vec<String>> {
    let counted_after = date(rule.failures_count_after(now));
    let stale = date(LockoutRule::unsettled_fail_until(now));
    // Failures are found by their rows, which include the Python package's, and reservations that nobody settled by
    // their entries.
    let failed = db.all(db.failures.aggregate(vec![
        doc! { "$match": { "when": { "$gt": counted_after } } },
        doc! { "$group": { "_id": "$email", "failures": { "$sum": 1 } } },
        doc! { "$limit": MAX_LOCKED },
    ]));
    let left = db.all(db.guard.aggregate(vec![
        doc! { "$match": { "entries": { "$elemMatch": {
            "failed": false, "at": { "$gt": counted_after, "$lte": stale },
        } } } },
        doc! { "$unwind": "$entries" },
        doc! { "$match": { "entries.failed": false, "entries.at": { "$gt": counted_after, "$lte": stale } } },
        doc! { "$group": { "_id": "$_id", "failures": { "$sum": 1 } } },
        doc! { "$limit": MAX_LOCKED },
    ]));
    let (failed, left) = tokio::try_join!(failed, left)?;
    let mut counts = std::collections::BTreeMap::<String, u64>::new();
    for document in failed.iter().chain(&left) {
        let fields = Fields::of("login_attempts", document);
        *counts
            .entry(fields.text("_id")?.to_lowercase())
            .or_default() += fields.count("failures")?;
    }
    counts.retain(|_, failures| *failures >= u64::from(rule.threshold()));
    Ok(counts.into_keys().collect())
}
