//! The hourly cap on the messages that anybody can cause one recipient to get: one document a recipient.

use jiff::SignedDuration;
use mongodb::bson::doc;
use mongodb::bson::oid::ObjectId;

use super::connection::Db;
use super::documents::{Fields, after, before, date};
use crate::store::{RecipientCap, Result};

/// The span that a recipient's cap looks back on.
const CAP_WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Counts one message against its recipient's cap; false, and not counted, when the cap is spent.
///
/// One update adds the message if it fits, and then drops what is old; whether it is in the document says whether it did.
pub(super) async fn spend(db: &Db, cap: &RecipientCap) -> Result<bool> {
    let Some(limit) = cap.limit else {
        return Ok(true);
    };
    let id = ObjectId::new();
    let since = date(before(cap.now, CAP_WINDOW));
    let there = doc! { "$ifNull": ["$sent", []] };
    let recent = doc! { "$filter": { "input": &there, "cond": { "$gt": ["$$this.at", since] } } };
    let fits = doc! { "$lt": [{ "$size": "$$recent" }, i64::from(limit)] };
    let added = doc! { "$concatArrays": ["$$recent", [{ "id": id, "at": date(cap.now) }]] };
    let sent = doc! { "$let": {
        "vars": { "recent": recent },
        "in": { "$cond": [fits, added, there] },
    } };
    let expires_at = doc! { "$max": ["$expires_at", date(after(cap.now, CAP_WINDOW))] };
    let update = vec![doc! { "$set": { "sent": sent, "expires_at": expires_at } }];
    let counted = db
        .upsert(&db.caps, doc! { "_id": &cap.recipient }, update)
        .await?;
    let sent = Fields::of("regstack_recipient_caps", &counted).list("sent")?;
    Ok(sent
        .iter()
        .any(|message| message.get_object_id("id").is_ok_and(|sent| sent == id)))
}
