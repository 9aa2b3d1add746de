//! The ways out, as they are configured.

use super::Mailbox;
use super::email::{self, EmailTransport};
use super::sms::{self, SmsTransport};
use super::webhooks::Webhooks;
use crate::config::Settings;

/// One way out for each kind of message.
pub struct Transports {
    pub(super) email: Box<dyn EmailTransport>,
    pub(super) sms: Box<dyn SmsTransport>,
    pub(super) webhooks: Webhooks,
}

impl Transports {
    /// The configured transports; with a mailbox mail and SMS go there instead, webhooks to their receivers all the same.
    ///
    /// # Errors
    /// A sentence for each that cannot be built (a CA file that cannot be read, say), which names the setting.
    pub fn new(settings: &Settings, mailbox: Option<&Mailbox>) -> Result<Self, Vec<String>> {
        let webhooks = Webhooks::to(&settings.webhooks);
        if let Some(mailbox) = mailbox {
            return Ok(Self {
                email: Box::new(mailbox.clone()),
                sms: Box::new(mailbox.clone()),
                webhooks: webhooks.map_err(|reason| vec![reason])?,
            });
        }
        let email = email::transport(&settings.email, &settings.identity.app_name);
        let sms = sms::transport(&settings.sms);
        match (email, sms, webhooks) {
            (Ok(email), Ok(sms), Ok(webhooks)) => Ok(Self {
                email,
                sms,
                webhooks,
            }),
            (email, sms, webhooks) => {
                let reasons = [email.err(), sms.err(), webhooks.err()];
                Err(reasons.into_iter().flatten().collect())
            }
        }
    }
}
