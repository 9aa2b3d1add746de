//! `POST /verify`, `POST /resend-verification`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::Message;
use crate::accounts::Error;
use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, Next, request};
use crate::http::openapi::refusals;
use crate::model::{Email, Password, ProofToken, UserPublic};

request! {
    /// The token of a mailed link.
    VerifyRequest {
        /// The token of the link.
        token: ProofToken,
        /// The registration's password. Required with `verify_requires_password`, otherwise optional; if sent, it is
        /// checked.
        password: Option<Password>,
    }
}

request! {
    /// The email address that needs a new link.
    ResendVerificationRequest {
        /// The email address of the registration or of the account.
        email: Email,
        /// Where to go afterwards: a path on this site, or a URL with the origin of `app_url` or one of `return_origins`.
        /// Anything else is ignored.
        next: Option<Next>,
    }
}

/// The account, and where to go next.
#[derive(Serialize, ToSchema)]
pub(super) struct VerifiedAnswer {
    #[serde(flatten)]
    user: UserPublic,
    /// Where to go after the login, if the registration had `next`; otherwise null.
    #[schema(example = "https://app.example.com/welcome")]
    next: Option<String>,
}

refusals!(VerifyRefusals: Error::InvalidToken, Error::WrongPassword, Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Verifies an email address.
///
/// Needs the token of the mailed link. Works once.
#[utoipa::path(post, path = "/verify", summary = "Verify an email address", tag = "accounts", request_body = VerifyRequest, responses((status = 200, description = "The email address is verified.", body = VerifiedAnswer), VerifyRefusals))]
pub(super) async fn verify(
    State(app): State<App>,
    Client(origin): Client,
    Body(proof): Body<VerifyRequest>,
) -> Result<Json<VerifiedAnswer>, ApiError> {
    let user = app
        .accounts
        .verify(&proof.token, proof.password.as_ref(), &origin)
        .await?;
    Ok(Json(VerifiedAnswer {
        user: user.public(),
        next: app.accounts.return_of(proof.token.expose()),
    }))
}

/// Sends a new verification link.
///
/// Earlier links stop working. The answer is the same whether or not the email address needs a link.
#[utoipa::path(post, path = "/resend-verification", summary = "Send a new verification link", tag = "accounts", request_body = ResendVerificationRequest, responses(
    (status = 202, description = "Taken.", body = Message)))]
pub(super) async fn resend_verification(
    State(app): State<App>,
    Client(origin): Client,
    Body(request): Body<ResendVerificationRequest>,
) -> Result<(StatusCode, Json<Message>), ApiError> {
    let next = request.next.as_ref().map(|next| next.0.as_str());
    app.accounts
        .returning_to(next)
        .resend_verification(&request.email, &origin)
        .await?;
    Ok(Message::accepted(
        "if this email address waits for verification, a new link is on its way",
    ))
}
