//! `regstack pending`.

use serde_json::{Value, json};

use crate::support::process::{Place, operator};

async fn waiting(addresses: &[&str]) -> Place {
    let place = Place::configured().with_registrations(addresses).await;
    // Two of one moment would be listed by their addresses.
    place
        .raw()
        .execute_batch("update pending_registrations set created_at = created_at - (email_key = 'ada@example.com')")
        .unwrap();
    place
}

fn addresses(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["email"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn list_shows_who_waits_and_never_their_link() {
    let place = waiting(&["ada@example.com", "bob@example.com"]).await;
    let list = place.json(&["pending", "list"]);
    assert_eq!(addresses(&list), ["bob@example.com", "ada@example.com"]);
    assert_eq!(list["items"][0]["full_name"], "Ada Lovelace");
    let first = place.json(&["pending", "list", "--limit", "1"]);
    let next = first["next"].as_str().unwrap();
    let second = place.json(&["pending", "list", "--limit", "1", "--after", next]);
    assert_eq!(addresses(&second), ["ada@example.com"]);
    let table = place.run(&["pending", "list"]).stdout;
    assert!(
        table.starts_with("EMAIL") && !table.contains("canary"),
        "{table}"
    );
    let all = place
        .run(&["pending", "list", "--all", "--format", "csv"])
        .stdout;
    assert_eq!(all.lines().count(), 3);
    assert!(
        all.starts_with("email,full_name,created_at,expires_at\n"),
        "{all}"
    );
}

#[tokio::test]
async fn a_promotion_makes_an_account_with_the_password_that_was_chosen() {
    let place = waiting(&["ada@example.com"]).await;
    let ran = place.run(&["pending", "promote", "Ada@Example.com", "zoe@example.com"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.stdout,
        "promoted ada@example.com\nfailed zoe@example.com: no such pending registration\n1 done, 1 failed, 0 untouched\n"
    );
    let shown = place.json(&["users", "show", "ada"]);
    assert_eq!(shown["user"]["is_verified"], true);
    assert_eq!(shown["events"][0]["type"], "user_verified");
    assert_eq!(shown["events"][0]["actor"], operator());
    place
        .run(&["pending", "promote", "ada@example.com"])
        .refused(
            1,
            &["no such pending registration", "regstack pending list"],
        );
    let none = place.run(&["pending", "list"]);
    assert_eq!(none.stderr, "no registration is pending\n");
}

#[tokio::test]
async fn deleting_needs_consent_and_takes_the_link_along() {
    let place = waiting(&["ada@example.com", "bob@example.com"]).await;
    place
        .run(&["pending", "delete", "ada@example.com"])
        .refused(2, &["ada@example.com", "--yes"]);
    place
        .run(&["pending", "delete", "ada@example.com", "bob@example.com"])
        .refused(2, &["2 registrations", "--yes"]);
    let deleted = place.json(&["pending", "delete", "ada@example.com", "--yes"]);
    assert_eq!(
        deleted["items"],
        json!([{"email": "ada@example.com", "outcome": "deleted", "error": null}])
    );
    assert_eq!(
        addresses(&place.json(&["pending", "list"])),
        ["bob@example.com"]
    );
    let outbox = place.json(&["outbox", "list"]);
    assert_eq!(
        outbox["items"].as_array().unwrap().len(),
        1,
        "the mail went too"
    );
    place
        .run(&["pending", "delete", "nobody"])
        .refused(2, &["not a valid email address"]);
}

#[tokio::test]
async fn a_part_of_the_address_or_name_finds_registrations() {
    let place = waiting(&["ada@example.com", "bob@example.org"]).await;
    for (part, expected) in [
        ("EXAMPLE.com", &["ada@example.com"][..]),
        ("bo", &["bob@example.org"]),
        ("LOVELACE", &["bob@example.org", "ada@example.com"]),
        ("xa", &[]),
        ("%", &[]),
    ] {
        let ran = place.run(&["pending", "list", "--json", "-q", "--q", part]);
        let list: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(addresses(&list), expected, "{part}");
    }
    let none = place.run(&["pending", "list", "--q", "nobody"]);
    assert_eq!(
        (none.code, none.stderr.as_str()),
        (Some(0), "no matching registrations\n")
    );
}
