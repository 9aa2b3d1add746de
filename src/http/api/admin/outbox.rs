//! `GET /admin/outbox`, `POST /admin/outbox/{id}/retry`, `DELETE /admin/outbox/{id}`

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::{Cursor as _, Error};
use crate::app::App;
use crate::http::api::Message;
use crate::http::error::ApiError;
use crate::http::extract::{Admin, After, Limit, MessageId, Query, limit, message_state, query};
use crate::http::openapi::refusals;
use crate::model::{Id, MessageEntry, MessageState, PageKey};

query! {
    /// Which messages, and which page of them.
    OutboxQuery {
        /// Only those that wait, or only those that were given up.
        state: Option<MessageState>,
        /// The `next` of the page before.
        after: Option<After<PageKey>>,
        /// How many messages at most; 50 unless given.
        limit: Option<Limit>,
    }
}

/// A queued message: its envelope, never its content.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OutboxItem {
    /// 24 hexadecimal digits.
    #[schema(value_type = String, example = "6741c3a08f2b5d1e9c7a4b62")]
    id: Id,
    /// How it travels: `email`, `sms` or `webhook`.
    #[schema(value_type = String, example = "email")]
    kind: &'static str,
    /// To whom: an address, a number, a URL.
    #[schema(example = "ada@example.com")]
    to: String,
    /// `waiting` or `failed`.
    #[schema(value_type = String, example = "failed")]
    state: &'static str,
    /// How often it was tried.
    attempts: u32,
    /// Why the last try failed.
    #[schema(example = "connection refused")]
    last_error: Option<String>,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it is tried next: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    not_before: Timestamp,
}

impl From<MessageEntry> for OutboxItem {
    fn from(entry: MessageEntry) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind.as_str(),
            to: entry.recipient,
            state: message_state(entry.state),
            attempts: entry.attempts,
            last_error: entry.last_error,
            created_at: entry.created_at,
            not_before: entry.not_before,
        }
    }
}

/// One page of the outbox.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OutboxAnswer {
    /// Newest first.
    items: Vec<OutboxItem>,
    /// What `after` is for the next page; null on the last one.
    next: Option<String>,
}

refusals!(ListRefusals: [always, admin, query]);

/// Lists queued messages, newest first.
#[utoipa::path(get, path = "/admin/outbox", tag = "administration", operation_id = "list_outbox", security(("bearer" = [])), params(OutboxQuery), responses(
    (status = 200, description = "One page of messages.", body = OutboxAnswer),
    ListRefusals,
))]
pub(super) async fn list(
    State(app): State<App>,
    _: Admin,
    Query(wish): Query<OutboxQuery>,
) -> Result<Json<OutboxAnswer>, ApiError> {
    let after = wish.after.map(|after| after.0);
    let page = app
        .accounts
        .messages(wish.state, after, limit(wish.limit))
        .await?;
    Ok(Json(OutboxAnswer {
        items: page.items.into_iter().map(OutboxItem::from).collect(),
        next: page.next.map(|next| next.to_text()),
    }))
}

refusals!(ActRefusals: [always, admin] Error::NoMessage);

/// Tries a message again at once, one that was given up too.
#[utoipa::path(post, path = "/admin/outbox/{id}/retry", tag = "administration", operation_id = "retry_message", security(("bearer" = [])), params(MessageId), responses(
    (status = 200, description = "The message is due.", body = Message),
    ActRefusals,
))]
pub(super) async fn retry(
    State(app): State<App>,
    _: Admin,
    MessageId(id): MessageId,
) -> Result<Json<Message>, ApiError> {
    app.accounts.retry_message(id).await?;
    Ok(Message::done("the message is tried again"))
}

/// Removes a message unsent.
#[utoipa::path(delete, path = "/admin/outbox/{id}", tag = "administration", operation_id = "delete_message", security(("bearer" = [])), params(MessageId), responses(
    (status = 200, description = "The message is gone.", body = Message),
    ActRefusals,
))]
pub(super) async fn delete(
    State(app): State<App>,
    _: Admin,
    MessageId(id): MessageId,
) -> Result<Json<Message>, ApiError> {
    app.accounts.delete_message(id).await?;
    Ok(Message::done("the message is deleted"))
}
