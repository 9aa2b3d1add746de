//! Proof of who the administrator is, before sensitive acts. A login counts for ten minutes, and so does the password,
//! entered again; a cookie for the console alone remembers the latter.

use axum::http::HeaderMap;

use super::cookies;
use super::form::Form;
use super::operator::Operator;
use crate::accounts::{Error, PROOF_SECONDS};
use crate::http::error::ApiError;
use crate::http::extract::Field as _;
use crate::model::Password;
use crate::secret::{ExposeSecret as _, SecretString};

/// The field of a form that has the password.
const FIELD: &str = "current_password";

/// A proof that was accepted. If the password was entered, the cookie that remembers it is still to be set.
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
}

impl Proven {
    /// Lets the rest of the request know it: a form that is shown again doesn't ask again.
    pub(super) fn apply(&self, operator: &mut Operator) {
        if let Some(proof) = &self.0 {
            operator.proof = Some(proof.expose_secret().to_owned());
        }
    }

    /// Sets the cookie that remembers the password, if it was entered.
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
