//! Password hashing (Argon2id, RFC 9106) in a bounded pool, off the asynchronous threads.

use crate::config::PasswordHashing;
use crate::model::{Password, PasswordHash};

/// Why a hash could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many hashes are waiting already.
    #[error("too many passwords are being checked at this moment")]
    Overloaded,
    /// The hash function failed; the cause is for the log.
    #[error("password hashing failed: {0}")]
    Failed(String),
}

/// What a verification found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The password is the one that was hashed.
    pub matches: bool,
    /// The hash is weaker than the configured parameters.
    pub outdated: bool,
}

/// Hashes and verifies passwords, a bounded number at a time.
#[derive(Clone)]
pub struct PasswordHasher {}

impl PasswordHasher {
    /// A hasher with these parameters and bounds.
    pub fn new(_settings: &PasswordHashing) -> Result<Self, HashError> { unimplemented!() }
    /// Hashes a password under the configured parameters.
    pub async fn hash(&self, _password: &Password) -> Result<PasswordHash, HashError> { unimplemented!() }
    /// Verifies a password; without a hash a dummy of the configured cost is computed and nothing matches.
    pub async fn verify(&self, _password: &Password, _hash: Option<&PasswordHash>) -> Result<Verdict, HashError> { unimplemented!() }
}
