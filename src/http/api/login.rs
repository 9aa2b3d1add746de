//! `POST /login`, `POST /login/mfa-confirm`, `POST /logout`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Message;
use crate::accounts::{Error, LoggedIn, Login};
use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, SignedIn, request};
use crate::http::openapi::refusals;
use crate::model::{Code, Email, Password, ProofToken};
use crate::secret::ExposeSecret as _;

request! {
    /// Somebody who wants a session.
    LoginRequest {
        /// The account's address, in any spelling.
        email: Email,
        /// The account's password.
        password: Password,
    }
}

request! {
    /// The code that came by SMS after a right password.
    MfaConfirmRequest {
        /// The `mfa_pending_token` of the login.
        mfa_pending_token: ProofToken,
        /// The digits.
        code: Code,
    }
}

/// A session.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenAnswer {
    /// To be sent as `Authorization: Bearer …`.
    #[schema(example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NzQx.c2lnbmF0dXJl")]
    access_token: String,
    /// Always `bearer`.
    #[schema(value_type = String, example = "bearer")]
    token_type: &'static str,
    /// The token's life, in seconds.
    #[schema(example = 7200)]
    expires_in: u32,
}

impl TokenAnswer {
    fn of(issued: &LoggedIn) -> Self {
        Self {
            access_token: issued.access_token.expose_secret().to_owned(),
            token_type: "bearer",
            expires_in: issued.expires_in,
        }
    }
}

/// The password was right, and a code is on its way that is needed as well.
#[derive(Serialize, ToSchema)]
pub(super) struct MfaRequiredAnswer {
    /// Always `mfa_required`.
    #[schema(value_type = String, example = "mfa_required")]
    status: &'static str,
    /// To be sent to `/login/mfa-confirm` along with the code.
    #[schema(example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NzQx.c2lnbmF0dXJl")]
    mfa_pending_token: String,
    /// The token's life, in seconds.
    #[schema(example = 600)]
    expires_in: u32,
    /// How the code travels: always `sms`.
    #[schema(value_type = String, example = "sms")]
    delivery: &'static str,
}

/// What a right password leads to.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum LoginAnswer {
    Token(TokenAnswer),
    MfaRequired(MfaRequiredAnswer),
}

refusals!(LoginRefusals: [always, body, limited]
    Error::InvalidCredentials, Error::AccountDisabled, Error::EmailUnverified, Error::Locked { retry_after: 540 },
    Error::CodeBudgetSpent { retry_after: 540 }, Error::SmsCapSpent { retry_after: 1800 }, Error::Overloaded { retry_after: 1 });

/// Proves an account by its password, and issues a session.
///
/// An account with a second factor gets a code by SMS instead, to be confirmed at `/login/mfa-confirm`.
#[utoipa::path(post, path = "/login", tag = "accounts", request_body = LoginRequest, responses(
    (status = 200, description = "A session, or the wait for a code.", body = LoginAnswer),
    LoginRefusals,
))]
pub(super) async fn login(
    State(app): State<App>,
    Client(origin): Client,
    Body(proof): Body<LoginRequest>,
) -> Result<Json<LoginAnswer>, ApiError> {
    let login = app
        .accounts
        .log_in(&proof.email, &proof.password, &origin)
        .await?;
    Ok(Json(match login {
        Login::Done(issued) => LoginAnswer::Token(TokenAnswer::of(&issued)),
        Login::CodeSent(sent) => LoginAnswer::MfaRequired(MfaRequiredAnswer {
            status: "mfa_required",
            mfa_pending_token: sent.pending_token.expose_secret().to_owned(),
            expires_in: sent.expires_in,
            delivery: "sms",
        }),
    }))
}

refusals!(MfaConfirmRefusals: [always, body, limited]
    Error::InvalidPendingToken, Error::WrongCode, Error::CodeExpired, Error::NoCode,
    Error::CodeBudgetSpent { retry_after: 540 });

/// Ends a login by the code that came by SMS.
///
/// A code works once, and only together with the token of the login that it was sent for.
#[utoipa::path(post, path = "/login/mfa-confirm", tag = "accounts", request_body = MfaConfirmRequest, responses(
    (status = 200, description = "A session.", body = TokenAnswer),
    MfaConfirmRefusals,
))]
pub(super) async fn mfa_confirm(
    State(app): State<App>,
    Client(origin): Client,
    Body(proof): Body<MfaConfirmRequest>,
) -> Result<Json<TokenAnswer>, ApiError> {
    let issued = app
        .accounts
        .confirm_login(proof.mfa_pending_token.expose(), &proof.code, &origin)
        .await?;
    Ok(Json(TokenAnswer::of(&issued)))
}

refusals!(LogoutRefusals: [always, session]);

/// Ends the session of the token.
#[utoipa::path(post, path = "/logout", tag = "accounts", security(("bearer" = [])), responses(
    (status = 200, description = "The token is dead.", body = Message),
    LogoutRefusals,
))]
pub(super) async fn logout(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
) -> Result<Json<Message>, ApiError> {
    app.accounts.log_out(&session, &origin).await?;
    Ok(Message::done("you are logged out"))
}
