//! `POST /passkeys/start`, `POST /passkeys/finish`, `GET /passkeys`, `PATCH /passkeys/{id}`, `DELETE /passkeys/{id}`,
//! `POST /login/passkey/start`, `POST /login/passkey/finish`, `POST /reset-password/passkey/start`,
//! `POST /reset-password/passkey/finish`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::Message;
use super::login::SessionAnswer;
use super::passkey_options::{PasskeyLoginStartAnswer, PasskeyStartAnswer};
use crate::accounts::{Assertion, Attestation, Error};
use crate::app::App;
use crate::config::Transport;
use crate::http::browser::{Browser, KeptByBrowser};
use crate::http::cookie::{SessionTransport, SetCookie};
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, Encoded, PasskeyId, SignedIn, request};
use crate::http::openapi::refusals;
use crate::model::{
    CredentialId, Email, Passkey, PasskeyName, PasskeyPublic, Password, ProofToken,
};

request! {
    /// Confirms that the account holder wants to add a passkey.
    PasskeyStartRequest {
        /// The account's password. Not needed within five minutes after a login by passkey.
        current_password: Option<Password>,
    }
}

request! {
    /// A new passkey. Each field is a value from the browser, in base64url.
    PasskeyFinishRequest {
        /// The `pending_token` of the start.
        pending_token: ProofToken,
        /// The name of the passkey: 1 to 60 characters.
        name: PasskeyName,
        /// `response.clientDataJSON`
        client_data_json: Encoded,
        /// `response.attestationObject`
        attestation_object: Encoded,
    }
}

request! {
    /// The token of a mailed link.
    PasskeyLinkStartRequest {
        /// The token of the link.
        token: ProofToken,
    }
}

request! {
    /// A new passkey in place of a password. Each field is a value from the browser, in base64url.
    PasskeyLinkFinishRequest {
        /// The token of the link.
        token: ProofToken,
        /// The `pending_token` of the start.
        pending_token: ProofToken,
        /// The name of the passkey: 1 to 60 characters.
        name: PasskeyName,
        /// `response.clientDataJSON`
        client_data_json: Encoded,
        /// `response.attestationObject`
        attestation_object: Encoded,
    }
}

request! {
    /// A new name for a passkey.
    PasskeyRenameRequest {
        /// Its name: 1 to 60 characters.
        name: PasskeyName,
    }
}

request! {
    /// Confirms that the account holder wants to remove a passkey.
    PasskeyRemoveRequest {
        /// The account's password. Not needed within five minutes after a login by passkey.
        current_password: Option<Password>,
    }
}

request! {
    /// The response of a passkey. Each field is a value from the browser, in base64url.
    PasskeyLoginRequest {
        /// The `pending_token` of the start.
        pending_token: ProofToken,
        /// `rawId`
        credential_id: Encoded,
        /// `response.clientDataJSON`
        client_data_json: Encoded,
        /// `response.authenticatorData`
        authenticator_data: Encoded,
        /// `response.signature`
        signature: Encoded,
        /// `response.userHandle`, if there is one.
        user_handle: Option<Encoded>,
    }
}

/// All passkeys of an account.
#[derive(Serialize, ToSchema)]
pub(super) struct PasskeysAnswer {
    /// The oldest first.
    items: Vec<PasskeyPublic>,
}

refusals!(StartRefusals: Error::WrongPassword, Error::ReauthenticationRequired, Error::TooManyPasskeys,
    Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Starts adding a passkey.
///
/// Needs your password, unless you logged in with a passkey in the last five minutes.
#[utoipa::path(post, path = "/passkeys/start", summary = "Start adding a passkey", operation_id = "passkey_start", tag = "accounts", security(("bearer" = [])), request_body = PasskeyStartRequest, responses(
    (status = 200, description = "The options to create a passkey.", body = PasskeyStartAnswer), StartRefusals))]
pub(super) async fn start(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    Body(request): Body<PasskeyStartRequest>,
) -> Result<Json<PasskeyStartAnswer>, ApiError> {
    let current = request.current_password.as_ref();
    let setup = app
        .accounts
        .start_passkey(&session, current, &origin)
        .await?;
    Ok(Json(setup.into()))
}

refusals!(FinishRefusals: Error::InvalidPendingToken, Error::InvalidPasskey, Error::PasskeyTaken, Error::TooManyPasskeys);

/// Adds a passkey.
///
/// Works in the session that started it, within five minutes.
#[utoipa::path(post, path = "/passkeys/finish", summary = "Add a passkey", operation_id = "passkey_finish", tag = "accounts", security(("bearer" = [])), request_body = PasskeyFinishRequest, responses(
    (status = 201, description = "The passkey was added.", body = PasskeyPublic), FinishRefusals))]
pub(super) async fn finish(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    Body(request): Body<PasskeyFinishRequest>,
) -> Result<(StatusCode, Json<PasskeyPublic>), ApiError> {
    let made = Attestation {
        client_data: request.client_data_json.0,
        attestation_object: request.attestation_object.0,
    };
    let pending = request.pending_token.expose();
    let added = app
        .accounts
        .finish_passkey(&session, pending, request.name, &made, &origin)
        .await?;
    Ok((StatusCode::CREATED, Json(added.public())))
}

refusals!(LinkStartRefusals: Error::InvalidToken, Error::PasswordOnly, Error::TooManyPasskeys);

/// Starts adding a passkey by link, in place of a password.
///
/// For the link of an invitation or of a password reset. It stays valid, and isn't enough for an account that has a password or
/// a second factor: then it sets a password.
#[utoipa::path(post, path = "/reset-password/passkey/start", summary = "Start adding a passkey by link", operation_id = "passkey_link_start", tag = "accounts", request_body = PasskeyLinkStartRequest, responses(
    (status = 200, description = "The options to create a passkey.", body = PasskeyStartAnswer), LinkStartRefusals))]
pub(super) async fn link_start(
    State(app): State<App>,
    Body(request): Body<PasskeyLinkStartRequest>,
) -> Result<Json<PasskeyStartAnswer>, ApiError> {
    let setup = app
        .accounts
        .start_passkey_by_link(request.token.expose())
        .await?;
    Ok(Json(setup.into()))
}

refusals!(LinkFinishRefusals: Error::InvalidToken, Error::InvalidPasskey, Error::PasskeyTaken, Error::PasswordOnly, Error::TooManyPasskeys);

/// The account that got a passkey by link.
#[derive(Serialize, ToSchema)]
pub(super) struct PasskeyLinkAnswer {
    /// The passkey.
    passkey: PasskeyPublic,
    /// The account's email address.
    #[schema(value_type = String, example = "ada@example.com")]
    email: Email,
    /// Where to go after the login, if the request for the link had `next`; otherwise null.
    #[schema(example = "https://app.example.com/welcome")]
    next: Option<String>,
}

/// Adds a passkey by link, in place of a password.
///
/// Works once, within five minutes after the start with the same link. Ends all sessions and any lockout, and marks the email
/// address as verified. If the passkey is refused, the link stays valid. Log in with the passkey afterwards.
#[utoipa::path(post, path = "/reset-password/passkey/finish", summary = "Add a passkey by link", operation_id = "passkey_link_finish", tag = "accounts", request_body = PasskeyLinkFinishRequest, responses(
    (status = 201, description = "The passkey was added.", body = PasskeyLinkAnswer), LinkFinishRefusals))]
pub(super) async fn link_finish(
    State(app): State<App>,
    Client(origin): Client,
    Body(request): Body<PasskeyLinkFinishRequest>,
) -> Result<(StatusCode, Json<PasskeyLinkAnswer>), ApiError> {
    let made = Attestation {
        client_data: request.client_data_json.0,
        attestation_object: request.attestation_object.0,
    };
    let (link, pending) = (request.token.expose(), request.pending_token.expose());
    let (user, added) = app
        .accounts
        .finish_passkey_by_link(link, pending, request.name, &made, &origin)
        .await?;
    let answer = PasskeyLinkAnswer {
        passkey: added.public(),
        email: user.email,
        next: app.accounts.return_of(link),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Lists your passkeys.
#[utoipa::path(get, path = "/passkeys", summary = "List your passkeys", operation_id = "list_passkeys", tag = "accounts", security(("bearer" = [])), responses(
    (status = 200, description = "All of them: twenty at most.", body = PasskeysAnswer)))]
pub(super) async fn list(
    State(app): State<App>,
    SignedIn { session, .. }: SignedIn,
) -> Result<Json<PasskeysAnswer>, ApiError> {
    let passkeys = app.accounts.passkeys(session.user.id).await?;
    let items = passkeys.iter().map(Passkey::public).collect();
    Ok(Json(PasskeysAnswer { items }))
}

refusals!(RenameRefusals: Error::NoPasskey);

/// Renames one of your passkeys.
#[utoipa::path(patch, path = "/passkeys/{id}", summary = "Rename one of your passkeys", operation_id = "rename_passkey", tag = "accounts", security(("bearer" = [])), params(PasskeyId), request_body = PasskeyRenameRequest, responses(
    (status = 200, description = "The passkey, with its new name.", body = PasskeyPublic), RenameRefusals))]
pub(super) async fn rename(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    PasskeyId(id): PasskeyId,
    Body(request): Body<PasskeyRenameRequest>,
) -> Result<Json<PasskeyPublic>, ApiError> {
    let renamed = app
        .accounts
        .rename_passkey(&session, id, request.name, &origin);
    Ok(Json(renamed.await?.public()))
}

refusals!(RemoveRefusals: Error::WrongPassword, Error::ReauthenticationRequired, Error::NoPasskey, Error::LastLoginMethod,
    Error::LockedOut { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Removes one of your passkeys.
///
/// Needs your password, unless you logged in with a passkey in the last five minutes. The last way to log in to an account can't
/// be removed. Sessions stay valid.
#[utoipa::path(delete, path = "/passkeys/{id}", summary = "Remove one of your passkeys", operation_id = "remove_passkey", tag = "accounts", security(("bearer" = [])), params(PasskeyId), request_body = PasskeyRemoveRequest, responses(
    (status = 200, description = "The passkey was removed.", body = Message), RemoveRefusals))]
pub(super) async fn remove(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
    PasskeyId(id): PasskeyId,
    Body(request): Body<PasskeyRemoveRequest>,
) -> Result<Json<Message>, ApiError> {
    let current = request.current_password.as_ref();
    app.accounts
        .remove_passkey(&session, id, current, &origin)
        .await?;
    Ok(Message::done("the passkey was removed"))
}

/// Starts a login by passkey.
///
/// Needs no email address; the response is the same for everyone. A browser on a page of this site gets a cookie, and only that
/// browser can complete the login.
#[utoipa::path(post, path = "/login/passkey/start", summary = "Start a login by passkey", operation_id = "passkey_login_start", tag = "accounts", responses(
    (status = 200, description = "The options to log in with a passkey.", body = PasskeyLoginStartAnswer, headers(
        ("Set-Cookie" = String, description = "Identifies this browser for five minutes.")))))]
pub(super) async fn login_start(
    State(app): State<App>,
    browser: Browser,
) -> (Browser, Json<PasskeyLoginStartAnswer>) {
    let wait = app.accounts.start_passkey_login(browser.kept.as_deref());
    (browser, Json(wait.into()))
}

refusals!(LoginRefusals: ApiError::cross_site(), Error::InvalidPendingToken, Error::PasskeyRefused,
    Error::AccountDisabled, Error::EmailUnverified);

/// Logs in with a passkey.
///
/// Works once, within five minutes, in the browser that started it. No second factor is asked for.
#[utoipa::path(post, path = "/login/passkey/finish", summary = "Log in with a passkey", operation_id = "passkey_login_finish", tag = "accounts", params(SessionTransport), request_body = PasskeyLoginRequest, responses(
    (status = 200, description = "A session.", body = SessionAnswer, headers(
        ("Set-Cookie" = String, description = "The session, if it is in a cookie."))), LoginRefusals))]
pub(super) async fn login_finish(
    State(app): State<App>,
    Client(origin): Client,
    SessionTransport(by): SessionTransport,
    KeptByBrowser(kept): KeptByBrowser,
    Body(request): Body<PasskeyLoginRequest>,
) -> Result<(Option<SetCookie>, Json<SessionAnswer>), ApiError> {
    let credential_id = CredentialId::of(&request.credential_id.0).ok_or(Error::PasskeyRefused)?;
    let presented = Assertion {
        credential_id,
        client_data: request.client_data_json.0,
        authenticator_data: request.authenticator_data.0,
        signature: request.signature.0,
        user_handle: request.user_handle.map(|handle| handle.0),
    };
    // A session in a cookie is only for the browser that started the login, whatever the token says.
    let browser = match by {
        Transport::Cookie => Some(kept.unwrap_or_default()),
        Transport::Bearer => kept,
    };
    let pending = request.pending_token.expose();
    let issued = app
        .accounts
        .finish_passkey_login(pending, browser.as_deref(), &presented, &origin)
        .await?;
    let (cookie, answer) = SessionAnswer::of(&issued, by, &app.settings);
    Ok((cookie, Json(answer)))
}
