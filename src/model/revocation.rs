//! Tokens that are dead before they expire.

use jiff::Timestamp;

use super::Id;

/// A token that is dead before it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// The token's own id.
    pub jti: String,
    /// The account that it was issued to, where that is known.
    pub user_id: Option<Id>,
    /// When the token expires, and the revocation has no effect any more.
    pub expires_at: Timestamp,
}
