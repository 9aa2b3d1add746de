//! Sliding windows: how often something may happen within a time, and when it may happen again.

use jiff::{SignedDuration, Timestamp};

use super::moment::{after, before};

/// At most `limit` events within any span of `length`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlidingWindow {
    /// How many events fit.
    pub limit: u32,
    /// How long an event counts.
    pub length: SignedDuration,
}

impl SlidingWindow {
    /// Returns the moment after which events count. An event at that moment doesn't.
    #[must_use]
    pub fn start(self, now: Timestamp) -> Timestamp {
        before(now, self.length)
    }

    /// Returns the moment from which an event that happens now no longer counts.
    #[must_use]
    pub fn end(self, now: Timestamp) -> Timestamp {
        after(now, self.length)
    }

    /// Returns when the next event is allowed, or `None` if one is allowed now. Events may be in any order. Those
    /// before the window are ignored. Those in the future count as now, so that no wait is longer than the window,
    /// even if the clock was wrong.
    #[must_use]
    pub fn full_until(
        self,
        events: impl IntoIterator<Item = Timestamp>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if self.limit == 0 {
            return Some(self.end(now));
        }
        let start = self.start(now);
        let mut counted: Vec<_> = events
            .into_iter()
            .map(|at| at.min(now))
            .filter(|at| *at > start)
            .collect();
        counted.sort_unstable();
        // The next event is allowed when enough counted ones have left the window to bring their number below the
        // limit.
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let last_to_leave = counted.len().checked_sub(limit)?;
        Some(self.end(counted[last_to_leave]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn window(limit: u32) -> SlidingWindow {
        SlidingWindow {
            limit,
            length: SignedDuration::from_secs(60),
        }
    }

    #[test]
    fn a_window_is_full_until_enough_events_have_left_it() {
        assert_eq!(window(2).full_until([at(0)], at(1)), None);
        assert_eq!(window(2).full_until([at(5), at(0)], at(6)), Some(at(60)));
        let three = [at(0), at(5), at(9)];
        assert_eq!(window(2).full_until(three, at(10)), Some(at(65)));
    }

    #[test]
    fn an_event_counts_for_exactly_the_length_of_the_window() {
        let almost = Timestamp::from_millisecond(at(60).as_millisecond() - 1).unwrap();
        assert_eq!(window(1).full_until([at(0)], almost), Some(at(60)));
        assert_eq!(window(1).full_until([at(0)], at(60)), None);
    }

    #[test]
    fn events_of_the_future_count_as_now() {
        assert_eq!(window(1).full_until([at(900)], at(0)), Some(at(60)));
        assert_eq!(
            window(2).full_until([at(900), at(-30)], at(0)),
            Some(at(30))
        );
    }

    #[test]
    fn a_window_for_nothing_is_always_full() {
        assert_eq!(window(0).full_until([], at(0)), Some(at(60)));
    }
}
