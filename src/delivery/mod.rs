//! Mail, SMS and webhooks: one durable outbox.
//!
//! A use case renders and seals its message here, the store writes it in the same step as the change, and the worker
//! sends it. The answer to a client never waits for a mail server. (Skeleton of the interface.)

pub mod mailbox;
pub mod templates;
pub mod worker;

use jiff::Timestamp;

use crate::auth::Sealer;
use crate::clock::SharedClock;
use crate::config::Settings;
use crate::model::{Email, Id, QueuedMessage};
use crate::random::SharedRandom;

pub use mailbox::Mailbox;
pub use templates::{MailTemplate, TemplateError, Templates};
pub use worker::Worker;

/// Makes messages ready for the store, and wakes the worker once they are written.
#[derive(Clone)]
pub struct Outbox {}

impl Outbox {
    /// An outbox that seals with `sealer` (purpose `outbox`) and renders with `templates`.
    #[must_use]
    pub fn new(_settings: &Settings, _templates: Templates, _sealer: Sealer, _clock: SharedClock, _random: SharedRandom) -> Self { unimplemented!() }

    /// Renders and seals a mail that is worth sending until `expires_at`.
    pub fn mail<T: MailTemplate>(&self, _to: &Email, _user_id: Option<Id>, _content: &T, _expires_at: Timestamp) -> Result<QueuedMessage, TemplateError> { unimplemented!() }

    /// Tells the worker that something was queued.
    pub fn wake(&self) { unimplemented!() }
}
