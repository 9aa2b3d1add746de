//! Files written whole or not at all: staged beside their place, on the disk before they get their name.

use std::fs::{File, Metadata, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
use std::path::Path;

use tempfile::NamedTempFile;

/// Only its owner reads such a file.
pub(super) const PRIVATE: u32 = 0o600;
/// What everybody's umask makes of a new file.
pub(super) const ORDINARY: u32 = 0o666;

/// Returns the text in a file that is still to be given its name. A new file has `mode` as the umask leaves it; one that
/// takes the place of another has exactly that mode, and stays with the owner of the one `replaced`: a server may run as
/// another user than who writes its files.
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
        // Last: until the owner is right, nobody else may read it.
        staged
            .as_file()
            .set_permissions(Permissions::from_mode(mode))?;
    }
    staged.as_file().sync_all()?;
    Ok(staged)
}

/// Gives a file the owner and group of the one it replaces, and returns the mode it may have then. A group that is none of
/// the user's cannot be given: where it may no more than everybody, that does no harm.
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

/// The mode of a file whose group is lost, where no right to read is lost with it.
fn without_group(mode: u32) -> Option<u32> {
    let (group, others) = (mode >> 3 & 0o7, mode & 0o7);
    (group & !others & 0o4 == 0).then_some(mode & !0o070 | others << 3)
}

/// Puts the names of a folder on the disk: without this a power cut could still undo a renaming.
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
