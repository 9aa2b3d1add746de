//! What can be told of a configuration without the database: what `serve` would refuse although it loads, and what is
//! worth a warning. `serve` and `config check` both ask here, so that they never disagree.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::error::Failure;
use crate::app::{Ambient, App, OpenError};
use crate::config::{Effective, Engine, Fault, Loaded, SettingError, Settings};
use crate::http;

/// Everything that would keep a server from serving with these settings.
pub(super) fn faults(loaded: &Loaded, ambient: &Ambient) -> Vec<Fault> {
    let built = App::check(&loaded.settings, ambient).err();
    let tls = http::check_tls(&loaded.settings.server).err();
    let errors = built.into_iter().flatten().chain(tls);
    errors.map(|error| located(error, &loaded.values)).collect()
}

/// A setting that cannot be used, with the layer of its key.
fn located(error: SettingError, values: &[Effective]) -> Fault {
    // Of the keys that name the database, the one that was set is at fault.
    let mongo = values
        .iter()
        .find(|value| is_mongo_key(&value.key) && value.layer != "default");
    match (error.key, mongo) {
        ("database_url", Some(value)) if layer(values, "database_url") == "default" => Fault {
            layer: value.layer.clone(),
            key: value.key.clone(),
            message: error.reason,
            hint: None,
        },
        (key, _) => fault(values, key, error.reason),
    }
}

/// Why the application or its database cannot be opened, with the layers of the settings at fault.
pub(super) fn not_opened(error: OpenError, loaded: &Loaded) -> Failure {
    match error {
        OpenError::Settings(errors) => {
            let errors = errors.into_iter();
            let faults = errors.map(|error| located(error, &loaded.values));
            Failure::faults(&faults.collect::<Vec<_>>())
        }
        OpenError::Store(cause) => {
            Failure::open(&cause, &database_place(&loaded.settings, &loaded.values))
        }
    }
}

/// What is accepted, and yet worth saying before people depend on it.
pub(super) fn warnings(loaded: &Loaded, dev: bool) -> Vec<Fault> {
    let Settings {
        identity,
        server,
        guessing,
        features,
        email,
        sms,
        ..
    } = &loaded.settings;
    let mut warnings = Vec::new();
    let mut warn = |key: &str, message: String| {
        warnings.push(fault(&loaded.values, key, message));
    };
    if guessing.rate_limit_disabled {
        warn(
            "rate_limit_disabled",
            "is true: passwords can be guessed without limit, and mailboxes flooded".into(),
        );
    }
    if !email.backend.sends() && !dev {
        warn(
            "email.backend",
            "is console: mail is not sent, its links are written to the server's log".into(),
        );
    }
    if features.enable_sms_2fa && !sms.sends() && !dev {
        warn(
            "sms.backend",
            "is null: codes are not sent, and whoever needs one to log in cannot".into(),
        );
    }
    let (url, bind) = (&identity.base_url, server.bind);
    if layer(&loaded.values, "base_url") == "default"
        && !identity.behind_proxy
        && bind.port() != 0
        && !url.ends_with(&format!(":{}", bind.port()))
    {
        warn(
            "base_url",
            format!("is {url}, where mailed links lead, but bind is {bind}"),
        );
    }
    warnings.extend(loaded.files.iter().filter_map(|file| open_secrets(file)));
    warnings
}

/// A warning if this is a secrets file that every user of the machine can read.
fn open_secrets(file: &Path) -> Option<Fault> {
    let mode = file.metadata().ok()?.permissions().mode();
    (file.ends_with("regstack.secrets.env") && mode & 0o004 != 0).then(|| Fault {
        layer: file.display().to_string(),
        key: String::new(),
        message: "can be read by every user of this machine".to_owned(),
        hint: Some(format!("chmod 600 {}", file.display())),
    })
}

/// Which setting, from which layer, says where the database is.
pub(super) fn database_place(settings: &Settings, values: &[Effective]) -> String {
    let key = match settings.database.engine {
        Engine::Sqlite { .. } => "database_url",
        Engine::Mongo { .. } => values
            .iter()
            .find(|value| is_mongo_key(&value.key) && value.layer != "default")
            .map_or("database_url", |value| value.key.as_str()),
    };
    format!("{key}: {}", layer(values, key))
}

/// The layer that a key's value comes from.
pub(super) fn layer<'a>(values: &'a [Effective], key: &str) -> &'a str {
    values
        .iter()
        .find(|value| value.key == key)
        .map_or("default", |value| value.layer.as_str())
}

fn is_mongo_key(key: &str) -> bool {
    matches!(key, "mongodb_url" | "mongodb_database")
}

fn fault(values: &[Effective], key: &str, message: String) -> Fault {
    Fault {
        layer: layer(values, key).to_owned(),
        key: key.to_owned(),
        message,
        hint: None,
    }
}
