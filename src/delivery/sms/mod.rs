//! SMS: what one is, and the ways it leaves.

mod null;
#[cfg(feature = "aws")]
mod sns;
mod twilio;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{SendError, TEST_MESSAGE};
use crate::config::{SettingError, SmsBackend};
use crate::model::{Id, PhoneNumber};
use crate::random::{self, Random};
use null::Null;
use twilio::Twilio;

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

/// Returns the transport that is configured.
///
/// # Errors
/// The setting that cannot be used.
pub fn transport(backend: &SmsBackend) -> Result<Box<dyn SmsTransport>, SettingError> {
    Ok(match backend {
        SmsBackend::Null { log_bodies } => Box::new(Null::new(*log_bodies)),
        #[cfg(feature = "aws")]
        SmsBackend::Sns(sns) => Box::new(sns::Sns::new(sns)),
        #[cfg(not(feature = "aws"))]
        SmsBackend::Sns(_) => {
            let reason =
                "sns needs a program that was built with the cargo feature aws; use one, or twilio";
            return Err(SettingError::new("sms.backend", reason));
        }
        SmsBackend::Twilio(twilio) => Box::new(Twilio::new(twilio)?),
    })
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
