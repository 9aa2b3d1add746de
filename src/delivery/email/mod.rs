//! Mail: what one is, how it becomes a MIME message, and the ways it leaves.

mod console;
mod mime;
#[cfg(feature = "aws")]
mod ses;
mod smtp;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{SendError, TEST_MESSAGE};
use crate::config::{EmailBackend, EmailSettings, SettingError};
use crate::model::{Email, Id};
use crate::random::{self, Random};
use console::Console;
use mime::Sender;
use smtp::Smtp;

/// A mail, ready to be sent. Not printable: its texts carry links.
#[derive(Clone, Serialize, Deserialize)]
pub struct Mail {
    /// The message's id in the outbox; it makes the Message-ID, so it stays over retries.
    pub id: Id,
    /// When it was written.
    pub date: Timestamp,
    /// The bare address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl Mail {
    /// Returns a mail that says it is a test, dated `now`.
    #[must_use]
    pub fn test(app_name: &str, to: &Email, now: Timestamp, random: &dyn Random) -> Self {
        Self {
            id: Id::new(now, random::bytes(random)),
            date: now,
            to: to.to_string(),
            subject: format!("{app_name}: test message"),
            text: format!("{TEST_MESSAGE}\n"),
            html: format!(
                "<!doctype html>\n<html lang=\"en\">\n<title>Test message</title>\n<p>{TEST_MESSAGE}</p>\n</html>\n"
            ),
        }
    }
}

/// A way for mail to leave.
#[async_trait]
pub trait EmailTransport: Send + Sync {
    /// Hands the mail over; `Ok` when it was accepted. Bounded in time by the transport.
    async fn send(&self, mail: &Mail) -> Result<(), SendError>;

    /// Proves that mail could leave, as far as that can be seen without sending any: connects and logs in. `Ok` holds
    /// what was seen, the error the setting to look at; each one line for a person. Bounded in time likewise.
    async fn probe(&self) -> Result<String, SendError>;
}

/// Returns the transport that is configured.
///
/// # Errors
/// The setting that cannot be used: a CA file that cannot be read, say.
pub fn transport(
    settings: &EmailSettings,
    app_name: &str,
) -> Result<Box<dyn EmailTransport>, SettingError> {
    let sender = Sender::new(settings, app_name)?;
    Ok(match &settings.backend {
        EmailBackend::Console { log_bodies } => Box::new(Console::new(sender, *log_bodies)),
        EmailBackend::Smtp(smtp) => Box::new(Smtp::new(sender, smtp)?),
        #[cfg(feature = "aws")]
        EmailBackend::Ses(ses) => Box::new(ses::Ses::new(sender, ses)),
        #[cfg(not(feature = "aws"))]
        EmailBackend::Ses(_) => {
            let reason =
                "ses needs a program that was built with the cargo feature aws; use one, or smtp";
            return Err(SettingError::new("email.backend", reason));
        }
    })
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;
    use std::sync::{Arc, LazyLock};
    use std::time::Duration;

    use tracing::Dispatch;
    use tracing::subscriber::DefaultGuard;

    use super::*;
    use crate::config::{AwsCredentials, SesSettings, SmtpSecurity, SmtpSettings};

    /// The log of this thread, for as long as this lives.
    pub(in crate::delivery) struct Log {
        file: tempfile::NamedTempFile,
        _guard: DefaultGuard,
    }

    impl Log {
        pub(in crate::delivery) fn capture() -> Self {
            // While there is but one subscriber, tracing asks only the thread that meets a log line first whether anyone
            // wants it, and that thread may be another test's. With a second one it asks all.
            static SECOND: LazyLock<Dispatch> =
                LazyLock::new(|| Dispatch::new(tracing_subscriber::registry()));
            LazyLock::force(&SECOND);
            let file = tempfile::NamedTempFile::new().unwrap();
            let writer = Arc::new(file.reopen().unwrap());
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_ansi(false)
                .with_writer(writer)
                .finish();
            Self {
                file,
                _guard: tracing::subscriber::set_default(subscriber),
            }
        }

        pub(in crate::delivery) fn text(&self) -> String {
            std::fs::read_to_string(self.file.path()).unwrap()
        }
    }

    pub(in crate::delivery) fn mail() -> Mail {
        Mail {
            id: Id::from_bytes([0xab; 12]),
            date: Timestamp::from_second(1_800_000_000).unwrap(),
            to: "ada@example.com".into(),
            subject: "Hello".into(),
            text: "Hi,\n\nhttps://app.example/verify?token=abc\n".into(),
            html: "<p>Hi</p>".into(),
        }
    }

    #[test]
    fn a_backend_that_cannot_be_used_names_its_setting() {
        let refusal = |settings: EmailSettings| {
            let refused = transport(&settings, "Acme").err().expect("refused");
            refused.to_string()
        };
        let smtp = |ca_file: Option<&Path>| EmailSettings {
            backend: EmailBackend::Smtp(SmtpSettings {
                host: "localhost".into(),
                port: 587,
                security: SmtpSecurity::StartTls {
                    ca_file: ca_file.map(Into::into),
                },
                login: None,
                timeout: Duration::from_secs(30),
            }),
            ..EmailSettings::default()
        };
        for from_address in ["nobody", "a@b.example\r\nBcc: c@d.example"] {
            let settings = EmailSettings {
                from_address: from_address.into(),
                ..smtp(None)
            };
            assert!(refusal(settings).starts_with("email.from_address: "));
        }
        let missing = refusal(smtp(Some("/nowhere/ca.pem".as_ref())));
        assert!(missing.starts_with("email.smtp_ca_file: /nowhere/ca.pem: "));
        let empty = tempfile::NamedTempFile::new().unwrap();
        assert!(refusal(smtp(Some(empty.path()))).contains("no certificate"));
        assert!(transport(&smtp(None), "Acme").is_ok());
        let ses = transport(
            &EmailSettings {
                backend: EmailBackend::Ses(SesSettings {
                    region: "eu-west-1".into(),
                    credentials: AwsCredentials::Default,
                    endpoint_url: None,
                }),
                ..EmailSettings::default()
            },
            "Acme",
        );
        if cfg!(feature = "aws") {
            assert!(ses.is_ok());
        } else {
            let refused = ses.err().unwrap().to_string();
            assert!(refused.contains("feature aws"), "{refused}");
        }
    }
}
