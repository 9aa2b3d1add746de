//! Whether costs grow with the number of accounts: the same requests and commands with a thousand and with a million.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::client::request;
use crate::servers::Server;

/// The numbers of accounts that are compared.
pub(crate) const SIZES: [u32; 2] = [1_000, 1_000_000];
/// How many of them are not verified, or all if there are fewer: bulk commands select them.
pub(crate) const UNVERIFIED: u32 = 50_000;

/// The requests whose costs are compared, from the name of each to the request.
pub(crate) fn requests(token: &str, login: &str) -> Vec<(&'static str, String)> {
    let forgotten = r#"{"email":"user77@example.com"}"#;
    let signed_in = Some(token);
    vec![
        ("`GET /me`", request("GET", "/me", signed_in, "")),
        ("`POST /login`", request("POST", "/login", None, login)),
        (
            "`GET /admin/users`, a page of 50",
            request("GET", "/admin/users?limit=50", signed_in, ""),
        ),
        (
            "`GET /admin/users?q=user777`",
            request("GET", "/admin/users?q=user777&limit=50", signed_in, ""),
        ),
        (
            "`POST /forgot-password`",
            request("POST", "/forgot-password", None, forgotten),
        ),
    ]
}

/// What a command took.
pub(crate) struct Took {
    pub(crate) time: Duration,
    /// The most resident memory that was seen, in MiB.
    pub(crate) peak: f64,
}

/// Runs a command of regstack in the folder of a server.
pub(crate) fn run(server: &Server, arguments: &[&str]) -> Took {
    let started = Instant::now();
    let mut child = server
        .command()
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command starts");
    let status = Path::new("/proc")
        .join(child.id().to_string())
        .join("status");
    let mut peak = 0.0_f64;
    let ended = loop {
        peak = peak.max(field(&status, "VmHWM:"));
        if let Some(ended) = child.try_wait().expect("the command can be waited for") {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(
        ended.code().is_some_and(|code| code < 2),
        "{arguments:?}: {ended}"
    );
    Took {
        time: started.elapsed(),
        peak,
    }
}

/// Returns a figure of `/proc/PID/status`, in MiB; 0 if the process has ended.
pub(crate) fn field(status: &Path, name: &str) -> f64 {
    let status = std::fs::read_to_string(status).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

/// Writes a file of accounts with ready hashes, for `regstack users import`.
pub(crate) fn write_accounts(file: &Path, count: u32) {
    const HASH: &str = "$2b$10$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyz01234";
    let mut rows = String::new();
    for number in 0..count {
        let verified = number >= UNVERIFIED;
        let created = 1_700_000_000_000_u64 + u64::from(number);
        let _ = writeln!(
            rows,
            r#"{{"email":"user{number}@example.com","password_hash":"{HASH}","full_name":"User {number}","is_verified":{verified},"created_at":{created}}}"#
        );
    }
    std::fs::write(file, rows).expect("a file");
}
