//! `POST /register`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::{Error, Registered, Registration};
use crate::app::App;
use crate::http::constant::constant;
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, Next, request};
use crate::http::openapi::refusals;
use crate::http::sign_up::{Remembered, TicketCookie};
use crate::model::{Email, FullName, Language, NewPassword, UserPublic};

request! {
    /// The data of a new account.
    RegisterRequest {
        /// The email address of the new account.
        email: Email,
        /// 8 to 128 characters, used exactly as given.
        password: NewPassword,
        /// The person's name; optional.
        full_name: Option<FullName>,
        /// Where to go afterwards: a path on this site, or a URL with the origin of `app_url` or one of `return_origins`.
        /// Anything else is ignored.
        next: Option<Next>,
        /// The language for emails and SMS (BCP 47), for example that of the page; optional.
        language: Option<Language>,
    }
}

/// An account, or a registration that has to be verified with a mailed link.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum RegisterAnswer {
    /// The account is ready.
    Active(UserPublic),
    /// A link to complete it was sent by email.
    Pending(PendingAnswer),
}

constant!(PendingVerification = "pending_verification");

/// A registration that has to be verified with a mailed link.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PendingAnswer {
    /// Always `pending_verification`.
    #[schema(inline)]
    status: PendingVerification,
    /// The email address that the link was sent to.
    #[schema(example = "ada@example.com")]
    email: String,
    /// When the link expires: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

refusals!(Refusals: Error::RegistrationDisabled, Error::EmailTaken, Error::Overloaded { retry_after: 1 });

/// Registers an account.
///
/// With `require_verification`, the account is created when the token of the mailed link is sent to `/verify`.
#[utoipa::path(post, path = "/register", summary = "Register an account", tag = "accounts", params(Remembered), request_body = RegisterRequest, responses(
    (status = 201, description = "The account was created, or waits for verification.", body = RegisterAnswer, headers(
        ("Set-Cookie" = String, description = "Identifies this browser to `/verify`, if `x-regstack-session` asks for it."))), Refusals))]
pub(super) async fn register(
    State(app): State<App>,
    Client(origin): Client,
    remembered: Remembered,
    Body(request): Body<RegisterRequest>,
) -> Result<(StatusCode, Option<TicketCookie>, Json<RegisterAnswer>), ApiError> {
    let next = request.next.as_ref().map(|next| next.0.as_str());
    let new = Registration {
        email: request.email,
        password: request.password,
        full_name: request.full_name,
        language: request.language,
    };
    let (cookie, answer) = match app
        .accounts
        .returning_to(next)
        .register(new, &origin)
        .await?
    {
        Registered::Active(user) => (None, RegisterAnswer::Active(user.public())),
        Registered::Pending {
            email,
            expires_at,
            ticket,
        } => {
            let answer = PendingAnswer {
                status: PendingVerification,
                email: email.to_string(),
                expires_at,
            };
            let cookie = remembered.cookie(&ticket, &app.settings);
            (cookie, RegisterAnswer::Pending(answer))
        }
    };
    Ok((StatusCode::CREATED, cookie, Json(answer)))
}
