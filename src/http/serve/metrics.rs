//! The server's second address: only `/metrics`, for operators.

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::listener::Listener;
use super::{Routers, ServeError, run};
use crate::app::App;
use crate::config;
use crate::http::metrics;

/// The maximum number of connections for metrics.
const METRICS_CONNECTIONS: usize = 16;

/// Listens on the address for metrics, if they are enabled.
///
/// # Errors
/// The same as [`super::bind`].
pub async fn bind_metrics(settings: &config::Server) -> Result<Option<Listener>, ServeError> {
    if !settings.metrics {
        return Ok(None);
    }
    let address = &settings.metrics_bind;
    let bound = Listener::bind(address).await;
    bound.map(Some).map_err(|source| ServeError::Bind {
        setting: "metrics_bind",
        address: address.clone(),
        source,
    })
}

/// Serves the metrics of `app` at `/metrics` on `listener`, without TLS, until `stop` is cancelled.
///
/// # Errors
/// The same as [`super::serve`].
pub async fn serve_metrics(
    app: &App,
    listener: impl Into<Listener>,
    stop: CancellationToken,
) -> Result<(), ServeError> {
    let mut settings = (*app.settings).clone();
    settings.server.tls = None;
    settings.server.max_connections = METRICS_CONNECTIONS;
    settings.server.max_connections_per_address = METRICS_CONNECTIONS;
    let router = metrics::router(app);
    let routers = Routers {
        when_unclear: router.clone(),
        when_full: router.clone(),
        router,
    };
    let shared = (&TaskTracker::new(), &Notify::new());
    run(&settings, routers, shared, listener.into(), stop).await
}
