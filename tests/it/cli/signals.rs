//! What a serving process does at SIGHUP, and what its memory is kept from.

use crate::support::actor::Requests as _;
use crate::support::client;
use crate::support::process::{Place, Ran, Server};

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
    assert!(server.says("log level reloaded").contains("debug"));
    // A broken file changes nothing, and is said.
    place.write("regstack.toml", "log_level = ");
    server.signal("HUP");
    server.says("keeping the log level");
    server.get("//healthz").await.is(200);
    server.stop();
}

/// The certificate that a server shows, in DER.
async fn shown_by(server: &Server) -> Vec<u8> {
    let client = client::builder()
        .tls_danger_accept_invalid_certs(true)
        .tls_info(true)
        .build()
        .unwrap();
    let answer = client.get(server.url("/healthz")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let info = answer.extensions().get::<reqwest::tls::TlsInfo>();
    info.and_then(|info| info.peer_certificate())
        .unwrap()
        .to_vec()
}

/// Puts a new certificate and its key there; in DER.
fn certified(place: &Place) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    place.write("cert.pem", &made.cert.pem());
    place.write("key.pem", &made.signing_key.serialize_pem());
    made.cert.der().to_vec()
}

#[tokio::test]
async fn a_hangup_reads_the_certificate_again_and_keeps_the_one_before_a_broken_one() {
    let place = Place::configured();
    place.set("tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"");
    let first = certified(&place);
    let server = place.serve(&[]);
    assert_eq!(shown_by(&server).await, first);
    let second = certified(&place);
    server.signal("HUP");
    server.says("TLS certificate and key reloaded");
    assert_eq!(shown_by(&server).await, second);
    // The key of another certificate, then no certificate at all.
    let cert = std::fs::read_to_string(place.path("cert.pem")).unwrap();
    certified(&place);
    place.write("cert.pem", &cert);
    server.signal("HUP");
    let said = server.says("keeping the previous one");
    assert!(said.contains("tls_cert"), "{said}");
    assert_eq!(shown_by(&server).await, second);
    std::fs::remove_file(place.path("cert.pem")).unwrap();
    server.signal("HUP");
    server.says("keeping the previous one");
    assert_eq!(shown_by(&server).await, second);
    let third = certified(&place);
    server.signal("HUP");
    server.says("TLS certificate and key reloaded");
    assert_eq!(shown_by(&server).await, third);
    server.stop();
}

#[tokio::test]
async fn a_certificate_that_is_replaced_is_read_without_a_signal() {
    let place = Place::configured();
    place.set("tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"");
    let first = certified(&place);
    let server = place.serve(&[]);
    assert_eq!(shown_by(&server).await, first);
    let second = certified(&place);
    server.says("TLS certificate and key reloaded");
    assert_eq!(shown_by(&server).await, second);
    // A renewal that goes wrong halfway changes nothing, and is put right without a signal too.
    std::fs::remove_file(place.path("key.pem")).unwrap();
    place.write("cert.pem", "no certificate");
    place.write("key.pem", "no key");
    server.says("keeping the previous one");
    assert_eq!(shown_by(&server).await, second);
    let third = certified(&place);
    server.says("TLS certificate and key reloaded");
    assert_eq!(shown_by(&server).await, third);
    server.stop();
}

#[tokio::test]
async fn a_hangup_reads_the_templates_again_and_keeps_those_before_a_broken_one() {
    let place = Place::configured();
    place.set("extra_template_dirs = [\"own\"]\nenable_ui_router = true");
    std::fs::create_dir_all(place.path("own/auth")).unwrap();
    let page = "own/auth/login.html";
    place.write(page, "<title>first</title>");
    let server = place.serve(&[]);
    let shown = async || server.get("//account/login").await.is(200).body.to_string();
    assert!(shown().await.contains("first"));
    place.write(page, "<title>second</title>");
    assert!(shown().await.contains("first"), "nobody asked yet");
    server.signal("HUP");
    server.says("templates reloaded");
    assert!(shown().await.contains("second"));
    place.write(page, "<title>{{ broken </title>");
    server.signal("HUP");
    let said = server.says("invalid templates; keeping the previous ones");
    assert!(said.contains("login.html"), "{said}");
    assert!(shown().await.contains("second"));
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
