//! The queues that are sent in parallel: email, SMS, and the webhooks of each receiver.

use std::slice;
use std::time::Duration;

use crate::model::MessageKind;
use crate::store::MessageQueue;

/// The number of messages of one kind that are sent at the same time.
pub(super) const MAX_IN_FLIGHT: usize = 8;

/// The number of webhooks that are sent to one receiver at the same time.
const MAX_IN_FLIGHT_PER_RECEIVER: usize = 4;

/// Messages that are independent of other queues, so that a mail server that hangs delays no SMS.
pub(super) enum Queue {
    People(MessageKind),
    Receiver(String),
}

impl Queue {
    pub(super) fn messages(&self) -> MessageQueue<'_> {
        match self {
            Self::People(kind) => MessageQueue::People(slice::from_ref(kind)),
            Self::Receiver(url) => MessageQueue::Receiver(url),
        }
    }

    /// Returns the kind or the receiver, for the log.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::People(kind) => kind.as_str(),
            Self::Receiver(url) => url,
        }
    }

    pub(super) const fn max_in_flight(&self) -> usize {
        match self {
            Self::People(_) => MAX_IN_FLIGHT,
            Self::Receiver(_) => MAX_IN_FLIGHT_PER_RECEIVER,
        }
    }

    /// Returns how many failures in a row may be about single messages. Mail servers may defer many recipients at once.
    pub(super) const fn patience(&self) -> u32 {
        match self {
            Self::People(_) => 16,
            Self::Receiver(_) => 4,
        }
    }

    /// Returns the longest pause when the other side is down. It is shorter for people, who wait for their messages.
    pub(super) const fn longest_pause(&self) -> Duration {
        match self {
            Self::People(_) => Duration::from_secs(5),
            Self::Receiver(_) => Duration::from_mins(1),
        }
    }
}
