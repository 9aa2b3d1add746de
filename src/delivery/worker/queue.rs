//! What is sent side by side: mail, SMS, and the webhooks of each receiver.

use std::slice;
use std::time::Duration;

use crate::model::MessageKind;
use crate::store::MessageQueue;

/// Messages of one kind under way at a time.
pub(super) const MAX_IN_FLIGHT: usize = 8;

/// Webhooks under way at a time to one receiver.
const MAX_IN_FLIGHT_PER_RECEIVER: usize = 4;

/// Messages that are sent side by side, and wait for no other queue: a mail server that hangs holds up no SMS.
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

    /// The kind or the receiver, for the log.
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

    /// So many failures in a row are taken for those of single messages: mail servers put off many recipients at once.
    pub(super) const fn patience(&self) -> u32 {
        match self {
            Self::People(_) => 16,
            Self::Receiver(_) => 4,
        }
    }

    /// The longest time that a queue whose other side is away is left alone for. People wait for their messages.
    pub(super) const fn longest_pause(&self) -> Duration {
        match self {
            Self::People(_) => Duration::from_secs(5),
            Self::Receiver(_) => Duration::from_mins(1),
        }
    }
}
