//! How many commands of the MongoDB server it takes to go over many accounts.

use std::collections::BTreeMap;

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{DateTime, Document, doc};
use serde_json::{Value, json};

use crate::support::database::{Database, Kind};
use crate::support::process::Place;

/// Accounts that the Python package wrote, some of which are linked to a provider, and identities that are left of two others.
async fn written_by_the_package(count: i64, linked_every: usize) -> (Database, Place) {
    let database = Database::fresh(Kind::Mongo).await;
    let place = Place::over(&database.wired_url());
    assert_eq!(place.run(&["db", "migrate"]).code, Some(0));
    let ids: Vec<ObjectId> = (0..count + 2).map(|_| ObjectId::new()).collect();
    let linked = ids.iter().enumerate().step_by(linked_every).map(|(number, id)| {
        let at = DateTime::from_millis(1_000);
        doc! { "user_id": id.to_hex(), "provider": "google", "subject_id": format!("s{number}"), "linked_at": at }
    });
    let linked: Vec<Document> = linked.collect();
    let users = ids.iter().take(usize::try_from(count).unwrap());
    let users = users.zip(0..).map(|(id, number): (_, i64)| {
        let at = DateTime::from_millis(1_000 + number / 3);
        doc! { "_id": id, "email": format!("u{number}@example.com"), "is_active": true, "created_at": at }
    });
    let users: Vec<Document> = users.collect();
    let collection = database.collection("users").await;
    collection.insert_many(users).await.unwrap();
    let collection = database.collection("oauth_identities").await;
    collection.insert_many(linked).await.unwrap();
    (database, place)
}

/// Runs a command. Returns what it printed, and how often it sent which commands about accounts and identities.
fn sent(database: &Database, place: &Place, arguments: &[&str]) -> (String, Vec<String>) {
    database.wire().commands();
    let ran = place.run(arguments);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for command in database.wire().commands() {
        let (name, value) = command.iter().next().unwrap();
        let collection = value.as_str().or(command.get_str("collection").ok());
        let is_about = matches!(collection, Some("users" | "oauth_identities"));
        if is_about && !name.to_lowercase().contains("index") {
            let name = format!("{name} {}", collection.unwrap());
            *counts.entry(name).or_default() += 1;
        }
    }
    let counts = counts.iter().map(|(name, count)| format!("{count} {name}"));
    (ran.stdout, counts.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_accounts_take_a_few_commands_a_page() {
    let (database, place) = written_by_the_package(1_100, 10).await;
    let (list, commands) = sent(
        &database,
        &place,
        &["users", "list", "--all", "--format", "csv"],
    );
    assert_eq!(list.lines().count(), 1_101);
    assert_eq!(commands, ["2 find users"]);

    let (lines, commands) = sent(&database, &place, &["users", "export"]);
    assert_eq!(lines.lines().count(), 1_100);
    assert_eq!(commands, ["2 find oauth_identities", "2 find users"]);
    let one: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(one["identities"][0]["provider"], "google");

    // Two groups of two hundred and one of fifty, which is all new.
    let row = |number: u32| {
        let number = if number < 400 {
            number
        } else {
            number + 10_000
        };
        json!({ "email": format!("u{number}@example.com"),
            "identities": [{ "provider": "google", "subject_id": format!("s{number}") }] })
    };
    let rows: Vec<String> = (0..450).map(|number| row(number).to_string()).collect();
    place.write("users.jsonl", &rows.join("\n"));
    let dry_run = ["users", "import", "users.jsonl", "--dry-run", "--json"];
    let (report, commands) = sent(&database, &place, &dry_run);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(
        (&report["created"], &report["skipped"]),
        (&json!(50), &json!(400))
    );
    assert_eq!(commands, ["3 find oauth_identities", "11 find users"]);
}

/// The first list by provider is a request that somebody waits for, however many accounts there are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_package_did_not_write_is_added_by_upkeep() {
    let (database, place) = written_by_the_package(600, 1).await;
    let list = ["users", "list", "--login-method", "oidc:google", "--json"];
    let (first, commands) = sent(&database, &place, &list);
    let first: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(first["items"].as_array().unwrap().len(), 50);
    let bounded = [
        "2 find oauth_identities",
        "2 find users",
        "1 update oauth_identities",
    ];
    assert_eq!(commands, bounded);
    place.json(&["db", "purge"]);
    let all = [&list[..], &["--all"]].concat();
    let (all, commands) = sent(&database, &place, &all);
    let all: Value = serde_json::from_str(&all).unwrap();
    assert_eq!(all["items"].as_array().unwrap().len(), 600);
    assert!(
        commands.iter().all(|command| !command.contains("update")),
        "{commands:?}"
    );
}
