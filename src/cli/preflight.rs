//! Checks a configuration without the database: errors that keep `serve` from starting although the configuration
//! loads, and warnings. `serve` and `config check` both use this, so that they agree.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use url::Url;

use super::Failure;
use crate::app::{Ambient, App, OpenError};
use crate::config::{Effective, Engine, Fault, Loaded, SettingError, Settings};
use crate::delivery::Templates;
use crate::http;

/// Returns everything that would keep a server from starting with these settings.
pub(super) fn faults(loaded: &Loaded, ambient: &Ambient) -> Vec<Fault> {
    let built = App::check(&loaded.settings, ambient).err();
    let tls = http::check_tls(&loaded.settings.server).err();
    let errors = built.into_iter().flatten().chain(tls);
    errors.map(|error| located(error, &loaded.values)).collect()
}

/// Returns the fault for a setting that cannot be used, with the layer of its key.
fn located(error: SettingError, values: &[Effective]) -> Fault {
    // Of the keys for the database, the one that was set has the fault.
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

/// Returns why the application or its database cannot be opened, with the layers of the settings involved.
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

/// Returns warnings about valid settings that may be a problem in production.
pub(super) fn warnings(loaded: &Loaded, dev: bool) -> Vec<Fault> {
    let Settings {
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
            "is true: passwords can be guessed without limit, and people can be flooded with email"
                .into(),
        );
    }
    if !email.backend.sends() && !dev {
        warn(
            "email.backend",
            "is console: email isn't sent, and its links are written to the server's log".into(),
        );
    }
    if features.enable_sms_2fa && !sms.sends() && !dev {
        warn(
            "sms.backend",
            "is null: codes aren't sent, and people who need one can't log in".into(),
        );
    }
    warnings.extend(deployment(loaded));
    warnings.extend(loaded.files.iter().filter_map(|file| open_secrets(file)));
    warnings
}

/// Returns warnings about the deployment: whether emailed links lead to a page, whether clients can be told apart, and
/// whether `base_url` has the port that is served.
pub(super) fn deployment(loaded: &Loaded) -> Vec<Fault> {
    let settings = &loaded.settings;
    let has_default_url = layer(&loaded.values, "base_url") == "default";
    let warnings = [link_without_a_page(settings), hidden_clients(settings)]
        .into_iter()
        .chain(unserved_files(settings))
        .chain([
            pages_without_their_script(settings),
            clients_of_a_socket(settings),
            other_port(settings, has_default_url),
        ]);
    warnings
        .flatten()
        .map(|Warning { key, message, hint }| Fault {
            hint,
            ..fault(&loaded.values, key, message)
        })
        .collect()
}

/// A warning about a setting.
struct Warning {
    key: &'static str,
    message: String,
    hint: Option<String>,
}

impl Warning {
    fn new(key: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            key,
            message: message.into(),
            hint: Some(hint.into()),
        }
    }
}

fn link_without_a_page(settings: &Settings) -> Option<Warning> {
    let (link, keys) = settings.links_without_a_page()?;
    Some(Warning::new(
        "enable_ui_router",
        format!("is false: mailed links lead to {link}, and this server has no page there"),
        format!(
            "set enable_ui_router = true or, if your application has such pages, {} or email_link_prefix",
            keys.join(", ")
        ),
    ))
}

/// Warns of a proxy that isn't configured but has to be there, because nothing else handles TLS.
fn hidden_clients(settings: &Settings) -> Option<Warning> {
    let (identity, server) = (&settings.identity, &settings.server);
    let is_hidden =
        identity.base_url.starts_with("https:") && server.tls.is_none() && !identity.behind_proxy;
    is_hidden.then(|| Warning::new(
        "behind_proxy",
        "is false, but base_url is https and there is no tls_cert: behind a proxy, all clients share one address, and a limit that one of them reaches affects everyone",
        "set behind_proxy = true, or tls_cert and tls_key if this server handles TLS itself",
    ))
}

/// Warns of a proxy that isn't configured but has to be there, because clients can't connect to a Unix socket.
fn clients_of_a_socket(settings: &Settings) -> Option<Warning> {
    let bind = &settings.server.bind;
    (bind.tcp().is_none() && !settings.identity.behind_proxy).then(|| {
        Warning::new(
            "behind_proxy",
            format!("is false, but bind is {bind}: behind a proxy, all clients share one address"),
            "set behind_proxy = true",
        )
    })
}

fn unserved_files(settings: &Settings) -> impl Iterator<Item = Option<Warning>> {
    let pages = &settings.pages;
    let locations = [
        ("theme_css_url", &pages.theme_css_url),
        ("brand_logo_url", &pages.brand_logo_url),
    ];
    locations.into_iter().map(|(key, location)| {
        let path = location.as_deref().filter(|path| is_unserved(path, settings))?;
        Some(Warning::new(
            key,
            format!("is {path}, which this server does not serve"),
            "put the file in a folder of extra_static_dirs and use its path under static_prefix, unless your application serves that path",
        ))
    })
}

fn pages_without_their_script(settings: &Settings) -> Option<Warning> {
    let pages = &settings.pages;
    let mut folders = pages.extra_static_dirs.iter();
    let replaces_script = folders.any(|folder| folder.join("js/regstack.js").exists());
    let mut built_in = built_in_pages(&pages.extra_template_dirs);
    // Without other providers, the page for the return from one isn't needed.
    let has_providers = !settings.oauth.providers.is_empty();
    built_in.retain(|page| has_providers || page != "oauth_complete.html");
    let are_broken = settings.features.enable_ui_router && replaces_script && !built_in.is_empty();
    are_broken.then(|| {
        Warning::new(
            "extra_static_dirs",
            format!(
                "replaces js/regstack.js, but these pages are built-in and their buttons need the built-in script: {}",
                built_in.join(", ")
            ),
            "put the matching pages in auth/ in a folder of extra_template_dirs, or remove the script",
        )
    })
}

/// Warns of a `base_url` with another port than the one that is served.
fn other_port(settings: &Settings, has_default_url: bool) -> Option<Warning> {
    let (url, bind) = (&settings.identity.base_url, &settings.server.bind);
    let served = bind.tcp()?.port();
    let port = Url::parse(url).ok().and_then(|url| url.port());
    let differs = port.map_or(has_default_url, |port| port != served);
    (differs && !settings.identity.behind_proxy && served != 0).then(|| Warning {
        key: "base_url",
        message: format!("is {url}, where mailed links lead, but bind is {bind}"),
        hint: None,
    })
}

/// Returns the pages with buttons that no folder overrides.
fn built_in_pages(folders: &[PathBuf]) -> Vec<String> {
    let files = Templates::open(folders).map(|templates| templates.files());
    let files = files.unwrap_or_default().into_iter();
    files
        .filter(|file| file.overridden_by.is_none() && file.name != "auth/error.html")
        .filter_map(|file| Some(file.name.strip_prefix("auth/")?.to_owned()))
        .collect()
}

/// Returns whether pages refer to a file on this host that the server doesn't have.
fn is_unserved(path: &str, settings: &Settings) -> bool {
    if !settings.features.enable_ui_router || !path.starts_with('/') || path.starts_with("//") {
        return false;
    }
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let Some(name) = path
        .strip_prefix(settings.pages.static_prefix.as_str())
        .and_then(|rest| rest.strip_prefix('/'))
    else {
        return true;
    };
    if http::has_built_in_file(name) {
        return false;
    }
    let folders = settings.pages.extra_static_dirs.iter();
    !folders
        .map(|folder| folder.join(name))
        .any(|file| file.is_file())
}

/// Warns if a file is a secrets file that every user of the machine can read.
fn open_secrets(file: &Path) -> Option<Fault> {
    let mode = file.metadata().ok()?.permissions().mode();
    (file.ends_with("regstack.secrets.env") && mode & 0o004 != 0).then(|| Fault {
        layer: file.display().to_string(),
        key: String::new(),
        message: "can be read by every user on this machine".to_owned(),
        hint: Some(format!("chmod 600 {}", file.display())),
    })
}

/// Returns the setting for the location of the database, and its layer.
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
