//! The way to a collector of traces: OTLP over the HTTP client of everything else, on the thread of whoever exports.

use std::fmt;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, Response};
use http_body_util::Full;
use opentelemetry_http::HttpError;
use tokio::runtime::{Builder, Runtime};

use super::http_client::HttpClient;

/// Posts to a collector. Blocks its thread, which must not be one of an asynchronous runtime.
pub struct Collector {
    client: HttpClient,
    /// None only while it is dropped.
    runtime: Option<Runtime>,
}

impl Collector {
    /// Returns a client that gives up a request after this time.
    ///
    /// # Errors
    /// Why there can be none, as a sentence.
    pub fn new(time_limit: Duration) -> Result<Self, String> {
        let runtime = Builder::new_current_thread().enable_all().build();
        Ok(Self {
            client: HttpClient::new(time_limit)?,
            runtime: Some(runtime.map_err(|error| error.to_string())?),
        })
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        // Dropped as it is, it would wait, which panics where the process is asynchronous.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Collector")
    }
}

#[async_trait::async_trait]
impl opentelemetry_http::HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let runtime = self.runtime.as_ref().ok_or("the client was dropped")?;
        let answer = runtime
            .block_on(self.client.request(request.map(Full::new)))
            .inspect_err(
                |error| tracing::debug!(%error, "no answer from the collector of traces"),
            )?;
        let mut response = Response::new(Bytes::from(answer.body));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}
