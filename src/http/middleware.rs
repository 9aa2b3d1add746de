//! The middleware of every request: its id and origin, the access log, response headers, the time limit, and a separate
//! task if the handler has to wait.

use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::client_address::{Proxies, REQUEST_ID, request_id};
use super::error::{ApiError, RefusalCode};
use crate::app::{Ambient, App};
use crate::config::Settings;
use crate::metrics::Metrics;
use crate::model::{Actor, Language, Origin, UserAgent};
use crate::random::SharedRandom;
use crate::traces;

/// What an API response may load, and who may frame it: nothing and nobody.
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
const ONE_YEAR_HTTPS: &str = "max-age=31536000";

/// The middleware that gives each request its id and origin, and completes and logs the response.
pub(super) struct RequestContext {
    random: SharedRandom,
    proxies: Proxies,
    https: bool,
    metrics: Arc<Metrics>,
}

impl RequestContext {
    pub(super) fn new(settings: &Settings, ambient: &Ambient, metrics: &Arc<Metrics>) -> Self {
        Self {
            random: ambient.random.clone(),
            proxies: Proxies::new(&settings.identity),
            https: settings.identity.base_url.starts_with("https://"),
            metrics: Arc::clone(metrics),
        }
    }

    /// Sets the request's id and origin, adds the response headers, and writes the access log.
    pub(super) async fn run<F: Future<Output = Response>>(
        &self,
        mut request: Request,
        inner: impl FnOnce(Request) -> F,
    ) -> Response {
        let id = request_id(request.headers(), &*self.random);
        let ip = client_address(&self.proxies, request.headers(), request.extensions());
        let languages = preferred_languages(request.headers());
        let user_agent = user_agent(request.headers());
        request.extensions_mut().insert(Origin {
            actor: Actor::Anonymous,
            ip,
            request_id: Some(id.clone()),
            languages,
            user_agent,
        });

        // At error level, so that log lines have the id even if only errors are logged.
        let span =
            tracing::error_span!("request", request_id = %id, user_id = tracing::field::Empty);
        let path = request.extensions().get::<MatchedPath>().cloned();
        let trace = traces::Span::of_request(
            request.method().as_str(),
            path.as_ref().map(MatchedPath::as_str),
            &id,
            request.headers(),
            peer(request.extensions()).is_some_and(|peer| self.proxies.include(peer)),
        );
        let mut line = AccessLine {
            method: request.method().clone(),
            path,
            started: Instant::now(),
            metrics: Arc::clone(&self.metrics),
            span: span.clone(),
            trace,
            ip,
            status: None,
            code: None,
        };
        let answer = inner(request).instrument(span);
        let mut response = line.trace.around(answer).await;
        line.status = Some(response.status());
        line.code = response.extensions().get().copied();
        add_headers(response.headers_mut(), &id, self.https);
        response
    }
}

/// Returns the origin of a request that didn't pass [`RequestContext::run`]: one for a host application's own route.
pub(super) fn origin(headers: &HeaderMap, extensions: &Extensions, app: &App) -> Origin {
    Origin {
        actor: Actor::Anonymous,
        ip: client_address(&Proxies::new(&app.settings.identity), headers, extensions),
        request_id: Some(request_id(headers, &*app.ambient.random)),
        languages: preferred_languages(headers),
        user_agent: user_agent(headers),
    }
}

/// The client's `User-Agent`.
fn user_agent(headers: &HeaderMap) -> Option<UserAgent> {
    UserAgent::of(headers.get(header::USER_AGENT)?.as_bytes())
}

/// Returns the languages in `Accept-Language` (RFC 9110, section 12.5.4), best first. Languages of equal weight keep
/// their order.
fn preferred_languages(headers: &HeaderMap) -> Vec<Language> {
    /// The maximum number of languages; the rest is ignored.
    const MOST: usize = 20;
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let valued = lines.flat_map(|line| line.split(',')).take(MOST);
    let mut valued: Vec<(Language, f32)> = valued
        .filter_map(|one| {
            let mut parts = one.split(';').map(str::trim);
            let language = Language::parse(parts.next()?)?;
            let value = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok());
            Some((language, value.unwrap_or(1.0)))
        })
        .filter(|(_, value)| *value > 0.0)
        .collect();
    valued.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    valued.into_iter().map(|(language, _)| language).collect()
}

/// Returns the address of the direct peer.
pub(super) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(peer.0.ip())
}

fn client_address(
    proxies: &Proxies,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Option<IpAddr> {
    Some(proxies.client(peer(extensions)?, headers))
}

/// Adds the headers of every response. A page that sets its own policy keeps it.
fn add_headers(headers: &mut HeaderMap, id: &str, https: bool) {
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

/// One line of the access log, written when the response is ready or when the client disconnects.
///
/// It has only the method, the route and the client's IP address of the request: paths, queries and headers may contain
/// tokens.
struct AccessLine {
    method: Method,
    path: Option<MatchedPath>,
    started: Instant,
    metrics: Arc<Metrics>,
    span: tracing::Span,
    trace: traces::Span,
    ip: Option<IpAddr>,
    status: Option<StatusCode>,
    code: Option<RefusalCode>,
}

impl Drop for AccessLine {
    fn drop(&mut self) {
        let _entered = self.span.enter();
        let path = self.path.as_ref().map_or("(none)", MatchedPath::as_str);
        let took = self.started.elapsed();
        let status = self.status.map(|status| status.as_u16());
        self.trace.answered(status);
        self.metrics
            .requests
            .count(self.method.as_str(), path, status, took);
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let ip = self.ip.map(tracing::field::display);
        let code = self.code.map(|code| tracing::field::display(code.0));
        if let Some(status) = status {
            tracing::info!(method = %self.method, path, status, ms, ip, code, "answered");
        } else {
            tracing::info!(method = %self.method, path, ms, ip, "client disconnected before the response");
        }
    }
}

/// The middleware that protects handlers from interruption.
pub(super) struct RequestTasks {
    /// The running tasks, so that the server can wait for them when it stops.
    pub(super) tasks: TaskTracker,
    /// The maximum time for a response, including the arrival of the request's body.
    pub(super) time_limit: Duration,
}

/// When the request's body has to be complete.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyDeadline(pub(super) Instant);

impl RequestTasks {
    /// Runs the handler so that neither a disconnecting client nor a timeout interrupts it halfway, and a panic becomes a
    /// 500 for this request alone. The handler moves to a separate task as soon as it has to wait. A handler that never
    /// waits is finished before anything can interrupt it.
    pub(super) async fn run<F: Future<Output = Response> + Send + 'static>(
        &self,
        mut request: Request,
        inner: impl FnOnce(Request) -> F,
    ) -> Response {
        let limit = self.time_limit;
        let started = Instant::now();
        // The body has half of the time to arrive, so that a slow client gets a 408 rather than a 503.
        request
            .extensions_mut()
            .insert(BodyDeadline(started + limit / 2));
        let mut handler = Box::pin(inner(request).in_current_span());
        // The panic hook already logged the message. It isn't repeated here because it could contain data of the request.
        let panicked = || ApiError::internal(&"the handler panicked").into_response();
        let begun = poll_fn(|context| {
            let begun = catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(context)));
            Poll::Ready(begun)
        });
        match begun.await {
            Ok(Poll::Ready(response)) => return response,
            Ok(Poll::Pending) => {}
            Err(_) => return panicked(),
        }
        let task = self.tasks.spawn(traces::carried(handler));
        match timeout_at(started + limit, task).await {
            Ok(Ok(response)) => response,
            Ok(Err(_)) => panicked(),
            Err(_) => ApiError::timed_out().into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use axum::Router;
    use axum::body::Body;
    use axum::extract::State;
    use axum::middleware::{Next, from_fn_with_state};
    use axum::routing::get;
    use http_body_util::BodyExt as _;
    use tokio::sync::Notify;
    use tokio::time::timeout;
    use tower::ServiceExt as _;

    use super::*;
    use crate::config::Identity;
    use crate::http::extract::Client;
    use crate::random::SeededRandom;

    fn app(routes: Router, tasks: &TaskTracker, milliseconds: u64, base_url: &str) -> Router {
        let settings = Settings {
            identity: Identity {
                base_url: base_url.into(),
                behind_proxy: true,
                ..Identity::default()
            },
            ..Settings::default()
        };
        let ambient = Ambient {
            random: Arc::new(SeededRandom::new(1)),
            ..Ambient::system()
        };
        let request_tasks = RequestTasks {
            tasks: tasks.clone(),
            time_limit: Duration::from_millis(milliseconds),
        };
        let context = RequestContext::new(&settings, &ambient, &Arc::default());
        routes.layer(from_fn_with_state(
            Arc::new((context, request_tasks)),
            async |State(middleware): State<Arc<(RequestContext, RequestTasks)>>,
                   request,
                   next: Next| {
                let handle = |request| next.run(request);
                let in_task = |request| middleware.1.run(request, handle);
                middleware.0.run(request, in_task).await
            },
        ))
    }

    fn request(headers: &[(&str, &str)]) -> Request {
        let request = headers
            .iter()
            .fold(Request::get("/"), |request, (name, value)| {
                request.header(*name, *value)
            });
        let mut request = request.body(Body::empty()).unwrap();
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4711))));
        request
    }

    async fn code(answer: Response) -> (u16, serde_json::Value) {
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        (
            status,
            serde_json::from_slice::<serde_json::Value>(&body).unwrap()["code"].clone(),
        )
    }

    #[tokio::test]
    async fn a_request_has_an_id_an_origin_and_a_dressed_answer() {
        let origin = |Client(origin): Client| async move {
            format!("{:?} {:?}", origin.ip.unwrap(), origin.request_id.unwrap())
        };
        let app = app(
            Router::new().route("/", get(origin)),
            &TaskTracker::new(),
            5000,
            "https://accounts.example",
        );
        let answer = app
            .oneshot(request(&[
                ("x-request-id", "abc-1"),
                ("x-forwarded-for", "6.6.6.6, 203.0.113.9"),
            ]))
            .await
            .unwrap();
        let headers = answer.headers().clone();
        for (name, value) in [
            ("x-request-id", "abc-1"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", API_POLICY),
            ("strict-transport-security", ONE_YEAR_HTTPS),
        ] {
            assert_eq!(headers[name], value);
        }
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(
            body,
            format!(
                "{:?} \"abc-1\"",
                IpAddr::from(Ipv4Addr::new(203, 0, 113, 9))
            )
        );
    }

    #[tokio::test]
    async fn a_panic_is_a_500_for_this_request_alone() {
        async fn panics() {
            panic!("canary");
        }
        async fn waits_and_panics() {
            tokio::task::yield_now().await;
            panic!("canary");
        }
        for handler in [get(panics), get(waits_and_panics)] {
            panic_alone(handler).await;
        }
    }

    async fn panic_alone(handler: axum::routing::MethodRouter) {
        let app = app(
            Router::new().route("/", handler),
            &TaskTracker::new(),
            5000,
            "http://localhost",
        );
        for _ in 0..2 {
            let answer = app.clone().oneshot(request(&[])).await.unwrap();
            assert!(!answer.headers().contains_key("strict-transport-security"));
            assert!(answer.headers().contains_key("x-request-id"));
            assert_eq!(code(answer).await, (500, "internal".into()));
        }
    }

    /// Returns a router whose handler waits until it is released, then says that it is done.
    fn slow(started: &Arc<Notify>, go: &Arc<Notify>, done: &Arc<Notify>) -> Router {
        let (started, go, done) = (started.clone(), go.clone(), done.clone());
        let handler = || async move {
            started.notify_one();
            go.notified().await;
            done.notify_one();
        };
        Router::new().route("/", get(handler))
    }

    #[tokio::test]
    async fn a_client_that_leaves_cuts_nothing_in_half() {
        let [started, go, done] = [(); 3].map(|()| Arc::new(Notify::new()));
        let tasks = TaskTracker::new();
        let app = app(slow(&started, &go, &done), &tasks, 5000, "http://localhost");
        let client = tokio::spawn(app.oneshot(request(&[])));
        started.notified().await;
        client.abort();
        assert!(client.await.unwrap_err().is_cancelled());
        assert_eq!(tasks.len(), 1, "a stop would wait for it");
        go.notify_one();
        timeout(Duration::from_secs(10), done.notified())
            .await
            .expect("the handler goes on");
    }

    #[tokio::test]
    async fn a_time_out_is_a_503_and_cuts_nothing_in_half() {
        let [started, go, done] = [(); 3].map(|()| Arc::new(Notify::new()));
        let app = app(
            slow(&started, &go, &done),
            &TaskTracker::new(),
            5,
            "http://localhost",
        );
        let answer = app.oneshot(request(&[])).await.unwrap();
        assert!(answer.headers().contains_key("retry-after"));
        assert_eq!(code(answer).await, (503, "unavailable".into()));
        go.notify_one();
        timeout(Duration::from_secs(10), done.notified())
            .await
            .expect("the handler goes on");
    }
}
