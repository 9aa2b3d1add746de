//! SIGHUP: reloads parts of a running server without an interruption.

use std::convert::Infallible;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::time::Duration;

use tokio::signal::unix::Signal;
use tokio::time::interval;

use super::logging::Relevel;
use super::{Context, Failure, service_manager};
use crate::app::App;
use crate::config::{self, Settings, Sources};
use crate::doctor::{self, Status};

pub(super) struct Reload<'a> {
    pub(super) context: &'a Context,
    pub(super) sources: Sources,
    pub(super) relevel: Relevel,
}

/// How often the certificate is checked without a signal.
const LOOK_EVERY: Duration = Duration::from_hours(24);
/// How often the files of the certificate are checked for changes. They are replaced one after the other, so they are
/// loaded once they have been the same in two checks.
const COMPARE_EVERY: Duration = Duration::from_secs(5);

impl Reload<'_> {
    /// Reloads at every signal, and reloads the certificate if its files change. Checks the certificate's validity at
    /// the start and once a day. Never returns.
    pub(super) async fn at_every(&self, hangup: &mut Signal, app: &App) -> Infallible {
        let mut days = interval(LOOK_EVERY);
        let mut comparisons = interval(COMPARE_EVERY);
        let mut certificate = CertificateFiles::of(&app.settings);
        loop {
            tokio::select! {
                heard = hangup.recv() => match heard {
                    Some(()) => self.all(app),
                    None => return std::future::pending().await,
                },
                _ = days.tick() => warn_of_certificate(app),
                _ = comparisons.tick() => if certificate.have_changed() {
                    app.renew_tls.notify_one();
                    warn_of_certificate(app);
                },
            }
        }
    }

    fn all(&self, app: &App) {
        service_manager::reloading();
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
        service_manager::ready();
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

/// The identity of a file without reading it: inode, length, and modification time.
type Look = Option<(u64, u64, i64, i64)>;

/// The files of the certificate and its key, if there are any.
struct CertificateFiles {
    paths: Vec<PathBuf>,
    /// The state of the files when they were loaded.
    read: Vec<Look>,
    /// The state of the files at the last check.
    seen: Vec<Look>,
}

impl CertificateFiles {
    fn of(settings: &Settings) -> Self {
        let tls = settings.server.tls.as_ref();
        let paths: Vec<_> = tls
            .map(|tls| vec![tls.cert.clone(), tls.key.clone()])
            .unwrap_or_default();
        let read = look(&paths);
        Self {
            seen: read.clone(),
            paths,
            read,
        }
    }

    /// Returns whether the files have changed since they were loaded, and are not being written any more.
    fn have_changed(&mut self) -> bool {
        let now = look(&self.paths);
        let settled = now == self.seen && now.iter().all(Option::is_some);
        self.seen.clone_from(&now);
        let changed = settled && now != self.read;
        if changed {
            self.read = now;
        }
        changed
    }
}

fn look(paths: &[PathBuf]) -> Vec<Look> {
    let one = |path: &PathBuf| {
        let file = fs::metadata(path).ok()?;
        Some((file.ino(), file.len(), file.mtime(), file.mtime_nsec()))
    };
    paths.iter().map(one).collect()
}

/// Logs problems with the certificate's validity or host names.
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
