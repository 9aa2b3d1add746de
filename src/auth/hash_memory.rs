//! The memory that hashes are computed in: kept from one to the next, and given back when none has come for a while.
//!
//! Taken anew for each, it costs the system's work of clearing it. Kept for ever, one burst of logins would leave the
//! process as large as it was at its height.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::Block;
use tokio::time::{Instant, sleep};

/// How long memory is kept that no hash needs.
const KEPT: Duration = Duration::from_secs(20);

/// Pieces of memory, each for one hash. Cheap to clone.
#[derive(Clone)]
pub(super) struct HashMemory {
    kept: Arc<Mutex<Kept>>,
    time: Duration,
}

#[derive(Default)]
struct Kept {
    free: Vec<Vec<Block>>,
    used_at: Option<Instant>,
    /// Somebody will give it back.
    is_watched: bool,
}

impl Default for HashMemory {
    fn default() -> Self {
        Self::kept_for(KEPT)
    }
}

impl HashMemory {
    fn kept_for(time: Duration) -> Self {
        Self {
            kept: Arc::default(),
            time,
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many pieces wait for a hash.
    #[cfg(test)]
    pub(super) fn pieces(&self) -> usize {
        self.kept().free.len()
    }

    /// A piece: one that was used before, or an empty one.
    pub(super) fn take(&self) -> Vec<Block> {
        self.kept().free.pop().unwrap_or_default()
    }

    /// Keeps a piece for the next hash.
    pub(super) fn keep(&self, piece: Vec<Block>) {
        let mut kept = self.kept();
        kept.free.push(piece);
        kept.used_at = Some(Instant::now());
    }

    /// Sees to it that what is kept is given back, by a task of the current runtime.
    pub(super) fn watch(&self) {
        if std::mem::replace(&mut self.kept().is_watched, true) {
            return;
        }
        let memory = self.clone();
        tokio::spawn(async move {
            loop {
                sleep(memory.time).await;
                if memory.give_back() {
                    break;
                }
            }
        });
    }

    /// Gives back what is kept if none of it was needed of late; whether that is all.
    fn give_back(&self) -> bool {
        let mut kept = self.kept();
        if kept.used_at.is_none_or(|at| at.elapsed() < self.time) {
            return false;
        }
        kept.is_watched = false;
        let free = std::mem::take(&mut kept.free);
        drop(kept);
        drop(free);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn memory_is_kept_between_hashes_and_given_back_after_the_last() {
        let time = Duration::from_millis(300);
        let memory = HashMemory::kept_for(time);
        for _ in 0..5 {
            memory.watch();
            let mut piece = memory.take();
            piece.resize(8, Block::default());
            memory.keep(piece);
            assert_eq!(memory.pieces(), 1);
        }
        assert_eq!(memory.take().len(), 8);
        memory.keep(vec![Block::default(); 8]);
        for _ in 0..100 {
            sleep(time / 4).await;
            if memory.pieces() == 0 {
                assert!(!memory.kept().is_watched, "the next one is watched anew");
                return;
            }
        }
        panic!("it is kept for ever");
    }
}
