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
    /// An email address whose password is forgotten.
    ForgotPasswordRequest {
        /// The account's email address, in any spelling.
        email: Email,
        /// Where to go once all is done: a path on this site, or a URL of `app_url`'s origin or one of `return_origins`.
        /// Anything else is ignored.
        next: Option<Next>,
    }
}

request! {
    /// A mailed link, and the password it is to set.
    ResetPasswordRequest {
        /// The token of the link.
        token: ProofToken,
        /// 8 to 128 characters, taken exactly as given.
        new_password: NewPassword,
    }
}

request! {
    /// The password that is, and the one that is to be.
    ChangePasswordRequest {
        /// The account's password.
        current_password: Password,
        /// 8 to 128 characters, taken exactly as given; another than the current one.
        new_password: NewPassword,
    }
}

/// Requests a password reset.
///
/// Mails a link. The answer is the same whether an account has this email address or not.
#[utoipa::path(post, path = "/forgot-password", summary = "Request a password reset", tag = "accounts", request_body = ForgotPasswordRequest, responses(
    (status = 202, description = "Taken.", body = Message)))]
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

/// A password that was set, and the account that has it.
#[derive(Serialize, ToSchema)]
pub(super) struct PasswordResetAnswer {
    /// One sentence for people.
    #[schema(value_type = String, example = "the new password is set: log in with it")]
    message: &'static str,
    /// The account's address, to log in with.
    #[schema(value_type = String, example = "ada@example.com")]
    email: Email,
    /// Where to go after the login, if that came with the request for the link; else null.
    #[schema(example = "https://app.example.com/welcome")]
    next: Option<String>,
}

/// Sets a new password by link.
///
/// Works once. Ends all sessions and a lockout, and marks the email address as verified. A refused password does not use
/// up the link.
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

/// A password that was changed, and the session in place of the one that ended with it.
#[derive(Serialize, ToSchema)]
pub(super) struct PasswordChangedAnswer {
    /// One sentence for people.
    #[schema(value_type = String, example = "the password is changed")]
    message: &'static str,
    /// To be sent as `Authorization: Bearer …` from now on; null where the session travels in a cookie.
    #[schema(example = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI2NzQx.c2lnbmF0dXJl")]
    access_token: Option<String>,
    /// The session's life, in seconds; null where there is no new session, and one has to log in.
    #[schema(example = 7200)]
    expires_in: Option<u32>,
}

/// Changes your password.
///
/// Ends all sessions. The answer carries a new one for whoever changed the password: a token, or a cookie in place of the
/// request's.
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
