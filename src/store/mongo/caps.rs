//! The hourly limit on messages that anybody can cause to be sent to one recipient: one document per recipient.

use jiff::Timestamp;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};

use super::db::Db;
use super::window;
use crate::model::RecipientCap;
use crate::store::{Effects, Result};

/// A message that was counted against its recipient's cap, though it isn't sure yet that it will be sent.
pub(super) struct Paid(Option<(Document, ObjectId)>);

impl Paid {
    /// Counts it no more: it isn't sent.
    pub(super) async fn give_back(self, db: &Db) -> Result<()> {
        match self.0 {
            Some((key, unit)) => window::uncount(db, &db.caps, key, unit).await,
            None => Ok(()),
        }
    }
}

/// Counts one message against its recipient's cap, and nothing beyond that; none when it is spent.
pub(super) async fn pay(db: &Db, cap: &RecipientCap) -> Result<Option<Paid>> {
    let Some(hour) = cap.window() else {
        return Ok(Some(Paid(None)));
    };
    let key = doc! { "_id": cap.key() };
    let counted =
        window::count(db, &db.caps, key.clone(), hour, cap.useless_until, cap.now).await?;
    Ok(counted.ok().map(|unit| Paid(Some((key, unit)))))
}

/// Counts one message against its recipient's cap; false, and not counted, when the cap is spent.
pub(super) async fn spend(db: &Db, cap: &RecipientCap) -> Result<bool> {
    let mut full = spend_or_wait(db, std::slice::from_ref(cap)).await?;
    if full.is_some()
        && let Some(beyond) = cap.beyond()
    {
        full = spend_or_wait(db, &beyond).await?;
    }
    Ok(full.is_none())
}

/// Counts the messages of effects against their limit, or leaves them out if it is reached.
pub(super) async fn afford(db: &Db, effects: Effects) -> Result<Effects> {
    let paid = match effects.cap() {
        Some(cap) => spend(db, cap).await?,
        None => true,
    };
    Ok(if paid {
        effects
    } else {
        effects.without_messages()
    })
}

/// Counts one message against each of the limits. If any is reached, counts it against none, and returns when all of
/// them allow a message again.
///
/// A process that dies in between has counted one message too many, which is the safe side for a limit.
pub(super) async fn spend_or_wait(db: &Db, caps: &[RecipientCap]) -> Result<Option<Timestamp>> {
    let (mut paid, mut until) = (Vec::new(), None);
    for cap in caps {
        let Some(hour) = cap.window() else {
            continue;
        };
        let key = doc! { "_id": cap.key() };
        match window::count(db, &db.caps, key.clone(), hour, cap.useless_until, cap.now).await? {
            Ok(unit) => paid.push((key, unit)),
            Err(full) => until = until.max(Some(full)),
        }
    }
    if until.is_some() {
        for (key, unit) in paid {
            window::uncount(db, &db.caps, key, unit).await?;
        }
    }
    Ok(until)
}
