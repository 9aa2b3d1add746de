//! `POST /change-email`, `POST /confirm-email-change`, `POST /undo-email-change`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::Message;
use crate::accounts::Error;
use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, SignedIn, request};
use crate::http::openapi::refusals;
use crate::model::{Email, Password, ProofToken, UserPublic};

request! {
    /// A new email address.
    ChangeEmailRequest {
        /// The new email address. It has to be different from the current one.
        new_email: Email,
        /// The account's password.
        current_password: Password,
    }
}

request! {
    /// The token of a mailed link.
    ConfirmEmailChangeRequest {
        /// The token of the link.
        token: ProofToken,
    }
}

refusals!(ChangeRefusals: Error::WrongPassword, Error::SameEmail, Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Requests a change of your email address.
///
/// Sends a link to the new email address. If that address already has an account, the answer is the same and no link is
/// sent.
#[utoipa::path(post, path = "/change-email", summary = "Request a change of your email address", tag = "accounts", security(("bearer" = [])), request_body = ChangeEmailRequest, responses(
    (status = 202, description = "The request was accepted.", body = Message), ChangeRefusals))]
pub(super) async fn change_email(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    Body(request): Body<ChangeEmailRequest>,
) -> Result<(StatusCode, Json<Message>), ApiError> {
    app.accounts
        .request_email_change(
            &session,
            &request.new_email,
            &request.current_password,
            &origin,
        )
        .await
        .map_err(ApiError::of_new_email)?;
    Ok(Message::accepted(
        "if this email address is free, a link that confirms it is on its way there",
    ))
}

refusals!(ConfirmRefusals: Error::InvalidToken, Error::EmailTaken);

/// Confirms a new email address.
///
/// Needs the token of the mailed link. Works once, and ends all sessions.
#[utoipa::path(post, path = "/confirm-email-change", summary = "Confirm a new email address", tag = "accounts", request_body = ConfirmEmailChangeRequest, responses(
    (status = 200, description = "The account has the new email address.", body = UserPublic), ConfirmRefusals))]
pub(super) async fn confirm_email_change(
    State(app): State<App>,
    Client(origin): Client,
    Body(proof): Body<ConfirmEmailChangeRequest>,
) -> Result<Json<UserPublic>, ApiError> {
    let user = app
        .accounts
        .confirm_email_change(proof.token.expose(), &origin)
        .await?;
    Ok(Json(user.public()))
}

request! {
    /// The token of the link in the notice to the old address.
    UndoEmailChangeRequest {
        /// The token of the link.
        token: ProofToken,
    }
}

refusals!(UndoRefusals: Error::InvalidToken, Error::EmailTaken);

/// Undoes a change of the email address by the link in the notice to the old one.
///
/// Works once, within seven days, whatever else has changed in the meantime. Later changes of the address can no longer be
/// undone. Ends all sessions and removes the password: the owner sets a new one with `/forgot-password`. If that is off, the
/// password stays.
#[utoipa::path(post, path = "/undo-email-change", summary = "Undo a change of the email address", tag = "accounts", request_body = UndoEmailChangeRequest, responses(
    (status = 200, description = "The account has its old email address.", body = UserPublic), UndoRefusals))]
pub(super) async fn undo_email_change(
    State(app): State<App>,
    Client(origin): Client,
    Body(proof): Body<UndoEmailChangeRequest>,
) -> Result<Json<UserPublic>, ApiError> {
    let user = app
        .accounts
        .undo_email_change(&proof.token, &origin)
        .await?;
    Ok(Json(user.public()))
}
