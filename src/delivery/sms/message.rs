//! An SMS, and what sends one.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::delivery::send_error::SendError;
use crate::delivery::text::TEST_MESSAGE;
use crate::model::{Id, PhoneNumber};
use crate::random::{self, Random};

/// An SMS, ready to be sent. Not printable: its text carries a code.
#[derive(Clone, Serialize, Deserialize)]
pub struct Sms {
    /// The message's id in the outbox.
    pub id: Id,
    /// When it was written.
    pub date: Timestamp,
    /// To whom.
    pub to: PhoneNumber,
    /// What it says.
    pub text: String,
}

impl Sms {
    /// Returns an SMS that says it is a test, dated `now`.
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

/// A way for SMS to leave.
#[async_trait]
pub trait SmsTransport: Send + Sync {
    /// Hands the SMS over; `Ok` when it was accepted. Bounded in time by the transport.
    async fn send(&self, sms: &Sms) -> Result<(), SendError>;

    /// Proves that SMS could leave, as far as that can be seen without sending any: connects and logs in. `Ok` holds
    /// what was seen, the error the setting to look at; each one line for a person. Bounded in time likewise.
    async fn probe(&self) -> Result<String, SendError>;
}
