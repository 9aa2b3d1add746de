//! The HTTP client for requests to others: Twilio, Amazon, webhooks. Bounded in time and in what it reads, follows nobody
//! anywhere, trusts what the system trusts. Knows no provider.

mod connect;

use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::{HeaderMap, HeaderValue, PROXY_AUTHORIZATION, RETRY_AFTER, USER_AGENT};
use axum::http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Instant, timeout_at};

use self::connect::Connector;
use super::send_error::RetryAfter;
use super::text;

/// The most that is read of a body; of an endless one, that is its beginning.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The longest head of an answer.
const MAX_HEAD_BYTES: usize = 32 * 1024;

/// How long a connection is kept for the next request.
const IDLE_FOR: Duration = Duration::from_secs(30);

/// A client whose requests end within a time, answers read included. Cheap to clone.
#[derive(Clone)]
pub(super) struct HttpClient {
    client: Client<Connector, Full<Bytes>>,
    connector: Connector,
    time_limit: Duration,
}

/// An answer, as much of it as is read.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The beginning of the body, and all of any that is sensible; what came of one that broke off.
    pub(super) body: Vec<u8>,
}

/// Why there is no answer, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(super) struct NoAnswer {
    reason: String,
    pub(super) is_slow: bool,
}

impl HttpClient {
    /// Returns a client that connects with its first request.
    ///
    /// # Errors
    /// Why there can be none: the system's certificates cannot be read.
    pub(super) fn new(time_limit: Duration) -> Result<Self, String> {
        let connector = Connector::new()?;
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_FOR)
            .http1_max_buf_size(MAX_HEAD_BYTES)
            .build(connector.clone());
        Ok(Self {
            client,
            connector,
            time_limit,
        })
    }

    /// Makes a request. Once the head of the answer is there, so is an answer, whatever becomes of its body: what was
    /// accepted is not to be sent again.
    pub(super) async fn request(
        &self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Answer, NoAnswer> {
        let give_up = Instant::now() + self.time_limit;
        // The SDK of Amazon names itself.
        let name = concat!("regstack/", env!("CARGO_PKG_VERSION"));
        let headers = request.headers_mut();
        headers
            .entry(USER_AGENT)
            .or_insert(HeaderValue::from_static(name));
        if let Some(login) = self.connector.proxy_login(request.uri()) {
            request.headers_mut().insert(PROXY_AUTHORIZATION, login);
        }
        let response = match timeout_at(give_up, self.client.request(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                return Err(NoAnswer {
                    reason: text::causes(&error),
                    is_slow: false,
                });
            }
            Err(_) => {
                return Err(NoAnswer {
                    reason: format!("no answer within {} s", self.time_limit.as_secs()),
                    is_slow: true,
                });
            }
        };
        let (head, body) = response.into_parts();
        let mut beginning = Vec::new();
        // Given up, the body is dropped, and the connection with it.
        let _ = timeout_at(give_up, read(body, &mut beginning)).await;
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: beginning,
        })
    }
}

impl Answer {
    /// Until when the other side asks to be left alone, if it does.
    pub(super) fn retry_after(&self) -> Option<RetryAfter> {
        RetryAfter::parse(self.headers.get(RETRY_AFTER)?.to_str().ok()?)
    }
}

/// Reads a body up to its end, or until enough is read.
async fn read(mut body: Incoming, beginning: &mut Vec<u8>) {
    while let Some(Ok(frame)) = body.frame().await {
        let Some(data) = frame.data_ref() else {
            continue;
        };
        let room = MAX_BODY_BYTES - beginning.len();
        beginning.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            return;
        }
    }
}
