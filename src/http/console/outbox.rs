//! The outbox: messages that wait or have failed.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::time::Instant;

use super::flash::Flash;
use super::form::Form;
use super::operator::{Answer, Operator};
use super::query::{ListQuery, Pages};
use super::rooms::Room;
use super::shown::{Moment, cut};
use crate::accounts::Error;
use crate::http::extract::MessageId;
use crate::model::{Id, MessageEntry, MessageFilter, MessageKind, MessageState};

/// The number of messages on a page.
const PAGE: u32 = 40;
/// The number of messages that are retried at a time.
const PART: u32 = 200;
/// How long one request retries messages before it shows how far it came.
const PATIENCE: Duration = Duration::from_secs(8);
/// How much of an error a list shows, in characters. The page of the message shows all of it.
const ERROR: usize = 160;
/// The parameters that select messages, and the one that names the room that an act came from.
pub(super) const FILTERS: [&str; 3] = ["state", "kind", "to"];
const FROM: &str = "from";

/// The list as its template shows it.
#[derive(Serialize)]
struct List {
    filters: Filters,
    page: MessagePage,
    waiting: u64,
    failed: u64,
    oldest: Option<Moment>,
}

/// The filters as a form shows them.
#[derive(Serialize)]
pub(super) struct Filters {
    state: &'static str,
    kind: &'static str,
    to: String,
    is_set: bool,
    /// The query of the list with only failed messages.
    failed: String,
}

/// Messages as the table shows them, in either room.
#[derive(Serialize)]
pub(super) struct MessagePage {
    messages: Vec<Row>,
    /// What an act gets along, to come back to the list.
    back: String,
    pages: Pages,
}

#[derive(Serialize)]
struct Row {
    id: String,
    kind: &'static str,
    to: String,
    is_failed: bool,
    attempts: u32,
    error: Option<String>,
    queued: Moment,
    /// The next attempt. `None` if it's due, or if there won't be one.
    next_attempt: Option<Moment>,
}

impl Row {
    fn of(message: MessageEntry, now: Timestamp) -> Self {
        let is_failed = message.state == MessageState::Failed;
        let waits = !is_failed && message.not_before > now;
        Self {
            id: message.id.to_string(),
            kind: message.kind.as_str(),
            to: message.recipient,
            is_failed,
            attempts: message.attempts,
            error: message.last_error,
            queued: message.created_at.into(),
            next_attempt: waits.then(|| message.not_before.into()),
        }
    }

    /// Returns the row with the start of its error.
    fn short(mut self) -> Self {
        self.error = self.error.map(|error| cut(&error, ERROR));
        self
    }
}

/// Returns the messages that a page selects.
fn filter(query: &ListQuery) -> MessageFilter {
    MessageFilter {
        id: None,
        state: query.get("state").and_then(MessageState::from_name),
        kind: query.get("kind").and_then(MessageKind::from_name),
        recipient: query.get("to").map(|to| to.trim().to_owned()),
    }
}

impl Filters {
    pub(super) fn of(query: &ListQuery) -> Self {
        let filter = filter(query);
        let failed = query.with("state", MessageState::Failed.as_str().to_owned());
        Self {
            state: filter.state.map_or("", MessageState::as_str),
            kind: filter.kind.map_or("", MessageKind::as_str),
            is_set: filter.state.is_some() || filter.kind.is_some() || filter.recipient.is_some(),
            to: filter.recipient.unwrap_or_default(),
            failed: failed.only(&FILTERS),
        }
    }
}

/// Reads the page of messages that a list shows.
pub(super) async fn messages(
    operator: &Operator,
    room: Room,
    query: &ListQuery,
) -> Result<MessagePage, Error> {
    let accounts = operator.accounts();
    let mut filter = filter(query);
    let mut back = query.clone();
    if room == Room::Webhooks {
        filter.kind = Some(MessageKind::Webhook);
        back = back.with(FROM, "webhooks".to_owned());
    }
    let after = query.after();
    let found = accounts.messages(&filter, after, PAGE).await?;
    let now = accounts.clock.now();
    let rows = found.items.into_iter();
    Ok(MessagePage {
        messages: rows.map(|message| Row::of(message, now).short()).collect(),
        back: back.only(&["state", "kind", "to", FROM]),
        pages: query.pages(room.path(), &FILTERS, found.next.as_ref()),
    })
}

/// Returns the list that an act came from.
fn list_path(query: &ListQuery) -> String {
    format!("{}{}", room(query).path(), query.only(&FILTERS))
}

fn room(query: &ListQuery) -> Room {
    match query.get(FROM) {
        Some("webhooks") => Room::Webhooks,
        _ => Room::Outbox,
    }
}

/// Shows one page of the messages, newest first.
pub(super) async fn list(operator: Operator, query: ListQuery) -> Answer {
    let state = operator.accounts().outbox().await?;
    let view = List {
        filters: Filters::of(&query),
        page: messages(&operator, Room::Outbox, &query).await?,
        waiting: state.waiting,
        failed: state.failed,
        oldest: state.oldest.map(Moment::from),
    };
    operator.page("outbox", Some(Room::Outbox), view)
}

/// One message as its template shows it.
#[derive(Serialize)]
struct One {
    message: Row,
    /// Whether it is asked whether to delete it.
    is_question: bool,
    path: String,
    back: String,
}

async fn one(operator: &Operator, id: Id, query: &ListQuery, is_question: bool) -> Answer {
    let accounts = operator.accounts();
    let message = accounts.message(id).await?;
    let view = One {
        message: Row::of(message, accounts.clock.now()),
        is_question,
        path: list_path(query),
        back: query.only(&["state", "kind", "to", FROM]),
    };
    operator.page("message", Some(room(query)), view)
}

/// Shows a message with all of its last error, without its content.
pub(super) async fn show(operator: Operator, MessageId(id): MessageId, query: ListQuery) -> Answer {
    one(&operator, id, &query, false).await
}

/// Makes a message due at once.
pub(super) async fn retry(
    operator: Operator,
    MessageId(id): MessageId,
    query: ListQuery,
    _: Form,
) -> Answer {
    let retried = operator.accounts().retry_message(id).await;
    operator.answer(&list_path(&query), "message-retried", retried)
}

/// Asks whether to delete a message.
pub(super) async fn ask(operator: Operator, MessageId(id): MessageId, query: ListQuery) -> Answer {
    one(&operator, id, &query, true).await
}

/// Deletes a message without sending it.
pub(super) async fn delete(
    operator: Operator,
    MessageId(id): MessageId,
    query: ListQuery,
    _: Form,
) -> Answer {
    let deleted = operator.accounts().delete_message(id).await;
    operator.answer(&list_path(&query), "message-deleted", deleted)
}

/// The failed messages that would be retried.
#[derive(Serialize)]
struct Question {
    page: MessagePage,
}

/// Asks whether to retry the failed messages that match the filters.
pub(super) async fn ask_all(operator: Operator, query: ListQuery) -> Answer {
    let query = query.with("state", MessageState::Failed.as_str().to_owned());
    let view = Question {
        page: messages(&operator, room(&query), &query).await?,
    };
    operator.page("retry-all", Some(room(&query)), view)
}

/// Makes all failed messages that match the filters due at once.
pub(super) async fn retry_all(operator: Operator, query: ListQuery, _: Form) -> Answer {
    let accounts = operator.accounts();
    let room = room(&query);
    let mut filter = MessageFilter {
        state: Some(MessageState::Failed),
        ..filter(&query)
    };
    if room == Room::Webhooks {
        filter.kind = Some(MessageKind::Webhook);
    }
    let give_up = Instant::now() + PATIENCE;
    let (mut count, mut after) = (0, None);
    loop {
        let page = accounts.messages(&filter, after, PART).await?;
        for message in &page.items {
            match accounts.retry_message(message.id).await {
                Ok(()) => count += 1,
                // Somebody else deleted it.
                Err(Error::NoMessage) => {}
                Err(error) => return Err(error.into()),
            }
        }
        after = page.next;
        if after.is_none() || Instant::now() >= give_up {
            break;
        }
    }
    let key = if after.is_some() {
        "messages-retried-part"
    } else {
        "messages-retried"
    };
    Ok(operator.done(&list_path(&query), &Flash::done(key).with_count(count)))
}
