//! Periodic background work, until the application stops.

use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::App;

/// How often expired rows are removed. Every read checks the expiry anyway.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// How often the signing keys are read: much more often than the time for which a key is published before it is used.
const MAINTAIN_KEYS_EVERY: Duration = Duration::from_mins(1);
/// How often the last use of sessions is written to the database.
const NOTE_SESSIONS_EVERY: Duration = Duration::from_secs(5);
/// How often to search for second factors that are still encrypted with an earlier secret.
const RESEAL_FACTORS_EVERY: Duration = Duration::from_hours(1);
/// How often stored password hashes are sampled, to adjust the cost of a login for an unknown account.
const SAMPLE_EVERY: Duration = Duration::from_hours(1);
/// The number of hashes in a sample.
const SAMPLED_HASHES: u32 = 200;

/// Returns a timer whose first tick is at once. If work takes longer than a period, the next tick is delayed.
fn every(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

impl App {
    pub(super) async fn sweep_until(&self, stop: CancellationToken) {
        let mut ticks = every(SWEEP_EVERY);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            match self.sweep().await {
                Ok(0) => {}
                Ok(rows) => tracing::debug!(rows, "expired rows removed"),
                Err(error) => {
                    tracing::warn!(%error, "removing expired rows failed; retry in a minute");
                }
            }
        }
    }

    /// Periodically writes when sessions were last used.
    pub(super) async fn note_sessions_until(&self, stop: CancellationToken) {
        let mut ticks = every(NOTE_SESSIONS_EVERY);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            self.accounts.note_sessions().await;
        }
        self.accounts.note_sessions().await;
    }

    /// Periodically reads the signing keys, and creates the next one in time.
    pub(super) async fn maintain_keys_until(&self, stop: CancellationToken) {
        let mut ticks = every(MAINTAIN_KEYS_EVERY);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Err(error) = self.accounts.maintain_signing_keys().await {
                tracing::warn!(%error, "checking the signing keys failed; retry in a minute");
            }
        }
    }

    /// Periodically searches for second factors that are encrypted with an earlier secret, and encrypts them with the
    /// current one.
    pub(super) async fn reseal_factors_until(&self, stop: CancellationToken) {
        let mut ticks = every(RESEAL_FACTORS_EVERY);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            match stop
                .run_until_cancelled(self.accounts.reseal_factors())
                .await
            {
                None => return,
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    tracing::warn!(%error, "checking the second factors failed; retry in an hour");
                }
            }
        }
    }

    /// Keeps the cost of a login for an unknown account close to that for stored accounts.
    pub(super) async fn imitate_until(&self, stop: CancellationToken) {
        let mut ticks = every(SAMPLE_EVERY);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            let sample = stop.run_until_cancelled(self.store.survey(0, SAMPLED_HASHES));
            match sample.await {
                None => return,
                Some(Ok(survey)) => match self.accounts.passwords.imitate(&survey.hashes) {
                    Ok(false) => {}
                    Ok(true) => tracing::debug!(
                        "logins for unknown accounts now take as long as those with stored hashes"
                    ),
                    Err(error) => {
                        tracing::warn!(%error, "matching the cost of stored password hashes failed");
                    }
                },
                Some(Err(error)) => {
                    tracing::debug!(%error, "reading the costs of stored password hashes failed; retry in an hour");
                }
            }
        }
    }
}
