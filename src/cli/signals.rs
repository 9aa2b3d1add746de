//! The signals that stop a server.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;

use super::{Failure, Result};

/// Supervisors and terminals may double a signal: what comes so soon after the first is the same wish.
const ECHO: Duration = Duration::from_millis(500);

/// The signals that stop a server.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// Of a trial's terminal that closes.
    hangup: Option<Signal>,
}

/// Receives one kind of signal from now on.
pub(super) fn heard(kind: SignalKind) -> Result<Signal> {
    signal(kind).map_err(|cause| Failure::failed("signals can't be received").because(cause))
}

impl Signals {
    /// Receives them from now on; SIGHUP too with `--dev`.
    pub(super) fn listen(dev: bool) -> Result<Self> {
        let hangup = dev.then(|| heard(SignalKind::hangup())).transpose()?;
        Ok(Self {
            interrupt: heard(SignalKind::interrupt())?,
            terminate: heard(SignalKind::terminate())?,
            hangup,
        })
    }

    /// The next signal that is none of the first one's echoes.
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
