//! The way to the server: options, deadlines, what went wrong, and the collections. Knows no operation.
//!
//! Nothing is asked of the server before the first operation, and the first one brings the indexes: a server that is away
//! at start is used as soon as it is there. Everything has a deadline, so that nobody waits for a server that hangs.

use std::fmt;
use std::future::IntoFuture;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use mongodb::bson::{Document, doc};
use mongodb::error::{Error, ErrorKind, WriteFailure};
use mongodb::options::{
    ClientOptions, ConnectionString, HostInfo, ReturnDocument, UpdateModifications, WriteConcern,
};
use mongodb::{Client, Collection, Cursor, Database};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::{indexes, inspect};
use crate::config::Database as Settings;
use crate::secret::{ExposeSecret as _, SecretString};
use crate::store::{Result, SharedAnnouncer, StoreError};

/// How long any one exchange with the server may take. Well below what a claim or lease lasts.
/// (Unit tests share their machine with whatever else runs.)
pub(super) const DEADLINE: Duration = Duration::from_secs(if cfg!(test) { 60 } else { 5 });
/// How long a suitable server is looked for, unless the URL says otherwise.
const SELECTION: Duration = Duration::from_secs(3);
/// How many connections are open at most, unless the URL says otherwise.
const CONNECTIONS: u32 = 50;

/// Where accounts are, and how long what is removed by age stays.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) url: SecretString,
    pub(super) database: String,
    pub(super) settings: Settings,
    /// How long a failed login counts.
    pub(super) lockout_window: Duration,
    /// Whether the first operation makes the indexes that are missing.
    pub(super) makes_indexes: bool,
    pub(super) announcer: SharedAnnouncer,
}

/// The server as it is reached: made by the first operation that finds it.
#[derive(Clone)]
pub(super) struct Connection(Arc<Parts>);

struct Parts {
    place: Place,
    prepared: OnceLock<Prepared>,
    /// Runs while the database is made ready, whoever waits for it.
    preparing: Mutex<Option<JoinHandle<Result<Prepared>>>>,
    #[cfg(test)]
    failpoint: Arc<super::failpoint::Failpoint>,
}

/// A database with all its indexes.
struct Prepared {
    db: Db,
    /// The server's.
    version: String,
}

impl Connection {
    /// Checks the URL; asks nothing of the server.
    pub(super) fn to(place: Place) -> Result<Self> {
        let url = place.url.expose_secret();
        ConnectionString::parse(url).map_err(|error| {
            StoreError::Refused(format!(
                "the MongoDB URL cannot be used: {}",
                without_credentials(&reason(&error), url)
            ))
        })?;
        Ok(Self(Arc::new(Parts {
            place,
            prepared: OnceLock::new(),
            preparing: Mutex::new(None),
            #[cfg(test)]
            failpoint: Arc::default(),
        })))
    }

    /// The collections, with all their indexes. Making those may take long where there are many documents: that goes on
    /// while those who ask are told to come again.
    pub(super) async fn ready(&self) -> Result<&Db> {
        if let Some(prepared) = self.0.prepared.get() {
            return Ok(&prepared.db);
        }
        let late = |_| StoreError::Unavailable(Box::new(Trouble::Late));
        timeout(DEADLINE, self.prepare()).await.map_err(late)?
    }

    async fn prepare(&self) -> Result<&Db> {
        let mut preparing = self.0.preparing.lock().await;
        if let Some(prepared) = self.0.prepared.get() {
            return Ok(&prepared.db);
        }
        let task = preparing.get_or_insert_with(|| {
            let connection = self.clone();
            tokio::spawn(async move {
                let db = connection.connect().await?;
                let version = inspect::version(&db).await?;
                if connection.place().makes_indexes {
                    indexes::ensure(&db, connection.place()).await?;
                }
                Ok(Prepared { db, version })
            })
        });
        let ended = task.await;
        *preparing = None;
        let prepared = ended.map_err(|error| StoreError::Unavailable(Box::new(error)))??;
        Ok(&self.0.prepared.get_or_init(|| prepared).db)
    }

    /// The server's version, once it was reached.
    pub(super) fn version(&self) -> Option<&str> {
        let prepared = self.0.prepared.get()?;
        Some(&prepared.version)
    }

    #[cfg(test)]
    pub(super) fn failpoint(&self) -> &super::failpoint::Failpoint {
        &self.0.failpoint
    }

    /// The collections as they are.
    pub(super) async fn connect(&self) -> Result<Db> {
        let options = ClientOptions::parse(self.0.place.url.expose_secret());
        let mut options = timeout(DEADLINE, options.into_future())
            .await
            .map_err(|_| StoreError::Unavailable(Box::new(Trouble::Late)))??;
        options
            .app_name
            .get_or_insert_with(|| concat!("regstack ", env!("CARGO_PKG_VERSION")).to_owned());
        options.server_selection_timeout.get_or_insert(SELECTION);
        options.connect_timeout.get_or_insert(SELECTION);
        options.max_pool_size.get_or_insert(CONNECTIONS);
        if options.write_concern.is_none() {
            let mut majority = WriteConcern::majority();
            majority.w_timeout = Some(DEADLINE);
            options.write_concern = Some(majority);
        }
        let client = Client::with_options(options)?;
        let database = client.database(&self.0.place.database);
        Ok(Db::of(
            database,
            &self.0.place,
            #[cfg(test)]
            self.0.failpoint.clone(),
        ))
    }

    pub(super) fn place(&self) -> &Place {
        &self.0.place
    }

    /// Hosts and database, without what else a URL holds.
    pub(super) fn name(&self) -> String {
        let url = ConnectionString::parse(self.0.place.url.expose_secret());
        let hosts = url.map_or_else(|_| String::new(), |url| hosts(&url.host_info));
        format!("{hosts}/{}", self.0.place.database)
    }
}

fn hosts(info: &HostInfo) -> String {
    match info {
        HostInfo::HostIdentifiers(hosts) => {
            let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
            hosts.join(",")
        }
        HostInfo::DnsRecord(name) => name.clone(),
        _ => String::new(),
    }
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
    pub(super) leases: Collection<Document>,
    pub(super) days: Collection<Document>,
    pub(super) announcer: SharedAnnouncer,
    #[cfg(test)]
    failpoint: Arc<super::failpoint::Failpoint>,
}

impl Db {
    fn of(
        database: Database,
        place: &Place,
        #[cfg(test)] failpoint: Arc<super::failpoint::Failpoint>,
    ) -> Self {
        let named = |name: &str| database.collection(name);
        let settings = &place.settings;
        Self {
            announcer: place.announcer.clone(),
            users: named(&settings.user_collection),
            pending: named(&settings.pending_collection),
            revoked: named(&settings.blacklist_collection),
            failures: named(&settings.login_attempt_collection),
            codes: named(&settings.mfa_code_collection),
            outbox: named("regstack_outbox"),
            events: named("regstack_events"),
            guard: named("regstack_login_guard"),
            budgets: named("regstack_code_budget"),
            caps: named("regstack_recipient_caps"),
            leases: named("regstack_leases"),
            days: named("regstack_days"),
            #[cfg(test)]
            failpoint,
            database,
        }
    }

    /// Does one thing within its deadline.
    pub(super) async fn read<T>(
        &self,
        act: impl IntoFuture<Output = Result<T, Error>>,
    ) -> Result<T> {
        Ok(timed(act).await?)
    }

    /// The documents of a list that is short.
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

    /// Writes within the deadline. After an error it is not known whether the write took place.
    pub(super) async fn write<T>(
        &self,
        act: impl IntoFuture<Output = Result<T, Error>>,
    ) -> Result<T> {
        #[cfg(test)]
        self.failpoint.pass()?;
        Ok(timed(act).await?)
    }

    /// Writes what a unique index may refuse; none when it did.
    pub(super) async fn write_unique<T>(
        &self,
        act: impl IntoFuture<Output = Result<T, Error>>,
    ) -> Result<Option<T>> {
        #[cfg(test)]
        self.failpoint.pass()?;
        match timed(act).await {
            Ok(written) => Ok(Some(written)),
            Err(Trouble::Driver(error)) if is_duplicate(&error) => Ok(None),
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// Changes the document that a unique key names, or makes it; the document afterwards, none if somebody
    /// has removed it since.
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
        // Two that make it at once collide: then once more it is there.
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
        // A server that reads what it returns after it has written finds nothing then.
        match written {
            Some(written) => Ok(Some(written)),
            None => self.read(collection.find_one(key)).await,
        }
    }
}

/// What an operation answers that had no time left.
pub(super) fn timed_out() -> StoreError {
    Trouble::Late.into()
}

async fn timed<T>(act: impl IntoFuture<Output = Result<T, Error>>) -> Result<T, Trouble> {
    match timeout(DEADLINE, act.into_future()).await {
        Ok(done) => done.map_err(Trouble::Driver),
        Err(_) => Err(Trouble::Late),
    }
}

/// What went wrong with the server, in one line for the log: the driver's own words are for its developers.
#[derive(Debug)]
pub(super) enum Trouble {
    Driver(Error),
    Late,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Driver(error) => f.write_str(&reason(error)),
            Self::Late => write!(f, "MongoDB did not answer within {} s", DEADLINE.as_secs()),
        }
    }
}

impl std::error::Error for Trouble {}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> Self {
        match &trouble {
            Trouble::Driver(error) if code(error) == Some(TIME_LIMIT_EXCEEDED) => Self::TooBroad,
            Trouble::Driver(error) if is_denied(error) => Self::Denied(Box::new(trouble)),
            _ => Self::Unavailable(Box::new(trouble)),
        }
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        Trouble::Driver(error).into()
    }
}

const DUPLICATE_KEY: i32 = 11000;
/// The answer to an operation that took longer than the limit given with it.
const TIME_LIMIT_EXCEEDED: i32 = 50;

/// Whether the server does not let us in, or not do this.
fn is_denied(error: &Error) -> bool {
    const UNAUTHORIZED: i32 = 13;
    const AUTHENTICATION_FAILED: i32 = 18;
    matches!(&*error.kind, ErrorKind::Authentication { .. })
        || matches!(code(error), Some(UNAUTHORIZED | AUTHENTICATION_FAILED))
}

pub(super) fn is_duplicate(error: &Error) -> bool {
    code(error) == Some(DUPLICATE_KEY)
}

/// The server's number of an error.
pub(super) fn code(error: &Error) -> Option<i32> {
    match &*error.kind {
        ErrorKind::Command(command) => Some(command.code),
        ErrorKind::Write(WriteFailure::WriteError(write)) => Some(write.code),
        _ => None,
    }
}

/// Of the documents inserted without order, the places of those that were there already.
pub(super) fn duplicates(error: &Error) -> Option<Vec<usize>> {
    let ErrorKind::InsertMany(errors) = &*error.kind else {
        return None;
    };
    if errors.write_concern_error.is_some() {
        return None;
    }
    let failed = errors.write_errors.as_ref()?;
    failed
        .iter()
        .map(|error| (error.code == DUPLICATE_KEY).then_some(error.index))
        .collect()
}

fn reason(error: &Error) -> String {
    match &*error.kind {
        ErrorKind::Authentication { message, .. } => {
            format!("MongoDB refuses the user name or password of its URL ({message})")
        }
        ErrorKind::ServerSelection { message, .. } => {
            format!("no MongoDB server answers: {message}")
        }
        ErrorKind::Command(command) => {
            format!("MongoDB says: {} (code {})", command.message, command.code)
        }
        ErrorKind::Write(WriteFailure::WriteError(write)) => {
            format!("MongoDB says: {} (code {})", write.message, write.code)
        }
        ErrorKind::Write(WriteFailure::WriteConcernError(concern)) => format!(
            "MongoDB could not confirm a write by a majority: {}",
            concern.message
        ),
        kind => kind.to_string(),
    }
}

/// A text without the user name and password of a URL.
fn without_credentials(text: &str, url: &str) -> String {
    let authority = url.split_once("://").map_or(url, |(_, rest)| {
        rest.split(['/', '?']).next().unwrap_or(rest)
    });
    match authority.rsplit_once('@') {
        None => text.to_owned(),
        Some((credentials, _)) => credentials
            .split(':')
            .filter(|part| !part.is_empty())
            .fold(text.to_owned(), |text, part| text.replace(part, "…")),
    }
}

/// An answer to [`Connection::ready`] within a moment: what `ping` sends.
pub(super) fn ping() -> Document {
    doc! { "ping": 1 }
}
