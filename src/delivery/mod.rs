//! Mail, SMS and webhooks: one durable outbox.
//!
//! A use case renders and seals its message here, the store writes it atomically with the change, and the worker sends
//! it. A response to a client never waits for a mail server. This module knows providers and templates. It doesn't know
//! why a message is sent, who may cause it, or how the outbox is stored.

mod announcements;
#[cfg(feature = "aws")]
mod aws;
#[cfg(all(feature = "otlp", feature = "cli"))]
mod collector;
pub mod email;
#[cfg(feature = "internals")]
pub mod fuzz;
pub(crate) mod http_client;
pub mod locales;
pub mod mailbox;
mod outbox;
pub mod providers;
mod reach;
mod sealed;
mod send_error;
pub mod sms;
mod stream;
pub mod subscribers;
pub mod templates;
mod text;
mod transports;
mod webhooks;
pub mod worker;

pub use announcements::Announcements;
#[cfg(all(feature = "otlp", feature = "cli"))]
pub use collector::Collector;
pub use mailbox::{CaughtMessage, Mailbox};
pub use outbox::Outbox;
pub use reach::Reach;
pub use send_error::{RetryAfter, SendError};
pub use subscribers::{AccountEvent, Subscribers};
pub use templates::{LiveTemplates, MailTemplate, TemplateError, Templates};
pub use transports::{OwnTransports, Transports};
pub use worker::{DeliveryAttempt, Worker};
// The result of a delivery attempt.
pub use crate::store::Delivery;
