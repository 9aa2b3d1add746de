//! Signed tokens (JWT, RFC 7519; HMAC, RFC 7518 §3.2) in the Python package's format.

use jiff::Timestamp;

use crate::config::Tokens;
use crate::model::{Claims, Purpose};
use crate::secret::SecretString;

/// The token opens nothing. There is one text for every reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is invalid or has expired")]
pub struct InvalidToken;

/// Signs and checks tokens.
pub struct TokenCodec {}

impl TokenCodec {
    /// A codec under the configured secrets.
    #[must_use]
    pub fn new(_tokens: &Tokens) -> Self { unimplemented!() }
    /// Signs.
    #[must_use]
    pub fn sign(&self, _claims: &Claims) -> SecretString { unimplemented!() }
    /// Checks.
    pub fn check(&self, _token: &str, _purpose: Purpose, _now: Timestamp) -> Result<Claims, InvalidToken> { unimplemented!() }
}
