//! Subscribers: code of the program that embeds regstack, which hears of events as they happen. Knows nothing of the outbox.

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::model::{Event, UserPublic};

/// How many events a subscriber may lie behind before it misses some.
const BEHIND: usize = 256;

/// What happened, and to whom.
#[derive(Debug, Clone)]
pub struct RecordedEvent {
    /// The line of the audit trail.
    pub event: Event,
    /// The account as the event left it; none when there is none, or none any more.
    pub user: Option<UserPublic>,
}

/// Those who hear of events in this process. Cheap to clone.
#[derive(Clone)]
pub struct Subscribers(broadcast::Sender<RecordedEvent>);

impl Default for Subscribers {
    fn default() -> Self {
        Self(broadcast::Sender::new(BEHIND))
    }
}

impl Subscribers {
    /// Calls `hear` with every event from now on, one after the other, in a task of its own on the current runtime.
    /// What it does wrong is logged under `name`, and harms nobody else.
    pub fn add<F, Done, E>(&self, name: &str, hear: F)
    where
        F: Fn(RecordedEvent) -> Done + Send + Sync + 'static,
        Done: Future<Output = Result<(), E>> + Send + 'static,
        E: Display + Send + 'static,
    {
        let (name, hear) = (name.to_owned(), Arc::new(hear));
        let mut events = self.0.subscribe();
        tokio::spawn(async move {
            loop {
                let recorded = match events.recv().await {
                    Ok(recorded) => recorded,
                    Err(RecvError::Lagged(missed)) => {
                        tracing::warn!(
                            subscriber = name,
                            missed,
                            "a subscriber was too slow, and missed events"
                        );
                        continue;
                    }
                    Err(RecvError::Closed) => return,
                };
                let (event, hear) = (recorded.event.kind, Arc::clone(&hear));
                // A task of its own, so that a panic ends nothing else.
                let heard = tokio::spawn(async move { hear(recorded).await });
                match heard.await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => {
                        tracing::error!(subscriber = name, %event, %error, "a subscriber failed");
                    }
                    Err(panicked) => {
                        tracing::error!(subscriber = name, %event, error = %panicked, "a subscriber panicked");
                    }
                }
            }
        });
    }

    /// Whether there is any.
    pub(super) fn any(&self) -> bool {
        self.0.receiver_count() > 0
    }

    /// Tells all of them, without waiting for any.
    pub(super) fn publish(&self, recorded: RecordedEvent) {
        // Nobody hears it: then nobody misses it.
        let _ = self.0.send(recorded);
    }
}
