//! Webhook receivers.

use crate::model::EventKind;
use crate::secret::SecretString;

/// A webhook receiver.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The URL that events are posted to.
    pub url: String,
    /// The events that it receives. `None` means all.
    pub events: Option<Vec<EventKind>>,
    /// The `whsec_…` secrets (Standard Webhooks) that each event is signed with. Never empty.
    pub secrets: Vec<SecretString>,
}

impl Webhook {
    /// Returns whether it receives events of this kind.
    #[must_use]
    pub fn wants(&self, kind: EventKind) -> bool {
        self.events
            .as_ref()
            .is_none_or(|events| events.contains(&kind))
    }
}
