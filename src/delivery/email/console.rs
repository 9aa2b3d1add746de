//! The console transport: writes email to the log.

use async_trait::async_trait;

use super::mail::{EmailTransport, Mail};
use super::mime::Sender;
use crate::delivery::send_error::SendError;
use crate::delivery::text;

/// Logs the headers and links of an email, and optionally its whole text.
pub(super) struct Console {
    sender: Sender,
    log_bodies: bool,
}

impl Console {
    /// Returns a transport. With `log_bodies`, it also logs whole emails.
    pub(super) fn new(sender: Sender, log_bodies: bool) -> Self {
        Self { sender, log_bodies }
    }
}

#[async_trait]
impl EmailTransport for Console {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let links = text::links(&mail.text).join(" ");
        let (text, html) = if self.log_bodies {
            (Some(mail.text.as_str()), Some(mail.html.as_str()))
        } else {
            (None, None)
        };
        // Strings are escaped by every log format.
        tracing::info!(
            from = self.sender.shown().as_str(),
            to = mail.to.as_str(),
            subject = mail.subject.as_str(),
            links = links.as_str(),
            text,
            html,
            "mail"
        );
        Ok(())
    }

    async fn probe(&self) -> Result<String, SendError> {
        Ok("email is only written to the log (email.backend = console)".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::EmailSettings;
    use crate::delivery::email::tests::{Log, mail};

    async fn logged(log_bodies: bool) -> String {
        let log = Log::capture();
        let sender = Sender::new(&EmailSettings::default(), "Acme").unwrap();
        let console = Console::new(sender, log_bodies);
        console
            .send(&Mail {
                subject: "Hi\u{1b}[2J\n".into(),
                ..mail()
            })
            .await
            .unwrap();
        log.text()
    }

    #[tokio::test]
    async fn headers_and_links_are_logged_on_one_line_and_bodies_when_asked_for() {
        let line = logged(false).await;
        for part in [
            "Acme <noreply@example.com>",
            "ada@example.com",
            "Hi",
            "https://app.example/verify?token=abc",
        ] {
            assert!(line.contains(part), "{part} in {line}");
        }
        assert!(
            !line.contains("<p>")
                && !line.contains('\u{1b}')
                && line.trim_end().lines().count() == 1,
            "{line}"
        );
        let line = logged(true).await;
        assert!(
            line.contains("<p>Hi</p>") && line.trim_end().lines().count() == 1,
            "{line}"
        );
    }
}
