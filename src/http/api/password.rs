//! `POST /forgot-password`, `POST /reset-password`, `POST /change-password`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::Message;
use crate::accounts::{Error, LoggedIn};
use crate::app::App;
use crate::http::cookie::ClearCookie;
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, Next, SignedIn, request};
use crate::http::openapi::refusals;
use crate::model::{Email, NewPassword, Password, ProofToken};
use crate::secret::ExposeSecret as _;

request! {
    /// The email address of an account with a forgotten password.
    ForgotPasswordRequest {
        /// The account's email address, in any spelling.
        email: Email,
        /// Where to go afterwards: a path on this site, or a URL with the origin of `app_url` or one of `return_origins`.
        /// Anything else is ignored.
        next: Option<Next>,
    }
}

request! {
    /// The token of a mailed link, and the new password.
    ResetPasswordRequest {
        /// The token of the link.
        token: ProofToken,
        /// 8 to 128 characters, used exactly as given.
        new_password: NewPassword,
    }
}

request! {
    /// The current password and the new one.
    ChangePasswordRequest {
        /// The account's password.
        current_password: Password,
        /// 8 to 128 characters, used exactly as given. It has to be different from the current password.
        new_password: NewPassword,
    }
}

/// Requests a password reset.
///
/// Sends a link by email. The answer is the same whether or not an account has this email address.
#[utoipa::path(post, path = "/forgot-password", summary = "Request a password reset", tag = "accounts", request_body = ForgotPasswordRequest, responses(
    (status = 202, description = "The request was accepted.", body = Message)))]
pub(super) async fn forgot_password(
    State(app): State<App>,
    Client(origin): Client,
    Body(request): Body<ForgotPasswordRequest>,
) -> Result<(StatusCode, Json<Message>), ApiError> {
    let next = request.next.as_ref().map(|next| next.0.as_str());
    app.accounts
        .returning_to(next)
        .forgot_password(&request.email, &origin)
        .await?;
    Ok(Message::accepted(
        "if this email address has an account, a link to set a new password is on its way",
    ))
}

refusals!(ResetRefusals: Error::InvalidToken, Error::Overloaded { retry_after: 1 });

/// The account whose password was set.
#[derive(Serialize, ToSchema)]
pub(super) struct PasswordResetAnswer {
    /// A sentence for people.
    #[schema(value_type = String, example = "the new password is set: log in with it")]
    message: &'static str,
    /// The account's email address, to log in with.
    #[schema(value_type = String, example = "ada@example.com")]
    email: Email,
    /// Where to go after the login, if the request for the link had `next`; otherwise null.
    #[schema(example = "https://app.example.com/welcome")]
    next: Option<String>,
}

/// Sets a new password by link.
///
/// Works once. Ends all sessions and any lockout, and marks the email address as verified. If the password is refused, the
/// link stays valid.
#[utoipa::path(post, path = "/reset-password", summary = "Set a new password by link", tag = "accounts", request_body = ResetPasswordRequest, responses(
    (status = 200, description = "The password is set.", body = PasswordResetAnswer), ResetRefusals))]
pub(super) async fn reset_password(
    State(app): State<App>,
    Client(origin): Client,
    Body(proof): Body<ResetPasswordRequest>,
) -> Result<Json<PasswordResetAnswer>, ApiError> {
    let user = app
        .accounts
        .reset_password(proof.token.expose(), &proof.new_password, &origin)
        .await
        .map_err(ApiError::of_new_password)?;
    Ok(Json(PasswordResetAnswer {
        message: "the new password is set: log in with it",
        email: user.email,
        next: app.accounts.return_of(proof.token.expose()),
    }))
}

refusals!(ChangeRefusals: Error::WrongPassword, Error::PasswordUnchanged, Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// A changed password, and the new session.
#[derive(Serialize, ToSchema)]
pub(super) struct PasswordChangedAnswer {
    /// A sentence for people.
    #[schema(value_type = String, example = "the password is changed")]
    message: &'static str,
    /// The new token, which replaces the current one; null if the session is in a cookie.
    #[schema(example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NzQx.c2lnbmF0dXJl")]
    access_token: Option<String>,
    /// The lifetime of the session, in seconds; null if there is no new session and you have to log in.
    #[schema(example = 7200)]
    expires_in: Option<u32>,
}

/// Changes your password.
///
/// Ends all sessions. The answer has a new session, so that you stay logged in: a token, or a cookie that replaces the
/// current one.
#[utoipa::path(post, path = "/change-password", summary = "Change your password", tag = "accounts", security(("bearer" = [])), request_body = ChangePasswordRequest, responses(
    (status = 200, description = "The password is changed.", body = PasswordChangedAnswer, headers(
        ("Set-Cookie" = String, description = "The new session, if the request's session was in a cookie."))), ChangeRefusals))]
pub(super) async fn change_password(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    mut cookie: ClearCookie,
    Body(request): Body<ChangePasswordRequest>,
) -> Result<(ClearCookie, Json<PasswordChangedAnswer>), ApiError> {
    let issued = app
        .accounts
        .change_password(
            &session,
            &request.current_password,
            &request.new_password,
            &origin,
        )
        .await
        .map_err(ApiError::of_new_password)?;
    let (message, expires_in) = match &issued {
        Some(issued) => ("the password is changed", Some(issued.expires_in)),
        None => (
            "the password is changed: log in again with the new one",
            None,
        ),
    };
    let identity = &app.settings.identity;
    let in_body = issued.filter(
        |LoggedIn {
             access_token,
             expires_in,
             ..
         }| { !cookie.replace(access_token, *expires_in, identity) },
    );
    let answer = PasswordChangedAnswer {
        message,
        access_token: in_body.map(|issued| issued.access_token.expose_secret().to_owned()),
        expires_in,
    };
    Ok((cookie, Json(answer)))
}
