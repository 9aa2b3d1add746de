//! Subscribers: callbacks of a program that embeds regstack, called with events as they happen. Independent of the
//! outbox.

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::model::{Event, UserPublic};

/// How many events a subscriber may lag behind before it misses some.
const BEHIND: usize = 256;

/// An event, with the account that it concerns.
#[derive(Debug, Clone)]
pub struct AccountEvent {
    /// The event, as recorded in the audit trail.
    pub event: Event,
    /// The account after the event; `None` if there is none or it was deleted.
    pub user: Option<UserPublic>,
}

/// The subscribers to events in this process. Cheap to clone.
#[derive(Clone)]
pub struct Subscribers(broadcast::Sender<AccountEvent>);

impl Default for Subscribers {
    fn default() -> Self {
        Self(broadcast::Sender::new(BEHIND))
    }
}

impl Subscribers {
    /// Calls `hear` with every event from now on, one at a time, in a separate task on the current runtime. Its errors
    /// are logged under `name` and affect nothing else.
    pub fn add<F, Done, E>(&self, name: &str, hear: F)
    where
        F: Fn(AccountEvent) -> Done + Send + Sync + 'static,
        Done: Future<Output = Result<(), E>> + Send + 'static,
        E: Display + Send + 'static,
    {
        let (name, hear) = (name.to_owned(), Arc::new(hear));
        let mut events = self.0.subscribe();
        tokio::spawn(async move {
            loop {
                let event = match events.recv().await {
                    Ok(event) => event,
                    Err(RecvError::Lagged(missed)) => {
                        tracing::warn!(
                            subscriber = name,
                            missed,
                            "subscriber too slow; events missed"
                        );
                        continue;
                    }
                    Err(RecvError::Closed) => return,
                };
                let (kind, hear) = (event.event.kind, Arc::clone(&hear));
                // A separate task, so that a panic ends nothing else.
                let heard = tokio::spawn(async move { hear(event).await });
                match heard.await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => {
                        tracing::error!(subscriber = name, event = %kind, %error, "subscriber failed");
                    }
                    Err(panicked) => {
                        tracing::error!(subscriber = name, event = %kind, error = %panicked, "subscriber panicked");
                    }
                }
            }
        });
    }

    /// Returns whether there are any subscribers.
    pub(super) fn are_there(&self) -> bool {
        self.0.receiver_count() > 0
    }

    /// Sends an event to all subscribers, without waiting for them.
    pub(super) fn publish(&self, event: AccountEvent) {
        // Fails only if there are no subscribers.
        let _ = self.0.send(event);
    }
}
