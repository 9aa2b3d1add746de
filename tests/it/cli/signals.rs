//! What a serving process does at SIGHUP, and what its memory is kept from.

use crate::support::actor::Requests as _;
use crate::support::process::{Place, Ran};

#[tokio::test]
async fn a_hangup_reads_the_log_level_again_and_ends_nothing() {
    let place = Place::configured();
    place.set("log_level = \"info\"");
    let server = place.serve(&[]);
    server.get("//healthz").await.is(200);
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    place.write("regstack.toml", &toml.replace("\"info\"", "\"debug\""));
    server.signal("HUP");
    server.says("SIGHUP");
    assert!(
        server
            .says("the log level was read again")
            .contains("debug")
    );
    // A broken file changes nothing, and is said.
    place.write("regstack.toml", "log_level = ");
    server.signal("HUP");
    server.says("the log level stays");
    server.get("//healthz").await.is(200);
    server.stop();
}

#[test]
fn a_trial_ends_with_its_terminal() {
    let server = Place::empty().serve(&["--dev", "--bind", "127.0.0.1:0"]);
    let (code, said) = server.signal_to_the_end("HUP");
    assert_eq!(code, Some(0), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_leaves_no_core_dump() {
    let server = Place::configured().serve(&[]);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.process())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let values: Vec<&str> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"], "{core}");
}

#[test]
fn a_variable_that_is_no_text_is_named() {
    use std::os::unix::ffi::OsStrExt as _;
    let place = Place::configured();
    let mut command = place.command(&["config", "check"]);
    command.env("REGSTACK_APP_NAME", std::ffi::OsStr::from_bytes(b"Caf\xe9"));
    Ran::end_of(command).refused(3, &["REGSTACK_APP_NAME", "UTF-8"]);
}
