//! Sessions: who a token speaks for, and ending one.

use super::{Accounts, Result};
use crate::model::{Claims, Origin, User};

/// A live token and its account.
#[derive(Debug, Clone)]
pub struct Session {
    /// The account, as it is now.
    pub user: User,
    /// What the token says.
    pub claims: Claims,
}

impl Accounts {
    /// The session of a bearer token; one store read.
    pub async fn authenticate(&self, _token: &str) -> Result<Session> { unimplemented!() }

    /// Ends the session. A token revoked in the meantime is [`super::Error::NotAuthenticated`].
    pub async fn log_out(&self, _session: &Session, _origin: &Origin) -> Result<()> { unimplemented!() }
}
