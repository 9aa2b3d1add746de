//! `regstack db backup` and `db restore`.

use std::fs;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::PathBuf;

use serde_json::json;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::process::{Place, Server, end_of};

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

async fn login(server: &Server, email: &str) -> u16 {
    let credentials = json!({"email": email, "password": PASSWORD});
    server
        .anonymous()
        .post("/login", credentials)
        .await
        .status
        .as_u16()
}

/// What was kept of the database that was replaced.
fn kept(place: &Place) -> Vec<PathBuf> {
    let entries = fs::read_dir(place.path("")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| {
            path.display()
                .to_string()
                .contains("accounts.db.before-restore-")
        })
        .collect()
}

fn backed_up(place: &Place) {
    let report = place.json(&["db", "backup", "backup.db"]);
    assert_eq!(report["file"], place.path("backup.db").to_str().unwrap());
    let file = fs::metadata(place.path("backup.db")).unwrap();
    assert_eq!(report["bytes"], file.len());
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_server_goes_on_with_what_was_restored_and_everybody_logs_in_again() {
    let place = Place::configured().with_account(ADA);
    let server = place.serve(&[]);
    let ada = server.signed_in(ADA).await;
    let queued = json!({"email": ADA});
    server
        .anonymous()
        .post("/forgot-password", queued)
        .await
        .is(202);
    backed_up(&place);
    let place = place.with_account(BOB);
    assert_eq!(login(&server, BOB).await, 200);

    place
        .run(&["db", "restore", "backup.db"])
        .refused(2, &["--yes", "replaces everything in", "ends all sessions"]);
    assert_eq!(login(&server, BOB).await, 200, "nothing was changed");
    let report = place.json(&["db", "restore", "backup.db", "--yes"]);
    assert_eq!(report["was_damaged"], false);
    assert_eq!(login(&server, BOB).await, 401);
    ada.get("/me").await.is(401);
    assert_eq!(login(&server, ADA).await, 200);
    let waiting = place.json(&["outbox", "list", "--state", "waiting", "--all"]);
    assert_eq!(waiting["items"], json!([]), "{waiting}");

    // The way back: as it was, sessions included.
    let kept = kept(&place);
    let [kept] = kept.as_slice() else {
        panic!("{kept:?}")
    };
    assert_eq!(report["kept"], kept.to_str().unwrap());
    let back = [
        "db",
        "restore",
        kept.to_str().unwrap(),
        "--yes",
        "--as-it-is",
    ];
    assert_eq!(place.run(&back).code, Some(0));
    ada.get("/me").await.is(200);
    assert_eq!(login(&server, BOB).await, 200);
}

#[tokio::test]
async fn a_damaged_database_is_set_aside_and_the_backup_takes_its_place() {
    let place = Place::configured().with_account(ADA);
    backed_up(&place);
    for damage in [0, 4096] {
        let file = fs::OpenOptions::new()
            .write(true)
            .open(place.path("accounts.db"))
            .unwrap();
        file.write_all_at(&vec![0x5a; 5 * 4096], damage).unwrap();
        let report = place.json(&["db", "restore", "backup.db", "--yes"]);
        assert_eq!(report["was_damaged"], true, "{report}");
        let kept = report["kept"].as_str().unwrap();
        let bytes = fs::read(kept).unwrap();
        assert!(bytes.windows(100).any(|bytes| bytes == [0x5a; 100]));
        fs::remove_file(kept).unwrap();
        assert_eq!(login(&place.serve(&[]), ADA).await, 200);
    }
}

/// Each within the same second as another.
#[test]
fn every_restore_keeps_what_it_replaced() {
    let place = Place::configured().with_account(ADA);
    backed_up(&place);
    for restores in 1..=4 {
        let report = place.json(&["db", "restore", "backup.db", "--yes"]);
        let kept = kept(&place);
        assert_eq!(kept.len(), restores, "{kept:?}");
        let reported = PathBuf::from(report["kept"].as_str().unwrap());
        assert!(kept.contains(&reported), "{report}");
        assert_eq!(
            fs::metadata(&reported).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[tokio::test]
async fn a_backup_makes_the_database_where_there_is_none() {
    let place = Place::configured().with_account(ADA);
    backed_up(&place);
    for name in ["accounts.db", "accounts.db-wal", "accounts.db-shm"] {
        let _ = fs::remove_file(place.path(name));
    }
    let report = place.json(&["db", "restore", "backup.db", "--yes"]);
    assert_eq!(report["kept"], json!(null));
    assert_eq!(login(&place.serve(&[]), ADA).await, 200);
}

/// SQLite takes a log for a part of whatever file it is beside.
#[test]
fn a_log_that_is_left_beside_a_file_is_no_part_of_it() {
    let place = Place::configured().with_users(&[ADA]);
    backed_up(&place);
    // The log is written into the file when nobody has it open any more.
    let reader = place.raw();
    let read = "select count(*) from users";
    assert_eq!(reader.query_row(read, [], |row| row.get(0)), Ok(1));
    let place = place.with_users(&[BOB]);
    let count = || place.raw().query_row(read, [], |row| row.get::<_, u32>(0));
    let bytes = |name: &str| fs::read(place.path(name)).unwrap();
    let log = bytes("accounts.db-wal");
    assert!(log.len() > 4096);
    let copy = |from: &str, to: &str| fs::copy(place.path(from), place.path(to)).unwrap();
    copy("accounts.db-wal", "backup.db-wal");
    copy("accounts.db-wal", "stray");
    copy("accounts.db", "plain.db");
    copy("accounts.db-wal", "plain.db-wal");
    drop(reader);

    let backup = bytes("backup.db");
    place.json(&["db", "restore", "backup.db", "--yes"]);
    assert_eq!(count(), Ok(1), "a log beside a backup");
    assert_eq!(bytes("backup.db"), backup);
    assert_eq!(bytes("backup.db-wal"), log);

    let plain = bytes("plain.db");
    let refused = place.run(&["db", "restore", "plain.db", "--yes"]);
    refused.refused(3, &["plain.db-wal", "wal_checkpoint", "move it away"]);
    assert_eq!(bytes("plain.db"), plain);
    assert_eq!(bytes("plain.db-wal"), log);
    fs::remove_file(place.path("plain.db-wal")).unwrap();
    place.json(&["db", "restore", "plain.db", "--yes"]);
    assert_eq!(count(), Ok(1));

    for name in ["accounts.db", "accounts.db-wal", "accounts.db-shm"] {
        let _ = fs::remove_file(place.path(name));
    }
    copy("stray", "accounts.db-wal");
    place.json(&["db", "restore", "backup.db", "--yes"]);
    assert_eq!(count(), Ok(1), "a log where the database was");
    let kept = kept(&place)
        .into_iter()
        .filter_map(|path| fs::read(path).ok());
    assert!(kept.into_iter().any(|bytes| bytes == log), "it is kept");
}

#[test]
fn stdout_takes_a_backup_unless_it_is_a_terminal() {
    let place = Place::configured().with_account(ADA);
    backed_up(&place);
    let mut shell = place.command(&["db", "backup", "-"]);
    let piped = shell.output().unwrap();
    assert!(piped.status.success());
    assert_eq!(piped.stdout, fs::read(place.path("backup.db")).unwrap());
    let (shown, code) = end_of(&mut place.on_terminal(60, &["db", "backup", "-"]));
    assert!(
        code == 2 && shown.contains("can't be printed on a terminal"),
        "{shown}"
    );
}

#[test]
fn nothing_but_a_backup_is_written_over_or_restored() {
    let place = Place::configured().with_account(ADA);
    backed_up(&place);
    // An earlier one.
    backed_up(&place);
    place.write("notes.txt", "mine");
    place
        .run(&["db", "backup", "notes.txt"])
        .refused(2, &["notes.txt exists and isn't a backup of regstack"]);
    for command in ["backup", "restore"] {
        place
            .run(&["db", command, "accounts.db"])
            .refused(2, &["this file is the database itself"]);
    }
    place
        .run(&["db", "backup", "none/such.db"])
        .refused(1, &["none/such.db can't be written"]);
    let before = place.bytes_of("accounts.db");
    let backup = fs::read(place.path("backup.db")).unwrap();
    place.write("cut.db", "");
    fs::write(place.path("cut.db"), &backup[..backup.len() / 2]).unwrap();
    for (file, words) in [
        ("notes.txt", "isn't an SQLite database"),
        ("cut.db", "damaged"),
        ("none.db", "none.db can't be read"),
    ] {
        let ran = place.run(&["db", "restore", file, "--yes"]);
        assert_ne!(ran.code, Some(0));
        assert!(ran.stderr.contains(words), "{file}: {ran:?}");
    }
    assert_eq!(place.bytes_of("accounts.db"), before);
    assert_eq!(kept(&place), Vec::<PathBuf>::new());
    let left: Vec<_> = fs::read_dir(place.path("."))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(".regstack-"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn mongodb_has_tools_of_its_own() {
    let place = Place::over("mongodb://127.0.0.1:1/accounts");
    for command in ["backup", "restore"] {
        place.write("some.db", "");
        let ran = place.run(&["db", command, "some.db", "--yes"]);
        assert!(ran.stderr.contains("mongodump"), "{ran:?}");
    }
}
