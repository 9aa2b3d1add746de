//! The hourly cap on the mail that anybody can cause one recipient to get.

use jiff::SignedDuration;
use rusqlite::{Connection, named_params};

use super::rows::{Moment, execute, value};
use crate::store::{RecipientCap, Result};

/// The span that a recipient's cap looks back on.
pub(super) const CAP_WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Counts one message against its recipient's cap; false, and not counted, when the cap is spent.
pub(super) fn spend(connection: &Connection, cap: &RecipientCap) -> Result<bool> {
    let Some(limit) = cap.limit else {
        return Ok(true);
    };
    let sent: u32 = value(
        connection,
        "select count(*) from recipient_caps where recipient = :recipient and at > :since",
        named_params! { ":recipient": cap.recipient, ":since": Moment(cap.now).minus(CAP_WINDOW) },
    )?;
    if sent >= limit {
        return Ok(false);
    }
    execute(
        connection,
        "insert into recipient_caps (recipient, at) values (:recipient, :at)",
        named_params! { ":recipient": cap.recipient, ":at": Moment(cap.now) },
    )?;
    Ok(true)
}
