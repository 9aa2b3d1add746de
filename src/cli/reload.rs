//! SIGHUP: what a serving process reads again, without an end to what it does.

use std::convert::Infallible;

use tokio::signal::unix::Signal;

use super::Context;
use super::logging::Relevel;
use crate::app::App;
use crate::config::{self, Sources};

pub(super) struct Reload<'a> {
    pub(super) context: &'a Context,
    pub(super) sources: Sources,
    pub(super) relevel: Relevel,
}

impl Reload<'_> {
    /// Reads again at every signal, for ever.
    pub(super) async fn at_every(&self, hangup: &mut Signal, app: &App) -> Infallible {
        loop {
            if hangup.recv().await.is_none() {
                return std::future::pending().await;
            }
            tracing::info!(
                "SIGHUP: the log level and the TLS certificate are read again; every other setting needs a restart"
            );
            self.log_level();
            app.renew_tls.notify_one();
        }
    }

    fn log_level(&self) {
        let loaded = match config::load(&self.sources) {
            Ok(loaded) => loaded,
            Err(cause) => {
                tracing::error!(%cause, "the configuration cannot be used now; the log level stays");
                return;
            }
        };
        let level = &loaded.settings.server.log_level;
        let level = self.context.log_level("warn", level);
        match (self.relevel)(level) {
            Ok(()) => tracing::info!(level, "the log level was read again"),
            Err(failure) => {
                let cause = failure.why.unwrap_or(failure.what);
                tracing::error!(cause, "the log level stays");
            }
        }
    }
}
