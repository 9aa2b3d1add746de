//! Service keys, which programs authenticate with.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, Result};
use crate::model::{Id, Page, PageKey, ServiceKey, ServiceKeyName};

/// Service keys.
#[async_trait]
pub trait ServiceKeyStore: Send + Sync + 'static {
    /// Returns the key with an id, expired or not.
    async fn service_key(&self, id: Id) -> Result<Option<ServiceKey>>;

    /// Returns the key with a name, expired or not.
    async fn service_key_named(&self, name: &ServiceKeyName) -> Result<Option<ServiceKey>>;

    /// Returns one page of keys, expired ones included, newest first.
    async fn service_keys(&self, after: Option<PageKey>, limit: u32) -> Result<Page<ServiceKey>>;

    /// Adds a key. Returns false if another key has its name.
    async fn add_service_key(&self, key: ServiceKey, effects: Effects) -> Result<bool>;

    /// Removes a key. Returns false if there is none with this id.
    async fn remove_service_key(&self, id: Id, effects: Effects) -> Result<bool>;

    /// Records the day on which a key was used, unless a later day is already recorded.
    async fn note_service_key_use(&self, id: Id, day: Timestamp) -> Result<()>;
}
