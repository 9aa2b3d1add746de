//! Where settings are searched for.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// The variable with the first administrator's password, for `init`. It isn't a setting, but setting it isn't
/// reported.
pub const ADMIN_PASSWORD: &str = "REGSTACK_ADMIN_PASSWORD";
/// The variable that names the database which `db copy` copies to. No setting, and no mistake.
pub const COPY_TO: &str = "REGSTACK_COPY_TO";

/// Where settings are read from. The caller passes the environment, so that tests don't have to change their own.
#[derive(Clone, Default)]
pub struct Sources {
    /// The file, or the folder with a `regstack.toml`, that `--config` names. It's an error if it doesn't exist.
    pub config: Option<PathBuf>,
    /// Values from command-line flags, which override everything else: the dotted key, the text as in the environment,
    /// and the flag's name.
    pub flags: Vec<(String, String, &'static str)>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// The folder for relative paths.
    pub working_dir: PathBuf,
    /// File contents to use instead of those on the disk, by absolute path.
    pub drafts: BTreeMap<PathBuf, String>,
}

impl Sources {
    /// This process's environment and working directory, and the files that they lead to.
    ///
    /// # Errors
    /// If the working directory doesn't exist, or a `REGSTACK_` variable isn't UTF-8.
    pub fn of_process() -> std::io::Result<Self> {
        Ok(Self {
            environment: environment(std::env::vars_os())?,
            working_dir: std::env::current_dir()?,
            ..Self::default()
        })
    }

    /// Returns whether a file is there, on the disk or as a draft.
    pub(super) fn exists(&self, path: &Path) -> bool {
        self.drafts.contains_key(path) || path.exists()
    }
}

/// Returns the variables that are valid text. Those of other programs may be anything. One of regstack's own that
/// isn't UTF-8 is an error, because ignoring it silently would be confusing.
pub(crate) fn environment(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> std::io::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for (name, value) in variables {
        match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => {
                found.insert(name, value);
            }
            (Ok(name), Err(_)) if name.starts_with("REGSTACK_") => {
                let fault = format!("the value of {name} isn't UTF-8");
                return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, fault));
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Shows only places: values may be secrets.
impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("config", &self.config)
            .field("working_dir", &self.working_dir)
            .finish_non_exhaustive()
    }
}

/// Returns a path as it is shown: relative to the working directory if it is inside it, unless that is the root.
#[must_use]
pub fn shown(path: &Path, working_dir: &Path) -> String {
    let inside = path.strip_prefix(working_dir);
    let near = inside.ok().filter(|_| working_dir.parent().is_some());
    near.unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod shown_tests {
    use std::path::Path;

    use super::shown;

    #[test]
    fn what_is_inside_the_working_directory_is_shown_from_there() {
        let from = |folder: &str| shown(Path::new("/srv/acme/regstack.toml"), Path::new(folder));
        assert_eq!(from("/srv/acme"), "regstack.toml");
        assert_eq!(from("/srv"), "acme/regstack.toml");
        assert_eq!(from("/home"), "/srv/acme/regstack.toml");
        assert_eq!(from("/"), "/srv/acme/regstack.toml");
    }
}
