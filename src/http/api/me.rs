//! `GET /me`, `PATCH /me`

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::{Body, Patch, SignedIn, request};
use crate::model::{FullName, Language, UserPublic};

request! {
    /// Changes to your account.
    UpdateMeRequest {
        /// The person's name; null or empty clears it, absent keeps it.
        full_name: Patch<Option<FullName>>,
        /// The language for emails and SMS (BCP 47); null clears it, absent keeps it.
        language: Patch<Option<Language>>,
    }
}

/// Gets your account.
#[utoipa::path(get, path = "/me", summary = "Get your account", operation_id = "get_me", tag = "accounts", security(("bearer" = [])), responses(
    (status = 200, description = "The account.", body = UserPublic)))]
pub(super) async fn show(SignedIn { session, .. }: SignedIn) -> Json<UserPublic> {
    Json(session.user.public())
}

/// Updates your account.
///
/// A field that is missing keeps its value; null clears it.
#[utoipa::path(patch, path = "/me", summary = "Update your account", operation_id = "update_me", tag = "accounts", security(("bearer" = [])), request_body = UpdateMeRequest, responses(
    (status = 200, description = "The account after the change.", body = UserPublic)))]
pub(super) async fn change(
    State(app): State<App>,
    SignedIn { session, .. }: SignedIn,
    Body(request): Body<UpdateMeRequest>,
) -> Result<Json<UserPublic>, ApiError> {
    let user = app
        .accounts
        .update_profile(&session, request.full_name.0, request.language.0)
        .await?;
    Ok(Json(user.public()))
}
