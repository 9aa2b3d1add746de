//! How long the operations of the store take, and how many writes share one commit.

use std::collections::BTreeMap;
use std::time::Duration;

use super::cells::{Histogram, Reading, Scale};
use super::table::{Table, hash};

/// In microseconds: from a tenth of a millisecond to five seconds, the longest wait for a lock.
static TIMES: Scale = Scale {
    bounds: &[
        100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 5_000_000,
    ],
    step: 1e-6,
};
static SIZES: Scale = Scale {
    bounds: &[1, 2, 4, 8, 16, 32, 64, 128],
    step: 1.0,
};

/// The maximum number of operations: more than there are.
const MAX_OPERATIONS: usize = 512;

/// The durations of the store's operations, and the sizes of its commits.
#[derive(Debug)]
pub struct StoreTimes {
    operations: Table<&'static str, Histogram>,
    groups: Histogram,
}

impl Default for StoreTimes {
    fn default() -> Self {
        Self {
            operations: Table::of(MAX_OPERATIONS),
            groups: Histogram::new(&SIZES),
        }
    }
}

impl StoreTimes {
    /// Records the duration of an operation or command. Its name is a method's, or that of a type that the method creates,
    /// such as a closure.
    pub fn observe(&self, operation: &'static str, took: Duration) {
        let times = self.operations.entry(
            hash(operation),
            |held| std::ptr::eq(*held, operation) || *held == operation,
            || (operation, Histogram::new(&TIMES)),
        );
        if let Some(times) = times {
            times.observe_time(took);
        }
    }

    /// Records how many writes shared one commit.
    pub fn committed(&self, writes: usize) {
        self.groups.observe(writes as u64);
    }

    /// Returns the durations of each operation, by name.
    pub(super) fn all(&self) -> BTreeMap<&'static str, Reading> {
        let mut all = BTreeMap::new();
        for (operation, times) in self.operations.iter() {
            let reading = all.entry(method(operation));
            reading.or_insert_with(|| Reading::new(&TIMES)).add(times);
        }
        all
    }

    /// Returns how many writes shared a commit; `None` if there was no such commit.
    pub(super) fn groups(&self) -> Option<Reading> {
        Some(self.groups.read()).filter(|groups| groups.count() > 0)
    }
}

/// Returns the method in whose body a type is created, as in `<Engine as Trait>::method<'_>::{{closure}}::{{closure}}`.
#[must_use]
pub fn method(type_name: &'static str) -> &'static str {
    let path = type_name.split("::{{closure}}").next().unwrap_or(type_name);
    // The method's generics, which may contain whole paths, start at the bracket that matches the last one.
    let mut depth = 0;
    let generics = path.ends_with('>').then(|| {
        path.rfind(|c| {
            depth += match c {
                '>' => 1,
                '<' => -1,
                _ => 0,
            };
            depth == 0
        })
    });
    let path = path.split_at(generics.flatten().unwrap_or(path.len())).0;
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use std::any::type_name;

    use super::*;

    struct Engine(StoreTimes);

    impl Engine {
        fn work<W: FnOnce()>(&self, work: W) {
            work();
            self.0.observe(type_name::<W>(), Duration::from_millis(2));
        }

        async fn change_password(&self) {
            for _ in 0..2 {
                self.work(move || ());
                tokio::task::yield_now().await;
            }
            self.work(|| ());
        }
    }

    #[test]
    fn a_method_is_found_in_the_name_of_a_type() {
        for name in [
            "find",
            "find::{{closure}}",
            "<a::B as c::D>::find::{{closure}}::{{closure}}",
            "<a::B<x::Y> as c::D>::find<'_, '_>::{{closure}}",
            "a::B::find<x::Y, z::W<'_, q::R>>::{{closure}}",
        ] {
            assert_eq!(method(name), "find");
        }
    }

    #[tokio::test]
    async fn an_operation_has_the_name_of_its_method() {
        let engine = Engine(StoreTimes::default());
        engine.change_password().await;
        engine.0.observe("find", Duration::from_millis(2));
        let all = engine.0.all();
        let counts: Vec<_> = all
            .iter()
            .map(|(name, times)| (*name, times.count()))
            .collect();
        assert_eq!(counts, [("change_password", 3), ("find", 1)]);
    }
}
