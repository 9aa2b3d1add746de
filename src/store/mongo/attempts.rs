//! Login attempts: reservations, failures and the lockout they add up to.
//!
//! One guard document an address, so that one update decides: its entries are attempts, under way or failed. Failures stand
//! in the Python package's collection too, each with the id of its entry, and there the package's own failures are found.
//! A failure is written there before its entry says so; so an entry that says so and has no row any more was forgiven by a
//! login on the package's side.

use super::Mongo;
use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{DateTime, Document, doc};

use super::connection::Db;
use super::documents::{Fields, after, before, date, email_key, oid};
use super::relay::{Out, relay};
use crate::model::{Email, Event, Id, LockoutRule, LockoutState, RESERVATION_LIFETIME};
use crate::store::{Attempt, AttemptStore, Effects, Reservation, Result};

#[async_trait]
impl AttemptStore for Mongo {
    async fn reserve_attempt(&self, attempt: Attempt, rule: LockoutRule) -> Result<Reservation> {
        reserve(self.db().await?, &attempt, rule).await
    }

    async fn fail_attempt(
        &self,
        attempt: &Attempt,
        rule: LockoutRule,
        now: Timestamp,
        failed: Event,
        locked: Event,
    ) -> Result<()> {
        fail(self.db().await?, attempt, rule, now, failed, locked).await
    }

    async fn release_attempt(&self, attempt: &Attempt) -> Result<()> {
        release(self.db().await?, attempt).await
    }

    async fn lockout(
        &self,
        email: &Email,
        rule: LockoutRule,
        now: Timestamp,
    ) -> Result<LockoutState> {
        lockout(self.db().await?, email, rule, now).await
    }
}

/// The most addresses that one answer takes as locked out.
const MOST_LOCKED: i64 = 10_000;

/// What the Python package's collection says of an address.
struct Rows {
    /// When attempts failed that the package counted itself.
    foreign: Vec<DateTime>,
    /// Entries that failed, and were forgiven by the package since.
    forgiven: Vec<ObjectId>,
}

impl Rows {
    async fn of(db: &Db, key: &str, since: Timestamp) -> Result<Self> {
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
        let forgiven = entries(guard.as_ref())?
            .into_iter()
            .filter(|entry| entry.failed && entry.at > date(since) && !present.contains(&entry.id))
            .map(|entry| entry.id)
            .collect();
        Ok(Self { foreign, forgiven })
    }
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

/// What stands against an address at a moment.
struct Record {
    /// When the attempts that count as failed started, oldest first.
    failures: Vec<DateTime>,
}

impl Record {
    fn of(entries: &[Entry], foreign: &[DateTime], rule: LockoutRule, now: Timestamp) -> Self {
        let counted_after = date(before(now, rule.window));
        let stale = date(before(now, RESERVATION_LIFETIME));
        let is_running = |entry: &&Entry| !entry.failed && entry.at > stale;
        let failed = entries.iter().filter(|entry| !is_running(entry));
        let mut failures: Vec<DateTime> = failed
            .map(|entry| entry.at)
            .chain(foreign.iter().copied())
            .filter(|at| *at > counted_after)
            .collect();
        failures.sort_unstable();
        Self { failures }
    }

    /// Until when the failures lock, if they do: then just fewer than the threshold are left in the window.
    fn locked_until(&self, rule: LockoutRule) -> Option<Timestamp> {
        let last_to_leave = self.failures.len().checked_sub(threshold(rule))?;
        let at = self.failures[last_to_leave].timestamp_millis();
        Some(after(crate::clock::from_millis(at), rule.window))
    }
}

fn threshold(rule: LockoutRule) -> usize {
    usize::try_from(rule.threshold.max(1)).unwrap_or(usize::MAX)
}

/// As a number in an update, where one that is too large for it means no limit.
fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The moment before which neither failures nor reservations matter.
fn horizon(rule: LockoutRule, now: Timestamp) -> Timestamp {
    before(now, rule.window.max(RESERVATION_LIFETIME))
}

/// The entries that still matter.
fn living(rows: &Rows, rule: LockoutRule, now: Timestamp) -> Document {
    let recent = doc! { "$gt": ["$$this.at", date(horizon(rule, now))] };
    let forgiven = doc! { "$in": ["$$this.id", rows.forgiven.clone()] };
    doc! { "$filter": {
        "input": { "$ifNull": ["$entries", []] },
        "cond": { "$and": [recent, { "$not": [forgiven] }] },
    } }
}

/// When the document may go: a good while after its last entry stopped to matter, for its copies too.
fn expiry(rule: LockoutRule, now: Timestamp) -> Document {
    let a_day_later = after(now, rule.window.max(RESERVATION_LIFETIME));
    let a_day_later = after(a_day_later, jiff::SignedDuration::from_hours(24));
    doc! { "$max": ["$expires_at", date(a_day_later)] }
}

pub(super) async fn reserve(db: &Db, attempt: &Attempt, rule: LockoutRule) -> Result<Reservation> {
    let (key, now) = (email_key(&attempt.email), attempt.started_at);
    let rows = Rows::of(db, &key, horizon(rule, now)).await?;
    let counted_after = date(before(now, rule.window));
    let foreign = rows
        .foreign
        .iter()
        .filter(|at| **at > counted_after)
        .count();
    let entry = doc! { "id": oid(attempt.id), "at": date(now), "failed": false };
    // Of those that matter, all but failures that left a window shorter than a reservation lives.
    let stale = date(before(now, RESERVATION_LIFETIME));
    let running = doc! { "$and": [{ "$not": ["$$this.failed"] }, { "$gt": ["$$this.at", stale] }] };
    let counts = doc! { "$or": [{ "$gt": ["$$this.at", counted_after] }, running] };
    let counted = doc! { "$size": { "$filter": { "input": "$entries", "cond": counts } } };
    let fits = doc! { "$lt": [{ "$add": [counted, whole(foreign)] }, whole(threshold(rule))] };
    let update = vec![
        doc! { "$set": { "entries": living(&rows, rule, now), "expires_at": expiry(rule, now) } },
        doc! { "$set": { "entries": { "$cond": [fits, { "$concatArrays": ["$entries", [entry]] }, "$entries"] } } },
    ];
    let guard = db.upsert(&db.guard, doc! { "_id": &key }, update).await?;
    let guard = guard.unwrap_or_default();
    let entries = entries(Some(&guard))?;
    if entries.iter().any(|entry| entry.id == oid(attempt.id)) {
        return Ok(Reservation::Granted);
    }
    let record = Record::of(&entries, &rows.foreign, rule, now);
    Ok(match record.locked_until(rule) {
        Some(until) => Reservation::Locked { until },
        None => Reservation::Busy,
    })
}

pub(super) async fn fail(
    db: &Db,
    attempt: &Attempt,
    rule: LockoutRule,
    now: Timestamp,
    failed: Event,
    locked: Event,
) -> Result<()> {
    let key = email_key(&attempt.email);
    let rows = Rows::of(db, &key, horizon(rule, now)).await?;
    let id = oid(attempt.id);
    let mut row =
        doc! { "_id": id, "email": &key, "when": date(attempt.started_at), "guard_id": id };
    if let Some(ip) = attempt.ip {
        row.insert("ip", ip.to_string());
    }
    db.write_unique(db.failures.insert_one(row)).await?;
    // An attempt whose reservation was cleared meanwhile did fail, and is entered again.
    let others = doc! { "$filter": { "input": "$entries", "cond": { "$ne": ["$$this.id", id] } } };
    let entry = doc! { "id": id, "at": date(attempt.started_at), "failed": true };
    let event = |event: Event| Out::of(events(event), None, None);
    let update = vec![
        doc! { "$set": { "entries": living(&rows, rule, now), "expires_at": expiry(rule, now) } },
        doc! { "$set": { "before": failures(&rows, rule, now) } },
        doc! { "$set": { "entries": { "$concatArrays": [others, [entry]] } } },
        event(failed)?.stage(false),
        doc! { "$set": { "locks": { "$and": [
            { "$lt": ["$before", whole(threshold(rule))] },
            { "$gte": [failures(&rows, rule, now), whole(threshold(rule))] },
        ] } } },
        event(locked)?.stage_if("locks"),
        doc! { "$unset": ["before", "locks"] },
    ];
    let guard = db.upsert(&db.guard, doc! { "_id": &key }, update).await?;
    let guard = guard.unwrap_or_default();
    relay(db, &db.guard, &guard).await
}

fn events(event: Event) -> Effects {
    Effects {
        events: vec![event],
        ..Effects::default()
    }
}

/// How many failures count, those of the Python package included, inside an update.
fn failures(rows: &Rows, rule: LockoutRule, now: Timestamp) -> Document {
    let counted_after = date(before(now, rule.window));
    let stale = date(before(now, RESERVATION_LIFETIME));
    let ended = doc! { "$or": ["$$this.failed", { "$lte": ["$$this.at", stale] }] };
    let counts = doc! { "$and": [ended, { "$gt": ["$$this.at", counted_after] }] };
    let own = doc! { "$size": { "$filter": { "input": "$entries", "cond": counts } } };
    let foreign = rows
        .foreign
        .iter()
        .filter(|at| **at > counted_after)
        .count();
    doc! { "$add": [own, whole(foreign)] }
}

pub(super) async fn release(db: &Db, attempt: &Attempt) -> Result<()> {
    let key = doc! { "_id": email_key(&attempt.email) };
    let running = doc! { "id": oid(attempt.id), "failed": false };
    let update = doc! { "$pull": { "entries": running } };
    db.write(db.guard.update_one(key, update)).await?;
    Ok(())
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
    let key = email_key(email);
    db.write(db.failures.delete_many(doc! { "email": &key }))
        .await?;
    let stale = date(before(now, RESERVATION_LIFETIME));
    let mut stays = vec![
        doc! { "$not": ["$$this.failed"] },
        doc! { "$gt": ["$$this.at", stale] },
    ];
    stays.extend(attempt.map(|attempt| doc! { "$ne": ["$$this.id", oid(attempt)] }));
    let update = vec![doc! { "$set": { "entries": {
        "$filter": { "input": { "$ifNull": ["$entries", []] }, "cond": { "$and": stays } },
    } } }];
    db.write(db.guard.update_one(doc! { "_id": key }, update))
        .await?;
    Ok(())
}

/// How many attempts stand against an address, whether they still count or not.
pub(super) async fn recorded(db: &Db, email: &Email) -> Result<usize> {
    let key = email_key(email);
    let (guard, rows) = tokio::try_join!(
        db.read(db.guard.find_one(doc! { "_id": &key })),
        db.read(db.failures.count_documents(doc! { "email": &key }).limit(1)),
    )?;
    Ok(entries(guard.as_ref())?.len() + usize::from(rows > 0))
}

/// Forgets all attempts at an address.
pub(super) async fn clear(db: &Db, email: &Email) -> Result<()> {
    let key = email_key(email);
    db.write(db.failures.delete_many(doc! { "email": &key }))
        .await?;
    // The document stays: events may wait in it.
    let update = doc! { "$set": { "entries": [] } };
    db.write(db.guard.update_one(doc! { "_id": key }, update))
        .await?;
    Ok(())
}

pub(super) async fn lockout(
    db: &Db,
    email: &Email,
    rule: LockoutRule,
    now: Timestamp,
) -> Result<LockoutState> {
    let key = email_key(email);
    let rows = Rows::of(db, &key, horizon(rule, now)).await?;
    let guard = db.read(db.guard.find_one(doc! { "_id": &key })).await?;
    let mut entries = entries(guard.as_ref())?;
    entries.retain(|entry| !rows.forgiven.contains(&entry.id));
    let record = Record::of(&entries, &rows.foreign, rule, now);
    Ok(LockoutState {
        failures: u32::try_from(record.failures.len()).unwrap_or(u32::MAX),
        locked_until: record.locked_until(rule),
    })
}

/// The addresses that are locked out, in lower case.
pub(super) async fn locked_addresses(
    db: &Db,
    rule: LockoutRule,
    now: Timestamp,
) -> Result<Vec<String>> {
    let counted_after = date(before(now, rule.window));
    let stale = date(before(now, RESERVATION_LIFETIME));
    // Failures by their rows, the Python package's among them, and reservations that nobody settled by their entries.
    let failed = db.all(db.failures.aggregate(vec![
        doc! { "$match": { "when": { "$gt": counted_after } } },
        doc! { "$group": { "_id": "$email", "failures": { "$sum": 1 } } },
        doc! { "$limit": MOST_LOCKED },
    ]));
    let left = db.all(db.guard.aggregate(vec![
        doc! { "$match": { "entries": { "$elemMatch": {
            "failed": false, "at": { "$gt": counted_after, "$lte": stale },
        } } } },
        doc! { "$unwind": "$entries" },
        doc! { "$match": { "entries.failed": false, "entries.at": { "$gt": counted_after, "$lte": stale } } },
        doc! { "$group": { "_id": "$_id", "failures": { "$sum": 1 } } },
        doc! { "$limit": MOST_LOCKED },
    ]));
    let (failed, left) = tokio::try_join!(failed, left)?;
    let mut counts = std::collections::BTreeMap::<String, u64>::new();
    for document in failed.iter().chain(&left) {
        let fields = Fields::of("login_attempts", document);
        *counts
            .entry(fields.text("_id")?.to_lowercase())
            .or_default() += fields.count("failures")?;
    }
    let threshold = u64::from(rule.threshold.max(1));
    counts.retain(|_, failures| *failures >= threshold);
    Ok(counts.into_keys().collect())
}
