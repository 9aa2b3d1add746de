//! What happened to accounts, newest first, and as it happens.

use std::net::IpAddr;

use serde::Serialize;
use serde_json::Value;

use super::filters::{address, person};
use super::operator::{Answer, Operator};
use super::query::{ListQuery, Pages};
use super::rooms::Room;
use super::shown::{Moment, cut};
use crate::model::{Event, EventFilter, EventKind};

/// The number of events on a page.
const PAGE: u32 = 40;
/// The parameters that select events.
const FILTERS: [&str; 4] = ["user", "type", "ip", "request"];
/// The parameter of a page that shows new events as they happen.
const LIVE: &str = "live";
/// The longest id of a request that is searched for, in characters.
const MAX_REQUEST_LENGTH: usize = 128;
/// How much of one detail and of all details of an event is shown, in characters.
const DETAIL: usize = 80;
const DETAILS: usize = 240;
/// The details that say how often something happened, which the list shows beside the kind.
const COUNTS: [&str; 2] = ["count", "last_at"];

/// The list as its template shows it.
#[derive(Serialize)]
struct List {
    user: String,
    kind: &'static str,
    ip: String,
    request: String,
    kinds: Vec<&'static str>,
    is_filtered: bool,
    /// The key of the message that says why a filter finds nothing.
    trouble: Option<&'static str>,
    is_live: bool,
    /// The queries of this page with new events as they happen, and without.
    live: String,
    still: String,
    events: Vec<Row>,
    pages: Pages,
}

#[derive(Serialize)]
struct Row {
    id: String,
    at: Moment,
    kind: &'static str,
    stands_out: bool,
    times: u64,
    account_id: Option<String>,
    account: Option<String>,
    actor: String,
    ip: Option<IpAddr>,
    request: Option<String>,
    /// The queries of the lists of events that share them.
    same_ip: Option<String>,
    same_request: Option<String>,
    details: String,
}

impl From<Event> for Row {
    fn from(event: Event) -> Self {
        let id = event.user_id.map(|id| id.to_string());
        Self {
            id: event.id.to_string(),
            at: event.at.into(),
            kind: event.kind.as_str(),
            stands_out: stands_out(event.kind),
            times: event.times(),
            account: event
                .email
                .as_ref()
                .map(ToString::to_string)
                .or_else(|| id.clone()),
            account_id: id,
            details: details(&event),
            actor: event.actor,
            same_ip: event.ip.map(|ip| ListQuery::one("ip", &ip)),
            same_request: event
                .request_id
                .as_ref()
                .map(|id| ListQuery::one("request", id)),
            ip: event.ip,
            request: event.request_id,
        }
    }
}

/// Returns whether a kind stands out: an attack, or what takes an account away.
fn stands_out(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::LoginFailed
            | EventKind::LoginRefused
            | EventKind::LoginLocked
            | EventKind::UserDisabled
            | EventKind::UserDeleted
    )
}

/// Returns the details of an event in one line.
fn details(event: &Event) -> String {
    let shown = event.data.iter();
    let shown = shown.filter(|(name, value)| !COUNTS.contains(&name.as_str()) && !value.is_null());
    let shown = shown.map(|(name, value)| match value {
        Value::String(text) => format!("{name}: {}", cut(text, DETAIL)),
        other => format!("{name}: {}", cut(&other.to_string(), DETAIL)),
    });
    cut(&shown.collect::<Vec<_>>().join(", "), DETAILS)
}

/// Returns the event kind that a page asks for.
fn kind(query: &ListQuery) -> Option<EventKind> {
    EventKind::from_name(query.get("type")?)
}

/// Shows one page of the events, newest first.
pub(super) async fn list(operator: Operator, query: ListQuery) -> Answer {
    let accounts = operator.accounts();
    let after = query.after();
    let (named, ip) = (person(accounts, &query).await?, address(&query));
    let request = query.get("request").map(str::trim);
    let request = request.filter(|id| !id.is_empty() && id.chars().count() <= MAX_REQUEST_LENGTH);
    let trouble = named.trouble().or_else(|| ip.as_ref().err().copied());
    let filter = EventFilter {
        user_id: named.id(),
        kind: kind(&query),
        since: None,
        ip: ip.ok().flatten(),
        request_id: request.map(str::to_owned),
    };
    let (events, next) = if trouble.is_some() {
        (Vec::new(), None)
    } else {
        let found = accounts.events(&filter, after, PAGE).await?;
        (found.items, found.next)
    };
    let text = |name| query.get(name).unwrap_or_default().to_owned();
    let live = query.with(LIVE, "1".to_owned());
    let view = List {
        user: text("user"),
        kind: filter.kind.map_or("", EventKind::as_str),
        ip: text("ip"),
        request: text("request"),
        kinds: EventKind::ALL.iter().map(|kind| kind.as_str()).collect(),
        is_filtered: FILTERS.iter().any(|name| query.get(name).is_some()),
        trouble,
        is_live: query.get(LIVE).is_some() && after.is_none(),
        live: live.only(&["user", "type", "ip", "request", LIVE]),
        still: query.only(&FILTERS),
        events: events.into_iter().map(Row::from).collect(),
        pages: query.pages(Room::Events.path(), &FILTERS, next.as_ref()),
    };
    operator.page("events", Some(Room::Events), view)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::model::Id;

    #[test]
    fn details_are_one_line_of_limited_length() {
        let mut event = Event {
            id: Id::from_bytes([7; 12]),
            at: Timestamp::UNIX_EPOCH,
            kind: EventKind::LoginFailed,
            user_id: None,
            email: None,
            actor: "anonymous".to_owned(),
            ip: None,
            request_id: None,
            data: serde_json::Map::new(),
        };
        assert_eq!(details(&event), "");
        event.data.insert("reason".into(), json!("wrong password"));
        event.data.insert("none".into(), Value::Null);
        event.data.insert("tries".into(), json!([1, 2]));
        let event = event.counted(3);
        assert_eq!(details(&event), "reason: wrong password, tries: [1,2]");
        let mut long = event.clone();
        for name in ["a", "b", "c", "d", "e"] {
            long.data.insert(name.into(), json!("é".repeat(300)));
        }
        assert_eq!(details(&long).chars().count(), DETAILS + 1);
    }
}
