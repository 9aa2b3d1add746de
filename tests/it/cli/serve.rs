//! `regstack serve`, as a process: from its first line to its end, and what the other commands do to it meanwhile.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::actor::{Actor, PASSWORD, Requests as _};
use crate::support::process::{Place, Ran, Server};
use crate::support::served::token_in;

const EMAIL: &str = "ada@example.com";

/// Ada's session at a server that would rather give a cookie.
async fn by_bearer(server: &Server) -> Actor {
    let request = server.request(Method::POST, "/login");
    let request = request.header("x-regstack-transport", "bearer");
    let credentials = json!({"email": EMAIL, "password": PASSWORD});
    let answer = server.send(request.json(&credentials)).await;
    server.bearer(answer.is(200).text("access_token"))
}

fn with_ada() -> Place {
    Place::configured().with_account(EMAIL)
}

#[tokio::test]
async fn says_where_everything_is_and_answers() {
    let place = with_ada();
    let server = place.serve(&[]);
    assert_eq!(server.report["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(server.report["users"], 1);
    assert!(
        server.report["engine"]
            .as_str()
            .unwrap()
            .starts_with("SQLite ")
    );
    assert_eq!(server.report["mailbox"], Value::Null);
    assert_eq!(server.report["pages"], Value::Null);
    let document = server.report["openapi"].as_str().unwrap();
    assert_eq!(document, server.url("/openapi.json"));
    let document = server.get("//openapi.json").await;
    assert!(document.is(200).body["paths"]["/api/auth/login"].is_object());
    // No mailbox outside --dev.
    server.get("//dev/mailbox").await.is(404);
}

#[test]
fn the_pages_are_named_by_the_address_that_people_use() {
    let place = Place::configured();
    place.set("base_url = \"https://id.example/\"\nenable_ui_router = true");
    let server = place.serve(&[]);
    assert_eq!(server.report["pages"], "https://id.example/account");
}

#[tokio::test]
async fn locking_ends_a_session_of_a_running_server_with_its_next_request() {
    let place = with_ada();
    let server = place.serve(&[]);
    let ada = server.signed_in(EMAIL).await;
    ada.me().await.is(200);
    assert_eq!(place.run(&["users", "lock", EMAIL]).code, Some(0));
    ada.me().await.is(401);
    server.log_in(EMAIL, PASSWORD).await.is(403);
    assert_eq!(place.run(&["users", "unlock", EMAIL]).code, Some(0));
    // Unlocking revives no session.
    ada.me().await.is(401);
    server.log_in(EMAIL, PASSWORD).await.is(200);
}

#[tokio::test]
async fn a_lockout_is_seen_and_lifted_from_the_command_line() {
    let place = with_ada();
    let server = place.serve(&[]);
    server.lock_out(EMAIL).await;
    server.log_in(EMAIL, PASSWORD).await.is(429);
    assert_eq!(
        place.json(&["users", "list", "--throttled"])["items"][0]["email"],
        EMAIL
    );
    let shown = place.json(&["users", "show", EMAIL]);
    assert_eq!(shown["lockout"]["failures"], 5);
    assert!(shown["lockout"]["locked_until"].is_string());
    assert!(
        place
            .run(&["users", "show", EMAIL])
            .stdout
            .contains("locked out until")
    );
    assert_eq!(place.run(&["users", "unlock", EMAIL]).code, Some(0));
    server.log_in(EMAIL, PASSWORD).await.is(200);
}

#[test]
fn both_signals_stop_it_in_order() {
    let place = Place::configured();
    for name in ["TERM", "INT"] {
        let server = place.serve(&[]);
        server.signal(name);
        let (code, said) = server.end();
        assert_eq!(code, Some(0), "{said}");
    }
}

/// Mail servers and webhook receivers are strangers: the thread that they keep busy answers no request.
#[test]
fn what_works_beside_the_requests_has_a_thread_of_its_own() {
    let server = Place::configured().serve(&[]);
    let name = |thread: io::Result<fs::DirEntry>| fs::read_to_string(thread?.path().join("comm"));
    let names = || -> Vec<_> {
        let threads = fs::read_dir(format!("/proc/{}/task", server.process())).unwrap();
        threads.filter_map(|thread| name(thread).ok()).collect()
    };
    // It starts beside the first line that the server says.
    let end = Instant::now() + Duration::from_secs(20);
    while !names().iter().any(|name| name == "background\n") {
        assert!(Instant::now() < end, "{:?}", names());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A login whose body is still to come: it is under way.
fn begin_login(server: &Server) -> TcpStream {
    let address = server.url("").replace("http://", "");
    let mut client = TcpStream::connect(address).unwrap();
    client
        .write_all(b"POST /api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n")
        .unwrap();
    let mut begun = [0; 25];
    client.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n");
    client
}

#[test]
fn a_second_signal_does_not_wait_for_requests() {
    let place = Place::configured();
    let server = place.serve(&[]);
    let _under_way = begin_login(&server);
    server.signal("INT");
    server.says("waiting for running requests");
    let (code, said) = server.signal_to_the_end("INT");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("interrupted"), "{said}");
}

#[test]
fn a_doubled_signal_lets_requests_finish() {
    let place = Place::configured();
    loop {
        let server = place.serve(&[]);
        let mut client = begin_login(&server);
        let first = Instant::now();
        server.signal("TERM");
        server.says("waiting for running requests");
        server.signal("TERM");
        if first.elapsed() > Duration::from_millis(400) {
            // A busy machine: that was no echo.
            continue;
        }
        client.write_all(b"{}").unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
        let (code, said) = server.end();
        assert_eq!(code, Some(0), "{said}");
        break;
    }
}

#[test]
fn a_doubled_signal_is_one_signal() {
    let place = Place::configured();
    for _ in 0..3 {
        let server = place.serve(&[]);
        server.signal("TERM");
        server.says("waiting for running requests");
        // It may be gone already.
        let (code, said) = server.signal_to_the_end("TERM");
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn a_certificate_that_cannot_be_read_is_said_before_anything_is_promised() {
    let place = Place::configured();
    place.write("cert.pem", "no certificate");
    place.write("key.pem", "no key");
    place.write(
        "regstack.toml",
        "bind = \"127.0.0.1:0\"\ntls_cert = \"cert.pem\"\ntls_key = \"key.pem\"\n",
    );
    place
        .run(&["serve"])
        .refused(3, &["regstack.toml:3", "tls_key", "key.pem"]);
    assert!(!place.path("regstack.db").exists());
}

#[test]
fn without_any_configuration_trying_it_out_is_offered() {
    Place::empty().run(&["serve"]).refused(
        3,
        &["regstack serve --dev", "regstack init", "--config PATH"],
    );
}

#[test]
fn a_relative_database_is_beside_its_file_and_is_never_made_unasked() {
    let (place, elsewhere) = (Place::configured(), Place::empty());
    let folder = place.path("");
    let config = folder.to_str().unwrap();
    let database = place.path("accounts.db");
    let serve = ["serve", "--config", config];
    let refused = elsewhere.run(&serve);
    refused.refused(
        4,
        &[
            database.to_str().unwrap(),
            "regstack db migrate",
            "serve --create",
        ],
    );
    assert!(!database.exists());
    assert_eq!(
        elsewhere.run(&["db", "migrate", "--config", config]).code,
        Some(0)
    );
    let created = elsewhere.run(&[
        "users",
        "create",
        "ada@example.com",
        "--no-password",
        "--config",
        config,
    ]);
    assert_eq!(created.code, Some(0), "{}", created.stderr);
    assert_eq!(
        place.json(&["users", "list"])["items"][0]["email"],
        "ada@example.com"
    );
    Server::start(elsewhere.command(&["serve", "--json", "--config", config])).stop();
    assert!(!elsewhere.path("accounts.db").exists());
    // What the environment says is meant where the command is run.
    let mut command = elsewhere.command(&serve);
    command.env("REGSTACK_DATABASE_URL", "sqlite:accounts.db");
    let here = elsewhere.path("accounts.db");
    Ran::end_of(command).refused(4, &[here.to_str().unwrap()]);
}

#[test]
fn a_database_that_was_cut_to_nothing_is_none() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    let backup = place.run(&["db", "backup", "backup.db"]);
    assert_eq!(backup.code, Some(0), "{}", backup.stderr);
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(place.path(&format!("accounts.db{suffix}")));
    }
    place.write("accounts.db", "");
    for command in [&["serve"][..], &["users", "list"]] {
        let refused = place.run(command);
        refused.refused(4, &["only an empty file", "regstack db restore"]);
    }
    let red = place.run(&["doctor"]);
    assert_eq!(red.code, Some(1), "{}", red.stdout);
    for words in ["only an empty file", "regstack db restore FILE"] {
        assert!(red.stdout.contains(words), "{}", red.stdout);
    }
    let restored = place.run(&["db", "restore", "backup.db", "--yes"]);
    assert_eq!(restored.code, Some(0), "{}", restored.stderr);
    assert_eq!(
        place.json(&["users", "list"])["items"][0]["email"],
        "ada@example.com"
    );
}

#[tokio::test]
async fn a_database_that_was_deleted_while_serving_is_told_by_readyz() {
    let place = Place::configured();
    let server = place.serve(&[]);
    let anonymous = server.anonymous();
    anonymous.get("//readyz").await.is(200);
    std::fs::remove_file(place.path("accounts.db")).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    anonymous.get("//readyz").await.is(503);
    anonymous.register("ada@example.com").await.is(503);
    let said = server.stop();
    assert!(said.contains("deleted or replaced"), "{said}");
}

#[test]
fn an_address_in_use_is_one_clear_error() {
    let place = Place::configured();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    place
        .run(&["serve", "--bind", &address])
        .refused(1, &[&address, "flag --bind"]);
}

#[tokio::test]
async fn dev_needs_no_configuration_and_shows_the_mail() {
    let place = Place::empty();
    let server = place.serve(&["--dev", "--bind", "127.0.0.1:0"]);
    let mode = |name: &str| place.path(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(".regstack"), 0o700);
    for file in std::fs::read_dir(place.path(".regstack")).unwrap() {
        let name = format!(".regstack/{}", file.unwrap().file_name().to_str().unwrap());
        assert_eq!(mode(&name) & 0o077, 0, "{name} is readable by others");
    }

    let answer = server.register(EMAIL).await;
    assert_eq!(answer.is(201).text("status"), "pending_verification");
    server.says(&format!("mail to {EMAIL}"));
    let link = server.says("token=");
    assert!(
        link.contains(server.report["address"].as_str().unwrap()),
        "links lead to the address served at: {link}"
    );
    let path = link.split(&server.url("")).nth(1).unwrap();
    assert!(path.starts_with("/account/verify?token="), "{link}");
    assert_eq!(server.report["pages"], server.url("/account"));
    // The link leads to a page.
    server.get(&format!("/{}", path.trim())).await.is(200);
    let token = token_in(&link);
    let mailbox = server.report["mailbox"].as_str().unwrap();
    let page = server.get(&mailbox.replace(&server.url(""), "/")).await;
    let page = page.body.as_str().unwrap();
    assert!(page.contains(EMAIL) && page.contains(&token));
    server.verify(&token).await.is(200);
    by_bearer(&server).await;

    let list = place.json(&["users", "list", "--config", ".regstack"]);
    assert_eq!(
        list["items"][0]["email"], EMAIL,
        "other commands reach the same accounts"
    );
    let ran = place.run(&["users", "send-reset", EMAIL, "--config", ".regstack"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let link = server.says("/account/reset");
    assert!(
        link.contains(&server.url("/account/reset")),
        "a command's link leads to a page of this server: {link}"
    );
    let elsewhere = Place::empty();
    let folder = place.path(".regstack");
    let list = elsewhere.json(&["users", "list", "--config", folder.to_str().unwrap()]);
    assert_eq!(list["items"][0]["email"], EMAIL, "from any folder");
    place
        .run(&["users", "list"])
        .refused(3, &["--config .regstack"]);
}

#[tokio::test]
async fn dev_keeps_its_accounts_and_its_secret() {
    let place = Place::empty();
    let first = place.serve(&["--dev", "--bind", "127.0.0.1:0"]);
    let secrets = std::fs::read(place.path(".regstack/regstack.secrets.env")).unwrap();
    let ran = place.run_with_stdin(
        &[
            "users",
            "create",
            EMAIL,
            "--verified",
            "--password-stdin",
            "--config",
            ".regstack",
        ],
        PASSWORD,
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let ada = by_bearer(&first).await;
    first.signal("INT");
    let (code, said) = first.end();
    assert_eq!(code, Some(0));
    assert!(!said.contains("WARN"), "nothing is wrong yet: {said}");
    let second = place.serve(&["--dev", "--bind", "127.0.0.1:0"]);
    assert_eq!(second.report["users"], 1);
    // A restart signs nobody out.
    ada.at(&second).me().await.is(200);
    assert_eq!(
        std::fs::read(place.path(".regstack/regstack.secrets.env")).unwrap(),
        secrets
    );
}

#[test]
fn dev_touches_no_other_installation() {
    let place = Place::configured();
    let mut command = place.command(&["serve", "--dev", "--json", "--bind", "127.0.0.1:0"]);
    command
        .env("REGSTACK_DATABASE_URL", "sqlite:production.db")
        .env("REGSTACK_MONGODB_URL", "mongodb://production.example.com");
    let server = Server::start(command);
    server.says("ignores regstack.toml");
    assert!(!place.path("accounts.db").exists() && !place.path("production.db").exists());
    assert!(place.path(".regstack/regstack.db").exists());
}

#[test]
fn dev_takes_a_configuration_that_is_named_but_not_its_database() {
    let place = Place::configured();
    let server = place.serve(&["--dev", "--config", "regstack.toml"]);
    assert!(!place.path("accounts.db").exists());
    assert_ne!(server.report["mailbox"], Value::Null);
}

#[test]
fn dev_is_for_this_machine_only() {
    let place = Place::empty();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8000"] {
        place
            .run(&["serve", "--dev", "--bind", address])
            .refused(2, &["this machine", address]);
    }
    let mut command = place.command(&["serve", "--dev"]);
    let output = command.env("REGSTACK_BIND", "0.0.0.0:0").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("environment REGSTACK_BIND"));
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let place = Place::empty();
    place.write(".regstack", "a file");
    place.run(&["serve", "--dev"]).refused(1, &[".regstack"]);
}

/// Asks and registers more than a pipe holds of log lines, and stops the server in order.
async fn works_with_stderr(stderr: impl Into<Stdio>) {
    let place = with_ada();
    let mut command = place.command(&["serve", "--json"]);
    command.stderr(stderr);
    let server = Server::start(command);
    let ada = server.signed_in(EMAIL).await;
    for _ in 0..600 {
        ada.me().await.is(200);
    }
    let (code, _) = server.signal_to_the_end("TERM");
    assert_eq!(code, Some(0));
}

#[tokio::test]
async fn a_log_that_nobody_reads_holds_up_nothing() {
    let (reader, writer) = std::io::pipe().unwrap();
    works_with_stderr(writer).await;
    drop(reader);
}

#[tokio::test]
async fn a_log_whose_reader_is_gone_ends_nothing() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    works_with_stderr(writer).await;
}

#[tokio::test]
async fn a_log_on_a_full_disk_ends_nothing() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    works_with_stderr(full.unwrap()).await;
}

#[tokio::test]
async fn the_database_of_an_installation_is_beside_its_file_wherever_it_is_served_from() {
    let place = Place::configured();
    let elsewhere = place.path("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let from_elsewhere = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        command
            .current_dir(&elsewhere)
            .arg("--config")
            .arg(place.path("regstack.toml"));
        command
    };
    // It would start over with an empty database.
    let refused = Ran::end_of(from_elsewhere(&["serve"]));
    refused.refused(4, &["accounts.db", "regstack db migrate", "--create"]);
    assert!(!place.path("accounts.db").exists());

    let made = Ran::end_of(from_elsewhere(&["db", "migrate"]));
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert!(place.path("accounts.db").exists());
    let server = Server::start(from_elsewhere(&["serve", "--json"]));
    assert_eq!(server.report["users"], 0);
    server.stop();
    assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 0);

    std::fs::remove_file(place.path("accounts.db")).unwrap();
    let server = Server::start(from_elsewhere(&["serve", "--json", "--create"]));
    assert_eq!(server.report["users"], 0);
}
