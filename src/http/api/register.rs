//! `POST /register`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::{Error, Registered};
use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, request};
use crate::http::openapi::refusals;
use crate::model::{Email, FullName, NewPassword, UserPublic};

request! {
    /// Somebody who wants an account.
    RegisterRequest {
        /// The email address of the account to be.
        email: Email,
        /// 8 to 128 characters, taken exactly as given.
        password: NewPassword,
        /// The person's name; missing, null or empty is none.
        full_name: Option<FullName>,
    }
}

/// An account, or a registration that waits for its mailed link.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum RegisterAnswer {
    /// The account is ready.
    Active(UserPublic),
    /// The link that completes it was mailed.
    Pending(PendingAnswer),
}

/// A registration that waits for its mailed link.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PendingAnswer {
    /// Always `pending_verification`.
    #[schema(value_type = String, example = "pending_verification")]
    status: &'static str,
    /// Where the link went.
    #[schema(example = "ada@example.com")]
    email: String,
    /// When the link dies: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

refusals!(Refusals: Error::RegistrationDisabled, Error::EmailTaken, Error::Overloaded { retry_after: 1 });

/// Registers an email address.
///
/// With `require_verification` the account comes to be when the mailed link is used.
#[utoipa::path(post, path = "/register", tag = "accounts", request_body = RegisterRequest, responses(
    (status = 201, description = "Registered.", body = RegisterAnswer), Refusals))]
pub(super) async fn register(
    State(app): State<App>,
    Client(origin): Client,
    Body(request): Body<RegisterRequest>,
) -> Result<(StatusCode, Json<RegisterAnswer>), ApiError> {
    let answer = match app
        .accounts
        .register(request.email, request.password, request.full_name, &origin)
        .await?
    {
        Registered::Active(user) => RegisterAnswer::Active(user.public()),
        Registered::Pending { email, expires_at } => RegisterAnswer::Pending(PendingAnswer {
            status: "pending_verification",
            email: email.to_string(),
            expires_at,
        }),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}
