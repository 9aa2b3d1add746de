//! Test messages. They are sent at once, without the outbox.

use std::time::Duration;

use tokio::time::timeout;

use super::{Ambient, App};
use crate::config::Settings;
use crate::delivery::email::{self, Mail};
use crate::delivery::sms::{self, Sms};
use crate::model::{Email, PhoneNumber};

/// The time limit. If it were too short, a message might be sent without anybody knowing.
const SENDING: Duration = Duration::from_secs(30);

/// The recipient of a test message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestRecipient {
    /// By email.
    Mail(Email),
    /// By SMS.
    Sms(PhoneNumber),
}

/// Why a test message wasn't sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TestError {
    /// The backend sends nothing.
    #[error("the backend sends nothing")]
    SendsNothing,
    /// There was no answer in time. It may have been sent anyway.
    #[error("there was no answer in time")]
    TooLate,
    /// It wasn't accepted, for this reason.
    #[error("{0}")]
    Refused(String),
}

/// Sends a test message with the transports in `ambient`, or else the configured ones. Returns the other side's answer, if
/// it is known.
///
/// # Errors
/// Why it wasn't sent. There is no time limit.
pub(crate) async fn send_test(
    to: &TestRecipient,
    settings: &Settings,
    ambient: &Ambient,
) -> Result<Option<String>, TestError> {
    let refused = |cause: &dyn std::fmt::Display| TestError::Refused(cause.to_string());
    let app_name = &settings.identity.app_name;
    let own = ambient.transports();
    let (now, random) = (ambient.clock.now(), &*ambient.random);
    match to {
        TestRecipient::Mail(to) => {
            let transport = match own.email {
                Some(own) => own,
                None if !settings.email.backend.sends() => return Err(TestError::SendsNothing),
                None => email::transport(&settings.email, app_name)
                    .map_err(|error| refused(&error))?
                    .into(),
            };
            let mail = Mail::test(app_name, to, now, random);
            let sent = transport.send_watched(&mail).await;
            sent.map_err(|error| refused(&error))
        }
        TestRecipient::Sms(to) => {
            let transport = match own.sms {
                Some(own) => own,
                None if !settings.sms.sends() => return Err(TestError::SendsNothing),
                None => sms::transport(&settings.sms)
                    .map_err(|error| refused(&error))?
                    .into(),
            };
            let sms = Sms::test(app_name, to, now, random);
            let sent = transport.send(&sms).await;
            sent.map(|()| None).map_err(|error| refused(&error))
        }
    }
}

impl App {
    /// Sends a test message at once, without the outbox. Returns the other side's answer, if it is known.
    ///
    /// # Errors
    /// Why it wasn't sent, after half a minute at the latest.
    pub(crate) async fn send_test(&self, to: &TestRecipient) -> Result<Option<String>, TestError> {
        let sending = send_test(to, &self.settings, &self.ambient);
        timeout(SENDING, sending)
            .await
            .unwrap_or(Err(TestError::TooLate))
    }

    /// Returns whether email leaves this server.
    pub(crate) fn sends_mail(&self) -> bool {
        self.ambient.transports().email.is_some() || self.settings.email.backend.sends()
    }

    /// Returns whether SMS leave this server.
    pub(crate) fn sends_sms(&self) -> bool {
        self.ambient.transports().sms.is_some() || self.settings.sms.sends()
    }
}
