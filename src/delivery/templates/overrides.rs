//! Reads the operator's templates.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use minijinja::Error;

use crate::config::{read_text_file, without_mark};

/// Returns the template from the first folder that has one with this name, or `None`.
pub(super) fn read(folders: &[PathBuf], name: &str) -> Result<Option<String>, Error> {
    for file in folders.iter().filter_map(|folder| file(folder, name)) {
        match read_text_file(&file) {
            Ok(source) => return Ok(Some(without_mark(source))),
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => {
                let reason = format!("{} can't be read: {error}", file.display());
                return Err(Error::new(minijinja::ErrorKind::InvalidOperation, reason));
            }
        }
    }
    Ok(None)
}

/// Returns the file for a name, or `None` if the name leads outside the folder or to a hidden file.
fn file(folder: &Path, name: &str) -> Option<PathBuf> {
    let is_plain = |segment: &str| {
        !segment.is_empty() && !segment.starts_with('.') && !segment.contains(['\\', '\0'])
    };
    name.split('/').all(is_plain).then(|| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_template() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.txt"), "\u{feff}Hi").unwrap();
        let read = read(&[folder.path().to_owned()], "a.txt").unwrap();
        assert_eq!(read.as_deref(), Some("Hi"));
    }

    #[test]
    fn what_is_no_file_is_a_fault_and_not_a_wait() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_owned()];
        let at = |name: &str| folder.path().join(name);
        let made = std::process::Command::new("mkfifo")
            .arg(at("pipe.txt"))
            .status();
        assert!(made.unwrap().success());
        std::os::unix::fs::symlink("/dev/zero", at("zero.txt")).unwrap();
        std::fs::create_dir(at("folder.txt")).unwrap();
        let huge = std::fs::File::create(at("huge.txt")).unwrap();
        huge.set_len(5 << 30).unwrap();
        std::fs::write(at("good.txt"), "good").unwrap();
        for (name, reason) in [
            ("pipe.txt", "it is a pipe, not a file"),
            ("zero.txt", "it is a device, not a file"),
            ("folder.txt", "Is a directory"),
            ("huge.txt", "it is larger than 1 MiB"),
        ] {
            let error = read(&folders, name).unwrap_err().to_string();
            let expected = format!("{} can't be read: {reason}", at(name).display());
            assert!(error.contains(&expected), "{error}");
        }
        assert_eq!(read(&folders, "good.txt").unwrap().unwrap(), "good");
        for name in ["none.txt", "good.txt/x", "../x", "/etc/passwd", "a//b", ""] {
            assert_eq!(read(&folders, name).unwrap(), None, "{name}");
        }
    }
}
