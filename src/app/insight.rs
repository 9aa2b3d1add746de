//! What only the program that runs the server knows, for the console: where each setting comes from, and the findings of
//! the doctor.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::clock::SharedClock;
use crate::config::Effective;

/// How long findings are shown again before the checks are repeated: they talk to mail servers and providers.
const FRESH: SignedDuration = SignedDuration::from_mins(1);

/// What the program that runs the server knows.
pub trait Insight: Send + Sync + 'static {
    /// Returns every setting with the layer that it comes from. The values of secrets aren't in it.
    fn settings(&self) -> Vec<Effective>;

    /// Runs the checks of the doctor.
    fn examine(&self) -> Pin<Box<dyn Future<Output = Vec<Finding>> + Send>>;
}

/// One finding of the doctor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The name of the check.
    pub check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was seen, and what it means.
    pub detail: String,
    /// What to change.
    pub remedy: Option<String>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It doesn't apply.
    Skipped,
    /// As it should be.
    Ok,
    /// It works, but something should be changed.
    Warning,
    /// It doesn't work.
    Failure,
}

/// The findings of one run.
#[derive(Debug, Clone)]
pub struct Examined {
    /// When the checks ended.
    pub at: Timestamp,
    /// What they found, check by check.
    pub findings: Vec<Finding>,
}

/// The last findings. One run at a time, whoever asks.
#[derive(Clone, Default)]
pub(super) struct LastFindings(Arc<Mutex<Option<Examined>>>);

impl LastFindings {
    /// Returns findings that are a minute old at most. Runs the checks if there are none, and returns `None` if they take
    /// longer than `patience`; they run on, for whoever asks next.
    pub(super) async fn get(
        &self,
        insight: Arc<dyn Insight>,
        clock: SharedClock,
        patience: Duration,
    ) -> Option<Examined> {
        let last = Arc::clone(&self.0);
        let run = tokio::spawn(async move {
            let mut last = last.lock().await;
            if let Some(examined) = &*last
                && clock.now().duration_since(examined.at).abs() < FRESH
            {
                return examined.clone();
            }
            let findings = insight.examine().await;
            let examined = Examined {
                at: clock.now(),
                findings,
            };
            last.insert(examined).clone()
        });
        timeout(patience, run).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::Semaphore;

    use super::*;
    use crate::clock::{Clock as _, ManualClock};

    struct Slow {
        runs: AtomicU32,
        gate: Arc<Semaphore>,
    }

    impl Insight for Slow {
        fn settings(&self) -> Vec<Effective> {
            Vec::new()
        }

        fn examine(&self) -> Pin<Box<dyn Future<Output = Vec<Finding>> + Send>> {
            self.runs.fetch_add(1, Ordering::Relaxed);
            let gate = Arc::clone(&self.gate);
            Box::pin(async move {
                gate.acquire().await.unwrap().forget();
                Vec::new()
            })
        }
    }

    #[tokio::test]
    async fn checks_run_once_a_minute_and_nobody_waits_for_long() {
        let clock = Arc::new(ManualClock::starting_at(
            "2026-11-23T06:00:00Z".parse().unwrap(),
        ));
        let slow = Arc::new(Slow {
            runs: AtomicU32::new(0),
            gate: Arc::new(Semaphore::new(0)),
        });
        let last = LastFindings::default();
        let get = |patience| last.get(slow.clone(), clock.clone(), patience);
        let (none, long) = (Duration::ZERO, Duration::from_mins(1));
        assert!(get(none).await.is_none());
        assert!(get(none).await.is_none(), "the same run");
        slow.gate.add_permits(1);
        assert_eq!(get(long).await.unwrap().at, clock.now());
        clock.advance(SignedDuration::from_secs(59));
        assert!(get(long).await.is_some());
        assert_eq!(slow.runs.load(Ordering::Relaxed), 1);
        clock.advance(SignedDuration::from_secs(2));
        slow.gate.add_permits(1);
        assert_eq!(get(long).await.unwrap().at, clock.now());
        assert_eq!(slow.runs.load(Ordering::Relaxed), 2);
    }
}
