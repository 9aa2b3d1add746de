//! The hourly limit on messages that anybody can cause to be sent to one recipient.

use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::rows::{Moment, all, run};
use crate::model::RecipientCap;
use crate::store::Result;

/// Counts one message against its recipient's limit. Returns false, without counting it, if the limit is reached.
pub(super) fn spend(connection: &Connection, cap: &RecipientCap) -> Result<bool> {
    let mut full = spend_or_wait(connection, std::slice::from_ref(cap))?;
    if full.is_some()
        && let Some(beyond) = cap.beyond()
    {
        full = spend_or_wait(connection, &beyond)?;
    }
    Ok(full.is_none())
}

/// Counts one message against each of the limits. If any is reached, counts it against none, and returns when all of
/// them allow a message again.
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
        run(
            connection,
            "insert into recipient_caps (recipient, at) values (?1, ?2)",
            (cap.key(), Moment(cap.now)),
        )?;
    }
    Ok(None)
}

/// Returns when a limit that is reached allows a message again.
fn spent_until(connection: &Connection, cap: &RecipientCap) -> Result<Option<Timestamp>> {
    let Some(window) = cap.window() else {
        return Ok(None);
    };
    let key = cap.key();
    // Move entries from the future, written before the clock was set back, to now, so that they expire from here on.
    run(
        connection,
        "update recipient_caps set at = ?2 where recipient = ?1 and at > ?2",
        (&key, Moment(cap.now)),
    )?;
    let messages = all(
        connection,
        "recipient_caps",
        "select recipient, at from recipient_caps where recipient = :recipient and at > :since
         order by at desc limit :limit",
        named_params! {
            ":recipient": key,
            ":since": Moment(window.start(cap.now)),
            ":limit": window.limit,
        },
        |fields| {
            fields.take::<String>("recipient")?;
            fields.moment("at")
        },
    )?;
    Ok(cap.spent_until(messages))
}
