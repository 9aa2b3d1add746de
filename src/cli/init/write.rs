//! Replaces several files together. All are written to disk next to their targets before the first one is renamed. If a
//! rename fails, the previous ones are undone. A reader sees the old or the new text, never a part.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::NamedTempFile;

use crate::cli::files::{self, ORDINARY, PRIVATE};
use crate::cli::{Failure, Result};
use crate::config;

pub(super) struct NewFile {
    pub(super) path: PathBuf,
    /// The content that was read before. `None` if there was no file.
    pub(super) before: Option<String>,
    pub(super) text: String,
    pub(super) private: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Written {
    pub(super) path: PathBuf,
    /// `created`, `changed` or `unchanged`.
    pub(super) state: &'static str,
}

/// Replaces the files, in this order. Creates their folder if it doesn't exist.
pub(super) fn replace(folder: &Path, files: &[NewFile]) -> Result<Vec<Written>> {
    let made = make_folder(folder)?;
    let staged = files.iter().map(stage).collect::<Result<Vec<_>>>();
    let outcome = staged.and_then(|staged| put(files, staged));
    if outcome.is_err() {
        // Only removes folders created here, and only if they are empty.
        for folder in made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
    outcome
}

/// Creates the missing folders and returns them, the outermost first.
fn make_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut missing: Vec<PathBuf> = folder
        .ancestors()
        .take_while(|folder| !folder.exists())
        .map(Path::to_owned)
        .collect();
    missing.reverse();
    fs::create_dir_all(folder)
        .map_err(|cause| cannot(folder, "made", &cause).next("choose a folder with --target"))?;
    Ok(missing)
}

/// Writes the text to a temporary file next to the target. Returns `None` if nothing changes.
fn stage(file: &NewFile) -> Result<Option<NamedTempFile>> {
    let failed = |cause: io::Error| {
        cannot(&file.path, "written", &cause).next("nothing was changed: make space and allow writing there, or choose another folder with --target")
    };
    let now = match config::read_file(&file.path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    if now.as_deref() != file.before.as_deref().map(str::as_bytes) {
        return Err(Failure::failed(format!(
            "someone else changed {} in the meantime",
            file.path.display()
        ))
        .next("nothing was written: run regstack init again"));
    }
    let metadata = fs::metadata(&file.path).ok();
    let mode = |metadata: &fs::Metadata| metadata.permissions().mode() & 0o777;
    let is_open = metadata
        .as_ref()
        .is_some_and(|metadata| file.private && mode(metadata) != PRIVATE);
    if file.before.as_deref() == Some(&file.text) && !is_open {
        return Ok(None);
    }
    let wanted = match &metadata {
        _ if file.private => PRIVATE,
        Some(metadata) => mode(metadata),
        None => ORDINARY,
    };
    files::stage(&file.path, file.text.as_bytes(), wanted, metadata.as_ref())
        .map(Some)
        .map_err(failed)
}

fn put(files: &[NewFile], staged: Vec<Option<NamedTempFile>>) -> Result<Vec<Written>> {
    let mut written = Vec::new();
    for (index, (file, staged)) in files.iter().zip(staged).enumerate() {
        let state = match (&staged, &file.before) {
            (None, _) => "unchanged",
            (Some(_), None) => "created",
            (Some(_), Some(_)) => "changed",
        };
        if let Some(staged) = staged
            && let Err(error) = staged.persist(&file.path)
        {
            let failure = cannot(&file.path, "replaced", &error.error);
            return Err(match put_back(&files[..index], &written) {
                Ok(()) => failure.next("nothing was changed"),
                Err(path) => failure.next(format!(
                    "{} was already replaced: restore it, or run regstack init again",
                    path.display()
                )),
            });
        }
        written.push(Written {
            path: file.path.clone(),
            state,
        });
    }
    // If a folder can't be synced, there is nothing more to do.
    for folder in files.iter().filter_map(|file| file.path.parent()) {
        let _ = files::sync_folder(folder);
    }
    Ok(written)
}

/// Restores the files that were replaced. The error is the path for which that failed.
fn put_back(files: &[NewFile], written: &[Written]) -> Result<(), PathBuf> {
    for (file, Written { path, state }) in files.iter().zip(written) {
        let undone = match (*state, &file.before) {
            ("unchanged", _) => Ok(()),
            (_, None) => fs::remove_file(path),
            (_, Some(text)) => {
                // Written in place, because a rename has just failed.
                fs::write(path, text)
            }
        };
        undone.map_err(|_| path.clone())?;
    }
    Ok(())
}

fn cannot(path: &Path, what: &str, cause: &io::Error) -> Failure {
    Failure::failed(format!("{} can't be {what}", path.display())).because(cause)
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    fn file(path: PathBuf, before: Option<&str>, text: &str, private: bool) -> NewFile {
        NewFile {
            path,
            before: before.map(str::to_owned),
            text: text.to_owned(),
            private,
        }
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_keeps_its_mode_but_secrets_are_closed() {
        let place = tempfile::tempdir().unwrap();
        let (open, secret) = (place.path().join("a"), place.path().join("s"));
        for path in [&open, &secret] {
            fs::write(path, "old").unwrap();
            fs::set_permissions(path, Permissions::from_mode(0o664)).unwrap();
        }
        let files = [
            file(secret.clone(), Some("old"), "old", true),
            file(open.clone(), Some("old"), "new", false),
        ];
        let states: Vec<_> = replace(place.path(), &files)
            .unwrap()
            .iter()
            .map(|file| file.state)
            .collect();
        assert_eq!(states, ["changed", "changed"]);
        assert_eq!((mode(&open), mode(&secret)), (0o664, 0o600));
        assert_eq!(fs::read_to_string(open).unwrap(), "new");
        assert_eq!(
            fs::read_dir(place.path()).unwrap().count(),
            2,
            "nothing is left over"
        );
    }

    #[test]
    fn when_one_cannot_be_put_in_place_those_before_are_put_back() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("new/deep");
        let blocked = folder.join("b");
        let first = folder.join("a");
        let old = folder.join("o");
        fs::create_dir_all(&folder).unwrap();
        fs::write(&old, "old").unwrap();
        // A folder in place of the file is only noticed when it is to be replaced.
        fs::create_dir_all(blocked.join("x")).unwrap();
        let staged = |file: &NewFile| stage(file).unwrap();
        let files = [
            file(first.clone(), None, "a", true),
            file(old.clone(), Some("old"), "new", false),
        ];
        let mut ready: Vec<_> = files.iter().map(staged).collect();
        ready.push(Some(NamedTempFile::new_in(&folder).unwrap()));
        let all: Vec<NewFile> = files
            .into_iter()
            .chain([file(blocked, None, "b", false)])
            .collect();
        let failure = put(&all, ready).unwrap_err();
        assert_eq!(failure.next.as_deref(), Some("nothing was changed"));
        assert!(!first.exists());
        assert_eq!(fs::read_to_string(old).unwrap(), "old");
    }

    #[test]
    fn a_change_by_somebody_else_is_not_written_over() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a");
        fs::write(&path, "theirs").unwrap();
        for before in [None, Some("old")] {
            let failure =
                replace(place.path(), &[file(path.clone(), before, "ours", false)]).unwrap_err();
            assert!(failure.what.contains("in the meantime"), "{failure:?}");
        }
        assert_eq!(fs::read_to_string(path).unwrap(), "theirs");
    }

    #[test]
    fn a_folder_is_made_and_goes_again_when_nothing_can_be_written() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("a/b");
        replace(
            &folder,
            &[file(folder.join("f"), Some("gone meanwhile"), "x", false)],
        )
        .unwrap_err();
        assert!(!place.path().join("a").exists());
        replace(&folder, &[file(folder.join("f"), None, "x", false)]).unwrap();
        assert_eq!(fs::read_to_string(folder.join("f")).unwrap(), "x");
    }
}
