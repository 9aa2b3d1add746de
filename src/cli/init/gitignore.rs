//! Keeps the secrets file and the database out of version control.

use std::io;
use std::path::Path;

use super::plan::Plan;
use super::write::NewFile;
use crate::cli::{Failure, Result};
use crate::config;

const GITIGNORE: &str = ".gitignore";

/// Returns the `.gitignore` that excludes the secrets file and the database next to it, or `None` if they are outside
/// every work tree or excluded already.
pub(super) fn entry(plan: &Plan<'_>) -> Result<Option<NewFile>> {
    entry_of(&plan.place.secrets, &plan.value("database_url"))
}

fn entry_of(secrets: &Path, database_url: &str) -> Result<Option<NewFile>> {
    let (Some(folder), Some(name)) = (secrets.parent(), secrets.file_name()) else {
        return Ok(None);
    };
    let mut missing = vec![Pattern::secrets(&name.to_string_lossy())];
    missing.extend(
        database(database_url, folder)
            .as_deref()
            .map(Pattern::database),
    );
    // The `.git` of a work tree is a folder, or a file in a linked work tree.
    let Some(root) = folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())
    else {
        return Ok(None);
    };
    let mut own = None;
    for place in folder.ancestors() {
        let path = place.join(GITIGNORE);
        let text = match config::read_text_file(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(
                    Failure::failed(format!("{} can't be read", path.display())).because(error)
                );
            }
        };
        if let Some(text) = &text {
            missing.retain(|pattern| !pattern.is_in(text, place == folder));
        }
        if place == folder {
            own = text;
        }
        if place == root {
            break;
        }
    }
    if missing.is_empty() {
        return Ok(None);
    }
    let mut text = own.clone().unwrap_or_default();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for pattern in missing {
        text += &pattern.line;
        text.push('\n');
    }
    Ok(Some(NewFile {
        path: folder.join(GITIGNORE),
        before: own,
        text,
        private: false,
    }))
}

/// Returns the name of the `SQLite` file, if it is in this folder.
fn database(url: &str, folder: &Path) -> Option<String> {
    let path = url.strip_prefix("sqlite:")?;
    let path = Path::new(path.strip_prefix("///").unwrap_or(path));
    let is_here = path.parent() == Some(Path::new("")) || path.parent() == Some(folder);
    let name = path.file_name().filter(|_| is_here)?;
    Some(name.to_string_lossy().into_owned())
}

/// A file to exclude: the line for it, and other lines that also exclude it.
struct Pattern {
    line: String,
    others: &'static [&'static str],
}

impl Pattern {
    fn secrets(name: &str) -> Self {
        Self {
            line: name.to_owned(),
            others: &["*.env", "*.secrets.env", "*"],
        }
    }

    /// The pattern includes the files that `SQLite` creates next to the database.
    fn database(name: &str) -> Self {
        Self {
            line: format!("{name}*"),
            others: &["*.db*", "*"],
        }
    }

    /// Returns whether a line of this text excludes the file.
    fn is_in(&self, text: &str, same_folder: bool) -> bool {
        text.lines().map(str::trim_end).any(|line| {
            let line = match line.strip_prefix('/') {
                Some(anchored) if same_folder => anchored,
                _ => line.trim_start_matches("**/"),
            };
            line == self.line || self.others.contains(&line)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_secrets_are_left_out_once_and_only_in_a_work_tree() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("app");
        fs::create_dir(&folder).unwrap();
        let secrets = folder.join("regstack.secrets.env");
        let entry = || {
            entry_of(&secrets, "mongodb://h")
                .unwrap()
                .map(|file| file.text)
        };
        assert_eq!(entry(), None, "no work tree");
        fs::create_dir(place.path().join(".git")).unwrap();
        assert_eq!(entry().as_deref(), Some("regstack.secrets.env\n"));
        fs::write(folder.join(GITIGNORE), "target\r\n/other").unwrap();
        assert_eq!(
            entry().as_deref(),
            Some("target\r\n/other\nregstack.secrets.env\n")
        );
        for line in ["regstack.secrets.env", "/regstack.secrets.env", "*.env\r"] {
            fs::write(folder.join(GITIGNORE), format!("a\n{line}\nb\n")).unwrap();
            assert_eq!(entry(), None, "{line}");
        }
        fs::remove_file(folder.join(GITIGNORE)).unwrap();
        for (line, left_out) in [
            ("regstack.secrets.env", true),
            ("/regstack.secrets.env", false),
        ] {
            fs::write(place.path().join(GITIGNORE), line).unwrap();
            assert_eq!(entry().is_none(), left_out, "{line}");
        }
    }
    #[test]
    fn a_database_beside_the_secrets_is_left_out_with_its_journals() {
        let place = tempfile::tempdir().unwrap();
        let secrets = place.path().join("s.env");
        fs::create_dir(place.path().join(".git")).unwrap();
        let entry = |url: &str| entry_of(&secrets, url).unwrap().map(|file| file.text);
        assert_eq!(entry("sqlite:a.db").as_deref(), Some("s.env\na.db*\n"));
        let absolute = format!("sqlite:///{}", place.path().join("b.db").display());
        assert_eq!(entry(&absolute).as_deref(), Some("s.env\nb.db*\n"));
        for elsewhere in ["sqlite:////var/lib/a.db", "sqlite:data/a.db", "mongodb://h"] {
            assert_eq!(entry(elsewhere).as_deref(), Some("s.env\n"), "{elsewhere}");
        }
        for line in ["a.db*", "*.db*", "/a.db*"] {
            fs::write(place.path().join(GITIGNORE), format!("*.env\n{line}\n")).unwrap();
            assert_eq!(entry("sqlite:a.db"), None, "{line}");
        }
        fs::write(place.path().join(GITIGNORE), "s.env\n*.db\n").unwrap();
        assert!(
            entry("sqlite:a.db").is_some(),
            "the journals are not left out"
        );
    }
}
