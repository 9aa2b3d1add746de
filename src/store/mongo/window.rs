//! Sliding windows: one document per key, with a list of the recent events.

use jiff::Timestamp;
use mongodb::Collection;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};

use super::db::Db;
use super::documents::{Fields, date, moment};
use super::error::timed_out;
use crate::model::SlidingWindow;
use crate::model::moment::after;
use crate::model::sweep::MARGIN;
use crate::store::Result;

/// Counts one more event, and returns the id that it is counted under. If the window is full, counts nothing and
/// returns when there is room again. Events at `useless_until` or earlier are of no use any more: if none is newer, one
/// more event is counted even so.
///
/// One update adds it if it fits, and then drops what is old. Whether it is in the document tells whether it was added.
pub(super) async fn count(
    db: &Db,
    collection: &Collection<Document>,
    key: Document,
    window: SlidingWindow,
    useless_until: Option<Timestamp>,
    now: Timestamp,
) -> Result<std::result::Result<ObjectId, Timestamp>> {
    if window.limit == 0 {
        return Ok(Err(window.end(now)));
    }
    let id = ObjectId::new();
    let since = date(window.start(now));
    let there = counted_by(now);
    let recent = doc! { "$filter": { "input": &there, "cond": { "$gt": ["$$this.at", since] } } };
    let fits = doc! { "$lt": [{ "$size": "$$recent" }, i64::from(window.limit)] };
    let fits = match useless_until {
        None => fits,
        Some(until) => {
            let later = doc! { "$gt": ["$$this.at", date(until)] };
            let of_use = doc! { "$filter": { "input": "$$recent", "cond": later } };
            doc! { "$or": [fits, { "$eq": [{ "$size": of_use }, 0_i64] }] }
        }
    };
    let added = doc! { "$concatArrays": ["$$recent", [{ "id": id, "at": date(now) }]] };
    let recent = doc! { "$let": {
        "vars": { "recent": recent },
        "in": { "$cond": [fits, added, there] },
    } };
    let expires_at = doc! { "$max": ["$expires_at", date(after(window.end(now), MARGIN))] };
    let update = vec![doc! { "$set": { "recent": recent, "expires_at": expires_at } }];
    for _ in 0..MAX_TRIES {
        let Some(document) = db.upsert(collection, key.clone(), update.clone()).await? else {
            continue;
        };
        let recent = Fields::of("sliding_window", &document).list("recent")?;
        let is_counted =
            |entry: &&Document| entry.get_object_id("id").is_ok_and(|entry| entry == id);
        if recent.iter().any(is_counted) {
            return Ok(Ok(id));
        }
        if let Some(until) = full_until(&document, window, now)? {
            return Ok(Err(until));
        }
        // Not there, and there is room: a server that reads what it returns after it has written saw it forgiven since.
    }
    // What is not counted is not let through.
    Err(timed_out())
}

/// How often to count an event that other processes remove at once.
const MAX_TRIES: usize = 5;

/// The list inside an update. Events with a time in the future, from before the clock was set back, count as now.
fn counted_by(now: Timestamp) -> Document {
    doc! { "$map": {
        "input": { "$ifNull": ["$recent", []] },
        "in": { "id": "$$this.id", "at": { "$min": ["$$this.at", date(now)] } },
    } }
}

/// Moves events from the future to now, and returns when the window has room for one more event, if it has none now.
pub(super) async fn settled_full_until(
    db: &Db,
    collection: &Collection<Document>,
    key: Document,
    window: SlidingWindow,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let Some(found) = db.read(collection.find_one(key.clone())).await? else {
        return Ok(None);
    };
    let events = Fields::of("sliding_window", &found).list("recent")?;
    let is_future = |event: &Document| event.get_datetime("at").is_ok_and(|at| *at > date(now));
    if events.into_iter().any(is_future) {
        let settle = vec![doc! { "$set": { "recent": counted_by(now) } }];
        db.write(collection.update_one(key, settle)).await?;
    }
    full_until(&found, window, now)
}

/// Removes one event from the count.
pub(super) async fn uncount(
    db: &Db,
    collection: &Collection<Document>,
    key: Document,
    id: ObjectId,
) -> Result<()> {
    let without = doc! { "$pull": { "recent": { "id": id } } };
    db.write(collection.update_one(key, without)).await?;
    Ok(())
}

/// Returns when a document has room for one more event, if it has none now.
fn full_until(
    document: &Document,
    window: SlidingWindow,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let events = Fields::of("sliding_window", document).list("recent")?;
    let at = |event: &Document| event.get_datetime("at").ok().copied().map(moment);
    Ok(window.full_until(events.into_iter().filter_map(at), now))
}
