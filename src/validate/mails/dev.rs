//! The mailbox of `regstack serve --dev`, which also has the SMS.

use std::time::Duration;

use async_trait::async_trait;
use axum::http::Request;
use axum::http::header::ACCEPT;
use http_body_util::Full;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{Message, Read, Source};
use crate::delivery::http_client::HttpClient;

/// How long an answer may take.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// The messages at `/dev/mailbox`.
pub(crate) struct DevMailbox {
    client: HttpClient,
    url: Url,
}

impl DevMailbox {
    /// Returns the mailbox of the server at this URL.
    ///
    /// # Errors
    /// The HTTP client can't be set up.
    pub(crate) fn of(server: &Url) -> Result<Self, String> {
        let mut url = server.clone();
        url.set_path("/dev/mailbox");
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self {
            client: HttpClient::new(TIME_LIMIT)?,
            url,
        })
    }

    /// Returns whether the server has one.
    pub(crate) async fn is_there(&self) -> bool {
        self.read("nobody@example.invalid").await.is_ok()
    }

    /// Returns the messages to a recipient, newest first.
    async fn read(&self, to: &str) -> Read<Vec<Message>> {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair("q", to);
        let request = Request::get(url.as_str()).header(ACCEPT, "text/plain");
        let request = request.body(Full::default());
        let request = request.map_err(|error| error.to_string())?;
        let answer = self.client.request(request).await;
        let answer = answer.map_err(|error| error.to_string())?;
        if !answer.status.is_success() {
            let status = answer.status.as_u16();
            return Err(format!("GET /dev/mailbox answered {status}"));
        }
        Ok(messages(&String::from_utf8_lossy(&answer.body), to))
    }
}

/// Takes the plain text apart: each message begins with its date and its recipient.
fn messages(text: &str, to: &str) -> Vec<Message> {
    let text = format!("\n\n{text}");
    let blocks = text.split("\n\nDate: ").skip(1);
    let ours = blocks.filter(|block| {
        let recipient = block.lines().nth(1);
        recipient.and_then(|line| line.strip_prefix("To: ")) == Some(to)
    });
    ours.map(|block| Message {
        id: hex::encode(Sha256::digest(block.as_bytes())),
        text: block.to_owned(),
    })
    .collect()
}

#[async_trait]
impl Source for DevMailbox {
    async fn messages(&mut self, to: &str) -> Read<Vec<Message>> {
        self.read(to).await
    }

    async fn texts(&mut self, number: &str) -> Read<Vec<(String, String)>> {
        let mut texts = Vec::new();
        for message in self.read(number).await? {
            // Without the date and the number, which have digits too.
            let (_, text) = message.text.split_once("\n\n").unwrap_or_default();
            texts.push((message.id, text.to_owned()));
        }
        texts.reverse();
        Ok(texts)
    }

    fn name(&self) -> String {
        "the mailbox of serve --dev".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_text_is_taken_apart() {
        let text = "Date: 2026-11-30T00:00:00Z\nTo: ada@example.com\nSubject: Two\n\nHello\n\nDate: my birthday\n\n\
                    Date: 2026-11-29T00:00:00Z\nTo: +15551234567\n\nAcme code: 1234\n\n\
                    Date: 2026-11-29T00:00:00Z\nTo: ada@example.com\nSubject: One\n\nBye\n\n";
        let read = messages(text, "ada@example.com");
        assert_eq!(read.len(), 2);
        assert!(read[0].text.contains("Two") && read[1].text.contains("One"));
        assert_eq!(messages(text, "+15551234567").len(), 1);
        assert_eq!(messages("", "ada@example.com"), []);
    }
}
