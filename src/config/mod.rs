//! Settings: every key, its default and rule, the layers they come from, and the faults found in them.
//!
//! Knows neither the command line nor the server. It returns [`Settings`] that are complete and checked. A key is
//! declared once, in the table of its section under `settings/`. Everything else here works on those tables.

mod bind;
mod checks;
mod database_url;
mod destinations;
mod example;
mod files;
#[cfg(feature = "internals")]
pub mod fuzz;
mod key;
mod layers;
mod links;
mod name_server;
mod rate_limit;
mod read;
mod report;
mod review;
mod rules;
mod secrets_file;
mod setting_error;
pub mod settings;
mod sources;
#[cfg(test)]
mod tests;
mod toml_file;
mod value;

use std::path::PathBuf;

pub use bind::Bind;
pub use checks::is_label;
pub use database_url::{has_password, has_user, with_password, without_password};
pub use destinations::MAX_DESTINATION;
pub use example::example;
pub use files::{Files, key};
pub use key::Key;
pub use layers::is_setting_variable;
pub use links::{MailLink, SET_UP_PATH};
pub use name_server::NameServer;
pub use rate_limit::{Quota, RateLimit};
pub use read::{read_file, read_file_of, read_text, read_text_file, without_mark};
pub use report::Fault;
pub use rules::{MIN_SECRET_LENGTH, engine_at};
pub use secrets_file::entries as secret_entries;
pub use setting_error::SettingError;
pub use settings::*;
pub(crate) use sources::environment;
pub use sources::{ADMIN_PASSWORD, COPY_TO, Sources, shown};

use layers::Layers;
use report::Report;
use settings::Draft;

/// One value and where it comes from.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Effective {
    /// Dotted key.
    pub key: String,
    /// The value as text, or an empty text. The value of a secret is never shown.
    pub value: String,
    /// `regstack.toml:14`, `environment REGSTACK_JWT_TTL_SECONDS`, `default`, …
    pub layer: String,
}

/// Settings, where they come from, and warnings about them.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// The files that were read.
    pub files: Vec<PathBuf>,
    /// Every key, in the order of the example file, then `webhooks` and `oauth.providers`.
    pub values: Vec<Effective>,
    /// Warnings about accepted settings.
    pub warnings: Vec<Fault>,
}

/// All faults of a configuration, and the parts that could be read.
#[derive(Debug, Clone, Default, thiserror::Error)]
#[error("the configuration isn't valid")]
pub struct ConfigError {
    /// The faults, at least one. Those of a file are in the order of its lines.
    pub faults: Vec<Fault>,
    /// Warnings in addition to the faults.
    pub warnings: Vec<Fault>,
    /// The files that were read.
    pub files: Vec<PathBuf>,
    /// Every key, as in [`Loaded`]. Invalid keys show their default.
    pub values: Vec<Effective>,
    /// The settings, with defaults for invalid keys; `None` if a file couldn't be read. Only for inspection.
    pub settings: Option<Box<Settings>>,
}

/// Reads all layers.
///
/// # Errors
/// Every fault of every layer: unreadable files, unknown keys, invalid values and combinations.
pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
    let mut report = Report::default();
    let layers = Layers::read(sources, &mut report);
    let mut draft = Draft::default();
    for key in keys() {
        let Some(given) = layers.values.get(key.name) else {
            continue;
        };
        if !(key.set)(&mut draft, &given.raw) {
            report.fault(&given.layer, key.name, key.complaint(&given.raw));
        }
    }
    let values = effective(&draft, &layers);
    // If a file can't be read, the keys in it must not be reported as missing.
    let settings = layers
        .complete
        .then(|| rules::resolve(draft, &layers, &mut report));
    match settings {
        Some(settings) if report.faults.is_empty() => Ok(Loaded {
            settings,
            files: layers.files,
            values,
            warnings: report.warnings,
        }),
        settings => Err(ConfigError {
            faults: report.faults_in_order(),
            warnings: report.warnings,
            files: layers.files,
            values,
            settings: settings.map(Box::new),
        }),
    }
}

/// Returns every key's value and layer.
fn effective(draft: &Draft, layers: &Layers) -> Vec<Effective> {
    let value = |key: &Key| Effective {
        key: key.name.to_owned(),
        value: (key.text)(draft),
        layer: layers.layer_of(key.name).to_owned(),
    };
    let mut values: Vec<Effective> = keys().map(value).collect();
    let webhooks = layers.webhooks.iter();
    let urls: Vec<_> = webhooks
        .filter_map(|webhook| webhook.url.as_deref())
        .collect();
    let first = layers.webhooks.first();
    values.push(Effective {
        key: "webhooks".to_owned(),
        value: urls.join(","),
        layer: first.map_or_else(|| "default".to_owned(), |webhook| webhook.layer.clone()),
    });
    let providers = layers.providers.iter();
    let ids: Vec<_> = providers
        .filter_map(|provider| provider.id.as_deref())
        .collect();
    let first = layers.providers.first();
    values.push(Effective {
        key: "oauth.providers".to_owned(),
        value: ids.join(","),
        layer: first.map_or_else(|| "default".to_owned(), |provider| provider.layer.clone()),
    });
    values
}
