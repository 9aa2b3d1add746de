//! When the worker looks into the outbox, and when it does something again.

use std::time::Duration;

use super::queue::Queue;
use crate::model::MessageKind;
use crate::random::{self, Random};

/// The rhythm of the worker. Real time, not the clock's: it says when to look, never what is due.
pub(super) struct Pace {
    /// Between two renewals of a lease.
    pub(super) renew: Duration,
    /// The longest time between two looks into the outbox: other processes queue too, and cannot wake this one.
    pub(super) look: Duration,
    /// The first pause after the store failed; doubled up to sixteen times itself.
    pub(super) store: Duration,
    /// The longest time that a mail waits before it is looked for. Strangers cause mails: the writes that one costs, and of
    /// which there are fewer for an address without an account, are to follow their request at a moment that nobody knows.
    pub(super) scatter: Duration,
}

pub(super) const PACE: Pace = Pace {
    renew: Duration::from_secs(10),
    look: Duration::from_secs(2),
    store: Duration::from_millis(500),
    scatter: Duration::from_millis(250),
};

impl Pace {
    /// How long to wait before looking for what was queued.
    pub(super) fn wait(&self, queue: &Queue, random: &dyn Random) -> Duration {
        match queue {
            Queue::People(MessageKind::Email) => {
                let share = u16::from_be_bytes(random::bytes(random));
                self.scatter * u32::from(share) / u32::from(u16::MAX)
            }
            // Codes are sent to who knows a password.
            Queue::People(_) | Queue::Receiver(_) => Duration::ZERO,
        }
    }
}
