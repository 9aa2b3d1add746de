//! The outbox: the messages that wait to be sent, and who is sending them.

use async_trait::async_trait;
use jiff::Timestamp;

use super::Result;
use crate::model::{
    Backlog, Id, MessageEntry, MessageFilter, MessageKind, OutboxState, Page, PageKey,
    QueuedMessage,
};

/// The outbox as administrators see it.
#[async_trait]
pub trait OutboxStore: MessageStore {
    /// Returns a summary of what waits.
    async fn backlog(&self) -> Result<Backlog>;

    /// Returns how many messages wait, by kind and receiver. Counts them all, so it can take a while.
    async fn waiting_by_queue(&self) -> Result<Vec<QueueDepth>>;

    /// Returns one page of messages, newest first.
    async fn messages(
        &self,
        filter: &MessageFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<MessageEntry>>;

    /// Makes a message due at once. One that was given up is kept at least until [`QueuedMessage::second_expiry`].
    /// Returns false if there is no such message.
    async fn retry_message(&self, id: Id, now: Timestamp) -> Result<bool>;

    /// Deletes a message without sending it. Returns false if there is no such message.
    async fn delete_message(&self, id: Id) -> Result<bool>;
}

/// The part of the store that sending messages needs.
#[async_trait]
pub trait MessageStore: Send + Sync + 'static {
    /// Takes up to `limit` due messages of a queue, longest due first, under `lease` until `lease_until`. Links that
    /// were replaced since, because their pending registration changed, are dropped instead; expired messages are
    /// marked as failed.
    async fn claim_messages(
        &self,
        queue: MessageQueue<'_>,
        lease: Id,
        lease_until: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedMessage>>;

    /// Extends a claim. Returns false if it is no longer held: stop sending.
    async fn renew_lease(&self, message: Id, lease: Id, lease_until: Timestamp) -> Result<bool>;

    /// Settles a claimed message. Returns false if the claim is no longer held.
    async fn settle_message(&self, message: Id, lease: Id, delivery: Delivery) -> Result<bool>;

    /// Returns when the next message of a queue becomes due. Reads along an index, so the cost does not depend on how
    /// many wait.
    async fn next_due(&self, queue: MessageQueue<'_>, now: Timestamp) -> Result<Option<Timestamp>>;

    /// Returns the depth and age. Counts all messages, so it can take a while.
    async fn outbox(&self) -> Result<OutboxState>;
}

/// Messages that are sent one after the other. A queue never waits for another one, however long that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageQueue<'a> {
    /// Messages to people: mail or SMS of these kinds.
    People(&'a [MessageKind]),
    /// Messages to one receiver of webhooks, given by its URL.
    Receiver(&'a str),
}

impl MessageQueue<'_> {
    /// How many messages at most are cleaned up before a claim (for example, expired ones). The next claim continues.
    /// This way a long queue does not delay others.
    pub const MAX_AT_ONCE: u32 = 200;

    /// Returns the receiver; empty for people.
    #[must_use]
    pub const fn receiver(&self) -> &str {
        match self {
            Self::People(_) => "",
            Self::Receiver(url) => url,
        }
    }

    /// Returns the kinds of message.
    #[must_use]
    pub const fn kinds(&self) -> &[MessageKind] {
        match self {
            Self::People(kinds) => kinds,
            Self::Receiver(_) => &[MessageKind::Webhook],
        }
    }
}

/// How many messages of one kind wait for one receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueDepth {
    /// The kind.
    pub kind: MessageKind,
    /// The receiver's URL; empty for people.
    pub receiver: String,
    /// How many wait or are being sent.
    pub waiting: u64,
    /// When the oldest of them was queued.
    pub oldest: Timestamp,
}

/// A message claimed for sending. The holder of `lease` may settle it.
#[derive(Debug, Clone)]
pub struct ClaimedMessage {
    /// The message. `attempts` includes this delivery attempt.
    pub message: QueuedMessage,
    /// Identifies this claim.
    pub lease: Id,
}

/// The outcome of a delivery attempt.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// Sent: the message leaves the outbox.
    Sent,
    /// To be retried.
    Retry {
        /// When.
        not_before: Timestamp,
        /// Why it failed, in one line without secrets.
        error: String,
    },
    /// Not to be retried. The message is kept for inspection.
    Failed {
        /// Why it failed, in one line without secrets.
        error: String,
        /// When it failed.
        at: Timestamp,
    },
}
