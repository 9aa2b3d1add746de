//! Several servers, as processes over one database, are one: on both engines.

use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use crate::support::actor::{PASSWORD, Requests as _, one_succeeds, with_status};
use crate::support::database::{Database, Kind};
use crate::support::on_both_engines;
use crate::support::process::Place;
use crate::support::served::{at_once, eventually, token_in};
use crate::support::smtp_sink::{SmtpSink, decoded};

on_both_engines! {
    a_logout_and_a_lockout_hold_on_all
    registrations_make_one_account_and_each_mail_goes_once
    a_killed_one_leaves_its_messages_to_the_other
}

/// A place over this database, with accounts that need no verification.
fn without_verification(database: &Database) -> Place {
    let place = Place::over(&database.url());
    place.set("require_verification = false");
    place
}

async fn a_logout_and_a_lockout_hold_on_all(kind: Kind) {
    let database = Database::fresh(kind).await;
    let place = without_verification(&database);
    let (one, other) = (place.serve(&[]), place.serve(&[]));
    one.register("ada@example.com").await.is(201);
    let ada = one.signed_in("ada@example.com").await;
    let there = ada.at(&other);
    there.me().await.is(200);
    ada.log_out().await.is(200);
    there.me().await.is(401);

    // Five guesses, spread over both, and the sixth is not looked at by either.
    for guess in 0..5 {
        let server = [&one, &other][guess % 2];
        server.log_in("ada@example.com", "wrong").await.is(401);
    }
    for server in [&one, &other] {
        server.log_in("ada@example.com", PASSWORD).await.is(429);
    }
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
    place.mails_to(port);
    let (one, other) = (place.serve(&[]), place.serve(&[]));
    let answers = at_once(20, |index| {
        [&one, &other][index % 2].register("ada@example.com")
    })
    .await;
    assert_eq!(with_status(&answers, 201), 20);
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
    let mut answers = Vec::new();
    for mail in mails {
        answers.push(other.verify(&token_in(&decoded(&mail))).await);
    }
    one_succeeds(&answers, 200, (400, "invalid_token"));
    let users = place.json(&["users", "list"]);
    assert_eq!(users["items"].as_array().unwrap().len(), 1);
}

async fn a_killed_one_leaves_its_messages_to_the_other(kind: Kind) {
    let database = Database::fresh(kind).await;
    // One mail server takes connections and says nothing; the other works.
    let (silent, silent_port) = listen().await;
    let (listener, port) = listen().await;
    let sink = SmtpSink::on(listener);
    let doomed_place = Place::over(&database.url());
    let place = doomed_place.twin();
    doomed_place.mails_to(silent_port);
    place.mails_to(port);
    let (doomed, other) = (doomed_place.serve(&[]), place.serve(&[]));

    // Until the one that is doomed has a message under its lease: the other one may be quicker.
    let mut registered = 0;
    let held = loop {
        registered += 1;
        let address = format!("user{registered}@example.com");
        doomed.register(&address).await.is(201);
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
    other.get("//readyz").await.is(200);
    let arrived = |number| {
        let to = format!("To: user{number}@example.com");
        sink.mails().iter().any(|mail| mail.contains(&to))
    };
    eventually(|| (1..=registered).all(arrived)).await;
    let waited = killed.elapsed();
    assert!(waited < Duration::from_secs(40), "it waited for {waited:?}");
    other.register("ada@example.com").await.is(201);
}
