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
    /// To whom: an address, a number, a URL.
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
    /// How often it was tried.
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

    /// How often a message is tried that may have arrived with each try.
    const MAX_UNCONFIRMED: u32 = 3;
    /// The longest pause between two tries of one message.
    const MAX_PAUSE: SignedDuration = SignedDuration::from_mins(5);

    /// Decides when a message is tried again that was not sent now, or may have been; the error is why it is given up.
    /// `asked` is how long the other side wants to be left alone; `spread` is random.
    ///
    /// # Errors
    /// It may have arrived too often, or what it says holds no longer by then.
    pub fn next_try(
        &self,
        may_have_arrived: bool,
        asked: SignedDuration,
        now: Timestamp,
        spread: u16,
    ) -> Result<Timestamp, &'static str> {
        if may_have_arrived && self.attempts >= Self::MAX_UNCONFIRMED {
            return Err("each of which may have arrived");
        }
        // Half the time that is left: what expires sooner is worth asking too early for.
        let asked = asked.min(self.expires_at.duration_since(now) / 2);
        let next = now + Self::pause_after(self.attempts, spread).max(asked);
        if next < self.expires_at {
            Ok(next)
        } else {
            Err("its content expires")
        }
    }

    /// Returns the pause after the `attempts`-th try: about 1, 2, 4, 8 … seconds, a quarter more or less, at most five
    /// minutes.
    #[must_use]
    pub fn pause_after(attempts: u32, spread: u16) -> SignedDuration {
        let seconds = 2_i64.pow(attempts.saturating_sub(1).min(16));
        let per_mille = 750 + i64::from(spread) * 500 / i64::from(u16::MAX);
        SignedDuration::from_millis(seconds * per_mille).min(Self::MAX_PAUSE)
    }

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

    /// Returns the moment until which a failed message may be tried that is retried now: a day later, unless it lives
    /// longer anyway.
    #[must_use]
    pub fn second_expiry(now: Timestamp) -> Timestamp {
        after(now, SignedDuration::from_hours(24))
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

/// A queued message: its envelope, never its content.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OutboxItem)]
pub struct MessageEntry {
    /// 24 hexadecimal digits.
    #[schema(value_type = String, example = "6741c3a08f2b5d1e9c7a4b62")]
    pub id: Id,
    /// How it travels: `email`, `sms` or `webhook`.
    #[schema(value_type = String, example = "email")]
    pub kind: MessageKind,
    /// To whom: an address, a number, a URL.
    #[serde(rename = "to")]
    #[schema(example = "ada@example.com")]
    pub recipient: String,
    /// `waiting` or `failed`.
    #[schema(value_type = String, example = "failed")]
    pub state: MessageState,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last try failed.
    #[schema(example = "connection refused")]
    pub last_error: Option<String>,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it is tried next: RFC 3339, UTC.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_given_up_when_it_may_have_arrived_too_often_or_would_come_too_late() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let message = |attempts, seconds| QueuedMessage {
            id: Id::from_bytes([7; 12]),
            kind: MessageKind::Email,
            recipient: "ada@example.com".to_owned(),
            user_id: None,
            pending_proof: None,
            dies_with_change: false,
            payload: Vec::new(),
            created_at: now,
            not_before: now,
            expires_at: now + SignedDuration::from_secs(seconds),
            attempts,
        };
        let next = |attempts, seconds, may_have_arrived| {
            message(attempts, seconds).next_try(
                may_have_arrived,
                SignedDuration::ZERO,
                now,
                u16::MAX,
            )
        };
        let later = now + SignedDuration::from_millis(5000);
        assert_eq!(next(3, 6, false), Ok(later));
        assert_eq!(next(3, 5, false), Err("its content expires"));
        assert_eq!(next(2, 60, true).map(drop), Ok(()));
        assert_eq!(next(3, 60, true), Err("each of which may have arrived"));
    }
}
