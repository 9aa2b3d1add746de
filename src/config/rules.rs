//! What keys must be together, and the settings that come from several keys.
//!
//! Each rule names one key as the one to change. Rules on one key alone stand with the key.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use url::Url;

use super::checks::{is_sns_sender, web_url};
use super::database;
use super::layers::Layers;
use super::prefixes;
use super::rate_limit::{LoginLimit, Quota, RateLimit};
use super::report::Report;
use super::settings::{
    Draft, EmailBackend, Engine, Settings, SmsBackend, Transport, keys, processors,
};
use super::webhooks;
use crate::secret::{ExposeSecret as _, SecretString};

/// The shortest `jwt_secret`, in characters.
pub const MIN_SECRET_LENGTH: usize = 32;

/// Makes the one secret that is needed, readable by its owner only.
const MAKE_SECRET: &str =
    "(umask 077; echo \"REGSTACK_JWT_SECRET=$(regstack secret generate)\" >> regstack.secrets.env)";

/// Words of secrets that stand in examples. A random secret holds one about never.
const EXAMPLE_WORDS: [&str; 8] = [
    "changeme",
    "change-me",
    "change_me",
    "replace-me",
    "replace_me",
    "your-secret",
    "your_secret",
    "example",
];

/// Keys that need the console.
const LOGGED_MAIL: &[&str] = &["email.log_bodies"];

/// Keys that need the null backend.
const LOGGED_SMS: &[&str] = &["sms.log_bodies"];

/// Keys of SES.
const SES: &[&str] = &[
    "email.ses_region",
    "email.ses_profile",
    "email.ses_access_key_id",
    "email.ses_secret_access_key",
    "email.ses_endpoint_url",
];

/// Keys of the second factor.
const SECOND_FACTOR: &[&str] = &[
    "phone_start_rate_limit",
    "phone_confirm_rate_limit",
    "phone_disable_rate_limit",
    "sms.backend",
];

/// Makes settings of a draft, saying all that is wrong.
pub(super) fn settle(
    draft: Draft,
    layers: &Layers,
    working_dir: &Path,
    report: &mut Report,
) -> Settings {
    let mut review = Review { layers, report };
    review.secrets(&draft, working_dir);
    review.features(&draft);
    review.mail_and_sms(&draft);
    review.server(&draft);
    review.cookie(&draft);
    review.pages(&draft);
    review.idle(&draft);
    let engine = review.engine(&draft, working_dir);
    let login = review.login_limit(&draft);
    let webhooks = webhooks::settle(layers, report);

    let mut settings = draft.settings;
    if let Some(engine) = engine {
        settings.database.engine = engine;
    }
    settings.guessing.limits.login = login;
    settings.webhooks = webhooks;
    settings.dns.resolver = draft.dns.resolver.map(|resolver| resolver.0);
    if settings.password.max_concurrent_hashes == 0 {
        settings.password.max_concurrent_hashes = processors();
    }
    if let Some(url) = web_url(&settings.identity.base_url) {
        url.as_str()
            .trim_end_matches('/')
            .clone_into(&mut settings.identity.base_url);
    }
    if let Some(domain) = &mut settings.identity.cookie_domain {
        *domain = domain.trim_start_matches('.').to_ascii_lowercase();
    }
    let beneath = |path: &mut PathBuf| *path = working_dir.join(&path);
    settings
        .server
        .tls_cert
        .iter_mut()
        .chain(&mut settings.server.tls_key)
        .chain(&mut settings.email.smtp_ca_file)
        .for_each(beneath);
    settings
        .pages
        .extra_template_dirs
        .iter_mut()
        .chain(&mut settings.pages.extra_static_dirs)
        .for_each(beneath);
    settings
}

struct Review<'a> {
    layers: &'a Layers,
    report: &'a mut Report,
}

impl Review<'_> {
    fn fault(&mut self, key: &str, message: impl Into<String>) {
        self.report
            .fault(self.layers.layer_of(key), key, message, None);
    }

    fn warn(&mut self, key: &str, message: &str) {
        self.report
            .warn(self.layers.layer_of(key), key, message, None);
    }

    fn given(&self, key: &str) -> bool {
        self.layers.values.contains_key(key)
    }

    fn secrets(&mut self, draft: &Draft, working_dir: &Path) {
        let command = || Some("regstack secret generate".to_owned());
        let tokens = &draft.settings.tokens;
        if let Some(reason) = unusable(&tokens.jwt_secret)
            && !self.layers.broken.contains("jwt_secret")
        {
            let layer = self.layers.layer_of("jwt_secret");
            let (reason, hint) = if !tokens.jwt_secret.expose_secret().is_empty() {
                (reason, command())
            } else if self.layers.files.is_empty() {
                // Most likely the wrong folder: a new secret there would end every session once it is used elsewhere.
                (
                    format!(
                        "is missing, and there is no regstack.toml in {} or /etc/regstack",
                        working_dir.display()
                    ),
                    Some(
                        "name an installation with --config PATH; regstack init makes a new one"
                            .to_owned(),
                    ),
                )
            } else {
                (reason, Some(MAKE_SECRET.to_owned()))
            };
            self.report.fault(layer, "jwt_secret", reason, hint);
        }
        if let Some(reason) = tokens.jwt_previous_secrets.iter().find_map(unusable) {
            self.report.fault(
                self.layers.layer_of("jwt_previous_secrets"),
                "jwt_previous_secrets",
                format!("each entry {reason}"),
                command(),
            );
        }
    }

    fn features(&mut self, draft: &Draft) {
        let features = &draft.settings.features;
        if features.hide_registered_emails && !features.require_verification {
            self.fault(
                "hide_registered_emails",
                "needs require_verification: without it, registering answers at once and tells",
            );
        }
        let hashing = &draft.settings.password;
        if hashing.memory_kib < hashing.parallelism * 8 {
            self.fault(
                "password.memory_kib",
                format!(
                    "must be at least 8 for each lane of password.parallelism: {}",
                    hashing.parallelism * 8
                ),
            );
        }
    }

    fn mail_and_sms(&mut self, draft: &Draft) {
        let email = &draft.settings.email;
        if email.backend == EmailBackend::Smtp {
            if email.smtp_host.is_none() {
                self.missing("email.smtp_host", "email.backend", " = smtp");
            }
            self.both(
                "email.smtp_username",
                email.smtp_username.is_some(),
                "email.smtp_password",
                email.smtp_password.is_some(),
            );
        }
        let (id, secret) = (
            email.ses_access_key_id.is_some(),
            email.ses_secret_access_key.is_some(),
        );
        self.both(
            "email.ses_access_key_id",
            id,
            "email.ses_secret_access_key",
            secret,
        );
        if email.ses_profile.is_some() && (id || secret) {
            self.fault("email.ses_profile", "must not be set together with email.ses_access_key_id: they are two ways to log in");
        }
        let sms = &draft.settings.sms;
        let sender = sms.from_number.as_deref();
        if sms.backend == SmsBackend::Sns && sender.is_some_and(|sender| !is_sns_sender(sender)) {
            self.fault(
                "sms.from_number",
                "must be for sns a number, as +14155550100, or a name of up to 11 letters, digits and hyphens",
            );
        }
        if sms.backend == SmsBackend::Twilio {
            for (key, given) in [
                ("sms.twilio_account_sid", sms.twilio_account_sid.is_some()),
                ("sms.twilio_auth_token", sms.twilio_auth_token.is_some()),
                ("sms.from_number", sms.from_number.is_some()),
            ] {
                if !given {
                    self.missing(key, "sms.backend", " = twilio");
                }
            }
        }
    }

    fn server(&mut self, draft: &Draft) {
        let server = &draft.settings.server;
        self.both(
            "tls_cert",
            server.tls_cert.is_some(),
            "tls_key",
            server.tls_key.is_some(),
        );
        let identity = &draft.settings.identity;
        if !identity.trusted_proxies.is_empty() && !identity.behind_proxy {
            self.warn("trusted_proxies", "does nothing without behind_proxy");
        }
    }

    /// Browsers drop a cookie for a domain that is not the host's own or above it, or that is nobody's (as `com`).
    fn cookie(&mut self, draft: &Draft) {
        let identity = &draft.settings.identity;
        let Some(domain) = &identity.cookie_domain else {
            return;
        };
        if self.layers.broken.contains("base_url") {
            return;
        }
        if draft.settings.tokens.transport != Transport::Cookie {
            self.warn(
                "cookie_domain",
                "does nothing without transport = \"cookie\"",
            );
            return;
        }
        let wanted = domain.trim_start_matches('.').to_ascii_lowercase();
        let url = web_url(&identity.base_url);
        let host = url.as_ref().and_then(Url::domain).unwrap_or_default();
        let holds = host
            .strip_suffix(&wanted)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        if !holds || !wanted.contains('.') {
            let base_url = &identity.base_url;
            self.fault(
                "cookie_domain",
                format!("must be the host of base_url ({base_url}) or a domain above it with a dot in it, not {domain:?}"),
            );
        }
    }

    /// Both are set, or neither.
    fn both(&mut self, first: &str, first_given: bool, second: &str, second_given: bool) {
        let (missing, other) = match (first_given, second_given) {
            (true, false) => (second, first),
            (false, true) => (first, second),
            _ => return,
        };
        self.missing(missing, other, "");
    }

    /// A key that another one needs: the fault stands where that one is set.
    fn missing(&mut self, key: &str, other: &str, value: &str) {
        if !self.layers.broken.contains(key) {
            let layer = self.layers.layer_of(other);
            let reason = format!("is missing: {other}{value} needs it");
            self.report.fault(layer, key, reason, None);
        }
    }

    fn pages(&mut self, draft: &Draft) {
        let pages = &draft.settings.pages;
        for (key, reason) in prefixes::faults(pages) {
            self.fault(key, reason);
        }
        let templates = [
            ("verify_url_template", &pages.verify_url_template),
            (
                "password_reset_url_template",
                &pages.password_reset_url_template,
            ),
            (
                "email_change_url_template",
                &pages.email_change_url_template,
            ),
        ];
        for (key, template) in templates {
            if template
                .as_ref()
                .is_some_and(|template| !template.contains("{token}"))
            {
                self.warn(key, "has no {token}: its links cannot work");
            }
        }
    }

    /// Warns of what another setting leaves without effect; a key at its default says nothing.
    fn idle(&mut self, draft: &Draft) {
        let settings = &draft.settings;
        let (mail, sms) = (settings.email.backend, settings.sms.backend);
        let conditions = [
            (
                mail == EmailBackend::Console,
                "email.backend = \"console\"",
                LOGGED_MAIL,
            ),
            (mail == EmailBackend::Ses, "email.backend = \"ses\"", SES),
            (
                sms == SmsBackend::Null,
                "sms.backend = \"null\"",
                LOGGED_SMS,
            ),
            (
                settings.features.enable_sms_2fa,
                "enable_sms_2fa",
                SECOND_FACTOR,
            ),
        ];
        let defaults = Draft::default();
        for (holds, condition, names) in conditions {
            let idle = keys().filter(|key| !holds && names.contains(&key.name));
            for key in idle.filter(|key| (key.text)(draft) != (key.text)(&defaults)) {
                self.warn(key.name, &format!("does nothing without {condition}"));
            }
        }
    }

    fn engine(&mut self, draft: &Draft, working_dir: &Path) -> Option<Engine> {
        match database::engine(&draft.database, |key| self.given(key), working_dir) {
            Ok(engine) => {
                if matches!(engine, Engine::Sqlite { .. }) && self.given("mongodb_database") {
                    self.warn(
                        "mongodb_database",
                        "does nothing: database_url names an SQLite file",
                    );
                }
                Some(engine)
            }
            Err((key, reason)) => {
                self.fault(key, reason);
                None
            }
        }
    }

    fn login_limit(&mut self, draft: &Draft) -> Option<RateLimit> {
        let login = &draft.login;
        if let Some(LoginLimit::Auto) = login.login_rate_limit {
            let maxima = [
                (login.login_max_per_minute, 60),
                (login.login_max_per_hour, 3600),
            ];
            let quotas = maxima.into_iter().filter_map(|(count, seconds)| {
                Some(Quota {
                    count: NonZeroU32::new(count)?,
                    seconds,
                })
            });
            return Some(RateLimit(quotas.collect()));
        }
        for key in ["login_max_per_minute", "login_max_per_hour"] {
            if self.given(key) {
                self.warn(key, "does nothing without login_rate_limit = \"auto\"");
            }
        }
        match &login.login_rate_limit {
            Some(LoginLimit::Limit(limit)) => Some(limit.clone()),
            _ => None,
        }
    }
}

/// Why a signing secret cannot be used.
pub(super) fn unusable(secret: &SecretString) -> Option<String> {
    let secret = secret.expose_secret();
    let lower = secret.to_lowercase();
    if secret.is_empty() {
        Some("is missing".to_owned())
    } else if secret.chars().count() < MIN_SECRET_LENGTH {
        Some(format!("must have at least {MIN_SECRET_LENGTH} characters"))
    } else if EXAMPLE_WORDS.iter().any(|word| lower.contains(word)) {
        Some("must not be an example's value, which everybody knows".to_owned())
    } else {
        None
    }
}
