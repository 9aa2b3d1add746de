//! Email: its keys, and the ways to send it.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::key::section;
use crate::config::value::choice;
use crate::secret::SecretString;

choice! {
    /// The values of `email.backend`.
    pub(in crate::config) enum EmailBackendName {
        Console = "console",
        Smtp = "smtp",
        Ses = "ses",
    }
}

section! {
    /// The keys of email, which become [`EmailSettings`].
    pub(in crate::config) struct EmailKeys at email, named "email." field "" {
        backend: EmailBackendName = EmailBackendName::Console, Any, "How email is sent; console only logs it.";
        from_address: String = "noreply@example.com".into(), EMAIL, "Sender's email address.";
        from_name: Option<String> = None, OPTIONAL_LINE, "Sender's name; `app_name` by default.";
        smtp_host: Option<String> = None, HOST, "SMTP server; smtp needs it.";
        smtp_port: u16 = 587, Range(1, 65_535), "Port of the SMTP server.";
        smtp_starttls: bool = true, Any, "Require STARTTLS; has no effect with `smtp_tls`.";
        smtp_tls: bool = false, Any, "Use TLS from the start of the connection, usually on port 465; overrides `smtp_starttls`.";
        smtp_username: Option<String> = None, OPTIONAL_LINE, "User to log in as; needs `smtp_password`.";
        smtp_password: Option<SecretString> = None, Any, "Password of that user.";
        smtp_ca_file: Option<PathBuf> = None, Any, "Certificates (PEM) to trust instead of those that the system trusts.";
        smtp_timeout_seconds: u64 = 30, Range(1, 600), "Seconds the SMTP server may take.";
        ses_region: String = "eu-west-1".into(), REGION, "AWS region of SES, where `from_address` or its domain must be verified.";
        ses_profile: Option<String> = None, OPTIONAL_LINE, "AWS profile. Without it and a key, credentials come from where AWS's own tools look: environment, default profile, role of the machine.";
        ses_access_key_id: Option<SecretString> = None, Any, "An AWS access key instead of a profile; needs `ses_secret_access_key`.";
        ses_secret_access_key: Option<SecretString> = None, Any, "Secret of that key.";
        ses_endpoint_url: Option<String> = None, WEB_URL, "Another SES endpoint, for tests.";
        log_bodies: bool = false, Any, "Let console log whole emails.";
        smtp_helo_name: Option<String> = None, HELO, "Name that regstack sends in EHLO; by default the machine's name if it has a domain, else the host of `base_url`.";
        allow_utf8_email: Option<bool> = None, Any, "Whether accounts may have email addresses with non-ASCII characters before the `@`; by default, only if the mail server supports them (SMTPUTF8).";
    }
}

/// Email.
#[derive(Debug, Clone)]
pub struct EmailSettings {
    /// The sender's email address.
    pub from_address: String,
    /// The sender's name. If unset, the application's name is used.
    pub from_name: Option<String>,
    /// How email is sent.
    pub backend: EmailBackend,
    /// Whether accounts may have email addresses with non-ASCII characters before the `@`. If unset, this depends on
    /// the mail server.
    pub allow_utf8_email: Option<bool>,
}

impl Default for EmailSettings {
    fn default() -> Self {
        let keys = EmailKeys::default();
        Self {
            from_address: keys.from_address,
            from_name: keys.from_name,
            backend: EmailBackend::default(),
            allow_utf8_email: keys.allow_utf8_email,
        }
    }
}

/// How email is sent, with everything that this way needs.
#[derive(Debug, Clone)]
pub enum EmailBackend {
    /// It isn't sent but written to the log.
    Console {
        /// Whether whole emails are logged, not only headers and links.
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
    /// Returns whether email is sent, not only logged.
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
    /// The login at the server, if there is one.
    pub login: Option<SmtpLogin>,
    /// How long the server may take to answer.
    pub timeout: Duration,
    /// The name in EHLO, if it is configured.
    pub helo_name: Option<String>,
    /// The host of `base_url`: the name in EHLO if none is configured and the machine has none.
    pub own_host: String,
}

/// How a connection to an SMTP server is protected. A CA file replaces the system's authorities.
#[derive(Debug, Clone)]
pub enum SmtpSecurity {
    /// Upgraded with STARTTLS before anything is sent.
    StartTls {
        /// The certificates to trust (PEM).
        ca_file: Option<PathBuf>,
    },
    /// TLS from the first byte.
    Tls {
        /// The certificates to trust (PEM).
        ca_file: Option<PathBuf>,
    },
    /// Not protected: a password is sent unencrypted.
    Plain,
}

/// The login at an SMTP server.
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

/// Where the credentials for Amazon come from.
#[derive(Debug, Clone)]
pub enum AwsCredentials {
    /// The places that Amazon's own tools use: environment, default profile, web identity, the machine's role.
    Default,
    /// A profile in `~/.aws`, whatever the environment contains.
    Profile(String),
    /// The keys in the configuration.
    AccessKey {
        /// The access key's id.
        id: SecretString,
        /// The access key's secret.
        secret: SecretString,
    },
}
