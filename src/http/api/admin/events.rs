//! `GET /admin/events`

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::{Administration, After, Limit, Query, Search, limit, query};
use crate::model::{Event, EventFilter, EventKind, Id, Page, PageKey};

query! {
    /// Filters, and the page to return.
    EventsQuery {
        /// Only those of the account with this id.
        user: Option<Id>,
        /// Only those of this type.
        r#type: Option<EventKind>,
        /// Only those from this address.
        ip: Option<IpAddr>,
        /// Only those of the request with this `x-request-id`.
        request_id: Option<Search>,
        /// The `next` of the previous page.
        after: Option<After<PageKey>>,
        /// Maximum number of events; 50 by default.
        limit: Option<Limit>,
    }
}

type EventPage = Page<Event>;

/// Lists events, newest first.
#[utoipa::path(get, path = "/admin/events", summary = "List events, newest first", tag = "administration", operation_id = "list_events", security(("bearer" = [])), params(EventsQuery), responses(
    (status = 200, description = "One page of events.", body = EventPage)))]
pub(super) async fn list(
    State(app): State<App>,
    _: Administration,
    Query(query): Query<EventsQuery>,
) -> Result<Json<EventPage>, ApiError> {
    let filter = EventFilter {
        user_id: query.user,
        kind: query.r#type,
        ip: query.ip,
        request_id: query.request_id.map(|id| id.0),
        ..EventFilter::default()
    };
    let after = query.after.map(|after| after.0);
    let events = app.accounts.events(&filter, after, limit(query.limit));
    Ok(Json(events.await?))
}
