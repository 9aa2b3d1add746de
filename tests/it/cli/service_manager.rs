//! What a service manager sees of `regstack serve`: Unix sockets, sockets that it passes on, and what it is told.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::actor::Requests as _;
use crate::support::process::{PROGRAM, Place, Server};

/// What a server behind this socket answers to a request for its health, from this address.
fn answer_of(mut stream: UnixStream, client: &str) -> String {
    let request = format!(
        "GET /healthz HTTP/1.1\r\nhost: x\r\nx-forwarded-for: {client}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_unix_socket_is_served_to_its_group_and_gone_at_the_end() {
    let place = Place::configured();
    place.set("behind_proxy = true");
    let path = place.path("regstack.sock");
    let bind = format!("unix:{}", path.display());
    let server = place.serve(&["--bind", &bind]);
    assert_eq!(server.report["address"], *bind);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o660
    );
    let answer = answer_of(UnixStream::connect(&path).unwrap(), "203.0.113.9");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // The proxy's word on the client's address is taken.
    server.says("203.0.113.9");

    // Of two, the second one is refused and takes nothing away.
    let second = place.run(&["serve", "--bind", &bind]);
    second.refused(1, &[&bind, "in use"]);
    UnixStream::connect(&path).unwrap();
    server.stop();
    assert!(!path.exists());
}

#[test]
fn a_socket_that_a_killed_server_left_behind_is_taken_over_and_a_file_is_not() {
    let place = Place::configured();
    let path = place.path("regstack.sock");
    let bind = format!("unix:{}", path.display());
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "nobody listens there");
    let server = place.serve(&["--bind", &bind]);
    // Without behind_proxy everyone is one client.
    server.says("behind_proxy");
    server.stop();
    fs::write(&path, "notes").unwrap();
    place
        .run(&["serve", "--bind", &bind])
        .refused(1, &[&bind, "in use"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "notes");
}

/// The server as systemd starts it: with a socket as its fourth file.
fn with_socket(place: &Place, socket: OwnedFd) -> Command {
    let script =
        "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" serve --json --create";
    let mut command = place.bare("sh");
    command.args(["-c", script, PROGRAM]);
    command
        .stdin(socket)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[tokio::test]
async fn a_passed_socket_is_served_whatever_bind_says() {
    let place = Place::configured();
    place.set("app_name = \"Passed\"");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::start(with_socket(&place, listener.into()));
    assert_eq!(server.report["address"], format!("http://{address}"));
    server.get("//healthz").await.is(200);
    server.stop();

    let path = place.path("passed.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let server = Server::start(with_socket(&place, listener.into()));
    assert_eq!(server.report["address"], format!("unix:{}", path.display()));
    let answer = answer_of(UnixStream::connect(&path).unwrap(), "");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.stop();
    assert!(path.exists(), "it is the service manager's");
}

/// The next thing that the service manager is told, beside signs of life.
fn told(manager: &UnixDatagram) -> String {
    loop {
        let mut buffer = [0; 200];
        let length = manager.recv(&mut buffer).expect("nothing is told");
        let told = String::from_utf8_lossy(&buffer[..length]).into_owned();
        if !told.contains("WATCHDOG=1") {
            return told;
        }
    }
}

#[test]
fn the_service_manager_is_told_of_start_reload_life_and_end() {
    let place = Place::configured();
    let path = place.path("notify.sock");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let mut command = place.command(&["serve", "--json", "--create"]);
    command.env("NOTIFY_SOCKET", &path);
    command.env("WATCHDOG_USEC", "200000");
    let server = Server::start(command);
    assert!(told(&manager).contains("READY=1"));
    assert_ne!(server.report["address"], Value::Null);
    let mut buffer = [0; 200];
    for _ in 0..3 {
        let length = manager.recv(&mut buffer).unwrap();
        assert!(buffer[..length].starts_with(b"WATCHDOG=1"));
    }
    server.signal("HUP");
    let reloading = told(&manager);
    assert!(
        reloading.contains("RELOADING=1") && reloading.contains("MONOTONIC_USEC="),
        "{reloading}"
    );
    assert!(told(&manager).contains("READY=1"));
    server.signal("TERM");
    assert!(told(&manager).contains("STOPPING=1"));
    let (code, said) = server.end();
    assert_eq!(code, Some(0), "{said}");
}
