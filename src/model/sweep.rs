//! What a sweep removes: how long what has had its time stays.

use jiff::{SignedDuration, Timestamp};

use super::moment::before;
use super::{RESERVATION_LIFETIME, RecipientCap};

/// How long things are kept that do not expire by themselves. Everything else goes once its own expiry has passed.
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
}

/// Each returns the moment up to which such things are removed, that moment included.
impl SweepRule {
    /// Login attempts, by their start: those under way stay.
    #[must_use]
    pub fn attempts_until(&self) -> Timestamp {
        before(self.now, self.lockout_window.max(RESERVATION_LIFETIME))
    }

    /// Wrong codes.
    #[must_use]
    pub fn wrong_codes_until(&self) -> Timestamp {
        before(self.now, self.lockout_window)
    }

    /// Messages counted against the cap of their recipient.
    #[must_use]
    pub fn capped_messages_until(&self) -> Timestamp {
        before(self.now, RecipientCap::LENGTH)
    }

    /// Failed messages, by when they failed.
    #[must_use]
    pub fn failed_messages_until(&self) -> Timestamp {
        before(self.now, self.failed_messages)
    }

    /// Events.
    #[must_use]
    pub fn events_until(&self) -> Timestamp {
        before(self.now, self.events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_lockout_window_leaves_attempts_under_way() {
        let rule = SweepRule {
            now: Timestamp::from_second(1_800_000_000).unwrap(),
            lockout_window: SignedDuration::from_secs(10),
            events: SignedDuration::from_hours(48),
            failed_messages: SignedDuration::from_hours(24),
        };
        let age = |until: Timestamp| rule.now.duration_since(until).as_secs();
        assert_eq!(age(rule.attempts_until()), 60);
        assert_eq!(age(rule.wrong_codes_until()), 10);
        assert_eq!(age(rule.capped_messages_until()), 3600);
        assert_eq!(age(rule.failed_messages_until()), 24 * 3600);
        assert_eq!(age(rule.events_until()), 48 * 3600);
    }
}
