//! Writing messages and events together with a change, on a server without transactions over several documents.
//!
//! Messages and events are pushed into the field [`OUT`] of the document that changes, in the same update. From there the
//! same process copies them to the outbox and the audit trail under their own ids, and removes them from the field a moment
//! later (`tidy`). If it dies before that, any worker does it again (`repair`). An existing copy isn't made again: a message
//! that was sent or removed leaves its id behind for as long as it could be copied again.

use mongodb::Collection;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};

use super::days::count_events;
use super::db::Db;
use super::documents::{Fields, event, event_document, if_readable, oid, user};
use super::error::tolerate;
use super::message_documents::{message_document, waiting};
use super::out::{OUT, Out, without};
use super::user_documents::{DELETING, by_id, present, update};
use crate::model::{DayCounts, Event, Id, User};
use crate::store::{Effects, Result, StoreError};

/// Copies what waits in a document, after the step that left it there. The step is done, so if the server becomes
/// unavailable now, that is not an error: any worker copies the rest.
pub(super) async fn relay(
    db: &Db,
    collection: &Collection<Document>,
    document: &Document,
) -> Result<()> {
    match insert(db, collection, document).await {
        Ok(copied) => {
            if !copied.is_empty() {
                db.tidy.later(collection, key(document), copied);
            }
            Ok(())
        }
        failed => tolerate(failed.map(drop)),
    }
}

/// Does the same for many documents, with one write of all their messages.
pub(super) async fn relay_all(
    db: &Db,
    collection: &Collection<Document>,
    documents: &[&Document],
) -> Result<()> {
    let (mut messages, mut copied) = (Vec::new(), Vec::new());
    for document in documents {
        let entries = Entries::of(db, collection, document)?;
        if entries.events.is_empty() {
            messages.extend(entries.messages);
            copied.push((key(document), entries.ids));
        } else {
            relay(db, collection, document).await?;
        }
    }
    if let Err(error) = db.insert_each(&db.outbox, &messages).await {
        return tolerate(Err(error));
    }
    for (document, ids) in copied.into_iter().filter(|(_, ids)| !ids.is_empty()) {
        db.tidy.later(collection, document, ids);
    }
    Ok(())
}

/// Copies what waits in a document, and removes it from there.
pub(super) async fn copy(
    db: &Db,
    collection: &Collection<Document>,
    document: &Document,
) -> Result<()> {
    let copied = insert(db, collection, document).await?;
    if !copied.is_empty() {
        let key = doc! { "_id": key(document) };
        db.write(collection.update_one(key, without(copied)))
            .await?;
    }
    Ok(())
}

/// The key of a document.
fn key(document: &Document) -> Bson {
    document.get("_id").cloned().unwrap_or(Bson::Null)
}

/// What waits in a document.
#[derive(Default)]
struct Entries {
    messages: Vec<Document>,
    events: Vec<Document>,
    ids: Vec<ObjectId>,
}

impl Entries {
    fn of(db: &Db, collection: &Collection<Document>, document: &Document) -> Result<Self> {
        let fields = Fields::of("regstack_out", document);
        let account = account(db, collection, document);
        let mut entries = Self::default();
        for entry in fields.list(OUT)? {
            if let Ok(id) = entry.get_object_id("id") {
                entries.ids.push(id);
            }
            if let Ok(message) = entry.get_document("message") {
                let mut message = waiting(message.clone());
                if let Some(account) = account {
                    fill(&mut message, "user_id", account, "_id");
                    fill(&mut message, "account", account, "_id");
                }
                entries.messages.push(message);
            } else if let Ok(event) = entry.get_document("event") {
                let mut event = event.clone();
                if let Some(account) = account {
                    fill(&mut event, "user_id", account, "_id");
                    fill(&mut event, "email", account, "email");
                }
                entries.events.push(event);
            }
        }
        Ok(entries)
    }
}

/// Returns the document if it is an account's.
fn account<'a>(
    db: &Db,
    collection: &Collection<Document>,
    document: &'a Document,
) -> Option<&'a Document> {
    (collection.name() == db.users.name()).then_some(document)
}

/// Copies what waits in a document, and returns the ids of the entries.
async fn insert(
    db: &Db,
    collection: &Collection<Document>,
    document: &Document,
) -> Result<Vec<ObjectId>> {
    let entries = Entries::of(db, collection, document)?;
    if entries.ids.is_empty() && entries.messages.is_empty() && entries.events.is_empty() {
        return Ok(Vec::new());
    }
    let account = account(db, collection, document);
    write(db, entries.messages, entries.events, account).await?;
    Ok(entries.ids)
}

/// Sets an absent field from a field of the account.
fn fill(document: &mut Document, field: &str, account: &Document, from: &str) {
    if !document.contains_key(field)
        && let Some(value) = account.get(from)
    {
        document.insert(field, value.clone());
    }
}

/// Writes an event that is not part of a change. Returns whether it is new. A process that dies in between may leave
/// only the message that announces it.
pub(super) async fn record(db: &Db, event: &Event) -> Result<bool> {
    let new = write(db, Vec::new(), vec![event_document(event)?], None).await?;
    Ok(new > 0)
}

/// Writes messages and events that are new, and the messages that announce the events. Returns how many events were
/// new. `account` is the document that they were pushed to, if it is an account's.
async fn write(
    db: &Db,
    mut messages: Vec<Document>,
    events: Vec<Document>,
    account: Option<&Document>,
) -> Result<usize> {
    let to_publish = announce(db, &events, account, &mut messages).await?;
    let events = async {
        let new = insert_new(db, &db.events, events).await?;
        count_events(db, &new).await?;
        Ok(new)
    };
    let (_, new) = tokio::try_join!(insert_new(db, &db.outbox, messages), events)?;
    if let Some(announcer) = &db.announcer {
        for (event, user) in to_publish {
            let id = Bson::from(oid(event.id));
            if new.iter().any(|new| new.get("_id") == Some(&id)) {
                announcer.recorded(event, user);
            }
        }
    }
    Ok(new.len())
}

/// Adds the messages that announce events, with ids that are the same each time. Returns the events to publish. An
/// event that can't be read, for example one of a newer version, is not announced.
async fn announce(
    db: &Db,
    events: &[Document],
    account: Option<&Document>,
    messages: &mut Vec<Document>,
) -> Result<Vec<(Event, Option<User>)>> {
    let mut to_publish = Vec::new();
    let Some(announcer) = &db.announcer else {
        return Ok(to_publish);
    };
    for document in events {
        let Some(event) = if_readable(event(document))? else {
            continue;
        };
        if !announcer.listens(event.kind) {
            continue;
        }
        let user = match account {
            Some(account) if account.contains_key(DELETING) => Ok(None),
            Some(account) => user(account).map(Some),
            // Without an account, look up the event's own id, which no account has, so that the answer takes as long.
            None => by_id(db, event.user_id.unwrap_or(event.id)).await,
        };
        let user = if_readable(user)?.flatten();
        for message in announcer.announce(&event, user.as_ref()) {
            messages.push(waiting(message_document(&message)));
        }
        to_publish.push((event, user));
    }
    Ok(to_publish)
}

/// Inserts the documents that are new, and returns them.
async fn insert_new(
    db: &Db,
    collection: &Collection<Document>,
    documents: Vec<Document>,
) -> Result<Vec<Document>> {
    let there = db.insert_each(collection, &documents).await?;
    Ok(documents
        .into_iter()
        .enumerate()
        .filter(|(index, _)| !there.contains(index))
        .map(|(_, document)| document)
        .collect())
}

/// Pushes effects to an account that does not change otherwise, and copies them.
pub(super) async fn push(db: &Db, id: Id, out: Out) -> Result<()> {
    if out.is_empty() {
        return Ok(());
    }
    let mut pushed = Document::new();
    out.push_into(&mut pushed);
    match update(db, present(id), pushed).await? {
        Some(document) => relay(db, &db.users, &document).await,
        None => Ok(()),
    }
}

/// Makes as many writes as [`relay()`], and as many of them in sequence, without an effect: a response about an account that
/// doesn't exist must take as long as one about an account that does.
pub(super) async fn pretend(db: &Db, cap: &str, effects: Effects) -> Result<()> {
    let counters = effects.events.iter();
    let is_counted = counters.filter_map(|event| DayCounts::counter(event.kind));
    let is_counted = is_counted.count() > 0;
    let (has_messages, has_events) = (!effects.messages.is_empty(), !effects.events.is_empty());
    let out = Out::of_account(effects)?;
    let ids = out.ids();
    let list = out.into_list();
    let void = async |is_wanted: bool| {
        if is_wanted {
            let set = doc! { "$set": { OUT: list.clone() } };
            db.write(db.caps.update_one(doc! { "_id": cap }, set))
                .await?;
        }
        Ok::<_, StoreError>(())
    };
    let events = async {
        void(has_events).await?;
        void(is_counted).await
    };
    tokio::try_join!(void(has_messages), events)?;
    if !ids.is_empty() {
        db.tidy.later(&db.caps, cap.into(), ids);
    }
    Ok(())
}
