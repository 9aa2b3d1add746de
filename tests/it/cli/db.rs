//! `regstack db`.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::process::{Place, end_of};

/// Every file of a place, with all its bytes.
fn files(place: &Place) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(place.path(".")).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

/// One with a database in it.
fn migrated() -> Place {
    let place = Place::configured();
    assert_eq!(place.run(&["db", "migrate"]).code, Some(0));
    place
}

#[test]
fn status_of_no_database_says_how_to_make_one_and_makes_none() {
    let place = Place::configured();
    let before = files(&place);
    place.run(&["db", "status"]).refused(
        4,
        &[
            "there is no database at",
            place.path("accounts.db").to_str().unwrap(),
            "regstack db migrate",
        ],
    );
    place
        .run(&["db", "purge"])
        .refused(4, &["there is no database at"]);
    assert_eq!(files(&place), before);
}

#[test]
fn status_changes_nothing() {
    let place = Place::configured();
    // A database without a table, and no empty file, which is none.
    let made = place
        .raw()
        .execute_batch("create table t (n); drop table t");
    made.unwrap();
    let before = files(&place);
    let ran = place.run(&["db", "status"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stdout
            .contains("FAIL  migration 0001_accounts is missing"),
        "{}",
        ran.stdout
    );
    assert!(ran.stderr.contains("regstack db migrate"), "{}", ran.stderr);
    let ran = place.run(&["db", "status", "--json"]);
    let status: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &status["current"]), (Some(1), &json!(false)));
    assert_eq!(files(&place), before, "an older schema stays as it is");

    let place = migrated();
    let before = files(&place);
    assert_eq!(place.run(&["db", "status"]).code, Some(0));
    assert_eq!(files(&place), before);
}

#[test]
fn status_tells_engine_place_schema_and_rows() {
    let place = Place::configured().with_users(&["ada@example.com", "bob@example.com"]);
    let status = place.json(&["db", "status"]);
    assert_eq!(status["current"], true);
    assert!(status["engine"].as_str().unwrap().starts_with("SQLite 3."));
    assert_eq!(status["place"], place.path("accounts.db").to_str().unwrap());
    assert_eq!(status["topology"], Value::Null);
    assert!(status["bytes"].as_u64().unwrap() > 10_000);
    assert_eq!(
        status["schema"][0],
        json!({"name": "migration 0001_accounts", "state": "current"})
    );
    let rows = status["rows"].as_array().unwrap();
    assert!(
        rows.contains(&json!({"name": "users", "rows": 2})),
        "{status}"
    );
    assert!(
        rows.contains(&json!({"name": "events", "rows": 2})),
        "{status}"
    );

    let text = place.run(&["db", "status"]).stdout;
    let words: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    for line in [
        &["schema", "current"][..],
        &["KEPT", "ROWS"],
        &["users", "2"],
    ] {
        assert!(words.iter().any(|words| words == line), "{line:?}: {text}");
    }
    let (shown, code) = end_of(&mut place.on_terminal(60, &["db", "status"]));
    assert!(
        code == 0 && shown.contains("\u{1b}[38;5;2mcurrent"),
        "{shown:?}"
    );
}

#[test]
fn migrate_makes_the_database_once_under_both_names() {
    for command in [&["db", "migrate"][..], &["migrate"]] {
        let place = Place::configured();
        let path = place.path("accounts.db");
        let ran = place.run(command);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
        // Every migration that there is, in its order.
        let mut migrations: Vec<String> = fs::read_dir("src/store/sqlite/migrations")
            .unwrap()
            .map(|file| file.unwrap().path())
            .map(|file| file.file_stem().unwrap().display().to_string())
            .collect();
        migrations.sort();
        let applied = migrations
            .iter()
            .map(|name| format!("applied migration {name}\n"));
        let made = format!("created {}\n", path.display());
        assert_eq!(
            ran.stdout,
            std::iter::once(made).chain(applied).collect::<String>()
        );
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(
            place.run(command).stdout,
            "the schema is current: nothing was done\n"
        );
        assert_eq!(place.json(command), json!({"done": []}));
        assert_eq!(place.run(&["users", "list"]).code, Some(0));
    }
    assert!(!Place::empty().run(&["--help"]).stdout.contains("migrate"));
}

#[test]
fn a_lost_index_is_named_and_made_anew() {
    let place = migrated();
    place
        .raw()
        .execute_batch("drop index users_newest")
        .unwrap();
    let ran = place.run(&["db", "status"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout.contains("FAIL  index users_newest is missing"),
        "{}",
        ran.stdout
    );
    assert_eq!(
        place.json(&["db", "migrate"]),
        json!({"done": ["recreated the index users_newest"]})
    );
    assert_eq!(place.json(&["db", "status"])["current"], true);
}

#[test]
fn what_cannot_be_mended_is_named() {
    let place = migrated();
    place
        .raw()
        .execute_batch("drop trigger user_counts_insert")
        .unwrap();
    place.run(&["db", "migrate"]).refused(
        1,
        &["trigger user_counts_insert is missing", "from a backup"],
    );
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let place = Place::configured();
    place
        .raw()
        .execute_batch("create table notes (text)")
        .unwrap();
    let before = files(&place);
    for command in ["status", "migrate", "purge"] {
        place
            .run(&["db", command])
            .refused(3, &["another program", "database_url: regstack.toml:2"]);
        assert_eq!(files(&place), before, "{command}");
    }
}

#[test]
fn purge_removes_what_has_expired_and_nothing_else() {
    let place = migrated();
    for (jti, expires_at) in [("old", 1), ("older", 0), ("live", i64::MAX / 2)] {
        place
            .raw()
            .execute(
                "insert into revoked_tokens (jti, expires_at) values (?1, ?2)",
                (jti, expires_at),
            )
            .unwrap();
    }
    let ran = place.run(&["db", "purge"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (Some(0), "removed 2 expired rows\n", "")
    );
    assert_eq!(place.json(&["db", "purge"]), json!({"removed": 0}));
    let left: String = place
        .raw()
        .query_row("select group_concat(jti) from revoked_tokens", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(left, "live");
}

#[test]
fn status_and_purge_work_beside_a_running_server() {
    let place = migrated();
    let server = place.serve(&[]);
    assert_eq!(place.json(&["db", "status"])["current"], true);
    assert_eq!(place.json(&["db", "migrate"]), json!({"done": []}));
    assert_eq!(place.json(&["db", "purge"]), json!({"removed": 0}));
    server.signal("TERM");
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn mistakes_get_a_sentence() {
    let place = Place::empty();
    for (arguments, words) in [
        (
            &["db"][..],
            &["regstack db needs a command: status, migrate, purge"][..],
        ),
        (&["db", "stats"], &["stats", "'status'"]),
        (&["db", "status", "extra"], &["extra"]),
        (&["db", "purge", "--all"], &["--all"]),
        (&["migrate", "extra"], &["extra", "regstack migrate --help"]),
    ] {
        place.run(arguments).refused(2, words);
    }
}
