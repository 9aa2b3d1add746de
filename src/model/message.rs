//! Messages as they wait in the outbox: an envelope in the clear, a sealed payload.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::moment::after;
use super::named::names;
use super::{Id, ListItem, ProofHash};

names! {
    /// How a message travels.
    pub enum MessageKind {
        /// Mail.
        Email = "email",
        /// A text message.
        Sms = "sms",
        /// A signed POST to a receiver.
        Webhook = "webhook",
    }
}

/// A message in the outbox.
#[derive(Debug, Clone)]
pub struct QueuedMessage {
    /// The message's own id; it also makes the mail's Message-ID, so a repeated delivery can be recognised.
    pub id: Id,
    /// How it travels.
    pub kind: MessageKind,
    /// The recipient: an email address, a phone number or a URL.
    pub recipient: String,
    /// The account it concerns; deleting the account drops its mail and SMS.
    pub user_id: Option<Id>,
    /// A link that lives only while a pending registration holds this hash; the message is dropped when none does.
    pub pending_proof: Option<ProofHash>,
    /// It carries a link or code of its account: when the account's password or address changes, it is dropped.
    pub dies_with_change: bool,
    /// The content, sealed.
    pub payload: Vec<u8>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// It is not tried before this moment.
    pub not_before: Timestamp,
    /// It is not tried after this moment: the proof inside is dead.
    pub expires_at: Timestamp,
    /// The number of delivery attempts.
    pub attempts: u32,
}

impl QueuedMessage {
    /// Why a message failed that expired; what went wrong before that follows it, after [`Self::LAST_ERROR`].
    pub const EXPIRED: &str = "expired before it was delivered";
    /// What stands between the two.
    pub const LAST_ERROR: &str = "; last: ";

    /// A message that is not to be tried for so long, or is being sent for so long, was put off by a clock that was put back
    /// since: pauses between tries and claims are far shorter.
    pub const MAX_WAIT: SignedDuration = SignedDuration::from_mins(10);

    /// Returns the latest moment that a message can truly wait for.
    #[must_use]
    pub fn latest_wait(now: Timestamp) -> Timestamp {
        after(now, Self::MAX_WAIT)
    }

    /// Returns the receiver of webhooks that the message is for, by its URL; empty when it is for a person.
    #[must_use]
    pub fn receiver(&self) -> &str {
        match self.kind {
            MessageKind::Webhook => &self.recipient,
            MessageKind::Email | MessageKind::Sms => "",
        }
    }
}

names! {
    /// Where a message in the outbox stands.
    pub enum MessageState {
        /// Waiting for its first or next try, or being sent.
        Waiting = "waiting",
        /// Given up.
        Failed = "failed",
    }
}

impl MessageState {
    /// Returns the state of a message, by whether it was given up.
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

/// The outbox as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxState {
    /// Messages waiting or being sent.
    pub waiting: u64,
    /// Messages that were given up.
    pub failed: u64,
    /// When the oldest waiting one was queued.
    pub oldest: Option<Timestamp>,
}

/// What waits in the outbox, at a glance: it costs no more however much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Messages waiting or being sent, [`Self::MAX`] for that many or more.
    pub waiting: u32,
    /// When the oldest of them was queued.
    pub oldest: Option<Timestamp>,
}

impl Backlog {
    /// As far as is counted.
    pub const MAX: u32 = 1000;
}
