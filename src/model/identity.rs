//! Identities: the people at other providers that an account is linked to (OpenID Connect Core §2, `iss` and `sub`).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Id;
use super::named::text;

/// The id of a provider in paths, settings and rows, such as `google`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProviderId(String);

impl ProviderId {
    /// The maximum length, in characters.
    pub const MAX_LENGTH: usize = 32;

    /// Parses an id: lower-case letters, digits, hyphens and underscores, starting with a letter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut characters = text.bytes();
        let begins_well = characters.next().is_some_and(|c| c.is_ascii_lowercase());
        let goes_on_well = characters
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'_'));
        let fits = text.len() <= Self::MAX_LENGTH;
        (begins_well && goes_on_well && fits).then(|| Self(text.to_owned()))
    }
}

text!(ProviderId);

/// The maximum length of a person's id at a provider, in bytes (OpenID Connect Core §2, `sub`).
pub const MAX_SUBJECT: usize = 255;

/// A person at a provider, and the account that they can log in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub user_id: Id,
    /// The provider.
    pub provider: ProviderId,
    /// The person's id there, which is permanent and unique (`sub`).
    pub subject: String,
    /// The email address there when it was linked. It is for information only.
    pub email: Option<String>,
    /// When it was linked.
    pub linked_at: Timestamp,
    /// When someone last logged in with it.
    pub last_used_at: Option<Timestamp>,
}

impl Identity {
    /// Returns the part that is shown.
    #[must_use]
    pub fn public(self) -> IdentityPublic {
        IdentityPublic {
            provider: self.provider,
            email: self.email,
            linked_at: self.linked_at,
            last_used_at: self.last_used_at,
        }
    }
}

/// An identity as the account's owner and administrators see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LinkedIdentity)]
pub struct IdentityPublic {
    /// The provider.
    #[schema(value_type = String, example = "google")]
    pub provider: ProviderId,
    /// The email address there when it was linked.
    #[schema(example = "ada@example.com")]
    pub email: Option<String>,
    /// When it was linked: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub linked_at: Timestamp,
    /// The last login by it: RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_and_short() {
        for good in ["google", "a", "my-idp_2", &"a".repeat(32)] {
            assert_eq!(
                ProviderId::parse(good).map(|id| id.to_string()).as_deref(),
                Some(good)
            );
        }
        for bad in [
            "",
            "Google",
            "2fa",
            "-a",
            "a b",
            "a/b",
            "a.b",
            "ä",
            &"a".repeat(33),
        ] {
            assert_eq!(ProviderId::parse(bad), None, "{bad}");
        }
    }
}
