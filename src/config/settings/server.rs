//! The application's identity, how it is served, and its database.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;

use crate::config::bind::Bind;
use crate::config::database_url::DatabaseUrl;
use crate::config::key::section;
use crate::config::value::choice;
use crate::secret::SecretString;

section! {
    /// The name and URLs of the application.
    pub struct Identity at settings.identity, named "" field "" {
        app_name: String = "RegStack".into(), ONE_LINE, "Name of your application, shown in email and on pages.";
        base_url: String = "http://localhost:8000".into(), WEB_URL, "Address where people reach it; links in email start with it.";
        behind_proxy: bool = false, Any, "Take client addresses from a proxy's headers. Without `trusted_proxies`, one proxy on loopback or a private network is trusted.";
        trusted_proxies: Vec<IpNet> = Vec::new(), Any, "Networks of your proxies, with `behind_proxy`.";
        cookie_domain: Option<String> = None, DOMAIN, "Domain of the session cookie: the host of `base_url` or a domain above it. All hosts below it get the cookie. Without it, only the host that answers does.";
        cors_origins: Vec<String> = Vec::new(), ORIGINS, "Other origins whose pages may call the API, such as `https://app.example.com`; * alone allows all, without cookies.";
    }
}

impl Identity {
    /// Returns whether pages of every origin may call the API.
    #[must_use]
    pub fn allows_every_origin(&self) -> bool {
        self.cors_origins.iter().any(|origin| origin == "*")
    }
}

section! {
    /// How it is served.
    pub struct Server at settings.server, named "" field "" {
        bind: Bind = Bind::Tcp(SocketAddr::from(([127, 0, 0, 1], 8000))), Any, "Address and port to listen on, or `unix:` and the path of a socket.";
        metrics: bool = false, Any, "Serve metrics for Prometheus at `/metrics` on `metrics_bind`, never on `bind`.";
        shutdown_grace_seconds: u64 = 10, Range(0, 3600), "Seconds that running requests get to finish when the server stops.";
        max_connections: usize = 2000, Range(1, 1_000_000), "Connections served at the same time; when all are taken, idle ones are closed for new ones.";
        header_timeout_seconds: u64 = 10, Range(1, 600), "Seconds a client may take to send the headers of a request.";
        request_timeout_seconds: u64 = 30, Range(1, 3600), "Seconds a request may take in total.";
        log_format: LogFormat = LogFormat::Auto, Any, "Format of log lines; auto is text on a terminal, otherwise JSON.";
        log_level: String = "info".into(), LOG_LEVEL, "Log level: off, error, warn, info, debug, trace, or a list such as info,regstack=debug.";
        strict_config: bool = true, Any, "Refuse unknown keys in this file; if false, they only get a warning.";
        max_connections_per_address: usize = 100, Range(1, 1_000_000), "Connections of one client address, or IPv6 /64; not for trusted proxies, nor for loopback and private addresses while `behind_proxy` is off.";
        metrics_bind: Bind = Bind::Tcp(SocketAddr::from(([127, 0, 0, 1], 9464))), Any, "Address and port of `/metrics`, without TLS or a login, or `unix:` and the path of a socket.";
    }
    derived {
        /// The certificate and key for https, from `tls_cert` and `tls_key`. Without them, http is served.
        tls: Option<Tls> = None;
    }
}

section! {
    /// The keys for https, which become [`Tls`].
    #[allow(clippy::struct_field_names, reason = "the fields are the keys")]
    pub(in crate::config) struct TlsKeys at tls, named "" field "" {
        tls_cert: Option<PathBuf> = None, Any, "Certificate chain (PEM) for https; needs `tls_key`.";
        tls_key: Option<PathBuf> = None, Any, "Private key of the certificate (PEM).";
    }
}

/// The settings for https.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The file with the certificate chain (PEM).
    pub cert: PathBuf,
    /// The file with its private key (PEM).
    pub key: PathBuf,
}

choice! {
    /// The format of log lines.
    pub enum LogFormat {
        /// Text on a terminal, JSON otherwise.
        Auto = "auto",
        /// Text.
        Text = "text",
        /// One JSON object for each line.
        Json = "json",
    }
}

section! {
    /// The keys that name the database, which become [`Engine`].
    pub(in crate::config) struct DatabaseKeys at database, named "" field "" {
        database_url: DatabaseUrl = DatabaseUrl("sqlite:regstack.db".into()), Any, "Database: `sqlite:path`, `sqlite:////absolute/path`, `mongodb://…` or `mongodb+srv://…`.";
        mongodb_url: Option<SecretString> = None, Any, "Older name of `database_url` for MongoDB; set only one of them.";
        mongodb_database: String = "regstack".into(), DATABASE_NAME, "MongoDB database, unless the URL names one. Without a URL, it's on the server at localhost:27017.";
    }
}

section! {
    /// The database.
    pub struct Database at settings.database, named "" field "" {
        user_collection: String = "users".into(), COLLECTION, "MongoDB collection of the accounts.";
        pending_collection: String = "pending_registrations".into(), COLLECTION, "MongoDB collection of registrations that wait for verification.";
        blacklist_collection: String = "token_blacklist".into(), COLLECTION, "MongoDB collection of revoked tokens.";
        login_attempt_collection: String = "login_attempts".into(), COLLECTION, "MongoDB collection of failed logins.";
        mfa_code_collection: String = "mfa_codes".into(), COLLECTION, "MongoDB collection of codes sent by SMS.";
        events_retention_days: u32 = 90, Range(1, 36_500), "Days that events are kept.";
    }
    derived {
        /// The engine, from `database_url`, `mongodb_url` and `mongodb_database`.
        engine: Engine = Engine::Sqlite { path: "regstack.db".into() };
        /// The MongoDB collection in which the Python package also keeps identities at other providers. They are
        /// deleted with their accounts.
        oauth_identity_collection: String = "oauth_identities".into();
        /// The MongoDB collection of logins at other providers in progress.
        oauth_state_collection: String = "oauth_states".into();
    }
}

/// The database engine, computed from `database_url`, `mongodb_url` and `mongodb_database`.
#[derive(Debug, Clone)]
pub enum Engine {
    /// One file.
    Sqlite {
        /// The path of the file. Relative paths are joined to the folder that they start from.
        path: PathBuf,
    },
    /// A MongoDB server or replica set.
    Mongo {
        /// The connection string.
        url: SecretString,
        /// The database's name.
        database: String,
    },
}

#[cfg(feature = "cli")]
impl Engine {
    /// Returns why there is no database yet if it is a file that is missing or empty. An empty file may be left from a
    /// truncated database, or created by someone to be filled.
    pub(crate) fn missing(&self) -> Option<String> {
        let Self::Sqlite { path } = self else {
            return None;
        };
        let place = path.display();
        match path.metadata() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Some(format!("there is no database at {place}"))
            }
            Ok(found) if found.is_file() && found.len() == 0 => Some(format!(
                "there is no database at {place}, only an empty file"
            )),
            _ => None,
        }
    }
}
