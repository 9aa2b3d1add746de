//! `regstack outbox`.

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::process::{Place, end_of};
use crate::support::smtp_sink::SmtpSink;

const NOBODYS: &str = "6b03e600439e14476a4e3b06";

fn items(list: &Value) -> &Vec<Value> {
    list["items"].as_array().unwrap()
}

fn ids(list: &Value) -> Vec<String> {
    let ids = items(list).iter().map(|item| item["id"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

/// One whose outbox holds a message to each.
async fn queued(addresses: &[&str]) -> Place {
    Place::configured().with_registrations(addresses).await
}

/// A port where nobody listens.
async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn list_shows_envelopes_and_never_what_is_in_them() {
    let place = queued(&["ada@example.com", "bob@example.com"]).await;
    let list = place.json(&["outbox", "list"]);
    assert_eq!(
        items(&list)
            .iter()
            .map(|item| &item["to"])
            .collect::<Vec<_>>(),
        ["bob@example.com", "ada@example.com"],
        "newest first"
    );
    let fields: Vec<&str> = items(&list)[0]
        .as_object()
        .unwrap()
        .keys()
        .map(|key| &**key)
        .collect();
    assert_eq!(
        fields,
        [
            "id",
            "kind",
            "to",
            "state",
            "attempts",
            "last_error",
            "created_at",
            "not_before"
        ]
    );
    assert_eq!(items(&list)[0]["state"], "waiting");
    for arguments in [
        &["outbox", "list"][..],
        &["outbox", "list", "--format", "csv"],
        &["outbox", "list", "--format", "json"],
    ] {
        let ran = place.run(arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        assert!(ran.stdout.contains("ada@example.com"), "{}", ran.stdout);
        for secret in ["token", "http", "canary", "Lovelace"] {
            assert!(
                !ran.stdout.contains(secret),
                "{arguments:?}: {}",
                ran.stdout
            );
        }
    }
    let first = place.json(&["outbox", "list", "--limit", "1"]);
    let next = first["next"].as_str().unwrap();
    let second = place.json(&["outbox", "list", "--limit", "1", "--after", next]);
    assert_eq!([ids(&first), ids(&second)].concat(), ids(&list));
    assert_eq!(second["next"], Value::Null);

    let failed = place.run(&["outbox", "list", "--state", "failed"]);
    assert_eq!(
        (failed.stdout.as_str(), failed.stderr.as_str()),
        ("", "no message has failed\n")
    );
    let (shown, code) = end_of(&mut place.on_terminal(80, &["outbox", "list"]));
    assert_eq!(code, 0);
    for line in shown.lines() {
        assert!(console::measure_text_width(line) <= 80, "{line:?}");
    }
}

#[tokio::test]
async fn where_mail_is_only_logged_a_retry_leaves_it_to_the_server() {
    let place = queued(&["ada@example.com"]).await;
    place
        .raw()
        .execute(
            "update outbox set failed_at = 1, expires_at = 1, last_error = 'no'",
            [],
        )
        .unwrap();
    let list = place.json(&["outbox", "list"]);
    assert_eq!(items(&list)[0]["state"], "failed");
    let id = &ids(&list)[0];
    let ran = place.run(&["outbox", "retry", id]);
    assert_eq!(
        (ran.code, ran.stdout, ran.stderr.as_str()),
        (Some(0), format!("due {id}\n"), "")
    );
    let list = place.json(&["outbox", "list", "--state", "waiting"]);
    assert_eq!(&ids(&list)[0], id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_sends_at_once_where_it_can() {
    let place = queued(&["ada@example.com", "bob@example.com"]).await;
    let list = place.json(&["outbox", "list"]);
    let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
    let [bob, ada] = <[String; 2]>::try_from(ids(&list)).unwrap();
    place.mails_to(sink.port());
    // Bob's is not due yet.
    place
        .raw()
        .execute(
            "update outbox set not_before = not_before + 300000 where id = ?1",
            [&bob],
        )
        .unwrap();
    let sent = place.json(&["outbox", "retry", &ada, &ada]);
    assert_eq!(
        sent["items"],
        json!([{"id": ada, "outcome": "sent", "error": null}])
    );
    assert_eq!(sink.mails().len(), 1);
    assert!(sink.mails()[0].contains("To: ada@example.com"));
    assert_eq!(ids(&place.json(&["outbox", "list"])), [&*bob]);
    assert_eq!(
        place.run(&["outbox", "retry", &bob]).stdout,
        format!("sent {bob}\n")
    );
    assert_eq!(
        place.run(&["outbox", "list"]).stderr,
        "the outbox is empty: everything was sent\n"
    );
}

#[tokio::test]
async fn a_retry_that_fails_says_why() {
    let place = queued(&["ada@example.com"]).await;
    place.mails_to(free_port().await);
    let id = ids(&place.json(&["outbox", "list"])).remove(0);
    place
        .run(&["outbox", "retry", &id])
        .refused(1, &[&id, "wasn't sent", "refused", "a server will retry"]);
    let list = place.json(&["outbox", "list"]);
    assert_eq!(items(&list)[0]["attempts"], 1);
    assert!(
        items(&list)[0]["last_error"]
            .as_str()
            .unwrap()
            .contains("refused")
    );
}

#[tokio::test]
async fn deleting_needs_consent_and_takes_several() {
    let place = queued(&["ada@example.com", "bob@example.com"]).await;
    let ids = ids(&place.json(&["outbox", "list"]));
    place
        .run(&["outbox", "delete", &ids[0], &ids[1]])
        .refused(2, &["2 messages", "--yes"]);
    assert_eq!(items(&place.json(&["outbox", "list"])).len(), 2);
    let ran = place.run(&["outbox", "delete", &ids[0], NOBODYS, "--yes"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(
        ran.stdout,
        format!(
            "deleted {}\nfailed {NOBODYS}: no such message: it was already sent or deleted\n1 done, 1 failed, 0 untouched\n",
            ids[0]
        )
    );
    let left = place.json(&["outbox", "list"]);
    assert_eq!(self::ids(&left), [&*ids[1]]);
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_no_message() {
    let place = queued(&[]).await;
    for act in ["retry", "delete"] {
        place
            .run(&["outbox", act, NOBODYS, "--yes"])
            .refused(1, &[NOBODYS, "no such message", "regstack outbox list"]);
    }
    Place::configured()
        .run(&["outbox", "list"])
        .refused(4, &["there is no database at"]);
}

#[test]
fn mistakes_get_a_sentence() {
    let place = Place::empty();
    for (arguments, words) in [
        (
            &["outbox"][..],
            &["regstack outbox needs a command: list, retry, delete"][..],
        ),
        (&["outbox", "lsit"], &["lsit", "'list'"]),
        (
            &["outbox", "list", "--state", "sent"],
            &["--state", "waiting, failed"],
        ),
        (&["outbox", "list", "--after", "x"], &["--after", "next"]),
        (
            &["outbox", "retry"],
            &["<ID|", "--all", "regstack outbox retry --help"],
        ),
        (&["outbox", "retry", "7"], &["24 hexadecimal digits"]),
        (
            &["outbox", "delete", "\u{1b}[2J"],
            &["24 hexadecimal digits"],
        ),
    ] {
        place.run(arguments).refused(2, words);
    }
}

#[tokio::test]
async fn while_the_mail_server_is_down_every_mail_is_queued_and_that_is_no_failure() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    place.mails_to(free_port().await);
    for (arguments, word) in [
        (
            ["users", "send-reset", "ada@example.com"].as_slice(),
            "queued ada@",
        ),
        (
            &["users", "resend-verification", "ada@example.com"],
            "queued ada@",
        ),
        (&["users", "create", "bob@example.com", "--invite"], "bob@"),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stdout.contains(word), "{arguments:?}: {}", ran.stdout);
        assert!(
            ran.stderr.contains("queued"),
            "{arguments:?}: {}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("refused"),
            "{arguments:?}: {}",
            ran.stderr
        );
    }
    let list = place.json(&["outbox", "list"]);
    assert_eq!(items(&list).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_messages_or_those_of_a_state_are_retried_and_deleted_at_once() {
    let place = queued(&["ada@example.com", "bob@example.com", "eve@example.com"]).await;
    let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
    for command in ["retry", "delete"] {
        place.run(&["outbox", command]).refused(2, &["--all"]);
        place
            .run(&["outbox", command, "--state", "waiting"])
            .refused(2, &["3", "--yes"]);
        place
            .run(&["outbox", command, NOBODYS, "--all", "--yes"])
            .refused(2, &["cannot be used with"]);
        let none = place.run(&["outbox", command, "--all", "--state", "failed", "--yes"]);
        assert_eq!(
            (none.code, none.stderr.as_str()),
            (Some(0), "no matching messages\n")
        );
    }
    place.mails_to(sink.port());
    let one = &ids(&place.json(&["outbox", "list"]))[0];
    assert_eq!(place.json(&["outbox", "delete", one, "--yes"])["done"], 1);
    let sent = place.json(&["outbox", "retry", "--state", "waiting", "--yes"]);
    assert_eq!((&sent["done"], &sent["failed"]), (&json!(2), &json!(0)));
    let place = queued(&["ada@example.com", "bob@example.com"]).await;
    assert_eq!(
        place.json(&["outbox", "delete", "--all", "--yes"])["done"],
        2
    );
    assert_eq!(items(&place.json(&["outbox", "list"])).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_left_meanwhile_is_not_counted_as_tried_again() {
    let addresses = ["ada@example.com", "bob@example.com", "eve@example.com"];
    let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
    for (command, sent) in [("retry", 2), ("delete", 0)] {
        let place = queued(&addresses).await;
        place.mails_to(sink.port());
        // Between the list and the act somebody else sends Bob's.
        let trigger = if command == "retry" {
            "after update"
        } else {
            "after delete"
        };
        let meanwhile = format!(
            "create trigger meanwhile {trigger} on outbox when old.recipient = 'eve@example.com'
             begin delete from outbox where recipient = 'bob@example.com'; end"
        );
        place.raw().execute_batch(&meanwhile).unwrap();
        let summary = place.json(&["outbox", command, "--all", "--yes"]);
        let counts = ["done", "failed", "skipped", "untouched"].map(|count| summary[count].clone());
        assert_eq!(
            counts,
            [json!(2), json!(0), json!(1), json!(0)],
            "{command}"
        );
        let gone = items(&summary)
            .iter()
            .filter(|item| item["outcome"] == "gone");
        assert_eq!(gone.count(), 1);
        assert_eq!(sink.mails().len(), 2.min(sent + 2), "{command}");
    }
}
