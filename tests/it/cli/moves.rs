//! `regstack users set-email` and `set-name`: what support corrects for people.

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::process::Place;
use crate::support::smtp_sink::SmtpSink;

fn user(place: &Place, name: &str) -> Value {
    place.json(&["users", "show", name])["user"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_changed_the_old_one_told_and_the_new_one_asked_for_a_proof() {
    let place = Place::configured().with_account("ada@example.com");
    let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
    place.mails_to(sink.port());
    let ran = place.run(&["users", "set-email", "ada", "Ada@Example.org"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (
            Some(0),
            "ada@example.com now has the email address ada@example.org\n"
        ),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("ada@example.com was notified by email")
            && ran
                .stderr
                .contains("ada@example.org was asked to verify by email"),
        "{ran:?}"
    );
    let mails = sink.mails();
    let to = |address: &str| {
        let to = format!("To: {address}");
        let mut mails = mails.iter().filter(|mail| mail.contains(&to));
        mails
            .next()
            .unwrap_or_else(|| panic!("{address}: {mails:?}"))
            .clone()
    };
    assert!(
        !to("ada@example.com").contains("ada@example.org"),
        "a stranger's, perhaps"
    );
    assert!(to("ada@example.org").contains("verify"));
    let ada = user(&place, "ada@example.org");
    assert_eq!(
        (&ada["is_verified"], &ada["is_active"]),
        (&json!(false), &json!(true))
    );
    let events = place.json(&["users", "show", "ada@example.org"])["events"].clone();
    let kinds: Vec<&str> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds[..2], ["verification_requested", "email_changed"]);

    let same = place.run(&["users", "set-email", "ada", "ada@example.org"]);
    assert_eq!(
        (same.code, same.stdout.as_str(), same.stderr.as_str()),
        (Some(0), "unchanged ada@example.org\n", "")
    );
    let known = [
        "users",
        "set-email",
        "--email",
        "ada",
        "ada@example.net",
        "--verified",
        "--no-undo",
        "-q",
    ];
    assert_eq!(place.json(&known)["user"]["is_verified"], true);
    assert_eq!(user(&place, "ada")["email"], "ada@example.net");
}

#[tokio::test]
async fn a_taken_or_malformed_address_is_refused_and_a_registration_gives_way() {
    let place = Place::configured()
        .with_users(&["ada@example.com", "bob@example.com"])
        .with_registrations(&["free@example.com"])
        .await;
    place
        .run(&["users", "set-email", "ada", "BOB@example.com"])
        .refused(
            1,
            &[
                "already has an account",
                "regstack users show bob@example.com",
            ],
        );
    place
        .run(&["users", "set-email", "ada", "nobody"])
        .refused(2, &["\"nobody\" isn't an email address"]);
    place
        .run(&["users", "set-email", "carl", "x@example.com"])
        .refused(1, &["no account matches \"carl\""]);
    place
        .run(&["users", "set-email", "ada"])
        .refused(2, &["<NEW>"]);
    place
        .run(&[
            "users",
            "set-email",
            "ada",
            "x@example.com",
            "--email",
            "bob",
        ])
        .refused(2, &["named twice"]);
    assert_eq!(user(&place, "ada")["email"], "ada@example.com");
    let ran = place.run(&["users", "set-email", "ada", "free@example.com"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let pending = place.json(&["pending", "list"]);
    // Its own link to prove the address, and no stranger's.
    let items = pending["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{pending}");
    assert_eq!(items[0]["full_name"], Value::Null);
}

#[test]
fn a_name_is_changed_and_cleared() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    let ran = place.run(&["users", "set-name", "ada", "Ada Lovelace"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (
            Some(0),
            "ada@example.com now has the name Ada Lovelace\n",
            ""
        )
    );
    let again = place.run(&[
        "users",
        "set-name",
        "--email",
        "ada@example.com",
        "Ada Lovelace",
    ]);
    assert_eq!(again.stdout, "unchanged ada@example.com\n");
    let cleared = place.json(&["users", "set-name", "ada", ""]);
    assert_eq!(cleared["user"]["full_name"], Value::Null);
    let events = place.json(&["events", "list", "--type", "name_changed"]);
    assert_eq!(events["items"].as_array().unwrap().len(), 2);
    let long = "a".repeat(5000);
    place
        .run(&["users", "set-name", "ada", &long])
        .refused(2, &["ada can't have this name"]);
}
