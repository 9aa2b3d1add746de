//! Writes files atomically: the content is written to disk next to the target before it is renamed.

use std::fs::{File, Metadata, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::Path;

use tempfile::NamedTempFile;

/// The mode of a file that only its owner can read.
pub(super) const PRIVATE: u32 = 0o600;
/// The mode of a new file before the umask.
pub(super) const ORDINARY: u32 = 0o666;

/// Writes the text to a temporary file, which still has to be renamed. A new file gets `mode` minus the umask. A file
/// that replaces another gets exactly `mode` and the owner of the `replaced` file, because a server may run as another
/// user than the operator.
pub(super) fn stage(
    path: &Path,
    content: &[u8],
    mode: u32,
    replaced: Option<&Metadata>,
) -> io::Result<NamedTempFile> {
    let folder = path
        .parent()
        .ok_or_else(|| io::Error::other("the file is in no folder"))?;
    let mut staged = tempfile::Builder::new()
        .prefix(".regstack-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)?;
    staged.write_all(content)?;
    if let Some(replaced) = replaced {
        let mode = take_over(staged.as_file(), replaced, mode)?;
        // Set last, because nobody else may read the file until its owner is right.
        staged
            .as_file()
            .set_permissions(Permissions::from_mode(mode))?;
    }
    staged.as_file().sync_all()?;
    Ok(staged)
}

/// Gives a file the owner and group of the file it replaces, and returns the mode it may have. A group that the user
/// doesn't belong to can't be set, which is harmless if the group has no more rights than everybody.
fn take_over(file: &File, replaced: &Metadata, mode: u32) -> io::Result<u32> {
    let created = file.metadata()?;
    if (created.uid(), created.gid()) == (replaced.uid(), replaced.gid()) {
        return Ok(mode);
    }
    match fchown(file, Some(replaced.uid()), Some(replaced.gid())) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let is_owner = created.uid() == replaced.uid();
            is_owner
                .then(|| without_group(mode))
                .flatten()
                .ok_or_else(|| {
                    io::Error::other(format!(
                        "its owner or group (uid {}, gid {}) can't be kept: run this as root or as a member of that group",
                        replaced.uid(),
                        replaced.gid()
                    ))
                })
        }
        changed => changed.map(|()| mode),
    }
}

/// Returns the mode for a file that loses its group, if nobody loses the right to read.
fn without_group(mode: u32) -> Option<u32> {
    let (group, others) = (mode >> 3 & 0o7, mode & 0o7);
    (group & !others & 0o4 == 0).then_some(mode & !0o070 | others << 3)
}

/// Writes a folder's entries to disk. Without this, a power failure could undo a rename.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_may_be_lost_where_it_reads_nothing_that_others_do_not() {
        for (mode, left) in [
            (0o600, Some(0o600)),
            (0o644, Some(0o644)),
            (0o664, Some(0o644)),
            (0o640, None),
            (0o660, None),
        ] {
            assert_eq!(without_group(mode), left, "{mode:o}");
        }
    }
}
