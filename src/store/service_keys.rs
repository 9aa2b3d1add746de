//! The keys of programs.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, Result};
use crate::model::{Id, Page, PageKey, ServiceKey, ServiceKeyName};

/// Service keys.
#[async_trait]
pub trait ServiceKeyStore: Send + Sync + 'static {
    /// The key of an id, expired or not.
    async fn service_key(&self, id: Id) -> Result<Option<ServiceKey>>;

    /// The key of a name, expired or not.
    async fn service_key_named(&self, name: &ServiceKeyName) -> Result<Option<ServiceKey>>;

    /// One page of keys, expired ones included, newest first.
    async fn service_keys(&self, after: Option<PageKey>, limit: u32) -> Result<Page<ServiceKey>>;

    /// Adds a key; false if another one has its name.
    async fn add_service_key(&self, key: ServiceKey, effects: Effects) -> Result<bool>;

    /// Removes a key; false if there is none of this id.
    async fn remove_service_key(&self, id: Id, effects: Effects) -> Result<bool>;

    /// Notes that a key was used on a day, unless a later one is noted already.
    async fn note_service_key_use(&self, id: Id, day: Timestamp) -> Result<()>;
}
