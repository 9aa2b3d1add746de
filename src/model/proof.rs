//! One-time tokens in mailed links, and the hashes that are stored of them and of codes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::Id;
use super::named::text;
use crate::secret::{self, ExposeSecret as _, SecretString};

/// The maximum length of a token that is accepted, in characters.
pub const MAX_LENGTH: usize = 4096;

/// A token in a mailed link: 32 random bytes as base64url. Only its [`ProofHash`] is stored.
#[derive(Debug, Clone)]
pub struct ProofToken(SecretString);

/// The SHA-256 of the text of a [`ProofToken`] or a [`Code`](super::Code), as 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProofHash(String);

impl ProofToken {
    /// Creates a token from 32 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Creates a token from 32 random bytes and the id of its account.
    #[must_use]
    pub fn of_account(id: Id, bytes: [u8; 32]) -> Self {
        let random = URL_SAFE_NO_PAD.encode(bytes);
        Self(SecretString::from(format!("{id}.{random}")))
    }

    /// Returns the account that the token names, if it names one.
    #[must_use]
    pub fn account(&self) -> Option<Id> {
        self.expose().split_once('.')?.0.parse().ok()
    }

    /// Takes a token that someone presented. Any text is accepted here.
    #[must_use]
    pub fn presented(text: SecretString) -> Self {
        Self(text)
    }

    /// Returns the token's text, for the link.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns the hash that is stored and looked up.
    #[must_use]
    pub fn hash(&self) -> ProofHash {
        ProofHash::of(self.expose())
    }
}

impl ProofHash {
    /// Hashes the text of a token or code.
    pub(super) fn of(text: &str) -> Self {
        Self(hex::encode(Sha256::digest(text.as_bytes())))
    }

    /// Returns whether two hashes are equal, in time that doesn't depend on where they differ.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        secret::equal(self.0.as_bytes(), other.0.as_bytes())
    }
}

text!(ProofHash);
