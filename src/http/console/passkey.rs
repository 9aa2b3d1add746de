//! Proof by passkey, in place of the password. The script asks for a challenge, has the browser sign it, and sends the
//! form that asked for the proof again.

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde::Serialize;

use super::form::Form;
use super::operator::{Answer, Operator};
use super::question::unkept;
use crate::accounts::{Assertion, Error};
use crate::http::error::ApiError;
use crate::http::extract::Encoded;
use crate::model::{CredentialId, ProofToken};
use crate::secret::ExposeSecret as _;

/// A challenge.
#[derive(Serialize)]
struct Started {
    pending_token: String,
    public_key: RequestOptions,
}

/// The options for the browser (Web Authentication, level 3, §5.5).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestOptions {
    challenge: String,
    rp_id: String,
    /// In milliseconds.
    timeout: u32,
    user_verification: &'static str,
    /// The administrator's own passkeys: no other is offered.
    allow_credentials: Vec<Known>,
}

#[derive(Serialize)]
struct Known {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
}

/// Begins a proof.
pub(super) async fn start(operator: Operator, _: Form) -> Answer {
    let accounts = operator.accounts();
    let passkeys = accounts.proving_passkeys(&operator.session).await?;
    if passkeys.is_empty() {
        return Err(Error::NoPasskey.into());
    }
    let wait = accounts.start_proof_by_passkey(&operator.session);
    let known = passkeys.into_iter().map(|id| Known {
        kind: "public-key",
        id: id.as_str().to_owned(),
    });
    let started = Started {
        pending_token: wait.pending_token.expose_secret().to_owned(),
        public_key: RequestOptions {
            challenge: wait.challenge,
            rp_id: wait.rp_id,
            timeout: wait.expires_in * 1000,
            user_verification: "required",
            allow_credentials: known.collect(),
        },
    };
    Ok(unkept(Json(started).into_response()))
}

/// Completes a proof.
pub(super) async fn finish(operator: Operator, form: Form) -> Answer {
    let bytes = |name| -> Result<Vec<u8>, ApiError> {
        let given = form.read::<Encoded>(name)?;
        Ok(given.ok_or_else(|| ApiError::missing(name))?.0)
    };
    let credential_id = CredentialId::of(&bytes("credential_id")?);
    let presented = Assertion {
        credential_id: credential_id.ok_or(Error::PasskeyRefused)?,
        client_data: bytes("client_data_json")?,
        authenticator_data: bytes("authenticator_data")?,
        signature: bytes("signature")?,
        user_handle: form.read::<Encoded>("user_handle")?.map(|handle| handle.0),
    };
    let pending = form.read::<ProofToken>("pending_token")?;
    let pending = pending.ok_or_else(|| ApiError::missing("pending_token"))?;
    let proven = operator
        .prove_by_passkey(pending.expose(), &presented)
        .await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    proven.remember(&operator, response.headers_mut());
    Ok(response)
}
