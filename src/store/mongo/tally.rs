//! Things that may happen so often within a time, and no more: one document a key, which lists the recent ones.

use jiff::{SignedDuration, Timestamp};
use mongodb::Collection;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};

use super::connection::Db;
use super::documents::{Fields, after, before, date};
use crate::clock::from_millis;
use crate::store::Result;

/// Counts one more, and returns the id it is counted under, unless so many happened within the window already: then nothing
/// is counted, and it is said from when on there is room again.
///
/// One update adds it if it fits, and then drops what is old; whether it is in the document says whether it did.
pub(super) async fn add(
    db: &Db,
    collection: &Collection<Document>,
    key: Document,
    limit: u32,
    window: SignedDuration,
    now: Timestamp,
) -> Result<std::result::Result<ObjectId, Timestamp>> {
    if limit == 0 {
        return Ok(Err(after(now, window)));
    }
    let id = ObjectId::new();
    let since = date(before(now, window));
    let there = doc! { "$ifNull": ["$recent", []] };
    let recent = doc! { "$filter": { "input": &there, "cond": { "$gt": ["$$this.at", since] } } };
    let fits = doc! { "$lt": [{ "$size": "$$recent" }, i64::from(limit)] };
    let added = doc! { "$concatArrays": ["$$recent", [{ "id": id, "at": date(now) }]] };
    let recent = doc! { "$let": {
        "vars": { "recent": recent },
        "in": { "$cond": [fits, added, there] },
    } };
    let expires_at = doc! { "$max": ["$expires_at", date(after(now, window))] };
    let update = vec![doc! { "$set": { "recent": recent, "expires_at": expires_at } }];
    let Some(document) = db.upsert(collection, key, update).await? else {
        return Ok(Ok(id));
    };
    let recent = Fields::of("regstack_tally", &document).list("recent")?;
    let is_counted = |entry: &&Document| entry.get_object_id("id").is_ok_and(|entry| entry == id);
    if recent.iter().any(is_counted) {
        return Ok(Ok(id));
    }
    // Not there, and there is room: what was counted has been forgiven since.
    let full = full_until(&document, limit, window, now)?;
    Ok(full.map_or(Ok(id), Err))
}

/// Counts one less: what was counted under that id came to nothing.
pub(super) async fn take_back(
    db: &Db,
    collection: &Collection<Document>,
    key: Document,
    id: ObjectId,
) -> Result<()> {
    let without = doc! { "$pull": { "recent": { "id": id } } };
    db.write(collection.update_one(key, without)).await?;
    Ok(())
}

/// From when on there is room again in a document, if there is none now.
pub(super) fn full_until(
    document: &Document,
    limit: u32,
    window: SignedDuration,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let since = before(now, window);
    let fields = Fields::of("regstack_tally", document);
    let moment = |entry: &Document| {
        entry
            .get_datetime("at")
            .ok()
            .map(|at| at.timestamp_millis())
    };
    let mut recent: Vec<Timestamp> = fields
        .list("recent")?
        .into_iter()
        .filter_map(moment)
        .map(from_millis)
        .filter(|at| *at > since)
        .collect();
    recent.sort_unstable();
    // The oldest of the last `limit`: when it has left the window, one more fits.
    let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
    let oldest = recent.len().checked_sub(limit).map(|index| recent[index]);
    Ok(oldest.map(|oldest| after(oldest, window)))
}
