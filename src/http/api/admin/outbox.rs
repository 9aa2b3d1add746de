//! `GET /admin/outbox`, `POST /admin/outbox/{id}/retry`, `DELETE /admin/outbox/{id}`

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::http::api::Message;
use crate::http::error::ApiError;
use crate::http::extract::{Administration, After, Limit, MessageId, Query, limit, query};
use crate::model::{MessageEntry, MessageState, Page, PageKey};

query! {
    /// Filters, and the page to return.
    OutboxQuery {
        /// Only waiting messages, or only failed ones.
        state: Option<MessageState>,
        /// The `next` of the previous page.
        after: Option<After<PageKey>>,
        /// Maximum number of messages; 50 by default.
        limit: Option<Limit>,
    }
}

type MessagePage = Page<MessageEntry>;

/// Lists messages in the outbox, newest first.
#[utoipa::path(get, path = "/admin/outbox", summary = "List messages in the outbox, newest first", tag = "administration", operation_id = "list_outbox", security(("bearer" = [])), params(OutboxQuery), responses(
    (status = 200, description = "One page of messages.", body = MessagePage)))]
pub(super) async fn list(
    State(app): State<App>,
    _: Administration,
    Query(query): Query<OutboxQuery>,
) -> Result<Json<MessagePage>, ApiError> {
    let after = query.after.map(|after| after.0);
    let filter = query.state.into();
    let messages = app.accounts.messages(&filter, after, limit(query.limit));
    Ok(Json(messages.await?))
}

/// Retries a message at once.
///
/// Also works for failed messages.
#[utoipa::path(post, path = "/admin/outbox/{id}/retry", summary = "Retry a message at once", tag = "administration", operation_id = "retry_message", security(("bearer" = [])), params(MessageId), responses(
    (status = 200, description = "The message will be sent at once.", body = Message)))]
pub(super) async fn retry(
    State(app): State<App>,
    _: Administration,
    MessageId(id): MessageId,
) -> Result<Json<Message>, ApiError> {
    app.accounts.retry_message(id).await?;
    Ok(Message::done("the message will be sent again"))
}

/// Deletes a message without sending it.
#[utoipa::path(delete, path = "/admin/outbox/{id}", summary = "Delete a message without sending it", tag = "administration", operation_id = "delete_message", security(("bearer" = [])), params(MessageId), responses(
    (status = 200, description = "The message was deleted.", body = Message)))]
pub(super) async fn delete(
    State(app): State<App>,
    _: Administration,
    MessageId(id): MessageId,
) -> Result<Json<Message>, ApiError> {
    app.accounts.delete_message(id).await?;
    Ok(Message::done("the message is deleted"))
}
