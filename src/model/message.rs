//! Messages in the outbox: a plain envelope and an encrypted payload.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::moment::after;
use super::named::names;
use super::{Id, ListItem, ProofHash};

names! {
    /// The kinds of messages.
    pub enum MessageKind {
        /// An email.
        Email = "email",
        /// A text message.
        Sms = "sms",
        /// A signed POST request to a webhook receiver.
        Webhook = "webhook",
    }
}

/// A message in the outbox.
#[derive(Debug, Clone)]
pub struct QueuedMessage {
    /// The message's id. An email's Message-ID is made from it, so that a repeated delivery can be recognized.
    pub id: Id,
    /// The kind of message.
    pub kind: MessageKind,
    /// The recipient: an email address, a phone number or a URL.
    pub recipient: String,
    /// The account that it is about. Deleting the account deletes its emails and SMS.
    pub user_id: Option<Id>,
    /// The hash of the link inside, for pending registrations. The message is dropped once no registration has this
    /// hash.
    pub pending_proof: Option<ProofHash>,
    /// Whether it contains a link or code of the account. It is dropped when the account's password or email address
    /// changes.
    pub dies_with_change: bool,
    /// The encrypted content.
    pub payload: Vec<u8>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// No delivery attempt is made before this moment.
    pub not_before: Timestamp,
    /// No delivery attempt is made after this moment, because the link or code inside has expired.
    pub expires_at: Timestamp,
    /// The number of delivery attempts.
    pub attempts: u32,
}

impl QueuedMessage {
    /// The error of a message that expired. The last delivery error follows it, after [`Self::LAST_ERROR`].
    pub const EXPIRED: &str = "expired before it was delivered";
    /// The separator between the two.
    pub const LAST_ERROR: &str = "; last: ";

    /// The longest plausible wait. Pauses between attempts and claims are far shorter, so a message that is to wait
    /// longer was postponed before the clock was set back.
    pub const MAX_WAIT: SignedDuration = SignedDuration::from_mins(10);

    /// Returns the latest moment until which a message can plausibly wait.
    #[must_use]
    pub fn latest_wait(now: Timestamp) -> Timestamp {
        after(now, Self::MAX_WAIT)
    }

    /// Returns the URL of the webhook receiver that the message is for. Empty for messages to people.
    #[must_use]
    pub fn receiver(&self) -> &str {
        match self.kind {
            MessageKind::Webhook => &self.recipient,
            MessageKind::Email | MessageKind::Sms => "",
        }
    }
}

names! {
    /// The state of a message in the outbox.
    pub enum MessageState {
        /// Waiting for its first or next delivery attempt, or being sent.
        Waiting = "waiting",
        /// Failed for good.
        Failed = "failed",
    }
}

impl MessageState {
    /// Returns the state of a message that has failed for good or hasn't.
    #[must_use]
    pub const fn of(failed: bool) -> Self {
        if failed { Self::Failed } else { Self::Waiting }
    }
}

/// A queued message, without its content.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OutboxItem)]
pub struct MessageEntry {
    /// 24 hexadecimal digits.
    #[schema(value_type = String, example = "6741c3a08f2b5d1e9c7a4b62")]
    pub id: Id,
    /// The kind of message.
    pub kind: MessageKind,
    /// The recipient: an email address, a phone number or a URL.
    #[serde(rename = "to")]
    #[schema(example = "ada@example.com")]
    pub recipient: String,
    /// Whether it is waiting or has failed.
    pub state: MessageState,
    /// The number of delivery attempts.
    pub attempts: u32,
    /// Why the last attempt failed.
    #[schema(example = "connection refused")]
    pub last_error: Option<String>,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// The time of the next attempt: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub not_before: Timestamp,
}

impl ListItem for MessageEntry {
    const PAGE: &'static str = "OutboxAnswer";
    const ABOUT_PAGE: &'static str = "One page of the outbox.";
}

/// The state of the whole outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxState {
    /// Messages waiting or being sent.
    pub waiting: u64,
    /// Messages that failed for good.
    pub failed: u64,
    /// When the oldest waiting one was queued.
    pub oldest: Option<Timestamp>,
}

/// How much is waiting in the outbox. Reading it costs the same however much that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Messages waiting or being sent, counted up to [`Self::MAX`].
    pub waiting: u32,
    /// When the oldest of them was queued.
    pub oldest: Option<Timestamp>,
}

impl Backlog {
    /// The highest count.
    pub const MAX: u32 = 1000;
}
