//! The signals that stop a server.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;

use super::{Failure, Result};

/// Service managers and terminals may send a signal twice. A second one this soon after the first is ignored.
const ECHO: Duration = Duration::from_millis(500);

/// The signals that stop a server.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// SIGHUP, sent when the terminal of `--dev` closes.
    hangup: Option<Signal>,
}

/// Starts to receive one kind of signal.
pub(super) fn heard(kind: SignalKind) -> Result<Signal> {
    signal(kind).map_err(|cause| Failure::failed("signals can't be received").because(cause))
}

impl Signals {
    /// Starts to receive the signals, with `--dev` including SIGHUP.
    pub(super) fn listen(dev: bool) -> Result<Self> {
        let hangup = dev.then(|| heard(SignalKind::hangup())).transpose()?;
        Ok(Self {
            interrupt: heard(SignalKind::interrupt())?,
            terminate: heard(SignalKind::terminate())?,
            hangup,
        })
    }

    /// Waits for the next signal that doesn't belong to the first.
    pub(super) async fn again(&mut self) {
        let first = Instant::now();
        self.next().await;
        while first.elapsed() < ECHO {
            self.next().await;
        }
    }

    pub(super) async fn next(&mut self) {
        let hangup = async { self.hangup.as_mut()?.recv().await };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            Some(()) = hangup => {}
        }
    }
}
