//! Receivers of events.

use crate::model::EventKind;
use crate::secret::SecretString;

/// A receiver of events.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Where events are posted.
    pub url: String,
    /// Which events; all when none.
    pub events: Option<Vec<EventKind>>,
    /// The `whsec_…` secrets (Standard Webhooks) that each is signed with. Never empty.
    pub secrets: Vec<SecretString>,
}

impl Webhook {
    /// Whether it is told of events of this kind.
    #[must_use]
    pub fn wants(&self, kind: EventKind) -> bool {
        self.events
            .as_ref()
            .is_none_or(|events| events.contains(&kind))
    }
}
