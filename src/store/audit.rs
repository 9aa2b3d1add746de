//! The audit trail.

use async_trait::async_trait;
use jiff::Timestamp;

use super::Result;
use crate::model::{DayCounts, Event, EventFilter, Page, PageKey};

/// The audit trail.
#[async_trait]
pub trait AuditStore: Send + Sync + 'static {
    /// Records an event that is not part of a change.
    async fn record(&self, event: Event) -> Result<()>;

    /// Records a repeated event under one id. The first call records and announces it, like [`Event::counted`]. Later
    /// calls only add `times` to its count and update the time of the last occurrence.
    async fn record_again(&self, event: Event, times: u64) -> Result<()>;

    /// Returns one page of events, newest first.
    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<Event>>;

    /// Returns the counts of each of the last `days` days up to `now`'s, oldest first, including days without events.
    /// They are counted when accounts and events are written, so they are quick to read and kept longer than the
    /// events.
    async fn series(&self, days: u32, now: Timestamp) -> Result<Vec<DayCounts>>;
}
