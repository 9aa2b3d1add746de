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
    /// The proof that the account's holder wants it gone.
    DeleteAccountRequest {
        /// The account's password.
        current_password: Password,
    }
}

refusals!(Refusals: Error::WrongPassword, Error::LastSuperuser, Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Deletes your account.
///
/// Deletes everything that belongs to it. This cannot be undone.
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
