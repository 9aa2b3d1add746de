//! The audit trail.

use async_trait::async_trait;
use jiff::Timestamp;

use super::Result;
use crate::model::{DayCounts, Event, EventFilter, Page, PageKey};

/// The audit trail.
#[async_trait]
pub trait AuditStore: Send + Sync + 'static {
    /// Records an event that belongs to no change.
    async fn record(&self, event: Event) -> Result<()>;

    /// Records an event that comes again and again under one id. The first time it is recorded and announced, as
    /// [`Event::counted`]; from then on it only counts: `times` more, the last of them now.
    async fn record_again(&self, event: Event, times: u64) -> Result<()>;

    /// One page of events, newest first.
    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<Event>>;

    /// Returns what happened on each of the last `days` days up to `now`'s, oldest first, days without events included.
    /// It is counted as accounts and events are written: it is quick to read, and kept longer than events are.
    async fn series(&self, days: u32, now: Timestamp) -> Result<Vec<DayCounts>>;
}
