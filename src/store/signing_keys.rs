//! The keys that sign session tokens, so that others can verify them.

use async_trait::async_trait;

use super::{Effects, Result};
use crate::model::SigningKey;

/// Signing keys.
#[async_trait]
pub trait SigningKeyStore: Send + Sync + 'static {
    /// Returns every key, in the order of their numbers.
    async fn signing_keys(&self) -> Result<Vec<SigningKey>>;

    /// Adds a key. Returns false if there already is one with its number, because another server was first.
    async fn add_signing_key(&self, key: SigningKey, effects: Effects) -> Result<bool>;

    /// Replaces `sealed_before` with the re-encrypted private key. Returns false if `sealed_before` is no longer
    /// stored.
    async fn reseal_signing_key(&self, key: SigningKey, sealed_before: Vec<u8>) -> Result<bool>;

    /// Removes a key. Returns false if there is none with that name.
    async fn remove_signing_key(&self, kid: &str, effects: Effects) -> Result<bool>;
}
