//! Proof of an address.

use super::{Accounts, Result};
use crate::model::{Email, Origin, Password, ProofToken, User};

impl Accounts {
    /// Uses a mailed link. With `verify_requires_password` the registration's password is needed too.
    pub async fn verify(&self, _token: &ProofToken, _password: Option<&Password>, _origin: &Origin) -> Result<User> { unimplemented!() }

    /// Mails a new link to a pending address; an unknown one costs the same and gets nothing.
    pub async fn resend_verification(&self, _email: &Email, _origin: &Origin) -> Result<()> { unimplemented!() }
}
