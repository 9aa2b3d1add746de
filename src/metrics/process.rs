//! What the operating system reports about this process, where it does.

use std::fs;
use std::time::Duration;

use rustix::process::{Resource, getrlimit};

/// The unit of the times in `/proc/PID/stat` (`USER_HZ`): the same on every common Linux.
const TICKS_PER_SECOND: u64 = 100;

/// The resources that a process uses.
#[derive(Debug, Default)]
pub(super) struct Process {
    pub(super) cpu: Option<Duration>,
    pub(super) resident_bytes: Option<u64>,
    pub(super) open_files: Option<u64>,
    pub(super) max_files: Option<u64>,
}

impl Process {
    pub(super) fn now() -> Self {
        Self {
            cpu: cpu(),
            resident_bytes: resident_bytes(),
            // One of them is the directory that is being read.
            open_files: fs::read_dir("/proc/self/fd")
                .ok()
                .map(|open| (open.count() as u64).saturating_sub(1)),
            max_files: getrlimit(Resource::Nofile).current,
        }
    }
}

fn cpu() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name, in parentheses, may contain any characters.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut times = after_name.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (times.next()?.parse().ok()?, times.next()?.parse().ok()?);
    Some(Duration::from_millis(
        (user + system) * 1000 / TICKS_PER_SECOND,
    ))
}

fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024)
}
