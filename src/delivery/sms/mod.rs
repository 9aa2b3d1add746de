//! SMS: its content and the transports.

mod message;
mod null;
#[cfg(feature = "aws")]
mod sns;
mod twilio;

use crate::config::{SettingError, SmsBackend};
use null::Null;
use twilio::Twilio;

pub use message::{Sms, SmsTransport};

/// Returns the configured transport.
///
/// # Errors
/// The invalid setting.
pub fn transport(backend: &SmsBackend) -> Result<Box<dyn SmsTransport>, SettingError> {
    Ok(match backend {
        SmsBackend::Null { log_bodies } => Box::new(Null::new(*log_bodies)),
        #[cfg(feature = "aws")]
        SmsBackend::Sns(sns) => Box::new(sns::Sns::new(sns)?),
        #[cfg(not(feature = "aws"))]
        SmsBackend::Sns(_) => {
            let reason =
                "this build has no sns: use twilio, or build regstack with the cargo feature aws";
            return Err(SettingError::new("sms.backend", reason));
        }
        SmsBackend::Twilio(twilio) => Box::new(Twilio::new(twilio)?),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::model::{Id, PhoneNumber};

    pub(in crate::delivery) fn sms() -> Sms {
        Sms {
            id: Id::from_bytes([0xab; 12]),
            date: Timestamp::from_second(1_800_000_000).unwrap(),
            to: PhoneNumber::parse("+14155550123").unwrap(),
            text: "Acme login code: 042719. It expires in 5 min.".into(),
        }
    }
}
