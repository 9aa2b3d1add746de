//! An account as it is published: by the API, by `--json` and in webhooks.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::User;

/// An account, as its holder and administrators see it. Missing values are null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "the published contract has these four flags"
)]
pub struct UserPublic {
    /// 24 hexadecimal digits.
    #[schema(example = "6741c3a08f2b5d1e9c7a4b60")]
    pub id: String,
    /// The email address in its canonical form.
    #[schema(example = "ada@example.com")]
    pub email: String,
    /// Whether the account is enabled.
    pub is_active: bool,
    /// Whether the email address is verified.
    pub is_verified: bool,
    /// Whether the account is an administrator.
    pub is_superuser: bool,
    /// The person's name.
    #[schema(example = "Ada Lovelace")]
    pub full_name: Option<String>,
    /// The phone number that codes are sent to, in E.164 format.
    #[schema(example = "+14155550123")]
    pub phone_number: Option<String>,
    /// Whether the account has a second factor.
    pub is_mfa_enabled: bool,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_login: Option<Timestamp>,
    /// RFC 3339, UTC. Tokens issued at this time or earlier are invalid.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub tokens_invalidated_after: Option<Timestamp>,
    /// The language for emails and SMS (BCP 47).
    #[schema(example = "de")]
    pub language: Option<String>,
}

impl User {
    /// Returns the part of the account that is published.
    #[must_use]
    pub fn public(&self) -> UserPublic {
        UserPublic {
            id: self.id.to_string(),
            email: self.email.to_string(),
            is_active: self.is_active,
            is_verified: self.is_verified,
            is_superuser: self.is_superuser,
            full_name: self.full_name.as_ref().map(ToString::to_string),
            phone_number: self.phone_number.as_ref().map(ToString::to_string),
            is_mfa_enabled: self.is_mfa_enabled,
            created_at: self.created_at,
            updated_at: self.updated_at,
            last_login: self.last_login,
            tokens_invalidated_after: self.tokens_invalidated_after,
            language: self.language.as_ref().map(ToString::to_string),
        }
    }
}
