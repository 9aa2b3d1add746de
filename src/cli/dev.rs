//! The folder `.regstack/` of `serve --dev`, and the settings that come from it.
//!
//! The folder is a normal installation (a `regstack.toml`, a secrets file, a database), so other commands can use it
//! with `--config .regstack`. It is created once, reused, and only readable by its owner.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

use super::context::{Context, DEV_FOLDER};
use super::files::{PRIVATE, stage};
use super::{Failure, Result, preflight, secret};
use crate::config::{self, Files, Loaded, Sources};

/// The name of the layer for the settings of `--dev`.
pub(super) const LAYER: &str = "flag --dev";

const SETTINGS_HEAD: &str = "\
# The settings of `regstack serve --dev`. Other commands use them with `--config .regstack`.
# You can add settings here. `serve --dev` always sets these itself: bind, base_url,
# database_url, jwt_secret, enable_admin_router and enable_ui_router.
";
/// `transport` is set here and not as a flag, so that it can be changed to try bearer tokens. The others are what --dev
/// serves with, for the links that other commands send. `base_url` is replaced with the actual address.
const SETTINGS: &str = "\
transport = \"cookie\"
session_max_seconds = 2592000
enable_admin_router = true
enable_ui_router = true
base_url = \"http://127.0.0.1:8000\"
";
const SETTINGS_FILE: &str = "regstack.toml";
const SECRETS: &str = "regstack.secrets.env";
const SECRET: &str = "REGSTACK_JWT_SECRET";

/// Creates the folder if needed, and gives its settings precedence over all others, so that no other database or secret
/// is used.
pub(super) fn prepare(context: &Context, sources: &mut Sources) -> Result {
    let folder = context.working_dir().join(DEV_FOLDER);
    // Absolute, because with --config the folder is used from anywhere.
    let database = format!("sqlite:///{}", folder.join("regstack.db").display());
    let secret = install(&folder, &database, || secret::generate(context)).map_err(unusable)?;
    if sources.config.is_none() {
        if context.working_dir().join(SETTINGS_FILE).exists() {
            context
                .output
                .say("--dev ignores regstack.toml; add --config regstack.toml to use it");
        }
        sources.config = Some(DEV_FOLDER.into());
    }
    for (key, value) in [
        ("database_url", database),
        ("mongodb_url", String::new()),
        ("jwt_secret", secret),
        ("enable_admin_router", "true".into()),
        ("enable_ui_router", "true".into()),
    ] {
        sources.flags.push((key.into(), value, "--dev"));
    }
    Ok(())
}

/// Refuses addresses that others can reach, because the mailbox shows all links.
pub(super) fn check_bind(loaded: &Loaded) -> Result {
    let bind = &loaded.settings.server.bind;
    if bind.tcp().is_some_and(|address| address.ip().is_loopback()) {
        return Ok(());
    }
    let layer = preflight::layer(&loaded.values, "bind");
    Err(Failure::refused("--dev only listens on this machine")
        .because(format!("bind is {bind} ({layer})"))
        .next("regstack serve --dev --bind 127.0.0.1:8000"))
}

fn unusable(cause: impl std::fmt::Display) -> Failure {
    Failure::failed(format!("{DEV_FOLDER} can't be used"))
        .because(cause)
        .next("serve --dev keeps its database and secret there")
}

/// Makes links lead to the address being served: those of this server, and those that other commands send.
pub(super) fn follow(address: SocketAddr, context: &Context, sources: &mut Sources) -> Result {
    let base_url = format!("http://{address}");
    let settings = context.working_dir().join(DEV_FOLDER).join(SETTINGS_FILE);
    write_base_url(&settings, &base_url).map_err(unusable)?;
    sources.flags.push(("base_url".into(), base_url, "--dev"));
    Ok(())
}

/// Changes only this line of the settings.
fn write_base_url(settings: &Path, base_url: &str) -> io::Result<()> {
    refuse_link(settings)?;
    let before = config::read_text_file(settings)?;
    let mut files = Files {
        toml: before.clone(),
        secrets: String::new(),
    };
    let key = config::key("base_url").map_err(|(what, _)| io::Error::other(what))?;
    files.set(key, base_url).map_err(io::Error::other)?;
    if files.toml == before {
        return Ok(());
    }
    stage(settings, files.toml.as_bytes(), PRIVATE, None)?.persist(settings)?;
    Ok(())
}

/// Creates missing files, restricts permissions that are too open, and returns the secret.
fn install(folder: &Path, database: &str, generate: impl FnOnce() -> String) -> io::Result<String> {
    refuse_link(folder)?;
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => fs::set_permissions(folder, Permissions::from_mode(0o700))?,
    }
    let secrets = folder.join(SECRETS);
    keep(&folder.join(".gitignore"), || "*\n".to_owned())?;
    keep(&folder.join(SETTINGS_FILE), || {
        let database = toml::Value::from(database);
        format!("{SETTINGS_HEAD}database_url = {database}\n{SETTINGS}")
    })?;
    keep(&secrets, || format!("{SECRET}={}\n", generate()))?;
    let mut entries = config::secret_entries(&config::read_text_file(&secrets)?, SECRETS)
        .map_err(|faults| io::Error::other(faults[0].to_string()))?
        .into_iter();
    let secret = entries.find(|(name, secret)| name == SECRET && !secret.is_empty());
    secret.map(|(_, secret)| secret).ok_or_else(|| {
        io::Error::other(format!(
            "{SECRETS} has no {SECRET}= line; delete the file to create a new secret"
        ))
    })
}

/// Writes a file atomically, unless it exists. If two processes start at once, both use the file of the first.
fn keep(path: &Path, content: impl FnOnce() -> String) -> io::Result<()> {
    refuse_link(path)?;
    if path.exists() {
        return fs::set_permissions(path, Permissions::from_mode(0o600));
    }
    match stage(path, content().as_bytes(), PRIVATE, None)?.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}

/// Refuses a symbolic link. A checkout from elsewhere may contain a link to any file of this user, whose content or
/// permissions must not change.
fn refuse_link(path: &Path) -> io::Result<()> {
    if path.is_symlink() {
        return Err(io::Error::other(format!(
            "{} is a symbolic link",
            path.display()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn nothing_behind_a_link_is_touched() {
        let place = tempfile::tempdir().unwrap();
        let (elsewhere, folder) = (
            place.path().join("elsewhere"),
            place.path().join(DEV_FOLDER),
        );
        fs::create_dir(&elsewhere).unwrap();
        fs::set_permissions(&elsewhere, Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &folder).unwrap();
        let refused = install(&folder, "sqlite:a.db", || "first".into()).unwrap_err();
        assert!(refused.to_string().contains("symbolic link"), "{refused}");
        assert_eq!(
            (mode(&elsewhere), fs::read_dir(&elsewhere).unwrap().count()),
            (0o755, 0)
        );
    }

    #[test]
    fn made_once_reused_and_readable_by_the_owner_only() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join(DEV_FOLDER);
        assert_eq!(
            install(&folder, "sqlite:a.db", || "first".into()).unwrap(),
            "first"
        );
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(folder.join(SECRETS), Permissions::from_mode(0o644)).unwrap();
        assert_eq!(
            install(&folder, "sqlite:a.db", || "second".into()).unwrap(),
            "first"
        );
        assert_eq!(mode(&folder), 0o700);
        for file in fs::read_dir(&folder).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
    }

    #[test]
    fn the_address_served_at_is_one_line_and_the_rest_stays() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join(DEV_FOLDER);
        install(&folder, "sqlite:a.db", || "first".into()).unwrap();
        let settings = folder.join(SETTINGS_FILE);
        let mine = fs::read_to_string(&settings).unwrap() + "app_name = \"Mine\" # kept\n";
        fs::write(&settings, &mine).unwrap();
        write_base_url(&settings, "http://127.0.0.1:9000").unwrap();
        assert_eq!(
            fs::read_to_string(&settings).unwrap(),
            mine.replace("127.0.0.1:8000", "127.0.0.1:9000")
        );
        assert_eq!(mode(&settings), 0o600);
    }

    #[test]
    fn a_file_without_a_secret_is_named_and_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join(DEV_FOLDER);
        install(&folder, "sqlite:a.db", || "first".into()).unwrap();
        fs::write(folder.join(SECRETS), "# nothing\n").unwrap();
        assert!(
            install(&folder, "sqlite:a.db", || "second".into())
                .unwrap_err()
                .to_string()
                .contains(SECRETS)
        );
        assert_eq!(
            fs::read_to_string(folder.join(SECRETS)).unwrap(),
            "# nothing\n"
        );
    }
}
