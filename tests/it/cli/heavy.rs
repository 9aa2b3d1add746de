//! What takes minutes, or needs a machine that does nothing else: `tests/run --full`.

use std::fs;
use std::io::Read as _;
use std::time::{Duration, Instant};

use crate::support::process::Place;

const FEW: u32 = 1_000;
const MANY: u32 = 1_000_000;

/// How long a command takes at most in most cases: the median of several runs.
fn time_of(place: &Place, arguments: &[&str]) -> Duration {
    let mut times: Vec<Duration> = (0..9)
        .map(|_| {
            let started = Instant::now();
            let ran = place.run(arguments);
            assert_eq!(ran.code, Some(0), "{ran:?}");
            started.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

/// The lines that a command writes, and the most memory of its own that it had while it did, in KiB. Pages of the database
/// that are mapped are not its own: they go when anyone needs the room.
fn memory_of(place: &Place, arguments: &[&str]) -> (usize, u64) {
    let mut child = place.command(arguments).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut stdout = child.stdout.take().unwrap();
    let (mut lines, mut most, mut part) = (0, 0, vec![0; 1 << 16]);
    loop {
        let length = stdout.read(&mut part).unwrap();
        if length == 0 {
            break;
        }
        lines += String::from_utf8_lossy(&part[..length])
            .matches('\n')
            .count();
        let status = fs::read_to_string(&status).unwrap_or_default();
        let own = status
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"));
        let own = own.and_then(|text| text.trim().strip_suffix(" kB")?.parse().ok());
        most = most.max(own.unwrap_or(0));
    }
    assert!(child.wait().unwrap().success());
    (lines, most)
}

#[test]
#[allow(clippy::print_stdout, reason = "the figures are what it is run for")]
#[ignore = "makes a million accounts, and needs a machine that does nothing else: tests/run --full"]
fn a_million_accounts_are_listed_like_a_thousand() {
    let crowd = |count| {
        let place = Place::configured().with_users(&["ada@example.com"]);
        place.crowd(count);
        place
    };
    let (few, many) = (crowd(FEW), crowd(MANY));
    for arguments in [
        &["users", "list", "-q"][..],
        &["users", "list", "-q", "--unverified"],
        &["users", "list", "-q", "--since", "1d", "--active"],
        &["users", "list", "-q", "--q", "n99"],
        &["stats"],
    ] {
        let (short, long) = (time_of(&few, arguments), time_of(&many, arguments));
        println!("{arguments:?}: {short:?} over {FEW}, {long:?} over {MANY}");
        assert!(
            long.saturating_sub(short) <= Duration::from_millis(50),
            "{arguments:?}: {short:?} over {FEW}, {long:?} over {MANY}"
        );
    }
    for form in [&["--format", "csv"][..], &["--json"]] {
        let arguments = [&["users", "list", "--all"], form].concat();
        let (_, short) = memory_of(&few, &arguments);
        let started = Instant::now();
        let (lines, long) = memory_of(&many, &arguments);
        let took = started.elapsed();
        println!("{arguments:?}: {short} KiB over {FEW}, {long} KiB over {MANY}, in {took:?}");
        let expected = if form == ["--json"] {
            1
        } else {
            MANY as usize + 2
        };
        assert_eq!(lines, expected);
        assert!(
            short > 0 && long <= short + 32 * 1024,
            "{short} KiB, {long} KiB"
        );
    }
}
