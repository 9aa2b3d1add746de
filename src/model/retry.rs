//! When the next delivery attempt of a message is made, and when delivery is given up.

use jiff::{SignedDuration, Timestamp};

use super::QueuedMessage;
use super::moment::after;

impl QueuedMessage {
    /// How many attempts are made if each may have delivered the message.
    const MAX_UNCONFIRMED: u32 = 3;
    /// The longest pause between two delivery attempts.
    const MAX_PAUSE: SignedDuration = SignedDuration::from_mins(5);

    /// Returns when to attempt the delivery of a message again that was not, or perhaps, delivered. `asked` is how
    /// long the other side asks to wait, and `spread` is random. The error says why delivery is given up.
    ///
    /// # Errors
    /// The message may have been delivered too often, or it expires before the next attempt.
    pub fn next_try(
        &self,
        may_have_arrived: bool,
        asked: SignedDuration,
        now: Timestamp,
        spread: u16,
    ) -> Result<Timestamp, &'static str> {
        if may_have_arrived && self.attempts >= Self::MAX_UNCONFIRMED {
            return Err("each of which may have been delivered");
        }
        // Wait at most half of the remaining time: an early attempt is better than none before it expires.
        let asked = asked.min(self.expires_at.duration_since(now) / 2);
        let next = now + Self::pause_after(self.attempts, spread).max(asked);
        if next < self.expires_at {
            Ok(next)
        } else {
            Err("its content expires")
        }
    }

    /// Returns the pause after the given number of attempts: about 1, 2, 4, 8 … seconds, plus or minus a quarter, but
    /// at most five minutes.
    #[must_use]
    pub fn pause_after(attempts: u32, spread: u16) -> SignedDuration {
        let seconds = 2_i64.pow(attempts.saturating_sub(1).min(16));
        let per_mille = 750 + i64::from(spread) * 500 / i64::from(u16::MAX);
        SignedDuration::from_millis(seconds * per_mille).min(Self::MAX_PAUSE)
    }

    /// Returns until when delivery of a failed message is attempted if it is retried now: for a day, unless it expires
    /// later anyway.
    #[must_use]
    pub fn second_expiry(now: Timestamp) -> Timestamp {
        after(now, SignedDuration::from_hours(24))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Id, MessageKind};

    #[test]
    fn a_message_is_given_up_when_it_may_have_arrived_too_often_or_would_come_too_late() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let message = |attempts, seconds| QueuedMessage {
            id: Id::from_bytes([7; 12]),
            kind: MessageKind::Email,
            recipient: "ada@example.com".to_owned(),
            user_id: None,
            pending_proof: None,
            dies_with_change: false,
            payload: Vec::new(),
            created_at: now,
            not_before: now,
            expires_at: now + SignedDuration::from_secs(seconds),
            attempts,
        };
        let next = |attempts, seconds, may_have_arrived| {
            message(attempts, seconds).next_try(
                may_have_arrived,
                SignedDuration::ZERO,
                now,
                u16::MAX,
            )
        };
        let later = now + SignedDuration::from_millis(5000);
        assert_eq!(next(3, 6, false), Ok(later));
        assert_eq!(next(3, 5, false), Err("its content expires"));
        assert_eq!(next(2, 60, true).map(drop), Ok(()));
        assert_eq!(
            next(3, 60, true),
            Err("each of which may have been delivered")
        );
    }
}
