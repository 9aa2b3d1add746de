//! The MongoDB server that the tests talk to: `REGSTACK_TEST_MONGODB_URL`, or a process of this test binary's own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

/// The server's URL, without a database.
pub(crate) fn url() -> &'static str {
    static URL: LazyLock<String> = LazyLock::new(|| {
        std::env::var("REGSTACK_TEST_MONGODB_URL").unwrap_or_else(|_| {
            let (child, url) = start(&[], "");
            // It ends with the pipe to it, however this process ends.
            Box::leak(Box::new(child));
            url
        })
    });
    &URL
}

/// Starts a server of the tests; it ends when its standard input is closed. Its URL.
pub(crate) fn start(arguments: &[&str], input: &str) -> (Child, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("target/test-tools/venv/bin/python");
    let child = Command::new(&python)
        .arg(root.join("tests/tools/mongo_peer.py"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child
        .unwrap_or_else(|error| panic!("{}: {error}; tests/run installs it", python.display()));
    let stdin = child.stdin.as_mut().expect("its input is a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("its output is a pipe");
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("it prints its URL");
    assert!(
        line.starts_with("mongodb://"),
        "the test server did not start; run tests/run"
    );
    // A machine that is busy is no server that is lost: the driver would send again what the server is still doing.
    let options = "directConnection=true&connectTimeoutMS=60000";
    (child, format!("{}?{options}", line.trim()))
}
