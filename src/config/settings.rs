//! The settings by section. (Skeleton: the field names and types are fixed, how they are declared is not.)

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::secret::SecretString;

/// Every setting, whole and checked.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub identity: Identity,
    pub server: Server,
    pub database: Database,
    pub tokens: Tokens,
    pub sms_codes: SmsCodes,
    pub features: Features,
    pub guessing: Guessing,
    pub password: PasswordHashing,
    pub email: EmailSettings,
    pub sms: SmsSettings,
    pub webhooks: Vec<Webhook>,
    pub dns: Dns,
    pub pages: Pages,
}

#[derive(Debug, Clone)]
pub struct Identity {
    pub app_name: String,
    /// Without a trailing slash.
    pub base_url: String,
    pub behind_proxy: bool,
    pub trusted_proxies: Vec<ipnet::IpNet>,
    pub cookie_domain: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Server {
    pub bind: SocketAddr,
    pub metrics: bool,
    pub tls_cert: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,
    pub shutdown_grace_seconds: u64,
    pub max_connections: usize,
    pub header_timeout_seconds: u64,
    pub request_timeout_seconds: u64,
    pub log_format: LogFormat,
    pub log_level: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat { Auto, Text, Json }

#[derive(Debug, Clone)]
pub struct Database {
    pub engine: Engine,
    pub user_collection: String,
    pub pending_collection: String,
    pub blacklist_collection: String,
    pub login_attempt_collection: String,
    pub mfa_code_collection: String,
    pub events_retention_days: u32,
}

/// Resolved from `database_url`, `mongodb_url` and `mongodb_database`.
#[derive(Debug, Clone)]
pub enum Engine {
    Sqlite { path: PathBuf },
    Mongo { url: SecretString, database: String },
}

#[derive(Debug, Clone)]
pub struct Tokens {
    /// Empty only for commands that need none; whoever signs checks first.
    pub jwt_secret: SecretString,
    pub jwt_previous_secrets: Vec<SecretString>,
    pub jwt_algorithm: JwtAlgorithm,
    pub jwt_ttl_seconds: u32,
    pub jwt_audience: Option<String>,
    pub transport: Transport,
    pub verification_token_ttl_seconds: u32,
    pub password_reset_token_ttl_seconds: u32,
    pub email_change_token_ttl_seconds: u32,
    pub invite_token_ttl_seconds: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
pub enum JwtAlgorithm { HS256, HS384, HS512 }

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport { Bearer, Cookie }

#[derive(Debug, Clone)]
pub struct SmsCodes {
    pub sms_code_length: u8,
    pub sms_code_ttl_seconds: u32,
    pub sms_code_max_attempts: u32,
    pub mfa_pending_token_ttl_seconds: u32,
}

#[derive(Debug, Clone)]
pub struct Features {
    pub require_verification: bool,
    pub allow_registration: bool,
    pub enable_password_reset: bool,
    pub enable_account_deletion: bool,
    pub enable_admin_router: bool,
    pub enable_ui_router: bool,
    pub enable_sms_2fa: bool,
    pub verify_requires_password: bool,
    pub notify_on_change: bool,
    pub hide_registered_emails: bool,
}

#[derive(Debug, Clone)]
pub struct Guessing {
    pub rate_limit_disabled: bool,
    pub login_lockout_threshold: u32,
    pub login_lockout_window_seconds: u32,
    pub mail_per_recipient_per_hour: u32,
    pub sms_per_recipient_per_hour: u32,
    pub limits: RouteLimits,
}

/// Limits per client address, by route; keys are `<name>_rate_limit`.
#[derive(Debug, Clone, Default)]
pub struct RouteLimits {
    pub login: Option<RateLimit>,
    pub login_mfa_confirm: Option<RateLimit>,
    pub register: Option<RateLimit>,
    pub verify: Option<RateLimit>,
    pub resend_verification: Option<RateLimit>,
    pub forgot_password: Option<RateLimit>,
    pub reset_password: Option<RateLimit>,
    pub change_password: Option<RateLimit>,
    pub change_email: Option<RateLimit>,
    pub confirm_email_change: Option<RateLimit>,
    pub delete_account: Option<RateLimit>,
    pub phone_start: Option<RateLimit>,
    pub phone_confirm: Option<RateLimit>,
    pub phone_disable: Option<RateLimit>,
}

/// Every quota must be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit(pub Vec<Quota>);

/// At most `count` requests in any `seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota { pub count: std::num::NonZeroU32, pub seconds: u32 }

#[derive(Debug, Clone)]
pub struct PasswordHashing {
    pub memory_kib: u32,
    pub iterations: u32,
    pub parallelism: u32,
    pub max_concurrent_hashes: usize,
    pub max_waiting_hashes: usize,
    pub min_strength: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmailBackend { Console, Smtp, Ses }

#[derive(Debug, Clone)]
pub struct EmailSettings {
    pub backend: EmailBackend,
    pub from_address: String,
    /// `app_name` when not set.
    pub from_name: Option<String>,
    pub smtp_host: Option<String>,
    pub smtp_port: u16,
    pub smtp_starttls: bool,
    pub smtp_tls: bool,
    pub smtp_username: Option<String>,
    pub smtp_password: Option<SecretString>,
    pub smtp_ca_file: Option<PathBuf>,
    pub smtp_timeout_seconds: u64,
    pub ses_region: String,
    pub ses_profile: Option<String>,
    pub ses_access_key_id: Option<SecretString>,
    pub ses_secret_access_key: Option<SecretString>,
    pub ses_endpoint_url: Option<String>,
    pub log_bodies: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmsBackend { Null, Sns, Twilio }

#[derive(Debug, Clone)]
pub struct SmsSettings {
    pub backend: SmsBackend,
    pub from_number: Option<String>,
    pub sns_region: String,
    pub sns_endpoint_url: Option<String>,
    pub twilio_account_sid: Option<String>,
    pub twilio_auth_token: Option<SecretString>,
    pub twilio_api_url: Option<String>,
    pub log_bodies: bool,
}

#[derive(Debug, Clone)]
pub struct Webhook { pub url: String, pub events: Option<Vec<String>>, pub secret_env: String }

#[derive(Debug, Clone, Default)]
pub struct Dns { pub resolver: Option<SocketAddr> }

#[derive(Debug, Clone)]
pub struct Pages {
    pub api_prefix: String,
    pub ui_prefix: String,
    pub static_prefix: String,
    pub theme_css_url: Option<String>,
    pub brand_logo_url: Option<String>,
    pub brand_tagline: Option<String>,
    pub extra_template_dirs: Vec<PathBuf>,
    pub extra_static_dirs: Vec<PathBuf>,
    pub email_link_prefix: Option<String>,
    pub verify_url_template: Option<String>,
    pub password_reset_url_template: Option<String>,
    pub email_change_url_template: Option<String>,
}

macro_rules! defaults {
    ($($name:ident { $($field:ident: $value:expr),* $(,)? })*) => {
        $(impl Default for $name { fn default() -> Self { Self { $($field: $value),* } } })*
    };
}

defaults! {
    Identity { app_name: "RegStack".into(), base_url: "http://localhost:8000".into(), behind_proxy: false, trusted_proxies: Vec::new(), cookie_domain: None }
    Server { bind: SocketAddr::from(([127, 0, 0, 1], 8000)), metrics: false, tls_cert: None, tls_key: None, shutdown_grace_seconds: 10, max_connections: 2000,
        header_timeout_seconds: 10, request_timeout_seconds: 30, log_format: LogFormat::Auto, log_level: "info".into() }
    Database { engine: Engine::Sqlite { path: "regstack.db".into() }, user_collection: "users".into(), pending_collection: "pending_registrations".into(),
        blacklist_collection: "token_blacklist".into(), login_attempt_collection: "login_attempts".into(), mfa_code_collection: "mfa_codes".into(), events_retention_days: 90 }
    Tokens { jwt_secret: SecretString::default(), jwt_previous_secrets: Vec::new(), jwt_algorithm: JwtAlgorithm::HS256, jwt_ttl_seconds: 7200, jwt_audience: None,
        transport: Transport::Bearer, verification_token_ttl_seconds: 86_400, password_reset_token_ttl_seconds: 1800, email_change_token_ttl_seconds: 3600, invite_token_ttl_seconds: 604_800 }
    SmsCodes { sms_code_length: 6, sms_code_ttl_seconds: 300, sms_code_max_attempts: 5, mfa_pending_token_ttl_seconds: 600 }
    Features { require_verification: true, allow_registration: true, enable_password_reset: true, enable_account_deletion: true, enable_admin_router: false,
        enable_ui_router: false, enable_sms_2fa: false, verify_requires_password: false, notify_on_change: true, hide_registered_emails: false }
    Guessing { rate_limit_disabled: false, login_lockout_threshold: 5, login_lockout_window_seconds: 900, mail_per_recipient_per_hour: 10, sms_per_recipient_per_hour: 5, limits: RouteLimits::default() }
    PasswordHashing { memory_kib: 19_456, iterations: 2, parallelism: 1, max_concurrent_hashes: std::thread::available_parallelism().map_or(1, usize::from), max_waiting_hashes: 128, min_strength: 0 }
    EmailSettings { backend: EmailBackend::Console, from_address: "noreply@example.com".into(), from_name: None, smtp_host: None, smtp_port: 587, smtp_starttls: true, smtp_tls: false,
        smtp_username: None, smtp_password: None, smtp_ca_file: None, smtp_timeout_seconds: 30, ses_region: "eu-west-1".into(), ses_profile: None, ses_access_key_id: None,
        ses_secret_access_key: None, ses_endpoint_url: None, log_bodies: false }
    SmsSettings { backend: SmsBackend::Null, from_number: None, sns_region: "eu-west-1".into(), sns_endpoint_url: None, twilio_account_sid: None, twilio_auth_token: None, twilio_api_url: None, log_bodies: false }
    Pages { api_prefix: "/api/auth".into(), ui_prefix: "/account".into(), static_prefix: "/regstack-static".into(), theme_css_url: None, brand_logo_url: None, brand_tagline: None,
        extra_template_dirs: Vec::new(), extra_static_dirs: Vec::new(), email_link_prefix: None, verify_url_template: None, password_reset_url_template: None, email_change_url_template: None }
}
