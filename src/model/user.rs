//! The account itself, and the part of it that is shown.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Email, Id, PasswordHash, PhoneNumber};

/// A name of at most 200 characters, stored as given and escaped at every output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FullName(String);

/// The name is longer than [`FullName::MAX_LENGTH`] characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has at most {} characters", FullName::MAX_LENGTH)]
pub struct NameTooLong;

impl FullName {
    /// The longest name, in Unicode scalar values.
    pub const MAX_LENGTH: usize = 200;

    /// Takes a name; an empty one is none.
    ///
    /// # Errors
    /// [`NameTooLong`] over 200 scalar values.
    pub fn parse(text: &str) -> Result<Option<Self>, NameTooLong> {
        match text.chars().count() {
            0 => Ok(None),
            length if length > Self::MAX_LENGTH => Err(NameTooLong),
            _ => Ok(Some(Self(text.to_owned()))),
        }
    }

    /// A name as a store holds it.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FullName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An account, as the store holds it.
#[derive(Debug, Clone)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "the stored document has these four flags"
)]
pub struct User {
    /// Identity for life; a deleted address that registers again gets another.
    pub id: Id,
    /// The proven or claimed address, unique among accounts.
    pub email: Email,
    /// Absent: no password logs in.
    pub hashed_password: Option<PasswordHash>,
    /// A disabled account has no session and gets none.
    pub is_active: bool,
    /// Whether the address was proven.
    pub is_verified: bool,
    /// Whether the account administers others.
    pub is_superuser: bool,
    /// The person's name.
    pub full_name: Option<FullName>,
    /// The number codes are sent to.
    pub phone_number: Option<PhoneNumber>,
    /// Whether a code is asked for at login.
    pub is_mfa_enabled: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The last time a session was issued.
    pub last_login: Option<Timestamp>,
    /// A token issued at this moment or before is dead.
    pub tokens_invalidated_after: Option<Timestamp>,
}

/// What an account's holder and administrators see of it. Absent values are null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "the published contract has these four flags"
)]
pub struct UserPublic {
    /// 24 hexadecimal digits.
    #[schema(example = "6741c3a08f2b5d1e9c7a4b60")]
    pub id: String,
    /// The canonical address.
    #[schema(example = "ada@example.com")]
    pub email: String,
    /// Whether the account may log in.
    pub is_active: bool,
    /// Whether the address was proven.
    pub is_verified: bool,
    /// Whether the account administers others.
    pub is_superuser: bool,
    /// The person's name.
    #[schema(example = "Ada Lovelace")]
    pub full_name: Option<String>,
    /// The number codes are sent to, in E.164 form.
    #[schema(example = "+14155550123")]
    pub phone_number: Option<String>,
    /// Whether login asks for a code.
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
    /// RFC 3339, UTC. Tokens issued at this moment or before are dead.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub tokens_invalidated_after: Option<Timestamp>,
}

impl User {
    /// The number that a login has to give a code from, when the second factor is on.
    #[must_use]
    pub fn second_factor(&self) -> Option<&PhoneNumber> {
        self.phone_number.as_ref().filter(|_| self.is_mfa_enabled)
    }

    /// The part of the account that may be shown.
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
        }
    }
}
