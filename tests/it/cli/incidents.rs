//! The incident recipes of docs/operations.md, followed to the letter.

use tokio::net::TcpListener;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::process::Place;
use crate::support::served::eventually;
use crate::support::smtp_sink::SmtpSink;

const ADA: &str = "ada@example.com";
const RECIPES: &str = include_str!("../../../docs/operations.md");

/// Runs a command of the recipes, which has to stand there.
#[track_caller]
fn run(place: &Place, command: &str) -> String {
    assert!(RECIPES.contains(command), "{command} is in no recipe");
    let words: Vec<_> = command.split(' ').skip(1).collect();
    let ran = place.run(&words);
    assert_eq!(ran.code, Some(0), "{command}: {}", ran.stderr);
    ran.stdout
}

#[tokio::test]
async fn a_secret_that_leaked_is_worth_nothing_afterwards() {
    let place = Place::configured().with_account(ADA);
    let server = place.serve(&[]);
    let session = server.signed_in(ADA).await;
    drop(server);

    run(&place, "regstack secret rotate");
    let server = place.serve(&[]);
    session.at(&server).me().await.is(200);
    drop(server);

    // Whoever knows the old secret is still accepted, until its line is gone.
    let file = "regstack.secrets.env";
    let text = std::fs::read_to_string(place.path(file)).unwrap();
    let lines = text.lines();
    let kept: Vec<_> = lines
        .filter(|line| !line.starts_with("REGSTACK_JWT_PREVIOUS_SECRETS="))
        .collect();
    assert_eq!(kept.len() + 1, text.lines().count(), "one line goes");
    assert!(RECIPES.contains("Delete the line `REGSTACK_JWT_PREVIOUS_SECRETS`"));
    place.write(file, &(kept.join("\n") + "\n"));
    let server = place.serve(&[]);
    session.at(&server).me().await.is(401);
    server.signed_in(ADA).await.me().await.is(200);
    server.stop();
}

#[tokio::test]
async fn an_account_that_somebody_got_into_is_its_owners_again() {
    let place = Place::configured().with_account(ADA);
    let server = place.serve(&[]);
    let intruder = server.signed_in(ADA).await;
    let seen = run(&place, "regstack sessions list ada@example.com");
    assert!(seen.contains("127.0.0.1"), "{seen}");
    let events = run(
        &place,
        "regstack events list --user ada@example.com --since 7d",
    );
    assert!(events.contains("user_logged_in"), "{events}");
    run(&place, "regstack users disable ada@example.com --yes");
    intruder.me().await.is(401);
    server
        .log_in(ADA, PASSWORD)
        .await
        .refused(403, "account_disabled");
    run(
        &place,
        "regstack sessions revoke ada@example.com --all --yes",
    );
    run(&place, "regstack users enable ada@example.com --yes");
    intruder.me().await.is(401);
    run(&place, "regstack users send-reset ada@example.com --yes");
    server.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_that_was_dead_leaves_when_the_server_is_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let place = Place::configured().with_account(ADA);
    place.mails_to(port);
    let server = place.serve(&[]);
    for number in 0..5 {
        server
            .register(&format!("user{number}@example.com"))
            .await
            .is(201);
    }
    assert!(RECIPES.contains("regstack outbox list --config /etc/regstack --limit 5"));
    eventually(|| {
        let waiting = place.run(&["outbox", "list", "--limit", "5"]).stdout;
        waiting.contains("refused")
    })
    .await;
    let sink = SmtpSink::on(TcpListener::bind(("127.0.0.1", port)).await.unwrap());
    assert!(RECIPES.contains("regstack outbox retry --all --yes"));
    assert_eq!(
        place.run(&["outbox", "retry", "--all", "--yes"]).code,
        Some(0)
    );
    eventually(|| sink.mails().len() == 5).await;
    server.stop();
}
