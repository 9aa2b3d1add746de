//! `GET /admin/users/{user_id}/sessions`, `DELETE /admin/users/{user_id}/sessions`,
//! `DELETE /admin/users/{user_id}/sessions/{sid}`

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::http::api::Message;
use crate::http::api::sessions::{SessionPage, SessionsQuery};
use crate::http::error::ApiError;
use crate::http::extract::{Administration, Query, SessionId, UserId, limit};

/// Lists where a user is logged in, newest login first.
#[utoipa::path(get, path = "/admin/users/{user_id}/sessions", summary = "List a user's sessions", tag = "administration", operation_id = "list_user_sessions", security(("bearer" = [])), params(UserId, SessionsQuery), responses(
    (status = 200, description = "One page of sessions.", body = SessionPage)))]
pub(super) async fn list(
    State(app): State<App>,
    _: Administration,
    UserId(id): UserId,
    Query(query): Query<SessionsQuery>,
) -> Result<Json<SessionPage>, ApiError> {
    let user = app.accounts.user(id).await?;
    let (after, limit) = (query.after.map(|after| after.0), limit(query.limit));
    let page = app.accounts.sessions(user.id, None, after, limit);
    Ok(Json(page.await?))
}

/// Ends one session of a user.
#[utoipa::path(delete, path = "/admin/users/{user_id}/sessions/{sid}", summary = "End one session of a user", tag = "administration", operation_id = "end_user_session", security(("bearer" = [])), params(UserId, SessionId), responses(
    (status = 200, description = "The session has ended.", body = Message)))]
pub(super) async fn end(
    State(app): State<App>,
    Administration { origin }: Administration,
    UserId(user_id): UserId,
    SessionId(id): SessionId,
) -> Result<Json<Message>, ApiError> {
    let user = app.accounts.user(user_id).await?;
    app.accounts
        .end_session(&user, id.as_str(), &origin)
        .await?;
    Ok(Message::done("the session has ended"))
}

/// Ends all sessions of a user.
///
/// The same as `revoke-tokens`: mailed links of the account stop working too.
#[utoipa::path(delete, path = "/admin/users/{user_id}/sessions", summary = "Log a user out everywhere", tag = "administration", operation_id = "end_user_sessions", security(("bearer" = [])), params(UserId), responses(
    (status = 200, description = "All sessions of the account have ended.", body = Message)))]
pub(super) async fn end_all(
    State(app): State<App>,
    Administration { origin }: Administration,
    UserId(id): UserId,
) -> Result<Json<Message>, ApiError> {
    app.accounts.revoke_tokens(id, &origin).await?;
    Ok(Message::done("all sessions of the account have ended"))
}
