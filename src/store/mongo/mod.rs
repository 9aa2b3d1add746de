//! The engine for many machines: one MongoDB database, in the layout of the Python package, which may run over it as well.
//!
//! Each theme of the [`Store`](super::Store) is implemented in the file of its name. On a server without transactions over several
//! documents a step is one conditional update of one document, which carries its messages and events along (`relay`);
//! what else belongs to a step is written before or after it so that any process may repeat it. Each module says in which
//! order and why that is safe; in tests a failpoint stops between any two writes.

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
mod imports;
mod indexes;
mod known_time;
mod layout;
mod leases;
mod message_documents;
mod out;
mod outbox;
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

#[cfg(test)]
mod tests;
mod ways_in;

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
}

impl super::Store for Mongo {}

impl Mongo {
    /// A store at `url`, in `database`. Nothing is asked of the server yet: the first operation that finds it makes the
    /// indexes that are missing. Failed logins are removed when they are `lockout_window` old.
    ///
    /// # Errors
    /// [`super::StoreError::Refused`] when the URL cannot be used.
    pub fn new(
        url: SecretString,
        database: String,
        settings: &Settings,
        lockout_window: Duration,
    ) -> Result<Self> {
        Self::announcing(url, database, settings, lockout_window, None)
    }

    /// The same, for a store that announces what it records.
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

    /// The same store, which also measures the commands that it sends.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn measured(&self, times: Arc<StoreTimes>) -> Result<Self> {
        Self::over(Server {
            times,
            ..self.connection.server().clone()
        })
    }

    /// The same store to be looked at as it is: no index is made.
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
        })
    }

    async fn db(&self) -> Result<&Db> {
        self.connection.ready().await
    }

    /// The collections, for a write after which counts are others.
    async fn counted(&self) -> Result<(&Db, ResetOnDrop<'_>)> {
        Ok((self.db().await?, ResetOnDrop(&self.counts)))
    }
}
