//! Login.

use super::{Accounts, Result};
use crate::model::{Email, Origin, Password, User};
use crate::secret::SecretString;

/// A session that was just issued.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// The signed token.
    pub access_token: SecretString,
    /// Its life, in seconds.
    pub expires_in: u32,
    /// The account.
    pub user: User,
}

impl Accounts {
    /// Proves an account by its password and issues a session.
    pub async fn log_in(&self, _email: &Email, _password: &Password, _origin: &Origin) -> Result<LoggedIn> { unimplemented!() }
}
