//! One-time proofs: the token that travels in a mailed link, and the hash that is kept of it or of any other proof.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::Id;
use super::named::text;
use crate::secret::{self, ExposeSecret as _, SecretString};

/// The longest token anyone may send, in characters.
pub const MAX_LENGTH: usize = 4096;

/// 32 random bytes as base64url, as mailed. Only its [`ProofHash`] is stored.
#[derive(Debug, Clone)]
pub struct ProofToken(SecretString);

/// The SHA-256 of the text of a [`ProofToken`] or a [`Code`](super::Code), as 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProofHash(String);

impl ProofToken {
    /// A token of 32 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// A token of 32 random bytes that names the account it is of.
    #[must_use]
    pub fn of_account(id: Id, bytes: [u8; 32]) -> Self {
        let random = URL_SAFE_NO_PAD.encode(bytes);
        Self(SecretString::from(format!("{id}.{random}")))
    }

    /// The account that the token names, if it names one.
    #[must_use]
    pub fn account(&self) -> Option<Id> {
        self.expose().split_once('.')?.0.parse().ok()
    }

    /// A token as somebody presented it. Any text is a token; most open nothing.
    #[must_use]
    pub fn presented(text: SecretString) -> Self {
        Self(text)
    }

    /// The token's text, to be put into a link.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored and looked up in its place.
    #[must_use]
    pub fn hash(&self) -> ProofHash {
        ProofHash::of(self.expose())
    }
}

impl ProofHash {
    /// The hash of a proof's text.
    pub(super) fn of(text: &str) -> Self {
        Self(hex::encode(Sha256::digest(text.as_bytes())))
    }

    /// Whether two proofs are the same, in time that does not tell where they differ.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        secret::equal(self.0.as_bytes(), other.0.as_bytes())
    }
}

text!(ProofHash);
