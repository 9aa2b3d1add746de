//! The store: everything that can happen to accounts, as atomic steps.
//!
//! Each method of [`Store`] is one domain operation and one atomic step. It happens completely, with its messages and
//! events ([`Effects`]), or not at all. Expected outcomes are typed values; everything unexpected is a [`StoreError`].
//! The engines are submodules. They know neither HTTP nor the terminal, nor why a step is taken. `conformance` is the
//! list of behaviors that every engine's tests run.
//!
//! The trait is designed for databases without multi-document transactions: no operation needs a consistent view of two
//! users, and every time, id and hash comes from the caller, so that a step can be repeated.

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
mod limits;
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
pub use limits::*;
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

/// The result of an operation.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// An unexpected failure.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not respond, or refused the work. The cause is for the log, never for a client.
    #[error("the database can't be reached: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database does not let us in: its user name, password or rights are wrong. The cause is for the log.
    #[error("the database refused access: {0}")]
    Denied(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database responded with an error. The cause is for the log.
    #[error("the database reported an error: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database did not confirm a write as requested. The write may have been done. The cause is for the log.
    #[error("the database didn't confirm a write, which may have been done: {0}")]
    Unconfirmed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another program kept the database locked for longer than the timeout. Contains the file's path.
    #[error("another program has locked {0} for more than 5 seconds")]
    Locked(String),
    /// The database file can't be used: it is damaged, replaced or read-only, or the disk is full. For operators.
    #[error("{problem}")]
    File {
        /// What is wrong, and with which file.
        problem: String,
        /// How to fix it.
        remedy: &'static str,
    },
    /// The database can't be used by this program: it belongs to another program or a newer version. Says what to do
    /// instead.
    #[error("{0}")]
    Refused(String),
    /// A search takes too long: it matches, or has to look at, too much.
    #[error("the search takes too long: narrow it")]
    TooBroad,
    /// A stored row can't be decoded.
    #[error("{table} row {id}: the field {field} can't be read")]
    Unreadable {
        /// The table or collection.
        table: &'static str,
        /// The row's key.
        id: String,
        /// The field.
        field: &'static str,
    },
}

/// Announces recorded events to others. `user` is the account after the step, if it still exists.
pub trait Announcer: Send + Sync + 'static {
    /// Returns whether anybody listens to such events. The two methods below are called only for those.
    fn listens(&self, kind: EventKind) -> bool;

    /// Returns the messages that announce an event; they are queued in the same step. Repeated calls must return the
    /// same ids, because an engine may have to repeat a step.
    fn announce(&self, event: &Event, user: Option<&User>) -> Vec<QueuedMessage>;

    /// Called at most once, after this process has written the event. Must not block.
    fn recorded(&self, event: Event, user: Option<User>);
}

/// An announcer that every part of a store may use; with `None`, nothing is announced.
pub type SharedAnnouncer = Option<Arc<dyn Announcer>>;

/// What is written together with a change: messages to send, and events for the audit trail.
///
/// Events and messages without a `user_id`, and events without an `email`, get those of the account that the operation
/// changed. If the outcome is not a success, no effect is written.
#[derive(Debug, Default, Clone)]
pub struct Effects {
    /// The encrypted messages for the outbox.
    pub messages: Vec<QueuedMessage>,
    /// The limit that the messages together count towards. If it is reached, they are not written, but the change and
    /// its events are.
    pub messages_cap: Option<RecipientCap>,
    /// The events for the audit trail.
    pub events: Vec<Event>,
}

impl Effects {
    /// Returns the limit that applies to the messages, if there are any.
    fn cap(&self) -> Option<&RecipientCap> {
        let cap = self.messages_cap.as_ref();
        cap.filter(|_| !self.messages.is_empty())
    }

    /// Returns the effects without the messages, because their limit is reached.
    fn without_messages(self) -> Self {
        tracing::warn!("notice not sent: mail_per_recipient_per_hour reached for this recipient");
        Self {
            messages: Vec::new(),
            ..self
        }
    }

    /// Returns effects with events and no messages.
    pub fn of_events(events: impl IntoIterator<Item = Event>) -> Self {
        Self {
            events: events.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// All operations. The module's documentation says what they have in common.
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
    + LimitStore
    + AuditStore
    + OutboxStore
    + UpkeepStore
    + CopyStore
{
}
