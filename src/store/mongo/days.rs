//! What happened on each day: counters that are raised as accounts and events are written.
//!
//! A process that dies between an event and its counter leaves a day short of one count; accounts and events themselves are
//! exact.

use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::db::Db;
use super::documents::{Fields, if_readable};
use crate::model::{Day, DayCounts, EventKind, User};
use crate::store::Result;

/// Counts events that are new to the trail.
pub(super) async fn count_events(db: &Db, events: &[Document]) -> Result<()> {
    for event in events {
        let kind = EventKind::from_name(event.get_str("kind").unwrap_or_default());
        let Some(counter) = kind.and_then(DayCounts::counter) else {
            continue;
        };
        let at = Fields::of("regstack_events", event).moment("at");
        let Some(at) = if_readable(at)? else {
            continue;
        };
        raise(db, at, counter).await?;
    }
    Ok(())
}

/// Counts an account that came to be.
pub(super) async fn count_account(db: &Db, user: &User) -> Result<()> {
    raise(db, user.created_at, "registered").await
}

async fn raise(db: &Db, at: Timestamp, counter: &str) -> Result<()> {
    let day = Day::of(at).date().to_string();
    let update = doc! { "$inc": { counter: 1_i64 } };
    db.upsert(&db.days, doc! { "_id": day }, update).await?;
    Ok(())
}
