//! Registrations whose email address isn't verified yet.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Email, FullName, Id, Language, ListItem, PasswordHash, ProofHash, User};

/// A registration that becomes an account when its link is used before `expires_at`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingRegistration {
    /// The email address to be verified. Each has at most one pending registration.
    pub email: Email,
    /// The password that the account will have. `None` only if an administrator invites an account without one.
    pub hashed_password: Option<PasswordHash>,
    /// The name that the account will have.
    pub full_name: Option<FullName>,
    /// The language for messages to the account.
    pub language: Option<Language>,
    /// The hash of the token in the newest link.
    pub token_hash: ProofHash,
    /// When the registration was created.
    pub created_at: Timestamp,
    /// When the link expires.
    pub expires_at: Timestamp,
}

impl PendingRegistration {
    /// Returns the account that it becomes once the email address is verified.
    #[must_use]
    pub fn into_user(self, id: Id, now: Timestamp) -> User {
        User {
            hashed_password: self.hashed_password,
            full_name: self.full_name,
            language: self.language,
            ..User::new(id, self.email, now)
        }
    }
}

/// A registration that hasn't been verified yet.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PendingItem)]
pub struct PendingPublic {
    /// The email address that the link was sent to.
    #[schema(value_type = String, example = "ada@example.com")]
    pub email: Email,
    /// The person's name.
    #[schema(value_type = Option<String>, example = "Ada Lovelace")]
    pub full_name: Option<FullName>,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When the link expires: RFC 3339, UTC.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_becomes_the_account_that_could_wait_as_it() {
        let [made, proven, later]: [Timestamp; 3] = [
            "2026-11-23T06:00:00Z",
            "2026-11-23T06:05:00Z",
            "2026-11-23T07:00:00Z",
        ]
        .map(|text| text.parse().unwrap());
        let pending = PendingRegistration {
            email: Email::from_stored("ada@example.com".into()),
            hashed_password: Some(PasswordHash::from_phc("$hash".into())),
            full_name: FullName::parse("Ada").unwrap(),
            language: Language::parse("de"),
            token_hash: ProofHash::of("link"),
            created_at: made,
            expires_at: later,
        };
        let id = Id::from_bytes([7; 12]);
        let user = pending.clone().into_user(id, proven);
        assert!(user.is_active && user.is_verified && !user.is_superuser && !user.is_mfa_enabled);
        assert_eq!((user.id, user.created_at), (id, proven));
        let again = user.reverification(ProofHash::of("link"), made, later);
        assert_eq!(again, pending);
    }
}
