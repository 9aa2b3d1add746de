//! What administrators can do with one account: the routes below `/admin/users/{user_id}`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::accounts::Error;
use crate::app::App;
use crate::http::api::Message;
use crate::http::error::ApiError;
use crate::http::extract::{Administration, Body, UserId, request};
use crate::http::openapi::refusals;
use crate::model::NewPassword;

refusals!(ReverifyRefusals: Error::AlreadyVerified);

/// Sends a verification link to a user.
#[utoipa::path(post, path = "/admin/users/{user_id}/resend-verification", summary = "Send a verification link to a user", tag = "administration", operation_id = "resend_user_verification", security(("bearer" = [])), params(UserId), responses(
    (status = 202, description = "The request was accepted.", body = Message), ReverifyRefusals))]
pub(super) async fn resend_verification(
    State(app): State<App>,
    Administration { origin }: Administration,
    UserId(id): UserId,
) -> Result<(StatusCode, Json<Message>), ApiError> {
    app.accounts.reverify(id, &origin).await?;
    Ok(Message::accepted("a verification link is on its way"))
}

/// Enables and unlocks a user.
///
/// Also clears the lockout and the limits for wrong codes.
#[utoipa::path(post, path = "/admin/users/{user_id}/unlock", summary = "Enable and unlock a user", tag = "administration", operation_id = "unlock_user", security(("bearer" = [])), params(UserId), responses(
    (status = 200, description = "The account is enabled and can log in at once.", body = Message)))]
pub(super) async fn unlock(
    State(app): State<App>,
    Administration { origin }: Administration,
    UserId(id): UserId,
) -> Result<Json<Message>, ApiError> {
    app.accounts.unlock(id, &origin).await?;
    Ok(Message::done("the account is unlocked"))
}

/// Ends all sessions of a user.
///
/// Mailed links of the account stop working too.
#[utoipa::path(post, path = "/admin/users/{user_id}/revoke-tokens", summary = "End all sessions of a user", tag = "administration", operation_id = "revoke_user_tokens", security(("bearer" = [])), params(UserId), responses(
    (status = 200, description = "All sessions of the account have ended.", body = Message)))]
pub(super) async fn revoke_tokens(
    State(app): State<App>,
    Administration { origin }: Administration,
    UserId(id): UserId,
) -> Result<Json<Message>, ApiError> {
    app.accounts.revoke_tokens(id, &origin).await?;
    Ok(Message::done("all sessions of the account have ended"))
}

request! {
    /// The new password of an account.
    SetPasswordRequest {
        /// 8 to 128 characters, used exactly as given.
        new_password: NewPassword,
    }
}

refusals!(SetPasswordRefusals: Error::Overloaded { retry_after: 1 });

/// Sets a user's password.
///
/// Ends all sessions, and notifies the user.
#[utoipa::path(post, path = "/admin/users/{user_id}/set-password", summary = "Set a user's password", tag = "administration", operation_id = "set_user_password", security(("bearer" = [])), params(UserId), request_body = SetPasswordRequest, responses(
    (status = 200, description = "The password is set.", body = Message), SetPasswordRefusals))]
pub(super) async fn set_password(
    State(app): State<App>,
    Administration { origin }: Administration,
    UserId(id): UserId,
    Body(request): Body<SetPasswordRequest>,
) -> Result<Json<Message>, ApiError> {
    app.accounts
        .set_password(id, &request.new_password, &origin)
        .await
        .map_err(ApiError::of_new_password)?;
    Ok(Message::done("the password is set"))
}

refusals!(SendResetRefusals: Error::AccountDisabled);

/// Sends a password reset link to a user.
#[utoipa::path(post, path = "/admin/users/{user_id}/send-password-reset", summary = "Send a password reset link to a user", tag = "administration", operation_id = "send_user_password_reset", security(("bearer" = [])), params(UserId), responses(
    (status = 202, description = "The request was accepted.", body = Message), SendResetRefusals))]
pub(super) async fn send_password_reset(
    State(app): State<App>,
    Administration { origin }: Administration,
    UserId(id): UserId,
) -> Result<(StatusCode, Json<Message>), ApiError> {
    app.accounts.send_password_reset(id, &origin).await?;
    Ok(Message::accepted(
        "a link to set a new password is on its way",
    ))
}

/// Turns off all second factors of a user.
///
/// Phone, authenticator app and recovery codes. Notifies the user.
#[utoipa::path(delete, path = "/admin/users/{user_id}/mfa", summary = "Turn off a user's second factor", tag = "administration", operation_id = "remove_user_mfa", security(("bearer" = [])), params(UserId), responses(
    (status = 200, description = "Login only asks for the password.", body = Message)))]
pub(super) async fn remove_mfa(
    State(app): State<App>,
    Administration { origin }: Administration,
    UserId(id): UserId,
) -> Result<Json<Message>, ApiError> {
    app.accounts.remove_second_factor(id, &origin).await?;
    Ok(Message::done("the second factor is off"))
}

/// Removes all passkeys of a user.
///
/// Also where they are the only way to log in: a password reset link is another one. Notifies the user.
#[utoipa::path(delete, path = "/admin/users/{user_id}/passkeys", summary = "Remove a user's passkeys", tag = "administration", operation_id = "remove_user_passkeys", security(("bearer" = [])), params(UserId), responses(
    (status = 200, description = "They no longer log in.", body = Message)))]
pub(super) async fn remove_passkeys(
    State(app): State<App>,
    Administration { origin }: Administration,
    UserId(id): UserId,
) -> Result<Json<Message>, ApiError> {
    app.accounts.remove_passkeys(id, &origin).await?;
    Ok(Message::done("the passkeys were removed"))
}
