//! `regstack users import` and `export`: nobody starts from zero, and nobody is locked in.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use mongodb::bson::doc;
use serde_json::{Value, json};

use crate::support::actor::Requests as _;
use crate::support::database::{Database, Kind};
use crate::support::process::{Place, Ran};

/// The password of most of the vectors.
pub(super) const PASSWORD: &str = "correct hörse battery";

/// A hash that another program made, by its name in the table of vectors.
pub(super) fn vector(name: &str) -> &'static str {
    let mut lines = include_str!("../../../src/auth/foreign/vectors.tsv").lines();
    let line = lines.find(|line| line.split('\t').next() == Some(name));
    line.unwrap().rsplit('\t').next().unwrap()
}

fn lines(rows: &[Value]) -> String {
    let rows: Vec<String> = rows.iter().map(Value::to_string).collect();
    rows.join("\n") + "\n"
}

fn hash_of(place: &Place, email: &str) -> Option<String> {
    let read = "select hashed_password from users where email = ?1";
    place
        .raw()
        .query_row(read, [email], |row| row.get(0))
        .unwrap()
}

fn count(place: &Place) -> i64 {
    let read = "select count(*) from users";
    place.raw().query_row(read, [], |row| row.get(0)).unwrap()
}

/// Nobody but its owner can read a file.
fn is_private(place: &Place, name: &str) -> bool {
    let file = std::fs::metadata(place.path(name)).unwrap();
    file.permissions().mode() & 0o777 == 0o600
}

fn report(ran: &Ran) -> Value {
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"))
}

/// Imports a file, which must succeed; how many accounts were created.
fn import(place: &Place, arguments: &[&str]) -> u64 {
    place.json(&[&["users", "import"], arguments].concat())["created"]
        .as_u64()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_foreign_hash_logs_in_and_is_argon2id_afterwards() {
    let place = Place::configured();
    let table = include_str!("../../../src/auth/foreign/vectors.tsv").lines();
    let table = table.filter(|line| !line.starts_with("Firebase"));
    let rows: Vec<(String, &str, &str)> = table
        .enumerate()
        .map(|(number, line)| {
            let columns: Vec<&str> = line.split('\t').collect();
            (format!("u{number}@example.com"), columns[1], columns[2])
        })
        .collect();
    let file: Vec<Value> = rows
        .iter()
        .map(|(email, _, hash)| json!({ "email": email, "password_hash": hash, "is_verified": true }))
        .collect();
    place.write("users.jsonl", &lines(&file));
    let created = import(&place, &["users.jsonl"]);
    assert_eq!(created, rows.len() as u64);
    let server = place.serve(&[]);
    for (email, password, hash) in &rows {
        let log_in = async |password: &str| {
            let body = json!({ "email": email, "password": password });
            server.post("/login", body).await.status.as_u16()
        };
        assert_eq!(log_in("correct horse battery").await, 401, "{hash}");
        assert_eq!(log_in(password).await, 200, "{hash}");
        let now = hash_of(&place, email).unwrap();
        assert!(
            now.starts_with("$argon2id$v=19$") && &now != hash,
            "{hash} is {now}"
        );
        assert_eq!(log_in(password).await, 200, "{hash}, once it is Argon2id");
    }
}

#[test]
fn lines_that_are_wrong_are_named_and_the_others_are_imported() {
    let place = Place::configured();
    let costly = vector("bcrypt 2b").replace("$04$", "$31$");
    let rows = [
        json!({ "email": "ada@example.com", "password_hash": vector("bcrypt 2b") }),
        json!({ "email": "bob@example.com", "password_hash": costly }),
        json!({ "email": "canary" }),
        json!({ "email": "eve@example.com", "password_hash": "canary" }),
        json!({ "email": "mfa@example.com", "is_mfa_enabled": true }),
        json!({ "email": "joe@example.com", "created_at": "yesterday" }),
        json!(["canary"]),
    ];
    place.write("users.jsonl", &format!("{}{{canary\n\n", lines(&rows)));
    let arguments = [
        "users",
        "import",
        "users.jsonl",
        "--report",
        "wrong.jsonl",
        "--json",
    ];
    let ran = place.run(&arguments);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let counts = report(&ran);
    assert_eq!(
        (&counts["read"], &counts["created"], &counts["failed"]),
        (&json!(8), &json!(1), &json!(7))
    );
    assert!(is_private(&place, "wrong.jsonl"));
    let wrong = String::from_utf8(place.bytes_of("wrong.jsonl")).unwrap();
    let wrong: Vec<Value> = wrong
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for (entry, (line, words)) in wrong.iter().zip([
        (2, "too costly"),
        (3, "not a valid email address"),
        (4, "unknown format"),
        (5, "needs phone_number or totp_secret"),
        (6, "created_at isn't a date"),
        (7, "isn't an object"),
        (8, "isn't JSON"),
    ]) {
        assert_eq!(entry["line"], line, "{entry}");
        assert!(
            entry["problem"].as_str().unwrap().contains(words),
            "{entry}"
        );
    }
    assert!(
        !format!("{wrong:?}{}", ran.stderr).contains("canary"),
        "no value is repeated"
    );
    assert_eq!(count(&place), 1);
    let ran = place.run(&["users", "import", "users.jsonl"]);
    assert!(
        ran.stderr
            .contains("line 2: the password hash is too costly"),
        "{ran:?}"
    );
    assert!(
        ran.stdout.contains("1 imported before") && ran.stdout.contains("7 failed"),
        "{ran:?}"
    );
}

#[test]
fn a_dry_run_changes_nothing_and_a_second_run_neither() {
    let place = Place::configured();
    place.write(
        "users.csv",
        "email,full_name,is_verified,created_at,foreign_id\n\
         ada@example.com,\"Lovelace, Ada\",t,2024-05-01 10:00:00.5+00,auth0|1\n\
         bob@example.com,,f,,auth0|2\n",
    );
    let dry = place.json(&["users", "import", "users.csv", "--dry-run"]);
    assert_eq!(
        (&dry["created"], &dry["dry_run"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(count(&place), 0);
    assert_eq!(import(&place, &["users.csv"]), 2);
    let again = place.json(&["users", "import", "users.csv", "--on-duplicate", "fail"]);
    assert_eq!(
        (&again["created"], &again["unchanged"]),
        (&json!(0), &json!(2))
    );
    let ada = &place.json(&["users", "show", "auth0|1"])["user"];
    assert_eq!(ada["email"], "ada@example.com", "found by the id of before");
    assert_eq!(ada["full_name"], "Lovelace, Ada");
    assert_eq!(ada["created_at"], "2024-05-01T10:00:00.5Z");
    assert_eq!(ada["is_verified"], true);
}

#[test]
fn an_existing_account_keeps_its_password_whatever_a_file_says() {
    let place = Place::configured().with_account("ada@example.com");
    let before = hash_of(&place, "ada@example.com");
    let row = json!({
        "email": "ADA@example.com", "full_name": "Mallory", "foreign_id": "7",
        "password_hash": vector("bcrypt 2b"), "is_superuser": true, "is_active": false,
        "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DP",
    });
    place.write("users.jsonl", &lines(&[row]));
    let skipped = place.json(&["users", "import", "users.jsonl"]);
    assert_eq!(skipped["skipped"], 1);
    let failed = place.run(&["users", "import", "users.jsonl", "--on-duplicate", "fail"]);
    assert_eq!(failed.code, Some(1));
    assert!(
        failed
            .stderr
            .contains("line 1: an account has this email address"),
        "{failed:?}"
    );
    let name = || place.json(&["users", "show", "ada"])["user"]["full_name"].clone();
    assert_eq!(name(), Value::Null);
    let updated = place.json(&["users", "import", "users.jsonl", "--on-duplicate", "update"]);
    assert_eq!(updated["updated"], 1);
    assert_eq!(name(), "Mallory");
    let again = place.json(&["users", "import", "users.jsonl", "--on-duplicate", "update"]);
    assert_eq!(
        (&again["updated"], &again["unchanged"]),
        (&json!(0), &json!(1))
    );
    let user = place.json(&["users", "show", "7"])["user"].clone();
    assert_eq!(
        (&user["is_superuser"], &user["is_active"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(user["is_mfa_enabled"], false);
    assert_eq!(hash_of(&place, "ada@example.com"), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_moves_in_with_its_account() {
    let place = Place::configured();
    place.set("enable_totp = true");
    let row = json!({
        "email": "ada@example.com", "is_verified": true, "password_hash": vector("bcrypt 2b"),
        "totp_secret": "jbsw y3dp ehpk 3pxp jbsw y3dp",
    });
    place.write("users.jsonl", &lines(&[row]));
    assert_eq!(import(&place, &["users.jsonl"]), 1);
    let server = place.serve(&[]);
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let answer = server.post("/login", body).await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.get("access_token").is_none_or(Value::is_null),
        "{answer:?}"
    );
    assert_eq!(answer.body["methods"], json!(["totp"]), "{answer:?}");
    let sealed: Vec<u8> = place
        .raw()
        .query_row("select sealed from factor_secrets", [], |row| row.get(0))
        .unwrap();
    let plain = *b"Hello!\xde\xad\xbe\xef";
    assert!(
        !sealed.windows(10).any(|part| part == plain),
        "it is sealed"
    );
}

#[test]
fn an_address_is_never_the_id_that_somebody_else_had() {
    let place = Place::configured();
    let row = json!({ "email": "bob@example.com", "foreign_id": "ada@example.com" });
    place.write("users.jsonl", &lines(&[row]));
    assert_eq!(import(&place, &["users.jsonl"]), 1);
    let deleted = place.run(&["users", "delete", "ada@example.com", "--yes"]);
    assert_ne!(deleted.code, Some(0), "{deleted:?}");
    let shown = place.json(&["users", "show", "bob@example.com"]);
    assert_eq!(shown["user"]["email"], "bob@example.com");
}

#[test]
fn accounts_without_a_password_are_invited_once() {
    let place = Place::configured();
    place.write(
        "users.csv",
        "email,foreign_id\nada@example.com,1\nbob@example.com,2\n",
    );
    for _ in 0..2 {
        place.json(&["users", "import", "users.csv", "--invite"]);
    }
    let waiting = place.json(&["outbox", "list"]);
    assert_eq!(waiting["items"].as_array().unwrap().len(), 2, "{waiting}");
}

#[test]
fn what_is_exported_can_be_imported_elsewhere() {
    let place = Place::configured().with_account("ada@example.com");
    let row = json!({ "email": "bob@example.com", "full_name": "=1+1, \"Bob\"", "foreign_id": "9", "identities": [
            { "provider": "google", "subject_id": "1", "email": "b@gmail.example", "linked_at": "2024-05-01T10:00:00Z" },
            { "provider": "github", "subject_id": "2" },
        ] });
    place.write("users.jsonl", &lines(&[row]));
    import(&place, &["users.jsonl"]);
    for format in ["jsonl", "csv"] {
        let without = place.run(&["users", "export", "--format", format]);
        assert_eq!(without.code, Some(0), "{without:?}");
        assert!(!without.stdout.contains("argon2"), "{without:?}");
        let name = format!("out.{format}");
        let export = [
            "users",
            "export",
            "--format",
            format,
            "--password-hashes",
            "--output",
            &name,
        ];
        let ran = place.run(&export);
        assert!(
            ran.code == Some(0) && ran.stdout.contains("exported 2 accounts"),
            "{ran:?}"
        );
        assert!(is_private(&place, &name));
        place.run(&export).refused(2, &["can't be created"]);
        let other = Place::configured();
        other.write(&name, &String::from_utf8(place.bytes_of(&name)).unwrap());
        assert_eq!(import(&other, &[&name]), 2);
        for email in ["ada@example.com", "bob@example.com"] {
            assert_eq!(hash_of(&other, email), hash_of(&place, email));
            let of = |place: &Place| {
                let mut user = place.json(&["users", "show", email])["user"].clone();
                for field in ["updated_at", "tokens_invalidated_after"] {
                    user.as_object_mut().unwrap().remove(field);
                }
                user
            };
            assert_eq!(of(&other), of(&place), "{format}");
        }
        // Written anew, it is the same, but for when it came here.
        let again = other.run(&["users", "export", "--format", "jsonl", "--password-hashes"]);
        let before = place.run(&["users", "export", "--format", "jsonl", "--password-hashes"]);
        let accounts = |text: &str| {
            let rows = text.lines().map(|line| {
                let mut row: Value = serde_json::from_str(line).unwrap();
                let fields = row.as_object_mut().unwrap();
                fields.retain(|name, _| {
                    !matches!(&**name, "updated_at" | "tokens_invalidated_after")
                });
                row
            });
            rows.collect::<Vec<_>>()
        };
        assert_eq!(
            accounts(&again.stdout),
            accounts(&before.stdout),
            "{format}"
        );
        assert_eq!(
            accounts(&again.stdout)[0]["identities"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
    }
}

#[test]
fn linked_people_come_along_and_are_nobody_elses() {
    let place = Place::configured();
    let google = |subject: &str| json!([{ "provider": "google", "subject_id": subject, "email": "a@gmail.example" }]);
    let row = |email: &str, people: Value| json!({ "email": email, "identities": people, "is_verified": true });
    let first = row("ada@example.com", google("1"));
    place.write("first.jsonl", &lines(std::slice::from_ref(&first)));
    assert_eq!(import(&place, &["first.jsonl"]), 1);
    let rows = [
        first,
        row("eve@example.com", google("1")),
        row(
            "bob@example.com",
            json!([{ "provider": "google", "subject_id": "2" }, { "provider": "google", "subject_id": "3" }]),
        ),
        row(
            "joe@example.com",
            json!([{ "provider": "Canary!", "subject_id": "4" }]),
        ),
        row(
            "jim@example.com",
            json!([{ "provider": "github", "subject_id": "x".repeat(256) }]),
        ),
        row("kim@example.com", json!("canary")),
        // What exists is not linked to anybody by a file.
        row("ADA@example.com", google("mallory")),
        row(
            "sue@example.com",
            json!([{ "provider": "github", "subject_id": 5 }]),
        ),
    ];
    place.write("users.jsonl", &lines(&rows));
    for arguments in [
        &["--dry-run", "--on-duplicate", "update"][..],
        &["--on-duplicate", "update"],
    ] {
        let arguments = [
            &[
                "users",
                "import",
                "users.jsonl",
                "--json",
                "--report",
                "wrong.jsonl",
            ],
            arguments,
        ]
        .concat();
        let counts = report(&place.run(&arguments));
        assert_eq!(
            (&counts["created"], &counts["failed"]),
            (&json!(1), &json!(5)),
            "{counts}"
        );
        let wrong = String::from_utf8(place.bytes_of("wrong.jsonl")).unwrap();
        for words in [
            "another account is linked to one of its identities",
            "two entries for one provider",
            "without a valid provider",
            "without a valid subject_id",
            "identities isn't a list",
        ] {
            assert!(wrong.contains(words), "{words}: {wrong}");
        }
        assert!(!wrong.contains("canary") && !wrong.contains("Canary"));
    }
    let linked = |account: &str| place.json(&["users", "show", account])["identities"].clone();
    let ada = linked("ada@example.com");
    assert_eq!(
        (&ada[0]["provider"], ada.as_array().unwrap().len()),
        (&json!("google"), 1)
    );
    assert_eq!(linked("sue@example.com")[0]["provider"], "github");
    let people = "select group_concat(provider || subject_id, ' ') from (select * from oauth_identities order by 1, 2)";
    let people: String = place.raw().query_row(people, [], |row| row.get(0)).unwrap();
    assert_eq!(people, "github5 google1");
}

#[test]
fn a_json_document_is_read_account_by_account() {
    let place = Place::configured();
    let rows: Vec<Value> = (0..2500)
        .map(|n| json!({ "email": format!("u{n}@example.com"), "foreign_id": n.to_string() }))
        .collect();
    let realm = json!({ "realm": "acme", "roles": { "users": [1] }, "users": rows, "clients": [] });
    place.write("realm.json", &realm.to_string());
    assert_eq!(import(&place, &["realm.json"]), 2500);
    for (text, words) in [
        (
            "{\"users\": [{\"email\": \"a@example.com\"}",
            "it isn't JSON",
        ),
        (
            "{\"email\": \"a@example.com\"}\n{}",
            "it isn't JSON; for JSON Lines, use --format jsonl",
        ),
        ("{\"email\": \"a@example.com\"}", "it has no list"),
        ("{\"users\": {}}", "neither a list nor an object"),
        ("7", "neither a list nor an object"),
    ] {
        place.write("wrong.json", text);
        let ran = place.run(&["users", "import", "wrong.json"]);
        ran.refused(2, &["wrong.json can't be read", words]);
    }
}

#[test]
fn one_account_is_exported_whole_for_its_owner() {
    let place = Place::configured().with_users(&["ada@example.com", "eve@example.com"]);
    let unknown = place.run(&[
        "users",
        "export",
        "--user",
        "joe@example.com",
        "--output",
        "joe.json",
    ]);
    unknown.refused(1, &["joe@example.com"]);
    assert!(!place.path("joe.json").exists());
    let ran = place.run(&["users", "export", "--user", "ada"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let data = report(&ran);
    assert_eq!(data["account"]["email"], "ada@example.com");
    assert_eq!(data["events"][0]["type"], "data_exported");
    assert_eq!(data["events"][0]["by"], "operator");
    assert!(!ran.stdout.contains("eve@example.com") && !ran.stdout.contains("$argon2"));
    let arguments = [
        "users", "export", "--user", "ada", "--output", "ada.json", "--json",
    ];
    let told = report(&place.run(&arguments));
    assert_eq!(told, json!({"exported": 1, "output": "ada.json"}));
    let file: Value = serde_json::from_slice(&place.bytes_of("ada.json")).unwrap();
    assert_eq!(file["account"], data["account"]);
    let hashes = place.run(&["users", "export", "--user", "ada", "--password-hashes"]);
    assert_eq!(
        hashes.code,
        Some(2),
        "a password hash is nobody's to see: {hashes:?}"
    );
}

/// Killed again and again, and run to the end at last: as if nothing had happened.
#[test]
fn an_import_that_is_killed_goes_on_where_it_was() {
    let place = Place::configured();
    let hash = vector("bcrypt 2b");
    let rows: Vec<Value> = (0..20_000)
        .map(|n| json!({ "email": format!("u{n}@example.com"), "password_hash": hash, "foreign_id": format!("f{n}") }))
        .collect();
    place.write("users.jsonl", &lines(&rows));
    place.json(&["db", "migrate"]);
    for _ in 0..4 {
        let before = count(&place);
        let mut command = place.command(&["users", "import", "users.jsonl", "--json"]);
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .stdin(Stdio::null());
        let mut child = command.spawn().unwrap();
        // However slow the machine: it is killed after its first steps and before its last ones.
        let started = Instant::now();
        while count(&place) == before {
            assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            assert!(started.elapsed() < Duration::from_mins(2), "no step at all");
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let there = count(&place);
        assert_eq!(there % 1000, 0, "a step is done whole or not at all");
        assert!(there > before && there < 20_000, "killed on the way");
    }
    let before = count(&place);
    let done = place.json(&["users", "import", "users.jsonl", "--on-duplicate", "fail"]);
    assert_eq!(done["unchanged"], before);
    assert_eq!(
        (done["read"].as_i64(), count(&place)),
        (Some(20_000), 20_000)
    );
    let distinct =
        "select count(distinct foreign_id) = 20000 and count(distinct id) = 20000 from users";
    assert!(
        place
            .raw()
            .query_row(distinct, [], |row| row.get::<_, bool>(0))
            .unwrap()
    );
    let total: i64 = place
        .raw()
        .query_row("select total from user_counts", [], |row| row.get(0))
        .unwrap();
    assert_eq!(total, 20_000);
}

/// The same on MongoDB, where accounts and the people that they are linked to are not written in one step: killed right before
/// each kind of write.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_to_mongodb_that_is_killed_goes_on_where_it_was() {
    let (database, undisturbed) = (
        Database::fresh(Kind::Mongo).await,
        Database::fresh(Kind::Mongo).await,
    );
    let hash = vector("bcrypt 2b");
    let rows: Vec<Value> = (0..350)
        .map(|n| {
            let people = json!([{ "provider": "google", "subject_id": n.to_string(), "linked_at": "2024-05-01T10:00:00Z" }]);
            json!({ "email": format!("u{n}@example.com"), "password_hash": hash, "foreign_id": format!("f{n}"),
                "created_at": "2024-05-01T09:00:00Z", "identities": people })
        })
        .collect();
    let arguments = ["users", "import", "users.jsonl", "--on-duplicate", "fail"];
    let place = Place::over(&database.wired_url());
    let quiet = Place::over(&undisturbed.url());
    for place in [&place, &quiet] {
        place.write("users.jsonl", &lines(&rows));
    }
    assert_eq!(quiet.json(&arguments)["created"], 350);
    place.json(&["db", "migrate"]);
    let wire = database.wire();
    let accounts = database.collection("users").await;
    let people = database.collection("oauth_identities").await;
    for (command, collection, written) in [
        ("insert", "oauth_identities", (0, 0)),
        ("insert", "users", (200, 0)),
        ("update", "regstack_days", (200, 200)),
        ("update", "oauth_identities", (200, 200)),
    ] {
        wire.hold(command, collection);
        let mut child = place
            .command(&arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while !wire.is_holding() {
            assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            assert!(started.elapsed() < Duration::from_mins(2), "no step at all");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        wire.let_go();
        let there = (
            people.count_documents(doc! {}).await.unwrap(),
            accounts.count_documents(doc! {}).await.unwrap(),
        );
        assert_eq!(there, written, "before {command} {collection}");
    }
    let done = place.json(&arguments);
    assert_eq!(
        (&done["unchanged"], &done["created"], &done["failed"]),
        (&json!(200), &json!(150), &json!(0)),
        "{done}"
    );
    let again = place.json(&arguments);
    assert_eq!(again["unchanged"], 350, "{again}");
    let exported = |place: &Place| {
        let text = place.run(&["users", "export", "--password-hashes"]).stdout;
        let mut rows: Vec<Value> = text
            .lines()
            .map(|line| {
                let mut row: Value = serde_json::from_str(line).unwrap();
                // When it came here.
                for field in ["updated_at", "tokens_invalidated_after"] {
                    row.as_object_mut().unwrap().remove(field);
                }
                row
            })
            .collect();
        rows.sort_by_key(Value::to_string);
        rows
    };
    let (rows, expected) = (exported(&place), exported(&quiet));
    assert_eq!(rows.len(), 350);
    assert_eq!(rows, expected);
}
