//! The store: what can happen to accounts, as atomic steps.
//!
//! Each method of [`Store`] is one domain operation and one atomic step: it happens whole, with the messages and events
//! that belong to it ([`Effects`]), or not at all. Expected outcomes are typed values; [`StoreError`] is what nobody expected.
//! Engines live below; they know neither HTTP nor the terminal, nor why a step is taken. `conformance` is the list of
//! behaviours that every engine's tests run through.
//!
//! Written with a database without multi-document transactions in mind: no operation needs to see two users at once,
//! and every moment, id and hash comes from the caller, so that a step can be repeated.

mod attempts;
mod audit;
mod codes;
#[cfg(test)]
mod conformance;
mod copying;
mod credentials;
mod factors;
mod identities;
mod imports;
#[cfg(feature = "mongodb")]
pub mod mongo;
mod outbox;
mod page;
mod passkeys;
mod privacy;
mod registration;
mod service_keys;
mod sessions;
mod signing_keys;
pub mod sqlite;
mod upkeep;
mod users;

use std::sync::Arc;

use crate::model::{Event, EventKind, QueuedMessage, RecipientCap, User};

pub use attempts::*;
pub use audit::*;
pub use codes::*;
pub use copying::*;
pub use credentials::*;
pub use factors::*;
pub use identities::*;
pub use imports::*;
pub use outbox::*;
pub use passkeys::*;
pub use privacy::*;
pub use registration::*;
pub use service_keys::*;
pub use sessions::*;
pub use signing_keys::*;
pub use upkeep::*;
pub use users::*;

/// A store that can be handed to every part of one application.
pub type SharedStore = Arc<dyn Store>;

/// What an operation answers when nothing unexpected happened.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// What nobody expected.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer, or refused the work. The cause is for the log, never for a client.
    #[error("the database can't be reached: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database does not let us in: its user name, password or rights are wrong. The cause is for the log.
    #[error("the database refused access: {0}")]
    Denied(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database answered, and did not do it. The cause is for the log.
    #[error("the database reported an error: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database did not confirm a write as it was asked to: the write may have been done. The cause is for the log.
    #[error("the database didn't confirm a write, which may have been done: {0}")]
    Unconfirmed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another program has kept the database locked for as long as was waited. Holds the file.
    #[error("another program has locked {0} for more than 5 seconds")]
    Locked(String),
    /// The database's file cannot be used as it is: damaged, out of room, not to be written, or exchanged. For operators.
    #[error("{problem}")]
    File {
        /// What is wrong with which file.
        problem: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// The database is not for this program: it belongs to another one, or to a newer version. Says what to do instead.
    #[error("{0}")]
    Refused(String),
    /// A search takes too long: so much would match, or so much had to be looked at.
    #[error("the search takes too long: narrow it")]
    TooBroad,
    /// A row is there, but cannot be read as what it should be.
    #[error("{table} row {id}: the field {field} can't be read")]
    Unreadable {
        /// Table or collection.
        table: &'static str,
        /// The row's key.
        id: String,
        /// The field.
        field: &'static str,
    },
}

/// Announces recorded events to others. `user` is the account as the step leaves it, where there is one still.
pub trait Announcer: Send + Sync + 'static {
    /// Returns whether anybody listens to such events. The two methods below are not called for others.
    fn listens(&self, kind: EventKind) -> bool;

    /// Returns the messages that announce an event; they are queued in the same step. Called again, it must return the
    /// same ids, because an engine may have to repeat a step.
    fn announce(&self, event: &Event, user: Option<&User>) -> Vec<QueuedMessage>;

    /// Called at most once, when this process has written the event. Must not wait for anything.
    fn recorded(&self, event: Event, user: Option<User>);
}

/// An announcer that every part of a store may use; none announces nothing.
pub type SharedAnnouncer = Option<Arc<dyn Announcer>>;

/// What is written together with a change: messages to send, and lines of the audit trail.
///
/// An event or message without a `user_id`, or an event without an `email`, is given the account that the operation changed.
/// When the outcome is not the success, no effect is written.
#[derive(Debug, Default, Clone)]
pub struct Effects {
    /// Sealed messages for the outbox.
    pub messages: Vec<QueuedMessage>,
    /// What they cost together. When the cap is spent they are not written; the change and its events are.
    pub messages_cap: Option<RecipientCap>,
    /// Lines for the audit trail.
    pub events: Vec<Event>,
}

impl Effects {
    /// The cap that has to be paid for the messages, if there are any.
    fn cap(&self) -> Option<&RecipientCap> {
        let cap = self.messages_cap.as_ref();
        cap.filter(|_| !self.messages.is_empty())
    }

    /// Leaves the messages out whose cap is spent.
    fn without_messages(self) -> Self {
        tracing::warn!("notice not sent: mail_per_recipient_per_hour reached for this recipient");
        Self {
            messages: Vec::new(),
            ..self
        }
    }

    /// Lines for the audit trail, and no messages.
    pub fn of_events(events: impl IntoIterator<Item = Event>) -> Self {
        Self {
            events: events.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// All operations. See the module's documentation for what they have in common.
pub trait Store:
    UserStore
    + RegistrationStore
    + CredentialStore
    + AttemptStore
    + SessionStore
    + ServiceKeyStore
    + SigningKeyStore
    + CodeStore
    + FactorStore
    + PasskeyStore
    + IdentityStore
    + ImportStore
    + PrivacyStore
    + AuditStore
    + OutboxStore
    + UpkeepStore
    + CopyStore
{
}
