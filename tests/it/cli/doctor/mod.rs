//! `regstack doctor`: one healthy installation, and one broken one for each of its checks.

mod backends;
mod certificate;
mod database;
mod dns;
mod faults;
mod screen;

use std::process::Command;

use serde_json::Value;
use tokio::net::TcpListener;

use crate::support::process::{Place, Ran};
use crate::support::smtp_sink::SmtpSink;

/// An installation with a database and a superuser.
fn installed() -> Place {
    let place = Place::configured();
    place.create_admin("ada@example.com");
    place
}

/// The same with a mail server that takes everything.
async fn healthy() -> (Place, SmtpSink) {
    let place = installed();
    let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
    place.mails_to(sink.port());
    (place, sink)
}

/// What the doctor found, in both of its forms.
struct Diagnosis {
    table: Ran,
    document: Value,
}

/// Asks the doctor twice: for the table, and for the document. Both end alike, show no secret and talk to nobody.
async fn diagnosed(place: &Place, arguments: &[&str]) -> Diagnosis {
    diagnosed_by(arguments, |arguments| place.command(arguments)).await
}

/// The same for a program that runs as `command` has it.
async fn diagnosed_by(arguments: &[&str], command: impl Fn(&[&str]) -> Command) -> Diagnosis {
    let run = async |first: &[&str]| {
        let command = command(&[first, arguments].concat());
        let ended = tokio::process::Command::from(command).output().await;
        Ran::of(&ended.unwrap())
    };
    let table = run(&["doctor"]).await;
    let json = run(&["doctor", "--json"]).await;
    assert_eq!(table.code, json.code, "{table:?} {json:?}");
    for ran in [&table, &json] {
        assert_eq!(ran.stderr, "");
        assert!(!ran.stdout.contains("canary"), "{}", ran.stdout);
    }
    let document = serde_json::from_str(&json.stdout).unwrap();
    Diagnosis { table, document }
}

/// Runs the program while servers of the test answer it.
async fn spawned(place: &Place, arguments: &[&str]) -> Ran {
    let command = place.command(arguments);
    let ended = tokio::process::Command::from(command).output().await;
    Ran::of(&ended.unwrap())
}

impl Diagnosis {
    fn row(&self, name: &str) -> &Value {
        let checks = self.document["checks"].as_array().unwrap();
        let found = checks.iter().find(|check| check["name"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {}", self.document))
    }

    #[track_caller]
    fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.table.code, Some(code), "{}", self.table.stdout);
        assert_eq!(self.document["failed"], code);
        self
    }

    /// Asserts how a check ended, what it says and (where something is wrong) which remedy it has.
    #[track_caller]
    fn says(&self, status: &str, name: &str, words: &[&str], remedy: &str) -> &Self {
        let row = self.row(name);
        assert_eq!(row["status"], status, "{row}");
        assert!(row["milliseconds"].is_u64(), "{row}");
        let detail = row["detail"].as_str().unwrap();
        for word in words {
            assert!(detail.contains(word), "{word:?} is not in: {row}");
        }
        let text = row["remedy"].as_str().unwrap_or_default();
        assert!(text.contains(remedy), "{remedy:?} is not in: {row}");
        let mark = match status {
            "fail" => "FAIL",
            "skipped" => "skip",
            other => other,
        };
        let lines: Vec<&str> = self.table.stdout.lines().collect();
        let first = lines.iter().position(|line| line[8..].starts_with(name));
        let first = first.unwrap_or_else(|| panic!("no {name} in {}", self.table.stdout));
        let end = lines[first + 1..]
            .iter()
            .position(|line| !line.starts_with("   ") && line[8..].trim_start() == &line[8..]);
        let lines = &lines[first..end.map_or(lines.len(), |end| first + 1 + end)];
        let marked = lines.iter().any(|line| line[2..].starts_with(mark));
        assert!(marked, "no {mark} in {lines:#?}");
        let arrow = lines
            .iter()
            .any(|line| line.contains("-> ") && line.contains(remedy));
        assert!(remedy.is_empty() || arrow, "no {remedy:?} in {lines:#?}");
        self
    }
}

#[tokio::test]
async fn a_healthy_installation_passes_and_stays_as_it_is() {
    let (place, _sink) = healthy().await;
    let settings = || place.bytes_of("regstack");
    let before = (settings(), rows_of(&place));
    let diagnosis = diagnosed(&place, &["--serve-check"]).await;
    diagnosis
        .ends_with(0)
        .says("ok", "config", &["regstack.toml, regstack.secrets.env"], "")
        .says("ok", "jwt secret", &["50 characters"], "")
        .says("ok", "database", &["SQLite 3.", "accounts.db", " ms"], "")
        .says("ok", "schema", &["current"], "")
        .says("ok", "accounts", &["1 account, 1 administrator"], "")
        .says("ok", "email", &["mail server 127.0.0.1", "without TLS"], "")
        .says("skipped", "sms", &["enable_sms_2fa is false"], "")
        .says("ok", "templates", &["files render, 0 overridden"], "")
        .says("ok", "outbox", &["empty"], "")
        .says("ok", "ports", &["is free"], "");
    let last = diagnosis.table.stdout.lines().last();
    assert_eq!(last, Some("  all 9 checks passed"));
    assert_eq!(diagnosis.document["warned"], 0);
    let after = (settings(), rows_of(&place));
    assert!(before == after, "what the doctor writes, it undoes");
}

/// Every row of every table.
fn rows_of(place: &Place) -> Vec<String> {
    let database = place.raw();
    let texts = |sql: &str| -> Vec<String> {
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let named = "select name from sqlite_schema where type = 'table' order by name";
    let tables = texts(named).into_iter();
    tables
        .flat_map(|table| {
            let mut statement = database
                .prepare(&format!("select * from \"{table}\""))
                .unwrap();
            let columns = statement.column_count();
            let rows = statement.query_map([], |row| {
                let values =
                    (0..columns).map(|at| row.get_ref(at).map(|value| format!("{value:?}")));
                Ok(format!("{table} {:?}", values.collect::<Vec<_>>()))
            });
            rows.unwrap().map(Result::unwrap).collect::<Vec<_>>()
        })
        .collect()
}

#[tokio::test]
async fn a_file_that_does_not_load_is_one_failure() {
    for (line, words, remedy) in [
        (
            "jwt_ttl_seconds = 5\n",
            "jwt_ttl_seconds must be a whole number",
            "regstack.toml:1",
        ),
        (
            "jwt_ttl_second = 900\n",
            "jwt_ttl_second",
            "did you mean jwt_ttl_seconds?",
        ),
        ("= nonsense\n", "regstack.toml:1", "regstack config check"),
    ] {
        let place = Place::configured();
        place.write("regstack.toml", line);
        let diagnosis = diagnosed(&place, &["--serve-check", "--send-test", "a@example.com"]).await;
        diagnosis
            .ends_with(1)
            .says("fail", "config", &[words], remedy);
        for name in [
            "database",
            "schema",
            "accounts",
            "email",
            "sms",
            "templates",
            "outbox",
            "ports",
            "send-test",
        ] {
            diagnosis.says("skipped", name, &["needs a configuration that loads"], "");
        }
    }
    let missing = diagnosed(&Place::empty(), &["--config", "nowhere.toml"]).await;
    missing
        .ends_with(1)
        .says("fail", "config", &["nowhere.toml"], "");
}

#[tokio::test]
async fn what_keeps_a_server_from_serving_is_told() {
    let (place, _sink) = healthy().await;
    place.set("tls_cert = \"no.pem\"\ntls_key = \"no.key\"");
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.ends_with(1).says("ok", "config", &[], "").says(
        "fail",
        "certificate",
        &["tls_cert", "no.pem"],
        "regstack.toml:1",
    );
}

#[tokio::test]
async fn a_webhook_in_the_clear_is_told_once() {
    let (place, _sink) = healthy().await;
    place.append(
        "regstack.toml",
        "[[webhooks]]\nurl = \"http://hooks.example.com/\"\nsecret_env = \"HOOK\"\n",
    );
    let key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";
    place.append("regstack.secrets.env", &format!("HOOK=whsec_{key}\n"));
    let diagnosis = diagnosed(&place, &[]).await;
    let words = ["webhooks.url isn't https: others on the network can read the events"];
    diagnosis
        .ends_with(0)
        .says("warn", "config", &words, "regstack.toml")
        .says("ok", "webhooks", &["1 receiver"], "");
    assert_eq!(diagnosis.document["warned"], 1);
}

#[tokio::test]
async fn what_is_dangerous_in_a_configuration_is_a_warning() {
    let (place, _sink) = healthy().await;
    place.set_mode("regstack.secrets.env", 0o644);
    let diagnosis = diagnosed(&place, &[]).await;
    let words = [
        "regstack.toml, regstack.secrets.env",
        "can be read by every user",
    ];
    diagnosis
        .ends_with(0)
        .says("warn", "config", &words, "chmod 600");
    place.set_mode("regstack.secrets.env", 0o600);

    place.set("base_url = \"http://app.example.com\"");
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.ends_with(0).says(
        "warn",
        "config",
        &["base_url is http://app.example.com", "unencrypted"],
        "set base_url to https://app.example.com",
    );
    place.append("regstack.secrets.env", "REGSTACK_JWT_TTL_SECOND=900\n");
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.ends_with(0).says(
        "warn",
        "config",
        &["REGSTACK_JWT_TTL_SECOND"],
        "did you mean",
    );
}

#[tokio::test]
async fn a_signing_secret_that_is_none_fails_and_the_rest_is_looked_at() {
    for (secret, words, remedy) in [
        ("", "is missing", "regstack secret generate"),
        (
            "REGSTACK_JWT_SECRET=canary-short\n",
            "at least 32 characters",
            "regstack secret generate",
        ),
        (
            "REGSTACK_JWT_SECRET=change-me-change-me-change-me-change-me\n",
            "must not be the value from an example",
            "regstack secret generate",
        ),
    ] {
        let (place, _sink) = healthy().await;
        place.write("regstack.secrets.env", secret);
        let diagnosis = diagnosed(&place, &[]).await;
        diagnosis
            .ends_with(1)
            .says("ok", "config", &["regstack.toml"], "")
            .says("fail", "jwt secret", &[words], remedy)
            .says("ok", "database", &["SQLite"], "")
            .says("ok", "email", &["mail server"], "");
    }
    let (place, _sink) = healthy().await;
    place.write(
        "regstack.secrets.env",
        &format!("REGSTACK_JWT_SECRET={}\n", "abc".repeat(12)),
    );
    place.set_mode("regstack.secrets.env", 0o600);
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.ends_with(0).says(
        "warn",
        "jwt secret",
        &["36 characters, but only 3 different"],
        "regstack secret generate",
    );
}

#[tokio::test]
async fn an_address_in_use_is_found_when_asked_for() {
    let (place, _sink) = healthy().await;
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    place.write(
        "regstack.toml",
        &toml
            .replace("127.0.0.1:0", &address)
            .replace("bind =", "base_url = \"http://localhost\"\nbind ="),
    );
    let diagnosis = diagnosed(&place, &["--serve-check"]).await;
    diagnosis.ends_with(1).says(
        "fail",
        "ports",
        &[&address, "is in use"],
        "choose another bind",
    );
    let unasked = diagnosed(&place, &[]).await;
    assert!(!unasked.table.stdout.contains("ports"));
    unasked.ends_with(0);
}
