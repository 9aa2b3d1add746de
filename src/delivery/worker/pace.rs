//! The intervals at which the worker reads the outbox and repeats operations.

use std::time::Duration;

use super::queue::Queue;
use crate::model::MessageKind;
use crate::random::{self, Random};

/// The intervals of the worker, in real time, not that of the clock: they decide when to look, not what is due.
pub(super) struct Pace {
    /// The time between two renewals of a lease.
    pub(super) renew: Duration,
    /// The longest time between two looks into the outbox. Other processes queue messages too, and cannot wake this
    /// one.
    pub(super) look: Duration,
    /// The first pause after an error of the store. It doubles up to 16 times this value.
    pub(super) store: Duration,
    /// The longest random delay before a queued email is looked for. Strangers can cause emails, and fewer for an email
    /// address without an account. The delay hides the database writes of a delivery, which could otherwise reveal
    /// whether there was one.
    pub(super) scatter: Duration,
}

pub(super) const PACE: Pace = Pace {
    renew: Duration::from_secs(10),
    look: Duration::from_secs(2),
    store: Duration::from_millis(500),
    scatter: Duration::from_millis(250),
};

impl Pace {
    /// Returns how long to wait before looking for a queued message.
    pub(super) fn wait(&self, queue: &Queue, random: &dyn Random) -> Duration {
        match queue {
            Queue::People(MessageKind::Email) => {
                let share = u16::from_be_bytes(random::bytes(random));
                self.scatter * u32::from(share) / u32::from(u16::MAX)
            }
            // Codes are only sent to people who know a password, so they need no delay.
            Queue::People(_) | Queue::Receiver(_) => Duration::ZERO,
        }
    }
}
