//! An email, and the trait of the transports that send it.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::delivery::send_error::SendError;
use crate::delivery::text::TEST_MESSAGE;
use crate::model::{Email, Id};
use crate::random::{self, Random};

/// An email, ready to be sent. It doesn't implement `Debug` or `Display`, because its texts have links.
#[derive(Clone, Serialize, Deserialize)]
pub struct Mail {
    /// The message's id in the outbox. The `Message-ID` is derived from it, so it stays the same when sending is
    /// retried.
    pub id: Id,
    /// When it was composed.
    pub date: Timestamp,
    /// The email address of the recipient, without a name.
    pub to: String,
    /// The subject, on one line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl Mail {
    /// Returns a test email with the date `now`.
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

/// Sends email.
#[async_trait]
pub trait EmailTransport: Send + Sync {
    /// Sends the email. Returns `Ok` if it was accepted. The transport limits the time this takes.
    async fn send(&self, mail: &Mail) -> Result<(), SendError>;

    /// Sends the email for a person who is watching. Returns the server's answer if it is known, such as a queue id.
    /// The error may have more details than that of [`Self::send`].
    async fn send_watched(&self, mail: &Mail) -> Result<Option<String>, SendError> {
        self.send(mail).await.map(|()| None)
    }

    /// Returns whether mail can reach addresses with non-ASCII characters before the `@` (RFC 6531).
    async fn takes_utf8(&self) -> Result<bool, SendError> {
        Ok(true)
    }

    /// Checks whether email could be sent, without sending any: connects and logs in. Returns a description of the
    /// result, or an error that names the setting to check, each as one line for people. The transport limits the time
    /// this takes.
    async fn probe(&self) -> Result<String, SendError>;
}
