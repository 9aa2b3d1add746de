//! Mail: what one is, how it becomes a MIME message, and the ways it leaves.

mod console;
mod mime;
#[cfg(feature = "aws")]
mod ses;
mod smtp;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SendError;
use crate::config::{EmailBackend, EmailSettings};
use crate::model::Id;

pub use console::Console;
#[cfg(feature = "aws")]
pub use ses::Ses;
pub use smtp::Smtp;

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

/// A way for mail to leave.
#[async_trait]
pub trait EmailTransport: Send + Sync {
    /// Hands the mail over; `Ok` when it was accepted. Bounded in time by the transport.
    async fn send(&self, mail: &Mail) -> Result<(), SendError>;

    /// Proves that mail could leave, as far as that can be seen without sending any: connects and logs in. `Ok` holds
    /// what was seen, the error the setting to look at; each one line for a person. Bounded in time likewise.
    async fn probe(&self) -> Result<String, SendError>;
}

/// The transport that is configured.
///
/// # Errors
/// A sentence that names the setting that cannot be used.
pub fn transport(
    settings: &EmailSettings,
    app_name: &str,
) -> Result<Box<dyn EmailTransport>, String> {
    match settings.backend {
        EmailBackend::Console => Ok(Box::new(Console::new(settings, app_name)?)),
        EmailBackend::Smtp => Ok(Box::new(Smtp::new(settings, app_name)?)),
        #[cfg(feature = "aws")]
        EmailBackend::Ses => Ok(Box::new(Ses::new(settings, app_name)?)),
        #[cfg(not(feature = "aws"))]
        EmailBackend::Ses => Err(
            "email.backend: ses needs a program that was built with the cargo feature aws; use one, or smtp"
                .into(),
        ),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::{Arc, LazyLock};

    use tracing::Dispatch;
    use tracing::subscriber::DefaultGuard;

    use super::*;

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
        let refusal =
            |settings: EmailSettings| transport(&settings, "Acme").err().expect("refused");
        let smtp = || EmailSettings {
            backend: EmailBackend::Smtp,
            smtp_host: Some("localhost".into()),
            ..EmailSettings::default()
        };
        assert!(
            refusal(EmailSettings {
                backend: EmailBackend::Ses,
                ses_access_key_id: Some("id".into()),
                ..EmailSettings::default()
            })
            .contains(if cfg!(feature = "aws") {
                "email.ses_secret_access_key"
            } else {
                "feature aws"
            })
        );
        assert!(
            refusal(EmailSettings {
                smtp_host: None,
                ..smtp()
            })
            .contains("email.smtp_host")
        );
        assert!(
            refusal(EmailSettings {
                from_address: "nobody".into(),
                ..smtp()
            })
            .contains("email.from_address")
        );
        assert!(
            refusal(EmailSettings {
                from_address: "a@b.example\r\nBcc: c@d.example".into(),
                ..EmailSettings::default()
            })
            .contains("email.from_address")
        );
        assert!(
            refusal(EmailSettings {
                smtp_username: Some("me".into()),
                ..smtp()
            })
            .contains("email.smtp_password")
        );
        assert!(
            refusal(EmailSettings {
                smtp_ca_file: Some("/nowhere/ca.pem".into()),
                ..smtp()
            })
            .contains("/nowhere/ca.pem")
        );
        let empty = tempfile::NamedTempFile::new().unwrap();
        assert!(
            refusal(EmailSettings {
                smtp_ca_file: Some(empty.path().into()),
                ..smtp()
            })
            .contains("no certificate")
        );
        assert!(transport(&smtp(), "Acme").is_ok());
    }
}
