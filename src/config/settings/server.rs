//! Who the application is, how it is served, where accounts are kept.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;

use crate::config::database_url::DatabaseUrl;
use crate::config::key::section;
use crate::config::value::choice;
use crate::secret::SecretString;

section! {
    /// Who the application is.
    pub struct Identity at settings.identity, named "" field "" {
        app_name: String = "RegStack".into(), ONE_LINE, "The application's name, shown in mail and on pages.";
        base_url: String = "http://localhost:8000".into(), WEB_URL, "Where people reach it; links in mail start with it.";
        behind_proxy: bool = false, Any, "Whether client addresses are taken from a proxy's headers; without `trusted_proxies`, one hop from loopback or a private network is trusted.";
        trusted_proxies: Vec<IpNet> = Vec::new(), Any, "The networks proxies are in, when `behind_proxy` is on.";
        cookie_domain: Option<String> = None, DOMAIN, "The domain of the session cookie, the host of `base_url` or one above it: all hosts under it get the cookie; without it, the host that answers alone.";
        cors_origins: Vec<String> = Vec::new(), ORIGINS, "Origins of pages elsewhere that may call the API, as `https://app.example.com`, or * alone for all, without cookies.";
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
        bind: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8000)), Any, "The address to listen on.";
        metrics: bool = false, Any, "Whether `/metrics` answers.";
        shutdown_grace_seconds: u64 = 10, Range(0, 3600), "How long running requests may take to finish when the server is stopped.";
        max_connections: usize = 2000, Range(1, 1_000_000), "Connections served at the same time; when all are taken, idle ones are closed for new ones.";
        header_timeout_seconds: u64 = 10, Range(1, 600), "How long a client may take to send a request's headers.";
        request_timeout_seconds: u64 = 30, Range(1, 3600), "How long a request may take altogether.";
        log_format: LogFormat = LogFormat::Auto, Any, "How log lines look; auto is text on a terminal and JSON otherwise.";
        log_level: String = "info".into(), LOG_LEVEL, "How much is logged: off, error, warn, info, debug or trace, or a list as info,regstack=debug.";
        strict_config: bool = true, Any, "Whether a key in this file that is no setting is refused; otherwise it is only warned of.";
        max_connections_per_address: usize = 100, Range(1, 1_000_000), "Connections of one client address, or IPv6 /64; trusted proxies may hold more, and so may loopback and private addresses while `behind_proxy` is off.";
    }
    derived {
        /// From `tls_cert` and `tls_key`; https when there is one.
        tls: Option<Tls> = None;
    }
}

section! {
    /// What https needs; becomes [`Tls`].
    #[allow(clippy::struct_field_names, reason = "the fields are the keys")]
    pub(in crate::config) struct TlsKeys at tls, named "" field "" {
        tls_cert: Option<PathBuf> = None, Any, "The certificate chain (PEM) to serve https with; needs `tls_key`.";
        tls_key: Option<PathBuf> = None, Any, "The certificate's private key (PEM).";
    }
}

/// What https needs.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The file with the certificate chain (PEM).
    pub cert: PathBuf,
    /// The file with its private key (PEM).
    pub key: PathBuf,
}

choice! {
    /// How log lines look.
    pub enum LogFormat {
        /// Text on a terminal, JSON otherwise.
        Auto = "auto",
        /// Text.
        Text = "text",
        /// One JSON object a line.
        Json = "json",
    }
}

section! {
    /// What names the database; becomes [`Engine`].
    pub(in crate::config) struct DatabaseKeys at database, named "" field "" {
        database_url: DatabaseUrl = DatabaseUrl("sqlite:regstack.db".into()), Any, "The database: `sqlite:path`, `sqlite:////absolute/path`, `mongodb://…` or `mongodb+srv://…`.";
        mongodb_url: Option<SecretString> = None, Any, "The older name of `database_url` for MongoDB; not both.";
        mongodb_database: String = "regstack".into(), DATABASE_NAME, "The MongoDB database, unless the URL names one; alone, it means the server at localhost:27017.";
    }
}

section! {
    /// Where accounts are kept.
    pub struct Database at settings.database, named "" field "" {
        user_collection: String = "users".into(), COLLECTION, "MongoDB collection of the accounts.";
        pending_collection: String = "pending_registrations".into(), COLLECTION, "MongoDB collection of registrations that wait for verification.";
        blacklist_collection: String = "token_blacklist".into(), COLLECTION, "MongoDB collection of revoked tokens.";
        login_attempt_collection: String = "login_attempts".into(), COLLECTION, "MongoDB collection of failed logins.";
        mfa_code_collection: String = "mfa_codes".into(), COLLECTION, "MongoDB collection of codes sent by SMS.";
        events_retention_days: u32 = 90, Range(1, 36_500), "Days that the audit trail is kept.";
    }
    derived {
        /// From `database_url`, `mongodb_url` and `mongodb_database`.
        engine: Engine = Engine::Sqlite { path: "regstack.db".into() };
        /// Where the Python package keeps sign-ins through other providers, which go with their accounts.
        oauth_identity_collection: String = "oauth_identities".into();
    }
}

/// Resolved from `database_url`, `mongodb_url` and `mongodb_database`.
#[derive(Debug, Clone)]
pub enum Engine {
    /// One file.
    Sqlite {
        /// The file, relative ones already joined to the working directory.
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
