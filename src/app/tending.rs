//! What is done again and again beside the requests, until the application stops.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::App;

/// How often expired rows are removed. Expiry is checked on every read all the same.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// How often the signing keys are read: far oftener than a key is published before it signs.
const TEND_KEYS_EVERY: Duration = Duration::from_mins(1);
/// How often the last use of sessions is written.
const NOTE_SESSIONS_EVERY: Duration = Duration::from_secs(5);
/// How often second factors are looked for that an earlier secret seals.
const TEND_FACTORS_EVERY: Duration = Duration::from_hours(1);
/// How often a few stored hashes are looked at, for what an unknown account is to cost.
const SAMPLE_EVERY: Duration = Duration::from_hours(1);
/// How many of them.
const SAMPLED_HASHES: u32 = 200;

impl App {
    pub(super) async fn sweep_until(&self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(SWEEP_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
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

    /// Keeps when sessions were used last.
    pub(super) async fn note_sessions_until(&self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(NOTE_SESSIONS_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            self.accounts.note_sessions().await;
        }
        self.accounts.note_sessions().await;
    }

    /// Reads the signing keys again and again, and makes the next one in time.
    pub(super) async fn tend_keys_until(&self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(TEND_KEYS_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Err(error) = self.accounts.tend_signing_keys().await {
                tracing::warn!(%error, "checking the signing keys failed; retry in a minute");
            }
        }
    }

    /// Looks again and again for second factors that an earlier secret seals, and seals them anew.
    pub(super) async fn tend_factors_until(&self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(TEND_FACTORS_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            match stop.run_until_cancelled(self.accounts.tend_factors()).await {
                None => return,
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    tracing::warn!(%error, "checking the second factors failed; retry in an hour");
                }
            }
        }
    }

    /// Keeps what an unknown account costs at login near what the stored ones do.
    pub(super) async fn imitate_until(&self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(SAMPLE_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
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
                        tracing::warn!(%error, "the cost of stored hashes can't be imitated");
                    }
                },
                Some(Err(error)) => {
                    tracing::debug!(%error, "reading the costs of stored password hashes failed; retry in an hour");
                }
            }
        }
    }
}
