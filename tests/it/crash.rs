//! What was acknowledged survives a dead mail server and a killed process.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::TcpListener;

use crate::support::client::client;
use crate::support::process::Place;
use crate::support::served::{PASSWORD, eventually};
use crate::support::smtp_sink::SmtpSink;

#[tokio::test]
async fn a_mail_outlives_the_mail_server_and_the_process() {
    // A port where nobody listens for now.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let place = Place::configured();
    place.mails_to(port);

    let server = place.serve(&[]);
    let client = client();
    let registration =
        json!({"email": "ada@example.com", "password": PASSWORD, "full_name": "Ada"});
    let started = Instant::now();
    let answer = client
        .post(server.url("/api/auth/register"))
        .json(&registration)
        .send()
        .await
        .unwrap();
    let waited = started.elapsed();
    assert_eq!(answer.status(), 201);
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
    // Quoted-printable (RFC 2045 §6.7): `=` is written as `=3D`, and `=` at a line's end continues it.
    let mail = sink
        .mails()
        .remove(0)
        .replace("=\n", "")
        .replace("=3D", "=");
    let after = mail.split_once("token=").expect("a link in the mail").1;
    let token: String = after
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    let verified = client
        .post(server.url("/api/auth/verify"))
        .json(&json!({"token": token}))
        .send()
        .await
        .unwrap();
    assert_eq!(verified.status(), 200, "{mail}");
    assert_eq!(sink.mails().len(), 1);
}
