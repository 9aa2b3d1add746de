//! `GET /admin/pending`, `POST /admin/pending/{email}/promote`, `DELETE /admin/pending/{email}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::accounts::Error;
use crate::app::App;
use crate::http::api::Message;
use crate::http::error::ApiError;
use crate::http::extract::{
    Administration, After, Limit, PendingEmail, Query, Search, limit, query,
};
use crate::http::openapi::refusals;
use crate::model::{Page, PendingKey, PendingPublic, UserPublic};

query! {
    /// Filters, and the page to return.
    PendingQuery {
        /// Only those with this text in the email address or name. One or two characters are only searched at the beginning.
        q: Option<Search>,
        /// The `next` of the previous page.
        after: Option<After<PendingKey>>,
        /// Maximum number of registrations; 50 by default.
        limit: Option<Limit>,
    }
}

type PendingPage = Page<PendingPublic, PendingKey>;

/// Lists pending registrations, newest first.
#[utoipa::path(get, path = "/admin/pending", summary = "List pending registrations, newest first", tag = "administration", operation_id = "list_pending", security(("bearer" = [])), params(PendingQuery), responses(
    (status = 200, description = "One page of registrations.", body = PendingPage)))]
pub(super) async fn list(
    State(app): State<App>,
    _: Administration,
    Query(query): Query<PendingQuery>,
) -> Result<Json<PendingPage>, ApiError> {
    let after = query.after.map(|after| after.0);
    let q = query.q.as_ref().map(|q| q.0.as_str());
    let pending = app.accounts.pending(q, after, limit(query.limit));
    Ok(Json(pending.await?))
}

refusals!(PromoteRefusals: Error::EmailTaken);

/// Turns a pending registration into an account.
#[utoipa::path(post, path = "/admin/pending/{email}/promote", summary = "Turn a pending registration into an account", tag = "administration", operation_id = "promote_pending", security(("bearer" = [])), params(PendingEmail), responses(
    (status = 201, description = "The account.", body = UserPublic), PromoteRefusals))]
pub(super) async fn promote(
    State(app): State<App>,
    Administration { origin }: Administration,
    PendingEmail(email): PendingEmail,
) -> Result<(StatusCode, Json<UserPublic>), ApiError> {
    let user = app.accounts.promote_pending(&email, &origin).await?;
    Ok((StatusCode::CREATED, Json(user.public())))
}

/// Deletes a pending registration.
///
/// Its link stops working.
#[utoipa::path(delete, path = "/admin/pending/{email}", summary = "Delete a pending registration", tag = "administration", operation_id = "delete_pending", security(("bearer" = [])), params(PendingEmail), responses(
    (status = 200, description = "The registration was deleted.", body = Message)))]
pub(super) async fn delete(
    State(app): State<App>,
    _: Administration,
    PendingEmail(email): PendingEmail,
) -> Result<Json<Message>, ApiError> {
    app.accounts.delete_pending(&email).await?;
    Ok(Message::done("the registration is deleted"))
}
