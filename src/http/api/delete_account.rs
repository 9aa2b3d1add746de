//! `DELETE /account`

use axum::Json;
use axum::extract::State;

use super::Message;
use crate::accounts::Error;
use crate::app::App;
use crate::http::cookie::ClearCookie;
use crate::http::error::ApiError;
use crate::http::extract::{Body, SignedIn, request};
use crate::http::openapi::refusals;
use crate::model::Password;

request! {
    /// Confirms that the account holder wants to delete the account.
    DeleteAccountRequest {
        /// The account's password.
        current_password: Password,
    }
}

refusals!(Refusals: Error::WrongPassword, Error::LastSuperuser, Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Deletes your account.
///
/// Deletes all its data. You can't undo this.
#[utoipa::path(delete, path = "/account", summary = "Delete your account", tag = "accounts", security(("bearer" = [])), request_body = DeleteAccountRequest, responses(
    (status = 200, description = "The account was deleted.", body = Message), Refusals))]
pub(super) async fn delete_account(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    clear_cookie: ClearCookie,
    Body(proof): Body<DeleteAccountRequest>,
) -> Result<(ClearCookie, Json<Message>), ApiError> {
    app.accounts
        .delete_own_account(&session, &proof.current_password, &origin)
        .await?;
    Ok((clear_cookie, Message::done("your account is deleted")))
}
