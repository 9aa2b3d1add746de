//! What is sent side by side: mail, SMS, and the webhooks of each receiver.

use std::slice;

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
}
