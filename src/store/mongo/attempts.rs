//! Login attempts: reservations, failures and the lockout they add up to.
//!
//! One guard document an address, so that one update decides: its entries are attempts, under way or failed. Failures stand
//! in the Python package's collection too, each with the id of its entry, and there the package's own failures are found.
//! A failure is written there before its entry says so; so an entry that says so and has no row any more was forgiven by a
//! login on the package's side, unless the row was old enough for the server to remove it.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{DateTime, Document, doc};

use super::db::Db;
use super::documents::{Fields, date, moment, oid, without_nulls};
use super::out::Out;
use super::relay::relay;
use super::{Mongo, known_time};
use crate::model::moment::after;
use crate::model::{
    AttemptHistory, Email, Event, Id, LockoutRule, LockoutState, PastAttempt, Reservation,
};
use crate::store::{Attempt, AttemptStore, Effects, Result};

#[async_trait]
impl AttemptStore for Mongo {
    async fn reserve_attempt(&self, attempt: Attempt, rule: LockoutRule) -> Result<Reservation> {
        let db = self.db().await?;
        let (key, now) = (attempt.email.key(), attempt.started_at);
        let mut rows = Rows::of(db, &key, rule, now).await?;
        rows.settle_future(db, &key, now).await?;
        let entry = doc! { "id": oid(attempt.id), "at": date(now), "failed": false };
        // Of those that matter, all but failures that left a window shorter than a reservation lives.
        let running = doc! { "$and": [{ "$not": ["$$this.failed"] }, { "$not": [is_stale(now)] }] };
        let counts = doc! { "$or": [counts_after(rule, now), running] };
        let fits = doc! { "$lt": [rows.count(counts, rule, now), i64::from(rule.threshold())] };
        let added = doc! { "$concatArrays": ["$entries", [entry]] };
        let update = vec![
            rows.keep_living(rule, now),
            doc! { "$set": { "entries": { "$cond": [fits, added, "$entries"] } } },
        ];
        let guard = db.upsert(&db.guard, doc! { "_id": &key }, update).await?;
        let entries = entries(guard.as_ref())?;
        if entries.iter().any(|entry| entry.id == oid(attempt.id)) {
            return Ok(Reservation::Granted);
        }
        Ok(match rows.judge(&entries, rule, now).reservation() {
            // There was no room when it was asked for.
            Reservation::Granted => Reservation::Busy,
            refused => refused,
        })
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
        let rows = Rows::of(db, &key, rule, now).await?;
        let id = oid(attempt.id);
        let row = without_nulls(doc! {
            "_id": id,
            "email": &key,
            "when": date(attempt.started_at),
            "guard_id": id,
            "ip": attempt.ip.map(|ip| ip.to_string()),
        });
        db.write_unique(db.failures.insert_one(row)).await?;
        // An attempt whose reservation was cleared meanwhile did fail, and is entered again.
        let others =
            doc! { "$filter": { "input": "$entries", "cond": { "$ne": ["$$this.id", id] } } };
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

/// How many addresses one answer takes as locked out at most.
const MAX_LOCKED: i64 = 10_000;

/// What the Python package's collection says of an address.
struct Rows {
    /// When attempts failed that the package counted itself.
    foreign: Vec<DateTime>,
    /// Entries that failed, and were forgiven by the package since.
    forgiven: Vec<ObjectId>,
}

impl Rows {
    async fn of(db: &Db, key: &str, rule: LockoutRule, now: Timestamp) -> Result<Self> {
        let since = rule.attempts_matter_after(now);
        // The guard first: what failed by then has its row by now.
        let guard = db.read(db.guard.find_one(doc! { "_id": key })).await?;
        let newer = doc! { "email": key, "when": { "$gt": date(since) } };
        let rows = db.all(db.failures.find(newer)).await?;
        let mut present = Vec::new();
        let mut foreign = Vec::new();
        for row in &rows {
            match (row.get_object_id("guard_id"), row.get_datetime("when")) {
                (Ok(entry), _) => present.push(entry),
                (Err(_), Ok(when)) => foreign.push(*when),
                _ => {}
            }
        }
        let mut gone = entries(guard.as_ref())?;
        gone.retain(|entry| entry.failed && entry.at > date(since) && !present.contains(&entry.id));
        // A server whose clock is fast removes rows by age that count still: nobody forgave those.
        if !gone.is_empty()
            && let Some(clock) = known_time::clock(db).await?
        {
            let aged = date(rule.failures_count_after(moment(clock)));
            gone.retain(|entry| entry.at > aged);
        }
        let forgiven = gone.into_iter().map(|entry| entry.id).collect();
        Ok(Self { foreign, forgiven })
    }

    /// The package's failures of the future, from before the clock was put back, count as now: their time passes from here on.
    async fn settle_future(&mut self, db: &Db, key: &str, now: Timestamp) -> Result<()> {
        let now = date(now);
        if self.foreign.iter().all(|at| *at <= now) {
            return Ok(());
        }
        let future =
            doc! { "email": key, "when": { "$gt": now }, "guard_id": { "$exists": false } };
        let settle = doc! { "$set": { "when": now } };
        db.write(db.failures.update_many(future, settle)).await?;
        for at in &mut self.foreign {
            *at = (*at).min(now);
        }
        Ok(())
    }

    /// Judges the attempts at the address, those of the package included.
    fn judge(&self, entries: &[Entry], rule: LockoutRule, now: Timestamp) -> AttemptHistory {
        let own = entries.iter().map(|entry| PastAttempt {
            started_at: moment(entry.at),
            failed: entry.failed,
        });
        let foreign = self.foreign.iter().map(|at| PastAttempt {
            started_at: moment(*at),
            failed: true,
        });
        rule.judge(own.chain(foreign), now)
    }

    /// How many entries meet a condition, and how many failures of the package count, inside an update.
    fn count(&self, condition: Document, rule: LockoutRule, now: Timestamp) -> Document {
        let own = doc! { "$size": { "$filter": { "input": "$entries", "cond": condition } } };
        let foreign = self.judge(&[], rule, now).state().failures;
        doc! { "$add": [own, i64::from(foreign)] }
    }

    /// The stage of an update that keeps the entries that matter, and the document for a day longer than those: its copies
    /// may be late.
    fn keep_living(&self, rule: LockoutRule, now: Timestamp) -> Document {
        let since = date(rule.attempts_matter_after(now));
        let recent = doc! { "$gt": ["$$this.at", since] };
        let forgiven = doc! { "$in": ["$$this.id", self.forgiven.clone()] };
        let living = doc! { "$filter": {
            // Those of the future, from before the clock was put back, count as started now: their time passes from here on.
            "input": { "$map": {
                "input": { "$ifNull": ["$entries", []] },
                "in": {
                    "id": "$$this.id",
                    "at": { "$min": ["$$this.at", date(now)] },
                    "failed": "$$this.failed",
                },
            } },
            "cond": { "$and": [recent, { "$not": [forgiven] }] },
        } };
        let a_day = SignedDuration::from_hours(24);
        let a_day_later = date(after(rule.attempts_matter_until(now), a_day));
        let expires_at = doc! { "$max": ["$expires_at", a_day_later] };
        doc! { "$set": { "entries": living, "expires_at": expires_at } }
    }
}

/// The condition, inside an update, that an entry counts if it failed.
fn counts_after(rule: LockoutRule, now: Timestamp) -> Document {
    doc! { "$gt": ["$$this.at", date(rule.failures_count_after(now))] }
}

/// The condition, inside an update, that an entry counts as failed if nobody settled it.
fn is_stale(now: Timestamp) -> Document {
    doc! { "$lte": ["$$this.at", date(LockoutRule::unsettled_fail_until(now))] }
}

struct Entry {
    id: ObjectId,
    at: DateTime,
    failed: bool,
}

fn entries(guard: Option<&Document>) -> Result<Vec<Entry>> {
    let Some(guard) = guard else {
        return Ok(Vec::new());
    };
    let list = Fields::of("regstack_login_guard", guard).list("entries")?;
    let read = |entry: &Document| {
        Some(Entry {
            id: entry.get_object_id("id").ok()?,
            at: *entry.get_datetime("at").ok()?,
            failed: entry.get_bool("failed").ok()?,
        })
    };
    Ok(list.into_iter().filter_map(read).collect())
}

/// After a success: forgets the failures of the address and the attempt that succeeded. Others under way stay reserved.
///
/// The rows go first: without them the entries are as good as gone, should this end here.
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

/// How many attempts stand against an address, whether they still count or not.
pub(super) async fn recorded(db: &Db, email: &Email) -> Result<usize> {
    let key = email.key();
    let (guard, rows) = tokio::try_join!(
        db.read(db.guard.find_one(doc! { "_id": &key })),
        db.read(db.failures.count_documents(doc! { "email": &key }).limit(1)),
    )?;
    Ok(entries(guard.as_ref())?.len() + usize::from(rows > 0))
}

/// Forgets all attempts at an address.
pub(super) async fn clear(db: &Db, email: &Email) -> Result<()> {
    let key = email.key();
    db.clear(&db.failures, doc! { "email": &key }).await?;
    // The document stays: events may wait in it.
    let update = doc! { "$set": { "entries": [] } };
    db.again(|| db.guard.update_one(doc! { "_id": &key }, update.clone()))
        .await?;
    Ok(())
}

/// The addresses that are locked out, in lower case.
pub(super) async fn locked_addresses(
    db: &Db,
    rule: LockoutRule,
    now: Timestamp,
) -> Result<Vec<String>> {
    let counted_after = date(rule.failures_count_after(now));
    let stale = date(LockoutRule::unsettled_fail_until(now));
    // Failures by their rows, the Python package's among them, and reservations that nobody settled by their entries.
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
