//! The hourly cap on the messages that anybody can cause one recipient to get: one document a recipient.

use jiff::{SignedDuration, Timestamp};
use mongodb::bson::doc;

use super::connection::Db;
use super::tally;
use crate::store::{RecipientCap, Result};

/// The span that a recipient's cap looks back on.
const CAP_WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Counts one message against its recipient's cap; false, and not counted, when the cap is spent.
pub(super) async fn spend(db: &Db, cap: &RecipientCap) -> Result<bool> {
    Ok(spend_or_wait(db, cap).await?.is_none())
}

/// The same, and says of a spent cap when it lets the next message through.
pub(super) async fn spend_or_wait(db: &Db, cap: &RecipientCap) -> Result<Option<Timestamp>> {
    let Some(limit) = cap.limit else {
        return Ok(None);
    };
    let key = doc! { "_id": &cap.recipient };
    tally::add(db, &db.caps, key, limit, CAP_WINDOW, cap.now).await
}
