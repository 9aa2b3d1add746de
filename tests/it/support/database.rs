//! A database of one test's own, on the engine that is tested: an SQLite file, or a MongoDB database behind a wire that can
//! be cut. `REGSTACK_TEST_ENGINE` says which.

use std::path::{Path, PathBuf};

use mongodb::bson::Document;
use mongodb::{Client, Collection};
use regstack::internals::config::Engine;
use regstack::internals::random::{self, SystemRandom};
use tempfile::TempDir;

use super::peer;
use super::proxy::{Proxy, Wire};

/// The engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Mongo,
}

impl Kind {
    /// The one that this run of the tests is about.
    pub(crate) fn of_this_run() -> Self {
        match std::env::var("REGSTACK_TEST_ENGINE").as_deref() {
            Err(_) | Ok("sqlite") => Self::Sqlite,
            Ok("mongodb") => Self::Mongo,
            Ok(other) => panic!("REGSTACK_TEST_ENGINE={other}: sqlite and mongodb are known"),
        }
    }
}

/// One database. Gone when dropped.
pub(crate) struct Database {
    folder: TempDir,
    mongo: Option<Mongo>,
}

struct Mongo {
    name: String,
    proxy: Proxy,
}

impl Database {
    pub(crate) async fn fresh(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mongo = match kind {
            Kind::Sqlite => None,
            Kind::Mongo => {
                let number = u64::from_be_bytes(random::bytes(&SystemRandom));
                Some(Mongo {
                    name: format!("regstack_test_{number:x}"),
                    proxy: Proxy::to(parts(peer::url()).1.to_owned()).await,
                })
            }
        };
        Self { folder, mongo }
    }

    /// What `database_url` is set to.
    pub(crate) fn url(&self) -> String {
        match &self.mongo {
            None => format!("sqlite:{}", self.file().display()),
            Some(mongo) => mongo.at(parts(peer::url()).1),
        }
    }

    /// The same, by the wire that can be cut.
    pub(crate) fn wired_url(&self) -> String {
        let mongo = self.mongo.as_ref().expect("a server's database");
        mongo.at(&mongo.proxy.address.to_string())
    }

    pub(crate) fn engine(&self) -> Engine {
        match &self.mongo {
            None => Engine::Sqlite { path: self.file() },
            Some(mongo) => Engine::Mongo {
                url: self.wired_url().into(),
                database: mongo.name.clone(),
            },
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("regstack.db")
    }

    /// A folder of the test's own.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The wire to the server.
    pub(crate) fn wire(&self) -> &Proxy {
        &self.mongo.as_ref().expect("a server's database").proxy
    }

    /// A collection, as another program would see it.
    pub(crate) async fn collection(&self, name: &str) -> Collection<Document> {
        let mongo = self.mongo.as_ref().expect("a server's database");
        let client = Client::with_uri_str(peer::url()).await.unwrap();
        client.database(&mongo.name).collection(name)
    }

    /// All bytes that it holds.
    pub(crate) async fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let Some(mongo) = &self.mongo else {
            for file in std::fs::read_dir(self.folder.path()).unwrap() {
                bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
            }
            return bytes;
        };
        let client = Client::with_uri_str(peer::url()).await.unwrap();
        let database = client.database(&mongo.name);
        for name in database.list_collection_names().await.unwrap() {
            let collection = database.collection::<Document>(&name);
            let mut documents = collection.find(Document::new()).await.unwrap();
            while documents.advance().await.unwrap() {
                bytes.extend(documents.current().as_bytes());
            }
        }
        bytes
    }

    /// Takes the database away from under a running server: every table of a file, or the wire.
    pub(crate) fn lose(&self) {
        let Some(mongo) = &self.mongo else {
            return lose_tables(&self.file());
        };
        mongo.proxy.set(Wire::Cut);
    }
}

impl Mongo {
    /// The URL of all tests, for this database by way of `host`: one server, whatever stands together with it.
    fn at(&self, host: &str) -> String {
        let (login, _, options) = parts(peer::url());
        // A server that does not answer is soon found out.
        let fixed = "directConnection=true&serverSelectionTimeoutMS=500";
        let options: Vec<&str> = options
            .split('&')
            .filter(|option| {
                !option.is_empty() && !fixed.contains(option.split('=').next().unwrap())
            })
            .chain([fixed])
            .collect();
        format!(
            "mongodb://{login}{host}/{}?{}",
            self.name,
            options.join("&")
        )
    }
}

/// The server looks through all its databases every second: one that is done with goes.
impl Drop for Mongo {
    fn drop(&mut self) {
        let name = self.name.clone();
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let client = Client::with_uri_str(peer::url()).await.unwrap();
                let _ = client.database(&name).drop().await;
            });
        });
        let _ = dropping.join();
    }
}

/// A URL's login (with its `@`), first host, and options.
fn parts(url: &str) -> (&str, &str, &str) {
    let (_, rest) = url
        .split_once("mongodb://")
        .expect("REGSTACK_TEST_MONGODB_URL names a server as mongodb://host:port");
    let (rest, options) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = rest.split('/').next().unwrap();
    let hosts_at = authority.rfind('@').map_or(0, |at| at + 1);
    let (login, hosts) = authority.split_at(hosts_at);
    (login, hosts.split(',').next().unwrap(), options)
}

/// What the search index is made of goes with its table.
fn lose_tables(file: &Path) {
    let database = rusqlite::Connection::open(file).unwrap();
    let tables: Vec<String> = database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite*' AND name NOT GLOB 'users_search_*'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for table in tables {
        let renaming = format!("ALTER TABLE \"{table}\" RENAME TO \"lost_{table}\"");
        database.execute(&renaming, []).unwrap();
    }
}
