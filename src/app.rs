//! The composition root: settings in, running parts out. The only place that names a concrete engine or provider.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::accounts::Accounts;
use crate::clock::SharedClock;
use crate::config::Settings;
use crate::delivery::Mailbox;
use crate::random::SharedRandom;
use crate::store::SharedStore;

/// What the application takes from its surroundings.
#[derive(Clone)]
pub struct Ambient {
    /// The time.
    pub clock: SharedClock,
    /// Randomness.
    pub random: SharedRandom,
    /// Where messages go instead of being sent (`serve --dev`).
    pub mailbox: Option<Mailbox>,
}

/// Why the application cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting cannot be used (template, CA file, engine not built yet): the key, the reason, what to do.
    #[error("{0}")]
    Setting(String),
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

/// One regstack, ready to be served or administered. No globals: two in one process share nothing.
#[derive(Clone)]
pub struct App {
    /// The configuration.
    pub settings: Arc<Settings>,
    /// The use cases.
    pub accounts: Accounts,
    /// The store, for readiness and housekeeping.
    pub store: SharedStore,
    /// Time, randomness, mailbox.
    pub ambient: Ambient,
}

impl App {
    /// Opens the store (creating and migrating its schema) and puts the parts together.
    pub async fn open(_settings: Settings, _ambient: Ambient) -> Result<Self, OpenError> { unimplemented!() }

    /// Starts the outbox worker and the sweeper; they end after `stop`. Await the answer to know they have.
    pub async fn run_workers(&self, _stop: CancellationToken) { unimplemented!() }
}
