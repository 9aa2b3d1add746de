//! The hourly cap on the messages that anybody can cause one recipient to get.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, named_params};

use super::rows::{Moment, execute, first};
use crate::store::{RecipientCap, Result};

/// The span that a recipient's cap looks back on.
pub(super) const CAP_WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Counts one message against its recipient's cap; false, and not counted, when the cap is spent.
pub(super) fn spend(connection: &Connection, cap: &RecipientCap) -> Result<bool> {
    Ok(spend_or_wait(connection, std::slice::from_ref(cap))?.is_none())
}

/// Counts one message against each of the caps; when any is spent, against none, and it is said when all let it through.
pub(super) fn spend_or_wait(
    connection: &Connection,
    caps: &[RecipientCap],
) -> Result<Option<Timestamp>> {
    let mut until = None;
    for cap in caps {
        until = until.max(spent_until(connection, cap)?);
    }
    if until.is_some() {
        return Ok(until);
    }
    for cap in caps.iter().filter(|cap| cap.limit.is_some()) {
        execute(
            connection,
            "insert into recipient_caps (recipient, at) values (:recipient, :at)",
            named_params! { ":recipient": cap.recipient, ":at": Moment(cap.now) },
        )?;
    }
    Ok(None)
}

/// When a spent cap lets the next message through.
fn spent_until(connection: &Connection, cap: &RecipientCap) -> Result<Option<Timestamp>> {
    let Some(limit) = cap.limit else {
        return Ok(None);
    };
    let Some(newer) = limit.checked_sub(1) else {
        return Ok(Some(Moment(cap.now).plus(CAP_WINDOW).0));
    };
    // The oldest of the last `limit` messages, when there are so many within the hour.
    let oldest = first(
        connection,
        "recipient_caps",
        "select recipient, at from recipient_caps where recipient = :recipient and at > :since
         order by at desc limit 1 offset :newer",
        named_params! {
            ":recipient": cap.recipient,
            ":since": Moment(cap.now).minus(CAP_WINDOW),
            ":newer": newer,
        },
        |fields| {
            fields.take::<String>("recipient")?;
            fields.moment("at")
        },
    )?;
    Ok(oldest.map(|oldest| Moment(oldest).plus(CAP_WINDOW).0))
}
