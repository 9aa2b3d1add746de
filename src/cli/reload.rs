//! SIGHUP: what a serving process reads again, without an end to what it does.

use std::convert::Infallible;
use std::time::Duration;

use tokio::signal::unix::Signal;
use tokio::time::interval;

use super::logging::Relevel;
use super::{Context, Failure};
use crate::app::App;
use crate::config::{self, Sources};
use crate::doctor::{self, Status};

pub(super) struct Reload<'a> {
    pub(super) context: &'a Context,
    pub(super) sources: Sources,
    pub(super) relevel: Relevel,
}

/// How often the certificate is looked at while nobody asks.
const LOOK_EVERY: Duration = Duration::from_hours(24);

impl Reload<'_> {
    /// Reads again at every signal, and looks at the certificate now and once a day, for ever.
    pub(super) async fn at_every(&self, hangup: &mut Signal, app: &App) -> Infallible {
        let mut days = interval(LOOK_EVERY);
        loop {
            tokio::select! {
                heard = hangup.recv() => match heard {
                    Some(()) => self.all(app),
                    None => return std::future::pending().await,
                },
                _ = days.tick() => warn_of_certificate(app),
            }
        }
    }

    fn all(&self, app: &App) {
        tracing::info!(
            "SIGHUP: reloading the log level, the templates and the TLS certificate; other settings need a restart"
        );
        self.log_level();
        match app.templates.renew(&app.settings) {
            Ok(()) => tracing::info!("templates reloaded"),
            Err(fault) => {
                tracing::error!(%fault, "invalid templates; keeping the previous ones");
            }
        }
        app.renew_tls.notify_one();
        warn_of_certificate(app);
    }

    fn log_level(&self) {
        let loaded = match config::load(&self.sources) {
            Ok(loaded) => loaded,
            Err(error) => {
                let failure = Failure::faults(&error.faults);
                let cause = failure.why.unwrap_or(failure.what);
                tracing::error!(cause, "invalid configuration; keeping the log level");
                return;
            }
        };
        let level = &loaded.settings.server.log_level;
        let level = self.context.log_level("warn", level);
        match (self.relevel)(level) {
            Ok(()) => tracing::info!(level, "log level reloaded"),
            Err(failure) => {
                let cause = failure.why.unwrap_or(failure.what);
                tracing::error!(cause, "keeping the log level");
            }
        }
    }
}

/// Says what is wrong with the certificate's days and names, if anything is.
fn warn_of_certificate(app: &App) {
    for finding in doctor::examine_certificate(&app.settings, app.ambient.clock.now()) {
        let (detail, remedy) = (finding.detail, finding.remedy.unwrap_or_default());
        if finding.status == Status::Fail {
            tracing::error!(remedy, "{detail}");
        } else {
            tracing::warn!(remedy, "{detail}");
        }
    }
}
