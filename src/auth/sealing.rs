//! Authenticated encryption ("sealing") of data in the database.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::derived_keys;
use crate::config::Tokens;
use crate::random::{self, SharedRandom};

/// Length of the random nonce at the start of every ciphertext, in bytes.
const NONCE: usize = 24;

/// The ciphertext was made under another secret or for another context, or it is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "encrypted with a secret that is neither jwt_secret nor in jwt_previous_secrets, or damaged"
)]
pub struct CannotOpen;

/// Encrypts under the current secret, and decrypts under the current and earlier ones (XChaCha20-Poly1305).
#[derive(Clone)]
pub struct Sealer {
    current: XChaCha20Poly1305,
    previous: Vec<XChaCha20Poly1305>,
    random: SharedRandom,
}

impl Sealer {
    /// Creates a sealer for one purpose.
    #[must_use]
    pub fn new(tokens: &Tokens, purpose: &str, random: SharedRandom) -> Self {
        let cipher =
            |secret| XChaCha20Poly1305::new((&*derived_keys::derive(secret, purpose)).into());
        Self {
            current: cipher(&tokens.jwt_secret),
            previous: tokens.also_accepted().map(cipher).collect(),
            random,
        }
    }

    /// Encrypts `plain`. Decrypting needs the same `context`, which isn't part of the result.
    #[must_use]
    pub fn seal(&self, plain: &[u8], context: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = random::bytes(&*self.random);
        let sealed = self.current.encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: plain,
                aad: context,
            },
        );
        [
            nonce.as_slice(),
            &sealed.expect("a message in memory is shorter than the cipher's limit of 256 GiB"),
        ]
        .concat()
    }

    /// Returns whether `sealed` was encrypted under the current secret.
    #[must_use]
    pub fn is_current(&self, sealed: &[u8], context: &[u8]) -> bool {
        let only_current = Self {
            previous: Vec::new(),
            ..self.clone()
        };
        only_current.open(sealed, context).is_ok()
    }

    /// Decrypts the result of [`Self::seal`] with the same context.
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(CannotOpen)?;
        let open = |cipher: &XChaCha20Poly1305| {
            cipher
                .decrypt(
                    &XNonce::from(*nonce),
                    Payload {
                        msg: sealed,
                        aad: context,
                    },
                )
                .ok()
        };
        std::iter::once(&self.current)
            .chain(&self.previous)
            .find_map(open)
            .ok_or(CannotOpen)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::random::SystemRandom;
    use crate::secret::SecretString;

    fn sealer(current: &str, previous: &[&str]) -> Sealer {
        let secrets = previous
            .iter()
            .map(|&secret| SecretString::from(secret))
            .collect();
        let tokens = Tokens {
            jwt_secret: current.into(),
            jwt_previous_secrets: secrets,
            ..Tokens::default()
        };
        Sealer::new(&tokens, "outbox", Arc::new(SystemRandom))
    }

    #[test]
    fn opens_with_the_same_secret_and_context_only() {
        let sealed = sealer("one", &[]).seal(b"the link", b"message 1");
        assert_eq!(
            sealer("one", &[]).open(&sealed, b"message 1").unwrap(),
            b"the link"
        );
        assert_eq!(
            sealer("two", &["one"]).open(&sealed, b"message 1").unwrap(),
            b"the link"
        );
        assert_eq!(
            sealer("two", &[]).open(&sealed, b"message 1"),
            Err(CannotOpen)
        );
        assert_eq!(
            sealer("one", &[]).open(&sealed, b"message 2"),
            Err(CannotOpen)
        );
        assert_eq!(
            sealer("one", &[]).open(&sealed[..10], b"message 1"),
            Err(CannotOpen)
        );
        let mut damaged = sealed;
        *damaged.last_mut().unwrap() ^= 1;
        assert_eq!(
            sealer("one", &[]).open(&damaged, b"message 1"),
            Err(CannotOpen)
        );
    }
}
