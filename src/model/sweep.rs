//! What the sweep removes, and how long obsolete data is kept.

use jiff::{SignedDuration, Timestamp};

use super::moment::before;
use super::service_key::KEPT_AFTER_EXPIRY;
use super::{RESERVATION_LIFETIME, RecipientCap};

/// How much longer than needed everything is kept that protects accounts. If the clock is fast for a while, it must
/// not undo a revocation or a lockout.
pub const MARGIN: SignedDuration = SignedDuration::from_hours(24);

/// How much is kept of the data that anyone can cause to be stored. The oldest beyond these limits is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceilings {
    /// Pending registrations.
    pub pending: u64,
    /// Counted messages: one each on SQLite, one document for each recipient on MongoDB.
    pub counted_messages: u64,
    /// Events of failed logins. The same number of login attempts is kept.
    pub failed_logins: u64,
    /// Logins at other providers in progress.
    pub oauth_states: u64,
    /// Counts of requests, with `shared_rate_limits`: on SQLite several for each client, on MongoDB one document.
    pub counted_requests: u64,
}

impl Default for Ceilings {
    fn default() -> Self {
        Self {
            pending: 100_000,
            counted_messages: 1_000_000,
            failed_logins: 500_000,
            oauth_states: 100_000,
            counted_requests: 500_000,
        }
    }
}

/// How long data is kept that has no expiry of its own. All other data is removed once it has expired, and data that
/// protects accounts [`MARGIN`] after that.
#[derive(Debug, Clone, Copy)]
pub struct SweepRule {
    /// The present moment.
    pub now: Timestamp,
    /// How long login failures and wrong codes count.
    pub lockout_window: SignedDuration,
    /// How long events are kept.
    pub events: SignedDuration,
    /// How long failed messages are kept.
    pub failed_messages: SignedDuration,
    /// The limits for data that anyone can cause to be stored.
    pub ceilings: Ceilings,
}

/// Each method returns the moment up to and including which such data is removed.
impl SweepRule {
    /// Returns the rule with a clock that is no later than `known`, if the time is also known from another source.
    #[must_use]
    pub fn trusting(self, known: Option<Timestamp>) -> Self {
        let now = known.map_or(self.now, |known| self.now.min(known));
        Self { now, ..self }
    }

    /// Returns it for revocations, by the expiry of their tokens.
    #[must_use]
    pub fn revocations_until(now: Timestamp) -> Timestamp {
        before(now, MARGIN)
    }

    /// Returns it for login attempts, by their start. Unsettled attempts are kept.
    #[must_use]
    pub fn attempts_until(&self) -> Timestamp {
        before(
            self.protects_until(),
            self.lockout_window.max(RESERVATION_LIFETIME),
        )
    }

    /// Returns it for wrong codes.
    #[must_use]
    pub fn wrong_codes_until(&self) -> Timestamp {
        before(self.protects_until(), self.lockout_window)
    }

    /// Returns it for messages counted against the cap of their recipient.
    #[must_use]
    pub fn capped_messages_until(&self) -> Timestamp {
        before(self.protects_until(), RecipientCap::LENGTH)
    }

    /// Returns it for sessions, by the expiry of their last token.
    #[must_use]
    pub fn sessions_until(&self) -> Timestamp {
        self.protects_until()
    }

    /// Returns it for answered challenges, by their expiry.
    #[must_use]
    pub fn challenges_until(&self) -> Timestamp {
        self.protects_until()
    }

    /// Returns it for service keys, by their expiry.
    #[must_use]
    pub fn service_keys_until(&self) -> Timestamp {
        before(self.now, KEPT_AFTER_EXPIRY)
    }

    /// Returns it for failed messages, by when they failed.
    #[must_use]
    pub fn failed_messages_until(&self) -> Timestamp {
        before(self.now, self.failed_messages)
    }

    /// Returns it for events.
    #[must_use]
    pub fn events_until(&self) -> Timestamp {
        before(self.protects_until(), self.events)
    }

    fn protects_until(&self) -> Timestamp {
        before(self.now, MARGIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3600;

    #[test]
    fn the_ceilings_are_those_that_operators_are_told() {
        let told = include_str!("../../docs/production.md");
        let Ceilings {
            pending,
            counted_messages,
            failed_logins,
            oauth_states,
            counted_requests,
        } = Ceilings::default();
        for (most, row) in [
            (pending, "pending registrations"),
            (counted_messages, "messages counted"),
            (failed_logins, "failed logins, their events"),
            (oauth_states, "logins with providers in progress"),
            (counted_requests, "counts of requests"),
        ] {
            let row = told
                .lines()
                .find(|line| line.starts_with(&format!("| {row}")));
            let number = row.unwrap().replace(',', "");
            assert!(number.contains(&format!(" {most} ")), "{most}: {number}");
        }
    }

    #[test]
    fn a_short_lockout_window_leaves_attempts_under_way() {
        let rule = SweepRule {
            now: Timestamp::from_second(1_800_000_000).unwrap(),
            lockout_window: SignedDuration::from_secs(10),
            events: SignedDuration::from_hours(48),
            failed_messages: SignedDuration::from_hours(24),
            ceilings: Ceilings::default(),
        };
        let age = |until: Timestamp| rule.now.duration_since(until).as_secs();
        assert_eq!(age(rule.attempts_until()), DAY + 60);
        assert_eq!(age(rule.wrong_codes_until()), DAY + 10);
        assert_eq!(age(rule.capped_messages_until()), DAY + 3600);
        assert_eq!(age(SweepRule::revocations_until(rule.now)), DAY);
        assert_eq!(age(rule.failed_messages_until()), 24 * 3600);
        assert_eq!(age(rule.events_until()), DAY + 48 * 3600);
    }

    #[test]
    fn a_clock_is_trusted_no_further_than_what_is_known() {
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        let rule = SweepRule {
            now: at(10),
            lockout_window: SignedDuration::ZERO,
            events: SignedDuration::ZERO,
            failed_messages: SignedDuration::ZERO,
            ceilings: Ceilings::default(),
        };
        for (known, now) in [(None, 10), (Some(at(5)), 5), (Some(at(15)), 10)] {
            assert_eq!(rule.trusting(known).now, at(now));
        }
    }
}
