//! `POST /forgot-password`, `POST /reset-password`, `POST /change-password`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::Message;
use crate::accounts::Error;
use crate::app::App;
use crate::http::cookie::ClearCookie;
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, SignedIn, request};
use crate::http::openapi::refusals;
use crate::model::{Email, NewPassword, Password, ProofToken};

request! {
    /// An email address whose password is forgotten.
    ForgotPasswordRequest {
        /// The account's email address, in any spelling.
        email: Email,
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
    app.accounts
        .forgot_password(&request.email, &origin)
        .await?;
    Ok(Message::accepted(
        "if this email address has an account, a link to set a new password is on its way",
    ))
}

refusals!(ResetRefusals: Error::InvalidToken, Error::Overloaded { retry_after: 1 });

/// Sets a new password by link.
///
/// Works once. Ends all sessions and a lockout, and marks the email address as verified. A refused password does not use
/// up the link.
#[utoipa::path(post, path = "/reset-password", summary = "Set a new password by link", tag = "accounts", request_body = ResetPasswordRequest, responses(
    (status = 200, description = "The password is set.", body = Message), ResetRefusals))]
pub(super) async fn reset_password(
    State(app): State<App>,
    Client(origin): Client,
    Body(proof): Body<ResetPasswordRequest>,
) -> Result<Json<Message>, ApiError> {
    app.accounts
        .reset_password(proof.token.expose(), &proof.new_password, &origin)
        .await
        .map_err(ApiError::of_new_password)?;
    Ok(Message::done("the new password is set: log in with it"))
}

refusals!(ChangeRefusals: Error::WrongPassword, Error::PasswordUnchanged, Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Changes your password.
///
/// Ends all sessions, this one included.
#[utoipa::path(post, path = "/change-password", summary = "Change your password", tag = "accounts", security(("bearer" = [])), request_body = ChangePasswordRequest, responses(
    (status = 200, description = "The password is changed.", body = Message), ChangeRefusals))]
pub(super) async fn change_password(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    clear_cookie: ClearCookie,
    Body(request): Body<ChangePasswordRequest>,
) -> Result<(ClearCookie, Json<Message>), ApiError> {
    app.accounts
        .change_password(
            &session,
            &request.current_password,
            &request.new_password,
            &origin,
        )
        .await
        .map_err(ApiError::of_new_password)?;
    let message = "the password is changed: log in again with the new one";
    Ok((clear_cookie, Message::done(message)))
}
