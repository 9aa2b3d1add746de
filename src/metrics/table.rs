//! A table that only grows, up to a fixed size, and is read without a lock.

use std::sync::OnceLock;

/// A map. Entries are never removed or replaced.
#[derive(Debug)]
pub(super) struct Table<K, V> {
    slots: Box<[OnceLock<(K, V)>]>,
}

impl<K, V> Table<K, V> {
    /// Creates a table with this many slots, which has to be a power of two.
    pub(super) fn of(size: usize) -> Self {
        Self {
            slots: (0..size).map(|_| OnceLock::new()).collect(),
        }
    }

    /// Returns the value of a key, and creates it if it doesn't exist. Returns `None` if the table is full. `hash` has
    /// to be the same for equal keys.
    pub(super) fn entry(
        &self,
        hash: u64,
        is: impl Fn(&K) -> bool,
        make: impl Fn() -> (K, V),
    ) -> Option<&V> {
        let size = self.slots.len();
        let start = usize::try_from(hash % (size as u64)).unwrap_or(0);
        let (before, from) = self.slots.split_at(start);
        for slot in from.iter().chain(before) {
            // If two threads create the same key at once, both find the entry of the first.
            let (key, value) = slot.get_or_init(&make);
            if is(key) {
                return Some(value);
            }
        }
        None
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.slots.iter().filter_map(OnceLock::get)
    }
}

/// Returns a fast hash of a short text. It doesn't protect from chosen collisions, because all texts come from the
/// program.
pub(super) fn hash(text: &str) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = text.len() as u64;
    for chunk in text.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(word))
            .wrapping_mul(ODD)
            .rotate_left(29);
    }
    hash
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use super::*;

    fn count<'a>(table: &'a Table<String, AtomicU64>, key: &str) -> Option<&'a AtomicU64> {
        let make = || (key.to_owned(), AtomicU64::new(0));
        let count = table.entry(hash(key), |held| held == key, make)?;
        count.fetch_add(1, Ordering::Relaxed);
        Some(count)
    }

    #[test]
    fn all_that_count_the_same_at_once_share_one_cell() {
        let table = Table::of(64);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for number in 0..3000 {
                        count(&table, &format!("key {}", number % 30)).unwrap();
                    }
                });
            }
        });
        assert_eq!(table.iter().count(), 30);
        assert!(
            table
                .iter()
                .all(|(_, count)| count.load(Ordering::Relaxed) == 800)
        );
    }

    #[test]
    fn a_full_table_takes_no_more() {
        let table = Table::of(4);
        for number in 0..100 {
            count(&table, &format!("key {number}"));
        }
        assert_eq!(table.iter().count(), 4);
        assert!(count(&table, "key 0").is_some() && count(&table, "key 99").is_none());
    }
}
