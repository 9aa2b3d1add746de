//! The audit trail, and the days that it adds up to.
//!
//! A day's counters are raised when an event is new to the trail. A process that dies between the two leaves a day short of
//! one count; accounts and events themselves are exact.

use super::Mongo;
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use mongodb::bson::{Bson, Document, doc};

use super::connection::Db;
use super::documents::{
    Fields, behind, date, event, event_document, if_readable, message_document, oid, user,
};
use super::outbox::waiting;
use super::relay::insert_new;
use super::user_documents::{self, DELETING};
use crate::clock::from_millis;
use crate::model::{DayCounts, Event, EventFilter, EventKind, Page, PageKey, User};
use crate::store::page;
use crate::store::{AuditStore, Result};

#[async_trait]
impl AuditStore for Mongo {
    async fn record(&self, event: Event) -> Result<()> {
        record(self.db().await?, &event).await
    }

    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<Event>> {
        list(self.db().await?, filter, after, limit).await
    }

    async fn series(&self, days: u32, now: Timestamp) -> Result<Vec<DayCounts>> {
        series(self.db().await?, days, now).await
    }
}

const DAY_MILLIS: i64 = 86_400_000;

/// Writes an event that comes with no change. A process that dies on the way may leave the message that tells of it alone.
pub(super) async fn record(db: &Db, event: &Event) -> Result<()> {
    write(db, Vec::new(), vec![event_document(event)?], None).await
}

/// Writes messages and events that are not there yet, and the messages that tell others of the events; `account` is the
/// document they were pushed to, if it is an account's.
pub(super) async fn write(
    db: &Db,
    mut messages: Vec<Document>,
    events: Vec<Document>,
    account: Option<&Document>,
) -> Result<()> {
    let told = announce(db, &events, account, &mut messages).await?;
    let events = async {
        let new = insert_new(db, &db.events, events).await?;
        count(db, &new).await?;
        Ok(new)
    };
    let (_, new) = tokio::try_join!(insert_new(db, &db.outbox, messages), events)?;
    if let Some(announcer) = &db.announcer {
        for (event, user) in told {
            let id = Bson::from(oid(event.id));
            if new.iter().any(|new| new.get("_id") == Some(&id)) {
                announcer.recorded(event, user);
            }
        }
    }
    Ok(())
}

/// Adds the messages that tell of events, under ids that are the same each time; what is told. An event that cannot be read,
/// as one of a newer version, is told to nobody.
async fn announce(
    db: &Db,
    events: &[Document],
    account: Option<&Document>,
    messages: &mut Vec<Document>,
) -> Result<Vec<(Event, Option<User>)>> {
    let mut told = Vec::new();
    let Some(announcer) = &db.announcer else {
        return Ok(told);
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
            // Nobody has the event's own id: an answer that means "nobody" takes as long.
            None => user_documents::by_id(db, event.user_id.unwrap_or(event.id)).await,
        };
        let user = if_readable(user)?.flatten();
        for message in announcer.announce(&event, user.as_ref()) {
            messages.push(waiting(message_document(&message)));
        }
        told.push((event, user));
    }
    Ok(told)
}

/// Counts events that are new to the trail.
async fn count(db: &Db, events: &[Document]) -> Result<()> {
    for event in events {
        let counter = match event.get_str("kind") {
            Ok(kind) if kind == EventKind::UserVerified.as_str() => "verified",
            Ok(kind) if kind == EventKind::UserLoggedIn.as_str() => "logins",
            Ok(kind) if kind == EventKind::LoginFailed.as_str() => "failures",
            _ => continue,
        };
        let at = Fields::of("regstack_events", event).moment("at");
        let Some(at) = if_readable(at)? else {
            continue;
        };
        raise(db, at, counter).await?;
    }
    Ok(())
}

/// Counts an account that came to be.
pub(super) async fn count_account(db: &Db, user: &User) -> Result<()> {
    raise(db, user.created_at, "registered").await
}

async fn raise(db: &Db, at: Timestamp, counter: &str) -> Result<()> {
    let day = day_of(at).to_string();
    let update = doc! { "$inc": { counter: 1_i64 } };
    db.upsert(&db.days, doc! { "_id": day }, update).await?;
    Ok(())
}

fn day_of(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}

pub(super) async fn list(
    db: &Db,
    filter: &EventFilter,
    after: Option<PageKey>,
    limit: u32,
) -> Result<Page<Event>> {
    let mut condition = after.map_or_else(Document::new, |key| behind("at", key));
    if let Some(since) = filter.since {
        // The place is a condition on `at` already.
        condition = doc! { "$and": [condition, { "at": { "$gte": date(since) } }] };
    }
    if let Some(user_id) = filter.user_id {
        condition.insert("user_id", oid(user_id));
    }
    if let Some(kind) = filter.kind {
        condition.insert("kind", kind.as_str());
    }
    let found = db.events.find(condition);
    let newest_first = found.sort(doc! { "at": -1, "_id": -1 });
    let documents = db.all(newest_first.limit(page::rows(limit))).await?;
    let events = documents.iter().map(event).collect::<Result<_>>()?;
    Ok(page::of(events, limit, |event: &Event| PageKey {
        at: event.at,
        id: event.id,
    }))
}

pub(super) async fn series(db: &Db, days: u32, now: Timestamp) -> Result<Vec<DayCounts>> {
    let today = now.as_millisecond().div_euclid(DAY_MILLIS);
    let dates: Vec<Date> = (today - i64::from(days) + 1..=today)
        .map(|day| day_of(from_millis(day.saturating_mul(DAY_MILLIS))))
        .collect();
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
        return Ok(Vec::new());
    };
    let between = doc! { "_id": { "$gte": first.to_string(), "$lte": last.to_string() } };
    let counted = db.all(db.days.find(between)).await?;
    let counts = |date: Date| {
        let name = date.to_string();
        let nothing = Document::new();
        let day = counted
            .iter()
            .find(|day| day.get_str("_id").is_ok_and(|day| day == name))
            .unwrap_or(&nothing);
        let fields = Fields::of("regstack_days", day);
        Ok(DayCounts {
            date,
            registered: fields.count("registered")?,
            verified: fields.count("verified")?,
            logins: fields.count("logins")?,
            failures: fields.count("failures")?,
        })
    };
    dates.into_iter().map(counts).collect()
}
