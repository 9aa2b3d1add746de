//! The server: listening, TLS, connections, time limits, and graceful shutdown.

mod connections;
mod host;
mod http2;
mod listener;
mod metrics;
#[cfg(test)]
mod tests;
mod tls;
mod write_timeout;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::response::Response;
use axum::routing::get;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::client_address::Proxies;
use super::{build, error, health, pages, routes};
use crate::app::App;
use crate::config::{self, Bind, SettingError, Settings};
use connections::{Burst, Busy, Connections, Place};
pub use listener::Listener;
use listener::{Stream, is_the_clients};
pub use metrics::{bind_metrics, serve_metrics};
use write_timeout::WriteTimeout;

/// The maximum size of a request line and headers, in bytes. Larger requests get a 431.
const MAX_HEADER_BYTES: usize = 32 * 1024;
/// The maximum number of bytes of a connection that are read ahead.
const READ_AHEAD: usize = 64 * 1024;
/// The maximum number of bytes that a connection uses: read-ahead, the request and its body, the response, and TLS.
pub(crate) const CONNECTION_BYTES: u64 = 3 * READ_AHEAD as u64;
/// How long to wait before trying again if accepting a connection fails, for example without free file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// Additional connections for when all others are busy: they answer health checks and tell other clients to try again.
const SPARE_CONNECTIONS: usize = 16;
/// How long a client may take to send its request on one of these connections.
const SPARE_HEADER_LIMIT: Duration = Duration::from_secs(2);
/// How long a connection that has to make room may take to send the rest of its last response.
const FAREWELL: Duration = Duration::from_secs(1);

/// Why the server can't start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Listening on the address failed.
    #[error("can't listen on {address} (setting `{setting}`): {source}")]
    Bind {
        /// The setting: `bind` or `metrics_bind`.
        setting: &'static str,
        /// The address.
        address: Bind,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A certificate or key is invalid.
    #[error(transparent)]
    Tls(#[from] SettingError),
}

/// Listens on the configured address.
///
/// # Errors
/// [`ServeError::Bind`] if the address is in use or doesn't belong to this machine.
pub async fn bind(settings: &config::Server) -> Result<Listener, ServeError> {
    Listener::bind(&settings.bind)
        .await
        .map_err(|source| ServeError::Bind {
            setting: "bind",
            address: settings.bind.clone(),
            source,
        })
}

/// Loads the certificate and key, if configured, to report faults before the server starts.
///
/// # Errors
/// The setting that names an invalid file.
pub fn check_tls(settings: &config::Server) -> Result<(), SettingError> {
    settings
        .tls
        .as_ref()
        .map(tls::acceptor)
        .transpose()
        .map(drop)
}

/// Serves `app` on `listener` (a `TcpListener` or `UnixListener` of tokio, or a [`Listener`]) until `stop` is cancelled, then
/// finishes running requests for up to `shutdown_grace_seconds`.
///
/// # Errors
/// [`ServeError`] if TLS can't be set up. Once the server is running, no client or network error ends it.
pub async fn serve(
    app: &App,
    listener: impl Into<Listener>,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    serve_with(app, Router::new(), listener, stop).await
}

/// Does the same with your own routes in addition to those of `app`. Your routes have no access log, time limits or security
/// headers.
///
/// # Errors
/// The same as [`serve`].
pub async fn serve_with(
    app: &App,
    own_routes: Router,
    listener: impl Into<Listener>,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    let all = routes(app)
        .merge(pages::root(&app.settings))
        .fallback(error::not_found);
    let router = own_routes.merge(build(app, all));
    let when_unclear = build(app, Router::new().fallback(error::invalid_host));
    let when_full = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .fallback(error::full);
    let routers = Routers {
        router,
        when_unclear,
        when_full: build(app, when_full),
    };
    let shared = (&app.requests, &app.renew_tls);
    run(&app.settings, routers, shared, listener.into(), stop).await
}

/// Routers for the different states of a connection.
struct Routers {
    /// For valid requests on a regular connection.
    router: Router,
    /// For requests that don't name their host clearly.
    when_unclear: Router,
    /// For connections that found no free place.
    when_full: Router,
}

/// Serves the routers. Requests run as tasks in `use_cases`. Reloads the certificate when `renew_tls` is notified.
async fn run(
    settings: &Settings,
    routers: Routers,
    (use_cases, renew_tls): (&TaskTracker, &Notify),
    listener: Listener,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    let (identity, settings) = (&settings.identity, &settings.server);
    let mut tls = settings.tls.as_ref().map(tls::acceptor).transpose()?;
    let header_limit = Duration::from_secs(settings.header_timeout_seconds);
    let abandon = CancellationToken::new();
    let server = Server {
        router: routers.router,
        when_unclear: routers.when_unclear,
        header_limit,
        keep_alive: true,
        request_limit: Duration::from_secs(settings.request_timeout_seconds),
        stop: stop.clone(),
        abandon: abandon.clone(),
    };
    let spare = Server {
        router: routers.when_full,
        header_limit: header_limit.min(SPARE_HEADER_LIMIT),
        keep_alive: false,
        ..server.clone()
    };
    let proxies = Proxies::new(identity);
    let per_client = settings.max_connections_per_address;
    let places = Connections::new(settings.max_connections, per_client);
    let spare_places = Connections::new(SPARE_CONNECTIONS, SPARE_CONNECTIONS);
    let (server, spare) = (Arc::new(server), Arc::new(spare));
    let connections = TaskTracker::new();
    let mut out_of_files = Burst::default();
    loop {
        tokio::select! {
            accepted = stop.run_until_cancelled(listener.accept()) => match accepted {
                None => break,
                Some(Ok((stream, peer))) => {
                    let client = proxies.counted_client(peer.ip());
                    let admitted = places.admit(client).map(|place| (&server, place));
                    let admitted = admitted.or_else(|| Some((&spare, spare_places.admit(None)?)));
                    if let Some((server, place)) = admitted {
                        connections.spawn(server.clone().connection(stream, peer, tls.clone(), place));
                    }
                }
                Some(Err(fault)) if is_the_clients(&fault) => {}
                Some(Err(fault)) => {
                    // Most likely, no file descriptors are left: closing an idle connection frees one.
                    let gave_way = places.evict();
                    if out_of_files.begins() {
                        tracing::error!(%fault, gave_way, "accepting connections failed");
                    }
                    stop.run_until_cancelled(sleep(ACCEPT_PAUSE)).await;
                }
            },
            () = renew_tls.notified() => renew(&mut tls, settings),
        }
    }
    drop(listener);
    let grace = Duration::from_secs(settings.shutdown_grace_seconds);
    finish(&connections, use_cases, grace).await;
    abandon.cancel();
    Ok(())
}

/// Waits until all connections and requests are finished, but no longer than the grace period.
async fn finish(connections: &TaskTracker, use_cases: &TaskTracker, grace: Duration) {
    connections.close();
    use_cases.close();
    let finished = async {
        connections.wait().await;
        use_cases.wait().await;
    };
    if timeout(grace, finished).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            requests = use_cases.len(),
            "stopped before all requests were finished"
        );
    }
}

/// Reloads the certificate and key for new connections. If they are invalid, the previous ones stay in use.
fn renew(tls: &mut Option<TlsAcceptor>, settings: &config::Server) {
    match settings.tls.as_ref().map(tls::acceptor) {
        None => {}
        Some(Ok(renewed)) => {
            *tls = Some(renewed);
            tracing::info!("TLS certificate and key reloaded");
        }
        Some(Err(fault)) => {
            tracing::error!(%fault, "invalid TLS certificate; keeping the previous one");
        }
    }
}

/// The data that every connection needs.
#[derive(Clone)]
struct Server {
    router: Router,
    when_unclear: Router,
    header_limit: Duration,
    /// Whether a client may send more than one request on a connection.
    keep_alive: bool,
    request_limit: Duration,
    /// When cancelled, running requests finish, and no new ones are accepted.
    stop: CancellationToken,
    /// When cancelled, the time for graceful shutdown is over.
    abandon: CancellationToken,
}

/// A response body that keeps its connection busy until it is sent.
struct Sending {
    body: Body,
    busy: Busy,
}

impl hyper::body::Body for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.busy.goes_on();
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Server {
    /// Serves one connection until either side closes it, or until it has to make room for another.
    async fn connection(
        self: Arc<Self>,
        stream: Stream,
        peer: SocketAddr,
        tls: Option<TlsAcceptor>,
        place: Arc<Place>,
    ) {
        let serve = async {
            let Some(tls) = &tls else {
                return self.http(stream, peer, &place).await;
            };
            let greeted = timeout(self.header_limit, tls.accept(stream));
            match place.gives_way.run_until_cancelled(greeted).await {
                Some(Ok(Ok(stream))) if tls::agreed_on_http2(&stream) => {
                    http2::serve(&self, stream, peer, &place).await;
                }
                Some(Ok(Ok(stream))) => self.http(stream, peer, &place).await,
                Some(Ok(Err(fault))) => tracing::debug!(%fault, "a TLS handshake failed"),
                Some(Err(_)) => tracing::debug!("a TLS handshake took too long"),
                None => {}
            }
        };
        self.abandon.run_until_cancelled(serve).await;
    }

    /// Answers one request. The connection is busy until the response is sent.
    fn answer(
        &self,
        mut request: hyper::Request<Incoming>,
        peer: SocketAddr,
        place: &Arc<Place>,
    ) -> impl Future<Output = Result<hyper::Response<Sending>, Infallible>> + use<> {
        request.extensions_mut().insert(ConnectInfo(peer));
        let is_clear = host::is_clear(request.version(), request.headers());
        let router = if is_clear {
            &self.router
        } else {
            &self.when_unclear
        };
        let (router, busy) = (router.clone(), place.busy());
        async move {
            let answer: Response = router
                .oneshot(request)
                .await
                .unwrap_or_else(|never| match never {});
            Ok(answer.map(|body| Sending { body, busy }))
        }
    }

    async fn http<T: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: T,
        peer: SocketAddr,
        place: &Arc<Place>,
    ) {
        let service = service_fn(|request| self.answer(request, peer, place));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_limit)
            .keep_alive(self.keep_alive)
            .max_header_size(MAX_HEADER_BYTES)
            .max_buf_size(READ_AHEAD)
            .serve_connection(
                TokioIo::new(WriteTimeout::new(stream, self.request_limit)),
                service,
            );
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
            () = place.gives_way.cancelled() => {
                connection.as_mut().graceful_shutdown();
                farewell(connection, place).await
            }
        };
        if let Err(fault) = ended {
            // The client disconnected or sent a malformed request, which isn't a problem of the server.
            tracing::debug!(%fault, "a connection ended early");
        }
    }
}

/// Closes a connection that has to make room: running requests finish, but no further ones are awaited.
async fn farewell(
    mut connection: Pin<&mut impl Future<Output = hyper::Result<()>>>,
    place: &Place,
) -> hyper::Result<()> {
    while place.has_served() {
        match timeout(FAREWELL, connection.as_mut()).await {
            Ok(ended) => return ended,
            Err(_) if place.is_busy() => {}
            Err(_) => break,
        }
    }
    Ok(())
}
