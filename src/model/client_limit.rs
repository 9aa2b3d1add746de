//! Limits per client address that several servers count together.
//!
//! Requests are counted in spans of a sixtieth of the window, and a span counts until its last moment has left the
//! window. So a client has at most 60 counts or so for each window, no window ever holds more than the limit, and a wait
//! is at most a sixtieth of the window longer than an exact record would need.

use jiff::{SignedDuration, Timestamp};

use super::SlidingWindow;
use super::moment::after;

/// One more request of a client to a route, and the limits that apply.
#[derive(Debug, Clone)]
pub struct ClientLimit {
    /// The route and the client: requests with the same key are counted together.
    pub key: String,
    /// All limits; the request must be within each. No two have the same length.
    pub windows: Vec<SlidingWindow>,
    /// The time of the request.
    pub now: Timestamp,
}

/// Requests that were counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestCount {
    /// The last moment of their span.
    pub at: Timestamp,
    /// How many there were.
    pub requests: u32,
}

/// How many spans a window has.
const SPANS: i64 = 60;

/// Returns the last moment of the span that a request is counted in, for a window of this length. All are in milliseconds.
#[must_use]
pub fn span_end(at: i64, length: i64) -> i64 {
    let span = (length / SPANS).max(1000);
    at - at.rem_euclid(span) + span - 1
}

impl ClientLimit {
    /// How much longer than needed counts are kept, because clocks of servers differ.
    const MARGIN: SignedDuration = SignedDuration::from_mins(5);

    /// Returns the last moment of the span that the request is counted in.
    #[must_use]
    pub fn span(&self, window: SlidingWindow) -> Timestamp {
        let length = i64::try_from(window.length.as_millis()).unwrap_or(i64::MAX);
        let now = self.now.as_millisecond();
        let rest = span_end(now, length) - now;
        after(self.now, SignedDuration::from_millis(rest))
    }

    /// Returns the moment after which counts matter. A count at that moment doesn't.
    #[must_use]
    pub fn since(&self, window: SlidingWindow) -> Timestamp {
        window.start(self.now)
    }

    /// Returns when all counts of the client are obsolete if there is no further request.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        let ends = self
            .windows
            .iter()
            .map(|window| window.end(self.span(*window)));
        after(ends.max().unwrap_or(self.now), Self::MARGIN)
    }

    /// Returns when a window has room for one more request, or `None` if it has room now. Counts may be in any order.
    /// Those of the future, from before the clock was set back, count as now.
    #[must_use]
    pub fn full_until(
        &self,
        window: SlidingWindow,
        counts: impl IntoIterator<Item = RequestCount>,
    ) -> Option<Timestamp> {
        let (span, since) = (self.span(window), self.since(window));
        let mut counted: Vec<RequestCount> = counts
            .into_iter()
            .map(|count| RequestCount {
                at: count.at.min(span),
                ..count
            })
            .filter(|count| count.at > since)
            .collect();
        counted.sort_unstable_by_key(|count| count.at);
        let all: u64 = counted.iter().map(|count| u64::from(count.requests)).sum();
        // There is room again when enough spans have left the window.
        let mut too_many = (all + 1).checked_sub(u64::from(window.limit))?;
        if too_many == 0 {
            return None;
        }
        for count in &counted {
            too_many = too_many.saturating_sub(count.requests.into());
            if too_many == 0 {
                return Some(window.end(count.at));
            }
        }
        Some(window.end(span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millis).unwrap()
    }

    fn window(limit: u32, seconds: i64) -> SlidingWindow {
        SlidingWindow {
            limit,
            length: SignedDuration::from_secs(seconds),
        }
    }

    fn request(now: i64, windows: &[SlidingWindow]) -> ClientLimit {
        ClientLimit {
            key: "/login 192.0.2.1/32".to_owned(),
            windows: windows.to_vec(),
            now: at(now),
        }
    }

    fn counted(millis: i64, requests: u32) -> RequestCount {
        RequestCount {
            at: at(millis),
            requests,
        }
    }

    #[test]
    fn a_span_is_a_sixtieth_of_the_window_and_no_less_than_a_second() {
        for (seconds, now, last) in [
            (10, 0, 999),
            (60, 0, 999),
            (60, 999, 999),
            (60, 1000, 1999),
            (3600, 1000, 59_999),
            (86_400, 0, 24 * 60_000 - 1),
        ] {
            let window = window(5, seconds);
            let span = request(now, &[window]).span(window);
            assert_eq!(span, at(last), "{seconds} s at {now}");
        }
    }

    #[test]
    fn a_window_has_room_when_enough_spans_have_left_it() {
        let window = window(3, 60);
        let full = |now, counts: &[RequestCount]| {
            request(now, &[window]).full_until(window, counts.iter().copied())
        };
        assert_eq!(full(0, &[]), None);
        assert_eq!(full(500, &[counted(999, 2)]), None);
        assert_eq!(full(500, &[counted(999, 3)]), Some(at(60_999)));
        let spread = [counted(9999, 1), counted(999, 1), counted(4999, 2)];
        assert_eq!(full(9500, &spread), Some(at(64_999)));
        assert_eq!(full(64_998, &spread), Some(at(64_999)));
        assert_eq!(full(64_999, &spread), None);
    }

    #[test]
    fn counts_of_the_future_count_as_now() {
        let window = window(1, 60);
        let full = request(0, &[window]).full_until(window, [counted(900_999, 5)]);
        assert_eq!(full, Some(at(60_999)));
    }

    #[test]
    fn counts_are_kept_until_the_longest_window_has_passed() {
        let windows = [window(3, 60), window(9, 3600)];
        let expires_at = request(0, &windows).expires_at();
        assert_eq!(expires_at, at(59_999 + 3_600_000 + 300_000));
    }
}
