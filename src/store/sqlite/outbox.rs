//! The outbox: messages are queued, claimed under a lease, and settled. Their payloads are already encrypted.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::Sqlite;
use super::due::{NEXT_DUE, due};
use super::rows::{Fields, Moment, all, execute, first, run};
use crate::model::{
    Backlog, Email, Id, MessageEntry, MessageFilter, MessageKind, MessageState, OutboxState, Page,
    PageKey, QueuedMessage, User,
};
use crate::store::page;
use crate::store::{
    ClaimedMessage, Delivery, MessageQueue, MessageStore, OutboxStore, QueueDepth, Result,
};

#[async_trait]
impl OutboxStore for Sqlite {
    async fn backlog(&self) -> Result<Backlog> {
        let backlog = self.read(|db| {
            let params = named_params! { ":max": Backlog::MAX };
            first(db, "outbox", BACKLOG, params, |fields| {
                Ok(Backlog {
                    waiting: fields.take("waiting")?,
                    oldest: fields.optional_moment("oldest")?,
                })
            })
        });
        Ok(backlog.await?.unwrap_or_default())
    }

    async fn waiting_by_queue(&self) -> Result<Vec<QueueDepth>> {
        let sql =
            "select kind, iif(kind = 'webhook', recipient, '') as receiver, count(*) as waiting,
                 min(created_at) as oldest
             from outbox where failed_at is null group by 1, 2";
        self.read(move |db| {
            all(db, "outbox", sql, [], |fields| {
                Ok(QueueDepth {
                    kind: fields.take("kind")?,
                    receiver: fields.take("receiver")?,
                    waiting: fields.take::<i64>("waiting")?.unsigned_abs(),
                    oldest: fields.moment("oldest")?,
                })
            })
        })
        .await
    }

    async fn messages(
        &self,
        filter: &MessageFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<MessageEntry>> {
        let (filter, start) = (filter.clone(), page::start(after));
        let in_state = match filter.state {
            None => "true",
            Some(MessageState::Waiting) => "failed_at is null",
            Some(MessageState::Failed) => "failed_at is not null",
        };
        // A single condition that matches any value would prevent the use of the column's index.
        let of_id = match filter.id {
            Some(_) => "id = :message",
            None => ":message is null",
        };
        let of_recipient = match filter.recipient {
            Some(_) => "recipient = :recipient",
            None => ":recipient is null",
        };
        let sql = format!(
            "select id, kind, recipient, failed_at is not null, attempts, last_error, created_at, not_before from outbox
             where {in_state} and (created_at, id) < (:at, :id) and {of_id} and {of_recipient}
                 and (:kind is null or kind = :kind)
             order by created_at desc, id desc limit :limit"
        );
        let entries = self.read(move |db| {
            let params = named_params! {
                ":at": Moment(start.at),
                ":id": start.id,
                ":message": filter.id,
                ":recipient": filter.recipient,
                ":kind": filter.kind,
                ":limit": page::rows(limit),
            };
            all(db, "outbox", &sql, params, |fields| {
                Ok(MessageEntry {
                    id: fields.take("id")?,
                    kind: fields.take("kind")?,
                    recipient: fields.take("recipient")?,
                    state: MessageState::of(fields.take("state")?),
                    attempts: fields.take("attempts")?,
                    last_error: fields.take("last_error")?,
                    created_at: fields.moment("created_at")?,
                    not_before: fields.moment("not_before")?,
                })
            })
        });
        Ok(page::of(entries.await?, limit, |entry| PageKey {
            at: entry.created_at,
            id: entry.id,
        }))
    }

    async fn retry_message(&self, id: Id, now: Timestamp) -> Result<bool> {
        let second_expiry = Moment(QueuedMessage::second_expiry(now));
        self.write_one(move |db| {
            execute(
                db,
                "update outbox set not_before = min(not_before, :now), failed_at = null,
                     expires_at = case when failed_at is null then expires_at else max(expires_at, :second_expiry) end
                 where id = :id",
                named_params! { ":now": Moment(now), ":second_expiry": second_expiry, ":id": id },
            )
        })
        .await
    }

    async fn delete_message(&self, id: Id) -> Result<bool> {
        self.write_one(move |db| execute(db, "delete from outbox where id = ?1", [id]))
            .await
    }
}

#[async_trait]
impl MessageStore for Sqlite {
    async fn claim_messages(
        &self,
        queue: MessageQueue<'_>,
        lease: Id,
        lease_until: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedMessage>> {
        let (receiver, kinds) = parts(queue);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        self.write(move |db| {
            let latest = QueuedMessage::latest_wait(now);
            let lease_until = lease_until.min(latest);
            give_up_expired(db, now)?;
            let mut claimed = Vec::new();
            for kind in &kinds {
                settle_future(db, &receiver, *kind, now, latest)?;
            }
            while claimed.len() < limit {
                let due = due(db, &receiver, &kinds, now, limit - claimed.len())?;
                if due.is_empty() {
                    break;
                }
                for due in due {
                    if due.moved_on {
                        run(db, "delete from outbox where id = ?1", [due.id])?;
                    } else if let Some(message) = take(db, due.id, lease, lease_until)? {
                        claimed.push(ClaimedMessage { message, lease });
                    }
                }
            }
            Ok(claimed)
        })
        .await
    }

    async fn renew_lease(&self, message: Id, lease: Id, lease_until: Timestamp) -> Result<bool> {
        let sql = "update outbox set lease_until = ?1 where id = ?2 and lease = ?3";
        self.write_one(move |db| execute(db, sql, (Moment(lease_until), message, lease)))
            .await
    }

    async fn settle_message(&self, message: Id, lease: Id, delivery: Delivery) -> Result<bool> {
        self.write_one(move |db| match delivery {
            Delivery::Sent => execute(
                db,
                "delete from outbox where id = ?1 and lease = ?2",
                (message, lease),
            ),
            Delivery::Retry { not_before, error } => execute(
                db,
                "update outbox set lease = null, lease_until = null, last_error = ?1, not_before = ?2
                 where id = ?3 and lease = ?4",
                (error, Moment(not_before), message, lease),
            ),
            Delivery::Failed { error, at } => execute(
                db,
                "update outbox set lease = null, lease_until = null, last_error = ?1, failed_at = ?2
                 where id = ?3 and lease = ?4",
                (error, Moment(at), message, lease),
            ),
        })
        .await
    }

    async fn next_due(&self, queue: MessageQueue<'_>, now: Timestamp) -> Result<Option<Timestamp>> {
        let (receiver, kinds) = parts(queue);
        self.read(move |db| {
            let mut next = None;
            for kind in kinds {
                let params =
                    named_params! { ":receiver": receiver, ":kind": kind, ":now": Moment(now) };
                let of_kind = first(db, "outbox", NEXT_DUE, params, |fields| {
                    fields.moment("not_before")
                });
                next = next.into_iter().chain(of_kind?).min();
            }
            Ok(next)
        })
        .await
    }

    async fn outbox(&self) -> Result<OutboxState> {
        let sql = "select count(*), (select count(*) from outbox where failed_at is not null), min(created_at)
             from outbox where failed_at is null";
        let state = self.read(move |db| {
            first(db, "outbox", sql, [], |fields| {
                Ok(OutboxState {
                    waiting: fields.take::<i64>("waiting")?.unsigned_abs(),
                    failed: fields.take::<i64>("failed")?.unsigned_abs(),
                    oldest: fields.optional_moment("oldest")?,
                })
            })
        });
        Ok(state.await?.unwrap_or_default())
    }
}

/// Returns a queue's receiver and kinds.
fn parts(queue: MessageQueue<'_>) -> (String, Vec<MessageKind>) {
    (queue.receiver().to_owned(), queue.kinds().to_vec())
}

pub(super) fn queue(connection: &Connection, message: &QueuedMessage) -> Result<()> {
    run(
        connection,
        "insert into outbox (id, kind, recipient, user_id, pending_proof, dies_with_change, payload, created_at,
             not_before, expires_at, attempts)
         values (:id, :kind, :recipient, :user_id, :pending_proof, :dies_with_change, :payload, :created_at,
             :not_before, :expires_at, :attempts)",
        named_params! {
            ":id": message.id,
            ":kind": message.kind,
            ":recipient": message.recipient,
            ":user_id": message.user_id,
            ":pending_proof": message.pending_proof,
            ":dies_with_change": message.dies_with_change,
            ":payload": message.payload,
            ":created_at": Moment(message.created_at),
            ":not_before": Moment(message.not_before),
            ":expires_at": Moment(message.expires_at),
            ":attempts": message.attempts,
        },
    )
}

/// Drops the mail and SMS of an account that is deleted, including links that verify its email address.
pub(super) fn drop_of_user(connection: &Connection, user: &User) -> Result<()> {
    run(
        connection,
        "delete from outbox where user_id = ?1 and kind <> ?2",
        (user.id, MessageKind::Webhook),
    )?;
    drop_verifications(connection, &user.email)
}

/// Drops the links that verify an email address.
pub(super) fn drop_verifications(connection: &Connection, email: &Email) -> Result<()> {
    run(
        connection,
        "delete from outbox where recipient in (?1, ?2) and pending_proof is not null",
        (email, email.key()),
    )
}

/// Drops the links and codes of an account whose password or email address changed.
pub(super) fn drop_outdated(connection: &Connection, user_id: Id) -> Result<()> {
    run(
        connection,
        "delete from outbox where user_id = ?1 and dies_with_change = 1",
        [user_id],
    )
}

/// Marks what was not sent in time as failed, and keeps it for inspection. A message that is being sent is left to its
/// sender.
fn give_up_expired(connection: &Connection, now: Timestamp) -> Result<()> {
    run(
        connection,
        GIVE_UP,
        named_params! {
            ":max": MessageQueue::MAX_AT_ONCE,
            ":now": Moment(now),
            ":latest": Moment(QueuedMessage::latest_wait(now)),
            ":expired": QueuedMessage::EXPIRED,
            ":last": QueuedMessage::LAST_ERROR,
        },
    )
}

/// Marks expired messages as failed.
pub(super) const GIVE_UP: &str =
    "update outbox set failed_at = :now, lease = null, lease_until = null,
             last_error = :expired || coalesce(:last || last_error, '')
         where seq in (select seq from outbox where failed_at is null and expires_at <= :now
             and (lease is null or lease_until <= :now or lease_until > :latest) limit :max)";

/// Makes messages due that are put off for longer than is possible: their time was set before the clock was set back.
fn settle_future(
    connection: &Connection,
    receiver: &str,
    kind: MessageKind,
    now: Timestamp,
    latest: Timestamp,
) -> Result<()> {
    run(
        connection,
        PUT_OFF,
        named_params! {
            ":receiver": receiver,
            ":kind": kind,
            ":now": Moment(now),
            ":latest": Moment(latest),
            ":max": MessageQueue::MAX_AT_ONCE,
        },
    )
}

/// Makes messages due that are put off for too long.
pub(super) const PUT_OFF: &str = "update outbox set not_before = :now
     where seq in (select seq from outbox
         where failed_at is null and iif(kind = 'webhook', recipient, '') = :receiver and kind = :kind
             and not_before > :latest limit :max)";

fn take(
    connection: &Connection,
    id: Id,
    lease: Id,
    lease_until: Timestamp,
) -> Result<Option<QueuedMessage>> {
    first(
        connection,
        "outbox",
        "update outbox set lease = :lease, lease_until = :lease_until, attempts = attempts + 1 where id = :id
         returning id, kind, recipient, user_id, pending_proof, dies_with_change, payload, created_at, not_before,
             expires_at, attempts",
        named_params! { ":lease": lease, ":lease_until": Moment(lease_until), ":id": id },
        read,
    )
}

fn read(fields: &mut Fields<'_>) -> Result<QueuedMessage> {
    Ok(QueuedMessage {
        id: fields.take("id")?,
        kind: fields.take("kind")?,
        recipient: fields.take("recipient")?,
        user_id: fields.take("user_id")?,
        pending_proof: fields.take("pending_proof")?,
        dies_with_change: fields.take("dies_with_change")?,
        payload: fields.take("payload")?,
        created_at: fields.moment("created_at")?,
        not_before: fields.moment("not_before")?,
        expires_at: fields.moment("expires_at")?,
        attempts: fields.take("attempts")?,
    })
}

/// Selects how many messages wait, up to a limit, and since when.
pub(super) const BACKLOG: &str = "select
     (select count(*) from (select 1 from outbox where failed_at is null limit :max)),
     (select min(created_at) from outbox where failed_at is null)";
