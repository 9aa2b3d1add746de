//! The database, its schema, its accounts, its outbox.

use mongodb::bson::doc;

use super::{diagnosed, healthy, installed};
use crate::support::database::{Database, Kind};
use crate::support::process::Place;

#[tokio::test]
async fn a_database_that_is_not_there_is_one_failure() {
    let place = Place::configured();
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis
        .ends_with(1)
        .says(
            "fail",
            "database",
            &["there is no database at", "database_url: regstack.toml:2"],
            "regstack db migrate",
        )
        .says("skipped", "schema", &["needs a database that answers"], "")
        .says("skipped", "accounts", &[], "")
        .says("skipped", "outbox", &[], "");
    assert!(!place.path("accounts.db").exists(), "looking makes nothing");
}

#[tokio::test]
async fn where_nothing_is_configured_setting_it_up_comes_first() {
    let diagnosis = diagnosed(&Place::empty(), &[]).await;
    diagnosis.ends_with(2).says(
        "fail",
        "database",
        &["there is no database at", "database_url: default"],
        "regstack init",
    );
}

#[tokio::test]
async fn a_database_of_another_program_is_left_alone() {
    let place = Place::configured();
    place
        .raw()
        .execute_batch("create table notes (text)")
        .unwrap();
    let before = place.bytes_of("accounts.db");
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.ends_with(1).says(
        "fail",
        "database",
        &["another program", "regstack.toml:2"],
        "use another database",
    );
    assert_eq!(place.bytes_of("accounts.db"), before);
}

#[tokio::test]
async fn a_server_that_is_away_is_one_failure_and_shows_no_password() {
    let place = Place::over("mongodb://me:canary@127.0.0.1:1/app?serverSelectionTimeoutMS=300");
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis
        .ends_with(1)
        .says(
            "fail",
            "database",
            &["can't be reached", "database_url: regstack.toml:2"],
            "regstack config show",
        )
        .says("skipped", "indexes", &["needs a database that answers"], "");
}

#[tokio::test]
async fn a_schema_that_is_not_what_it_has_to_be_is_named() {
    let place = Place::configured();
    // As a first start leaves it that ends before its first migration.
    let empty = "create table none (one); drop table none";
    place.raw().execute_batch(empty).unwrap();
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis
        .ends_with(1)
        .says("ok", "database", &[], "")
        .says(
            "fail",
            "schema",
            &["migration 0001_accounts is missing"],
            "regstack db migrate",
        )
        .says("skipped", "accounts", &["needs the right schema"], "")
        .says("skipped", "outbox", &["needs the right schema"], "");

    let (place, _sink) = healthy().await;
    let drift = "drop index users_newest; update user_counts set total = 9";
    place.raw().execute_batch(drift).unwrap();
    let diagnosis = diagnosed(&place, &[]).await;
    let words = [
        "index users_newest is missing",
        "totals user_counts is 9 accounts, 1 active, 1 verified, 1 administrator, not 1 account, 1 active",
    ];
    diagnosis
        .ends_with(1)
        .says("fail", "schema", &words, "regstack db migrate");
    assert_eq!(place.run(&["db", "migrate"]).code, Some(0));
    diagnosed(&place, &[]).await.ends_with(0);
}

#[tokio::test]
async fn accounts_are_looked_at() {
    let (place, _sink) = healthy().await;
    let raw = place.raw();
    raw.execute_batch("update users set email = 'Ada@Example.com'")
        .unwrap();
    let diagnosis = diagnosed(&place, &[]).await;
    let words = ["capital letters", "Ada@Example.com"];
    diagnosis
        .ends_with(0)
        .says("warn", "accounts", &words, "found in any spelling");

    raw.execute_batch("update users set email = email_key, is_superuser = 0")
        .unwrap();
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis
        .ends_with(0)
        .says("ok", "accounts", &["1 account, 0 administrators"], "");
    // With the admin API, somebody should be able to use it.
    place.set("enable_admin_router = true");
    let diagnosis = diagnosed(&place, &[]).await;
    let words = ["1 account, 0 administrators", "nobody is an administrator"];
    diagnosis
        .ends_with(0)
        .says("warn", "accounts", &words, "regstack create-admin");

    // Hashed with 64 KiB in one pass.
    raw.execute_batch("update users set is_superuser = 1")
        .unwrap();
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    for (memory, words, remedy) in [
        (
            "memory_kib = 65",
            "1 of the 1 oldest password hashes are weaker",
            "when its owner logs in",
        ),
        (
            "memory_kib = 16",
            "1 of the 1 oldest password hashes cost at least four times",
            "[password]",
        ),
    ] {
        place.write("regstack.toml", &toml.replace("memory_kib = 64", memory));
        diagnosed(&place, &[])
            .await
            .ends_with(0)
            .says("warn", "accounts", &[words], remedy);
    }
    for near in ["memory_kib = 17", "memory_kib = 64"] {
        place.write("regstack.toml", &toml.replace("memory_kib = 64", near));
        diagnosed(&place, &[])
            .await
            .ends_with(0)
            .says("ok", "accounts", &[], "");
    }
    raw.execute_batch("update users set hashed_password = '$canary$'")
        .unwrap();
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis
        .ends_with(0)
        .says("warn", "accounts", &["can't be evaluated"], "send-reset");
}

#[tokio::test]
async fn messages_that_do_not_leave_are_warned_of() {
    let place = installed()
        .with_registrations(&["bob@example.com", "eve@example.com"])
        .await;
    diagnosed(&place, &[])
        .await
        .says("ok", "outbox", &["2 messages waiting to be sent"], "");
    let raw = place.raw();
    raw.execute_batch("update outbox set created_at = created_at - 660000")
        .unwrap();
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.ends_with(0).says(
        "warn",
        "outbox",
        &["2 messages waiting, the oldest for 11 minutes"],
        "start regstack serve",
    );
    raw.execute_batch(
        "update outbox set last_error = 'mail server: refused', created_at = created_at + 660000",
    )
    .unwrap();
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.ends_with(0).says(
        "warn",
        "outbox",
        &["2 messages being retried: mail server: refused"],
        "regstack outbox list",
    );
    raw.execute_batch("update outbox set failed_at = created_at")
        .unwrap();
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.ends_with(0).says(
        "warn",
        "outbox",
        &["2 messages failed permanently"],
        "regstack outbox list",
    );
}

#[tokio::test]
async fn missing_and_other_indexes_of_a_server_are_named_and_not_mended() {
    let database = Database::fresh(Kind::Mongo).await;
    let place = Place::over(&database.url());
    place.create_admin("ada@example.com");
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis
        .ends_with(0)
        .says(
            "ok",
            "database",
            &["MongoDB 8.2.", "replica set", " ms"],
            "",
        )
        .says("ok", "indexes", &["current"], "")
        .says("ok", "accounts", &["1 account, 1 administrator"], "")
        .says("ok", "outbox", &["empty"], "");

    let users = database.collection("users").await;
    users.drop_index("email_unique").await.unwrap();
    let pending = database.collection("pending_registrations").await;
    pending.drop_index("pending_ttl").await.unwrap();
    let options = mongodb::options::IndexOptions::builder()
        .name("pending_ttl".to_owned())
        .expire_after(std::time::Duration::from_mins(1))
        .build();
    let other = mongodb::IndexModel::builder()
        .keys(doc! { "expires_at": 1 })
        .options(options)
        .build();
    pending.create_index(other).await.unwrap();
    for _ in 0..2 {
        let diagnosis = diagnosed(&place, &[]).await;
        let words = [
            "users.email_unique is missing",
            "pending_registrations.pending_ttl is (expires_at 1) removing after 60 s, not (expires_at 1) removing after 0 s",
        ];
        diagnosis
            .ends_with(1)
            .says("fail", "indexes", &words, "regstack db migrate")
            .says("ok", "outbox", &["empty"], "");
    }
    users
        .insert_one(doc! { "email": "Bob@Example.com", "is_active": true })
        .await
        .unwrap();
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.says("warn", "accounts", &["Bob@Example.com"], "any spelling");
}
