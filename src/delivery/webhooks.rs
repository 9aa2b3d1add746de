//! Webhooks: what one says, and how it leaves: a POST signed as Standard Webhooks describe it. Knows the receivers, not what
//! their events mean.

use std::error::Error as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::http_client::http_client;
use super::send_error::SendError;
use crate::config::{SettingError, Webhook};
use crate::model::{Email, Event, EventKind, Id, User, UserPublic};
use crate::secret::{ExposeSecret as _, SecretString};

/// How long a receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// One event for one receiver.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Call {
    /// The message's id in the outbox, the same at every try.
    pub(super) id: Id,
    /// To whom.
    pub(super) url: String,
    /// The event as JSON.
    pub(super) body: String,
}

/// What a webhook says.
#[derive(Serialize)]
struct Body<'a> {
    r#type: EventKind,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    /// The line of the audit trail.
    event_id: Id,
    /// To whom it happened, as far as it is known, also when the account is gone or never was.
    user_id: Option<Id>,
    email: Option<&'a str>,
    /// The account as the event left it.
    user: Option<UserPublic>,
    actor: &'a str,
    details: &'a serde_json::Map<String, serde_json::Value>,
}

/// What a webhook says of an event, as JSON.
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

/// The way to all receivers.
pub(super) struct Webhooks {
    client: Option<reqwest::Client>,
    receivers: Vec<Webhook>,
}

impl Webhooks {
    /// The way to these receivers.
    ///
    /// # Errors
    /// There can be no HTTP client.
    pub(super) fn to(receivers: &[Webhook]) -> Result<Self, SettingError> {
        let client = (!receivers.is_empty()).then(|| http_client(PATIENCE));
        Ok(Self {
            client: client
                .transpose()
                .map_err(|reason| SettingError::new("webhooks", reason))?,
            receivers: receivers.to_vec(),
        })
    }

    /// The receivers' URLs.
    pub(super) fn urls(&self) -> Vec<String> {
        self.receivers
            .iter()
            .map(|receiver| receiver.url.clone())
            .collect()
    }

    /// Posts an event, signed at `now`. Any answer but 2xx is a failure, and worth another try: receivers are repaired.
    /// 410 alone says that nobody wants it any more.
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
        let sent = client
            .post(&call.url)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signatures.join(" "))
            .body(call.body.clone())
            .send()
            .await;
        match sent.map(|answer| answer.status()) {
            Ok(status) if status.is_success() => Ok(()),
            Ok(StatusCode::GONE) => Err(SendError::permanent(
                "it answered 410 Gone: nobody wants this webhook any more",
            )),
            Ok(status) => Err(SendError::transient(&format!("it answered {status}"))),
            Err(error) => Err(SendError::transient(&reason(&error))),
        }
    }
}

/// `v1,` and the base64 of HMAC-SHA256 over id, time and body with dots between, under the key that the secret holds.
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

/// What went wrong, in the words of whoever saw it: those above only say that something did.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("it did not answer within {} s", PATIENCE.as_secs());
    }
    let mut cause = error.source();
    let mut reason = "the connection failed".to_owned();
    while let Some(error) = cause {
        reason = error.to_string();
        cause = error.source();
    }
    reason
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
