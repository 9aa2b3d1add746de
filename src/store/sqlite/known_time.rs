//! What is known of the time without the clock: a file has no clock of its own.

use std::sync::OnceLock;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use super::sweep;
use super::threads::Threads;
use crate::model::moment::after;
use crate::store::Result;

/// The newest row when this process first looked, and how long ago that was: time passes where nothing is written, too.
#[derive(Default)]
pub(super) struct KnownTime(OnceLock<(Timestamp, Instant)>);

impl KnownTime {
    /// Returns the latest moment that has certainly come; none where no row says anything.
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
