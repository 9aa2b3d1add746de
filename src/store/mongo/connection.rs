//! The connection to the server: the client's options, and creating the indexes on the first operation.
//!
//! Nothing is sent to the server before the first operation, so a server that is down at start is used as soon as it is
//! available.

use std::future::IntoFuture;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use mongodb::Client;
use mongodb::event::EventHandler;
use mongodb::event::command::CommandEvent;
use mongodb::options::{
    Acknowledgment, ClientOptions, ConnectionString, HostInfo, ReadPreference, SelectionCriteria,
    Tls, WriteConcern,
};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::db::{Db, Server};
use super::error::{DEADLINE, of_url, reason, timed_out, without_credentials};
use super::tidy::Tidy;
use super::{copying, indexes, out};
use crate::config::read_file;
use crate::metrics::StoreTimes;
use crate::secret::ExposeSecret as _;
use crate::store::{Result, StoreError};
use crate::traces::Leaf;

/// How long to look for a suitable server, unless the URL says otherwise.
const SELECTION: Duration = Duration::from_secs(3);
/// The maximum number of open connections, unless the URL says otherwise.
const CONNECTIONS: u32 = 50;

/// How long the server waits for other members to confirm a write, at most: less than we wait for the server.
const CONFIRMATION: Duration = DEADLINE.saturating_sub(Duration::from_secs(1));

/// The connection to the server, established by the first operation that reaches it.
#[derive(Clone)]
pub(super) struct Connection(Arc<State>);

struct State {
    server: Server,
    prepared: OnceLock<Prepared>,
    /// The task that prepares the database. It continues even if nobody waits for it.
    preparing: Mutex<Option<JoinHandle<Result<Prepared>>>>,
    #[cfg(test)]
    failpoint: Arc<super::failpoint::Failpoint>,
}

/// A database with all its indexes.
struct Prepared {
    db: Db,
    /// The server's version.
    version: String,
}

impl Connection {
    /// Checks the URL. Sends nothing to the server.
    pub(super) fn to(server: Server) -> Result<Self> {
        let url = server.url.expose_secret();
        let parsed = ConnectionString::parse(url).map_err(|error| {
            let why = of_url(&error).unwrap_or_else(|| reason(&error));
            unusable(&why, url)
        })?;
        judge(&parsed).map_err(|why| unusable(&why, url))?;
        Ok(Self(Arc::new(State {
            server,
            prepared: OnceLock::new(),
            preparing: Mutex::new(None),
            #[cfg(test)]
            failpoint: Arc::default(),
        })))
    }

    /// Returns the collections with all their indexes. Building indexes over many documents can take long: it continues
    /// in the background, while callers get an error and may retry.
    pub(super) async fn ready(&self) -> Result<&Db> {
        if let Some(prepared) = self.0.prepared.get() {
            return Ok(&prepared.db);
        }
        let prepared = timeout(DEADLINE, self.prepare()).await;
        prepared.map_err(|_| timed_out())?
    }

    /// Waits until all indexes are made, however long that takes.
    pub(super) async fn prepared(&self) -> Result<()> {
        self.prepare().await.map(drop)
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
                let version = db.version().await?;
                if connection.server().makes_indexes {
                    copying::use_copy(&db, &connection.name()).await?;
                    indexes::ensure(&db, connection.server()).await?;
                }
                Ok(Prepared { db, version })
            })
        });
        let ended = task.await;
        *preparing = None;
        let prepared = ended.map_err(|error| StoreError::Unavailable(Box::new(error)))??;
        Ok(&self.0.prepared.get_or_init(|| prepared).db)
    }

    /// The collections, once the server was reached.
    pub(super) fn reached(&self) -> Option<&Db> {
        let prepared = self.0.prepared.get()?;
        Some(&prepared.db)
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

    /// Returns the collections as they are.
    pub(super) async fn connect(&self) -> Result<Db> {
        let url = self.0.server.url.expose_secret();
        let about_url = |error| match of_url(&error) {
            Some(why) => unusable(&why, url),
            None => error.into(),
        };
        let mut options = timeout(DEADLINE, ClientOptions::parse(url).into_future())
            .await
            .map_err(|_| timed_out())?
            .map_err(about_url)?;
        options
            .app_name
            .get_or_insert_with(|| concat!("regstack ", env!("CARGO_PKG_VERSION")).to_owned());
        options.server_selection_timeout.get_or_insert(SELECTION);
        options.connect_timeout.get_or_insert(SELECTION);
        options.max_pool_size.get_or_insert(CONNECTIONS);
        let confirmed = options
            .write_concern
            .get_or_insert_with(WriteConcern::majority);
        if confirmed.w.is_none() {
            confirmed.w = Some(Acknowledgment::Majority);
        }
        // The server's own timeout must come before ours, because its answer says that the write was done.
        confirmed.w_timeout = Some(
            confirmed
                .w_timeout
                .map_or(CONFIRMATION, |given| given.min(CONFIRMATION)),
        );
        let primary = SelectionCriteria::ReadPreference(ReadPreference::Primary);
        let asked = options.selection_criteria.replace(primary.clone());
        if asked.is_some_and(|asked| asked != primary) {
            tracing::warn!(
                "the readPreference in the database's URL is ignored: reads decide who can log in, so they go to the primary"
            );
        }
        options.command_event_handler = Some(measure(Arc::clone(&self.0.server.times)));
        let client = Client::with_options(options).map_err(about_url)?;
        let database = client.database(&self.0.server.database);
        let tidy = Tidy::by(
            out::without,
            #[cfg(test)]
            self.0.failpoint.clone(),
        );
        Ok(Db::of(
            database,
            &self.0.server,
            tidy,
            #[cfg(test)]
            self.0.failpoint.clone(),
        ))
    }

    pub(super) fn server(&self) -> &Server {
        &self.0.server
    }

    /// Returns the hosts and the database, without anything else from the URL.
    pub(super) fn name(&self) -> String {
        let url = ConnectionString::parse(self.0.server.url.expose_secret());
        let hosts = url.map_or_else(|_| String::new(), |url| hosts(&url.host_info));
        format!("{hosts}/{}", self.0.server.database)
    }
}

/// The commands that are measured separately: those of the store's own work.
const COMMANDS: [&str; 12] = [
    "aggregate",
    "buildInfo",
    "count",
    "createIndexes",
    "delete",
    "find",
    "findAndModify",
    "getMore",
    "hello",
    "insert",
    "listIndexes",
    "update",
];

/// Measures how long each command takes, including the round trip.
fn measure(times: Arc<StoreTimes>) -> EventHandler<CommandEvent> {
    EventHandler::callback(move |event| {
        let (command, took, failed) = match &event {
            CommandEvent::Succeeded(done) => (&done.command_name, done.duration, false),
            CommandEvent::Failed(done) => (&done.command_name, done.duration, true),
            _ => return,
        };
        let known = COMMANDS.iter().find(|known| *known == command);
        let known = known.copied().unwrap_or("other");
        times.observe(known, took);
        Leaf::of_command("mongodb", known, took, failed);
    })
}

fn unusable(why: &str, url: &str) -> StoreError {
    StoreError::Refused(format!(
        "the MongoDB URL can't be used: {}",
        without_credentials(why, url)
    ))
}

/// Refuses options that the driver accepts, or complains about only later.
fn judge(url: &ConnectionString) -> Result<(), String> {
    let confirmed = url.write_concern.as_ref();
    if confirmed.is_some_and(|concern| concern.w == Some(Acknowledgment::Nodes(0))) {
        return Err(
            "w=0 doesn't confirm writes: leave it out, so that a majority confirms each write"
                .to_owned(),
        );
    }
    if let Some(Tls::Enabled(tls)) = &url.tls {
        let files = [
            ("tlsCAFile", &tls.ca_file_path),
            ("tlsCertificateKeyFile", &tls.cert_key_file_path),
        ];
        for (option, file) in files {
            if let Some(file) = file
                && let Err(error) = read_file(file)
            {
                return Err(format!(
                    "its {option} {} can't be read: {error}",
                    file.display()
                ));
            }
        }
    }
    Ok(())
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
