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
    let spent = spend_or_wait(db, std::slice::from_ref(cap)).await?;
    Ok(spent.is_none())
}

/// Counts one message against each of the caps; when any is spent, against none, and it is said when all let it through.
///
/// A process that dies in between has counted one message too many: a cap errs on that side.
pub(super) async fn spend_or_wait(db: &Db, caps: &[RecipientCap]) -> Result<Option<Timestamp>> {
    let (mut paid, mut until) = (Vec::new(), None);
    for cap in caps {
        let Some(limit) = cap.limit else {
            continue;
        };
        let key = doc! { "_id": &cap.recipient };
        match tally::add(db, &db.caps, key.clone(), limit, CAP_WINDOW, cap.now).await? {
            Ok(unit) => paid.push((key, unit)),
            Err(full) => until = until.max(Some(full)),
        }
    }
    if until.is_some() {
        for (key, unit) in paid {
            tally::take_back(db, &db.caps, key, unit).await?;
        }
    }
    Ok(until)
}
