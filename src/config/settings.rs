//! The settings by section, and the list of all keys.
//!
//! Each section's file declares its keys in one table. This module knows nothing about layers.

mod accounts;
mod dns;
mod email;
mod limits;
mod oauth;
mod pages;
mod passkeys;
mod server;
mod sms;
mod tokens;
mod webhooks;

pub use accounts::Features;
pub use dns::Dns;
pub use email::{
    AwsCredentials, EmailBackend, EmailSettings, SesSettings, SmtpLogin, SmtpSecurity, SmtpSettings,
};
pub use limits::{
    Guessing, MAX_ITERATIONS, MAX_LANES, MAX_MEMORY_KIB, PasswordHashing, RouteLimits,
};
pub use oauth::{Oauth, Provider, ProviderKind};
pub use pages::Pages;
pub use passkeys::Passkeys;
pub use server::{Database, Engine, Identity, LogFormat, Server, Tls};
pub use sms::{SmsBackend, SnsSettings, TwilioSettings};
pub use tokens::{JwtAlgorithm, MAX_SESSION_SECONDS, SmsCodes, TokenClaim, Tokens, Transport};
pub use webhooks::Webhook;

pub(super) use email::{EmailBackendName, EmailKeys};
pub(super) use limits::{LoginKeys, processors};
pub(super) use oauth::{OauthKeys, ProviderKeys};
pub(super) use server::{DatabaseKeys, TlsKeys};
pub(super) use sms::{SmsBackendName, SmsKeys};

use super::key::Key;

/// All settings, complete and checked.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The name and URLs of the application.
    pub identity: Identity,
    /// How it is served.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// Signed tokens.
    pub tokens: Tokens,
    /// Codes sent by SMS.
    pub sms_codes: SmsCodes,
    /// Features that can be turned on and off.
    pub features: Features,
    /// Limits against guessing and flooding.
    pub guessing: Guessing,
    /// The cost of password hashes.
    pub password: PasswordHashing,
    /// Email.
    pub email: EmailSettings,
    /// SMS.
    pub sms: SmsBackend,
    /// Webhook receivers.
    pub webhooks: Vec<Webhook>,
    /// Name resolution.
    pub dns: Dns,
    /// Paths, pages and links.
    pub pages: Pages,
    /// The sites that passkeys are valid for.
    pub passkeys: Passkeys,
    /// Logging in with other providers.
    pub oauth: Oauth,
}

/// Unfinished settings: the values of all keys, before several keys are combined into one setting.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) settings: Settings,
    pub(super) tls: TlsKeys,
    pub(super) database: DatabaseKeys,
    pub(super) login: LoginKeys,
    pub(super) email: EmailKeys,
    pub(super) sms: SmsKeys,
    pub(super) oauth: OauthKeys,
    pub(super) providers: ProviderKeys,
}

/// Related keys under one heading.
pub(super) struct Group {
    /// The heading.
    pub(super) title: &'static str,
    /// The keys, all of one TOML table.
    pub(super) keys: &'static [&'static [Key]],
}

const fn group(title: &'static str, keys: &'static [&'static [Key]]) -> Group {
    Group { title, keys }
}

/// All groups. Those outside any TOML table come first.
pub(super) const GROUPS: &[Group] = &[
    group("Identity", &[Identity::KEYS]),
    group("Server", &[Server::KEYS, TlsKeys::KEYS]),
    group("Database", &[DatabaseKeys::KEYS, Database::KEYS]),
    group("Tokens", &[Tokens::KEYS]),
    group("SMS codes", &[SmsCodes::KEYS]),
    group("Features", &[Features::KEYS]),
    group("Passkeys", &[Passkeys::KEYS]),
    group(
        "Guessing and flooding (write a rate limit like \"5/minute;20/hour\", per second, minute, hour or day)",
        &[Guessing::KEYS, LoginKeys::KEYS, RouteLimits::KEYS],
    ),
    group("Paths, pages and links in emails", &[Pages::KEYS]),
    group(
        "Logging in with other providers (OpenID Connect, and GitHub): see docs/sign-in-providers.md",
        &[OauthKeys::KEYS],
    ),
    group("Password hashing (Argon2id)", &[PasswordHashing::KEYS]),
    group("Email", &[EmailKeys::KEYS]),
    group("SMS", &[SmsKeys::KEYS]),
    group("Name resolution", &[Dns::KEYS]),
    group("Other providers", &[ProviderKeys::KEYS]),
];

/// Returns every key except `webhooks` and `oauth.providers`, which are lists of tables, in a stable order.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    GROUPS
        .iter()
        .flat_map(|group| group.keys.iter().copied().flatten())
}

/// Returns the table of each key that is in one.
pub(super) fn sections() -> impl Iterator<Item = &'static str> {
    keys().filter_map(|key| Some(key.name.split_once('.')?.0))
}

/// Returns the key that has this name in a section. Leaving out the section is the most common mistake.
pub(super) fn in_section(
    mut keys: impl Iterator<Item = &'static Key>,
    field: &str,
) -> Option<&'static Key> {
    let field_of = |key: &Key| key.name.split_once('.').map(|(_, field)| field);
    keys.find(|key| field_of(key) == Some(field))
}
