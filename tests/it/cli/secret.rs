//! `regstack secret`.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use regstack::internals::clock::{Clock as _, SystemClock};

use crate::support::actor::{Actor, Requests as _};
use crate::support::authenticator::set_up_at;
use crate::support::process::{Place, Server};
use crate::support::served::eventually;

const FILE: &str = "regstack.secrets.env";

fn text(place: &Place) -> String {
    std::fs::read_to_string(place.path(FILE)).unwrap()
}

/// The value of a key in the secrets file.
fn value(place: &Place, key: &str) -> String {
    let text = text(place);
    let mut lines = text.lines().filter_map(|line| line.split_once('='));
    lines.find(|(name, _)| *name == key).unwrap().1.to_owned()
}

#[tokio::test]
async fn nobody_is_signed_out_by_a_rotation() {
    let place = Place::configured().with_account("ada@example.com");
    place.append(FILE, "# a comment\nOTHER=kept\n");
    let mut sessions = Vec::new();
    for round in 0..3 {
        let server = place.serve(&[]);
        sessions.push(server.signed_in("ada@example.com").await);
        for session in &sessions {
            session.at(&server).me().await.is(200);
        }
        drop(server);
        let before = value(&place, "REGSTACK_JWT_SECRET");
        let ran = place.run(&["secret", "rotate"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        assert!(ran.stdout.contains("restart every server"), "{ran:?}");
        let after = value(&place, "REGSTACK_JWT_SECRET");
        assert!(!ran.stdout.contains(&before) && !ran.stdout.contains(&after));
        assert_ne!(before, after);
        let previous = value(&place, "REGSTACK_JWT_PREVIOUS_SECRETS");
        assert!(previous.starts_with(&before));
        assert_eq!(previous.split(',').count(), round + 1);
    }
    assert!(text(&place).contains("# a comment\nOTHER=kept\n"));
    assert_eq!(place.run(&["config", "check"]).code, Some(0));
}

#[tokio::test]
async fn second_factors_outlive_a_rotation_and_are_shown_and_reset() {
    const ADA: &str = "ada@example.com";
    let place = Place::configured();
    place.set("enable_totp = true");
    let place = place.with_account(ADA);
    let server = place.serve(&[]);
    let session = server.signed_in(ADA).await;
    let (_, codes) = set_up_at(&server, &session, SystemClock.now()).await;
    drop(server);
    let sealed_under = || -> String {
        let sql = "select group_concat(distinct sealed_under) from factor_secrets";
        let read = place.raw().query_row(sql, [], |row| row.get(0));
        read.unwrap()
    };
    let before = sealed_under();
    place.run(&["secret", "rotate"]);
    let server = place.serve(&[]);
    // It seals anew what the old secret sealed, which is of no use then.
    eventually(|| !sealed_under().contains(&before)).await;
    drop(server);
    let without: Vec<String> = text(&place)
        .lines()
        .filter(|line| !line.starts_with("REGSTACK_JWT_PREVIOUS_SECRETS"))
        .map(str::to_owned)
        .collect();
    place.write(FILE, &without.join("\n"));
    let server = place.serve(&[]);
    let token = server.log_in_halfway(ADA).await;
    server.confirm_login(&token, &codes[0]).await.is(200);
    drop(server);
    let doctor = || place.run(&["doctor"]).stdout;
    assert!(!doctor().contains("second factors are sealed"));
    let shown = place.run(&["users", "show", ADA]).stdout;
    assert!(
        shown.contains("authenticator app, 9 recovery codes left"),
        "{shown}"
    );
    let report = place.json(&["users", "show", ADA]);
    assert_eq!(report["second_factors"]["recovery_codes_left"], 9);
    let secret = value(&place, "REGSTACK_JWT_SECRET");
    let lost = text(&place).replace(&secret, &"x".repeat(48));
    place.write(FILE, &lost);
    let said = doctor();
    assert!(
        said.contains("2 secrets of second factors are sealed"),
        "{said}"
    );
    assert_eq!(place.run(&["users", "reset-mfa", ADA]).code, Some(0));
    assert!(!doctor().contains("second factors are sealed"));
    let report = place.json(&["users", "show", ADA]);
    assert_eq!(report["second_factors"]["is_mfa_enabled"], false);
}

#[test]
fn others_can_read_it_no_more_and_links_stay_links() {
    let place = Place::configured();
    place.set_mode(FILE, 0o644);
    let report = place.json(&["secret", "rotate"]);
    assert_eq!(report["previous_secrets"], 1);
    let mode = || {
        std::fs::metadata(place.path(FILE))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(), 0o640, "its group still can");
    place.set_mode(FILE, 0o600);
    std::fs::rename(place.path(FILE), place.path("elsewhere.env")).unwrap();
    symlink(place.path("elsewhere.env"), place.path(FILE)).unwrap();
    assert_eq!(place.run(&["secret", "rotate"]).code, Some(0));
    assert!(place.path(FILE).is_symlink());
    assert_eq!(mode(), 0o600);
    let left: Vec<_> = std::fs::read_dir(place.path("."))
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .filter(|name| !["elsewhere.env", FILE, "regstack.toml"].contains(&name.to_str().unwrap()))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_secret_that_is_kept_elsewhere_stays_as_it_is() {
    let long = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF";
    let place = Place::configured();
    let before = text(&place);
    for (variable, content) in [
        ("REGSTACK_JWT_SECRET", long),
        ("REGSTACK_JWT_PREVIOUS_SECRETS", long),
    ] {
        let mut command = place.command(&["secret", "rotate"]);
        let output = command.env(variable, content).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.contains(&format!("environment {variable}")) && !said.contains(long),
            "{said}"
        );
    }
    assert_eq!(text(&place), before);
    place.write("secret.txt", long);
    place.write(FILE, "REGSTACK_JWT_SECRET_FILE=secret.txt\n");
    place
        .run(&["secret", "rotate"])
        .refused(2, &["names files that hold it", "secret generate"]);
    place.write(FILE, &format!("REGSTACK_JWT_SECRET={long},{long}\n"));
    place.run(&["secret", "rotate"]).refused(2, &["a comma"]);
    std::fs::remove_file(place.path(FILE)).unwrap();
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    place.write("regstack.toml", &format!("jwt_secret = \"{long}\"\n{toml}"));
    place
        .run(&["secret", "rotate"])
        .refused(2, &["regstack.toml:1", "move it to regstack.secrets.env"]);
}

/// The order that the command leads through, on two servers over one database: at no moment does one refuse what the
/// other gave.
#[tokio::test]
async fn a_prepared_rotation_signs_nobody_out_at_any_of_several_servers() {
    let place = Place::configured().with_account("ada@example.com");
    let all_accept = async |sessions: &[Actor], servers: &[&Server]| {
        for session in sessions {
            for server in servers {
                session.at(*server).me().await.is(200);
            }
        }
    };
    let ada = "ada@example.com";
    let (first, second) = (place.serve(&[]), place.serve(&[]));
    let mut sessions = vec![first.signed_in(ada).await];

    let ran = place.run(&["secret", "rotate", "--prepare"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let next = value(&place, "REGSTACK_JWT_NEXT_SECRET");
    assert!(!ran.stdout.contains(&next));
    drop(first);
    let first = place.serve(&[]);
    sessions.push(first.signed_in(ada).await);
    sessions.push(second.signed_in(ada).await);
    all_accept(&sessions, &[&first, &second]).await;
    drop(second);
    let second = place.serve(&[]);

    assert_eq!(place.run(&["secret", "rotate"]).code, Some(0));
    assert_eq!(value(&place, "REGSTACK_JWT_SECRET"), next);
    assert!(!text(&place).contains("JWT_NEXT_SECRET"));
    drop(first);
    // One uses the new secret, the other does not know yet that it should.
    let first = place.serve(&[]);
    sessions.push(first.signed_in(ada).await);
    sessions.push(second.signed_in(ada).await);
    all_accept(&sessions, &[&first, &second]).await;
}
