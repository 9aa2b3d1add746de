//! `GET /admin/pending`, `POST /admin/pending/{email}/promote`, `DELETE /admin/pending/{email}`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::{Cursor as _, Error};
use crate::app::App;
use crate::http::api::Message;
use crate::http::error::ApiError;
use crate::http::extract::{Admin, After, Limit, PendingEmail, Query, limit, query};
use crate::http::openapi::refusals;
use crate::model::{PendingKey, PendingRegistration, UserPublic};

query! {
    /// Which page.
    PendingQuery {
        /// The `next` of the page before.
        after: Option<After<PendingKey>>,
        /// How many registrations at most; 50 unless given.
        limit: Option<Limit>,
    }
}

/// A registration whose link was not used yet.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PendingItem {
    /// Where the link went.
    #[schema(example = "ada@example.com")]
    email: String,
    /// The person's name.
    #[schema(example = "Ada Lovelace")]
    full_name: Option<String>,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When the link dies: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl From<PendingRegistration> for PendingItem {
    fn from(pending: PendingRegistration) -> Self {
        Self {
            email: pending.email.to_string(),
            full_name: pending.full_name.map(|name| name.to_string()),
            created_at: pending.created_at,
            expires_at: pending.expires_at,
        }
    }
}

/// One page of registrations.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PendingListAnswer {
    /// Newest first.
    items: Vec<PendingItem>,
    /// What `after` is for the next page; null on the last one.
    next: Option<String>,
}

refusals!(ListRefusals: [always, admin, query]);

/// Lists registrations that wait for their mailed link, newest first.
#[utoipa::path(get, path = "/admin/pending", tag = "administration", operation_id = "list_pending", security(("bearer" = [])), params(PendingQuery), responses(
    (status = 200, description = "One page of registrations.", body = PendingListAnswer),
    ListRefusals,
))]
pub(super) async fn list(
    State(app): State<App>,
    _: Admin,
    Query(wish): Query<PendingQuery>,
) -> Result<Json<PendingListAnswer>, ApiError> {
    let after = wish.after.map(|after| after.0);
    let page = app.accounts.pending(after, limit(wish.limit)).await?;
    Ok(Json(PendingListAnswer {
        items: page.items.into_iter().map(PendingItem::from).collect(),
        next: page.next.map(|next| next.to_text()),
    }))
}

refusals!(PromoteRefusals: [always, admin] Error::NotPending, Error::EmailTaken);

/// Makes a registration an account without its link.
#[utoipa::path(post, path = "/admin/pending/{email}/promote", tag = "administration", operation_id = "promote_pending", security(("bearer" = [])), params(PendingEmail), responses(
    (status = 201, description = "The account.", body = UserPublic),
    PromoteRefusals,
))]
pub(super) async fn promote(
    State(app): State<App>,
    Admin { origin, .. }: Admin,
    PendingEmail(email): PendingEmail,
) -> Result<(StatusCode, Json<UserPublic>), ApiError> {
    let user = app.accounts.promote_pending(&email, &origin).await?;
    Ok((StatusCode::CREATED, Json(user.public())))
}

refusals!(DeleteRefusals: [always, admin] Error::NotPending);

/// Removes a registration; its link opens nothing from now on.
#[utoipa::path(delete, path = "/admin/pending/{email}", tag = "administration", operation_id = "delete_pending", security(("bearer" = [])), params(PendingEmail), responses(
    (status = 200, description = "The registration is gone.", body = Message),
    DeleteRefusals,
))]
pub(super) async fn delete(
    State(app): State<App>,
    _: Admin,
    PendingEmail(email): PendingEmail,
) -> Result<Json<Message>, ApiError> {
    app.accounts.delete_pending(&email).await?;
    Ok(Message::done("the registration is deleted"))
}
