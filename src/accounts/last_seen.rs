//! Which sessions were used recently, kept in memory and written in batches, so that not every request causes a write.

use std::collections::HashMap;
use std::mem;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// How precisely the last use of a session is known.
const PRECISION: SignedDuration = SignedDuration::from_mins(5);

/// How many sessions are remembered at most. Beyond that, uses are noted more often than necessary.
const MOST: usize = 50_000;

/// The sessions that were used recently.
#[derive(Default)]
pub(crate) struct SeenSessions(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    noted: HashMap<String, Timestamp>,
    waiting: Vec<String>,
}

impl SeenSessions {
    /// Notes that a session was used, unless that was noted within [`PRECISION`].
    pub(super) fn note(&self, id: &str, now: Timestamp) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = |at: &Timestamp| now.duration_since(*at).abs() < PRECISION;
        if seen.noted.get(id).is_some_and(is_fresh) {
            return;
        }
        if seen.noted.len() >= MOST {
            seen.noted.retain(|_, at| is_fresh(at));
            if seen.noted.len() >= MOST {
                seen.noted.clear();
            }
        }
        seen.noted.insert(id.to_owned(), now);
        if seen.waiting.len() < MOST {
            seen.waiting.push(id.to_owned());
        }
    }

    /// Takes the ids that are still to be written.
    pub(super) fn take(&self) -> Vec<String> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mem::take(&mut seen.waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_session_is_noted_once_in_five_minutes_and_memory_is_bounded() {
        let seen = SeenSessions::default();
        for (second, waits) in [(0, 1), (1, 0), (299, 0), (300, 1), (301, 0), (-1, 1)] {
            seen.note("mine", at(second));
            assert_eq!(seen.take().len(), waits, "{second}");
        }
        for number in 0..MOST + 10 {
            seen.note(&number.to_string(), at(0));
        }
        let seen = seen.0.into_inner().unwrap();
        assert!(seen.noted.len() <= MOST && seen.waiting.len() <= MOST);
    }
}
