//! Taking out what names a person. Each step may be repeated.

use mongodb::bson::{Bson, Document, doc};

use super::db::Db;
use super::documents::{Fields, date, oid};
use super::login_methods::identities_of;
use super::message_documents::{DONE, FAILED, WAITING};
use super::{code_documents, promotion, relay, session_documents};
use crate::model::{Actor, Email, EventsNaming, Id, MessageKind, PageKey};
use crate::store::privacy::{ERASED, EVENTS_AT_ONCE};
use crate::store::{ErasedEvents, ErasedTraces, Erasure, EventFate, EventPart, Result};

/// An event as far as it may name somebody.
struct Named {
    key: PageKey,
    user_id: Option<Id>,
    email: Option<Email>,
    actor: String,
}

/// Some events behind a place, the oldest first, and the place to go on from.
async fn named(db: &Db, after: Option<PageKey>) -> Result<(Vec<Named>, Option<PageKey>)> {
    let condition = after.map_or_else(Document::new, |key| {
        let (at, id) = (date(key.at), oid(key.id));
        doc! { "at": { "$gte": at }, "$or": [{ "at": { "$gt": at } }, { "_id": { "$gt": id } }] }
    });
    let shown = doc! { "at": 1, "user_id": 1, "email": 1, "actor": 1 };
    let found = db.events.find(condition).projection(shown);
    let found = found.sort(doc! { "at": 1, "_id": 1 });
    let documents = db.all(found.limit(EVENTS_AT_ONCE.into())).await?;
    let events = documents.iter().map(|document| {
        let fields = Fields::of("regstack_events", document);
        Ok(Named {
            key: PageKey {
                at: fields.moment("at")?,
                id: fields.id("_id")?,
            },
            user_id: fields.optional_id("user_id")?,
            email: fields.optional_as("email", Email::from_stored)?,
            actor: fields.text("actor")?,
        })
    });
    let events = events.collect::<Result<Vec<_>>>()?;
    let is_full = events.len() == EVENTS_AT_ONCE as usize;
    let next = events.last().filter(|_| is_full).map(|event| event.key);
    Ok((events, next))
}

pub(super) async fn events_naming(
    db: &Db,
    email: &Email,
    after: Option<PageKey>,
) -> Result<EventsNaming> {
    let (events, next) = named(db, after).await?;
    let events = events.into_iter();
    let events = events.map(|event| (event.user_id, event.email));
    Ok(EventsNaming::among(events, email, next))
}

pub(super) async fn events(
    db: &Db,
    erasure: &Erasure,
    part: EventPart,
    after: Option<PageKey>,
) -> Result<ErasedEvents> {
    let (events, next) = named(db, after).await?;
    let (mut removed, mut stripped, mut unnamed) = (Vec::new(), Vec::new(), Vec::new());
    for event in events {
        let list = match erasure.fate(event.user_id, event.email.as_ref(), &event.actor, part) {
            None => continue,
            Some(EventFate::Remove) => &mut removed,
            Some(EventFate::Strip) => &mut stripped,
            Some(EventFate::Unname) => &mut unnamed,
        };
        list.push(oid(event.key.id));
    }
    let erased = ErasedEvents {
        removed: removed.len() as u64,
        stripped: (stripped.len() + unnamed.len()) as u64,
        next,
    };
    let without_person = doc! {
        "$unset": { "user_id": "", "email": "", "ip": "", "request_id": "" },
        "$set": { "data": {} },
    };
    let without_actor = doc! {
        "$unset": { "ip": "", "request_id": "" },
        "$set": { "actor": ERASED },
    };
    for (ids, update) in [(stripped, without_person), (unnamed, without_actor)] {
        if !ids.is_empty() {
            let these = doc! { "_id": { "$in": ids } };
            db.again(|| db.events.update_many(these.clone(), update.clone()))
                .await?;
        }
    }
    if !removed.is_empty() {
        db.clear(&db.events, doc! { "_id": { "$in": removed } })
            .await?;
    }
    Ok(erased)
}

pub(super) async fn traces(db: &Db, erasure: &Erasure) -> Result<ErasedTraces> {
    let spellings: Vec<String> = erasure.spellings().into_iter().collect();
    let ids: Vec<_> = erasure.ids.iter().map(|id| oid(*id)).collect();
    let failures = doc! { "email": { "$in": &spellings } };
    let failed_logins = db.remove(&db.failures, failures).await?;
    let mut registrations = 0;
    for email in &erasure.emails {
        let guard = doc! { "_id": email.key() };
        if let Some(document) = db.read(db.guard.find_one(guard.clone())).await? {
            // What it still has to tell is dealt with as an event.
            relay::copy(db, &db.guard, &document).await?;
            db.clear(&db.guard, guard).await?;
        }
        let waits = promotion::remove(db, doc! { "email": email.key() }).await?;
        registrations += u64::from(waits);
    }
    let people = doc! { "$ne": MessageKind::Webhook.as_str() };
    let states = doc! { "$in": [WAITING, FAILED] };
    let to_address = doc! {
        "recipient": { "$in": &spellings },
        "kind": people.clone(),
        "state": states.clone(),
    };
    let own = doc! {
        "user_id": { "$in": &ids },
        "$or": [{ "kind": people }, { "state": { "$in": [FAILED, DONE] } }],
    };
    let messages = db.remove(&db.outbox, to_address).await? + db.remove(&db.outbox, own).await?;
    let [first, end] = Erasure::BEHIND;
    let counters = erasure.counters();
    let more = counters.iter().map(|name| {
        doc! { "_id": { "$gte": format!("{name}{first}"), "$lt": format!("{name}{end}") } }
    });
    let mut either: Vec<Document> = more.collect();
    either.push(doc! { "_id": { "$in": &counters } });
    let counters = db.remove(&db.caps, doc! { "$or": either }).await?;
    let others = of_accounts(db, erasure).await?;
    let waiting = doc! { "user_id": { "$in": &ids }, "state": WAITING };
    let webhooks_waiting = db.read(db.outbox.count_documents(waiting)).await?;
    Ok(ErasedTraces {
        failed_logins,
        registrations,
        messages,
        counters,
        others,
        webhooks_waiting,
    })
}

/// What still names the accounts beside messages.
async fn of_accounts(db: &Db, erasure: &Erasure) -> Result<u64> {
    let mut others = 0;
    for id in &erasure.ids {
        code_documents::forget(db, *id).await?;
        code_documents::forgive(db, *id).await?;
        session_documents::forget(db, *id).await?;
        others += db.remove(&db.identities, identities_of(*id)).await?;
        // Nobody has a token of an account that is gone, so that nothing hangs on whose it was.
        let revoked = doc! { "regstack_user_id": { "$in": [Bson::from(oid(*id))] } };
        let unnamed = doc! { "$unset": { "regstack_user_id": "" } };
        let written = db.again(|| db.revoked.update_many(revoked.clone(), unnamed.clone()));
        others += written.await?.modified_count;
        let keys = doc! { "created_by": Actor::User(*id).to_string() };
        let unnamed = doc! { "$set": { "created_by": ERASED } };
        let written = db.again(|| db.service_keys.update_many(keys.clone(), unnamed.clone()));
        others += written.await?.modified_count;
    }
    Ok(others)
}
