//! Registrations that wait for their address to be proven.

use jiff::Timestamp;

use super::{Email, FullName, PasswordHash, ProofHash};

/// A registration that becomes an account when its link is used before `expires_at`.
#[derive(Debug, Clone)]
pub struct PendingRegistration {
    /// The address to be proven; one pending registration an address.
    pub email: Email,
    /// The password the account will have. Absent only where an administrator invites an account without one.
    pub hashed_password: Option<PasswordHash>,
    /// The name the account will have.
    pub full_name: Option<FullName>,
    /// The hash of the token in the newest link.
    pub token_hash: ProofHash,
    /// When the registration was made.
    pub created_at: Timestamp,
    /// From this moment on the link opens nothing.
    pub expires_at: Timestamp,
}
