//! The hourly cap on the messages that anybody can cause one recipient to get: one document a recipient.

use jiff::SignedDuration;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;

use super::connection::Db;
use super::documents::{after, before, date};
use crate::store::{RecipientCap, Result};

/// The span that a recipient's cap looks back on.
pub(super) const CAP_WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Counts one message against its recipient's cap; false, and not counted, when the cap is spent.
///
/// One update drops what is old and adds the message if it fits; from the document before it follows whether it did.
pub(super) async fn spend(db: &Db, cap: &RecipientCap) -> Result<bool> {
    let Some(limit) = cap.limit else {
        return Ok(true);
    };
    let since = date(before(cap.now, CAP_WINDOW));
    let recent = doc! { "$filter": { "input": { "$ifNull": ["$sent", []] }, "cond": { "$gt": ["$$this", since] } } };
    let fits = doc! { "$lt": [{ "$size": "$sent" }, i64::from(limit)] };
    let added = doc! { "$concatArrays": ["$sent", [date(cap.now)]] };
    let expires_at = doc! { "$max": ["$expires_at", date(after(cap.now, CAP_WINDOW))] };
    let update = vec![
        doc! { "$set": { "sent": recent, "expires_at": expires_at } },
        doc! { "$set": { "sent": { "$cond": [fits, added, "$sent"] } } },
    ];
    let found: Option<Document> = db
        .upsert(|| {
            db.caps
                .find_one_and_update(doc! { "_id": &cap.recipient }, update.clone())
                .upsert(true)
                .return_document(ReturnDocument::Before)
        })
        .await?;
    let counted = |sent: &Vec<Bson>| {
        let recent = sent.iter().filter_map(Bson::as_datetime);
        recent.filter(|sent| **sent > since).count()
    };
    let sent = found.and_then(|found| found.get_array("sent").ok().map(counted));
    Ok(u64::try_from(sent.unwrap_or(0)).is_ok_and(|sent| sent < u64::from(limit)))
}
