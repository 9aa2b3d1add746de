//! Tokens that are dead before they expire.

use jiff::Timestamp;
use serde::Serialize;

use super::{Email, Id};

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

/// A revocation as administrators see it.
#[derive(Debug, Clone, Serialize)]
pub struct RevokedToken {
    /// The token's own id.
    pub jti: String,
    /// The account that it was issued to, where that is known.
    pub user_id: Option<Id>,
    /// The address of that account, where there still is one.
    pub email: Option<Email>,
    /// When the token expires: RFC 3339, UTC.
    pub expires_at: Timestamp,
}
