//! Rules on several keys together, and the settings that are computed from several keys.
//!
//! Each rule names one key as the one to change. Rules on a single key are declared with the key.

mod database;
mod email;
mod legacy;
mod oauth;
mod passkeys;
mod prefixes;
mod server;
mod signing_secret;
mod sms;
mod webhooks;

use std::num::NonZeroU32;

use super::layers::Layers;
use super::rate_limit::{LoginLimit, Quota, RateLimit};
use super::report::Report;
use super::review::Review;
use super::settings::{
    DatabaseKeys, Draft, EmailBackendName, Engine, LoginKeys, Pages, PasswordHashing, Settings,
    SmsBackendName, keys, processors,
};

pub(super) use database::engine;
pub use database::engine_at;
pub use signing_secret::MIN_SECRET_LENGTH;
pub(super) use signing_secret::unusable;

/// Returns the settings of a draft, and reports everything that is wrong with it.
pub(super) fn resolve(draft: Draft, layers: &Layers, report: &mut Report) -> Settings {
    let review = &mut Review { layers, report };
    warn_of_dead_links(&draft, review);
    warn_of_idle_keys(&draft, review);
    legacy::warn(&draft, review);
    let mut settings = draft.settings;
    signing_secret::check(&settings.tokens, review);
    let tokens = &settings.tokens;
    if (1..tokens.jwt_ttl_seconds).contains(&tokens.session_max_seconds) {
        review.fault(
            "session_max_seconds",
            format!(
                "must be 0, or at least jwt_ttl_seconds: {}",
                tokens.jwt_ttl_seconds
            ),
        );
    }
    let features = &settings.features;
    if features.hide_registered_emails && !features.require_verification {
        review.fault(
            "hide_registered_emails",
            "needs require_verification: without it, the answer to a registration reveals whether an email address has an account",
        );
    }
    if features.enable_forward_auth && !settings.identity.behind_proxy {
        review.fault(
            "enable_forward_auth",
            "needs behind_proxy: regstack has to trust what the proxy says about a request",
        );
    }
    settings.password = hashing(settings.password, review);
    settings.email = email::resolve(draft.email, &settings.identity.base_url, review);
    settings.sms = sms::resolve(draft.sms, review);
    settings.server.tls = server::tls(draft.tls, review);
    settings.identity = server::identity(settings.identity, settings.tokens.transport, review);
    let with_passkeys = settings.features.enable_passkeys;
    settings.passkeys =
        passkeys::resolve(settings.passkeys, &settings.identity, with_passkeys, review);
    settings.pages = pages(settings.pages, settings.features.enable_ui_router, review);
    if let Some(engine) = engine_of(&draft.database, review) {
        settings.database.engine = engine;
    }
    settings
        .database
        .oauth_identity_collection
        .clone_from(&draft.oauth.oauth_identity_collection);
    settings
        .database
        .oauth_state_collection
        .clone_from(&draft.oauth.oauth_state_collection);
    settings.guessing.limits.login = login_limit(&draft.login, review);
    settings.webhooks = webhooks::resolve(layers, review.report);
    let with_oauth = draft.oauth.enable_oauth;
    settings.oauth = oauth::resolve(&draft.providers, with_oauth, &settings, review);
    settings.guessing.limits.oauth_exchange = draft.oauth.oauth_exchange_rate_limit;
    settings
}

fn hashing(mut hashing: PasswordHashing, review: &mut Review<'_>) -> PasswordHashing {
    let least = hashing.parallelism * 8;
    if hashing.memory_kib < least {
        review.fault(
            "password.memory_kib",
            format!("must be at least 8 for each lane of password.parallelism: {least}"),
        );
    }
    if hashing.max_concurrent_hashes == 0 {
        hashing.max_concurrent_hashes = processors();
    }
    hashing
}

fn pages(mut pages: Pages, with_pages: bool, review: &mut Review<'_>) -> Pages {
    for error in prefixes::faults(&pages, with_pages) {
        review.fault(error.key, error.reason);
    }
    for folder in &mut pages.extra_template_dirs {
        *folder = review.path("extra_template_dirs", &folder);
    }
    for folder in &mut pages.extra_static_dirs {
        *folder = review.path("extra_static_dirs", &folder);
    }
    pages
}

/// Warns about templates of mailed links without a token.
fn warn_of_dead_links(draft: &Draft, review: &mut Review<'_>) {
    for key in keys().filter(|key| key.name.ends_with("_url_template")) {
        let template = (key.text)(draft);
        if !template.is_empty() && !template.contains("{token}") {
            review.warn(key.name, "has no {token}, so its links can't work");
        }
    }
}

/// Warns about keys that have no effect because of another setting. A key at its default is ignored.
fn warn_of_idle_keys(draft: &Draft, review: &mut Review<'_>) {
    let console = draft.email.backend == EmailBackendName::Console;
    let ses = draft.email.backend == EmailBackendName::Ses;
    let null = draft.sms.backend == SmsBackendName::Null;
    let second_factor = draft.settings.features.enable_sms_2fa;
    let apps = draft.settings.features.enable_totp;
    let passkeys = draft.settings.features.enable_passkeys;
    // Each condition, how the configuration writes it, and the prefixes of the keys that need it.
    let metrics = draft.settings.server.metrics;
    let conditions: [(bool, &str, &[&str]); 7] = [
        (
            console,
            "email.backend = \"console\"",
            &["email.log_bodies"],
        ),
        (ses, "email.backend = \"ses\"", &["email.ses_"]),
        (null, "sms.backend = \"null\"", &["sms.log_bodies"]),
        (second_factor, "enable_sms_2fa", &["phone_", "sms.backend"]),
        (apps, "enable_totp", &["totp_"]),
        (passkeys, "enable_passkeys", &["passkey_"]),
        (metrics, "metrics", &["metrics_"]),
    ];
    let admins = draft.settings.features.require_mfa_for_admins;
    if admins && !apps && !second_factor && !passkeys {
        let told = "closes the admin API to everyone: without enable_totp, enable_sms_2fa or enable_passkeys, nobody can have a second factor";
        review.warn("require_mfa_for_admins", told);
    }
    let defaults = Draft::default();
    for (holds, condition, starts) in conditions {
        let conditional = |name: &str| starts.iter().any(|start| name.starts_with(start));
        let idle = keys().filter(|key| !holds && conditional(key.name));
        for key in idle.filter(|key| (key.text)(draft) != (key.text)(&defaults)) {
            review.warn(key.name, &format!("has no effect without {condition}"));
        }
    }
}

fn engine_of(keys: &DatabaseKeys, review: &mut Review<'_>) -> Option<Engine> {
    let engine = engine(
        keys,
        |key| review.given(key),
        review.layers.folder_of("database_url"),
    );
    let engine = engine
        .map_err(|error| review.fault(error.key, error.reason))
        .ok()?;
    if matches!(engine, Engine::Sqlite { .. }) && review.given("mongodb_database") {
        review.warn(
            "mongodb_database",
            "has no effect: database_url names an SQLite file",
        );
    }
    Some(engine)
}

fn login_limit(keys: &LoginKeys, review: &mut Review<'_>) -> Option<RateLimit> {
    if let Some(LoginLimit::Auto) = keys.login_rate_limit {
        let maxima = [
            (keys.login_max_per_minute, 60),
            (keys.login_max_per_hour, 3600),
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
        if review.given(key) {
            review.warn(key, "has no effect without login_rate_limit = \"auto\"");
        }
    }
    match &keys.login_rate_limit {
        Some(LoginLimit::Limit(limit)) => Some(limit.clone()),
        _ => None,
    }
}
