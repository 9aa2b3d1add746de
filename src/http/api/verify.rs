//! `POST /verify`, `POST /resend-verification`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::Message;
use crate::accounts::Error;
use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, request};
use crate::http::openapi::refusals;
use crate::model::{Email, Password, ProofToken, UserPublic};

request! {
    /// A mailed link, used.
    VerifyRequest {
        /// The token of the link.
        token: ProofToken,
        /// The registration's password; needed with `verify_requires_password`, checked whenever it is sent.
        password: Option<Password>,
    }
}

request! {
    /// An email address whose link got lost.
    ResendVerificationRequest {
        /// The email address of the registration.
        email: Email,
    }
}

refusals!(VerifyRefusals: Error::InvalidToken, Error::WrongPassword, Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Verifies an email address.
///
/// Takes the token of the mailed link. Works once.
#[utoipa::path(post, path = "/verify", summary = "Verify an email address", tag = "accounts", request_body = VerifyRequest, responses((status = 200, description = "The email address is proven.", body = UserPublic), VerifyRefusals))]
pub(super) async fn verify(
    State(app): State<App>,
    Client(origin): Client,
    Body(proof): Body<VerifyRequest>,
) -> Result<Json<UserPublic>, ApiError> {
    let user = app
        .accounts
        .verify(&proof.token, proof.password.as_ref(), &origin)
        .await?;
    Ok(Json(user.public()))
}

/// Sends a new verification link.
///
/// Older links stop working. The answer is the same whether the email address waits for a link or not.
#[utoipa::path(post, path = "/resend-verification", summary = "Send a new verification link", tag = "accounts", request_body = ResendVerificationRequest, responses(
    (status = 202, description = "Taken.", body = Message)))]
pub(super) async fn resend_verification(
    State(app): State<App>,
    Client(origin): Client,
    Body(request): Body<ResendVerificationRequest>,
) -> Result<(StatusCode, Json<Message>), ApiError> {
    app.accounts
        .resend_verification(&request.email, &origin)
        .await?;
    Ok(Message::accepted(
        "if this email address waits for verification, a new link is on its way",
    ))
}
