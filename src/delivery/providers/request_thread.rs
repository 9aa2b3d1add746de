//! Sends requests to providers, on a separate thread and runtime, so that a slow provider delays no other request.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::Request;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::Full;
use serde_json::{Map, Value};
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, mpsc, oneshot};
use url::form_urlencoded;

use super::{Client, ProviderError};
use crate::delivery::http_client::{Answer, HttpClient, NoAnswer};
use crate::secret::ExposeSecret as _;

/// The time limit of a request.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// The number of requests in flight at the same time.
const AT_ONCE: usize = 32;
/// The number of requests that may wait. More are refused.
const WAITING: usize = 256;

struct Job {
    request: Request<Full<Bytes>>,
    answer: oneshot::Sender<Result<Answer, NoAnswer>>,
}

/// A handle to the thread. The thread ends when the last clone is dropped.
#[derive(Clone)]
pub(super) struct RequestThread(mpsc::Sender<Job>);

impl RequestThread {
    /// Starts the thread.
    pub(super) fn open() -> Result<Self, String> {
        let client = HttpClient::new(TIME_LIMIT)?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let (jobs, mut waiting) = mpsc::channel::<Job>(WAITING);
        let work = async move {
            let places = Arc::new(Semaphore::new(AT_ONCE));
            while let Some(job) = waiting.recv().await {
                let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                    return;
                };
                let client = client.clone();
                tokio::spawn(async move {
                    let answer = client.request(job.request).await;
                    drop(place);
                    // The caller may have given up.
                    let _ = job.answer.send(answer);
                });
            }
        };
        thread::Builder::new()
            .name("providers".to_owned())
            .spawn(move || runtime.block_on(work))
            .map_err(|error| error.to_string())?;
        Ok(Self(jobs))
    }

    async fn ask(&self, request: Request<Full<Bytes>>) -> Result<Answer, ProviderError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let busy = || ProviderError::unavailable("too many requests to providers are under way");
        let (answer, answered) = oneshot::channel();
        let job = Job { request, answer };
        self.0.try_send(job).map_err(|_| busy())?;
        match answered.await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(ProviderError::unavailable(&format!("{host}: {error}"))),
            Err(_) => Err(busy()),
        }
    }

    /// Fetches a JSON object, authorized by an access token if there is one.
    pub(super) async fn fetch(
        &self,
        url: &str,
        token: Option<&str>,
    ) -> Result<Bytes, ProviderError> {
        let mut request = Request::get(url).header(ACCEPT, "application/json");
        if let Some(token) = token {
            let value = format!("Bearer {token}");
            let mut value = HeaderValue::from_str(&value).map_err(|_| {
                ProviderError::unavailable("the provider's access token has invalid characters")
            })?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let request = request.body(Full::default());
        let request = request.map_err(|error| {
            ProviderError::unavailable(&format!("can't send a request to {url}: {error}"))
        })?;
        let answer = self.ask(request).await?;
        if answer.status.is_success() {
            return Ok(answer.body.into());
        }
        let status = answer.status.as_u16();
        Err(ProviderError::unavailable(&format!(
            "{url} answers {status}"
        )))
    }

    /// Exchanges an authorization code for tokens (RFC 6749 §4.1.3).
    pub(super) async fn redeem(
        &self,
        endpoint: &str,
        client: &Client,
        (code, verifier): (&str, &str),
        login: Login,
    ) -> Result<Map<String, Value>, ProviderError> {
        let mut request = Request::post(endpoint)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if login == Login::Basic {
            request = request.header(AUTHORIZATION, client.basic());
        }
        let form = client.form(code, verifier, login);
        let request = request.body(Full::new(Bytes::from(form)));
        let request = request.map_err(|error| {
            ProviderError::unavailable(&format!("can't send a request to {endpoint}: {error}"))
        })?;
        let answer = self.ask(request).await?;
        let status = answer.status;
        let said: Option<Map<String, Value>> = serde_json::from_slice(&answer.body).ok();
        let error = said.as_ref().and_then(|said| said.get("error")?.as_str());
        match (error, status.is_success()) {
            // GitHub reports errors with a success status.
            (Some(error), _) if !status.is_server_error() => {
                // Only the error code is shown: the description may quote the secrets in the request.
                let error: String = error.chars().take(100).collect();
                Err(ProviderError::refused(&format!(
                    "{endpoint} returned the error {error}"
                )))
            }
            (None, true) => said.ok_or_else(|| {
                ProviderError::unavailable(&format!("{endpoint} does not answer with JSON"))
            }),
            _ => {
                let status = status.as_u16();
                Err(ProviderError::unavailable(&format!(
                    "{endpoint} answers {status}"
                )))
            }
        }
    }
}

impl Client {
    /// Returns client id and secret as a Basic header, form-encoded as RFC 6749 §2.3.1 requires.
    fn basic(&self) -> String {
        let encoded =
            |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
        let secret = encoded(self.secret.expose_secret());
        let pair = format!("{}:{secret}", encoded(&self.id));
        format!("Basic {}", STANDARD.encode(pair))
    }

    /// Returns the form of a token request.
    fn form(&self, code: &str, verifier: &str, login: Login) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("code_verifier", verifier);
        if login == Login::Form {
            form.append_pair("client_id", &self.id)
                .append_pair("client_secret", self.secret.expose_secret());
        }
        form.finish()
    }
}

/// How the client authenticates at the token endpoint (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Login {
    /// With a Basic header.
    Basic,
    /// With parameters in the form.
    Form,
}
