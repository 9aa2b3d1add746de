//! Mailpit, by its API (version 1).

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use axum::http::Request;
use http_body_util::Full;
use serde_json::Value;
use url::Url;

use super::message::message_to;
use super::{Message, Read, Source};
use crate::delivery::http_client::HttpClient;

/// How long an answer may take.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// The messages of a Mailpit server.
pub(crate) struct Mailpit {
    client: HttpClient,
    url: Url,
    /// The messages that were read, by Mailpit's id.
    read: HashMap<String, Option<Message>>,
}

impl Mailpit {
    /// Returns the Mailpit server at this URL.
    ///
    /// # Errors
    /// The HTTP client can't be set up.
    pub(crate) fn at(url: Url) -> Result<Self, String> {
        Ok(Self {
            client: HttpClient::new(TIME_LIMIT)?,
            url,
            read: HashMap::new(),
        })
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Read<Vec<u8>> {
        let mut url = self.url.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/api/v1/{path}"));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = Request::get(url.as_str()).body(Full::default());
        let request = request.map_err(|error| error.to_string())?;
        let answer = self.client.request(request).await;
        let answer = answer.map_err(|error| error.to_string())?;
        if answer.status.is_success() {
            Ok(answer.body)
        } else {
            let status = answer.status.as_u16();
            Err(format!("GET {} answered {status}", url.path()))
        }
    }
}

#[async_trait]
impl Source for Mailpit {
    async fn messages(&mut self, to: &str) -> Read<Vec<Message>> {
        let query = format!("to:\"{to}\"");
        let found = self
            .get("search", &[("query", query.as_str()), ("limit", "20")])
            .await?;
        let found: Value = serde_json::from_slice(&found)
            .map_err(|_| "it doesn't answer like Mailpit".to_owned())?;
        let mut messages = Vec::new();
        for entry in found["messages"].as_array().into_iter().flatten() {
            let Some(id) = entry["ID"].as_str().filter(|id| is_id(id)) else {
                continue;
            };
            if !self.read.contains_key(id) {
                let raw = self.get(&format!("message/{id}/raw"), &[]).await?;
                self.read.insert(id.to_owned(), message_to(&raw, to));
            }
            messages.extend(self.read[id].clone());
        }
        Ok(messages)
    }

    fn name(&self) -> String {
        format!("Mailpit at {}", self.url.origin().ascii_serialization())
    }
}

fn is_id(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use axum::extract::{Path, Query, State};
    use axum::routing::get;
    use axum::{Json, Router};
    use serde_json::json;

    use super::super::message::tests::mail;
    use super::*;

    /// Answers like Mailpit, with one message to the address that is searched for.
    async fn stand_in() -> Url {
        let search = async |Query(asked): Query<HashMap<String, String>>,
                            State(to): State<String>| {
            let ids = if asked["query"] == format!("to:\"{to}\"") {
                vec![
                    json!({"ID": "a1-_", "To": [{"Address": to}]}),
                    json!({"ID": "../x"}),
                ]
            } else {
                Vec::new()
            };
            Json(json!({"messages_count": ids.len(), "messages": ids}))
        };
        let raw = async |Path(id): Path<String>, State(to): State<String>| {
            assert_eq!(id, "a1-_");
            mail(&to, "https://a.example/verify?token=one")
        };
        let router = Router::new()
            .route("/mail/api/v1/search", get(search))
            .route("/mail/api/v1/message/{id}/raw", get(raw))
            .with_state("ada+1@example.com".to_owned());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { crate::validate::mails::tests::serve(listener, router).await });
        Url::parse(&format!("http://{address}/mail/")).unwrap()
    }

    #[tokio::test]
    async fn messages_are_found_by_their_recipient() {
        let mut mailpit = Mailpit::at(stand_in().await).unwrap();
        let found = mailpit.messages("ada+1@example.com").await.unwrap();
        assert_eq!(found.len(), 1);
        assert!(found[0].text.contains("verify?token=one"));
        assert_eq!(mailpit.messages("ada+1@example.com").await.unwrap(), found);
        assert_eq!(mailpit.messages("bob@example.com").await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_server_that_is_not_mailpit_is_named() {
        let mut url = stand_in().await;
        url.set_path("/");
        let mut mailpit = Mailpit::at(url).unwrap();
        let problem = mailpit.messages("ada@example.com").await.unwrap_err();
        assert_eq!(problem, "GET /api/v1/search answered 404");
    }
}
