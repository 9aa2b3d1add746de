//! Finds network file systems: `SQLite`'s locks and shared memory do not work on them.

use std::path::Path;

/// File systems that are, or may be, on a network, by their magic number (`statfs(2)`).
const NETWORKED: [(u32, &str); 14] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB2"),
    (0x6573_5546, "FUSE, which is often on a network"),
    (0x0102_1997, "9P"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x00c3_6400, "Ceph"),
    (0x0bd0_0bd0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x7375_7245, "Coda"),
    (0x0116_1970, "GFS2"),
    (0x7461_636f, "OCFS2"),
];

/// Returns the name of the file system of a path if it is a network file system. May block as long as the network does.
pub(super) fn network(path: &Path) -> Option<&'static str> {
    let stat = rustix::fs::statfs(path).ok()?;
    // The number has 32 bits, but the width of the field depends on the platform.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "so the kernel means it"
    )]
    named(stat.f_type as u32)
}

fn named(kind: u32) -> Option<&'static str> {
    let found = NETWORKED.iter().find(|(number, _)| *number == kind);
    found.map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_told_from_disks() {
        assert_eq!(named(0x6969), Some("NFS"));
        assert_eq!(named(0xff53_4d42), Some("CIFS"));
        for local in [0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994, 0x794c_7630] {
            assert_eq!(named(local), None, "ext4, XFS, Btrfs, tmpfs, overlayfs");
        }
        assert_eq!(network(Path::new("/proc")), None);
        assert_eq!(network(Path::new("/nowhere/at/all")), None);
    }
}
