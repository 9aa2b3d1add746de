//! The keys that sign session tokens for others to verify.

use async_trait::async_trait;

use super::{Effects, Result};
use crate::model::SigningKey;

/// Signing keys.
#[async_trait]
pub trait SigningKeyStore: Send + Sync + 'static {
    /// Every key, in the order of their numbers.
    async fn signing_keys(&self) -> Result<Vec<SigningKey>>;

    /// Adds a key; false if there is one of its number already, because another server was first.
    async fn add_signing_key(&self, key: SigningKey, effects: Effects) -> Result<bool>;

    /// Puts the newly sealed private half in the place of `sealed_before`; false if that is not there any more.
    async fn reseal_signing_key(&self, key: SigningKey, sealed_before: Vec<u8>) -> Result<bool>;

    /// Removes a key; false if there is none of that name.
    async fn remove_signing_key(&self, kid: &str, effects: Effects) -> Result<bool>;
}
