//! The service manager (systemd): the socket that it passes, and its notifications (`sd_notify`).
//!
//! Without a service manager, this module does nothing.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use listenfd::ListenFd;
use sd_notify::NotifyState;
use tokio::net::{TcpListener, UnixListener};
use tokio::time::{Instant, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::{Failure, Result};
use crate::http::Listener;

/// How often the background thread signals that it is alive.
const BEAT_EVERY: Duration = Duration::from_secs(1);
/// How long the background thread may be silent. It only blocks while it reads templates, or when the disk stalls.
const SILENCE: Duration = Duration::from_secs(30);

/// Returns the socket of a systemd socket unit (`LISTEN_FDS`), if there is one.
///
/// # Errors
/// More than one socket, or one that isn't a listening TCP or Unix socket.
pub(super) fn passed_socket() -> Result<Option<Listener>> {
    let mut passed = ListenFd::from_env();
    match passed.len() {
        0 => return Ok(None),
        1 => {}
        several => {
            return Err(Failure::failed(format!(
                "the service manager passed {several} sockets, but regstack only supports one"
            ))
            .next("leave one ListenStream= in the socket unit"));
        }
    }
    take(&mut passed).map(Some).map_err(|cause| {
        Failure::failed("the socket of the service manager can't be used")
            .because(cause)
            .next("name a port or a path by ListenStream= in the socket unit, with Accept=no")
    })
}

fn take(passed: &mut ListenFd) -> io::Result<Listener> {
    let tcp = passed.take_tcp_listener(0);
    if let Ok(Some(listener)) = tcp {
        listener.set_nonblocking(true)?;
        return Ok(TcpListener::from_std(listener)?.into());
    }
    let listener = passed
        .take_unix_listener(0)?
        .ok_or_else(|| io::Error::other("it isn't a listening TCP or Unix socket"))?;
    listener.set_nonblocking(true)?;
    Ok(UnixListener::from_std(listener)?.into())
}

/// Tells the service manager that the server accepts requests.
pub(super) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// Tells the service manager that the server finishes running requests and accepts no new ones.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Tells the service manager that the server is reloading. [`ready`] tells it that this is done.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(cause) = sd_notify::notify(state) {
        tracing::warn!(%cause, "telling the service manager failed");
    }
}

/// A sign of life of the background thread.
#[derive(Clone)]
pub(super) struct Heartbeat {
    begun: Instant,
    /// The time of the last one, in milliseconds after `begun`.
    last: Arc<AtomicU64>,
}

impl Heartbeat {
    pub(super) fn new() -> Self {
        Self {
            begun: Instant::now(),
            last: Arc::default(),
        }
    }

    /// Signals until `stop`.
    pub(super) async fn beat(&self, stop: &CancellationToken) {
        let beats = async {
            loop {
                let elapsed = self.begun.elapsed().as_millis();
                let elapsed = u64::try_from(elapsed).unwrap_or(u64::MAX);
                self.last.store(elapsed, Ordering::Relaxed);
                sleep(BEAT_EVERY).await;
            }
        };
        stop.run_until_cancelled(beats).await;
    }

    fn is_alive(&self) -> bool {
        let last = Duration::from_millis(self.last.load(Ordering::Relaxed));
        self.begun.elapsed().saturating_sub(last) < SILENCE
    }
}

/// Tells the service manager at the requested interval (`WatchdogSec=`) that this process is alive: its main runtime,
/// which runs this, and the background thread. Never returns.
pub(super) async fn watchdog(heartbeat: Heartbeat) -> Infallible {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    let mut ticks = interval(limit / 2);
    loop {
        ticks.tick().await;
        if heartbeat.is_alive() {
            tell(&[NotifyState::Watchdog]);
        } else {
            tracing::error!("background thread is stuck; watchdog not notified");
        }
    }
}
