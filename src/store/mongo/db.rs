//! The collections, and reading and writing them with a deadline, so that nobody waits for a server that hangs.

use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use mongodb::bson::{Document, doc};
use mongodb::error::Error;
use mongodb::options::{ReturnDocument, UpdateModifications};
use mongodb::{Collection, Cursor, Database};

use super::error::{ServerError, duplicates, is_duplicate, is_lost, timed};
use super::tidy::Tidy;
use crate::config::Database as Settings;
use crate::metrics::StoreTimes;
use crate::secret::SecretString;
use crate::store::{Result, SharedAnnouncer, StoreError};

/// How many documents one step of a removal deletes, so that no step takes long.
const BATCH: i64 = 500;

/// How many documents may come with the answer to the first command of a list, which is as large as its reader asked for.
/// Unless told otherwise, the server sends 101, and the rest after another command.
pub(super) const WHOLE: u32 = 10_000;

/// Which database to use, and how long it keeps what the server removes by age.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) url: SecretString,
    pub(super) database: String,
    pub(super) settings: Settings,
    /// How long a failed login counts.
    pub(super) lockout_window: Duration,
    /// Whether the first operation creates missing indexes.
    pub(super) makes_indexes: bool,
    pub(super) announcer: SharedAnnouncer,
    /// Where the times of its commands are recorded.
    pub(super) times: Arc<StoreTimes>,
}

/// The collections of one database.
pub(super) struct Db {
    pub(super) database: Database,
    pub(super) users: Collection<Document>,
    pub(super) pending: Collection<Document>,
    pub(super) revoked: Collection<Document>,
    pub(super) failures: Collection<Document>,
    pub(super) codes: Collection<Document>,
    pub(super) outbox: Collection<Document>,
    pub(super) events: Collection<Document>,
    pub(super) guard: Collection<Document>,
    pub(super) budgets: Collection<Document>,
    pub(super) caps: Collection<Document>,
    pub(super) requests: Collection<Document>,
    pub(super) leases: Collection<Document>,
    pub(super) days: Collection<Document>,
    pub(super) sessions: Collection<Document>,
    pub(super) challenges: Collection<Document>,
    pub(super) service_keys: Collection<Document>,
    pub(super) signing_keys: Collection<Document>,
    pub(super) identities: Collection<Document>,
    pub(super) oauth_states: Collection<Document>,
    /// What says that the database is a copy.
    pub(super) copies: Collection<Document>,
    pub(super) announcer: SharedAnnouncer,
    pub(super) tidy: Tidy,
    #[cfg(test)]
    failpoint: Arc<super::failpoint::Failpoint>,
}

impl Db {
    pub(super) fn of(
        database: Database,
        server: &Server,
        tidy: Tidy,
        #[cfg(test)] failpoint: Arc<super::failpoint::Failpoint>,
    ) -> Self {
        let named = |name: &str| database.collection(name);
        let settings = &server.settings;
        Self {
            announcer: server.announcer.clone(),
            tidy,
            users: named(&settings.user_collection),
            identities: named(&settings.oauth_identity_collection),
            oauth_states: named(&settings.oauth_state_collection),
            pending: named(&settings.pending_collection),
            revoked: named(&settings.blacklist_collection),
            failures: named(&settings.login_attempt_collection),
            codes: named(&settings.mfa_code_collection),
            outbox: named("regstack_outbox"),
            events: named("regstack_events"),
            guard: named("regstack_login_guard"),
            budgets: named("regstack_code_budget"),
            caps: named("regstack_recipient_caps"),
            requests: named("regstack_request_counts"),
            leases: named("regstack_leases"),
            days: named("regstack_days"),
            sessions: named("regstack_sessions"),
            challenges: named("regstack_challenges"),
            service_keys: named("regstack_service_keys"),
            signing_keys: named("regstack_signing_keys"),
            copies: named("regstack_copy"),
            #[cfg(test)]
            failpoint,
            database,
        }
    }

    /// Runs a database command that changes nothing.
    pub(super) async fn run(&self, command: Document) -> Result<Document> {
        self.read(self.database.run_command(command)).await
    }

    /// Returns the server's version.
    pub(super) async fn version(&self) -> Result<String> {
        let info = self.run(doc! { "buildInfo": 1 }).await?;
        Ok(info.get_str("version").unwrap_or("unknown").to_owned())
    }

    /// Returns the server's `hello` response.
    pub(super) async fn hello(&self) -> Result<Document> {
        self.run(doc! { "hello": 1 }).await
    }

    /// Runs an operation within the deadline.
    pub(super) async fn read<T>(
        &self,
        act: impl IntoFuture<Output = Result<T, Error>>,
    ) -> Result<T> {
        Ok(timed(act).await?)
    }

    /// Returns all documents of a short list.
    pub(super) async fn all(
        &self,
        list: impl IntoFuture<Output = Result<Cursor<Document>, Error>>,
    ) -> Result<Vec<Document>> {
        let all = async {
            let mut cursor = list.into_future().await?;
            let mut documents = Vec::new();
            while cursor.advance().await? {
                documents.push(cursor.deserialize_current()?);
            }
            Ok(documents)
        };
        Ok(timed(all).await?)
    }

    /// Reads with the named index, or without a hint if there is no index of that name.
    pub(super) async fn hinted<T, A, B>(
        &self,
        by_index: impl FnOnce() -> A,
        otherwise: impl FnOnce() -> B,
    ) -> Result<T>
    where
        A: IntoFuture<Output = Result<T, Error>>,
        B: IntoFuture<Output = Result<T, Error>>,
    {
        match self.read(by_index()).await {
            Err(StoreError::Failed(_)) => self.read(otherwise()).await,
            found => found,
        }
    }

    /// Writes within the deadline. After an error it is unknown whether the write was done.
    pub(super) async fn write<T>(
        &self,
        act: impl IntoFuture<Output = Result<T, Error>>,
    ) -> Result<T> {
        #[cfg(test)]
        self.failpoint.pass()?;
        timed(act).await.map_err(ServerError::of_write)
    }

    /// Writes something that may be written twice. Retries once if it is unknown whether the write was done.
    pub(super) async fn again<T, Act>(&self, act: impl Fn() -> Act) -> Result<T>
    where
        Act: IntoFuture<Output = Result<T, Error>>,
    {
        let first = match self.write(act()).await {
            Err(error) if is_lost(&error) => error,
            done => return done,
        };
        // If the first try may have been done, a failure of the second one does not undo it.
        let second = self.write(act()).await;
        second.map_err(|error| match (&first, &error) {
            (StoreError::Unconfirmed(_), StoreError::Unavailable(_)) => first,
            _ => error,
        })
    }

    /// Deletes everything that meets a condition. Retries once if it is unknown whether that was done.
    pub(super) async fn clear(
        &self,
        collection: &Collection<Document>,
        condition: Document,
    ) -> Result<()> {
        self.again(|| collection.delete_many(condition.clone()))
            .await?;
        Ok(())
    }

    /// Writes something that a unique index may refuse. Returns `None` if it did.
    pub(super) async fn write_unique<T>(
        &self,
        act: impl IntoFuture<Output = Result<T, Error>>,
    ) -> Result<Option<T>> {
        #[cfg(test)]
        self.failpoint.pass()?;
        match timed(act).await {
            Ok(written) => Ok(Some(written)),
            Err(ServerError::Driver(error)) if is_duplicate(&error) => Ok(None),
            Err(error) => Err(error.of_write()),
        }
    }

    /// Inserts documents, in no particular order. Returns the places of those that a unique index refused.
    pub(super) async fn insert_each(
        &self,
        collection: &Collection<Document>,
        documents: &[Document],
    ) -> Result<Vec<usize>> {
        if documents.is_empty() {
            return Ok(Vec::new());
        }
        let insert = async {
            match collection.insert_many(documents).ordered(false).await {
                Ok(_) => Ok(Vec::new()),
                Err(error) => duplicates(&error).ok_or(error),
            }
        };
        self.write(insert).await
    }

    /// Returns the act that applies updates, each as the server's `update` command has it (`q`, `u`, `upsert`), with one
    /// command. [`refused`](super::error::refused) reads its answer.
    pub(super) fn update_each(
        &self,
        collection: &Collection<Document>,
        updates: &[Document],
    ) -> impl Future<Output = Result<Document, Error>> {
        let command = doc! {
            "update": collection.name(),
            "updates": updates,
            "ordered": false,
            "writeConcern": { "w": "majority" },
        };
        self.database.run_command(command).into_future()
    }

    /// Deletes documents in batches. Returns how many.
    pub(super) async fn remove(
        &self,
        collection: &Collection<Document>,
        condition: Document,
    ) -> Result<u64> {
        let mut removed = 0;
        loop {
            let found = collection.find(condition.clone());
            let batch = self
                .all(found.projection(doc! { "_id": 1 }).limit(BATCH))
                .await?;
            let ids: Vec<_> = batch
                .iter()
                .filter_map(|document| document.get("_id"))
                .collect();
            if ids.is_empty() {
                return Ok(removed);
            }
            let mut still = condition.clone();
            still.insert("_id", doc! { "$in": ids });
            removed += self
                .again(|| collection.delete_many(still.clone()))
                .await?
                .deleted_count;
            if batch.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
                return Ok(removed);
            }
        }
    }

    /// Changes the document with a unique key, or creates it. Returns the document after the change, or `None` if
    /// somebody has deleted it since.
    pub(super) async fn upsert(
        &self,
        collection: &Collection<Document>,
        key: Document,
        update: impl Into<UpdateModifications>,
    ) -> Result<Option<Document>> {
        let update = update.into();
        let act = || {
            collection
                .find_one_and_update(key.clone(), update.clone())
                .upsert(true)
                .return_document(ReturnDocument::After)
        };
        let mut written = None;
        // Two processes that create it at the same time collide: then it exists on the next try.
        for _ in 0..3 {
            written = self.write_unique(act()).await?;
            if written.is_some() {
                break;
            }
        }
        let written = match written {
            Some(written) => written,
            None => self.write(act()).await?,
        };
        // A server that reads the returned document after the write may find nothing, so read it again.
        match written {
            Some(written) => Ok(Some(written)),
            None => self.read(collection.find_one(key)).await,
        }
    }
}
