//! `regstack db copy`: from a file to a server's database, while people are logged in and mail waits.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use mongodb::bson::doc;
use mongodb::bson::oid::ObjectId;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::actor::Requests as _;
use crate::support::database::{Database, Kind};
use crate::support::process::{Place, end_of, send_signal};
use crate::support::smtp_sink::{SmtpSink, decoded};

/// Another place with the same secrets, over this database.
fn moved(place: &Place, url: &str) -> Place {
    let twin = place.twin();
    let toml = std::fs::read_to_string(twin.path("regstack.toml")).unwrap();
    twin.write("regstack.toml", &toml.replace("sqlite:accounts.db", url));
    twin
}

/// What was copied: names, counts and checksums.
fn sums(copied: &Value) -> Vec<Value> {
    let items = copied["items"].as_array().unwrap().iter();
    items
        .map(|item| json!([item["name"], item["records"], item["checksum"]]))
        .collect()
}

fn sum(copied: &Value, field: &str) -> u64 {
    let items = copied["items"].as_array().unwrap().iter();
    items.map(|item| item[field].as_u64().unwrap()).sum()
}

async fn sink() -> SmtpSink {
    SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap())
}

/// Waits until so many mails have come, and a little longer for one too many.
async fn mails(sink: &SmtpSink, count: usize) -> Vec<String> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while sink.mails().len() < count {
        assert!(
            Instant::now() < deadline,
            "{} of {count}",
            sink.mails().len()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    sink.mails()
}

/// Copied while the server runs, brought up to date once it is stopped, and gone on with over the new database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_goes_on_after_a_move() {
    let database = Database::fresh(Kind::Mongo).await;
    let old_sink = sink().await;
    let place = Place::configured().with_account("ada@example.com");
    place.mails_to(old_sink.port());
    let place = place.with_registrations(&["new@example.com"]).await;
    // It waits: nobody sends before a server runs.
    let first = place.json(&["db", "copy", "--to", &database.url()]);
    assert_eq!(
        (&first["finished"], sum(&first, "removed")),
        (&json!(true), 0)
    );
    let server = place.serve(&[]);
    let alive = server.signed_in("ada@example.com").await;
    let dead = server.signed_in("ada@example.com").await;
    mails(&old_sink, 1).await;
    // To look at it is no use of it.
    let moved_too = moved(&place, &database.url());
    assert_eq!(moved_too.json(&["db", "status"])["current"], true);
    moved_too.run(&["doctor"]);
    let beside = place.json(&["db", "copy", "--to", &database.url()]);
    assert_eq!(
        beside["finished"], true,
        "the server goes on meanwhile: {beside}"
    );
    dead.log_out().await.is(200);
    server.stop();
    let place = place.with_registrations(&["late@example.com"]).await;
    let last = place.json(&["db", "copy", "--to", &database.url()]);
    assert_eq!(last["finished"], true);
    assert!(
        sum(&last, "written") > 0 && sum(&last, "removed") > 0,
        "{last}"
    );
    assert!(
        sum(&last, "written") < sum(&last, "records"),
        "what is equal is left: {last}"
    );

    let new_sink = sink().await;
    let moved = moved(&place, &database.url());
    let toml = std::fs::read_to_string(moved.path("regstack.toml")).unwrap();
    let (old, new) = (old_sink.port().to_string(), new_sink.port().to_string());
    moved.write("regstack.toml", &toml.replace(&old, &new));
    let server = moved.serve(&[]);
    alive.at(&server).me().await.is(200);
    dead.at(&server)
        .me()
        .await
        .refused(401, "not_authenticated");
    // The mail that was sent before is not sent again; the one that waited is, once.
    let mail = decoded(&mails(&new_sink, 1).await[0]);
    assert!(mail.contains("late@example.com"), "{mail}");
    let token = mail.split("token=").nth(1).unwrap();
    let token = token.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    let verified = server.verify(token.clone().next().unwrap()).await;
    assert_eq!(verified.is(200).text("email"), "late@example.com");
    server.signed_in("ada@example.com").await.me().await.is(200);
    server.stop();
    assert_eq!(moved.json(&["outbox", "list"])["items"], json!([]));
    assert_eq!((old_sink.mails().len(), new_sink.mails().len()), (1, 1));
    // It is the installation now: nothing replaces it.
    place
        .run(&["db", "copy", "--to", &database.url()])
        .refused(2, &["isn't an unused copy", "empty database"]);
    alive.at(&moved.serve(&[])).me().await.is(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_is_killed_is_finished_by_another_run() {
    let place = Place::configured().with_account("ada@example.com");
    place.crowd(2000);
    let (undisturbed, database) = (
        Database::fresh(Kind::Mongo).await,
        Database::fresh(Kind::Mongo).await,
    );
    let whole = place.json(&["db", "copy", "--to", &undisturbed.url()]);
    let slow = Duration::from_millis(300);
    database.wire().slow_down("insert", slow);
    let users = database.collection("users").await;
    for _ in 0..2 {
        let before = users.count_documents(doc! {}).await.unwrap();
        let mut child = place
            .command(&["db", "copy", "--to", &database.wired_url()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while users.count_documents(doc! {}).await.unwrap() == before {
            assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            assert!(started.elapsed() < Duration::from_mins(2), "no step at all");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let there = users.count_documents(doc! {}).await.unwrap();
        assert!(there > before && there < 2001, "killed on the way: {there}");
        let moved = moved(&place, &database.url());
        for command in [&["users", "list"][..], &["serve"]] {
            let refused = moved.run(command);
            assert_eq!(refused.code, Some(3), "{refused:?}");
            assert!(refused.stderr.contains("unfinished copy"), "{refused:?}");
        }
    }
    let there = users.count_documents(doc! {}).await.unwrap();
    let rest = place.json(&["db", "copy", "--to", &database.url()]);
    assert_eq!(sums(&rest), sums(&whole));
    assert_eq!(rest["items"][0]["written"], 2001 - there, "{rest}");
    let moved = moved(&place, &database.url());
    assert_eq!(moved.json(&["stats"])["total_users"], 2001);
}

/// A copy that stands still for so long that another one takes its place writes nothing any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_was_overtaken_stops() {
    let database = Database::fresh(Kind::Mongo).await;
    let place = Place::configured().with_users(&["ada@example.com"]);
    let other = Place::configured().with_users(&["bob@example.com"]);
    let wire = database.wire();
    wire.hold("insert", "users");
    let url = database.wired_url();
    let first = place
        .command(&["db", "copy", "--to", &url])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !wire.is_holding() {
        assert!(started.elapsed() < Duration::from_mins(2), "no step at all");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    send_signal("STOP", first.id());
    wire.let_go();
    let second = other.json(&["db", "copy", "--to", &url]);
    assert_eq!(second["finished"], true, "{second}");
    send_signal("CONT", first.id());
    let first = first.wait_with_output().unwrap();
    let said = String::from_utf8(first.stderr).unwrap();
    assert_eq!(first.status.code(), Some(2), "{said}");
    assert!(said.contains("another `regstack db copy`"), "{said}");
    let again = other.json(&["db", "copy", "--to", &url]);
    assert_eq!(
        (
            &again["finished"],
            sum(&again, "written") + sum(&again, "removed")
        ),
        (&json!(true), 0),
        "{again}"
    );
    assert_eq!(sums(&again), sums(&second));
}

/// A server without transactions is read as it is: what changes meanwhile is told, and brought by another run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_changes_meanwhile_is_told() {
    let (from, to) = (
        Database::fresh(Kind::Mongo).await,
        Database::fresh(Kind::Mongo).await,
    );
    let place = Place::configured();
    place.json(&["db", "migrate"]);
    place.crowd(300);
    place.json(&["db", "copy", "--to", &from.url()]);
    let source = moved(&place, &from.url());
    to.wire().slow_down("insert", Duration::from_secs(2));
    let child = source
        .command(&["db", "copy", "--to", &to.wired_url(), "--json"])
        .spawn()
        .unwrap();
    let users = to.collection("users").await;
    let started = Instant::now();
    while users.count_documents(doc! {}).await.unwrap() == 0 {
        assert!(started.elapsed() < Duration::from_mins(2), "no step at all");
    }
    // Where the reading has been already.
    let late = doc! { "_id": ObjectId::from_bytes([0; 12]), "email": "late@example.com" };
    from.collection("users")
        .await
        .insert_one(late)
        .await
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for words in [
        "isn't finished",
        "changed while it was copied (accounts)",
        "stop the server",
    ] {
        assert!(said.contains(words), "{said}");
    }
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["finished"], false);
    let again = source.json(&["db", "copy", "--to", &to.url()]);
    assert_eq!(
        (&again["finished"], sum(&again, "written")),
        (&json!(true), 1)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_back_is_into_a_file_and_the_same() {
    let database = Database::fresh(Kind::Mongo).await;
    let place = Place::configured().with_account("ada@example.com");
    let there = place.json(&["db", "copy", "--to", &database.url()]);
    let moved = moved(&place, &database.url());
    let back = moved.json(&["db", "copy", "--to", "sqlite:back.db"]);
    assert_eq!(sums(&back), sums(&there));
    assert_eq!(back["from"], there["to"]);
    let file = std::fs::metadata(moved.path("back.db")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    let again = place.json(&["db", "copy", "--to", "sqlite:again.db"]);
    assert_eq!(sums(&again), sums(&there), "a file to a file");
}

#[test]
fn a_copy_is_refused_where_something_else_is() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    let other = Place::configured().with_users(&["bob@example.com"]);
    let url = format!("sqlite:{}", other.path("accounts.db").display());
    let before = other.bytes_of("accounts.db");
    for to in [&*url, "sqlite:accounts.db"] {
        let refused = place.run(&["db", "copy", "--to", to]);
        refused.refused(2, &["isn't an unused copy", "empty database"]);
    }
    assert_eq!(other.bytes_of("accounts.db"), before);
    place.write("notes.db", "");
    let notes = rusqlite::Connection::open(place.path("notes.db")).unwrap();
    notes.execute_batch("create table notes (text)").unwrap();
    place
        .run(&["db", "copy", "--to", "sqlite:notes.db"])
        .refused(2, &["another program"]);
    for (to, words) in [
        ("postgres://db", &["postgres isn't supported"][..]),
        ("sqlite:", &["must name a file"]),
        (
            "mongodb://ada:canary@127.0.0.1:1/accounts",
            &["others on this machine", "REGSTACK_COPY_TO_FILE"],
        ),
    ] {
        place.run(&["db", "copy", "--to", to]).refused(2, words);
    }
    place
        .run(&["db", "copy"])
        .refused(2, &["no database to copy to", "--to URL"]);
    let nobody = "mongodb://127.0.0.1:1/accounts?serverSelectionTimeoutMS=200";
    place
        .run(&["db", "copy", "--to", nobody])
        .refused(4, &["no MongoDB server responds"]);
    Place::configured()
        .run(&["db", "copy", "--to", "sqlite:copy.db"])
        .refused(4, &["there is no database"]);
}

/// Two copies of one file hold the same; the URL may come from the environment or a file; a terminal gets a table.
#[test]
fn the_url_may_have_a_password_that_nobody_sees() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    let secret = "mongodb://ada:canary%21@127.0.0.1:1/accounts?serverSelectionTimeoutMS=200";
    place.write("url", &format!("{secret}\n"));
    for (name, value) in [
        ("REGSTACK_COPY_TO", secret),
        ("REGSTACK_COPY_TO_FILE", "url"),
    ] {
        for more in [&[][..], &["--json"], &["-v"]] {
            let mut command = place.command(&[&["db", "copy"], more].concat());
            let output = command.env(name, value).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(4), "{said}");
            assert!(
                said.contains("127.0.0.1:1") && !said.contains("canary"),
                "{said}"
            );
        }
    }
    let mut command = place.command(&["db", "copy"]);
    let file = command
        .env("REGSTACK_COPY_TO_FILE", "nowhere")
        .output()
        .unwrap();
    assert_eq!(file.status.code(), Some(2));
    let mut command = place.command(&["db", "copy", "--json"]);
    let copied = command
        .env("REGSTACK_COPY_TO", "sqlite:copy.db")
        .output()
        .unwrap();
    assert_eq!(copied.status.code(), Some(0));
    let (shown, code) =
        end_of(&mut place.on_terminal(80, &["db", "copy", "--to", "sqlite:two.db"]));
    assert!(
        code == 0 && shown.contains("both databases are equal") && shown.contains("accounts"),
        "{shown}"
    );
}
