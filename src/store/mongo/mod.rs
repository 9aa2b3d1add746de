//! The engine for several machines: one MongoDB database, in the layout of the Python package, which can use it at the
//! same time.
//!
//! Each part of the [`Store`](super::Store) is implemented in the file of the same name. The server may not have
//! transactions over several documents, so a step is one conditional update of one document, which also carries the
//! step's messages and events (`relay`). Everything else that belongs to a step is written before or after it, in such
//! a way that any process can repeat it. Each module explains the order of its writes and why it is safe. In tests, a
//! failpoint stops between any two writes.

mod attempt_rows;
mod attempts;
mod audit;
mod caps;
mod code_documents;
mod codes;
mod connection;
mod copying;
mod counts;
mod credentials;
mod days;
mod db;
mod deletion;
mod documents;
mod erase;
mod error;
mod factor_documents;
mod factors;
#[cfg(test)]
mod failpoint;
mod identities;
mod imported_people;
mod imports;
mod indexes;
mod known_time;
mod layout;
mod leases;
mod limits;
mod login_method_index;
mod message_documents;
mod out;
mod outbox;
mod passkey_documents;
mod passkeys;
mod privacy;
mod promotion;
mod registration;
mod relay;
mod removal;
mod repair;
mod service_keys;
mod session_documents;
mod sessions;
mod signing_keys;
mod superusers;
mod tidy;
mod undos;
mod upkeep;
mod user_documents;
mod user_list;
mod users;
mod window;

mod login_methods;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use self::connection::Connection;
use self::counts::{RecentCounts, ResetOnDrop};
use self::db::{Db, Server};
use super::{Result, SharedAnnouncer};
use crate::config::Database as Settings;
use crate::metrics::StoreTimes;
use crate::secret::SecretString;

/// One MongoDB database as a [`Store`](super::Store).
pub struct Mongo {
    connection: Connection,
    counts: RecentCounts,
    upkeep: upkeep::Upkeep,
}

impl super::Store for Mongo {}

impl Mongo {
    /// Returns a store at `url`, in `database`. Sends nothing to the server yet: the first operation that reaches it
    /// creates missing indexes. Failed logins are deleted when they are `lockout_window` old.
    ///
    /// # Errors
    /// [`super::StoreError::Refused`] if the URL can't be used.
    pub fn new(
        url: SecretString,
        database: String,
        settings: &Settings,
        lockout_window: Duration,
    ) -> Result<Self> {
        Self::announcing(url, database, settings, lockout_window, None)
    }

    /// Does the same, for a store that announces what it records.
    pub fn announcing(
        url: SecretString,
        database: String,
        settings: &Settings,
        lockout_window: Duration,
        announcer: SharedAnnouncer,
    ) -> Result<Self> {
        Self::over(Server {
            url,
            database,
            settings: settings.clone(),
            lockout_window,
            makes_indexes: true,
            announcer,
            times: Arc::default(),
        })
    }

    /// Returns the same store, which also measures the commands that it sends.
    ///
    /// # Errors
    /// Those of [`Self::new`].
    pub fn measured(&self, times: Arc<StoreTimes>) -> Result<Self> {
        Self::over(Server {
            times,
            ..self.connection.server().clone()
        })
    }

    /// Returns the same store for inspection as it is: no index is created.
    pub fn as_it_is(&self) -> Result<Self> {
        Self::over(Server {
            makes_indexes: false,
            ..self.connection.server().clone()
        })
    }

    fn over(server: Server) -> Result<Self> {
        Ok(Self {
            connection: Connection::to(server)?,
            counts: RecentCounts::default(),
            upkeep: upkeep::Upkeep::default(),
        })
    }

    async fn db(&self) -> Result<&Db> {
        self.connection.ready().await
    }

    /// Returns the collections for a write that changes counts.
    async fn counted(&self) -> Result<(&Db, ResetOnDrop<'_>)> {
        Ok((self.db().await?, ResetOnDrop(&self.counts)))
    }
}
