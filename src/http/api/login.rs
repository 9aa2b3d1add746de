//! `POST /login`, `POST /login/mfa-send`, `POST /login/mfa-confirm`, `POST /logout`

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::Message;
use crate::accounts::{Error, LoggedIn, Login, LoginWait};
use crate::app::App;
use crate::config::{Settings, Transport};
use crate::http::constant::constant;
use crate::http::cookie::{self, ClearCookie, SessionTransport, SetCookie};
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, SignedIn, request};
use crate::http::openapi::refusals;
use crate::model::{Email, LoginCode, MfaMethod, Password, ProofToken};
use crate::secret::ExposeSecret as _;

request! {
    /// An email address and a password.
    LoginRequest {
        /// The account's email address, in any spelling.
        email: Email,
        /// The account's password.
        password: Password,
    }
}

request! {
    /// A code that completes a login.
    MfaConfirmRequest {
        /// The `mfa_pending_token` of the login.
        mfa_pending_token: ProofToken,
        /// The digits of an authenticator app or an SMS, or a recovery code.
        code: LoginCode,
        /// The method that the code belongs to. If it's missing, regstack derives it from the code and the token.
        method: Option<MfaMethod>,
    }
}

request! {
    /// Requests a code by SMS for a waiting login.
    MfaSendRequest {
        /// The `mfa_pending_token` of the login.
        mfa_pending_token: ProofToken,
    }
}

constant!(BearerToken = "bearer");
constant!(InCookie = "cookie");
constant!(MfaRequired = "mfa_required");
constant!(BySms = "sms");

/// A session with its token.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenAnswer {
    /// Send it as `Authorization: Bearer …`.
    #[schema(example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NzQx.c2lnbmF0dXJl")]
    access_token: String,
    /// Always `bearer`.
    #[schema(inline)]
    token_type: BearerToken,
    /// The lifetime of the token, in seconds.
    #[schema(example = 7200)]
    expires_in: u32,
}

/// A session in the cookie `regstack_session`, which the answer sets and scripts can't read.
#[derive(Serialize, ToSchema)]
pub(super) struct CookieAnswer {
    /// Always `cookie`.
    #[schema(inline)]
    token_type: InCookie,
    /// The lifetime of the session, in seconds.
    #[schema(example = 7200)]
    expires_in: u32,
}

/// A session. The cookie is for pages of this server, with `transport = "cookie"`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "token_type", mapping(
    ("bearer" = "#/components/schemas/TokenAnswer"),
    ("cookie" = "#/components/schemas/CookieAnswer"),
)))]
pub(super) enum SessionAnswer {
    Token(TokenAnswer),
    Cookie(CookieAnswer),
}

impl SessionAnswer {
    /// Returns a renewed session in the same way as the request sent it: as a cookie or as a bearer token.
    pub(super) fn renewed(
        issued: &LoggedIn,
        cookie: &mut ClearCookie,
        settings: &Settings,
    ) -> Self {
        let (token, expires_in) = (&issued.access_token, issued.expires_in);
        let is_cookie = cookie.replace(token, expires_in, &settings.identity);
        let by = if is_cookie {
            Transport::Cookie
        } else {
            Transport::Bearer
        };
        Self::of(issued, by, settings).1
    }

    /// Returns a session, with the token either in the cookie or in the body.
    pub(super) fn of(
        issued: &LoggedIn,
        by: Transport,
        settings: &Settings,
    ) -> (Option<SetCookie>, Self) {
        let (token, expires_in) = (&issued.access_token, issued.expires_in);
        match by {
            Transport::Bearer => {
                let answer = TokenAnswer {
                    access_token: token.expose_secret().to_owned(),
                    token_type: BearerToken,
                    expires_in,
                };
                (None, Self::Token(answer))
            }
            Transport::Cookie => {
                let cookie = SetCookie::keep(token, expires_in, &settings.identity);
                let answer = CookieAnswer {
                    token_type: InCookie,
                    expires_in,
                };
                (Some(cookie), Self::Cookie(answer))
            }
        }
    }
}

/// The password is right, and the account needs a second factor.
#[derive(Serialize, ToSchema)]
pub(super) struct MfaRequiredAnswer {
    /// Always `mfa_required`.
    #[schema(inline)]
    status: MfaRequired,
    /// Send it to `/login/mfa-confirm` together with the code.
    #[schema(example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NzQx.c2lnbmF0dXJl")]
    mfa_pending_token: String,
    /// The lifetime of the token, in seconds.
    #[schema(example = 600)]
    expires_in: u32,
    /// The methods that the account can use, the preferred one first.
    methods: Vec<MfaMethod>,
    /// Only if a code was sent: always `sms`. `POST /login/mfa-send` sends one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(inline, value_type = BySms)]
    delivery: Option<BySms>,
    /// Only if codes can be sent: the last two digits of the phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, example = "•••• 23")]
    phone_hint: Option<String>,
}

impl TokenAnswer {
    /// Returns the access token.
    pub(super) fn into_token(self) -> String {
        self.access_token
    }
}

impl MfaRequiredAnswer {
    /// Returns the token that has to be sent with the second factor.
    pub(super) fn pending_token(&self) -> &str {
        &self.mfa_pending_token
    }

    /// Returns the lifetime of the pending token, in seconds.
    pub(super) fn expires_in(&self) -> u32 {
        self.expires_in
    }
}

impl From<LoginWait> for MfaRequiredAnswer {
    fn from(wait: LoginWait) -> Self {
        Self {
            status: MfaRequired,
            mfa_pending_token: wait.pending_token.expose_secret().to_owned(),
            expires_in: wait.expires_in,
            methods: wait.methods,
            delivery: wait.is_sent.then_some(BySms),
            phone_hint: wait.phone_hint,
        }
    }
}

/// The answer to a right password.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum LoginAnswer {
    Session(SessionAnswer),
    MfaRequired(MfaRequiredAnswer),
}

refusals!(LoginRefusals: ApiError::cross_site(),
    Error::InvalidCredentials, Error::AccountDisabled, Error::EmailUnverified, Error::LockedOut { retry_after: 540 },
    Error::CodeBudgetSpent { retry_after: 540 }, Error::SmsCapSpent { retry_after: 1800 }, Error::Overloaded { retry_after: 1 });

/// Logs in.
///
/// Answers with a session. If the account has a second factor, it answers `mfa_required` instead: complete the login with
/// `/login/mfa-confirm`. If a phone is the only second factor, a code is sent by SMS at once.
#[utoipa::path(post, path = "/login", summary = "Log in", tag = "accounts", params(SessionTransport), request_body = LoginRequest, responses(
    (status = 200, description = "A session, or a request for a second factor.", body = LoginAnswer, headers(
        ("Set-Cookie" = String, description = "The session, if it is in a cookie."))), LoginRefusals))]
pub(super) async fn login(
    State(app): State<App>,
    Client(origin): Client,
    SessionTransport(by): SessionTransport,
    Body(proof): Body<LoginRequest>,
) -> Result<(Option<SetCookie>, Json<LoginAnswer>), ApiError> {
    let login = app
        .accounts
        .log_in(&proof.email, &proof.password, &origin)
        .await?;
    let (cookie, answer) = match login {
        Login::Done(issued) => {
            let (cookie, answer) = SessionAnswer::of(&issued, by, &app.settings);
            (cookie, LoginAnswer::Session(answer))
        }
        Login::Waits(wait) => (None, LoginAnswer::MfaRequired(wait.into())),
    };
    Ok((cookie, Json(answer)))
}

refusals!(MfaSendRefusals: Error::InvalidPendingToken, Error::CodeBudgetSpent { retry_after: 540 }, Error::SmsCapSpent { retry_after: 1800 });

/// Sends a code, or a new one.
///
/// Earlier codes and the `mfa_pending_token` stop working. The time to enter a code isn't extended.
#[utoipa::path(post, path = "/login/mfa-send", summary = "Send a code by SMS", operation_id = "mfa_send", tag = "accounts", request_body = MfaSendRequest, responses(
    (status = 200, description = "A code was sent.", body = MfaRequiredAnswer), MfaSendRefusals))]
pub(super) async fn mfa_send(
    State(app): State<App>,
    Client(origin): Client,
    Body(proof): Body<MfaSendRequest>,
) -> Result<Json<MfaRequiredAnswer>, ApiError> {
    let token = proof.mfa_pending_token.expose();
    let sent = app.accounts.send_login_code(token, &origin).await?;
    Ok(Json(sent.into()))
}

refusals!(MfaConfirmRefusals: ApiError::cross_site(),
    Error::InvalidPendingToken, Error::WrongCode, Error::CodeExpired, Error::NoCode,
    Error::CodeBudgetSpent { retry_after: 540 });

/// Completes a login with a code.
///
/// Accepts a code from an authenticator app, a code sent by SMS, or a recovery code. Each code works once. A code sent by
/// SMS only works with the `mfa_pending_token` of its own login.
#[utoipa::path(post, path = "/login/mfa-confirm", summary = "Complete a login with a code", tag = "accounts", params(SessionTransport), request_body = MfaConfirmRequest, responses(
    (status = 200, description = "A session.", body = SessionAnswer, headers(
        ("Set-Cookie" = String, description = "The session, if it is in a cookie."))), MfaConfirmRefusals))]
pub(super) async fn mfa_confirm(
    State(app): State<App>,
    Client(origin): Client,
    SessionTransport(by): SessionTransport,
    Body(proof): Body<MfaConfirmRequest>,
) -> Result<(Option<SetCookie>, Json<SessionAnswer>), ApiError> {
    let issued = app
        .accounts
        .confirm_login(
            proof.mfa_pending_token.expose(),
            &proof.code,
            proof.method,
            &origin,
        )
        .await?;
    let (cookie, answer) = SessionAnswer::of(&issued, by, &app.settings);
    Ok((cookie, Json(answer)))
}

/// Logs out.
///
/// Ends the session, and removes its cookie.
#[utoipa::path(post, path = "/logout", summary = "Log out", tag = "accounts", security(("bearer" = [])), responses(
    (status = 200, description = "The session has ended.", body = Message)))]
pub(super) async fn logout(
    State(app): State<App>,
    headers: HeaderMap,
    signed_in: Result<SignedIn, ApiError>,
    clear_cookie: ClearCookie,
) -> Result<(ClearCookie, Json<Message>), Response> {
    match signed_in {
        Ok(SignedIn { session, origin }) => {
            let done = app.accounts.log_out(&session, &origin).await;
            done.map_err(|error| ApiError::from(error).into_response())?;
            Ok((clear_cookie, Message::done("you are logged out")))
        }
        // Two cookies are refused like none, and would lock the browser out until they expire, so both are removed. A
        // single invalid cookie stays: a late response must not end a login that came in between.
        Err(refusal)
            if refusal.status() == StatusCode::UNAUTHORIZED
                && cookie::values(&headers, &app.settings).nth(1).is_some()
                && cookie::is_from_own_page(&headers, &app.settings.identity) =>
        {
            Err((clear_cookie, refusal).into_response())
        }
        Err(refusal) => Err(refusal.into_response()),
    }
}
