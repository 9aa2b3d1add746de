//! The outbox: messages queued, claimed under a lease, settled. Their payloads are sealed before they come here.
//!
//! A message waits, has failed, or is done: a message that was sent or removed leaves its id behind until it would have
//! expired, so that no late copy of it ([`super::relay`]) is sent again.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;

use super::connection::Db;
use super::documents::{
    Fields, after, behind, date, email_key, if_readable, message, message_kind, oid, user,
};
use super::relay::relay_all;
use super::{Mongo, promotion, user_documents};
use crate::model::{
    Backlog, Email, Id, MessageEntry, MessageKind, MessageState, OutboxState, Page, PageKey,
    ProofHash, User,
};
use crate::store::page;
use crate::store::{ClaimedMessage, Delivery, Lane, MessageStore, OutboxStore, Result};

#[async_trait]
impl OutboxStore for Mongo {
    async fn backlog(&self) -> Result<Backlog> {
        backlog(self.db().await?).await
    }

    async fn messages(
        &self,
        state: Option<MessageState>,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<MessageEntry>> {
        list(self.db().await?, state, after, limit).await
    }

    async fn retry_message(&self, id: Id, now: Timestamp) -> Result<bool> {
        retry(self.db().await?, id, now).await
    }

    async fn delete_message(&self, id: Id) -> Result<bool> {
        delete(self.db().await?, id).await
    }
}

/// How long a message that was given up may be tried again.
const SECOND_LIFE: SignedDuration = SignedDuration::from_hours(24);

const WAITING: &str = "waiting";
const FAILED: &str = "failed";
const DONE: &str = "done";

#[async_trait]
impl MessageStore for Mongo {
    async fn claim_messages(
        &self,
        lane: Lane<'_>,
        lease: Id,
        lease_until: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedMessage>> {
        let db = self.db().await?;
        Box::pin(relay_all(db)).await?;
        claim(db, lane, lease, lease_until, now, limit).await
    }

    async fn renew_lease(&self, message: Id, lease: Id, lease_until: Timestamp) -> Result<bool> {
        renew_lease(self.db().await?, message, lease, lease_until).await
    }

    async fn settle_message(&self, message: Id, lease: Id, delivery: Delivery) -> Result<bool> {
        settle(self.db().await?, message, lease, &delivery).await
    }

    async fn next_due(&self, lane: Lane<'_>, now: Timestamp) -> Result<Option<Timestamp>> {
        next_due(self.db().await?, lane, now).await
    }

    async fn outbox(&self) -> Result<OutboxState> {
        state(self.db().await?).await
    }
}

/// A message as it enters the outbox.
pub(super) fn waiting(mut message: Document) -> Document {
    message.insert("state", WAITING);
    message
}

/// Drops the mail and SMS of an account that goes, links to its address that wait for a proof included.
pub(super) async fn drop_of_user(db: &Db, user: &User) -> Result<()> {
    let own = doc! {
        "user_id": oid(user.id),
        "kind": { "$ne": MessageKind::Webhook.as_str() },
        "farewell": { "$ne": true },
    };
    db.write(db.outbox.delete_many(own)).await?;
    drop_verifications(db, &user.email).await
}

/// Drops the links to an address that wait for a proof.
pub(super) async fn drop_verifications(db: &Db, email: &Email) -> Result<()> {
    let links = doc! {
        "recipient": { "$in": [email.as_str(), email_key(email)] },
        "pending_proof": { "$exists": true },
    };
    db.write(db.outbox.delete_many(links)).await?;
    Ok(())
}

/// Drops the links and codes of an account whose password or address changed.
pub(super) async fn drop_outdated(db: &Db, user_id: Id) -> Result<()> {
    let links = doc! { "user_id": oid(user_id), "dies_with_change": true };
    db.write(db.outbox.delete_many(links)).await?;
    Ok(())
}

/// The condition that a message waits and nobody sends it.
fn free(now: Timestamp) -> Document {
    doc! { "state": WAITING, "lease_until": { "$not": { "$gt": date(now) } } }
}

pub(super) async fn claim(
    db: &Db,
    lane: Lane<'_>,
    lease: Id,
    lease_until: Timestamp,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<ClaimedMessage>> {
    give_up_expired(db, now).await?;
    let kinds: Vec<&str> = lane.kinds().iter().map(|kind| kind.as_str()).collect();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut claimed = Vec::new();
    let mut passed_over = Vec::new();
    while claimed.len() < limit {
        let mut due = free(now);
        due.insert("receiver", lane.receiver());
        due.insert("not_before", doc! { "$lte": date(now) });
        due.insert("kind", doc! { "$in": &kinds });
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
                // A newer version may read it: it is left as it is.
                None => passed_over.push(id),
                Some(false) => {
                    let mut dead = free(now);
                    dead.insert("_id", id);
                    db.write(db.outbox.delete_one(dead)).await?;
                }
                Some(true) => {
                    let taken = take(db, &document, lease, lease_until, now).await;
                    claimed.extend(if_readable(taken)?.flatten());
                }
            }
        }
    }
    Ok(claimed)
}

async fn next_due(db: &Db, lane: Lane<'_>, now: Timestamp) -> Result<Option<Timestamp>> {
    let kinds: Vec<&str> = lane.kinds().iter().map(|kind| kind.as_str()).collect();
    let later = db.outbox.find_one(doc! {
        "state": WAITING,
        "receiver": lane.receiver(),
        "not_before": { "$gt": date(now) },
        "kind": { "$in": kinds },
    });
    let next = db
        .read(later.sort(doc! { "not_before": 1, "_id": 1 }))
        .await?;
    let not_before = |next: &Document| Fields::of("regstack_outbox", next).moment("not_before");
    next.as_ref().map(not_before).transpose()
}

/// Whether what a message says still holds: its registration, its link, its account. All of it is read, so that what cannot
/// be is not taken.
async fn is_alive(db: &Db, document: &Document) -> Result<bool> {
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
    document: &Document,
    lease: Id,
    lease_until: Timestamp,
    now: Timestamp,
) -> Result<Option<ClaimedMessage>> {
    let mut condition = free(now);
    condition.insert("_id", document.get("_id").cloned().unwrap_or(Bson::Null));
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

/// What was not sent in time is kept for inspection. A message that is being sent is left to its sender.
async fn give_up_expired(db: &Db, now: Timestamp) -> Result<()> {
    let mut expired = free(now);
    expired.insert("expires_at", doc! { "$lte": date(now) });
    let last = doc! { "$cond": [
        { "$eq": [{ "$type": "$last_error" }, "string"] },
        { "$concat": ["; last: ", "$last_error"] },
        "",
    ] };
    let update = vec![
        doc! { "$set": {
            "state": FAILED,
            "failed_at": date(now),
            "last_error": { "$concat": ["expired before it was delivered", last] },
        } },
        doc! { "$unset": ["lease", "lease_until"] },
    ];
    db.write(db.outbox.update_many(expired, update)).await?;
    Ok(())
}

fn held(message: Id, lease: Id) -> Document {
    doc! { "_id": oid(message), "lease": oid(lease) }
}

pub(super) async fn renew_lease(
    db: &Db,
    message: Id,
    lease: Id,
    lease_until: Timestamp,
) -> Result<bool> {
    let update = doc! { "$set": { "lease_until": date(lease_until) } };
    let renewed = db.outbox.update_one(held(message, lease), update);
    Ok(db.write(renewed).await?.matched_count > 0)
}

/// What a message that is done leaves behind: its id, until it would have expired.
fn done() -> Vec<Document> {
    vec![doc! { "$replaceWith": { "_id": "$_id", "state": DONE, "forget_at": "$expires_at" } }]
}

pub(super) async fn settle(db: &Db, message: Id, lease: Id, delivery: &Delivery) -> Result<bool> {
    let let_go = doc! { "lease": "", "lease_until": "" };
    let held = held(message, lease);
    let settled = match delivery {
        Delivery::Sent => db.outbox.update_one(held, done()),
        Delivery::Retry { not_before, error } => {
            let fields = doc! { "not_before": date(*not_before), "last_error": error };
            db.outbox
                .update_one(held, doc! { "$set": fields, "$unset": let_go })
        }
        Delivery::Failed { error, at } => {
            let fields = doc! { "state": FAILED, "failed_at": date(*at), "last_error": error };
            db.outbox
                .update_one(held, doc! { "$set": fields, "$unset": let_go })
        }
    };
    Ok(db.write(settled).await?.matched_count > 0)
}

pub(super) async fn state(db: &Db) -> Result<OutboxState> {
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

pub(super) async fn backlog(db: &Db) -> Result<Backlog> {
    let waiting = db.outbox.count_documents(doc! { "state": WAITING });
    let oldest = db.outbox.find_one(doc! { "state": WAITING });
    let (waiting, oldest) = tokio::try_join!(
        db.read(waiting.limit(u64::from(Backlog::MOST))),
        db.read(oldest.sort(doc! { "created_at": 1 })),
    )?;
    let created_at = |oldest: &Document| Fields::of("regstack_outbox", oldest).moment("created_at");
    Ok(Backlog {
        waiting: u32::try_from(waiting).unwrap_or(Backlog::MOST),
        oldest: oldest.as_ref().map(created_at).transpose()?,
    })
}

pub(super) async fn list(
    db: &Db,
    state: Option<MessageState>,
    after: Option<PageKey>,
    limit: u32,
) -> Result<Page<MessageEntry>> {
    let mut condition = after.map_or_else(Document::new, |key| behind("created_at", key));
    condition.insert(
        "state",
        match state {
            None => doc! { "$in": [WAITING, FAILED] },
            Some(MessageState::Waiting) => doc! { "$eq": WAITING },
            Some(MessageState::Failed) => doc! { "$eq": FAILED },
        },
    );
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

fn entry(document: &Document) -> Result<MessageEntry> {
    let fields = Fields::of("regstack_outbox", document);
    Ok(MessageEntry {
        id: fields.id("_id")?,
        kind: message_kind(&fields)?,
        recipient: fields.text("recipient")?,
        state: if fields.text("state")? == FAILED {
            MessageState::Failed
        } else {
            MessageState::Waiting
        },
        attempts: u32::try_from(fields.count("attempts")?).unwrap_or(u32::MAX),
        last_error: fields.optional_text("last_error")?,
        created_at: fields.moment("created_at")?,
        not_before: fields.moment("not_before")?,
    })
}

/// The condition that a message is there and not done.
fn kept(id: Id) -> Document {
    doc! { "_id": oid(id), "state": { "$in": [WAITING, FAILED] } }
}

pub(super) async fn retry(db: &Db, id: Id, now: Timestamp) -> Result<bool> {
    let in_a_day = date(after(now, SECOND_LIFE));
    let expires_at = doc! { "$cond": [
        { "$eq": ["$state", FAILED] },
        { "$max": ["$expires_at", in_a_day] },
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
    let due = db.outbox.update_one(kept(id), update);
    Ok(db.write(due).await?.matched_count > 0)
}

pub(super) async fn delete(db: &Db, id: Id) -> Result<bool> {
    let deleted = db.outbox.update_one(kept(id), done());
    Ok(db.write(deleted).await?.matched_count > 0)
}
