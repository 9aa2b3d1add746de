//! Registrations that wait for their address to be proven.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Email, FullName, ListItem, PasswordHash, ProofHash};

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

/// A registration whose link was not used yet.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PendingItem)]
pub struct PendingPublic {
    /// Where the link went.
    #[schema(value_type = String, example = "ada@example.com")]
    pub email: Email,
    /// The person's name.
    #[schema(value_type = Option<String>, example = "Ada Lovelace")]
    pub full_name: Option<FullName>,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When the link dies: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl ListItem for PendingPublic {
    const PAGE: &'static str = "PendingListAnswer";
    const ABOUT_PAGE: &'static str = "One page of registrations.";
}

impl From<PendingRegistration> for PendingPublic {
    fn from(pending: PendingRegistration) -> Self {
        Self {
            email: pending.email,
            full_name: pending.full_name,
            created_at: pending.created_at,
            expires_at: pending.expires_at,
        }
    }
}
