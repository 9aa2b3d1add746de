//! The memory of finished password hashes: used again by the next ones, and returned to the system when there are none
//! for a while.

use std::hint;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::Block;
use tokio::time::sleep;

/// How long after the last hash its memory is kept, up to twice that. Within a burst of logins, allocating memory for
/// each would cost more time than it saves.
const KEPT: Duration = Duration::from_secs(25);

/// Longer than the allocator waits before it may return freed memory.
const LATER: Duration = Duration::from_secs(3);
/// As many blocks as make the allocator look: 4 MiB.
const NUDGE: usize = 4096;

/// The memory that no hash uses at the moment, one piece for each that ran at the same time.
pub(super) struct HashMemory {
    kept: Duration,
    free: Mutex<Vec<Vec<Block>>>,
    uses: AtomicU64,
    /// Whether a task waits to return it.
    is_watched: AtomicBool,
}

impl Default for HashMemory {
    fn default() -> Self {
        Self {
            kept: KEPT,
            free: Mutex::default(),
            uses: AtomicU64::default(),
            is_watched: AtomicBool::default(),
        }
    }
}

impl HashMemory {
    /// Takes a piece of any size, empty if there is none.
    pub(super) fn take(&self) -> Vec<Block> {
        self.free().pop().unwrap_or_default()
    }

    /// Keeps a piece for the next hash. Call it on a thread of the runtime.
    pub(super) fn keep(self: &Arc<Self>, piece: Vec<Block>) {
        self.free().push(piece);
        self.uses.fetch_add(1, Ordering::SeqCst);
        if self.is_watched.swap(true, Ordering::SeqCst) {
            return;
        }
        let (watched, kept) = (Arc::downgrade(self), self.kept);
        tokio::spawn(async move {
            let uses = || Some(watched.upgrade()?.uses.load(Ordering::SeqCst));
            loop {
                let before = uses();
                sleep(kept).await;
                if before == uses() {
                    break;
                }
            }
            if let Some(memory) = watched.upgrade() {
                // First this: a hash that ends in between starts another task.
                memory.is_watched.store(false, Ordering::SeqCst);
                memory.free().clear();
                sleep(LATER).await;
                // mimalloc returns what was freed a while ago when something else is freed.
                let mut nudge = Vec::<Block>::new();
                let _ = nudge.try_reserve_exact(NUDGE);
                drop(hint::black_box(nudge));
            }
        });
    }

    /// Returns how many pieces are free.
    #[cfg(test)]
    pub(super) fn pieces(&self) -> usize {
        self.free().len()
    }

    fn free(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn memory_is_returned_after_the_last_hash_each_time() {
        let memory = Arc::new(HashMemory {
            kept: Duration::from_millis(20),
            ..HashMemory::default()
        });
        for _ in 0..3 {
            memory.keep(Vec::new());
            memory.keep(Vec::new());
            let returned = async {
                while memory.pieces() > 0 {
                    sleep(memory.kept).await;
                }
            };
            let in_time = tokio::time::timeout(Duration::from_secs(20), returned).await;
            assert!(in_time.is_ok());
        }
    }

    #[tokio::test]
    async fn within_a_burst_it_is_used_again() {
        let memory = Arc::new(HashMemory::default());
        for _ in 0..10 {
            let mut piece = memory.take();
            piece.resize(1, Block::default());
            memory.keep(piece);
        }
        assert_eq!((memory.pieces(), memory.take().len()), (1, 1));
    }
}
