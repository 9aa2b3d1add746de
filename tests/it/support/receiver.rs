//! A receiver of webhooks: keeps what comes, and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use regstack::internals::config::Webhook;
use regstack::internals::model::EventKind;
use serde_json::Value;
use sha2::Sha256;
use tokio::net::TcpListener;

/// The secret of every receiver: what is behind `whsec_` is 24 bytes.
pub(crate) const SECRET: &str = "whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5";

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Posted {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Posted {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The name of the event.
    pub(crate) fn event(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    /// Whether one of the signatures is the one that this secret makes, as the scheme says.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(&secret["whsec_".len()..]).unwrap();
        let mut hmac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        let head = format!(
            "{}.{}.",
            self.header("webhook-id"),
            self.header("webhook-timestamp")
        );
        hmac.update(head.as_bytes());
        hmac.update(&self.body);
        let wanted = hmac.finalize().into_bytes();
        self.header("webhook-signature")
            .split(' ')
            .any(|one| STANDARD.decode(&one["v1,".len()..]).unwrap() == wanted.as_slice())
    }
}

/// A server that takes webhooks until the test's runtime ends.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    posted: Arc<Mutex<Vec<Posted>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
    hangs: bool,
}

impl Receiver {
    /// One that takes everything, after these answers.
    pub(crate) async fn answering(answers: &[u16]) -> Self {
        Self::start(answers, false).await
    }

    /// One that never answers.
    pub(crate) async fn hanging() -> Self {
        Self::start(&[], true).await
    }

    async fn start(answers: &[u16], hangs: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/hooks", listener.local_addr().unwrap()),
            posted: Arc::default(),
            answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
            hangs,
        };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    /// As it is configured, for these events or all.
    pub(crate) fn webhook(&self, events: Option<&[EventKind]>) -> Webhook {
        Webhook {
            url: self.url.clone(),
            events: events.map(<[EventKind]>::to_vec),
            secrets: vec![SECRET.into()],
        }
    }

    pub(crate) fn posted(&self) -> Vec<Posted> {
        self.posted.lock().unwrap().clone()
    }

    pub(crate) fn events(&self) -> Vec<String> {
        self.posted().iter().map(Posted::event).collect()
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let body = body.to_vec();
    receiver
        .posted
        .lock()
        .unwrap()
        .push(Posted { headers, body });
    if receiver.hangs {
        std::future::pending::<()>().await;
    }
    let answer = receiver.answers.lock().unwrap().pop_front();
    StatusCode::from_u16(answer.unwrap_or(204)).unwrap()
}
