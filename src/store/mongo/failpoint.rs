//! Simulates a process that dies between two writes, for tests: after a number of writes, every further one fails.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use crate::store::{Result, StoreError};

/// How many writes are left, if they are counted.
pub(super) struct Failpoint {
    left: AtomicI64,
    met: AtomicBool,
}

impl Default for Failpoint {
    fn default() -> Self {
        Self {
            left: AtomicI64::new(i64::MAX),
            met: AtomicBool::new(false),
        }
    }
}

impl Failpoint {
    /// Lets `writes` more writes succeed, and fails all others.
    pub(super) fn after(&self, writes: i64) {
        self.met.store(false, Ordering::SeqCst);
        self.left.store(writes, Ordering::SeqCst);
    }

    /// Returns whether a write failed because of this since [`Self::after`].
    pub(super) fn was_met(&self) -> bool {
        self.met.load(Ordering::SeqCst)
    }

    pub(super) fn pass(&self) -> Result<()> {
        if self.left.fetch_sub(1, Ordering::SeqCst) > 0 {
            return Ok(());
        }
        self.left.store(0, Ordering::SeqCst);
        self.met.store(true, Ordering::SeqCst);
        Err(StoreError::Unavailable("the failpoint was met".into()))
    }
}
