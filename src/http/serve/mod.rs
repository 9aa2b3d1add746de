//! The server: listening, TLS, connections, time limits, and an orderly stop.

#[cfg(test)]
mod tests;
mod tls;
mod write_timeout;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::{build, error, pages, routes};
use crate::app::App;
use crate::config::{self, SettingError};
use write_timeout::WriteTimeout;

/// The most bytes of a request's line and headers; more is a 431.
const MAX_HEADER_BYTES: usize = 32 * 1024;
/// How long to wait when no connection can be taken (no file descriptors left, say) before trying again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Why the server cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address} (setting `bind`): {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// A certificate or key cannot be used.
    #[error(transparent)]
    Tls(#[from] SettingError),
}

/// Listens on the configured address.
///
/// # Errors
/// [`ServeError::Bind`] when the address is in use or not this machine's.
pub async fn bind(settings: &config::Server) -> Result<TcpListener, ServeError> {
    TcpListener::bind(settings.bind)
        .await
        .map_err(|source| ServeError::Bind {
            address: settings.bind,
            source,
        })
}

/// Loads certificate and key, if there are any, as serving does: a fault is said before anything is promised.
///
/// # Errors
/// The setting whose file cannot be used.
pub fn check_tls(settings: &config::Server) -> Result<(), SettingError> {
    settings
        .tls
        .as_ref()
        .map(tls::acceptor)
        .transpose()
        .map(drop)
}

/// Serves `app` on `listener` until `stop`, then finishes what is under way, at most `shutdown_grace_seconds` long.
///
/// # Errors
/// [`ServeError`] when TLS cannot be set up. Once it serves, nothing that a client or the network does ends it.
pub async fn serve(
    app: &App,
    listener: TcpListener,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    serve_with(app, Router::new(), listener, stop).await
}

/// The same, with routes of your own beside those of `app`. They are served as they are: without its access log, time
/// limits and security headers.
///
/// # Errors
/// As [`serve`].
pub async fn serve_with(
    app: &App,
    own_routes: Router,
    listener: TcpListener,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    let all = routes(app)
        .merge(pages::root(&app.settings))
        .fallback(error::not_found);
    let router = own_routes.merge(build(app, all));
    let shared = (&app.requests, &*app.renew_tls);
    run(&app.settings.server, router, shared, listener, stop).await
}

/// Serves `router`, whose requests run as tasks of `use_cases`. Reads the certificate again when `renew_tls` says so.
async fn run(
    settings: &config::Server,
    router: Router,
    (use_cases, renew_tls): (&TaskTracker, &Notify),
    listener: TcpListener,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    let mut tls = settings.tls.as_ref().map(tls::acceptor).transpose()?;
    let server = Arc::new(Server {
        router,
        header_limit: Duration::from_secs(settings.header_timeout_seconds),
        request_limit: Duration::from_secs(settings.request_timeout_seconds),
        stop: stop.clone(),
        abandon: CancellationToken::new(),
    });
    let connections = TaskTracker::new();
    let slots = Arc::new(Semaphore::new(
        settings.max_connections.clamp(1, Semaphore::MAX_PERMITS),
    ));
    loop {
        tokio::select! {
            next = next_connection(&listener, &slots, &stop) => {
                let Some((stream, peer, slot)) = next else { break };
                let serve = server.clone().connection(stream, peer, tls.clone(), slot);
                connections.spawn(serve);
            }
            () = renew_tls.notified() => renew(&mut tls, settings),
        }
    }
    drop(listener);

    connections.close();
    use_cases.close();
    let finished = async {
        connections.wait().await;
        use_cases.wait().await;
    };
    if timeout(
        Duration::from_secs(settings.shutdown_grace_seconds),
        finished,
    )
    .await
    .is_err()
    {
        tracing::warn!(
            connections = connections.len(),
            requests = use_cases.len(),
            "stopped before all requests were finished"
        );
    }
    server.abandon.cancel();
    Ok(())
}

/// Reads certificate and key again, for the connections to come. Where they cannot be used, those before stay.
fn renew(tls: &mut Option<TlsAcceptor>, settings: &config::Server) {
    match settings.tls.as_ref().map(tls::acceptor) {
        None => {}
        Some(Ok(renewed)) => {
            *tls = Some(renewed);
            tracing::info!("the TLS certificate and its key were read again");
        }
        Some(Err(fault)) => {
            tracing::error!(%fault, "the new TLS certificate cannot be used; the one before stays");
        }
    }
}

/// The next connection, once there is room for one; `None` after `stop`.
async fn next_connection(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let accept = async {
        // Who comes when all slots are taken waits in the system's queue.
        let slot = slots
            .clone()
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => return (stream, peer, slot),
                Err(fault) if is_the_clients(&fault) => {}
                Err(fault) => {
                    tracing::error!(%fault, "accepting connections failed");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    stop.run_until_cancelled(accept).await
}

/// Whether a connection was gone before it was accepted: nothing to wait for.
fn is_the_clients(fault: &io::Error) -> bool {
    matches!(
        fault.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

/// What every connection needs.
struct Server {
    router: Router,
    header_limit: Duration,
    request_limit: Duration,
    /// Finish, and take nothing new.
    stop: CancellationToken,
    /// The grace is over.
    abandon: CancellationToken,
}

impl Server {
    /// Serves one connection until either side ends it. `_slot` is free again after that.
    async fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        tls: Option<TlsAcceptor>,
        _slot: OwnedSemaphorePermit,
    ) {
        // Answers are small and written at once: waiting for more only delays them.
        if let Err(fault) = stream.set_nodelay(true) {
            tracing::debug!(%fault, "TCP_NODELAY cannot be set");
        }
        let abandon = self.abandon.clone();
        let serve = async {
            match &tls {
                None => self.http(stream, peer).await,
                Some(tls) => match timeout(self.header_limit, tls.accept(stream)).await {
                    Ok(Ok(stream)) => self.http(stream, peer).await,
                    Ok(Err(fault)) => tracing::debug!(%fault, "a TLS handshake failed"),
                    Err(_) => tracing::debug!("a TLS handshake took too long"),
                },
            }
        };
        abandon.run_until_cancelled(serve).await;
    }

    async fn http<T: AsyncRead + AsyncWrite + Unpin>(&self, stream: T, peer: SocketAddr) {
        let service = service_fn(|mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let router = self.router.clone();
            async move {
                Ok::<Response, Infallible>(
                    router
                        .oneshot(request)
                        .await
                        .unwrap_or_else(|never| match never {}),
                )
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_limit)
            .max_header_size(MAX_HEADER_BYTES)
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
        };
        if let Err(fault) = ended {
            // Malformed requests and clients that leave: their affair.
            tracing::debug!(%fault, "a connection ended early");
        }
    }
}
