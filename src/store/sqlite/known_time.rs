//! What is known about the time without trusting this machine's clock. A file has no clock of its own.

use std::sync::OnceLock;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use super::sweep;
use super::threads::Threads;
use crate::model::moment::after;
use crate::store::Result;

/// The time of the newest row when this process first looked, and when that was: time also passes while nothing is
/// written.
#[derive(Default)]
pub(super) struct KnownTime(OnceLock<(Timestamp, Instant)>);

impl KnownTime {
    /// Returns the latest moment that has certainly passed, or `None` if no row has a time.
    pub(super) async fn get(&self, threads: &Threads) -> Result<Option<Timestamp>> {
        let newest = threads.read(sweep::newest_row).await?;
        Ok(newest.map(|newest| {
            let (first, seen_at) = *self.0.get_or_init(|| (newest, Instant::now()));
            let passed =
                SignedDuration::try_from(seen_at.elapsed()).unwrap_or(SignedDuration::ZERO);
            newest.max(after(first, passed))
        }))
    }
}
