//! `POST /login`, `POST /logout`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::Message;
use crate::accounts::Error;
use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::{Body, Client, SignedIn, request};
use crate::http::openapi::refusals;
use crate::model::{Email, Password};
use crate::secret::ExposeSecret as _;

request! {
    /// Somebody who wants a session.
    LoginRequest {
        /// The account's address, in any spelling.
        email: Email,
        /// The account's password.
        password: Password,
    }
}

/// A session.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenAnswer {
    /// To be sent as `Authorization: Bearer …`.
    access_token: String,
    /// Always `bearer`.
    #[schema(value_type = String, example = "bearer")]
    token_type: &'static str,
    /// The token's life, in seconds.
    #[schema(example = 7200)]
    expires_in: u32,
}

refusals!(LoginRefusals: [always, body, limited]
    Error::InvalidCredentials, Error::AccountDisabled, Error::EmailUnverified, Error::Locked { retry_after: 540 }, Error::Overloaded { retry_after: 1 });

/// Proves an account by its password, and issues a session.
#[utoipa::path(post, path = "/login", tag = "accounts", request_body = LoginRequest, responses(
    (status = 200, description = "A session.", body = TokenAnswer),
    LoginRefusals,
))]
pub(super) async fn login(
    State(app): State<App>,
    Client(origin): Client,
    Body(proof): Body<LoginRequest>,
) -> Result<Json<TokenAnswer>, ApiError> {
    let issued = app
        .accounts
        .log_in(&proof.email, &proof.password, &origin)
        .await?;
    Ok(Json(TokenAnswer {
        access_token: issued.access_token.expose_secret().to_owned(),
        token_type: "bearer",
        expires_in: issued.expires_in,
    }))
}

refusals!(LogoutRefusals: [always, session]);

/// Ends the session of the token.
#[utoipa::path(post, path = "/logout", tag = "accounts", security(("bearer" = [])), responses(
    (status = 200, description = "The token is dead.", body = Message),
    LogoutRefusals,
))]
pub(super) async fn logout(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
) -> Result<Json<Message>, ApiError> {
    app.accounts.log_out(&session, &origin).await?;
    Ok(Message::done("you are logged out"))
}
