//! The worker: claims due messages, sends them, settles them.

use tokio_util::sync::CancellationToken;

use super::{Mailbox, Outbox};
use crate::config::Settings;
use crate::store::SharedStore;

/// Sends what waits in the outbox.
pub struct Worker {}

impl Worker {
    /// A worker over the configured transports; with a mailbox everything goes there instead.
    /// Fails when a transport cannot be built (a CA file that cannot be read, say).
    pub fn new(_settings: &Settings, _outbox: &Outbox, _store: SharedStore, _mailbox: Option<Mailbox>) -> Result<Self, String> { unimplemented!() }

    /// Works until `stop`, then lets messages under way end.
    pub async fn run(self, _stop: CancellationToken) { unimplemented!() }
}
