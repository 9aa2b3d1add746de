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
        let created = staged.as_file().metadata()?;
        if (created.uid(), created.gid()) != (replaced.uid(), replaced.gid()) {
            fchown(staged.as_file(), Some(replaced.uid()), Some(replaced.gid()))?;
        }
        // Last: until the owner is right, nobody else may read it.
        staged
            .as_file()
            .set_permissions(Permissions::from_mode(mode))?;
    }
    staged.as_file().sync_all()?;
    Ok(staged)
}

/// Puts the names of a folder on the disk: without this a power cut could still undo a renaming.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
