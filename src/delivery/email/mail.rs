//! A mail, and what sends one.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::delivery::send_error::SendError;
use crate::delivery::text::TEST_MESSAGE;
use crate::model::{Email, Id};
use crate::random::{self, Random};

/// A mail, ready to be sent. Not printable: its texts carry links.
#[derive(Clone, Serialize, Deserialize)]
pub struct Mail {
    /// The message's id in the outbox; it makes the Message-ID, so it stays over retries.
    pub id: Id,
    /// When it was written.
    pub date: Timestamp,
    /// The bare address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl Mail {
    /// Returns a mail that says it is a test, dated `now`.
    #[must_use]
    pub fn test(app_name: &str, to: &Email, now: Timestamp, random: &dyn Random) -> Self {
        Self {
            id: Id::new(now, random::bytes(random)),
            date: now,
            to: to.to_string(),
            subject: format!("{app_name}: test message"),
            text: format!("{TEST_MESSAGE}\n"),
            html: format!(
                "<!doctype html>\n<html lang=\"en\">\n<title>Test message</title>\n<p>{TEST_MESSAGE}</p>\n</html>\n"
            ),
        }
    }
}

/// A way for mail to leave.
#[async_trait]
pub trait EmailTransport: Send + Sync {
    /// Hands the mail over; `Ok` when it was accepted. Bounded in time by the transport.
    async fn send(&self, mail: &Mail) -> Result<(), SendError>;

    /// The same, for a person who looks on: `Ok` holds what the other side answered, a queue id say, where it is known.
    /// The error may say more than that of [`Self::send`].
    async fn send_watched(&self, mail: &Mail) -> Result<Option<String>, SendError> {
        self.send(mail).await.map(|()| None)
    }

    /// Returns whether mail reaches addresses with characters beyond ASCII before their `@` (RFC 6531).
    async fn takes_utf8(&self) -> Result<bool, SendError> {
        Ok(true)
    }

    /// Proves that mail could leave, as far as that can be seen without sending any: connects and logs in. `Ok` holds
    /// what was seen, the error the setting to look at; each one line for a person. Bounded in time likewise.
    async fn probe(&self) -> Result<String, SendError>;
}
