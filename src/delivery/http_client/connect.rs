//! Opens connections: directly or through the proxy that the environment names, with TLS for `https` URLs, and with a
//! limit on the bytes read.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::Uri;
use axum::http::header::HeaderValue;
use axum::http::uri::Scheme;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;
use tower::Service;

use crate::delivery::stream::Stream;

/// The time limit for opening a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// The most bytes that are read in response to one request. It includes informational responses (1xx, RFC 9110 §15.2),
/// which may be endless and are not reported to the caller.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

type BoxError = Box<dyn Error + Send + Sync>;

/// Opens connections.
#[derive(Clone)]
pub(super) struct Connector {
    tls: TlsConnector,
    proxies: Arc<Matcher>,
}

/// Returns TLS that trusts the system's certificate authorities.
///
/// # Errors
/// They cannot be read.
pub(crate) fn trusted() -> Result<TlsConnector, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| error.to_string())?
        .with_no_client_auth();
    Ok(Arc::new(tls).into())
}

impl Connector {
    pub(super) fn new(tls: TlsConnector) -> Self {
        Self {
            tls,
            proxies: Arc::new(Matcher::from_env()),
        }
    }

    /// Returns the credentials for a proxy that forwards plain HTTP requests. A tunnel sends its credentials itself.
    pub(super) fn proxy_login(&self, url: &Uri) -> Option<HeaderValue> {
        if is_https(url) {
            return None;
        }
        self.proxies.intercept(url)?.basic_auth().cloned()
    }

    async fn connect(self, url: Uri) -> Result<TokioIo<Bounded>, BoxError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.set_nodelay(true);
        let proxy = self.proxies.intercept(&url);
        let is_tunnel = is_https(&url);
        let stream = match &proxy {
            None => tcp.call(url.clone()).await?,
            Some(proxy) if is_https(proxy.uri()) => {
                return Err("proxies with https addresses aren't supported".into());
            }
            Some(proxy) if is_tunnel => {
                let mut tunnel = Tunnel::new(proxy.uri().clone(), tcp);
                if let Some(login) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(login.clone());
                }
                tunnel.call(url.clone()).await?
            }
            Some(proxy) => tcp.call(proxy.uri().clone()).await?,
        };
        let stream = stream.into_inner();
        let stream: Box<dyn Stream> = if is_tunnel {
            let host = url.host().unwrap_or_default();
            let host = host.trim_start_matches('[').trim_end_matches(']');
            let host = ServerName::try_from(host.to_owned())?;
            Box::new(self.tls.connect(host, stream).await?)
        } else {
            Box::new(stream)
        };
        Ok(TokioIo::new(Bounded {
            stream,
            left: MAX_ANSWER_BYTES,
            is_proxied: proxy.is_some() && !is_tunnel,
        }))
    }
}

fn is_https(url: &Uri) -> bool {
    url.scheme() == Some(&Scheme::HTTPS)
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Bounded>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, url: Uri) -> Self::Future {
        Box::pin(self.clone().connect(url))
    }
}

/// A connection that fails when the response to the last request is too long.
pub(super) struct Bounded {
    stream: Box<dyn Stream>,
    /// How many bytes may still be read before something is written again.
    left: usize,
    is_proxied: bool,
}

impl Connection for Bounded {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.is_proxied)
    }
}

impl AsyncRead for Bounded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left == 0 {
            let reason = format!("it answered with more than {} KiB", MAX_ANSWER_BYTES / 1024);
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, reason)));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        self.left = self.left.saturating_sub(buffer.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Bounded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.left = MAX_ANSWER_BYTES;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
