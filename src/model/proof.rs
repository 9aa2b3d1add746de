//! One-time proofs of a mailbox: the token that travels in a link, and the hash of it that is kept.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::secret::{ExposeSecret as _, SecretString};

/// The longest token anyone may send, in characters.
pub const MAX_LENGTH: usize = 4096;

/// 32 random bytes as base64url, as mailed. Only its [`ProofHash`] is stored.
#[derive(Debug, Clone)]
pub struct ProofToken(SecretString);

/// The SHA-256 of a [`ProofToken`]'s text, as 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProofHash(String);

impl ProofToken {
    /// A token of 32 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
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
        let digest = Sha256::digest(self.expose().as_bytes());
        ProofHash(digest.iter().fold(String::with_capacity(64), |hex, byte| {
            hex + &format!("{byte:02x}")
        }))
    }
}

impl ProofHash {
    /// A hash as a store holds it.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The 64 hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProofHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
