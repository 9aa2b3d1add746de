//! What is due in a queue of the outbox. Each kind is read along the index, past no message of another queue.

use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::rows::{Moment, all};
use crate::model::{Id, MessageKind, QueuedMessage};
use crate::store::Result;

/// Selects what is due of a kind in a queue, and whether it is a link that was replaced since.
pub(super) const DUE: &str = "select id, pending_proof is not null
         and not exists (select 1 from pending_registrations where token_hash = pending_proof),
         not_before, seq
     from outbox
     where failed_at is null and iif(kind = 'webhook', recipient, '') = :receiver and kind = :kind and not_before <= :now
         and (lease is null or lease_until <= :now or lease_until > :latest)
     order by not_before, seq limit :wanted";

/// Selects when the next message of a kind in a queue becomes due.
pub(super) const NEXT_DUE: &str = "select not_before from outbox
     where failed_at is null and iif(kind = 'webhook', recipient, '') = :receiver and kind = :kind and not_before > :now
     order by not_before, seq limit 1";

/// A message that is due.
pub(super) struct Due {
    pub(super) id: Id,
    /// Whether it is a link that was replaced since.
    pub(super) moved_on: bool,
    /// Since when it is due, and its number.
    order: (Timestamp, i64),
}

/// Returns up to `wanted` due messages of a queue, longest due first.
pub(super) fn due(
    connection: &Connection,
    receiver: &str,
    kinds: &[MessageKind],
    now: Timestamp,
    wanted: usize,
) -> Result<Vec<Due>> {
    let mut due = Vec::new();
    for kind in kinds {
        let params = named_params! {
            ":receiver": receiver,
            ":kind": kind,
            ":now": Moment(now),
            ":latest": Moment(QueuedMessage::latest_wait(now)),
            ":wanted": i64::try_from(wanted).unwrap_or(i64::MAX),
        };
        due.extend(all(connection, "outbox", DUE, params, |fields| {
            Ok(Due {
                id: fields.take("id")?,
                moved_on: fields.take("moved_on")?,
                order: (fields.moment("not_before")?, fields.take("seq")?),
            })
        })?);
    }
    due.sort_unstable_by_key(|due| due.order);
    due.truncate(wanted);
    Ok(due)
}
