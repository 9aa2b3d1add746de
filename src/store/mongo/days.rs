//! Counts per day, which are raised when accounts and events are written.
//!
//! If a process dies between writing an event and raising its counter, that day is one short; an import that dies may
//! leave it short of all accounts that it wrote together. Accounts and events themselves are exact.

use std::collections::BTreeMap;

use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::db::Db;
use super::documents::{Fields, if_readable};
use super::error::refused;
use crate::model::{Day, DayCounts, EventKind, User};
use crate::store::Result;

/// Counts events that are new in the audit trail.
pub(super) async fn count_events(db: &Db, events: &[Document]) -> Result<()> {
    let mut days = BTreeMap::<String, Document>::new();
    for event in events {
        let kind = EventKind::from_name(event.get_str("kind").unwrap_or_default());
        let Some(counter) = kind.and_then(DayCounts::counter) else {
            continue;
        };
        let at = Fields::of("regstack_events", event).moment("at");
        let Some(at) = if_readable(at)? else {
            continue;
        };
        let counters = days.entry(name(at)).or_default();
        let so_far = counters.get_i64(counter).unwrap_or_default();
        counters.insert(counter, so_far + 1);
    }
    for (day, counters) in days {
        raise(db, day, counters).await?;
    }
    Ok(())
}

/// Counts new accounts, with one command.
pub(super) async fn count_accounts(db: &Db, users: impl Iterator<Item = &User>) -> Result<()> {
    let mut days = BTreeMap::<String, i64>::new();
    for user in users {
        *days.entry(name(user.created_at)).or_default() += 1;
    }
    let counters = |count: i64| doc! { "registered": count };
    let updates: Vec<Document> = days
        .iter()
        .map(|(day, count)| doc! { "q": { "_id": day }, "u": { "$inc": counters(*count) }, "upsert": true })
        .collect();
    if updates.is_empty() {
        return Ok(());
    }
    let answer = db.write(db.update_each(&db.days, &updates)).await?;
    let days: Vec<(String, i64)> = days.into_iter().collect();
    // Another process began the day at the same time.
    for place in refused(&answer)? {
        let (day, count) = days[place].clone();
        raise(db, day, counters(count)).await?;
    }
    Ok(())
}

/// Counts a new account.
pub(super) async fn count_account(db: &Db, user: &User) -> Result<()> {
    raise(db, name(user.created_at), doc! { "registered": 1_i64 }).await
}

/// The key of the day of a moment.
fn name(at: Timestamp) -> String {
    Day::of(at).date().to_string()
}

async fn raise(db: &Db, day: String, counters: Document) -> Result<()> {
    let update = doc! { "$inc": counters };
    db.upsert(&db.days, doc! { "_id": day }, update).await?;
    Ok(())
}
