//! What happens around every request: its id, its origin, its line in the access log, the headers of its answer, its
//! time limit, and a task of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::time::{Instant, timeout};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::client::{Proxies, REQUEST_ID, request_id};
use super::error::ApiError;
use crate::app::Ambient;
use crate::config::Settings;
use crate::model::{Actor, Origin};
use crate::random::SharedRandom;

/// What an answer of the API may load and who may frame it: nothing and nobody.
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
const ONE_YEAR_HTTPS: &str = "max-age=31536000";

/// What [`observe`] needs to know.
#[derive(Clone)]
pub(super) struct Watch(Arc<Watching>);

struct Watching {
    random: SharedRandom,
    proxies: Proxies,
    https: bool,
}

impl Watch {
    pub(super) fn new(settings: &Settings, ambient: &Ambient) -> Self {
        let identity = &settings.identity;
        Self(Arc::new(Watching {
            random: ambient.random.clone(),
            proxies: Proxies::new(identity),
            https: identity.base_url.starts_with("https://"),
        }))
    }
}

/// Names the request and its origin, dresses the answer, and writes the access log.
pub(super) async fn observe(
    State(watch): State<Watch>,
    mut request: Request,
    next: Next,
) -> Response {
    let watching = &watch.0;
    let id = request_id(request.headers(), &*watching.random);
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|connect| connect.0.ip());
    let ip = peer.map(|peer| watching.proxies.client(peer, request.headers()));
    request.extensions_mut().insert(Origin {
        actor: Actor::Anonymous,
        ip,
        request_id: Some(id.clone()),
    });

    // At error level, so that the id stands beside what is logged even when only errors are.
    let span = tracing::error_span!("request", request_id = %id);
    let mut line = AccessLine {
        method: request.method().clone(),
        path: request.extensions().get::<MatchedPath>().cloned(),
        started: Instant::now(),
        span: span.clone(),
        status: None,
    };
    let mut response = next.run(request).instrument(span).await;
    line.status = Some(response.status());
    dress(response.headers_mut(), &id, watching.https);
    response
}

/// Adds what every answer carries. A page that set its own policy keeps it.
fn dress(headers: &mut HeaderMap, id: &str, https: bool) {
    let mut add = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    add(header::CACHE_CONTROL, "no-store");
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::REFERRER_POLICY, "no-referrer");
    add(header::CONTENT_SECURITY_POLICY, API_POLICY);
    if https {
        add(header::STRICT_TRANSPORT_SECURITY, ONE_YEAR_HTTPS);
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// One line of the access log, written when the answer is ready, or when the client has left before.
///
/// Of the request only the method and the route are logged: paths, queries and headers may carry tokens.
struct AccessLine {
    method: Method,
    path: Option<MatchedPath>,
    started: Instant,
    span: tracing::Span,
    status: Option<StatusCode>,
}

impl Drop for AccessLine {
    fn drop(&mut self) {
        let _entered = self.span.enter();
        let path = self.path.as_ref().map_or("(none)", MatchedPath::as_str);
        let ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match self.status {
            Some(status) => {
                tracing::info!(method = %self.method, path, status = status.as_u16(), ms, "answered")
            }
            None => {
                tracing::info!(method = %self.method, path, ms, "the client left before the answer")
            }
        }
    }
}

/// What [`isolate`] needs to know.
#[derive(Clone)]
pub(super) struct Isolation {
    /// Where the tasks are counted, so that a stop can await them.
    pub(super) tasks: TaskTracker,
    /// How long an answer may take, the arrival of the request's body included.
    pub(super) time_limit: Duration,
}

/// Until when the request's body has to be there.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyDeadline(pub(super) Instant);

/// Runs the handler in a task of its own: a client that leaves, or a time-out, never cuts a use case in half; a panic is
/// a 500 for this request alone.
pub(super) async fn isolate(
    State(isolation): State<Isolation>,
    mut request: Request,
    next: Next,
) -> Response {
    let limit = isolation.time_limit;
    // Half of the time is the client's, half is ours: a slow body is its 408 and never our 503.
    request
        .extensions_mut()
        .insert(BodyDeadline(Instant::now() + limit / 2));
    let task = isolation.tasks.spawn(next.run(request).in_current_span());
    match timeout(limit, task).await {
        Ok(Ok(response)) => response,
        // The panic's own text went to the panic hook; repeated here it could carry what the request held.
        Ok(Err(_)) => ApiError::internal("the handler panicked").into_response(),
        Err(_) => ApiError::timed_out().into_response(),
    }
}
