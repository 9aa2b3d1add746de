//! Several servers, as processes over one database, are one: on both engines.

use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::client;
use crate::support::database::{Database, Kind};
use crate::support::on_both_engines;
use crate::support::process::{Place, Server};
use crate::support::served::{PASSWORD, at_once, eventually};
use crate::support::smtp_sink::SmtpSink;

on_both_engines! {
    a_logout_and_a_lockout_hold_on_all
    registrations_make_one_account_and_each_mail_goes_once
    a_killed_one_leaves_its_messages_to_the_other
}

async fn post(client: &Client, url: String, body: Value) -> (u16, Value) {
    let answer = client.post(url).json(&body).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or_default())
}

async fn log_in(client: &Client, server: &Server, password: &str) -> (u16, Value) {
    let body = json!({"email": "ada@example.com", "password": password});
    post(client, server.url("/api/auth/login"), body).await
}

async fn me(client: &Client, server: &Server, token: &str) -> u16 {
    let me = client.get(server.url("/api/auth/me")).bearer_auth(token);
    me.send().await.unwrap().status().as_u16()
}

async fn register(client: &Client, server: &Server, email: &str) -> u16 {
    let body = json!({"email": email, "password": PASSWORD});
    post(client, server.url("/api/auth/register"), body).await.0
}

/// A place over this database, with accounts that need no verification.
fn without_verification(database: &Database) -> Place {
    let place = Place::over(&database.url());
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    place.write(
        "regstack.toml",
        &format!("require_verification = false\n{toml}"),
    );
    place
}

async fn a_logout_and_a_lockout_hold_on_all(kind: Kind) {
    let database = Database::fresh(kind).await;
    let place = without_verification(&database);
    let (one, other) = (place.serve(&[]), place.serve(&[]));
    let client = client::client();
    assert_eq!(register(&client, &one, "ada@example.com").await, 201);
    let (status, session) = log_in(&client, &one, PASSWORD).await;
    assert_eq!(status, 200);
    let token = session["access_token"].as_str().unwrap();
    assert_eq!(me(&client, &other, token).await, 200);
    let out = client
        .post(one.url("/api/auth/logout"))
        .bearer_auth(token)
        .send();
    assert_eq!(out.await.unwrap().status(), 200);
    assert_eq!(me(&client, &other, token).await, 401);

    // Five guesses, spread over both, and the sixth is not looked at by either.
    for guess in 0..5 {
        let server = if guess % 2 == 0 { &one } else { &other };
        assert_eq!(log_in(&client, server, "wrong").await.0, 401);
    }
    for server in [&one, &other] {
        assert_eq!(log_in(&client, server, PASSWORD).await.0, 429);
    }
}

/// A place whose mail goes to this port.
fn with_mail(place: &Place, port: u16) {
    place.append(
        "regstack.toml",
        &format!("[email]\nbackend = \"smtp\"\nsmtp_host = \"127.0.0.1\"\nsmtp_port = {port}\nsmtp_starttls = false\n"),
    );
}

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

async fn registrations_make_one_account_and_each_mail_goes_once(kind: Kind) {
    let database = Database::fresh(kind).await;
    let (listener, port) = listen().await;
    let sink = SmtpSink::on(listener);
    let place = Place::over(&database.url());
    with_mail(&place, port);
    let (one, other) = (place.serve(&[]), place.serve(&[]));
    let client = client::client();
    let urls = [
        one.url("/api/auth/register"),
        other.url("/api/auth/register"),
    ];
    let answers = at_once(20, move |index| {
        let (client, url) = (client.clone(), urls[index % 2].clone());
        async move {
            let body = json!({"email": "ada@example.com", "password": PASSWORD});
            post(&client, url, body).await.0
        }
    })
    .await;
    assert_eq!(answers, [201; 20]);
    let pending = place.json(&["db", "status"]);
    let rows = pending["rows"].as_array().unwrap();
    let waiting = rows
        .iter()
        .find(|table| table["name"] == "pending_registrations");
    assert_eq!(waiting.unwrap()["rows"], 1);
    // All mail that is still worth sending has gone; by then none went twice.
    let outbox = || {
        let status = place.json(&["outbox", "list"]);
        status["items"].as_array().unwrap().len()
    };
    eventually(|| !sink.mails().is_empty() && outbox() == 0).await;
    let mut mails = sink.mails();
    let sent = mails.len();
    mails.sort();
    mails.dedup();
    assert_eq!(mails.len(), sent, "a mail was sent twice");
    // Whatever links went out, one of them makes one account.
    let client = client::client();
    let mut verified = 0;
    for mail in mails {
        let url = other.url("/api/auth/verify");
        let (status, _) = post(&client, url, json!({"token": token_of(&mail)})).await;
        assert!([200, 400].contains(&status), "{status}");
        verified += usize::from(status == 200);
    }
    assert_eq!(verified, 1);
    let users = place.json(&["users", "list"]);
    assert_eq!(users["items"].as_array().unwrap().len(), 1);
}

/// The token in a mail's link, which is written as quoted-printable (RFC 2045 §6.7).
fn token_of(mail: &str) -> String {
    let mail = mail.replace("=\n", "").replace("=3D", "=");
    let after = mail.split_once("token=").expect("a link in the mail").1;
    let in_token = |c: &char| c.is_ascii_alphanumeric() || "-_".contains(*c);
    after.chars().take_while(in_token).collect()
}

async fn a_killed_one_leaves_its_messages_to_the_other(kind: Kind) {
    let database = Database::fresh(kind).await;
    // One mail server takes connections and says nothing; the other works.
    let (silent, silent_port) = listen().await;
    let (listener, port) = listen().await;
    let sink = SmtpSink::on(listener);
    let doomed_place = Place::over(&database.url());
    let place = doomed_place.twin();
    with_mail(&doomed_place, silent_port);
    with_mail(&place, port);
    let (doomed, other) = (doomed_place.serve(&[]), place.serve(&[]));
    let client = client::client();

    // Until the one that is doomed has a message under its lease: the other one may be quicker.
    let mut registered = 0;
    let held = loop {
        registered += 1;
        let address = format!("user{registered}@example.com");
        assert_eq!(register(&client, &doomed, &address).await, 201);
        let taken = tokio::time::timeout(Duration::from_secs(3), silent.accept()).await;
        if let Ok(taken) = taken {
            break taken.unwrap();
        }
        assert!(registered < 20, "the other one is always quicker");
    };
    // Dropping it is SIGKILL.
    drop(doomed);
    drop(held);
    let killed = Instant::now();
    let ready = client.get(other.url("/readyz")).send().await.unwrap();
    assert_eq!(ready.status(), 200);
    let arrived = |number| {
        let to = format!("To: user{number}@example.com");
        sink.mails().iter().any(|mail| mail.contains(&to))
    };
    eventually(|| (1..=registered).all(arrived)).await;
    let waited = killed.elapsed();
    assert!(waited < Duration::from_secs(40), "it waited for {waited:?}");
    assert_eq!(register(&client, &other, "ada@example.com").await, 201);
}
