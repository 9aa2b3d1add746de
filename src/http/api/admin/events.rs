//! `GET /admin/events`

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Cursor as _;
use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::{Admin, After, Limit, Query, limit, query};
use crate::http::openapi::refusals;
use crate::model::{Event, EventFilter, EventKind, Id, PageKey};

query! {
    /// Which events, and which page of them.
    EventsQuery {
        /// Only those of the account with this id.
        user: Option<Id>,
        /// Only those of this type.
        r#type: Option<EventKind>,
        /// The `next` of the page before.
        after: Option<After<PageKey>>,
        /// How many events at most; 50 unless given.
        limit: Option<Limit>,
    }
}

/// One line of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventItem {
    /// 24 hexadecimal digits.
    #[schema(value_type = String, example = "6741c3a08f2b5d1e9c7a4b61")]
    id: Id,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "user_logged_in")]
    kind: EventKind,
    /// The account it happened to.
    #[schema(value_type = Option<String>, example = "6741c3a08f2b5d1e9c7a4b60")]
    user_id: Option<Id>,
    /// The address it happened to.
    #[schema(example = "ada@example.com")]
    email: Option<String>,
    /// Who acted: `anonymous`, `user:<id>` or `operator:<name>`.
    #[schema(example = "user:6741c3a08f2b5d1e9c7a4b60")]
    actor: String,
    /// From which address.
    #[schema(value_type = Option<String>, example = "203.0.113.9")]
    ip: Option<IpAddr>,
    /// In which request.
    #[schema(example = "3q2-7wAAAAABAgME")]
    request_id: Option<String>,
    /// Details, for some types.
    data: serde_json::Map<String, serde_json::Value>,
}

impl From<Event> for EventItem {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            at: event.at,
            kind: event.kind,
            user_id: event.user_id,
            email: event.email.map(|email| email.to_string()),
            actor: event.actor,
            ip: event.ip,
            request_id: event.request_id,
            data: event.data,
        }
    }
}

/// One page of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventsAnswer {
    /// Newest first.
    items: Vec<EventItem>,
    /// What `after` is for the next page; null on the last one.
    next: Option<String>,
}

refusals!(Refusals: [always, admin, query]);

/// Lists what happened, newest first.
#[utoipa::path(get, path = "/admin/events", tag = "administration", operation_id = "list_events", security(("bearer" = [])), params(EventsQuery), responses(
    (status = 200, description = "One page of events.", body = EventsAnswer),
    Refusals,
))]
pub(super) async fn list(
    State(app): State<App>,
    _: Admin,
    Query(wish): Query<EventsQuery>,
) -> Result<Json<EventsAnswer>, ApiError> {
    let filter = EventFilter {
        user_id: wish.user,
        kind: wish.r#type,
        ..EventFilter::default()
    };
    let after = wish.after.map(|after| after.0);
    let page = app
        .accounts
        .events(&filter, after, limit(wish.limit))
        .await?;
    Ok(Json(EventsAnswer {
        items: page.items.into_iter().map(EventItem::from).collect(),
        next: page.next.map(|next| next.to_text()),
    }))
}
