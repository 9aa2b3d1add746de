//! An SMS, and the trait of the transports that send it.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::delivery::send_error::SendError;
use crate::delivery::text::TEST_MESSAGE;
use crate::model::{Id, PhoneNumber};
use crate::random::{self, Random};

/// An SMS, ready to be sent. It doesn't implement `Debug` or `Display`, because its text has a code.
#[derive(Clone, Serialize, Deserialize)]
pub struct Sms {
    /// The message's id in the outbox.
    pub id: Id,
    /// When it was composed.
    pub date: Timestamp,
    /// The recipient.
    pub to: PhoneNumber,
    /// The text.
    pub text: String,
}

impl Sms {
    /// Returns a test SMS with the date `now`.
    #[must_use]
    pub fn test(app_name: &str, to: &PhoneNumber, now: Timestamp, random: &dyn Random) -> Self {
        Self {
            id: Id::new(now, random::bytes(random)),
            date: now,
            to: to.clone(),
            text: format!("{app_name}: test message. {TEST_MESSAGE}"),
        }
    }
}

/// Sends SMS.
#[async_trait]
pub trait SmsTransport: Send + Sync {
    /// Sends the SMS. Returns `Ok` if it was accepted. The transport limits the time this takes.
    async fn send(&self, sms: &Sms) -> Result<(), SendError>;

    /// Checks whether SMS could be sent, without sending any: connects and logs in. Returns a description of the
    /// result, or an error that names the setting to check, each as one line for people. The transport limits the time
    /// this takes.
    async fn probe(&self) -> Result<String, SendError>;
}
