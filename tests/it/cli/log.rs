//! The log of a running server: what a line says about a request that was refused.

use expectrl::{Needle as _, Regex};
use serde_json::Value;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::process::{Place, Server};

const EMAIL: &str = "ada@example.com";
const WRONG: &str = "a wrong password 5417";
const MANUAL: &str = include_str!("../../../docs/production.md");

/// Whether the fail2ban filter of the documentation takes a line as a guess from the address of the tests.
fn counts_as_guess(line: &str) -> bool {
    let filter = MANUAL
        .lines()
        .find_map(|line| line.strip_prefix("failregex = "))
        .expect("the documentation has a filter");
    assert_eq!(filter.matches("<HOST>").count(), 1);
    let pattern = Regex(filter.replace("<HOST>", r"127\.0\.0\.1"));
    !pattern.check(line.as_bytes(), true).unwrap().is_empty()
}

#[tokio::test]
async fn a_failed_login_names_the_address_and_the_reason_and_fail2ban_finds_it() {
    let place = Place::configured().with_account(EMAIL);
    let server = place.serve(&[]);
    server.log_in(EMAIL, PASSWORD).await.is(200);
    let line = server.says("answered");
    assert!(!counts_as_guess(&line), "{line}");
    let fields: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(fields["ip"], "127.0.0.1");
    assert_eq!(fields["code"], Value::Null);

    for (status, code) in [(401, "invalid_credentials"); 5]
        .into_iter()
        .chain([(429, "locked")])
    {
        let answer = server.log_in(EMAIL, WRONG).await;
        answer.is(status);
        let id = answer.headers["x-request-id"].to_str().unwrap();
        let line = server.says("answered");
        assert!(counts_as_guess(&line), "{line}");
        let fields: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(fields["code"], code);
        assert_eq!(fields["status"], status);
        assert_eq!(fields["path"], "/api/auth/login");
        assert_eq!(fields["span"]["request_id"], id);
        assert!(!line.contains(EMAIL) && !line.contains(WRONG), "{line}");
    }
}

/// Why could this person not log in? One line says from where, for which account, why, and under which id the rest is.
#[tokio::test]
async fn every_outcome_of_a_login_names_client_code_account_and_request_and_no_secret() {
    let place = Place::configured().with_account(EMAIL);
    for (other, flag) in [("off@example.com", true), ("new@example.com", false)] {
        let create = ["users", "create", other, "--password-stdin"];
        assert_eq!(place.run_with_stdin(&create, PASSWORD).code, Some(0));
        if flag {
            assert_eq!(place.run(&["users", "disable", other]).code, Some(0));
        }
    }
    place.set("behind_proxy = true\nlogin_rate_limit = \"12/minute\"");
    let server = place.serve(&[]);
    let attempts = [
        (EMAIL, PASSWORD, "200", None),
        (EMAIL, WRONG, "401", Some("invalid_credentials")),
        ("off@example.com", PASSWORD, "403", Some("account_disabled")),
        ("new@example.com", PASSWORD, "403", Some("email_unverified")),
        (
            "nobody@example.com",
            WRONG,
            "401",
            Some("invalid_credentials"),
        ),
        (EMAIL, WRONG, "401", Some("invalid_credentials")),
        (EMAIL, WRONG, "401", Some("invalid_credentials")),
        (EMAIL, WRONG, "401", Some("invalid_credentials")),
        (EMAIL, WRONG, "401", Some("invalid_credentials")),
        (EMAIL, PASSWORD, "429", Some("locked")),
        (EMAIL, PASSWORD, "429", Some("locked")),
        (EMAIL, PASSWORD, "429", Some("locked")),
        (EMAIL, PASSWORD, "429", Some("rate_limited")),
    ];
    for (email, password, status, code) in attempts {
        let request = server.request(reqwest::Method::POST, "/login");
        let request = request.header("x-forwarded-for", "203.0.113.7");
        let body = serde_json::json!({"email": email, "password": password});
        let answer = server.send(request.json(&body)).await;
        let line = server.says("answered");
        let fields: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(fields["status"].to_string(), status, "{line}");
        assert_eq!(fields["code"].as_str(), code, "{line}");
        assert_eq!(fields["ip"], "203.0.113.7");
        let request_id = answer.headers["x-request-id"].to_str().unwrap();
        assert_eq!(fields["span"]["request_id"], request_id);
        // One over the limit of its address is not looked at.
        let is_known = !email.starts_with("nobody") && code != Some("rate_limited");
        let account = is_known.then(|| place.json(&["users", "show", email])["user"]["id"].clone());
        let named = fields["span"].get("user_id").cloned();
        assert_eq!(named, account, "{line}");
        for secret in [email, password, "access_token", "eyJ"] {
            assert!(!line.contains(secret), "{line}");
        }
    }
    let said = server.stop();
    assert!(
        !said.contains(PASSWORD) && !said.contains(WRONG) && !said.contains('@'),
        "{said}"
    );
}

#[tokio::test]
async fn the_text_form_says_the_same() {
    let place = Place::configured().with_account(EMAIL);
    let mut command = place.command(&["serve", "--json"]);
    command.env("REGSTACK_LOG_FORMAT", "text");
    let server = Server::start(command);
    server.log_in(EMAIL, WRONG).await.is(401);
    let line = server.says("/api/auth/login");
    assert!(
        line.contains(" ms ip=127.0.0.1 code=invalid_credentials  "),
        "{line}"
    );
    assert!(!line.contains(EMAIL) && !line.contains(WRONG), "{line}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_login_that_a_page_elsewhere_is_refused_is_explained_once() {
    let place = Place::configured();
    place.set("transport = \"cookie\"");
    let server = place.serve(&[]);
    for _ in 0..2 {
        let request = server.request(reqwest::Method::POST, "/login");
        let request = request.header("origin", "https://elsewhere.example");
        let body = serde_json::json!({"email": "ada@example.com", "password": PASSWORD});
        server.send(request.json(&body)).await.is(403);
    }
    let log = server.stop();
    let told = log
        .lines()
        .filter(|line| line.contains("login refused: with transport"));
    assert_eq!(told.count(), 1, "{log}");
}

/// In the form for programs a cause is a text as it is, not one that was quoted as a text before.
#[tokio::test]
async fn a_cause_is_quoted_once() {
    let place = Place::configured();
    let server = place.serve(&[]);
    place.append("regstack.toml", "\nlog_level = \"warn\nbroken\n");
    server.signal("HUP");
    let line = server.says("keeping the log level");
    let fields: Value = serde_json::from_str(&line).unwrap();
    let cause = fields["cause"].as_str().unwrap();
    assert!(cause.contains("regstack.toml"), "{cause}");
    assert!(!cause.starts_with('"') && !cause.contains('\\'), "{cause}");
}
