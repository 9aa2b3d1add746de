//! Keeps the secrets file out of version control.

use std::fs;
use std::io;
use std::path::Path;

use super::write::NewFile;
use crate::cli::error::{Failure, Result};

const GITIGNORE: &str = ".gitignore";

/// The `.gitignore` that leaves `secrets` out, unless it is outside every work tree or left out already.
pub(super) fn entry(secrets: &Path) -> Result<Option<NewFile>> {
    let (Some(folder), Some(name)) = (secrets.parent(), secrets.file_name()) else {
        return Ok(None);
    };
    let name = name.to_string_lossy();
    // A work tree's `.git` is a folder, or a file in a linked one.
    let Some(root) = folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())
    else {
        return Ok(None);
    };
    let mut own = None;
    for place in folder.ancestors() {
        let path = place.join(GITIGNORE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(
                    Failure::failed(format!("{} cannot be read", path.display())).because(error),
                );
            }
        };
        if text
            .as_deref()
            .is_some_and(|text| leaves_out(text, &name, place == folder))
        {
            return Ok(None);
        }
        if place == folder {
            own = text;
        }
        if place == root {
            break;
        }
    }
    let mut text = own.clone().unwrap_or_default();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text += &name;
    text.push('\n');
    Ok(Some(NewFile {
        path: folder.join(GITIGNORE),
        before: own,
        text,
        private: false,
    }))
}

/// Whether a line of this text, plain or with the patterns that are in use for it, leaves the file out.
fn leaves_out(text: &str, name: &str, same_folder: bool) -> bool {
    let wanted = [
        name.to_owned(),
        "*.env".to_owned(),
        "*.secrets.env".to_owned(),
        "*".to_owned(),
    ];
    text.lines().map(str::trim_end).any(|line| {
        let line = match line.strip_prefix('/') {
            Some(anchored) if same_folder => anchored,
            _ => line.trim_start_matches("**/"),
        };
        wanted.iter().any(|pattern| pattern == line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secrets_are_left_out_once_and_only_in_a_work_tree() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("app");
        fs::create_dir(&folder).unwrap();
        let secrets = folder.join("regstack.secrets.env");
        let entry = || super::entry(&secrets).unwrap().map(|file| file.text);
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
}
