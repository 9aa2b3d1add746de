//! Mail: its keys, and the ways it can leave.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::key::section;
use crate::config::value::choice;
use crate::secret::SecretString;

choice! {
    /// What `email.backend` may be.
    pub(in crate::config) enum EmailBackendName {
        Console = "console",
        Smtp = "smtp",
        Ses = "ses",
    }
}

section! {
    /// Mail as configured; becomes [`EmailSettings`].
    pub(in crate::config) struct EmailKeys at email, named "email." field "" {
        backend: EmailBackendName = EmailBackendName::Console, Any, "How mail leaves; console only prints it to the log.";
        from_address: String = "noreply@example.com".into(), EMAIL, "The sender's address.";
        from_name: Option<String> = None, OPTIONAL_LINE, "The sender's name; `app_name` when not set.";
        smtp_host: Option<String> = None, HOST, "The SMTP server; smtp needs it.";
        smtp_port: u16 = 587, Range(1, 65_535), "The SMTP server's port.";
        smtp_starttls: bool = true, Any, "Whether the connection must be upgraded by STARTTLS; without effect when `smtp_tls` is on.";
        smtp_tls: bool = false, Any, "Whether the connection is TLS from its first byte (usually port 465); wins over `smtp_starttls`.";
        smtp_username: Option<String> = None, OPTIONAL_LINE, "The user to log in as; needs `smtp_password`.";
        smtp_password: Option<SecretString> = None, Any, "That user's password.";
        smtp_ca_file: Option<PathBuf> = None, Any, "Certificates (PEM) to trust in place of the well-known ones.";
        smtp_timeout_seconds: u64 = 30, Range(1, 600), "How long the SMTP server may take.";
        ses_region: String = "eu-west-1".into(), REGION, "The AWS region of SES, where `from_address` or its domain has to be verified.";
        ses_profile: Option<String> = None, OPTIONAL_LINE, "The AWS profile to log in by; without it and a key, credentials are found where AWS's own tools look (environment, default profile, the machine's role).";
        ses_access_key_id: Option<SecretString> = None, Any, "An AWS access key instead of a profile; needs `ses_secret_access_key`.";
        ses_secret_access_key: Option<SecretString> = None, Any, "That key's secret.";
        ses_endpoint_url: Option<String> = None, WEB_URL, "Another SES endpoint, for tests.";
        log_bodies: bool = false, Any, "Whether console prints whole mails.";
    }
}

/// Mail.
#[derive(Debug, Clone)]
pub struct EmailSettings {
    /// The sender's address.
    pub from_address: String,
    /// The sender's name; the application's when not set.
    pub from_name: Option<String>,
    /// How mail leaves.
    pub backend: EmailBackend,
}

impl Default for EmailSettings {
    fn default() -> Self {
        let keys = EmailKeys::default();
        Self {
            from_address: keys.from_address,
            from_name: keys.from_name,
            backend: EmailBackend::default(),
        }
    }
}

/// How mail leaves, with all that this way needs.
#[derive(Debug, Clone)]
pub enum EmailBackend {
    /// It does not: it is written to the log.
    Console {
        /// Whether whole mails are logged, not only headers and links.
        log_bodies: bool,
    },
    /// Through an SMTP server.
    Smtp(SmtpSettings),
    /// Through Amazon SES.
    Ses(SesSettings),
}

impl Default for EmailBackend {
    fn default() -> Self {
        Self::Console { log_bodies: false }
    }
}

impl EmailBackend {
    /// Returns whether mail is sent, not only logged.
    #[must_use]
    pub const fn sends(&self) -> bool {
        !matches!(self, Self::Console { .. })
    }
}

/// An SMTP server.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name or IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: SmtpSecurity,
    /// Who to log in as; nobody when none.
    pub login: Option<SmtpLogin>,
    /// How long it may take to answer.
    pub timeout: Duration,
}

/// How a connection to an SMTP server is protected. A CA file takes the place of the well-known authorities.
#[derive(Debug, Clone)]
pub enum SmtpSecurity {
    /// Upgraded by STARTTLS before anything is sent.
    StartTls {
        /// The certificates to trust (PEM).
        ca_file: Option<PathBuf>,
    },
    /// TLS from the first byte.
    Tls {
        /// The certificates to trust (PEM).
        ca_file: Option<PathBuf>,
    },
    /// Not at all: a password travels in the clear.
    Plain,
}

/// A login at an SMTP server.
#[derive(Debug, Clone)]
pub struct SmtpLogin {
    /// The user's name.
    pub username: String,
    /// The user's password.
    pub password: SecretString,
}

/// Amazon SES in one region.
#[derive(Debug, Clone)]
pub struct SesSettings {
    /// The region.
    pub region: String,
    /// Where credentials come from.
    pub credentials: AwsCredentials,
    /// Another endpoint, for tests.
    pub endpoint_url: Option<String>,
}

/// Where credentials for Amazon come from.
#[derive(Debug, Clone)]
pub enum AwsCredentials {
    /// Wherever Amazon's own tools look: environment, default profile, web identity, the machine's role.
    Default,
    /// A profile of `~/.aws`, whatever the environment holds.
    Profile(String),
    /// The configuration.
    AccessKey {
        /// The access key's id.
        id: SecretString,
        /// The access key's secret.
        secret: SecretString,
    },
}
