//! The ways out, as they are configured.

use super::Mailbox;
use super::email::{self, EmailTransport};
use super::sms::{self, SmsTransport};
use crate::config::Settings;

/// One way out for each kind of message.
pub struct Transports {
    pub(super) email: Box<dyn EmailTransport>,
    pub(super) sms: Box<dyn SmsTransport>,
}

impl Transports {
    /// The configured transports; with a mailbox mail and SMS go there instead.
    ///
    /// # Errors
    /// A sentence for each that cannot be built (a CA file that cannot be read, say), which names the setting.
    pub fn new(settings: &Settings, mailbox: Option<&Mailbox>) -> Result<Self, Vec<String>> {
        if let Some(mailbox) = mailbox {
            return Ok(Self {
                email: Box::new(mailbox.clone()),
                sms: Box::new(mailbox.clone()),
            });
        }
        let email = email::transport(&settings.email, &settings.identity.app_name);
        let sms = sms::transport(&settings.sms);
        match (email, sms) {
            (Ok(email), Ok(sms)) => Ok(Self { email, sms }),
            (email, sms) => Err([email.err(), sms.err()].into_iter().flatten().collect()),
        }
    }
}
