//! The outbox: what waits to be sent, and who is sending it.

use async_trait::async_trait;
use jiff::Timestamp;

use super::Result;
use crate::model::{
    Backlog, Id, MessageEntry, MessageKind, MessageState, OutboxState, Page, PageKey, QueuedMessage,
};

/// What administrators see of the outbox.
#[async_trait]
pub trait OutboxStore: MessageStore {
    /// What waits, at a glance.
    async fn backlog(&self) -> Result<Backlog>;

    /// What waits, by kind and receiver. Counts, and takes as long as that takes.
    async fn waiting_by_queue(&self) -> Result<Vec<QueueDepth>>;

    /// One page of messages, newest first.
    async fn messages(
        &self,
        state: Option<MessageState>,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<MessageEntry>>;

    /// Makes a message due at once. One that was given up has until [`QueuedMessage::second_expiry`] at least. False when
    /// there is none.
    async fn retry_message(&self, id: Id, now: Timestamp) -> Result<bool>;

    /// Removes a message unsent; false when there is none.
    async fn delete_message(&self, id: Id) -> Result<bool>;
}

/// The part of the store that sending messages needs.
#[async_trait]
pub trait MessageStore: Send + Sync + 'static {
    /// Takes up to `limit` due messages of a queue, those due longest first, under `lease` until `lease_until`.
    /// Links whose pending registration has moved on are dropped instead; messages that expired are marked as failed.
    async fn claim_messages(
        &self,
        queue: MessageQueue<'_>,
        lease: Id,
        lease_until: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedMessage>>;

    /// Prolongs a claim; false when it is not held any more: stop sending.
    async fn renew_lease(&self, message: Id, lease: Id, lease_until: Timestamp) -> Result<bool>;

    /// Settles a claimed message; false when the claim is not held any more.
    async fn settle_message(&self, message: Id, lease: Id, delivery: Delivery) -> Result<bool>;

    /// When the next message of a queue comes due that is not due yet. Read along an index, however much waits.
    async fn next_due(&self, queue: MessageQueue<'_>, now: Timestamp) -> Result<Option<Timestamp>>;

    /// Depth and age. Counts, and takes as long as that takes.
    async fn outbox(&self) -> Result<OutboxState>;
}

/// Messages that wait for one another. One queue never waits for another, however long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageQueue<'a> {
    /// To people: mail and SMS, as far as they are of these kinds.
    People(&'a [MessageKind]),
    /// To one receiver of webhooks, by its URL.
    Receiver(&'a str),
}

impl MessageQueue<'_> {
    /// So many messages at most are set right before a claim, those that expired, say; the rest with the next one. However
    /// long a queue is, nobody else waits for it.
    pub const MAX_AT_ONCE: u32 = 200;

    /// The receiver; empty for people.
    #[must_use]
    pub const fn receiver(&self) -> &str {
        match self {
            Self::People(_) => "",
            Self::Receiver(url) => url,
        }
    }

    /// The kinds that are meant.
    #[must_use]
    pub const fn kinds(&self) -> &[MessageKind] {
        match self {
            Self::People(kinds) => kinds,
            Self::Receiver(_) => &[MessageKind::Webhook],
        }
    }
}

/// The messages of one kind, and to one receiver, that wait.
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

/// A message taken to be sent. Whoever holds `lease` may settle it.
#[derive(Debug, Clone)]
pub struct ClaimedMessage {
    /// The message; `attempts` counts this try.
    pub message: QueuedMessage,
    /// Names this claim.
    pub lease: Id,
}

/// How a try to send ended.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// Sent: the message leaves the outbox.
    Sent,
    /// To be tried again.
    Retry {
        /// When.
        not_before: Timestamp,
        /// Why it failed, in one line without a secret.
        error: String,
    },
    /// Not to be tried again; kept for inspection.
    Failed {
        /// Why, in one line without a secret.
        error: String,
        /// When.
        at: Timestamp,
    },
}
