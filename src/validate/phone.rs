//! The phone for codes by SMS, and who reads them.

use std::collections::HashSet;

use async_trait::async_trait;
use tokio::time::{Instant, sleep};

use super::mails::PAUSE;
use super::{Probe, Result, Trouble};
use crate::secret::SecretString;

/// Reads codes that were sent by SMS: a command, a log, or a person.
#[async_trait]
pub(crate) trait Codes: Send {
    /// Returns the texts that were sent to a number, each with something that identifies it. The last is the newest.
    async fn texts(&mut self, number: &str) -> std::result::Result<Vec<(String, String)>, String>;

    /// Returns whether this asks a person, who is only asked when a code was sent.
    fn is_person(&self) -> bool {
        false
    }
}

/// A phone number, and how its codes are read. Without a reader of its own, they are where the emails are.
pub(crate) struct SmsReader {
    pub(crate) number: String,
    pub(crate) codes: Option<Box<dyn Codes>>,
}

impl Probe<'_> {
    /// Returns what was sent to the phone before, so that the next code is a new one.
    pub(super) async fn old_texts(&mut self) -> HashSet<String> {
        let codes = self.phone.as_ref().and_then(|phone| phone.codes.as_ref());
        if codes.is_some_and(|codes| codes.is_person()) {
            return HashSet::new();
        }
        let texts = self.texts().await.unwrap_or_default();
        texts.into_iter().map(|(id, _)| id).collect()
    }

    async fn texts(&mut self) -> std::result::Result<Vec<(String, String)>, String> {
        let Some(phone) = &mut self.phone else {
            return Ok(Vec::new());
        };
        match (&mut phone.codes, &mut self.mails) {
            (Some(codes), _) => codes.texts(&phone.number).await,
            (None, Some(mails)) => mails.texts(&phone.number).await,
            (None, None) => Ok(Vec::new()),
        }
    }

    /// Waits for a new code.
    pub(super) async fn code_sent(&mut self, old: &HashSet<String>) -> Result<SecretString> {
        self.watch.does("waiting for the code by SMS");
        let deadline = Instant::now() + self.patience;
        loop {
            let read = self.texts().await;
            let texts = read.as_ref().map(Vec::as_slice).unwrap_or_default();
            let mut fresh = texts.iter().rev().filter(|(id, _)| !old.contains(id));
            if let Some(code) = fresh.find_map(|(_, text)| code_in(text)) {
                return Ok(code.into());
            }
            if Instant::now() >= deadline {
                let seconds = self.patience.as_secs();
                let problem = read.err().map(|error| format!(" ({error})"));
                let problem = problem.unwrap_or_default();
                return Err(Trouble::new(format!(
                    "the server says that it sent a code, and none arrived within {seconds} s{problem}"
                ))
                .remedy("regstack doctor --send-test NUMBER tests the SMS provider, and regstack outbox list shows what waits; sms.backend = \"null\" sends nothing"));
            }
            sleep(PAUSE).await;
        }
    }
}

/// Returns the code in a text: the digits after the last `#`, which browsers fill in, or else the longest run of digits.
fn code_in(text: &str) -> Option<&str> {
    let runs = |text| {
        str::split(text, |c: char| !c.is_ascii_digit()).filter(|run| (4..=10).contains(&run.len()))
    };
    let marked = text.rsplit_once('#').map(|(_, code)| code);
    let marked = marked.and_then(|code| runs(code).next().filter(|run| code.starts_with(run)));
    marked.or_else(|| runs(text).max_by_key(|run| run.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_text_is_found() {
        for (text, code) in [
            ("Acme code: 042719", Some("042719")),
            (
                "Acme 2000: 123456 is your code\n\n@accounts.example.com #123456",
                Some("123456"),
            ),
            ("رمزك هو 8204", Some("8204")),
            ("no code, only 123", None),
        ] {
            assert_eq!(code_in(text), code, "{text}");
        }
    }
}
