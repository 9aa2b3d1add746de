//! The field that messages and events are pushed into, in the same update that changes the document. `relay` copies
//! them from there.

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};

use super::documents::{event_document, literal, oid};
use super::message_documents::message_document;
use crate::model::{Email, Id};
use crate::store::{Effects, Result};

/// How many entries may wait in one document, so that it stays far below the server's size limit. The oldest are
/// dropped.
const MOST: i64 = 500;

/// The field.
pub(super) const OUT: &str = "regstack_out";

/// The entries of [`OUT`]: messages and events to be copied.
#[derive(Default)]
pub(super) struct Out(Vec<Bson>);

impl Out {
    /// Converts messages and events, and fills in the account and email address if they have none. For a document of an
    /// account they may stay open: then it is that account.
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

    /// Converts messages and events for the document of any account.
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

    /// The ids of the entries.
    pub(super) fn ids(&self) -> Vec<ObjectId> {
        let documents = self.0.iter().filter_map(Bson::as_document);
        documents
            .filter_map(|entry| entry.get_object_id("id").ok())
            .collect()
    }

    /// As a list.
    pub(super) fn into_list(self) -> Vec<Bson> {
        self.0
    }

    /// Adds the entries to an update that is not a pipeline, if there are any.
    pub(super) fn push_into(self, update: &mut Document) {
        if !self.is_empty() {
            update.insert("$push", doc! { OUT: { "$each": self.0, "$slice": -MOST } });
        }
    }

    /// Adds the entries to a new document.
    pub(super) fn put_into(self, document: &mut Document) {
        if !self.is_empty() {
            document.insert(OUT, self.0);
        }
    }

    /// Returns an update stage that appends the entries. With `drop_outdated`, it also drops waiting links that die
    /// with a change.
    pub(super) fn stage(self, drop_outdated: bool) -> Document {
        let kept = if drop_outdated {
            doc! { "$filter": { "input": waiting(), "cond": { "$ne": ["$$this.message.dies_with_change", true] } } }
        } else {
            waiting()
        };
        set(doc! { "$concatArrays": [kept, literal(self.0)] })
    }

    /// Returns an update stage that appends the entries only if a field of the document is true.
    pub(super) fn stage_if(self, field: &str) -> Document {
        let added = doc! { "$concatArrays": [waiting(), literal(self.0)] };
        set(doc! { "$cond": [format!("${field}"), added, waiting()] })
    }
}

/// Returns the entries that wait in the document, as an expression.
pub(super) fn waiting() -> Document {
    doc! { "$ifNull": [format!("${OUT}"), []] }
}

/// Returns an update stage that sets the field to a list, or removes it if the list is empty.
pub(super) fn set(list: Document) -> Document {
    let unless_empty = doc! { "$cond": [{ "$eq": ["$$list", []] }, "$$REMOVE", "$$list"] };
    doc! { "$set": { OUT: { "$let": { "vars": { "list": { "$slice": [list, -MOST] } }, "in": unless_empty } } } }
}

/// The update that takes entries out of documents.
pub(super) fn without(entries: Vec<ObjectId>) -> Vec<Document> {
    let rest = doc! { "$filter": {
        "input": waiting(),
        "cond": { "$not": [{ "$in": ["$$this.id", entries] }] },
    } };
    vec![set(rest)]
}
