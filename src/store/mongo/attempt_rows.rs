//! The attempts that count against an email address: the entries of its guard, and the failures in the Python package's
//! collection.

use jiff::{SignedDuration, Timestamp};
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{DateTime, Document, doc};

use super::db::Db;
use super::documents::{Fields, date, moment};
use super::known_time;
use crate::model::moment::after;
use crate::model::{AttemptHistory, LockoutRule, PastAttempt};
use crate::store::Result;

/// The rows of an email address in the Python package's collection.
pub(super) struct Found {
    /// When attempts failed that the package counted itself.
    pub(super) foreign: Vec<DateTime>,
    /// The entries that have a row.
    present: Vec<ObjectId>,
}

impl Found {
    pub(super) async fn of(db: &Db, key: &str, rule: LockoutRule, now: Timestamp) -> Result<Self> {
        let since = rule.attempts_matter_after(now);
        let newer = doc! { "email": key, "when": { "$gt": date(since) } };
        let (mut foreign, mut present) = (Vec::new(), Vec::new());
        for row in &db.all(db.failures.find(newer)).await? {
            match (row.get_object_id("guard_id"), row.get_datetime("when")) {
                (Ok(entry), _) => present.push(entry),
                (Err(_), Ok(when)) => foreign.push(*when),
                _ => {}
            }
        }
        Ok(Self { foreign, present })
    }

    /// The entries that failed and have no row.
    pub(super) fn gone(&self, entries: &[Entry], rule: LockoutRule, now: Timestamp) -> Vec<Entry> {
        let since = date(rule.attempts_matter_after(now));
        let is_gone =
            |entry: &&Entry| entry.failed && entry.at > since && !self.present.contains(&entry.id);
        entries.iter().filter(is_gone).copied().collect()
    }
}

/// What counts against an email address on the Python package's side, and what no longer does.
#[derive(Default)]
pub(super) struct Rows {
    /// When attempts failed that the package counted itself.
    foreign: Vec<DateTime>,
    /// Entries that failed, and were forgiven by the package since.
    pub(super) forgiven: Vec<ObjectId>,
}

impl Rows {
    pub(super) async fn of(db: &Db, key: &str, rule: LockoutRule, now: Timestamp) -> Result<Self> {
        let (guard, mut found) = tokio::try_join!(
            db.read(db.guard.find_one(doc! { "_id": key })),
            Found::of(db, key, rule, now),
        )?;
        let entries = entries(guard.as_ref())?;
        let mut gone = found.gone(&entries, rule, now);
        if !gone.is_empty() {
            // Looked up once more, after the guard: what had failed by then has its row by now.
            found = Found::of(db, key, rule, now).await?;
            gone = found.gone(&entries, rule, now);
        }
        // A server whose clock is fast removes rows by age that count still: nobody forgave those.
        if !gone.is_empty()
            && let Some(clock) = known_time::clock(db).await?
        {
            let aged = date(rule.failures_count_after(moment(clock)));
            gone.retain(|entry| entry.at > aged);
        }
        let forgiven = gone.into_iter().map(|entry| entry.id).collect();
        Ok(Self {
            foreign: found.foreign,
            forgiven,
        })
    }

    /// Failures of the package with a time in the future, from before the clock was set back, count as failed now.
    pub(super) async fn settle_future(&mut self, db: &Db, key: &str, now: Timestamp) -> Result<()> {
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
    pub(super) fn judge(
        &self,
        entries: &[Entry],
        rule: LockoutRule,
        now: Timestamp,
    ) -> AttemptHistory {
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
    pub(super) fn count(&self, condition: Document, rule: LockoutRule, now: Timestamp) -> Document {
        let own = doc! { "$size": { "$filter": { "input": "$entries", "cond": condition } } };
        let foreign = self.judge(&[], rule, now).state().failures;
        doc! { "$add": [own, i64::from(foreign)] }
    }

    /// The stage of an update that keeps the entries that matter, and the document for a day longer than those: its copies
    /// may be late.
    pub(super) fn keep_living(&self, rule: LockoutRule, now: Timestamp) -> Document {
        let since = date(rule.attempts_matter_after(now));
        let recent = doc! { "$gt": ["$$this.at", since] };
        let forgiven = doc! { "$in": ["$$this.id", self.forgiven.clone()] };
        let living = doc! { "$filter": {
            // Entries with a time in the future, from before the clock was set back, count as started now.
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

#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) id: ObjectId,
    pub(super) at: DateTime,
    pub(super) failed: bool,
}

/// The entries of a guard's document.
pub(super) fn entries(guard: Option<&Document>) -> Result<Vec<Entry>> {
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
