//! The HTTP client for requests to Twilio, Amazon, webhook receivers and providers. It limits the time and the size of
//! responses, follows no redirects, and trusts the system's certificate authorities. Independent of what is requested.

mod connect;
#[cfg(feature = "cli")]
mod insecure;

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
pub(crate) use self::connect::trusted;
use super::send_error::RetryAfter;
use super::text;
use crate::traces;

/// The most bytes that are read of a response body. The rest is ignored.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The longest head of a response.
const MAX_HEAD_BYTES: usize = 32 * 1024;

/// How long an idle connection is kept for the next request.
const IDLE_FOR: Duration = Duration::from_secs(30);

/// An HTTP client with a time limit for each request, including the response body. Cheap to clone.
#[derive(Clone)]
pub(crate) struct HttpClient {
    client: Client<Connector, Full<Bytes>>,
    connector: Connector,
    time_limit: Duration,
}

/// A response, up to the size limit.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The beginning of the body. A body of a reasonable size is complete, unless the connection broke.
    pub(crate) body: Vec<u8>,
}

/// Why there is no response, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct NoAnswer {
    reason: String,
    pub(crate) is_slow: bool,
}

impl HttpClient {
    /// Returns a client that connects with its first request.
    ///
    /// # Errors
    /// The system's certificates cannot be read.
    pub(crate) fn new(time_limit: Duration) -> Result<Self, String> {
        Ok(Self::over(Connector::new(trusted()?), time_limit))
    }

    /// Returns a client that accepts any certificate, for servers whose certificate no authority has signed. Whoever is
    /// between the two can read and change everything.
    ///
    /// # Errors
    /// TLS can't be set up.
    #[cfg(feature = "cli")]
    pub(crate) fn trusting_anyone(time_limit: Duration) -> Result<Self, String> {
        Ok(Self::over(Connector::new(insecure::trusted()?), time_limit))
    }

    fn over(connector: Connector, time_limit: Duration) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_FOR)
            .http1_max_buf_size(MAX_HEAD_BYTES)
            .build(connector.clone());
        Self {
            client,
            connector,
            time_limit,
        }
    }

    /// Sends a request and returns the response. Once the head of the response has arrived, the result is `Ok`, even if
    /// the body can't be read: a request that was accepted must not be sent again.
    pub(crate) async fn request(
        &self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Answer, NoAnswer> {
        let give_up = Instant::now() + self.time_limit;
        // Amazon's SDK sets its own user agent.
        let name = concat!("regstack/", env!("CARGO_PKG_VERSION"));
        let headers = request.headers_mut();
        headers
            .entry(USER_AGENT)
            .or_insert(HeaderValue::from_static(name));
        traces::tell(headers);
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
        // After a timeout, the body is dropped and the connection is closed.
        let _ = timeout_at(give_up, read(body, &mut beginning)).await;
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: beginning,
        })
    }
}

impl Answer {
    /// Returns how long the server asks clients to wait, if it does.
    pub(crate) fn retry_after(&self) -> Option<RetryAfter> {
        RetryAfter::parse(self.headers.get(RETRY_AFTER)?.to_str().ok()?)
    }
}

/// Reads a body until its end or the size limit.
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
