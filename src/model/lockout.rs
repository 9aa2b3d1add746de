//! The lockout after failed login attempts: which attempts count, when it begins and when it ends.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::SlidingWindow;
use super::moment::{after, before};

/// How long a login attempt may take before it counts as failed.
pub const RESERVATION_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// How many failed logins lock an email address out, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct LockoutRule {
    /// How many failures within the window lock out. Zero counts as one.
    pub threshold: u32,
    /// How long a failure counts.
    pub window: SignedDuration,
}

impl LockoutRule {
    /// Returns how many failures lock out: at least one.
    #[must_use]
    pub fn threshold(self) -> u32 {
        self.threshold.max(1)
    }

    /// Returns the moment after which failed attempts count.
    #[must_use]
    pub fn failures_count_after(self, now: Timestamp) -> Timestamp {
        before(now, self.window)
    }

    /// Returns the moment until which an unsettled attempt must have started to count as failed.
    #[must_use]
    pub fn unsettled_fail_until(now: Timestamp) -> Timestamp {
        before(now, RESERVATION_LIFETIME)
    }

    /// Returns how long an attempt can matter, whether it failed or is still unsettled.
    #[must_use]
    pub fn memory(self) -> SignedDuration {
        self.window.max(RESERVATION_LIFETIME)
    }

    /// Returns the moment after which attempts matter at all, whether they failed or are still unsettled.
    #[must_use]
    pub fn attempts_matter_after(self, now: Timestamp) -> Timestamp {
        before(now, self.memory())
    }

    /// Returns the moment from which an attempt that starts now no longer matters.
    #[must_use]
    pub fn attempts_matter_until(self, now: Timestamp) -> Timestamp {
        after(now, self.memory())
    }

    /// Judges the attempts to log in with an email address, in any order. Attempts in the future count as started now.
    #[must_use]
    pub fn judge(
        self,
        attempts: impl IntoIterator<Item = PastAttempt>,
        now: Timestamp,
    ) -> AttemptHistory {
        let unsettled_fail_until = Self::unsettled_fail_until(now);
        let failures_count_after = self.failures_count_after(now);
        let mut history = AttemptHistory {
            rule: self,
            now,
            failures: Vec::new(),
            running: 0,
        };
        for attempt in attempts {
            // The clock was set back since.
            let attempt = PastAttempt {
                started_at: attempt.started_at.min(now),
                ..attempt
            };
            if !attempt.failed && attempt.started_at > unsettled_fail_until {
                history.running += 1;
            } else if attempt.started_at > failures_count_after {
                history.failures.push(attempt.started_at);
            }
        }
        history
    }
}

/// An attempt as it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastAttempt {
    /// When it started.
    pub started_at: Timestamp,
    /// Whether it is known to have failed. Otherwise it isn't settled yet.
    pub failed: bool,
}

/// The attempts that count against an email address at one moment.
#[derive(Debug, Clone)]
pub struct AttemptHistory {
    rule: LockoutRule,
    now: Timestamp,
    /// When the attempts that count as failed started.
    failures: Vec<Timestamp>,
    /// How many attempts are unsettled.
    running: usize,
}

impl AttemptHistory {
    /// Returns until when attempts are refused, or `None` if they aren't.
    #[must_use]
    pub fn locked_until(&self) -> Option<Timestamp> {
        let window = SlidingWindow {
            limit: self.rule.threshold(),
            length: self.rule.window,
        };
        window.full_until(self.failures.iter().copied(), self.now)
    }

    /// Decides whether one more password may be evaluated. Unsettled attempts count as failed.
    #[must_use]
    pub fn reservation(&self) -> Reservation {
        let threshold = usize::try_from(self.rule.threshold()).unwrap_or(usize::MAX);
        match self.locked_until() {
            Some(until) => Reservation::Locked { until },
            None if self.failures.len() + self.running >= threshold => Reservation::Busy,
            None => Reservation::Granted,
        }
    }

    /// Returns how close the email address is to a lockout.
    #[must_use]
    pub fn state(&self) -> LockoutState {
        LockoutState {
            failures: u32::try_from(self.failures.len()).unwrap_or(u32::MAX),
            locked_until: self.locked_until(),
        }
    }
}

/// Whether a password may be evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// Evaluate the password, then settle the attempt.
    Granted,
    /// Unsettled attempts stand against it. Ask again shortly.
    Busy,
    /// Locked out until enough failures have left the window.
    Locked {
        /// The first moment at which an attempt may be granted again.
        until: Timestamp,
    },
}

/// How close an email address is to a lockout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LockoutState {
    /// Failures that count now.
    pub failures: u32,
    /// Until when attempts are refused, or `None` if they aren't.
    pub locked_until: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: LockoutRule = LockoutRule {
        threshold: 2,
        window: SignedDuration::from_secs(600),
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn attempt(seconds: i64, failed: bool) -> PastAttempt {
        PastAttempt {
            started_at: at(seconds),
            failed,
        }
    }

    #[test]
    fn failures_lock_until_fewer_than_the_threshold_are_left() {
        let one = RULE.judge([attempt(0, true)], at(1));
        assert_eq!(one.reservation(), Reservation::Granted);
        let failures = [attempt(30, true), attempt(0, true), attempt(10, true)];
        let three = RULE.judge(failures, at(40));
        let until = at(610);
        assert_eq!(three.reservation(), Reservation::Locked { until });
        let locked_until = Some(until);
        let state = LockoutState {
            failures: 3,
            locked_until,
        };
        assert_eq!(three.state(), state);
        assert_eq!(RULE.judge(failures, until).locked_until(), None);
    }

    #[test]
    fn attempts_of_the_future_count_as_now() {
        let history = RULE.judge([attempt(90_000, true), attempt(90_000, true)], at(0));
        let until = at(600);
        assert_eq!(history.reservation(), Reservation::Locked { until });
    }

    #[test]
    fn attempts_under_way_take_room_but_do_not_lock() {
        let history = RULE.judge([attempt(0, false), attempt(0, true)], at(59));
        assert_eq!(history.reservation(), Reservation::Busy);
        assert_eq!(history.state().failures, 1);
    }

    #[test]
    fn an_attempt_that_nobody_settles_fails_at_its_start() {
        let unsettled = [attempt(0, false), attempt(5, true)];
        let history = RULE.judge(unsettled, at(60));
        let until = at(600);
        assert_eq!(history.reservation(), Reservation::Locked { until });
    }

    #[test]
    fn a_short_window_does_not_shorten_a_reservation() {
        let short = LockoutRule {
            threshold: 0,
            window: SignedDuration::from_secs(10),
        };
        let history = short.judge([attempt(0, false)], at(30));
        assert_eq!(history.reservation(), Reservation::Busy);
        assert!(short.attempts_matter_after(at(30)) < at(0));
        assert_eq!(short.attempts_matter_until(at(0)), at(60));
        // It counts as failed when it started, which is outside the window now.
        let history = short.judge([attempt(0, false)], at(60));
        assert_eq!(history.reservation(), Reservation::Granted);
    }
}
