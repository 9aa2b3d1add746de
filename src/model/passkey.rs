//! Passkeys: what is stored, what is shown, and which counter values are accepted (Web Authentication, level 3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::Id;
use super::named::text;

/// How long a challenge is valid, and how long a session counts as fresh after a login with a passkey.
pub const PASSKEY_MOMENT: SignedDuration = SignedDuration::from_mins(5);

/// The id that an authenticator gives a key pair, as base64url.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CredentialId(String);

impl CredentialId {
    /// The maximum length, in bytes.
    pub const MAX_BYTES: usize = 1023;

    /// Takes an id. Returns `None` if it is empty or too long.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let fits = (1..=Self::MAX_BYTES).contains(&bytes.len());
        fits.then(|| Self(URL_SAFE_NO_PAD.encode(bytes)))
    }
}

text!(CredentialId);

/// The name that its owner gives a passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PasskeyName(String);

/// The text isn't a valid name for a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a passkey's name has 1 to {} characters, and no control characters",
    PasskeyName::MAX_LENGTH
)]
pub struct InvalidPasskeyName;

impl PasskeyName {
    /// The maximum length, in Unicode scalar values.
    pub const MAX_LENGTH: usize = 60;

    /// Parses a name and trims white space around it.
    ///
    /// # Errors
    /// [`InvalidPasskeyName`] if it is empty, too long, or contains control characters.
    pub fn parse(text: &str) -> Result<Self, InvalidPasskeyName> {
        let text = text.trim();
        let fits = (1..=Self::MAX_LENGTH).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPasskeyName)
        }
    }
}

text!(PasskeyName);

/// A passkey as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its id in regstack.
    pub id: Id,
    /// Its id at the authenticator, which is unique.
    pub credential_id: CredentialId,
    /// The name that its owner gave it.
    pub name: PasskeyName,
    /// The public key (COSE, RFC 9052).
    pub public_key: Vec<u8>,
    /// The latest value of the authenticator's signature counter. Many authenticators don't count and stay at 0.
    pub sign_count: u32,
    /// Whether it may be copied to several devices of its owner.
    pub is_synced: bool,
    /// The domain that it was created for. Browsers use it for no other.
    pub rp_id: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used to log in.
    pub last_used_at: Option<Timestamp>,
}

impl Passkey {
    /// How many passkeys an account can have.
    pub const MOST: usize = 20;

    /// Returns whether a counter value is acceptable. A value that isn't higher suggests a copy of the authenticator.
    #[must_use]
    pub fn may_count(&self, presented: u32) -> bool {
        presented > self.sign_count || (presented == 0 && self.sign_count == 0)
    }

    /// Returns the part that is shown to the owner and administrators.
    #[must_use]
    pub fn public(&self) -> PasskeyPublic {
        PasskeyPublic {
            id: self.id,
            name: self.name.clone(),
            is_synced: self.is_synced,
            created_at: self.created_at,
            last_used_at: self.last_used_at,
        }
    }
}

/// A passkey as its owner and administrators see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PasskeyItem)]
pub struct PasskeyPublic {
    /// The passkey's id.
    #[schema(value_type = String, example = "6741c3a08f2b5d1e9c7a4b60")]
    pub id: Id,
    /// What its owner calls it.
    #[schema(value_type = String, example = "Laptop")]
    pub name: PasskeyName,
    /// Whether it may be on several devices of its owner, as password managers keep it.
    pub is_synced: bool,
    /// When it was added: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last used to log in: RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

/// A challenge that can be answered once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Its 16 random bytes, as base64url.
    pub text: String,
    /// When it expires.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_only_rises_unless_it_does_not_count_at_all() {
        let at = |sign_count| Passkey {
            id: Id::from_bytes([7; 12]),
            credential_id: CredentialId::of(b"one").unwrap(),
            name: PasskeyName::parse("Laptop").unwrap(),
            public_key: Vec::new(),
            sign_count,
            is_synced: false,
            rp_id: "localhost".into(),
            created_at: Timestamp::UNIX_EPOCH,
            last_used_at: None,
        };
        for (stored, presented, may) in [
            (0, 0, true),
            (0, 1, true),
            (5, 6, true),
            (5, 900, true),
            (5, 5, false),
            (5, 4, false),
            (5, 0, false),
            (u32::MAX, u32::MAX, false),
        ] {
            assert_eq!(at(stored).may_count(presented), may, "{stored} {presented}");
        }
    }

    #[test]
    fn a_name_is_short_and_controls_nothing() {
        assert_eq!(
            PasskeyName::parse(" My phone ").unwrap().as_str(),
            "My phone"
        );
        let longest = "ä".repeat(PasskeyName::MAX_LENGTH);
        assert!(PasskeyName::parse(&longest).is_ok());
        for bad in ["", "  ", &format!("{longest}x"), "a\u{1b}[31m", "a\nb"] {
            assert!(PasskeyName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_credential_has_a_name_of_some_bytes_and_not_too_many() {
        assert!(CredentialId::of(b"").is_none());
        assert!(CredentialId::of(&[1; CredentialId::MAX_BYTES]).is_some());
        assert!(CredentialId::of(&[1; CredentialId::MAX_BYTES + 1]).is_none());
    }
}
