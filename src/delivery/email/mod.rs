//! Email: its content, its conversion to a MIME message, and the transports.

mod console;
mod mail;
mod mime;
#[cfg(feature = "aws")]
mod ses;
mod smtp;

use crate::config::{EmailBackend, EmailSettings, SettingError};
use console::Console;
use mime::Sender;
use smtp::Smtp;

pub use mail::{EmailTransport, Mail};
pub use smtp::hello_name;

/// Returns the configured transport.
///
/// # Errors
/// The invalid setting, such as a CA file that can't be read.
pub fn transport(
    settings: &EmailSettings,
    app_name: &str,
) -> Result<Box<dyn EmailTransport>, SettingError> {
    let sender = Sender::new(settings, app_name)?;
    Ok(match &settings.backend {
        EmailBackend::Console { log_bodies } => Box::new(Console::new(sender, *log_bodies)),
        EmailBackend::Smtp(smtp) => Box::new(Smtp::new(sender, smtp)?),
        #[cfg(feature = "aws")]
        EmailBackend::Ses(ses) => Box::new(ses::Ses::new(sender, ses)?),
        #[cfg(not(feature = "aws"))]
        EmailBackend::Ses(_) => {
            let reason =
                "this build has no ses: use smtp, or build regstack with the cargo feature aws";
            return Err(SettingError::new("email.backend", reason));
        }
    })
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;
    use std::sync::{Arc, LazyLock};
    use std::time::Duration;

    use jiff::Timestamp;
    use tracing::Dispatch;
    use tracing::subscriber::DefaultGuard;

    use super::*;
    use crate::config::{AwsCredentials, SesSettings, SmtpSecurity, SmtpSettings};
    use crate::model::Id;

    /// Captures the log of this thread while the value exists.
    pub(in crate::delivery) struct Log {
        file: tempfile::NamedTempFile,
        _guard: DefaultGuard,
    }

    impl Log {
        pub(in crate::delivery) fn capture() -> Self {
            // With only one subscriber, tracing asks only the thread that first reaches a log call whether it is
            // enabled, and that thread may belong to another test. With a second subscriber, it asks all of them.
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
                helo_name: None,
                own_host: "app.example".into(),
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
