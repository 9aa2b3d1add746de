//! Limits per client address that several servers share: one document for each client, with a list of counts for each
//! window.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};

use super::Mongo;
use super::documents::{Fields, date};
use super::error::timed_out;
use crate::model::window::SlidingWindow;
use crate::model::{ClientLimit, RequestCount};
use crate::store::{LimitStore, Result};

/// How many of the requests that were counted last are remembered by id.
const REMEMBERED: i32 = 32;
/// How often a request is counted whose place others took at once.
const MAX_TRIES: usize = 5;

#[async_trait]
impl LimitStore for Mongo {
    /// One update counts the request if it fits. Whether its id is in the document afterwards tells whether it did.
    async fn count_request(&self, limit: ClientLimit) -> Result<Option<Timestamp>> {
        let db = self.db().await?;
        let key = doc! { "_id": &limit.key };
        for _ in 0..MAX_TRIES {
            let id = ObjectId::new();
            let update = update(&limit, id);
            let Some(document) = db.upsert(&db.requests, key.clone(), update).await? else {
                continue;
            };
            let is_counted = document
                .get_array("counted")
                .is_ok_and(|ids| ids.contains(&id.into()));
            if is_counted {
                return Ok(None);
            }
            let mut until = None;
            for window in &limit.windows {
                until = until.max(limit.full_until(*window, counts(&document, *window)?));
            }
            if until.is_some() {
                return Ok(until);
            }
            // Not there, and there is room: a server that reads what it returns after it has written saw a later state.
        }
        // What is not counted is not let through.
        Err(timed_out())
    }
}

/// The field with the counts of a window.
fn field(window: SlidingWindow) -> String {
    format!("in_{}_seconds", window.length.as_secs())
}

fn update(limit: &ClientLimit, id: ObjectId) -> Vec<Document> {
    let (mut recent, mut fits, mut counted) = (doc! {}, Vec::new(), doc! {});
    for window in &limit.windows {
        let (name, span) = (field(*window), date(limit.span(*window)));
        let path = format!("${name}");
        // Counts of the future, from before the clock was set back, count as now, and expire from here on.
        let settled = doc! { "$map": {
            "input": { "$ifNull": [&path, []] },
            "in": { "at": { "$min": ["$$this.at", span] }, "requests": "$$this.requests" },
        } };
        let since = date(limit.since(*window));
        let live = doc! { "input": settled, "cond": { "$gt": ["$$this.at", since] } };
        recent.insert(&name, doc! { "$filter": live });
        let sum = |counts: Bson| {
            let requests = doc! { "$map": { "input": counts, "in": "$$this.requests" } };
            doc! { "$sum": requests }
        };
        let all = sum(path.clone().into());
        fits.push(doc! { "$lt": [all, i64::from(window.limit)] });
        let with = |comparison: &str| {
            let cond = doc! { comparison: ["$$this.at", span] };
            doc! { "$filter": { "input": &path, "cond": cond } }
        };
        let now = sum(with("$eq").into());
        let more = doc! { "at": span, "requests": { "$add": [now, 1] } };
        let added = doc! { "$concatArrays": [with("$ne"), [more]] };
        counted.insert(&name, doc! { "$cond": ["$fits", added, path] });
    }
    let ids = doc! { "$ifNull": ["$counted", []] };
    let with_id = doc! { "$slice": [{ "$concatArrays": [&ids, [id]] }, -REMEMBERED] };
    counted.insert("counted", doc! { "$cond": ["$fits", with_id, ids] });
    let expires_at = doc! { "$max": ["$expires_at", date(limit.expires_at())] };
    recent.insert("expires_at", expires_at);
    vec![
        doc! { "$set": recent },
        doc! { "$set": { "fits": { "$and": fits } } },
        doc! { "$set": counted },
    ]
}

fn counts(document: &Document, window: SlidingWindow) -> Result<Vec<RequestCount>> {
    let name = field(window);
    if !document.contains_key(&name) {
        return Ok(Vec::new());
    }
    let list = document.get_array(&name).ok();
    let entries = list
        .into_iter()
        .flatten()
        .filter_map(|one| one.as_document());
    entries
        .map(|entry| {
            let fields = Fields::of("regstack_request_counts", entry);
            Ok(RequestCount {
                at: fields.moment("at")?,
                requests: u32::try_from(fields.count("requests")?).unwrap_or(u32::MAX),
            })
        })
        .collect()
}
