//! `regstack users`.

use serde_json::{Value, json};

use crate::support::process::{PROGRAM, Place, operator};

const HOSTILE: &str = "\u{1b}[2JMallory\u{202e}\r\nroot@example.com\u{9b}";

fn addresses(list: &Value) -> Vec<&str> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["email"].as_str().unwrap())
        .collect()
}

#[test]
fn list_is_the_same_in_every_form() {
    let place = Place::configured().with_users(&["ada@example.com", "bob@example.com"]);
    let list = place.json(&["users", "list"]);
    assert_eq!(
        addresses(&list),
        ["bob@example.com", "ada@example.com"],
        "newest first"
    );
    assert_eq!(list["next"], Value::Null);
    let same: Value =
        serde_json::from_str(&place.run(&["users", "list", "--format", "json"]).stdout).unwrap();
    assert_eq!(same, list);

    let mut csv = csv::Reader::from_reader(std::io::Cursor::new(
        place.run(&["users", "list", "--format", "csv"]).stdout,
    ));
    let fields: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
    let mut in_json: Vec<&String> = list["items"][0].as_object().unwrap().keys().collect();
    let mut in_csv: Vec<&String> = fields.iter().collect();
    in_json.sort();
    in_csv.sort();
    assert_eq!(in_csv, in_json);
    for (record, item) in csv
        .records()
        .map(Result::unwrap)
        .zip(list["items"].as_array().unwrap())
    {
        for (field, cell) in fields.iter().zip(&record) {
            let value = item[field]
                .as_str()
                .map_or_else(|| item[field].to_string(), str::to_owned);
            assert_eq!(
                cell,
                if item[field].is_null() { "" } else { &value },
                "{field}"
            );
        }
    }

    let table = place.run(&["users", "list"]).stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("EMAIL") && lines.len() == 3, "{table}");
    assert!(
        lines[1].starts_with("bob@example.com")
            && lines[1].contains("active, unverified")
            && lines[1].ends_with("never"),
        "{table}"
    );
}

#[test]
fn pages_follow_each_other() {
    let names: Vec<String> = (0..5).map(|n| format!("user{n}@example.com")).collect();
    let place =
        Place::configured().with_users(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut seen = Vec::new();
    let mut after: Option<String> = None;
    for length in [2, 2, 1] {
        let mut arguments = vec!["users", "list", "--limit", "2", "-q"];
        arguments.extend(after.iter().flat_map(|next| ["--after", next]));
        let page = place.json(&arguments);
        assert_eq!(addresses(&page).len(), length);
        seen.extend(addresses(&page).into_iter().map(str::to_owned));
        after = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(after, None);
    assert_eq!(seen, names.into_iter().rev().collect::<Vec<_>>());
    let talk = place.run(&["users", "list", "--limit", "2"]);
    assert!(
        talk.stderr.contains("--after") && !talk.stdout.contains("--after"),
        "where to go on is talk"
    );
}

#[test]
fn filters_narrow_the_list() {
    let place = Place::configured().with_users(&["ada@example.com", "bob@example.org"]);
    place.create_admin("root@example.com");
    assert_eq!(
        place.run(&["users", "lock", "bob@example.org"]).code,
        Some(0)
    );
    for (filter, expected) in [
        (
            &["--q", "EXAMPLE.com"][..],
            &["root@example.com", "ada@example.com"][..],
        ),
        (&["--active"], &["root@example.com", "ada@example.com"]),
        (&["--locked"], &["bob@example.org"]),
        (&["--unverified"], &["bob@example.org", "ada@example.com"]),
        (&["--admins"], &["root@example.com"]),
        (&["--throttled"], &[]),
        (
            &["--since", "1d"],
            &["root@example.com", "bob@example.org", "ada@example.com"],
        ),
        (&["--since", "2100-01-01"], &[]),
        (&["--before", "1d"], &[]),
        (&["--unverified", "--active"], &["ada@example.com"]),
        (&["--q", "%"], &[]),
        (&["--q", "_da"], &[]),
    ] {
        let ran = place.run(&[&["users", "list", "--json", "-q"], filter].concat());
        let list: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(addresses(&list), expected, "{filter:?}");
    }
    let none = place.run(&["users", "list", "--throttled"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(0), ""));
    assert!(!none.stderr.is_empty());
}

#[test]
fn names_cannot_drive_a_terminal_and_survive_json() {
    let place = Place::configured();
    let created = place.run(&[
        "users",
        "create",
        "mallory@example.com",
        "--no-password",
        "--name",
        HOSTILE,
    ]);
    assert_eq!(created.code, Some(0), "{}", created.stderr);
    for arguments in [
        &["users", "list"][..],
        &["users", "list", "--format", "csv"],
        &["users", "show", "mallory"],
        &["users", "list", "--json"],
    ] {
        let ran = place.run(arguments);
        assert!(
            ran.stdout
                .chars()
                .all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}')),
            "{arguments:?}: {:?}",
            ran.stdout
        );
        assert!(ran.stdout.contains("Mallory"));
    }
    assert_eq!(
        place.run(&["users", "list"]).stdout.lines().count(),
        2,
        "a name cannot make a line"
    );
    assert_eq!(
        place.json(&["users", "list"])["items"][0]["full_name"],
        HOSTILE
    );
    place
        .run(&[
            "users",
            "create",
            "long@example.com",
            "--no-password",
            "--name",
            &"x".repeat(201),
        ])
        .refused(2, &["at most 200"]);
}

#[test]
fn dates_are_local_unless_utc_is_asked_for() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    let created: jiff::Timestamp = place.json(&["users", "list"])["items"][0]["created_at"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let shown = |arguments: &[&str]| {
        String::from_utf8(
            place
                .command(arguments)
                .env("TZ", "XYZ-3")
                .output()
                .unwrap()
                .stdout,
        )
        .unwrap()
    };
    let local = created
        .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(3)))
        .strftime("%Y-%m-%d %H:%M")
        .to_string();
    let utc = created.strftime("%Y-%m-%d %H:%MZ").to_string();
    assert!(shown(&["users", "list"]).contains(&local));
    assert!(shown(&["users", "list", "--utc"]).contains(&utc));
    assert!(shown(&["users", "show", "ada", "--utc"]).contains(&utc));
}

#[test]
fn show_tells_the_account_its_lockout_and_its_events() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    let shown = place.json(&["users", "show", "ada@example.com"]);
    assert_eq!(
        shown["lockout"],
        json!({"failures": 0, "locked_until": null})
    );
    assert_eq!(shown["events"][0]["type"], "user_registered");
    let id = shown["user"]["id"].as_str().unwrap();
    for name in [id, "ADA@example.com", "ada", "da@ex"] {
        assert_eq!(
            place.json(&["users", "show", name])["user"]["id"],
            id,
            "{name}"
        );
    }
    let text = place.run(&["users", "show", "ada"]).stdout;
    assert!(
        text.contains(id) && text.contains("no failed logins") && text.contains("user_registered"),
        "{text}"
    );
}

#[test]
fn a_name_must_stand_for_one_account() {
    let place = Place::configured().with_users(&["ada@example.com", "adam@example.com"]);
    place
        .run(&["users", "show", "ada"])
        .refused(2, &["\"ada\"", "ada@example.com", "adam@example.com"]);
    place
        .run(&["users", "show", "zoe"])
        .refused(1, &["\"zoe\"", "users list"]);
    place
        .run(&["users", "lock", "adam", "zoe"])
        .refused(1, &["\"zoe\""]);
    assert_eq!(
        place.json(&["users", "show", "adam@example.com"])["user"]["is_active"],
        true,
        "nothing is done when one name is wrong"
    );
    assert_eq!(
        place.json(&["users", "show", "ada@example.com"])["user"]["email"],
        "ada@example.com",
        "a whole address is exact"
    );
}

#[test]
fn create_refuses_a_taken_address_and_needs_a_password_or_none() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    place
        .run(&["users", "create", "Ada@Example.com", "--no-password"])
        .refused(
            1,
            &[
                "already has an account",
                "regstack users show ada@example.com",
            ],
        );
    place
        .run(&["users", "create", "bob@example.com"])
        .refused(2, &["--password-stdin"]);
    let ran = place.run_with_stdin(
        &[
            "users",
            "create",
            "bob@example.com",
            "--password-stdin",
            "--verified",
            "--admin",
            "--name",
            "Bob",
            "--json",
        ],
        "correct horse",
    );
    let created: Value = serde_json::from_str(&ran.stdout).unwrap();
    let user = &created["user"];
    assert_eq!(
        (
            &user["is_verified"],
            &user["is_superuser"],
            &user["full_name"]
        ),
        (&json!(true), &json!(true), &json!("Bob"))
    );
}

#[test]
fn lock_and_unlock_several_at_once() {
    let place = Place::configured().with_users(&["ada@example.com", "bob@example.com"]);
    let locked = place.json(&["users", "lock", "ada", "bob", "ada@example.com"]);
    assert_eq!(
        (&locked["done"], &locked["failed"], &locked["untouched"]),
        (&json!(2), &json!(0), &json!(0)),
        "each account once"
    );
    assert_eq!(locked["items"][0]["outcome"], "locked");
    assert_eq!(
        place.json(&["users", "list", "--locked"])["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let text = place.run(&["users", "unlock", "ada", "bob"]);
    assert_eq!(
        text.stdout,
        "enabled ada@example.com\nenabled bob@example.com\n2 done, 0 failed, 0 untouched\n"
    );
    assert_eq!(
        place.run(&["users", "unlock", "ada"]).stdout,
        "enabled ada@example.com\n"
    );
}

#[test]
fn what_is_done_already_is_unchanged_and_said_to_be() {
    let place = Place::configured().with_users(&["ada@example.com", "bob@example.com"]);
    for (act, done) in [
        ("promote", "promoted"),
        ("demote", "demoted"),
        ("verify", "verified"),
        ("lock", "locked"),
    ] {
        // Bob's rights are what keeps Ada from being the last administrator.
        if act == "promote" {
            place.json(&["users", "promote", "bob"]);
        }
        for (outcome, counted) in [(done, "done"), ("unchanged", "skipped")] {
            let report = place.json(&["users", act, "ada"]);
            assert_eq!(report["items"][0]["outcome"], outcome, "{act}");
            assert_eq!(report[counted], 1, "{act}: {report}");
        }
    }
    assert_eq!(
        place.run(&["users", "disable", "bob", "--force"]).stdout,
        "disabled bob@example.com\n"
    );
    assert!(place.run(&["users", "list"]).stdout.contains("disabled"));
}

#[test]
fn disable_and_enable_are_other_names_of_lock_and_unlock() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    let disabled = place.json(&["users", "disable", "ada"]);
    assert_eq!(disabled["items"][0]["outcome"], "locked");
    assert_eq!(
        place.json(&["users", "show", "ada"])["user"]["is_active"],
        false
    );
    let enabled = place.json(&["users", "enable", "ada"]);
    assert_eq!(enabled["items"][0]["outcome"], "unlocked");
    for (name, alias, summary) in [
        ("lock", "disable", "Disable"),
        ("unlock", "enable", "Enable"),
    ] {
        let help = place.run(&["users", name, "--help"]).stdout;
        assert!(help.starts_with(summary), "{help}");
        let list = place.run(&["users", "--help"]).stdout;
        assert!(list.contains(&format!("[alias: {alias}]")), "{list}");
    }
}

#[test]
fn deleting_needs_consent_and_is_for_good() {
    let place = Place::configured().with_users(&["ada@example.com", "bob@example.com"]);
    place
        .run(&["users", "delete", "ada", "bob"])
        .refused(2, &["ada@example.com", "bob@example.com", "--yes"]);
    assert_eq!(addresses(&place.json(&["users", "list"])).len(), 2);
    let deleted = place.json(&["users", "delete", "ada", "bob", "--yes"]);
    assert_eq!(
        deleted["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["outcome"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["deleted", "deleted"]
    );
    assert!(serde_json::from_str::<Value>(&place.run(&["users", "list", "--json"]).stdout).unwrap()["items"].as_array().unwrap().is_empty());
    place
        .run(&["users", "delete", "ada", "--yes"])
        .refused(1, &["\"ada\""]);
}

#[test]
fn the_last_superuser_stays_unless_forced() {
    let place = Place::configured();
    place.create_admin("root@example.com");
    for act in ["lock", "delete"] {
        let ran = place.run(&["users", act, "root@example.com", "--yes"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(
            ran.stderr.contains("last active administrator") && ran.stderr.contains("--force"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(
        place.json(&["users", "show", "root"])["user"]["is_active"],
        true
    );
    assert_eq!(
        place.run(&["users", "lock", "root", "--force"]).code,
        Some(0)
    );
    assert_eq!(
        place
            .run(&["users", "delete", "root", "--force", "--yes"])
            .code,
        Some(0)
    );
}

#[test]
fn a_bulk_act_goes_on_behind_a_failure_and_says_so() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    place.create_admin("root@example.com");
    let ran = place.run(&["users", "delete", "root", "ada", "--yes", "--json"]);
    assert_eq!(ran.code, Some(2));
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&report["done"], &report["failed"]), (&json!(1), &json!(1)));
    assert_eq!(report["items"][0]["outcome"], "failed");
    assert!(
        report["items"][0]["error"]
            .as_str()
            .unwrap()
            .contains("last active administrator")
    );
    assert_eq!(
        addresses(&place.json(&["users", "list"])),
        ["root@example.com"]
    );
}

#[test]
fn only_what_begins_an_installation_makes_a_database() {
    let place = Place::configured();
    let path = place.path("accounts.db");
    for arguments in [
        &["users", "list"][..],
        &["users", "show", "ada"],
        &["users", "lock", "ada"],
        &["users", "unlock", "ada"],
        &["users", "delete", "ada", "--yes"],
    ] {
        place.run(arguments).refused(
            4,
            &[
                "there is no database at",
                path.to_str().unwrap(),
                "database_url: regstack.toml:2",
                "--config",
            ],
        );
        assert!(!path.exists(), "{arguments:?}");
    }
    let ran = place.run(&["users", "create", "ada@example.com", "--no-password"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stderr.contains("can't log in until"),
        "the account is unverified: {ran:?}"
    );
    assert!(path.exists());
    assert_eq!(
        place.run(&["users", "delete", "ada", "--yes"]).code,
        Some(0)
    );
    let ran = place.run(&["users", "list"]);
    assert_eq!(
        ran.stderr,
        "there are no accounts yet\n  -> regstack users create EMAIL\n"
    );
}

#[test]
fn a_folder_that_cannot_be_written_names_database_url() {
    let place = Place::configured();
    place.write("regstack.toml", "");
    place.write("regstack.db", "");
    let mut command = place.command(&["users", "create", "a@example.com", "--no-password"]);
    let output = command
        .env("REGSTACK_DATABASE_URL", "sqlite:regstack.toml/accounts.db")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(
        said.contains("(database_url: environment REGSTACK_DATABASE_URL)"),
        "{said}"
    );
}

#[test]
fn a_database_that_another_program_locks_is_said_to_be_locked() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    let path = place.path("accounts.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("begin exclusive").unwrap();
    place.run(&["users", "lock", "ada"]).refused(
        4,
        &[
            "another program has locked",
            path.to_str().unwrap(),
            "5 seconds",
        ],
    );
    other.execute_batch("rollback").unwrap();
    assert_eq!(place.run(&["users", "lock", "ada"]).code, Some(0));
}

#[test]
fn one_account_that_fails_is_said_once() {
    let place = Place::configured();
    place.create_admin("root@example.com");
    place
        .run(&["users", "lock", "root"])
        .refused(2, &["root@example.com", "last active administrator"]);
    let ran = place.run(&["users", "delete", "root"]);
    ran.refused(2, &["last active administrator", "--force"]);
    assert!(
        !ran.stderr.contains("--yes"),
        "no consent to what is refused: {ran:?}"
    );
}

#[test]
fn what_begins_an_address_is_meant_and_many_are_not_all_named() {
    let names: Vec<String> = (0..7).map(|n| format!("n{n}.ada@example.com")).collect();
    let place = Place::configured()
        .with_users(&names.iter().map(String::as_str).collect::<Vec<_>>())
        .with_users(&["ada@example.com"]);
    assert_eq!(
        place.json(&["users", "show", "ada"])["user"]["email"],
        "ada@example.com"
    );
    let ran = place.run(&["users", "show", "example.com"]);
    ran.refused(2, &["and more", "regstack users list --q"]);
    assert_eq!(ran.stderr.matches("@example.com").count(), 5, "{ran:?}");
}

#[test]
fn an_operator_is_who_the_system_says_and_beside_it_who_sudo_says() {
    let place = Place::configured();
    let actor = |sudo: Option<&str>, email: &str| {
        let mut command = place.command(&["users", "create", email, "--no-password"]);
        command.envs(sudo.map(|name| ("SUDO_USER", name)));
        command.env("USER", "mallory").env("LOGNAME", "mallory");
        assert!(command.status().unwrap().success());
        let shown = place.json(&["users", "show", email]);
        shown["events"][0]["actor"].as_str().unwrap().to_owned()
    };
    assert_eq!(actor(None, "ada@example.com"), operator());
    assert_eq!(
        actor(Some("grace\u{1b}[2J"), "bob@example.com"),
        format!("{} (sudo: grace\\u{{1b}}[2J)", operator())
    );
}

/// In a container, say. Only who may act for others can try it.
#[test]
fn an_operator_without_a_name_is_a_number() {
    use std::os::unix::process::CommandExt as _;
    if !nix::unistd::Uid::current().is_root() {
        return;
    }
    let place = Place::configured();
    let made = place.run(&["users", "create", "eve@example.com", "--no-password"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    for entry in std::fs::read_dir(place.path("")).unwrap() {
        let name = entry.unwrap().file_name();
        place.set_mode(name.to_str().unwrap(), 0o666);
    }
    place.set_mode("", 0o777);
    // Where the program was built, only its builder may look.
    let program = place.path("regstack");
    std::fs::copy(PROGRAM, &program).unwrap();
    place.set_mode("regstack", 0o755);
    let mut command = place.bare(program.to_str().unwrap());
    command.args(["users", "lock", "eve@example.com"]);
    let ran = command.uid(54_321).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let shown = place.json(&["users", "show", "eve"]);
    assert_eq!(shown["events"][0]["actor"], "operator:uid 54321");
}

/// Every command that names accounts takes them by position and by `--email`.
#[test]
fn accounts_are_named_by_position_or_by_email() {
    let place = Place::configured();
    place.run_with_stdin(
        &["create-admin", "root@example.com", "--password-stdin"],
        "correct horse canary",
    );
    for arguments in [
        &[
            "users",
            "create",
            "--email",
            "ada@example.com",
            "--no-password",
        ][..],
        &["users", "create", "bob@example.com", "--no-password"],
        &["users", "show", "--email", "ada@example.com"],
        &["users", "lock", "--email", "ada", "--email", "bob"],
        &["users", "unlock", "ada", "--email", "bob"],
        &["create-admin", "--email", "root@example.com"],
        &["create-admin", "root@example.com"],
        &["tokens", "revoke", "--email", "ada"],
        &["events", "list", "--email", "ada"],
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
    }
    for arguments in [
        &[
            "users",
            "create",
            "a@example.com",
            "--email",
            "b@example.com",
        ][..],
        &["users", "show", "a", "--email", "b"],
        &["create-admin"],
        &["pending", "delete", "--yes"],
    ] {
        place.run(arguments).refused(2, &["--email"]);
    }
    place
        .run(&[
            "pending",
            "delete",
            "--yes",
            "--email",
            "nobody@example.com",
        ])
        .refused(1, &["nobody@example.com"]);
}

#[test]
fn days_by_their_names_are_understood() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    for when in [
        "yesterday",
        "monday",
        "2h",
        "2 hours ago",
        "today",
        "2020-11-01",
        "last week",
    ] {
        let found = place.json(&["users", "list", "--since", when]);
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{when}");
    }
    place
        .run(&["users", "list", "--since", "tomorrow"])
        .refused(2, &["yesterday, monday", "2h"]);
}
