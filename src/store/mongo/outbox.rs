//! The outbox: messages are queued, claimed under a lease, and settled. Their payloads are already encrypted.
//!
//! A message is waiting, failed or done. A message that was sent or deleted leaves its id behind until it would have
//! expired, so that a late copy of it ([`super::relay`]) is not sent again.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::{ReturnDocument, UpdateModifications};

use super::db::Db;
use super::documents::{Fields, behind, date, if_readable, oid, user};
use super::message_documents::{DONE, FAILED, WAITING, message, message_kind};
use super::{Mongo, promotion, repair, user_documents};
use crate::model::{
    Backlog, Id, MessageEntry, MessageFilter, MessageKind, MessageState, OutboxState, Page,
    PageKey, ProofHash, QueuedMessage,
};
use crate::store::page;
use crate::store::{
    ClaimedMessage, Delivery, MessageQueue, MessageStore, OutboxStore, QueueDepth, Result,
};

#[async_trait]
impl OutboxStore for Mongo {
    async fn backlog(&self) -> Result<Backlog> {
        let db = self.db().await?;
        let waiting = db.outbox.count_documents(doc! { "state": WAITING });
        let oldest = db.outbox.find_one(doc! { "state": WAITING });
        let (waiting, oldest) = tokio::try_join!(
            db.read(waiting.limit(u64::from(Backlog::MAX))),
            db.read(oldest.sort(doc! { "created_at": 1 })),
        )?;
        Ok(Backlog {
            waiting: u32::try_from(waiting).unwrap_or(Backlog::MAX),
            oldest: moment_of(oldest.as_ref(), "created_at")?,
        })
    }

    async fn waiting_by_queue(&self) -> Result<Vec<QueueDepth>> {
        let db = self.db().await?;
        let found = db.outbox.aggregate(vec![
            doc! { "$match": { "state": WAITING } },
            doc! { "$group": {
                "_id": { "kind": "$kind", "receiver": "$receiver" },
                "waiting": { "$sum": 1 },
                "oldest": { "$min": "$created_at" },
            } },
        ]);
        let found = db.all(found).await?;
        let queues = found.iter().map(|queue| {
            let nothing = Document::new();
            let key = queue.get_document("_id").unwrap_or(&nothing);
            let key = Fields::of("regstack_outbox", key);
            let queue = Fields::of("regstack_outbox", queue);
            Ok(QueueDepth {
                kind: message_kind(&key)?,
                receiver: key.text("receiver")?,
                waiting: queue.count("waiting")?,
                oldest: queue.moment("oldest")?,
            })
        });
        queues.collect()
    }

    async fn messages(
        &self,
        filter: &MessageFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<MessageEntry>> {
        let db = self.db().await?;
        let mut condition = after.map_or_else(Document::new, |key| behind("created_at", key));
        let states = match filter.state {
            None => doc! { "$in": [WAITING, FAILED] },
            Some(MessageState::Waiting) => doc! { "$eq": WAITING },
            Some(MessageState::Failed) => doc! { "$eq": FAILED },
        };
        condition.insert("state", states);
        if let Some(id) = filter.id {
            condition.insert("_id", oid(id));
        }
        if let Some(kind) = filter.kind {
            condition.insert("kind", kind.as_str());
        }
        if let Some(recipient) = &filter.recipient {
            condition.insert("recipient", recipient);
        }
        let found = db
            .outbox
            .find(condition)
            .projection(doc! { "payload": 0 })
            .sort(doc! { "created_at": -1, "_id": -1 });
        let documents = db.all(found.limit(page::rows(limit))).await?;
        let entries = documents.iter().map(entry).collect::<Result<_>>()?;
        Ok(page::of(entries, limit, |entry: &MessageEntry| PageKey {
            at: entry.created_at,
            id: entry.id,
        }))
    }

    async fn retry_message(&self, id: Id, now: Timestamp) -> Result<bool> {
        let second_expiry = date(QueuedMessage::second_expiry(now));
        let expires_at = doc! { "$cond": [
            { "$eq": ["$state", FAILED] },
            { "$max": ["$expires_at", second_expiry] },
            "$expires_at",
        ] };
        let update = vec![
            doc! { "$set": {
                "not_before": { "$min": ["$not_before", date(now)] },
                "expires_at": expires_at,
                "state": WAITING,
            } },
            doc! { "$unset": "failed_at" },
        ];
        let db = self.db().await?;
        let due = db.outbox.update_one(kept(id), update);
        Ok(db.write(due).await?.matched_count > 0)
    }

    async fn delete_message(&self, id: Id) -> Result<bool> {
        let db = self.db().await?;
        let deleted = db.outbox.update_one(kept(id), done());
        Ok(db.write(deleted).await?.matched_count > 0)
    }
}

#[async_trait]
impl MessageStore for Mongo {
    async fn claim_messages(
        &self,
        queue: MessageQueue<'_>,
        lease: Id,
        lease_until: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedMessage>> {
        let db = self.db().await?;
        Box::pin(repair::repair(db)).await?;
        give_up_expired(db, now).await?;
        settle_future(db, queue, now).await?;
        let lease_until = lease_until.min(QueuedMessage::latest_wait(now));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut claimed = Vec::new();
        let mut passed_over = Vec::new();
        while claimed.len() < limit {
            let mut due = free(now);
            due.extend(of_queue(queue));
            due.insert("not_before", doc! { "$lte": date(now) });
            due.insert("_id", doc! { "$nin": &passed_over });
            let found = db.outbox.find(due).sort(doc! { "not_before": 1, "_id": 1 });
            let wanted = i64::try_from(limit - claimed.len()).unwrap_or(i64::MAX);
            let due = db.all(found.limit(wanted)).await?;
            if due.is_empty() {
                break;
            }
            for document in due {
                let id = document.get("_id").cloned().unwrap_or(Bson::Null);
                match if_readable(is_alive(db, &document).await)? {
                    // A newer version may be able to read it, so leave it as it is.
                    None => passed_over.push(id),
                    Some(false) => {
                        let mut dead = free(now);
                        dead.insert("_id", id);
                        db.write(db.outbox.delete_one(dead)).await?;
                    }
                    Some(true) => {
                        let taken = take(db, id, lease, lease_until, now).await;
                        claimed.extend(if_readable(taken)?.flatten());
                    }
                }
            }
        }
        Ok(claimed)
    }

    async fn renew_lease(&self, message: Id, lease: Id, lease_until: Timestamp) -> Result<bool> {
        let db = self.db().await?;
        let update = doc! { "$set": { "lease_until": date(lease_until) } };
        let renewed = db.outbox.update_one(held(message, lease), update);
        Ok(db.write(renewed).await?.matched_count > 0)
    }

    async fn settle_message(&self, message: Id, lease: Id, delivery: Delivery) -> Result<bool> {
        let db = self.db().await?;
        let let_go = |fields| doc! { "$set": fields, "$unset": { "lease": "", "lease_until": "" } };
        let held = held(message, lease);
        let settled = match delivery {
            Delivery::Sent => db.outbox.update_one(held, done()),
            Delivery::Retry { not_before, error } => {
                let fields = doc! { "not_before": date(not_before), "last_error": error };
                db.outbox.update_one(held, let_go(fields))
            }
            Delivery::Failed { error, at } => {
                let fields = doc! { "state": FAILED, "failed_at": date(at), "last_error": error };
                db.outbox.update_one(held, let_go(fields))
            }
        };
        Ok(db.write(settled).await?.matched_count > 0)
    }

    async fn next_due(&self, queue: MessageQueue<'_>, now: Timestamp) -> Result<Option<Timestamp>> {
        let db = self.db().await?;
        let mut later = doc! { "state": WAITING, "not_before": { "$gt": date(now) } };
        later.extend(of_queue(queue));
        let later = db.outbox.find_one(later);
        let next = db
            .read(later.sort(doc! { "not_before": 1, "_id": 1 }))
            .await?;
        moment_of(next.as_ref(), "not_before")
    }

    async fn outbox(&self) -> Result<OutboxState> {
        let db = self.db().await?;
        let waiting = db.outbox.aggregate(vec![
            doc! { "$match": { "state": WAITING } },
            doc! { "$group": {
                "_id": Bson::Null,
                "waiting": { "$sum": 1 },
                "oldest": { "$min": "$created_at" },
            } },
        ]);
        let failed = db.outbox.count_documents(doc! { "state": FAILED });
        let (waiting, failed) = tokio::try_join!(db.all(waiting), db.read(failed))?;
        let nothing = Document::new();
        let waiting = Fields::of("regstack_outbox", waiting.first().unwrap_or(&nothing));
        Ok(OutboxState {
            waiting: waiting.count("waiting")?,
            failed,
            oldest: waiting.optional_moment("oldest")?,
        })
    }
}

/// Returns a time from a message, if it has one.
fn moment_of(document: Option<&Document>, field: &'static str) -> Result<Option<Timestamp>> {
    let moment = |found| Fields::of("regstack_outbox", found).moment(field);
    document.map(moment).transpose()
}

/// Returns the condition that a message belongs to a queue.
fn of_queue(queue: MessageQueue<'_>) -> Document {
    let kinds: Vec<&str> = queue.kinds().iter().map(|kind| kind.as_str()).collect();
    doc! { "receiver": queue.receiver(), "kind": { "$in": kinds } }
}

/// Returns the condition that a message exists and is not done.
fn kept(id: Id) -> Document {
    doc! { "_id": oid(id), "state": { "$in": [WAITING, FAILED] } }
}

/// Returns the condition that a message waits and nobody is sending it. A claim that lasts longer than any claim can
/// was made before the clock was set back.
fn free(now: Timestamp) -> Document {
    let latest = date(QueuedMessage::latest_wait(now));
    doc! { "state": WAITING, "lease_until": { "$not": { "$gt": date(now), "$lte": latest } } }
}

/// Whether what a message says still holds: its registration, its link, its account. All of it is read, so that what cannot
/// be is not taken.
pub(super) async fn is_alive(db: &Db, document: &Document) -> Result<bool> {
    message(document)?;
    let fields = Fields::of("regstack_outbox", document);
    if let Some(proof) = fields.optional_text("pending_proof")?
        && !promotion::holds(db, &ProofHash::from_stored(proof)).await?
    {
        return Ok(false);
    }
    let is_webhook = message_kind(&fields)? == MessageKind::Webhook;
    let Some(account) = fields.optional_id("account")?.filter(|_| !is_webhook) else {
        return Ok(true);
    };
    if fields.flag("farewell", false)? {
        return Ok(true);
    }
    let account = db
        .read(db.users.find_one(user_documents::present(account)))
        .await?;
    let Some(account) = account.as_ref().map(user).transpose()? else {
        return Ok(false);
    };
    let issued_at = fields.optional_moment("issued_at")?;
    Ok(issued_at.is_none_or(|issued_at| !account.has_ended(issued_at)))
}

async fn take(
    db: &Db,
    id: Bson,
    lease: Id,
    lease_until: Timestamp,
    now: Timestamp,
) -> Result<Option<ClaimedMessage>> {
    let mut condition = free(now);
    condition.insert("_id", id);
    condition.insert("not_before", doc! { "$lte": date(now) });
    let update = doc! {
        "$set": { "lease": oid(lease), "lease_until": date(lease_until) },
        "$inc": { "attempts": 1_i64 },
    };
    let taken = db.outbox.find_one_and_update(condition, update);
    let taken = db
        .write(taken.return_document(ReturnDocument::After))
        .await?;
    let claim = |document: &Document| {
        Ok(ClaimedMessage {
            message: message(document)?,
            lease,
        })
    };
    taken.as_ref().map(claim).transpose()
}

/// Marks what was not sent in time as failed, and keeps it for inspection. A message that is being sent is left to its
/// sender.
async fn give_up_expired(db: &Db, now: Timestamp) -> Result<()> {
    let mut expired = free(now);
    expired.insert("expires_at", doc! { "$lte": date(now) });
    let last = doc! { "$cond": [
        { "$eq": [{ "$type": "$last_error" }, "string"] },
        { "$concat": [QueuedMessage::LAST_ERROR, "$last_error"] },
        "",
    ] };
    let update = vec![
        doc! { "$set": {
            "state": FAILED,
            "failed_at": date(now),
            "last_error": { "$concat": [QueuedMessage::EXPIRED, last] },
        } },
        doc! { "$unset": ["lease", "lease_until"] },
    ];
    update_some(db, expired, update).await
}

/// Changes some of the matching messages. The next claim changes the rest.
async fn update_some(
    db: &Db,
    mut condition: Document,
    update: impl Into<UpdateModifications>,
) -> Result<()> {
    let found = db.outbox.find(condition.clone());
    let found = found.projection(doc! { "_id": 1 });
    let found = found.limit(i64::from(MessageQueue::MAX_AT_ONCE));
    let found = db.all(found).await?;
    let ids: Vec<&Bson> = found
        .iter()
        .filter_map(|message| message.get("_id"))
        .collect();
    if !ids.is_empty() {
        condition.insert("_id", doc! { "$in": ids });
        db.write(db.outbox.update_many(condition, update)).await?;
    }
    Ok(())
}

/// Makes messages due that are put off for longer than is possible: their time was set before the clock was set back.
async fn settle_future(db: &Db, queue: MessageQueue<'_>, now: Timestamp) -> Result<()> {
    let latest = date(QueuedMessage::latest_wait(now));
    let mut put_off = doc! { "state": WAITING, "not_before": { "$gt": latest } };
    put_off.extend(of_queue(queue));
    let due = doc! { "$set": { "not_before": date(now) } };
    update_some(db, put_off, due).await
}

fn held(message: Id, lease: Id) -> Document {
    doc! { "_id": oid(message), "lease": oid(lease) }
}

/// Returns the update for a message that is done: only its id stays, until it would have expired.
fn done() -> Vec<Document> {
    vec![doc! { "$replaceWith": { "_id": "$_id", "state": DONE, "forget_at": "$expires_at" } }]
}

fn entry(document: &Document) -> Result<MessageEntry> {
    let fields = Fields::of("regstack_outbox", document);
    Ok(MessageEntry {
        id: fields.id("_id")?,
        kind: message_kind(&fields)?,
        recipient: fields.text("recipient")?,
        state: MessageState::of(fields.text("state")? == FAILED),
        attempts: u32::try_from(fields.count("attempts")?).unwrap_or(u32::MAX),
        last_error: fields.optional_text("last_error")?,
        created_at: fields.moment("created_at")?,
        not_before: fields.moment("not_before")?,
    })
}
