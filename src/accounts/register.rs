//! Registration.

use jiff::Timestamp;

use super::{Accounts, Result};
use crate::model::{Email, FullName, NewPassword, Origin, User};

/// What came of a registration.
#[derive(Debug, Clone)]
pub enum Registered {
    /// An account, ready to log in.
    Active(Box<User>),
    /// A registration that waits for its mailed link.
    Pending {
        /// The address the link went to.
        email: Email,
        /// When the link dies.
        expires_at: Timestamp,
    },
}

impl Accounts {
    /// Registers an address; with `require_verification` the account comes to be when the mailed link is used.
    pub async fn register(&self, _email: Email, _password: NewPassword, _full_name: Option<FullName>, _origin: &Origin) -> Result<Registered> { unimplemented!() }
}
