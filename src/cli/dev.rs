//! What `serve --dev` keeps under `.regstack/`, and the layer of settings it makes of that.
//!
//! The folder is an installation like any other (a `regstack.toml`, a secrets file, a database), so that every other
//! command reaches it with `--config .regstack`. Made once, reused, readable by its owner only.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;

use super::context::Context;
use super::error::{Failure, Result};
use super::secret;
use crate::config::{Loaded, Sources};

/// The folder, in the working directory.
pub(super) const FOLDER: &str = ".regstack";

/// How the settings that `--dev` makes are named where layers are told apart.
pub(super) const LAYER: &str = "flag --dev";

const SETTINGS_HEAD: &str = "\
# What `regstack serve --dev` keeps. Other commands reach it with `--config .regstack`.
# Settings added here take effect, but for those that --dev makes itself: bind, base_url,
# database_url, jwt_secret, enable_admin_router and enable_ui_router.
";
/// Here and not above all settings, so that whoever tries bearer tokens can.
const TRANSPORT: &str = "transport = \"cookie\"\n";
const SECRETS: &str = "regstack.secrets.env";
const SECRET_LINE: &str = "REGSTACK_JWT_SECRET=";

/// Makes the folder if need be, and puts its settings above all others: no other database and no other secret is touched.
pub(super) fn prepare(context: &Context, sources: &mut Sources) -> Result {
    let folder = context.working_dir().join(FOLDER);
    // Absolute: with --config the folder is reached from anywhere.
    let database = format!("sqlite:///{}", folder.join("regstack.db").display());
    let secret = install(&folder, &database, || secret::generate(context)).map_err(|cause| {
        Failure::failed(format!("{FOLDER} cannot be used"))
            .because(cause)
            .next("serve --dev keeps its database and secret there")
    })?;
    if sources.config.is_none() {
        if context.working_dir().join("regstack.toml").exists() {
            context
                .output
                .say("--dev leaves regstack.toml aside; --config regstack.toml takes it in");
        }
        sources.config = Some(FOLDER.into());
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

/// Refuses addresses that others can reach: the mailbox shows everybody's links.
pub(super) fn check_bind(loaded: &Loaded) -> Result {
    let bind = loaded.settings.server.bind;
    if bind.ip().is_loopback() {
        return Ok(());
    }
    let layer = loaded
        .values
        .iter()
        .find(|value| value.key == "bind")
        .map_or("", |value| value.layer.as_str());
    Err(Failure::refused("--dev serves on loopback only")
        .because(format!("bind is {bind} ({layer})"))
        .next("regstack serve --dev --bind 127.0.0.1:8000"))
}

/// The setting that makes links lead to the address served at.
pub(super) fn follow(address: SocketAddr, sources: &mut Sources) {
    sources
        .flags
        .push(("base_url".into(), format!("http://{address}"), "--dev"));
}

/// Makes what is missing, tightens what is too open, and returns the secret.
fn install(folder: &Path, database: &str, generate: impl FnOnce() -> String) -> io::Result<String> {
    refuse_link(folder)?;
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => fs::set_permissions(folder, Permissions::from_mode(0o700))?,
    }
    let secrets = folder.join(SECRETS);
    keep(&folder.join(".gitignore"), || "*\n".to_owned())?;
    keep(&folder.join("regstack.toml"), || {
        let database = toml::Value::from(database);
        format!("{SETTINGS_HEAD}database_url = {database}\n{TRANSPORT}")
    })?;
    keep(&secrets, || format!("{SECRET_LINE}{}\n", generate()))?;
    let text = fs::read_to_string(&secrets)?;
    let secret = text
        .lines()
        .find_map(|line| line.trim().strip_prefix(SECRET_LINE))
        .map(|value| value.trim().trim_matches(['"', '\'']));
    let missing = || {
        io::Error::other(format!(
            "{SECRETS} has no {SECRET_LINE} line; without the file a new one is made"
        ))
    };
    Ok(secret
        .filter(|secret| !secret.is_empty())
        .ok_or_else(missing)?
        .to_owned())
}

/// Writes a file whole, unless it is there: of two that start at once, both use the file of the first.
fn keep(path: &Path, content: impl FnOnce() -> String) -> io::Result<()> {
    refuse_link(path)?;
    if path.exists() {
        return fs::set_permissions(path, Permissions::from_mode(0o600));
    }
    let folder = path
        .parent()
        .ok_or_else(|| io::Error::other("the file is in no folder"))?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content().as_bytes())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}

/// A checkout from elsewhere may hold a link to any file of this user: nothing behind one is written or opened up.
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
        let (elsewhere, folder) = (place.path().join("elsewhere"), place.path().join(FOLDER));
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
        let folder = place.path().join(FOLDER);
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
    fn a_file_without_a_secret_is_named_and_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join(FOLDER);
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
