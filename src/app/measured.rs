//! The metrics of an instance: its counters, and values that are read when the metrics are requested.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::App;
use crate::auth::HashLoad;
use crate::config::Engine;
use crate::metrics::{Moment, Waiting};
use crate::store::QueueDepth;

/// How long a count of the outbox is reused: counting a long outbox takes time, however often the metrics are
/// requested.
const STANDS: Duration = Duration::from_secs(10);
/// How long the database may take to count the outbox.
const PATIENCE: Duration = Duration::from_secs(3);

/// The size of the outbox when it was last counted.
#[derive(Debug, Default)]
pub(super) struct Queues(Mutex<Option<(Instant, Option<Vec<QueueDepth>>)>>);

impl App {
    /// Returns this process's metrics in the text format of Prometheus. `regstack serve` serves them with the setting
    /// `metrics`. They name routes and receivers of webhooks: don't show them to everyone.
    pub async fn metrics(&self) -> String {
        let now = self.ambient.clock.now();
        let HashLoad {
            running,
            waiting,
            let_in,
            shed,
        } = self.accounts.passwords.load();
        let moment = Moment {
            opened_at: seconds_between(Timestamp::UNIX_EPOCH, self.opened_at),
            engine: match &self.settings.database.engine {
                Engine::Sqlite { .. } => "sqlite",
                Engine::Mongo { .. } => "mongodb",
            },
            hashes: [running as u64, waiting as u64, let_in, shed],
            outbox: self.waiting(now).await,
        };
        self.metrics.text(moment)
    }

    async fn waiting(&self, now: Timestamp) -> Option<Vec<Waiting>> {
        let mut last = self.queues.0.lock().await;
        let stands = last.as_ref().is_some_and(|(at, _)| at.elapsed() < STANDS);
        if !stands {
            let counted = timeout(PATIENCE, self.store.waiting_by_queue()).await;
            *last = Some((Instant::now(), counted.ok().and_then(Result::ok)));
        }
        let (_, queues) = last.as_ref()?;
        let waiting = queues.as_ref()?.iter().map(|queue| Waiting {
            kind: queue.kind.as_str(),
            receiver: queue.receiver.clone(),
            messages: queue.waiting,
            oldest_seconds: seconds_between(queue.oldest, now).max(0.0),
        });
        Some(waiting.collect())
    }
}

fn seconds_between(earlier: Timestamp, later: Timestamp) -> f64 {
    later.duration_since(earlier).as_secs_f64()
}
