//! Proof of who the administrator is, before sensitive acts. A login counts for ten minutes, and so does the password,
//! entered again, or a passkey; a cookie for the console alone remembers the latter two.

use axum::http::HeaderMap;
use serde::Serialize;

use super::cookies;
use super::form::Form;
use super::operator::Operator;
use crate::accounts::{Assertion, Error, PROOF_SECONDS};
use crate::http::error::ApiError;
use crate::http::extract::Field as _;
use crate::model::Password;
use crate::secret::{ExposeSecret as _, SecretString};

/// The field of a form that has the password.
const FIELD: &str = "current_password";

/// What a form that needs a proof shows (`console/proof.html`).
#[derive(Serialize)]
#[allow(
    clippy::struct_field_names,
    reason = "the templates of forms share these names"
)]
pub(super) struct Proof {
    needs_proof: bool,
    has_password: bool,
    has_passkey: bool,
    /// The path of the form.
    back: String,
}

impl Proof {
    /// Returns what the form at `path` shows, if its act is sensitive.
    pub(super) async fn of(
        operator: &Operator,
        is_sensitive: bool,
        path: String,
    ) -> Result<Self, ApiError> {
        let needs_proof = is_sensitive && !operator.is_proven().await?;
        let (accounts, session) = (operator.accounts(), &operator.session);
        Ok(Self {
            needs_proof,
            has_password: session.user.hashed_password.is_some(),
            has_passkey: needs_proof && !accounts.proving_passkeys(session).await?.is_empty(),
            back: path,
        })
    }
}

/// A proof that was accepted. If one was given just now, the cookie that remembers it is still to be set.
pub(super) struct Proven(Option<SecretString>);

impl Operator {
    /// Returns whether a sensitive act needs no password now.
    pub(super) async fn is_proven(&self) -> Result<bool, ApiError> {
        let proof = self.proof.as_deref();
        Ok(self.accounts().is_proven(&self.session, proof).await?)
    }

    /// Checks that the administrator has proved who they are: recently, or with the password in the form.
    ///
    /// # Errors
    /// [`Error::ReauthenticationRequired`] without a password, and those of a wrong one.
    pub(super) async fn prove(&self, form: &Form) -> Result<Proven, Error> {
        if let Some(given) = form.get(FIELD) {
            let password = Password::read_text(given.clone()).map_err(|_| Error::WrongPassword)?;
            let accounts = self.accounts();
            let proof = accounts.prove_again(&self.session, &password, &self.origin);
            return Ok(Proven(Some(proof.await?)));
        }
        let proof = self.proof.as_deref();
        if self.accounts().is_proven(&self.session, proof).await? {
            Ok(Proven(None))
        } else {
            Err(Error::ReauthenticationRequired)
        }
    }

    /// Checks a passkey of the administrator.
    pub(super) async fn prove_by_passkey(
        &self,
        pending_token: &str,
        presented: &Assertion,
    ) -> Result<Proven, Error> {
        let (accounts, session) = (self.accounts(), &self.session);
        let proof = accounts.prove_by_passkey(session, pending_token, presented, &self.origin);
        Ok(Proven(Some(proof.await?)))
    }
}

impl Proven {
    /// Lets the rest of the request know it: a form that is shown again doesn't ask again.
    pub(super) fn apply(&self, operator: &mut Operator) {
        if let Some(proof) = &self.0 {
            operator.proof = Some(proof.expose_secret().to_owned());
        }
    }

    /// Sets the cookie that remembers the proof, if it was given just now.
    pub(super) fn remember(&self, operator: &Operator, headers: &mut HeaderMap) {
        if let Some(proof) = &self.0 {
            let console = &operator.console;
            console.set_cookie(
                headers,
                cookies::PROOF,
                proof.expose_secret(),
                PROOF_SECONDS,
            );
        }
    }
}
