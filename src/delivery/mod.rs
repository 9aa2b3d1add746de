//! Mail, SMS and webhooks: one durable outbox.
//!
//! A use case renders and seals its message here, the store writes it in the same step as the change, and the worker
//! sends it. The answer to a client never waits for a mail server. Knows providers and templates; does not know why a
//! message is sent, who may cause it, or how the outbox is stored.

mod announcements;
#[cfg(feature = "aws")]
mod aws;
pub mod email;
mod http_client;
pub mod mailbox;
mod payload;
pub mod sms;
pub mod subscribers;
pub mod templates;
mod text;
mod transports;
mod webhooks;
pub mod worker;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::auth::Sealer;
use crate::clock::SharedClock;
use crate::model::{Email, Id, PhoneNumber, QueuedMessage};
use crate::random::{self, SharedRandom};
use email::Mail;
use payload::Payload;
use sms::Sms;
use templates::CodeSms;
use webhooks::Call;

pub use announcements::Announcements;
pub use mailbox::{CaughtMessage, Mailbox};
pub use subscribers::{AccountEvent, Subscribers};
pub use templates::{MailTemplate, TemplateError, Templates};
pub use transports::Transports;
pub use worker::{DeliveryAttempt, Worker};
// How a delivery attempt ended.
pub use crate::store::Delivery;

/// How long a webhook is worth sending.
const WEBHOOK_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Why a message was not sent, in one line that holds no control character.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The provider refuses this message for good.
    #[error("{0}")]
    Permanent(String),
    /// It may go through later.
    #[error("{0}")]
    Transient(String),
}

impl SendError {
    /// A refusal for good. Providers' own words may be part of `reason`.
    #[must_use]
    pub fn permanent(reason: &str) -> Self {
        Self::Permanent(text::escaped(reason))
    }

    /// A failure worth another try. Providers' own words may be part of `reason`.
    #[must_use]
    pub fn transient(reason: &str) -> Self {
        Self::Transient(text::escaped(reason))
    }

    /// The same without what could be a secret of a message with this `content`: providers like to quote.
    fn without(self, content: &str) -> Self {
        match self {
            Self::Permanent(reason) => Self::Permanent(text::redacted(&reason, content)),
            Self::Transient(reason) => Self::Transient(text::redacted(&reason, content)),
        }
    }
}

/// Makes messages ready for the store, and wakes the worker once they are written. Cheap to clone.
#[derive(Clone)]
pub struct Outbox(Arc<Parts>);

struct Parts {
    templates: Templates,
    sealer: Sealer,
    clock: SharedClock,
    random: SharedRandom,
    queued: watch::Sender<()>,
}

impl Outbox {
    /// An outbox that seals with `sealer` (purpose `outbox`) and renders with `templates`.
    #[must_use]
    pub fn new(
        templates: Templates,
        sealer: Sealer,
        clock: SharedClock,
        random: SharedRandom,
    ) -> Self {
        Self(Arc::new(Parts {
            templates,
            sealer,
            clock,
            random,
            queued: watch::Sender::new(()),
        }))
    }

    /// Renders and seals a mail that is worth sending until `expires_at`.
    pub fn mail<T: MailTemplate>(
        &self,
        to: &Email,
        user_id: Option<Id>,
        content: &T,
        expires_at: Timestamp,
    ) -> Result<QueuedMessage, TemplateError> {
        let now = self.0.clock.now();
        let id = Id::new(now, random::bytes(&*self.0.random));
        let rendered = self.0.templates.mail(content)?;
        let payload = Payload::Email(Mail {
            id,
            date: now,
            to: to.to_string(),
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
        });
        Ok(QueuedMessage {
            user_id,
            ..self.message(id, now, to.to_string(), &payload, expires_at)
        })
    }

    /// Renders and seals an SMS that is worth sending until `expires_at`.
    pub fn sms(
        &self,
        to: &PhoneNumber,
        user_id: Option<Id>,
        content: &CodeSms,
        expires_at: Timestamp,
    ) -> Result<QueuedMessage, TemplateError> {
        let now = self.0.clock.now();
        let id = Id::new(now, random::bytes(&*self.0.random));
        let payload = Payload::Sms(Sms {
            id,
            date: now,
            to: to.clone(),
            text: self.0.templates.sms(content)?,
        });
        Ok(QueuedMessage {
            user_id,
            ..self.message(id, now, to.to_string(), &payload, expires_at)
        })
    }

    /// Seals a webhook that tells of something that happened `at` that moment.
    fn webhook(&self, id: Id, url: &str, body: String, at: Timestamp) -> QueuedMessage {
        let payload = Payload::Webhook(Call {
            id,
            url: url.to_owned(),
            body,
        });
        self.message(id, at, url.to_owned(), &payload, at + WEBHOOK_LIFE)
    }

    fn message(
        &self,
        id: Id,
        now: Timestamp,
        recipient: String,
        payload: &Payload,
        expires_at: Timestamp,
    ) -> QueuedMessage {
        QueuedMessage {
            id,
            kind: payload.kind(),
            recipient,
            user_id: None,
            pending_proof: None,
            dies_with_change: false,
            payload: payload.seal(id, &self.0.sealer),
            created_at: now,
            not_before: now,
            expires_at,
            attempts: 0,
        }
    }

    /// Tells the worker that something was queued. To be called after the store has written it.
    pub fn wake(&self) {
        self.0.queued.send_replace(());
    }
}
