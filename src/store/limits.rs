//! Limits per client address that all servers on one database share.

use async_trait::async_trait;
use jiff::Timestamp;

use super::Result;
use crate::model::ClientLimit;

/// Limits per client address that all servers on one database share.
#[async_trait]
pub trait LimitStore: Send + Sync + 'static {
    /// Counts a request, if it is within each of the limits. Otherwise counts nothing, and returns when there is room
    /// again ([`ClientLimit::full_until`]).
    async fn count_request(&self, limit: ClientLimit) -> Result<Option<Timestamp>>;
}
