//! HTTP/2 (RFC 9113), for clients that negotiate it in the TLS handshake.
//!
//! One connection carries many requests, so this module enforces the limits that HTTP/1 has per request: concurrent
//! requests, the size of headers, idle connections, and responses that the client doesn't read.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, Request, header};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, interval_at};

use super::connections::Place;
use super::write_timeout::WriteTimeout;
use super::{MAX_HEADER_BYTES, Server, farewell};

/// The maximum number of concurrent requests per connection. Clients assume this number until the server announces its
/// own (RFC 9113, section 6.5.2).
const MAX_STREAMS: u32 = 100;
/// How often a silent client is pinged, and how long it may take to respond.
const PING_EVERY: Duration = Duration::from_secs(20);
const PING_LIMIT: Duration = Duration::from_secs(10);

/// Serves one connection until either side closes it, or until it has to make room for another.
pub(super) async fn serve<T: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    server: &Server,
    stream: T,
    peer: SocketAddr,
    place: &Arc<Place>,
) {
    let service = service_fn(|mut request| {
        name_host(&mut request);
        server.answer(request, peer, place)
    });
    let stream = TokioIo::new(WriteTimeout::new(stream, server.request_limit));
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(MAX_HEADER_BYTES).unwrap_or(u32::MAX))
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_LIMIT)
        .serve_connection(stream, service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = server.stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = place.gives_way.cancelled() => {
            connection.as_mut().graceful_shutdown();
            farewell(connection, place).await
        }
        () = standstill(server, place) => {
            if place.is_busy() {
                tracing::debug!("client stopped reading; closing the connection");
                return;
            }
            connection.as_mut().graceful_shutdown();
            farewell(connection, place).await
        }
    };
    if let Err(fault) = ended {
        tracing::debug!(%fault, "a connection ended early");
    }
}

/// Finishes when the connection stands still: no request came for as long as HTTP/1 waits for the next one, or no
/// response made progress for twice the maximum duration of a request.
async fn standstill(server: &Server, place: &Place) {
    let mut ticks = interval_at(Instant::now() + server.header_limit, server.header_limit);
    let (mut steps, mut since) = (place.steps(), Instant::now());
    loop {
        let now = ticks.tick().await;
        let current = place.steps();
        if current != steps {
            (steps, since) = (current, now);
        } else if !place.is_busy() || now - since > 2 * server.request_limit {
            return;
        }
    }
}

/// Adds the `Host` header of HTTP/1 to a request, because all later code reads it (RFC 9113, section 8.3.1). If the
/// client also sent a different one, there are two, and the request is refused as in HTTP/1.
fn name_host(request: &mut Request<Incoming>) {
    let authority = request.uri().authority();
    let host = authority.and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let Some(host) = host
        && request.headers().get(header::HOST) != Some(&host)
    {
        request.headers_mut().append(header::HOST, host);
    }
}
