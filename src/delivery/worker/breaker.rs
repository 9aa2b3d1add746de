//! Pauses a queue whose other side keeps failing or asks for a pause. Otherwise thousands of waiting messages would be
//! read and written without a break.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::DeliveryAttempt;
use super::queue::Queue;
use crate::store::Delivery;

/// A delivery attempt, and how long the other side asked to wait after it.
pub(super) struct Tried {
    pub(super) attempt: DeliveryAttempt,
    pub(super) asked: Option<Duration>,
}

/// Counts the failures of one queue.
pub(super) struct Breaker {
    /// The number of failures since the last success. A permanent refusal counts as a success, because the other side
    /// works.
    failures: u32,
    /// This many failures may be about single messages.
    patience: u32,
    longest: Duration,
    resume_at: Instant,
}

impl Breaker {
    pub(super) fn of(queue: &Queue) -> Self {
        Self {
            failures: 0,
            patience: queue.patience(),
            longest: queue.longest_pause(),
            resume_at: Instant::now(),
        }
    }

    /// Records how a delivery attempt ended, and how long the other side asked to wait.
    pub(super) fn note(&mut self, delivery: &Delivery, asked: Option<Duration>) {
        if !matches!(delivery, Delivery::Retry { .. }) {
            self.failures = 0;
            return;
        }
        self.failures = self.failures.saturating_add(1);
        let mut pause = asked.unwrap_or_default();
        if let Some(beyond) = self.failures.checked_sub(self.patience) {
            let own = Duration::from_secs(2_u64.pow(beyond.min(10)));
            pause = pause.max(own.min(self.longest));
        }
        self.resume_at = self.resume_at.max(Instant::now() + pause);
    }

    /// Returns whether the other side seems to be down. Then one message at a time is enough to notice when it is back.
    pub(super) const fn is_away(&self) -> bool {
        self.failures >= self.patience
    }

    /// Returns when the pause is over.
    pub(super) async fn ready(&self) {
        sleep_until(self.resume_at).await;
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::MessageKind;

    fn failed() -> Delivery {
        Delivery::Retry {
            not_before: Timestamp::MAX,
            error: "away".into(),
        }
    }

    #[tokio::test]
    async fn pauses_grow_while_nobody_answers_and_end_with_the_first_answer() {
        let mut breaker = Breaker::of(&Queue::Receiver("https://a.example".into()));
        let pause = |breaker: &Breaker| {
            let pause = breaker.resume_at.saturating_duration_since(Instant::now());
            (pause + Duration::from_millis(500)).as_secs()
        };
        for wanted in [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(breaker.is_away(), breaker.failures > 3);
            breaker.note(&failed(), None);
            assert_eq!(pause(&breaker), wanted);
        }
        breaker.note(&Delivery::Sent, None);
        assert!(!breaker.is_away());
        breaker.note(&failed(), Some(Duration::from_secs(90)));
        assert_eq!(pause(&breaker), 90, "as asked");
    }

    #[tokio::test]
    async fn mail_waits_for_a_few_seconds_at_most() {
        let mut breaker = Breaker::of(&Queue::People(MessageKind::Email));
        for _ in 0..100 {
            breaker.note(&failed(), None);
        }
        assert!(breaker.resume_at <= Instant::now() + Duration::from_secs(5));
    }
}
