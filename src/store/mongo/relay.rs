//! What is written together with a change, on a server without transactions over several documents.
//!
//! Messages and events are pushed into the field `regstack_out` of the document that changes, in the same update. From there
//! the acting process copies them to the outbox and the trail under their own ids, and then takes them out; if it dies
//! on the way, any worker does it again ([`relay_all`]). A copy that is there already is done: a message that was sent or
//! removed leaves its id behind for as long as it could be copied again.

use mongodb::Collection;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};

use super::connection::{Db, Trouble, duplicates};
use super::documents::{Fields, event_document, if_readable, literal, message_document, oid};
use super::user_documents::{present, update};
use super::{audit, deletion, outbox};
use crate::model::{Email, Id};
use crate::store::{Effects, Result};

/// The field.
pub(super) const OUT: &str = "regstack_out";

/// How many documents one round of [`relay_all`] takes of a collection.
const ROUND: i64 = 50;

/// What is to be copied: the entries of [`OUT`].
#[derive(Default)]
pub(super) struct Out(Vec<Bson>);

impl Out {
    /// Messages and events; what they leave open of whom they concern is filled in. On an account's document it may be left
    /// open: then it is that account.
    pub(super) fn of(effects: Effects, user_id: Option<Id>, email: Option<&Email>) -> Result<Self> {
        let mut entries = Vec::new();
        for mut message in effects.messages {
            message.user_id = message.user_id.or(user_id);
            entries.push(doc! { "id": oid(message.id), "message": message_document(&message) });
        }
        for mut event in effects.events {
            event.user_id = event.user_id.or(user_id);
            event.email = event.email.or_else(|| email.cloned());
            entries.push(doc! { "id": oid(event.id), "event": event_document(&event)? });
        }
        Ok(Self(entries.into_iter().map(Bson::Document).collect()))
    }

    /// The same, of whatever account they are pushed to.
    pub(super) fn of_account(effects: Effects) -> Result<Self> {
        Self::of(effects, None, None)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets a field of every message.
    pub(super) fn mark_messages(mut self, field: &str, value: impl Into<Bson>) -> Self {
        let value = value.into();
        let documents = self.0.iter_mut().filter_map(Bson::as_document_mut);
        for message in documents.filter_map(|entry| entry.get_document_mut("message").ok()) {
            message.insert(field, value.clone());
        }
        self
    }

    /// As the operator of an update that is no pipeline.
    pub(super) fn push(self) -> Document {
        doc! { OUT: { "$each": self.0 } }
    }

    /// As the field of a new document.
    pub(super) fn put_into(self, document: &mut Document) {
        if !self.is_empty() {
            document.insert(OUT, self.0);
        }
    }

    /// As the stage of an update pipeline: added to what is there. With `drop_outdated` links that die with a change go.
    pub(super) fn stage(self, drop_outdated: bool) -> Document {
        let kept = if drop_outdated {
            doc! { "$filter": { "input": there(), "cond": { "$ne": ["$$this.message.dies_with_change", true] } } }
        } else {
            there()
        };
        set(doc! { "$concatArrays": [kept, literal(self.0)] })
    }

    /// As such a stage that adds only where a field of the document says so.
    pub(super) fn stage_if(self, field: &str) -> Document {
        let added = doc! { "$concatArrays": [there(), literal(self.0)] };
        set(doc! { "$cond": [format!("${field}"), added, there()] })
    }
}

/// What waits in the document, inside an update pipeline.
fn there() -> Document {
    doc! { "$ifNull": [format!("${OUT}"), []] }
}

/// The stage that sets it to a list; an empty one leaves no trace.
fn set(list: Document) -> Document {
    let unless_empty = doc! { "$cond": [{ "$eq": ["$$list", []] }, "$$REMOVE", "$$list"] };
    doc! { "$set": { OUT: { "$let": { "vars": { "list": list }, "in": unless_empty } } } }
}

/// Copies what waits in a document, and takes it out.
pub(super) async fn relay(
    db: &Db,
    collection: &Collection<Document>,
    document: &Document,
) -> Result<()> {
    let fields = Fields::of("regstack_out", document);
    let entries = fields.list(OUT)?;
    if entries.is_empty() {
        return Ok(());
    }
    let account = (collection.name() == db.users.name()).then_some(document);
    let (mut messages, mut events, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        if let Ok(id) = entry.get_object_id("id") {
            ids.push(id);
        }
        if let Ok(message) = entry.get_document("message") {
            let mut message = outbox::waiting(message.clone());
            if let Some(account) = account {
                fill(&mut message, "user_id", account, "_id");
                fill(&mut message, "account", account, "_id");
            }
            messages.push(message);
        } else if let Ok(event) = entry.get_document("event") {
            let mut event = event.clone();
            if let Some(account) = account {
                fill(&mut event, "user_id", account, "_id");
                fill(&mut event, "email", account, "email");
            }
            events.push(event);
        }
    }
    audit::write(db, messages, events, account).await?;
    take_out(db, collection, document, ids).await
}

/// Pushes effects to an account that does not change otherwise, and copies them.
pub(super) async fn push(db: &Db, id: Id, out: Out) -> Result<()> {
    if out.is_empty() {
        return Ok(());
    }
    match update(db, present(id), doc! { "$push": out.push() }).await? {
        Some(document) => relay(db, &db.users, &document).await,
        None => Ok(()),
    }
}

/// Sets a field that is absent to what the account has in one of its own.
fn fill(document: &mut Document, field: &str, account: &Document, from: &str) {
    if !document.contains_key(field)
        && let Some(value) = account.get(from)
    {
        document.insert(field, value.clone());
    }
}

/// Inserts what is not there yet, and returns it.
pub(super) async fn insert_new(
    db: &Db,
    collection: &Collection<Document>,
    documents: Vec<Document>,
) -> Result<Vec<Document>> {
    if documents.is_empty() {
        return Ok(documents);
    }
    let insert = async {
        match collection.insert_many(&documents).ordered(false).await {
            Ok(_) => Ok(Vec::new()),
            Err(error) => duplicates(&error).ok_or(error),
        }
    };
    let there = db.write(insert).await?;
    Ok(documents
        .into_iter()
        .enumerate()
        .filter(|(index, _)| !there.contains(index))
        .map(|(_, document)| document)
        .collect())
}

async fn take_out(
    db: &Db,
    collection: &Collection<Document>,
    document: &Document,
    ids: Vec<ObjectId>,
) -> Result<()> {
    let rest = doc! { "$filter": { "input": there(), "cond": { "$not": [{ "$in": ["$$this.id", ids] }] } } };
    let update = vec![set(rest)];
    let key = doc! { "_id": document.get("_id").cloned().unwrap_or(Bson::Null) };
    db.write(collection.update_one(key, update)).await?;
    Ok(())
}

/// Finishes what other processes began and did not end: copies left behind, and deletions.
pub(super) async fn relay_all(db: &Db) -> Result<()> {
    let hosts = [&db.users, &db.pending, &db.guard, &db.revoked];
    let [users, pending, guard, revoked] = hosts.map(|host| {
        let left = host.find(doc! { format!("{OUT}.id"): { "$exists": true } });
        db.all(left.limit(ROUND))
    });
    let (users, pending, guard, revoked) = tokio::try_join!(users, pending, guard, revoked)?;
    for (host, documents) in hosts.into_iter().zip([users, pending, guard, revoked]) {
        for document in documents {
            if_readable(relay(db, host, &document).await)?;
        }
    }
    Box::pin(deletion::finish_deletions(db)).await
}

/// Does the work of [`relay()`] for nobody: an answer that means "nobody" must not come sooner for it.
pub(super) async fn pretend(db: &Db, recipient: &str, effects: Effects) -> Result<()> {
    let key = doc! { "_id": recipient };
    let void = doc! { "$set": { "void": Out::of_account(effects)?.0 } };
    db.write(db.caps.update_one(key.clone(), void)).await?;
    let gone = doc! { "$unset": { "void": "" } };
    db.write(db.caps.update_one(key, gone)).await?;
    Ok(())
}

impl From<mongodb::bson::error::Error> for Trouble {
    fn from(error: mongodb::bson::error::Error) -> Self {
        Self::Driver(error.into())
    }
}
