//! Checks which email addresses mail can reach. A non-ASCII local part needs a mail server with SMTPUTF8 (RFC 6531).

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::email::EmailTransport;
use super::transports::Transports;
use crate::config::Settings;
use crate::model::Email;

/// How long a request with such an email address waits for the mail server.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long an answer of the mail server is valid, and how long a missing one.
const HOLDS: Duration = Duration::from_mins(10);
const SILENCE: Duration = Duration::from_mins(1);

/// What the mail server supports, as far as it is known. It is only asked about non-ASCII email addresses.
#[derive(Clone)]
pub struct Reach {
    allowed: Option<bool>,
    transport: Arc<dyn EmailTransport>,
    /// Locked while the mail server is asked, so that concurrent requests ask it once.
    answer: Arc<Mutex<Option<Answer>>>,
}

struct Answer {
    takes: bool,
    until: Instant,
}

impl Reach {
    /// Creates the check from the setting, or from the mail transport if there is none.
    #[must_use]
    pub fn of(settings: &Settings, transports: &Transports) -> Self {
        Self {
            allowed: settings.email.allow_utf8_email,
            transport: Arc::clone(&transports.email),
            answer: Arc::default(),
        }
    }

    /// Returns whether mail can reach an email address. If the mail server can't be asked, the answer is yes, so that
    /// an outage rejects nobody.
    pub async fn reaches(&self, address: &Email) -> bool {
        if address.as_str().is_ascii() {
            return true;
        }
        if let Some(allowed) = self.allowed {
            return allowed;
        }
        let mut answer = self.answer.lock().await;
        match &*answer {
            Some(known) if known.until > Instant::now() => known.takes,
            _ => {
                let asked = timeout(PATIENCE, self.transport.takes_utf8()).await;
                let (takes, holds) = match asked {
                    Ok(Ok(takes)) => (takes, HOLDS),
                    Ok(Err(_)) | Err(_) => (true, SILENCE),
                };
                let until = Instant::now() + holds;
                *answer = Some(Answer { takes, until });
                takes
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;

    use super::*;
    use crate::delivery::email::Mail;
    use crate::delivery::send_error::SendError;

    /// A mail server with a fixed answer, or none.
    struct Server {
        says: Option<bool>,
        asked: AtomicUsize,
    }

    #[async_trait]
    impl EmailTransport for Server {
        async fn send(&self, _: &Mail) -> Result<(), SendError> {
            Ok(())
        }

        async fn takes_utf8(&self) -> Result<bool, SendError> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.says.ok_or_else(|| SendError::transient("away"))
        }

        async fn probe(&self) -> Result<String, SendError> {
            Ok(String::new())
        }
    }

    fn reach(says: Option<bool>, allowed: Option<bool>) -> (Reach, Arc<Server>) {
        let server = Arc::new(Server {
            says,
            asked: AtomicUsize::new(0),
        });
        let reach = Reach {
            allowed,
            transport: Arc::clone(&server) as _,
            answer: Arc::default(),
        };
        (reach, server)
    }

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    #[tokio::test]
    async fn the_mail_server_is_asked_once_and_only_for_addresses_beyond_ascii() {
        for takes in [false, true] {
            let (reach, server) = reach(Some(takes), None);
            assert!(reach.reaches(&email("ada@bücher.example")).await);
            assert_eq!(server.asked.load(Ordering::SeqCst), 0);
            for _ in 0..5 {
                assert_eq!(reach.reaches(&email("josé@example.com")).await, takes);
            }
            assert_eq!(server.asked.load(Ordering::SeqCst), 1);
            let outlived = Answer {
                takes: !takes,
                until: Instant::now(),
            };
            *reach.answer.lock().await = Some(outlived);
            assert_eq!(reach.reaches(&email("josé@example.com")).await, takes);
            assert_eq!(server.asked.load(Ordering::SeqCst), 2);
        }
    }

    #[tokio::test]
    async fn a_mail_server_that_is_away_refuses_nobody() {
        let (reach, server) = reach(None, None);
        for _ in 0..5 {
            assert!(reach.reaches(&email("josé@example.com")).await);
        }
        assert_eq!(server.asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn the_setting_decides_without_asking() {
        for allowed in [false, true] {
            let (reach, server) = reach(Some(!allowed), Some(allowed));
            assert_eq!(reach.reaches(&email("josé@example.com")).await, allowed);
            assert!(reach.reaches(&email("jose@example.com")).await);
            assert_eq!(server.asked.load(Ordering::SeqCst), 0);
        }
    }
}
