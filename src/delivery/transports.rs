//! The transports for each kind of message.

use std::sync::Arc;

use super::email::{self, EmailTransport};
use super::mailbox::Mailbox;
use super::sms::{self, SmsTransport};
use super::webhooks::Webhooks;
use crate::config::{SettingError, Settings};

/// Transports that replace the configured ones.
#[derive(Clone, Default)]
pub struct OwnTransports {
    /// For mail.
    pub email: Option<Arc<dyn EmailTransport>>,
    /// For SMS.
    pub sms: Option<Arc<dyn SmsTransport>>,
}

impl From<&Mailbox> for OwnTransports {
    fn from(mailbox: &Mailbox) -> Self {
        Self {
            email: Some(Arc::new(mailbox.clone())),
            sms: Some(Arc::new(mailbox.clone())),
        }
    }
}

/// The transport for each kind of message.
pub struct Transports {
    pub(super) email: Arc<dyn EmailTransport>,
    pub(super) sms: Arc<dyn SmsTransport>,
    pub(super) webhooks: Webhooks,
}

impl Transports {
    /// Returns the transports in `own`, or else the configured ones. Webhooks are always sent to their receivers. Makes
    /// no connection.
    ///
    /// # Errors
    /// All settings that cannot be used, for example a CA file that cannot be read.
    pub fn new(settings: &Settings, own: OwnTransports) -> Result<Self, Vec<SettingError>> {
        let email = own.email.map_or_else(
            || email::transport(&settings.email, &settings.identity.app_name).map(Arc::from),
            Ok,
        );
        let sms = own
            .sms
            .map_or_else(|| sms::transport(&settings.sms).map(Arc::from), Ok);
        match (email, sms, Webhooks::to(&settings.webhooks)) {
            (Ok(email), Ok(sms), Ok(webhooks)) => Ok(Self {
                email,
                sms,
                webhooks,
            }),
            (email, sms, webhooks) => {
                let errors = [email.err(), sms.err(), webhooks.err()];
                Err(errors.into_iter().flatten().collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::delivery::email::Mail;
    use crate::delivery::sms::Sms;
    use crate::model::{Email, PhoneNumber};
    use crate::random::SeededRandom;

    #[tokio::test]
    async fn test_messages_say_what_they_are_and_go_out_at_once() {
        let mailbox = Mailbox::default();
        let transports = Transports::new(&Settings::default(), (&mailbox).into()).unwrap();
        let (now, random) = (Timestamp::UNIX_EPOCH, SeededRandom::new(1));
        let to = Email::parse("ada@example.com").unwrap();
        let number = PhoneNumber::parse("+14155550123").unwrap();
        let mail = Mail::test("Acme & Co", &to, now, &random);
        transports.email.send(&mail).await.unwrap();
        let sms = Sms::test("Acme & Co", &number, now, &random);
        transports.sms.send(&sms).await.unwrap();
        let [sms, mail] = <[_; 2]>::try_from(mailbox.messages()).unwrap();
        assert_eq!(mail.subject, "Acme & Co: test message");
        assert!(mail.text.contains("regstack doctor"), "{}", mail.text);
        assert!(mail.html.unwrap().contains("regstack doctor"));
        assert!(
            sms.text
                .starts_with("Acme & Co: test message. This is a test, sent with regstack doctor")
        );
    }

    #[tokio::test]
    async fn what_sends_nothing_has_nothing_to_prove() {
        let transports = Transports::new(&Settings::default(), OwnTransports::default()).unwrap();
        let seen = transports.email.probe().await.unwrap();
        assert!(seen.contains("email.backend = console"), "{seen}");
        let seen = transports.sms.probe().await.unwrap();
        assert!(seen.contains("sms.backend = null"), "{seen}");
    }
}
