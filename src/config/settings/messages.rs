//! Mail, SMS, webhooks, and the name resolution they need.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::config::key::section;
use crate::config::value::{Resolver, choice};
use crate::model::EventKind;
use crate::secret::SecretString;

choice! {
    /// How mail leaves.
    EmailBackend {
        /// Printed to the log.
        Console = "console",
        /// Through an SMTP server.
        Smtp = "smtp",
        /// Through Amazon SES.
        Ses = "ses",
    }
}

section! {
    /// Mail.
    pub struct EmailSettings at settings.email, named "email." field "" {
        backend: EmailBackend = EmailBackend::Console, Any, "How mail leaves; console only prints it to the log.";
        from_address: String = "noreply@example.com".into(), EMAIL, "The sender's address.";
        from_name: Option<String> = None, OPTIONAL_LINE, "The sender's name; `app_name` when not set.";
        smtp_host: Option<String> = None, OPTIONAL_LINE, "The SMTP server; smtp needs it.";
        smtp_port: u16 = 587, Range(1, 65_535), "The SMTP server's port.";
        smtp_starttls: bool = true, Any, "Whether the connection must be upgraded by STARTTLS; without effect when `smtp_tls` is on.";
        smtp_tls: bool = false, Any, "Whether the connection is TLS from its first byte (usually port 465); wins over `smtp_starttls`.";
        smtp_username: Option<String> = None, OPTIONAL_LINE, "The user to log in as; needs `smtp_password`.";
        smtp_password: Option<SecretString> = None, Any, "That user's password.";
        smtp_ca_file: Option<PathBuf> = None, Any, "Certificates (PEM) to trust beside the well-known ones.";
        smtp_timeout_seconds: u64 = 30, Range(1, 600), "How long the SMTP server may take.";
        ses_region: String = "eu-west-1".into(), ONE_LINE, "The AWS region of SES, where `from_address` or its domain has to be verified.";
        ses_profile: Option<String> = None, OPTIONAL_LINE, "The AWS profile to log in by; without it and a key, credentials are found where AWS's own tools look (environment, default profile, the machine's role).";
        ses_access_key_id: Option<SecretString> = None, Any, "An AWS access key instead of a profile; needs `ses_secret_access_key`.";
        ses_secret_access_key: Option<SecretString> = None, Any, "That key's secret.";
        ses_endpoint_url: Option<String> = None, WEB_URL, "Another SES endpoint, for tests.";
        log_bodies: bool = false, Any, "Whether console prints whole mails.";
    }
}

choice! {
    /// How SMS leave.
    SmsBackend {
        /// Named in the log only.
        Null = "null",
        /// Through Amazon SNS.
        Sns = "sns",
        /// Through Twilio.
        Twilio = "twilio",
    }
}

section! {
    /// SMS.
    pub struct SmsSettings at settings.sms, named "sms." field "" {
        backend: SmsBackend = SmsBackend::Null, Any, "How SMS leave; null only names them in the log, sns takes AWS credentials from where AWS's own tools look.";
        from_number: Option<String> = None, OPTIONAL_LINE, "The sender: a number, or a name where the country allows one; twilio needs it, and takes a messaging service (MG…) too.";
        sns_region: String = "eu-west-1".into(), ONE_LINE, "The AWS region of SNS.";
        sns_endpoint_url: Option<String> = None, WEB_URL, "Another SNS endpoint, for tests.";
        twilio_account_sid: Option<String> = None, OPTIONAL_LINE, "The Twilio account; twilio needs it.";
        twilio_auth_token: Option<SecretString> = None, Any, "The Twilio account's token; twilio needs it.";
        twilio_api_url: Option<String> = None, WEB_URL, "Another Twilio endpoint, for tests.";
        log_bodies: bool = false, Any, "Whether null prints whole messages.";
    }
}

/// A receiver of events.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Where events are posted.
    pub url: String,
    /// Which events; all when none.
    pub events: Option<Vec<EventKind>>,
    /// The `whsec_…` secrets (Standard Webhooks) that each is signed with. Never empty.
    pub secrets: Vec<SecretString>,
}

impl Webhook {
    /// Whether it is told of events of this kind.
    #[must_use]
    pub fn wants(&self, kind: EventKind) -> bool {
        self.events
            .as_ref()
            .is_none_or(|events| events.contains(&kind))
    }
}

section! {
    /// Name resolution as configured; becomes [`Dns`].
    pub(in crate::config) struct DnsKeys at dns, named "dns." field "" {
        resolver: Option<Resolver> = None, Any, "The name server to ask, with a port unless it is 53; the system's when not set.";
    }
}

/// Name resolution.
#[derive(Debug, Clone, Default)]
pub struct Dns {
    /// The name server to ask; the system's when none.
    pub resolver: Option<SocketAddr>,
}
