//! `POST /verify`, `POST /resend-verification`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::Message;
use crate::accounts::{Error, Verified};
use crate::app::App;
use crate::config::Transport;
use crate::http::cookie::SetCookie;
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, Next, request};
use crate::http::openapi::refusals;
use crate::http::sign_up::{SessionWish, TicketCookie, WantedSession};
use crate::model::{Email, Password, ProofToken, UserPublic};
use crate::secret::ExposeSecret as _;

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

/// How a session travels.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum TokenType {
    Bearer,
    Cookie,
}

/// The account, where to go next, and the session if it was requested.
#[derive(Serialize, ToSchema)]
pub(super) struct VerifiedAnswer {
    #[serde(flatten)]
    user: UserPublic,
    /// Where to go after the login, if the registration had `next`; otherwise null.
    #[schema(example = "https://app.example.com/welcome")]
    next: Option<String>,
    /// Only with a session: to be sent as `Authorization: Bearer …`. Missing if the session is in a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NzQx.c2lnbmF0dXJl"
    )]
    access_token: Option<String>,
    /// Only with a session: `bearer`, or `cookie` if it is in the cookie `regstack_session`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, inline)]
    token_type: Option<TokenType>,
    /// Only with a session: its lifetime, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 7200)]
    expires_in: Option<u32>,
}

impl VerifiedAnswer {
    fn new(user: UserPublic, next: Option<String>) -> Self {
        Self {
            user,
            next,
            access_token: None,
            token_type: None,
            expires_in: None,
        }
    }
}

refusals!(VerifyRefusals: ApiError::cross_site(), Error::InvalidToken, Error::WrongPassword, Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Verifies an email address.
///
/// Needs the token of the mailed link. Works once. With `x-regstack-session: wanted`, the answer also contains a session if the
/// request has the registration's password, or comes from the browser that signed up. A link alone logs nobody in, and an
/// account with a second factor has to log in.
#[utoipa::path(post, path = "/verify", summary = "Verify an email address", tag = "accounts", params(SessionWish), request_body = VerifyRequest, responses(
    (status = 200, description = "The email address is verified.", body = VerifiedAnswer, headers(
        ("Set-Cookie" = String, description = "The session, if it was requested and sessions are in a cookie."))), VerifyRefusals))]
pub(super) async fn verify(
    State(app): State<App>,
    Client(origin): Client,
    SessionWish(wanted): SessionWish,
    Body(proof): Body<VerifyRequest>,
) -> Result<Response, ApiError> {
    let next = app.accounts.return_of(proof.token.expose());
    let password = proof.password.as_ref();
    let Some(WantedSession { by, ticket }) = wanted else {
        let verified = app.accounts.verify(&proof.token, password, &origin).await?;
        return Ok(Json(VerifiedAnswer::new(verified.public(), next)).into_response());
    };
    let Verified { user, session } = app
        .accounts
        .verify_and_log_in(&proof.token, password, ticket.as_deref(), &origin)
        .await?;
    let mut answer = VerifiedAnswer::new(user.public(), next);
    let mut cookie = None;
    if let Some(issued) = session {
        let (token, life) = (&issued.access_token, issued.expires_in);
        answer.expires_in = Some(life);
        if by == Transport::Cookie {
            answer.token_type = Some(TokenType::Cookie);
            cookie = Some(SetCookie::keep(token, life, &app.settings.identity));
        } else {
            answer.token_type = Some(TokenType::Bearer);
            answer.access_token = Some(token.expose_secret().to_owned());
        }
    }
    let served = ticket.map(|_| TicketCookie::gone(&app.settings));
    Ok((cookie, served, Json(answer)).into_response())
}

/// Sends a new verification link.
///
/// Earlier links stop working. The answer is the same whether or not the email address needs a link.
#[utoipa::path(post, path = "/resend-verification", summary = "Send a new verification link", tag = "accounts", request_body = ResendVerificationRequest, responses(
    (status = 202, description = "The request was accepted.", body = Message)))]
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
