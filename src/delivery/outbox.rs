//! The outbox: renders and seals messages for the store, and wakes the worker.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::email::Mail;
use super::locales::Languages;
use super::sealed::Payload;
use super::sms::Sms;
use super::templates::{CodeSms, LiveTemplates, MailTemplate, TemplateError};
use super::webhooks::Call;
use crate::auth::Sealer;
use crate::clock::SharedClock;
use crate::model::{Email, Id, Language, PhoneNumber, QueuedMessage};
use crate::random::{self, SharedRandom};

/// How long delivery of a webhook is attempted.
const WEBHOOK_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// Prepares messages for the store, and wakes the worker after they are written. Cheap to clone.
#[derive(Clone)]
pub struct Outbox(pub(super) Arc<Inner>);

pub(super) struct Inner {
    templates: LiveTemplates,
    pub(super) sealer: Sealer,
    pub(super) clock: SharedClock,
    pub(super) random: SharedRandom,
    pub(super) queued: watch::Sender<()>,
}

impl Outbox {
    /// Creates an outbox that seals with `sealer` (purpose `outbox`) and renders with `templates`.
    #[must_use]
    pub fn new(
        templates: impl Into<LiveTemplates>,
        sealer: Sealer,
        clock: SharedClock,
        random: SharedRandom,
    ) -> Self {
        Self(Arc::new(Inner {
            templates: templates.into(),
            sealer,
            clock,
            random,
            queued: watch::Sender::new(()),
        }))
    }

    /// Returns the languages in which messages can be rendered.
    #[must_use]
    pub fn languages(&self) -> Languages {
        self.0.templates.now().languages().clone()
    }

    /// Renders an email in a language and seals it. It isn't sent after `expires_at`.
    pub fn mail<T: MailTemplate>(
        &self,
        to: &Email,
        user_id: Option<Id>,
        content: &T,
        language: &Language,
        expires_at: Timestamp,
    ) -> Result<QueuedMessage, TemplateError> {
        let now = self.0.clock.now();
        let id = Id::new(now, random::bytes(&*self.0.random));
        let rendered = self.0.templates.now().mail(content, language)?;
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

    /// Renders an SMS in a language and seals it. It isn't sent after `expires_at`.
    pub fn sms(
        &self,
        to: &PhoneNumber,
        user_id: Option<Id>,
        content: &CodeSms,
        language: &Language,
        expires_at: Timestamp,
    ) -> Result<QueuedMessage, TemplateError> {
        let now = self.0.clock.now();
        let id = Id::new(now, random::bytes(&*self.0.random));
        let payload = Payload::Sms(Sms {
            id,
            date: now,
            to: to.clone(),
            text: self.0.templates.now().sms(content, language)?,
        });
        Ok(QueuedMessage {
            user_id,
            ..self.message(id, now, to.to_string(), &payload, expires_at)
        })
    }

    /// Seals a webhook about an event that happened at `at`.
    pub(super) fn webhook(&self, id: Id, url: &str, body: String, at: Timestamp) -> QueuedMessage {
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

    /// Tells the worker that something was queued. Call this after the store has written it.
    pub fn wake(&self) {
        self.0.queued.send_replace(());
    }
}
