//! The HTTP server. (Placeholder of the interface; the room itself is built elsewhere.)

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config;

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
    #[error("setting `{key}` ({}): {reason}", path.display())]
    Tls {
        /// The setting.
        key: &'static str,
        /// The file it names.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Only one of `tls_cert` and `tls_key` is set.
    #[error("setting `{missing}` is missing: TLS needs `tls_cert` and `tls_key`")]
    HalfOfTls {
        /// The setting that is missing.
        missing: &'static str,
    },
}

/// Listens on the configured address.
pub async fn bind(settings: &config::Server) -> Result<TcpListener, ServeError> {
    TcpListener::bind(settings.bind)
        .await
        .map_err(|source| ServeError::Bind {
            address: settings.bind,
            source,
        })
}

/// Serves until `stop`, then lets requests under way end.
pub async fn serve(
    _app: &App,
    _listener: TcpListener,
    _stop: CancellationToken,
) -> Result<(), ServeError> {
    unimplemented!()
}
