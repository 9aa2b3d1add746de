//! What is recorded becomes what others hear of: a webhook for each receiver that wants it, and a word to the subscribers.
//! Knows the published form of an event; nothing of how it is sent.

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::Outbox;
use super::subscribers::{Happening, Subscribers};
use crate::config::Webhook;
use crate::model::{Email, Event, EventKind, Id, QueuedMessage, User, UserPublic};
use crate::store::Announcer;

/// Announces to the configured receivers and to all subscribers.
pub struct Announcements {
    outbox: Outbox,
    receivers: Vec<Webhook>,
    subscribers: Subscribers,
}

/// The body of a webhook.
#[derive(Serialize)]
struct Announcement<'a> {
    r#type: EventKind,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    /// The line of the audit trail.
    event_id: Id,
    /// To whom it happened, as far as it is known, also when the account is gone or never was.
    user_id: Option<Id>,
    email: Option<&'a str>,
    /// The account as the event left it.
    user: Option<UserPublic>,
    actor: &'a str,
    details: &'a serde_json::Map<String, serde_json::Value>,
}

impl Announcements {
    /// Queues for these receivers, and tells these subscribers.
    #[must_use]
    pub fn new(outbox: &Outbox, receivers: &[Webhook], subscribers: &Subscribers) -> Self {
        Self {
            outbox: outbox.clone(),
            receivers: receivers.to_vec(),
            subscribers: subscribers.clone(),
        }
    }

    fn receivers(&self, kind: EventKind) -> impl Iterator<Item = &Webhook> {
        self.receivers
            .iter()
            .filter(move |receiver| receiver.wants(kind))
    }
}

impl Announcer for Announcements {
    fn listens(&self, kind: EventKind) -> bool {
        self.receivers(kind).next().is_some() || self.subscribers.are_there()
    }

    fn announce(&self, event: &Event, user: Option<&User>) -> Vec<QueuedMessage> {
        let announcement = Announcement {
            r#type: event.kind,
            timestamp: event.at,
            data: Data {
                event_id: event.id,
                user_id: event.user_id,
                email: event.email.as_ref().map(Email::as_str),
                user: user.map(User::public),
                actor: &event.actor,
                details: &event.data,
            },
        };
        let message = |receiver: &Webhook| {
            let body = serde_json::to_string(&announcement);
            let body = body.expect("texts, ids and times have a JSON form");
            let id = message_id(event, &receiver.url);
            self.outbox.webhook(id, &receiver.url, body, event.at)
        };
        self.receivers(event.kind).map(message).collect()
    }

    fn recorded(&self, event: Event, user: Option<User>) {
        if self.receivers(event.kind).next().is_some() {
            self.outbox.wake();
        }
        self.subscribers.tell(Happening {
            user: user.as_ref().map(User::public),
            event,
        });
    }
}

/// The same whoever announces an event to a receiver, and however often.
fn message_id(event: &Event, url: &str) -> Id {
    let mut bytes = event.id.bytes();
    let hash = Sha256::new()
        .chain_update(bytes)
        .chain_update(url)
        .finalize();
    bytes[4..].copy_from_slice(&hash[..8]);
    Id::from_bytes(bytes)
}
