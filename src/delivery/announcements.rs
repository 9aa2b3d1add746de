//! Announces recorded events: queues a webhook for each receiver that wants the event, and publishes it to the
//! subscribers. The content of a webhook and how it is sent are not decided here.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::outbox::Outbox;
use super::subscribers::{AccountEvent, Subscribers};
use super::webhooks;
use crate::config::Webhook;
use crate::metrics::Metrics;
use crate::model::{Event, EventKind, Id, QueuedMessage, User};
use crate::store::Announcer;

/// Announces events to the configured receivers and to all subscribers.
pub struct Announcements {
    outbox: Outbox,
    receivers: Vec<Webhook>,
    subscribers: Subscribers,
    metrics: Arc<Metrics>,
}

impl Announcements {
    /// Creates an announcer that queues for these receivers, publishes to these subscribers, and counts lockouts.
    #[must_use]
    pub fn new(
        outbox: &Outbox,
        receivers: &[Webhook],
        subscribers: &Subscribers,
        metrics: &Arc<Metrics>,
    ) -> Self {
        Self {
            outbox: outbox.clone(),
            receivers: receivers.to_vec(),
            subscribers: subscribers.clone(),
            metrics: Arc::clone(metrics),
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
        kind == EventKind::LoginLocked
            || self.receivers(kind).next().is_some()
            || self.subscribers.are_there()
    }

    fn announce(&self, event: &Event, user: Option<&User>) -> Vec<QueuedMessage> {
        let body = webhooks::body(event, user);
        let message = |receiver: &Webhook| {
            let id = message_id(event, &receiver.url);
            self.outbox
                .webhook(id, &receiver.url, body.clone(), event.at)
        };
        self.receivers(event.kind).map(message).collect()
    }

    fn recorded(&self, event: Event, user: Option<User>) {
        if event.kind == EventKind::LoginLocked {
            self.metrics.lockouts.count();
        }
        if self.receivers(event.kind).next().is_some() {
            self.outbox.wake();
        }
        self.subscribers.publish(AccountEvent {
            user: user.as_ref().map(User::public),
            event,
        });
    }
}

/// Returns the id of the message that announces an event to a receiver. It is always the same for the same event and
/// receiver.
fn message_id(event: &Event, url: &str) -> Id {
    let mut bytes = event.id.bytes();
    let hash = Sha256::new()
        .chain_update(bytes)
        .chain_update(url)
        .finalize();
    bytes[4..].copy_from_slice(&hash[..8]);
    Id::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::auth::Sealer;
    use crate::clock::ManualClock;
    use crate::config::Tokens;
    use crate::delivery::Templates;
    use crate::model::{Email, MessageKind};
    use crate::random::SeededRandom;

    fn receiver(url: &str, events: Option<Vec<EventKind>>) -> Webhook {
        Webhook {
            url: url.to_owned(),
            events,
            secrets: Vec::new(),
        }
    }

    #[test]
    fn an_event_announced_again_is_the_same_message_sealed() {
        let random = Arc::new(SeededRandom::new(1));
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let outbox = Outbox::new(
            Templates::load(&[]).unwrap(),
            Sealer::new(&Tokens::default(), "outbox", random.clone()),
            Arc::new(ManualClock::starting_at(now)),
            random,
        );
        let receivers = [
            receiver("https://one.example/", None),
            receiver("https://two.example/", None),
            receiver("https://deaf.example/", Some(vec![EventKind::UserDeleted])),
        ];
        let announcements = Announcements::new(
            &outbox,
            &receivers,
            &Subscribers::default(),
            &Arc::default(),
        );
        let event = Event {
            id: Id::from_bytes([7; 12]),
            at: now,
            kind: EventKind::LoginFailed,
            user_id: None,
            email: Some(Email::parse("ada@example.com").unwrap()),
            actor: "anonymous".to_owned(),
            ip: None,
            request_id: None,
            data: serde_json::Map::new(),
        };
        let first = announcements.announce(&event, None);
        let again = announcements.announce(&event, None);
        let ids = |messages: &[QueuedMessage]| -> Vec<Id> {
            messages.iter().map(|message| message.id).collect()
        };
        assert_eq!(ids(&first), ids(&again));
        assert_eq!(first.len(), 2, "who wants it");
        assert!(first[0].id != first[1].id && first[0].id != event.id);
        let message = &first[0];
        assert_eq!(
            (message.kind, message.recipient.as_str()),
            (MessageKind::Webhook, "https://one.example/")
        );
        let day = jiff::SignedDuration::from_hours(24);
        assert_eq!(message.expires_at, now + day);
        let readable = |part: &str| {
            message
                .payload
                .windows(part.len())
                .any(|window| window == part.as_bytes())
        };
        assert!(!readable("ada@example.com") && !readable("login_failed"));
        assert!(announcements.listens(EventKind::LoginFailed));
        let nobody = Announcements::new(
            &outbox,
            &receivers[2..],
            &Subscribers::default(),
            &Arc::default(),
        );
        assert!(!nobody.listens(EventKind::LoginFailed));
    }
}
