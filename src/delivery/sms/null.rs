//! The null transport: logs each SMS instead of sending it.

use async_trait::async_trait;

use super::message::{Sms, SmsTransport};
use crate::delivery::send_error::SendError;

/// Logs the phone number, and optionally the text.
pub(super) struct Null {
    log_bodies: bool,
}

impl Null {
    /// Returns a transport. With `log_bodies`, it also logs texts.
    pub(super) fn new(log_bodies: bool) -> Self {
        Self { log_bodies }
    }
}

#[async_trait]
impl SmsTransport for Null {
    async fn send(&self, sms: &Sms) -> Result<(), SendError> {
        // Strings are escaped by every log format.
        tracing::info!(
            to = sms.to.as_str(),
            text = self.log_bodies.then_some(sms.text.as_str()),
            "SMS"
        );
        Ok(())
    }

    async fn probe(&self) -> Result<String, SendError> {
        Ok("SMS are only logged (sms.backend = null)".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::email::tests::Log;
    use crate::delivery::sms::tests::sms;

    async fn logged(log_bodies: bool) -> String {
        let log = Log::capture();
        let sms = Sms {
            text: format!("{}\n\u{1b}[2J", sms().text),
            ..sms()
        };
        Null::new(log_bodies).send(&sms).await.unwrap();
        log.text()
    }

    #[tokio::test]
    async fn the_number_is_logged_on_one_line_and_the_code_when_asked_for_only() {
        let line = logged(false).await;
        assert!(
            line.contains("INFO") && line.contains("+14155550123"),
            "{line}"
        );
        assert!(!line.contains("042719") && !line.contains("code"), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
        let line = logged(true).await;
        assert!(
            line.contains("+14155550123") && line.contains("code: 042719"),
            "{line}"
        );
        assert!(
            line.lines().count() == 1 && !line.contains('\u{1b}'),
            "{line}"
        );
    }
}
