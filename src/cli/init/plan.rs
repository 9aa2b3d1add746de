//! The plan: the current and the new content of both files, and their differences. Writes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::flags::{SHOWN, is_asked};
use crate::cli::{Context, Failure, Result, preflight, secret};
use crate::config::{self, ConfigError, Effective, Fault, Files, Loaded, Sources};

const TOML: &str = "regstack.toml";
const SECRETS: &str = "regstack.secrets.env";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Installation {
    pub(super) folder: PathBuf,
    pub(super) toml: PathBuf,
    pub(super) secrets: PathBuf,
}

impl Installation {
    /// Returns the installation at a path, which is a folder or a settings file. A secrets file in the working
    /// directory is only used if the settings exist without one next to them, as when loading settings.
    pub(super) fn at(path: &Path, working_dir: &Path) -> io::Result<Self> {
        let path = std::path::absolute(working_dir.join(path))?;
        let is_file = path.is_file()
            || path
                .extension()
                .is_some_and(|extension| extension == "toml");
        let (folder, toml) = match path.parent() {
            Some(parent) if is_file => (parent.to_owned(), path.clone()),
            _ => (path.clone(), path.join(TOML)),
        };
        let beside = folder.join(SECRETS);
        let other = working_dir.join(SECRETS);
        let secrets = if toml.exists() && !beside.exists() && other.exists() {
            other
        } else {
            beside
        };
        Ok(Self {
            folder,
            toml,
            secrets,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Change {
    pub(super) key: &'static str,
    /// The current value. `None` in a new file, and for secrets.
    pub(super) old: Option<String>,
    /// The new value. For a secret, `set`, `kept` or `generated`.
    pub(super) new: String,
    pub(super) secret: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Set,
    Generated,
}

pub(super) struct Plan<'a> {
    context: &'a Context,
    pub(super) place: Installation,
    pub(super) before: Files,
    pub(super) after: Files,
    pub(super) existing: bool,
    secrets: BTreeMap<&'static str, Origin>,
    answered: BTreeSet<&'static str>,
}

impl<'a> Plan<'a> {
    pub(super) fn read(place: Installation, context: &'a Context) -> Result<Self> {
        let (toml, secrets) = (read(&place.toml)?, read(&place.secrets)?);
        let existing = toml.is_some() || secrets.is_some();
        let fresh = Files::default();
        let before = Files {
            toml: toml.clone().unwrap_or_default(),
            secrets: secrets.clone().unwrap_or_default(),
        };
        let after = Files {
            toml: toml.unwrap_or_else(|| fresh.toml.clone()),
            secrets: secrets.unwrap_or_else(|| fresh.secrets.clone()),
        };
        let plan = Self {
            context,
            place,
            before,
            after,
            existing,
            secrets: BTreeMap::new(),
            answered: BTreeSet::new(),
        };
        // Faults that no answer can correct have to be fixed first.
        let beyond: Vec<Fault> = plan
            .faults()
            .into_iter()
            .filter(|fault| !is_asked(&fault.key))
            .collect();
        if beyond.is_empty() {
            Ok(plan)
        } else {
            Err(Failure::faults(&beyond))
        }
    }

    /// Returns a key's value in the new files, independent of the environment. Empty if there is none.
    pub(super) fn value(&self, name: &str) -> String {
        find(&self.values(&self.after), name).map_or_else(String::new, |found| found.value.clone())
    }

    pub(super) fn says(&self, name: &str) -> bool {
        find(&self.values(&self.after), name).is_some_and(|found| found.layer != "default")
    }

    /// Returns whether there were settings, not only secrets.
    pub(super) fn has_settings(&self) -> bool {
        !self.before.toml.is_empty()
    }

    /// Records that a key was answered, so that no value is proposed for it.
    pub(super) fn mark_answered(&mut self, key: &'static str) {
        self.answered.insert(key);
    }

    pub(super) fn is_answered(&self, key: &str) -> bool {
        self.answered.contains(key)
    }

    /// Sets a key. In a new file, a default is omitted unless it is in [`SHOWN`]. An empty text removes the value.
    pub(super) fn set(&mut self, name: &str, text: &str) -> Result<(), String> {
        let key = config::key(name).map_err(|(what, _)| what)?;
        key.check(text)?;
        let (value, says) = (self.value(name), self.says(name));
        if text.is_empty() {
            return if says { self.after.unset(key) } else { Ok(()) };
        }
        // The older keys would name another database than the requested default.
        let older = || self.says("mongodb_url") || self.says("mongodb_database");
        let shown = !says
            && ((!self.existing && SHOWN.contains(&name)) || (name == "database_url" && older()));
        // An invalid value reads as the default, and must be replaced even with that.
        let is_at_fault = self.is_at_fault(name);
        if !key.keeps_secret(text) && value == text && !shown && !is_at_fault {
            return Ok(());
        }
        let was = self.after.clone();
        self.after.set(key, text)?;
        if key.secret && was != self.after {
            self.secrets.insert(key.name, Origin::Set);
        }
        Ok(())
    }

    /// Generates the signing secret, unless there is one.
    pub(super) fn ensure_secret(&mut self) -> Result {
        if self.value("jwt_secret").is_empty() {
            self.renew_secret()
        } else {
            Ok(())
        }
    }

    pub(super) fn renew_secret(&mut self) -> Result {
        self.set("jwt_secret", &secret::generate(self.context))
            .map_err(|reason| Failure::failed("no secret can be created").because(reason))?;
        self.secrets.insert("jwt_secret", Origin::Generated);
        Ok(())
    }

    /// Loads the settings as a server would, including the environment.
    pub(super) fn load(&self) -> Result<Loaded, ConfigError> {
        config::load(&self.sources(&self.after))
    }

    /// Loads the settings with defaults for invalid ones, to try out the rest.
    pub(super) fn provisional(&self) -> Option<Loaded> {
        let mut files = self.after.clone();
        for fault in self.faults() {
            let key = config::key(&fault.key).ok()?;
            files.unset(key).ok()?;
            if key.name == "jwt_secret" {
                files.set(key, &secret::generate(self.context)).ok()?;
            }
        }
        config::load(&self.sources(&files)).ok()
    }

    /// Returns the settings if a server would start with them.
    pub(super) fn usable(&self) -> Result<Loaded> {
        let loaded = self.load()?;
        match preflight::faults(&loaded, &self.context.ambient(None)) {
            faults if faults.is_empty() => Ok(loaded),
            faults => Err(Failure::faults(&faults)),
        }
    }

    /// Returns the sources of the settings after the files are written.
    pub(super) fn sources_on_disk(&self) -> Sources {
        Sources {
            config: Some(self.place.toml.clone()),
            ..self.context.sources()
        }
    }

    /// Returns the differences between the current and the new files, in the order of the keys.
    pub(super) fn changes(&self) -> Vec<Change> {
        let before = self.existing.then(|| self.values(&self.before));
        let after = self.values(&self.after);
        let change = |key: &'static config::Key| {
            let new = find(&after, key.name)?;
            let old = before.as_ref().and_then(|before| find(before, key.name));
            if key.secret && !new.value.is_empty() && key.keeps_secret(&new.value) {
                let new = match self.secrets.get(key.name) {
                    Some(Origin::Set) => "set",
                    Some(Origin::Generated) => "generated",
                    None => "kept",
                };
                return Some(Change {
                    key: key.name,
                    old: None,
                    new: new.to_owned(),
                    secret: true,
                });
            }
            let changed = match old {
                Some(old) => old.value != new.value,
                None => new.layer != "default",
            };
            changed.then(|| Change {
                key: key.name,
                old: old.map(|old| old.value.clone()),
                new: new.value.clone(),
                secret: false,
            })
        };
        config::keys().filter_map(change).collect()
    }

    /// Returns the variables in the environment that override the files.
    pub(super) fn overridden(&self) -> Vec<String> {
        let environment = self.context.sources().environment;
        let keys = config::keys().map(config::Key::variable);
        keys.filter(|name| environment.contains_key(name)).collect()
    }

    fn sources(&self, files: &Files) -> Sources {
        let mut sources = self.sources_on_disk();
        sources.drafts = BTreeMap::from([
            (self.place.toml.clone(), files.toml.clone()),
            (self.place.secrets.clone(), files.secrets.clone()),
        ]);
        sources
    }

    /// Returns the sources without settings from the environment.
    fn file_sources(&self, files: &Files) -> Sources {
        let mut sources = self.sources(files);
        sources
            .environment
            .retain(|name, _| !config::is_setting_variable(name));
        sources
    }

    /// Returns whether the files have an invalid value for a key.
    pub(super) fn is_at_fault(&self, name: &str) -> bool {
        self.faults().iter().any(|fault| fault.key == name)
    }

    fn faults(&self) -> Vec<Fault> {
        config::load(&self.file_sources(&self.after))
            .map_or_else(|error| error.faults, |_| Vec::new())
    }

    /// Returns the value of every key, from these files alone.
    fn values(&self, files: &Files) -> Vec<Effective> {
        config::load(&self.file_sources(files))
            .map_or_else(|error| error.values, |loaded| loaded.values)
    }
}

fn find<'v>(values: &'v [Effective], name: &str) -> Option<&'v Effective> {
    values.iter().find(|value| value.key == name)
}

/// Returns a file's text, if it exists. Symbolic links are refused, because one in a checkout from elsewhere may lead
/// anywhere.
fn read(path: &Path) -> Result<Option<String>> {
    let failed = |cause: &dyn std::fmt::Display| {
        Failure::failed(format!("{} can't be used", path.display())).because(cause)
    };
    if path.is_symlink() {
        return Err(
            failed(&"it is a symbolic link").next("name the folder it points to with --target")
        );
    }
    match config::read_text_file(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(None),
        Err(error) => Err(failed(&error)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn an_installation_is_named_by_its_folder_or_its_file() {
        let place = tempfile::tempdir().unwrap();
        let here = place.path();
        let at = |path: &str| Installation::at(Path::new(path), here).unwrap();
        for path in [".", "", "./", "regstack.toml"] {
            assert_eq!(at(path).folder, here, "{path:?}");
            assert_eq!(at(path).toml, here.join(TOML), "{path:?}");
            assert_eq!(at(path).secrets, here.join(SECRETS), "{path:?}");
        }
        assert_eq!(at("etc/accounts.toml").toml, here.join("etc/accounts.toml"));
        assert_eq!(
            at("etc/accounts.toml").secrets,
            here.join("etc").join(SECRETS)
        );
        assert_eq!(at("/srv/a").toml, Path::new("/srv/a/regstack.toml"));
        fs::create_dir(here.join("etc")).unwrap();
        fs::write(here.join(SECRETS), "").unwrap();
        assert_eq!(
            at("etc").secrets,
            here.join("etc").join(SECRETS),
            "a new one has its own"
        );
        fs::write(here.join("etc").join(TOML), "").unwrap();
        assert_eq!(
            at("etc").secrets,
            here.join(SECRETS),
            "as the reader of settings sees it"
        );
    }
}
