//! The mailbox of `serve --dev`: the newest messages, in memory, instead of sending them.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

/// A message that would have been sent.
#[derive(Debug, Clone, Serialize)]
pub struct CaughtMessage {
    /// When.
    pub at: Timestamp,
    /// To whom.
    pub to: String,
    /// Empty for SMS.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part, for mail.
    pub html: Option<String>,
}

/// Keeps the newest messages.
#[derive(Debug, Clone, Default)]
pub struct Mailbox(Arc<()>);

impl Mailbox {
    /// The messages, newest first.
    #[must_use]
    pub fn messages(&self) -> Vec<CaughtMessage> { unimplemented!() }

    /// Every message that arrives from now on.
    #[must_use]
    pub fn subscribe(&self) -> tokio::sync::broadcast::Receiver<CaughtMessage> { unimplemented!() }
}
