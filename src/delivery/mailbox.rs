//! The mailbox of `serve --dev`, which keeps the newest messages in memory instead of sending them. It prints nothing;
//! code that shows messages subscribes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::broadcast;

use super::email::{EmailTransport, Mail};
use super::send_error::SendError;
use super::sms::{Sms, SmsTransport};
use crate::model::Id;

/// The number of messages that are kept.
const CAPACITY: usize = 200;

/// A message that would have been sent.
#[derive(Debug, Clone, Serialize)]
pub struct CaughtMessage {
    /// The message's id.
    pub id: Id,
    /// When it was queued.
    pub at: Timestamp,
    /// The recipient.
    pub to: String,
    /// The subject. Empty for SMS.
    pub subject: String,
    /// The text of the message.
    pub text: String,
    /// The HTML part of an email.
    pub html: Option<String>,
}

/// Keeps the newest 200 messages. Clones share them.
#[derive(Debug, Clone)]
pub struct Mailbox(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    messages: Mutex<VecDeque<CaughtMessage>>,
    arrivals: broadcast::Sender<CaughtMessage>,
}

impl Default for Mailbox {
    fn default() -> Self {
        Self(Arc::new(Inner {
            messages: Mutex::default(),
            arrivals: broadcast::Sender::new(CAPACITY),
        }))
    }
}

impl Mailbox {
    /// Returns the messages, newest first.
    #[must_use]
    pub fn messages(&self) -> Vec<CaughtMessage> {
        self.lock().iter().cloned().collect()
    }

    /// Returns a receiver of every message that arrives from now on. A receiver that lags by more than 200 messages
    /// misses the oldest.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<CaughtMessage> {
        self.0.arrivals.subscribe()
    }

    /// Deletes all messages.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn keep(&self, message: CaughtMessage) {
        {
            let mut messages = self.lock();
            messages.push_front(message.clone());
            messages.truncate(CAPACITY);
        }
        // Fails only if there are no subscribers.
        let _ = self.0.arrivals.send(message);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<CaughtMessage>> {
        self.0
            .messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl EmailTransport for Mailbox {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        self.keep(CaughtMessage {
            id: mail.id,
            at: mail.date,
            to: mail.to.clone(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            html: Some(mail.html.clone()),
        });
        Ok(())
    }

    async fn probe(&self) -> Result<String, SendError> {
        Ok("mail stays in the mailbox of this server".into())
    }
}

#[async_trait]
impl SmsTransport for Mailbox {
    async fn send(&self, sms: &Sms) -> Result<(), SendError> {
        self.keep(CaughtMessage {
            id: sms.id,
            at: sms.date,
            to: sms.to.to_string(),
            subject: String::new(),
            text: sms.text.clone(),
            html: None,
        });
        Ok(())
    }

    async fn probe(&self) -> Result<String, SendError> {
        Ok("SMS stay in the mailbox of this server".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::email::tests::mail;
    use crate::delivery::sms::tests::sms;

    #[tokio::test]
    async fn keeps_the_newest_first_and_tells_subscribers() {
        let mailbox = Mailbox::default();
        let mut arrivals = mailbox.subscribe();
        for number in 0..=CAPACITY {
            let mail = Mail {
                subject: number.to_string(),
                ..mail()
            };
            EmailTransport::send(&mailbox, &mail).await.unwrap();
            assert_eq!(arrivals.recv().await.unwrap().subject, number.to_string());
        }
        let messages = mailbox.clone().messages();
        assert_eq!(messages.len(), CAPACITY);
        assert_eq!(
            (
                messages[0].subject.as_str(),
                messages[CAPACITY - 1].subject.as_str()
            ),
            ("200", "1")
        );
        SmsTransport::send(&mailbox, &sms()).await.unwrap();
        let newest = &mailbox.messages()[0];
        assert_eq!(
            (&*newest.to, &newest.text, &*newest.subject, &newest.html),
            ("+14155550123", &sms().text, "", &None)
        );
        mailbox.clear();
        assert!(mailbox.messages().is_empty());
    }
}
