//! Messages as documents: writing and reading them, and dropping those that are no longer valid.

use mongodb::bson::{Document, doc};

use super::db::Db;
use super::documents::{Fields, binary, date, oid, without_nulls};
use crate::model::{Email, Id, MessageKind, ProofHash, QueuedMessage, User};
use crate::store::Result;

pub(super) const WAITING: &str = "waiting";
pub(super) const FAILED: &str = "failed";
pub(super) const DONE: &str = "done";

pub(super) fn message_document(message: &QueuedMessage) -> Document {
    without_nulls(doc! {
        "_id": oid(message.id),
        "kind": message.kind.as_str(),
        "recipient": &message.recipient,
        "receiver": message.receiver(),
        "user_id": message.user_id.map(oid),
        "pending_proof": message.pending_proof.as_ref().map(ProofHash::as_str),
        "dies_with_change": message.dies_with_change,
        "payload": binary(message.payload.clone()),
        "created_at": date(message.created_at),
        "not_before": date(message.not_before),
        "expires_at": date(message.expires_at),
        "attempts": i64::from(message.attempts),
    })
}

pub(super) fn message_kind(fields: &Fields<'_>) -> Result<MessageKind> {
    fields.named("kind", MessageKind::from_name)
}

pub(super) fn message(document: &Document) -> Result<QueuedMessage> {
    let fields = Fields::of("regstack_outbox", document);
    Ok(QueuedMessage {
        id: fields.id("_id")?,
        kind: message_kind(&fields)?,
        recipient: fields.text("recipient")?,
        user_id: fields.optional_id("user_id")?,
        pending_proof: fields.optional_as("pending_proof", ProofHash::from_stored)?,
        dies_with_change: fields.flag("dies_with_change", false)?,
        payload: fields.bytes("payload")?,
        created_at: fields.moment("created_at")?,
        not_before: fields.moment("not_before")?,
        expires_at: fields.moment("expires_at")?,
        attempts: u32::try_from(fields.count("attempts")?).unwrap_or(u32::MAX),
    })
}

/// Returns a message as it is inserted into the outbox.
pub(super) fn waiting(mut message: Document) -> Document {
    message.insert("state", WAITING);
    message
}

/// Drops the mail and SMS of an account that is deleted, including links that verify its email address.
pub(super) async fn drop_of_user(db: &Db, user: &User) -> Result<()> {
    let own = doc! {
        "user_id": oid(user.id),
        "kind": { "$ne": MessageKind::Webhook.as_str() },
        "farewell": { "$ne": true },
    };
    db.clear(&db.outbox, own).await?;
    drop_verifications(db, &user.email).await
}

/// Drops the links that verify an email address.
pub(super) async fn drop_verifications(db: &Db, email: &Email) -> Result<()> {
    let links = doc! {
        "recipient": { "$in": [email.as_str(), email.key()] },
        "pending_proof": { "$exists": true },
    };
    db.clear(&db.outbox, links).await
}

/// Drops the links and codes of an account whose password or email address changed.
pub(super) async fn drop_outdated(db: &Db, user_id: Id) -> Result<()> {
    let links = doc! { "user_id": oid(user_id), "dies_with_change": true };
    db.clear(&db.outbox, links).await
}
