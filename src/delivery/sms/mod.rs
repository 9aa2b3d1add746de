//! SMS: what one is, and the ways it leaves.

mod null;
#[cfg(feature = "aws")]
mod sns;
mod twilio;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SendError;
use crate::config::{SmsBackend, SmsSettings};
use crate::model::{Id, PhoneNumber};

pub use null::Null;
#[cfg(feature = "aws")]
pub use sns::Sns;
pub use twilio::Twilio;

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

/// A way for SMS to leave.
#[async_trait]
pub trait SmsTransport: Send + Sync {
    /// Hands the SMS over; `Ok` when it was accepted. Bounded in time by the transport.
    async fn send(&self, sms: &Sms) -> Result<(), SendError>;

    /// Proves that SMS could leave, as far as that can be seen without sending any: connects and logs in. `Ok` holds
    /// what was seen, the error the setting to look at; each one line for a person. Bounded in time likewise.
    async fn probe(&self) -> Result<String, SendError>;
}

/// The transport that is configured.
///
/// # Errors
/// A sentence that names the setting that cannot be used.
pub fn transport(settings: &SmsSettings) -> Result<Box<dyn SmsTransport>, String> {
    match settings.backend {
        SmsBackend::Null => Ok(Box::new(Null::new(settings))),
        #[cfg(feature = "aws")]
        SmsBackend::Sns => Ok(Box::new(Sns::new(settings))),
        #[cfg(not(feature = "aws"))]
        SmsBackend::Sns => Err(
            "sms.backend: sns needs a program that was built with the cargo feature aws; use one, or twilio"
                .into(),
        ),
        SmsBackend::Twilio => Ok(Box::new(Twilio::new(settings)?)),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::delivery) fn sms() -> Sms {
        Sms {
            id: Id::from_bytes([0xab; 12]),
            date: Timestamp::from_second(1_800_000_000).unwrap(),
            to: PhoneNumber::parse("+14155550123").unwrap(),
            text: "Acme login code: 042719. It expires in 5 min.".into(),
        }
    }
}
