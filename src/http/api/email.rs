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
    /// The email address that is to be.
    ChangeEmailRequest {
        /// Another email address than the account's own.
        new_email: Email,
        /// The account's password.
        current_password: Password,
    }
}

request! {
    /// A mailed link, used.
    ConfirmEmailChangeRequest {
        /// The token of the link.
        token: ProofToken,
    }
}

refusals!(ChangeRefusals: Error::WrongPassword, Error::SameEmail, Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Requests a change of your email address.
///
/// Mails a link to the new email address. An email address that already has an account gets the same answer and no mail.
#[utoipa::path(post, path = "/change-email", summary = "Request a change of your email address", tag = "accounts", security(("bearer" = [])), request_body = ChangeEmailRequest, responses(
    (status = 202, description = "Taken.", body = Message), ChangeRefusals))]
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
/// Takes the token of the mailed link. Works once, and ends all sessions.
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
    /// The link of the notice that went to the old address, used.
    UndoEmailChangeRequest {
        /// The token of the link.
        token: ProofToken,
    }
}

refusals!(UndoRefusals: Error::InvalidToken, Error::EmailTaken);

/// Undoes a change of the email address by the link in the notice to the old one.
///
/// Works once, for seven days, whatever was changed since: later changes of the address cannot be undone any more. All
/// sessions end. The password works no longer, and is set anew by way of `/forgot-password`, unless that is off.
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
