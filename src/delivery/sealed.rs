//! The sealed content of a message in the outbox. Independent of how it is sent.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::email::Mail;
use super::sms::Sms;
use super::webhooks::Call;
use crate::auth::Sealer;
use crate::model::{Id, MessageKind, QueuedMessage};

/// The content of a message, with one variant for each kind. It includes the recipient, so that a change to the row's
/// columns redirects nothing.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Payload {
    Email(Mail),
    Sms(Sms),
    Webhook(Call),
}

impl Payload {
    pub(super) const fn kind(&self) -> MessageKind {
        match self {
            Self::Email(_) => MessageKind::Email,
            Self::Sms(_) => MessageKind::Sms,
            Self::Webhook(_) => MessageKind::Webhook,
        }
    }

    /// Seals the content for the message `id`. It can't be opened for another message.
    pub(super) fn seal(&self, id: Id, sealer: &Sealer) -> Vec<u8> {
        let plain = Zeroizing::new(
            serde_json::to_vec(self).expect("texts, ids and times have a JSON form"),
        );
        sealer.seal(&plain, &id.bytes())
    }

    /// Opens what [`Self::seal`] returned. The error says why it cannot be opened.
    pub(super) fn open(message: &QueuedMessage, sealer: &Sealer) -> Result<Self, String> {
        let plain = Zeroizing::new(
            sealer
                .open(&message.payload, &message.id.bytes())
                .map_err(|error| error.to_string())?,
        );
        // serde_json's errors quote the input, which may contain a link, so only the position is shown.
        serde_json::from_slice(&plain).map_err(|error| {
            format!(
                "the content was written by another version: error at column {}",
                error.column()
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::config::Tokens;
    use crate::delivery::templates::ada;
    use crate::delivery::{Outbox, Templates};
    use crate::model::{Email, Language};
    use crate::random::SeededRandom;

    fn sealer(secret: &str, purpose: &str) -> Sealer {
        let tokens = Tokens {
            jwt_secret: secret.into(),
            ..Tokens::default()
        };
        Sealer::new(&tokens, purpose, Arc::new(SeededRandom::new(1)))
    }

    fn queued() -> QueuedMessage {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let clock = Arc::new(crate::clock::ManualClock::starting_at(now));
        let outbox = Outbox::new(
            Templates::load(&[]).unwrap(),
            sealer("one", "outbox"),
            clock,
            Arc::new(SeededRandom::new(2)),
        );
        outbox
            .mail(
                &Email::parse("Ada@Example.com").unwrap(),
                None,
                &ada(),
                &Language::english(),
                now + jiff::SignedDuration::from_hours(24),
            )
            .unwrap()
    }

    #[test]
    fn a_queued_mail_shows_its_envelope_and_nothing_of_its_content() {
        let message = queued();
        assert_eq!(
            (message.kind, message.recipient.as_str(), message.attempts),
            (MessageKind::Email, "ada@example.com", 0)
        );
        assert_eq!(message.not_before, message.created_at);
        for part in ["https://", "token", "Lovelace", "ada@example.com"] {
            assert!(
                !message
                    .payload
                    .windows(part.len())
                    .any(|window| window == part.as_bytes()),
                "{part} is readable"
            );
        }
        let redirected = QueuedMessage {
            recipient: "eve@example.com".into(),
            ..message.clone()
        };
        let Payload::Email(mail) = Payload::open(&redirected, &sealer("one", "outbox")).unwrap()
        else {
            panic!("it is a mail")
        };
        assert_eq!(
            (mail.id, mail.to.as_str(), mail.date),
            (message.id, "ada@example.com", message.created_at)
        );
        assert!(mail.text.contains(&ada().url));
    }

    #[test]
    fn it_opens_for_its_own_message_under_its_own_secret_and_purpose_only() {
        let message = queued();
        for foreign in [sealer("two", "outbox"), sealer("one", "session")] {
            assert!(
                Payload::open(&message, &foreign)
                    .err()
                    .unwrap()
                    .contains("jwt_previous_secrets")
            );
        }
        let moved = QueuedMessage {
            id: Id::from_bytes([7; 12]),
            ..message
        };
        assert!(
            Payload::open(&moved, &sealer("one", "outbox")).is_err(),
            "opened as another message"
        );
    }

    #[test]
    fn what_another_version_sealed_is_named_without_quoting_it() {
        let message = queued();
        let strange = QueuedMessage {
            payload: sealer("one", "outbox")
                .seal(br#"{"kind":"https://x/?token=abc"}"#, &message.id.bytes()),
            ..message
        };
        let error = Payload::open(&strange, &sealer("one", "outbox"))
            .err()
            .unwrap();
        assert!(
            error.contains("another version") && !error.contains("token"),
            "{error}"
        );
    }
}
