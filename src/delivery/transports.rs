//! The ways out, as they are configured.

use jiff::Timestamp;

use super::email::{self, EmailTransport, Mail};
use super::sms::{self, Sms, SmsTransport};
use super::webhooks::Webhooks;
use super::{Mailbox, SendError};
use crate::config::Settings;
use crate::model::{Email, Id, PhoneNumber};
use crate::random::{self, Random};

/// One way out for each kind of message.
pub struct Transports {
    pub(super) email: Box<dyn EmailTransport>,
    pub(super) sms: Box<dyn SmsTransport>,
    pub(super) webhooks: Webhooks,
}

impl Transports {
    /// The configured transports; with a mailbox mail and SMS go there instead, webhooks to their receivers all the same.
    /// Asks no network anything.
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

    /// Whether mail could leave, without sending any: what was seen, or why not and which setting to look at.
    pub async fn probe_email(&self) -> Result<String, SendError> {
        self.email.probe().await
    }

    /// Whether SMS could leave, without sending any: what was seen, or why not and which setting to look at.
    pub async fn probe_sms(&self) -> Result<String, SendError> {
        self.sms.probe().await
    }

    /// Sends a mail that says it is a test, at once and past the outbox.
    pub async fn send_test_mail(
        &self,
        app_name: &str,
        to: &Email,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<(), SendError> {
        let mail = Mail {
            id: Id::new(now, random::bytes(random)),
            date: now,
            to: to.to_string(),
            subject: format!("{app_name}: test message"),
            text: format!("{TEST_MESSAGE}\n"),
            html: format!(
                "<!doctype html>\n<html lang=\"en\">\n<title>Test message</title>\n<p>{TEST_MESSAGE}</p>\n</html>\n"
            ),
        };
        self.email.send(&mail).await
    }

    /// Sends an SMS that says it is a test, at once and past the outbox.
    pub async fn send_test_sms(
        &self,
        app_name: &str,
        to: &PhoneNumber,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<(), SendError> {
        let sms = Sms {
            id: Id::new(now, random::bytes(random)),
            date: now,
            to: to.clone(),
            text: format!("{app_name}: test message. {TEST_MESSAGE}"),
        };
        self.sms.send(&sms).await
    }
}

/// What a test message says.
const TEST_MESSAGE: &str = "This was sent by regstack doctor; nothing needs to be done.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    #[tokio::test]
    async fn test_messages_say_what_they_are_and_go_out_at_once() {
        let mailbox = Mailbox::default();
        let transports = Transports::new(&Settings::default(), Some(&mailbox)).unwrap();
        let (now, random) = (Timestamp::UNIX_EPOCH, SeededRandom::new(1));
        let to = Email::parse("ada@example.com").unwrap();
        let number = PhoneNumber::parse("+14155550123").unwrap();
        let sent = transports.send_test_mail("Acme & Co", &to, now, &random);
        sent.await.unwrap();
        let sent = transports.send_test_sms("Acme & Co", &number, now, &random);
        sent.await.unwrap();
        let [sms, mail] = <[_; 2]>::try_from(mailbox.messages()).unwrap();
        assert_eq!(mail.subject, "Acme & Co: test message");
        assert!(mail.text.contains("regstack doctor"), "{}", mail.text);
        assert!(mail.html.unwrap().contains("regstack doctor"));
        assert!(
            sms.text
                .starts_with("Acme & Co: test message. This was sent by regstack doctor")
        );
    }

    #[tokio::test]
    async fn what_sends_nothing_has_nothing_to_prove() {
        let transports = Transports::new(&Settings::default(), None).unwrap();
        let seen = transports.probe_email().await.unwrap();
        assert!(seen.contains("email.backend = console"), "{seen}");
        let seen = transports.probe_sms().await.unwrap();
        assert!(seen.contains("sms.backend = null"), "{seen}");
    }
}
