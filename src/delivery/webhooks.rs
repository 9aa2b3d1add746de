//! Webhooks: their content, and their delivery as a POST request signed as the Standard Webhooks specification
//! describes. Independent of the meaning of the events.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::Full;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::http_client::{Answer, HttpClient};
use super::send_error::SendError;
use super::text;
use crate::config::{SettingError, Webhook};
use crate::model::{Email, Event, EventKind, Id, User, UserPublic};
use crate::secret::{ExposeSecret as _, SecretString};

/// How long a receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// A webhook: one event for one receiver.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Call {
    /// The message's id in the outbox, the same for every delivery attempt.
    pub(super) id: Id,
    /// The receiver's URL.
    pub(super) url: String,
    /// The event as JSON.
    pub(super) body: String,
}

/// The body of a webhook.
#[derive(Serialize)]
struct Body<'a> {
    r#type: EventKind,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    /// The event, as recorded in the audit trail.
    event_id: Id,
    /// The account that the event is about, as far as it is known, even if the account was deleted or never existed.
    user_id: Option<Id>,
    email: Option<&'a str>,
    /// The account after the event.
    user: Option<UserPublic>,
    actor: &'a str,
    details: &'a serde_json::Map<String, serde_json::Value>,
}

/// Returns the body of the webhook for an event, as JSON.
pub(super) fn body(event: &Event, user: Option<&User>) -> String {
    let body = Body {
        r#type: event.kind,
        timestamp: event.at,
        data: Data {
            event_id: event.id,
            user_id: event.user_id,
            email: event.email.as_ref().map(Email::as_str),
            user: user.map(User::public),
            actor: &event.actor,
            details: &event.data,
        },
    };
    serde_json::to_string(&body).expect("texts, ids and times have a JSON form")
}

/// Sends webhooks to all receivers.
pub(super) struct Webhooks {
    client: Option<HttpClient>,
    receivers: Vec<Webhook>,
}

impl Webhooks {
    /// Creates the transport for these receivers.
    ///
    /// # Errors
    /// The HTTP client can't be created.
    pub(super) fn to(receivers: &[Webhook]) -> Result<Self, SettingError> {
        let client = (!receivers.is_empty()).then(|| HttpClient::new(PATIENCE));
        Ok(Self {
            client: client
                .transpose()
                .map_err(|reason| SettingError::new("webhooks", reason))?,
            receivers: receivers.to_vec(),
        })
    }

    /// Returns the receivers' URLs.
    pub(super) fn urls(&self) -> Vec<String> {
        self.receivers
            .iter()
            .map(|receiver| receiver.url.clone())
            .collect()
    }

    /// Sends an event, signed at `now`. Any response except 2xx is a failure that is retried, because receivers get
    /// repaired. Only 410 says that the receiver doesn't want the event any more.
    pub(super) async fn send(&self, call: &Call, now: Timestamp) -> Result<(), SendError> {
        let receiver = self
            .receivers
            .iter()
            .find(|receiver| receiver.url == call.url);
        let (Some(receiver), Some(client)) = (receiver, &self.client) else {
            return Err(SendError::transient(
                "no webhook is configured for this URL",
            ));
        };
        let (id, timestamp) = (call.id.to_string(), now.as_second().to_string());
        let signatures: Vec<String> = receiver
            .secrets
            .iter()
            .map(|secret| signature(secret, [&id, &timestamp, &call.body]))
            .collect();
        let request = Request::post(&call.url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signatures.join(" "))
            .body(Full::new(Bytes::from(call.body.clone())));
        let request = request.map_err(|fault| SendError::permanent(&fault.to_string()))?;
        let answer = match client.request(request).await {
            Ok(answer) => answer,
            Err(error) if error.is_slow => {
                let seconds = PATIENCE.as_secs();
                let reason = format!("it did not answer within {seconds} s");
                return Err(SendError::transient(&reason));
            }
            Err(error) => return Err(SendError::transient(&error.to_string())),
        };
        if answer.status.is_success() {
            return Ok(());
        }
        if answer.status == StatusCode::GONE {
            return Err(SendError::permanent(
                "it answered 410 Gone: the receiver no longer wants this webhook",
            ));
        }
        let reason = format!("it answered {}{}", answer.status, words_of(&answer));
        Err(SendError::transient(&reason).after(answer.retry_after()))
    }
}

/// Returns the text of a response in addition to its status, if it is plain text or JSON.
fn words_of(answer: &Answer) -> String {
    let kind = answer.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("text/plain") && !kind.starts_with("application/json") {
        return String::new();
    }
    let words = text::one_line(&String::from_utf8_lossy(&answer.body));
    let words: String = words.chars().take(text::MAX_WORDS).collect();
    if words.is_empty() {
        words
    } else {
        format!(": {words}")
    }
}

/// Returns `v1,` and the Base64 of the HMAC-SHA256 of id, time and body, joined with dots. The key is in the secret.
fn signature(secret: &SecretString, parts: [&str; 3]) -> String {
    let key = secret
        .expose_secret()
        .strip_prefix("whsec_")
        .and_then(|key| STANDARD.decode(key).ok())
        .map(Zeroizing::new)
        .expect("the settings are checked");
    let hmac = Hmac::<Sha256>::new_from_slice(&key).expect("a key of any length is a key to HMAC");
    let signed = hmac.chain_update(parts.join(".")).finalize();
    format!("v1,{}", STANDARD.encode(signed.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_of_the_published_example() {
        let secret = SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let parts = [
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            r#"{"test": 2432232314}"#,
        ];
        assert_eq!(
            signature(&secret, parts),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
