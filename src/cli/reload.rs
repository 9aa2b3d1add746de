//! SIGHUP: what a serving process reads again, without an end to what it does.

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

/// How often the certificate is looked at while nobody asks.
const LOOK_EVERY: Duration = Duration::from_hours(24);
/// How often it is looked whether the files of the certificate have changed. Whoever replaces them writes two, one after the
/// other: they are read once they have been the same twice.
const COMPARE_EVERY: Duration = Duration::from_secs(5);

impl Reload<'_> {
    /// Reads again at every signal and, if its files change, the certificate; looks at the certificate's days now and once a
    /// day. For ever.
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

/// What is told of a file without reading it: its place on the disk, its length, and when it was changed.
type Look = Option<(u64, u64, i64, i64)>;

/// The files of the certificate and its key, if there are any.
struct CertificateFiles {
    paths: Vec<PathBuf>,
    /// As they were read.
    read: Vec<Look>,
    /// As they were at the last look.
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

    /// Whether they aren't those that were read, and nobody writes them any more.
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
