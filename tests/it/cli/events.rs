//! `regstack events`.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use expectrl::Expect as _;
use serde_json::Value;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::process::{Place, end_of, operator};

fn kinds(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["type"].as_str().unwrap()).collect()
}

/// Ada was made, locked and unlocked; Bob was made.
fn eventful() -> Place {
    let place = Place::configured().with_users(&["ada@example.com"]);
    for act in ["lock", "unlock"] {
        assert_eq!(place.run(&["users", act, "ada"]).code, Some(0));
    }
    place.with_users(&["bob@example.com"])
}

#[test]
fn filters_narrow_the_list() {
    let place = eventful();
    let ada = place.json(&["users", "show", "ada"])["user"]["id"].clone();
    let id = ada.as_str().unwrap();
    let all = [
        "user_registered",
        "user_enabled",
        "user_disabled",
        "user_registered",
    ];
    for (filter, expected) in [
        (&[][..], &all[..]),
        (&["--user", "ada"], &all[1..]),
        (&["--user", id], &all[1..]),
        (&["--type", "user_registered"], &["user_registered"; 2]),
        (
            &["--user", "ada", "--type", "user_disabled"],
            &["user_disabled"],
        ),
        (&["--since", "1d"], &all),
        (&["--since", "2100-01-01"], &[]),
    ] {
        let ran = place.run(&[&["events", "list", "--json"], filter].concat());
        let list: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(kinds(&list), expected, "{filter:?}");
    }
    assert_eq!(
        place.run(&["users", "delete", "ada", "--yes"]).code,
        Some(0)
    );
    let gone = place.json(&["events", "list", "--user", id]);
    assert_eq!(
        kinds(&gone)[0],
        "user_deleted",
        "what happened outlives the account"
    );
    place
        .run(&["events", "list", "--type", "user_eaten"])
        .refused(2, &["--type", "user_eaten"]);
    place
        .run(&["events", "list", "--user", "ada"])
        .refused(1, &["\"ada\""]);
    let table = place.run(&["events", "list", "--utc"]).stdout;
    assert!(
        table.starts_with("AT") && table.contains(&operator()),
        "{table}"
    );
    let csv = place
        .run(&["events", "list", "--all", "--format", "csv"])
        .stdout;
    assert_eq!(csv.lines().count(), 6, "{csv}");
}

#[test]
fn tail_ends_with_the_newest() {
    let place = eventful();
    let ran = place.run(&["events", "tail", "-n", "2", "--json"]);
    let documents: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0]["type"], "user_enabled");
    assert_eq!(documents[1]["email"], "bob@example.com");
    let text = place.run(&["events", "tail", "-n", "1"]).stdout;
    assert!(
        text.contains(&format!(
            "user_registered  bob@example.com  {}\n",
            operator()
        )),
        "{text}"
    );
    assert_eq!(place.run(&["events", "tail", "-n", "0"]).stdout, "");
}

/// A running `events tail --follow`, killed when dropped.
struct Tail(Child);

impl Tail {
    fn start(place: &Place, arguments: &[&str]) -> Self {
        let all = [&["events", "tail", "--follow", "--json"], arguments].concat();
        Self(place.command(&all).spawn().unwrap())
    }

    /// Its end, which must come: exit code and what it said.
    fn end(mut self) -> (Option<i32>, String) {
        let deadline = Instant::now() + Duration::from_secs(30);
        let status = loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut said = String::new();
        let mut stderr = self.0.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        (status.code(), said)
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn tail_follows_each_event_once_and_stops_quietly() {
    let place = eventful();
    let mut tail = Tail::start(&place, &["-n", "1"]);
    let mut lines = BufReader::new(tail.0.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    assert_eq!(next()["email"], "bob@example.com");
    for act in ["lock", "unlock", "promote"] {
        assert_eq!(place.run(&["users", act, "bob"]).code, Some(0));
    }
    // One that began before and was written late is not missed.
    place
        .raw()
        .execute_batch("insert into events (id, at, kind, actor, data) select '6b03e600439e14476a4e3b06', max(at) - 3000, 'login_failed', 'anonymous', '{}' from events")
        .unwrap();
    let mut seen: Vec<String> = (0..4)
        .map(|_| next()["type"].as_str().unwrap().to_owned())
        .collect();
    seen.sort();
    assert_eq!(
        seen,
        [
            "admin_granted",
            "login_failed",
            "user_disabled",
            "user_enabled"
        ]
    );
    let interrupted = Command::new("kill")
        .args(["-INT", &tail.0.id().to_string()])
        .status();
    assert!(interrupted.unwrap().success());
    assert!(lines.next().is_none(), "nothing comes twice");
    assert_eq!(tail.end(), (Some(0), String::new()));
}

#[test]
fn tail_ends_when_nobody_reads_any_more() {
    let place = eventful();
    // Only the one that is read: the next word of it would be told that nobody listens.
    let mut tail = Tail::start(&place, &["-n", "1"]);
    let mut first = String::new();
    let mut stdout = BufReader::new(tail.0.stdout.take().unwrap());
    stdout.read_line(&mut first).unwrap();
    drop(stdout);
    // No event comes: it ends all the same.
    assert_eq!(tail.end(), (Some(0), String::new()));
}

#[test]
fn tail_on_a_terminal_ends_with_an_interruption() {
    let place = eventful();
    let mut terminal = place.on_terminal(80, &["events", "tail", "--follow"]);
    terminal.expect("bob@example.com").unwrap();
    terminal.send("\u{3}").unwrap();
    let (text, code) = end_of(&mut terminal);
    assert_eq!((code, text.contains("error")), (0, false), "{text}");
}

#[tokio::test]
async fn knocking_at_a_locked_account_is_one_line_with_its_count() {
    let place = Place::configured().with_account("ada@example.com");
    let server = place.serve(&[]);
    server.lock_out("ada@example.com").await;
    for _ in 0..3 {
        server.log_in("ada@example.com", PASSWORD).await.is(429);
    }
    for arguments in [
        &["events", "list", "--type", "login_refused"][..],
        &["users", "show", "ada"],
    ] {
        let ran = place.run(arguments);
        let lines: Vec<&str> = ran
            .stdout
            .lines()
            .filter(|line| line.contains("login_refused"))
            .collect();
        assert_eq!(lines.len(), 1, "{}", ran.stdout);
        assert!(
            lines[0].contains("login_refused (3 times)") && lines[0].contains("127.0.0.1"),
            "{}",
            ran.stdout
        );
    }
    let list = place.json(&["events", "list", "--user", "ada", "--type", "login_refused"]);
    let data = &list["items"][0]["data"];
    assert_eq!(
        (&data["reason"], &data["count"]),
        (&"locked".into(), &3.into())
    );
}
