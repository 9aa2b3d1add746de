//! What was acknowledged survives a dead mail server and a killed process.

use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::process::Place;
use crate::support::served::{eventually, token_in};
use crate::support::smtp_sink::{SmtpSink, decoded};

#[tokio::test]
async fn a_mail_outlives_the_mail_server_and_the_process() {
    // A port where nobody listens for now.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let place = Place::configured();
    place.mails_to(port);

    let server = place.serve(&[]);
    let started = Instant::now();
    let answer = server.register("ada@example.com").await;
    let waited = started.elapsed();
    answer.is(201);
    assert!(
        waited < Duration::from_secs(2),
        "the answer waited for the mail server: {waited:?}"
    );
    // Dropping it is SIGKILL: nothing is finished, nothing is said.
    drop(server);

    let bytes = place.bytes_of("accounts.db");
    let holds = |needle: &str| {
        bytes
            .windows(needle.len())
            .any(|window| window == needle.as_bytes())
    };
    assert!(holds("ada@example.com"), "this is the database");
    for secret in ["/verify", "token=", PASSWORD, place.secret()] {
        assert!(!holds(secret), "a secret waits in the clear");
    }

    let sink = SmtpSink::on(TcpListener::bind(("127.0.0.1", port)).await.unwrap());
    let server = place.serve(&[]);
    // At once, or when the lease of the killed process has run out, if it was trying to send just then.
    eventually(|| !sink.mails().is_empty()).await;
    let mail = decoded(&sink.mails()[0]);
    server.verify(&token_in(&mail)).await.is(200);
    assert_eq!(sink.mails().len(), 1);
}
