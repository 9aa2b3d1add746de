//! `regstack config`: show, check, path; and how other commands report a broken configuration.

use crate::support::process::Place;

fn broken() -> Place {
    let place = Place::configured();
    place.write("regstack.toml", "app_nam = \"x\"\njwt_ttl_seconds = 5\n");
    place
}

#[test]
fn show_names_each_layer_and_hides_secrets() {
    let place = Place::configured();
    let list = place.json(&["config", "show"]);
    assert_eq!(list["next"], serde_json::Value::Null);
    let items = list["items"].as_array().unwrap();
    let layer = |key: &str| {
        items
            .iter()
            .find(|item| item["key"] == key)
            .map(|item| item["layer"].as_str().unwrap().to_owned())
            .unwrap()
    };
    assert_eq!(layer("database_url"), "regstack.toml:2");
    assert_eq!(layer("app_name"), "default");
    assert!(layer("jwt_secret").starts_with("regstack.secrets.env"));
    let table = place.run(&["config", "show"]);
    assert_eq!((table.code, table.stderr.as_str()), (Some(0), ""));
    assert!(table.stdout.contains("sqlite:accounts.db") && table.stdout.contains("jwt_secret"));
    assert!(
        !table.stdout.contains("canary") && !list.to_string().contains("canary"),
        "a secret is shown"
    );

    let changed = place.json(&["config", "show", "--changed"]);
    assert!(
        changed["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["layer"] != "default")
    );
}

#[test]
fn check_says_everything_at_once_and_exits_3() {
    let place = broken();
    let ran = place.run(&["config", "check"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    for words in [
        "app_nam",
        "app_name",
        "regstack.toml:1",
        "jwt_ttl_seconds",
        "regstack.toml:2",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
    assert!(ran.stderr.starts_with("error: ") && ran.stderr.lines().count() <= 3);

    let ran = place.run(&["config", "check", "--json"]);
    assert_eq!(ran.code, Some(3));
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(document["ok"], false);
    assert_eq!(document["faults"].as_array().unwrap().len(), 2);
}

#[test]
fn a_sound_configuration_passes_with_its_warnings() {
    let place = Place::configured();
    let ran = place.run(&["config", "check"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(
        ran.stdout.starts_with("ok    ") && ran.stdout.contains("regstack.toml"),
        "{}",
        ran.stdout
    );

    let output = place
        .command(&["config", "check", "--json"])
        .env("REGSTACK_APP_NAM", "x")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["ok"], true);
    assert!(
        document["warnings"][0]["key"]
            .as_str()
            .unwrap()
            .contains("REGSTACK_APP_NAM"),
        "{document}"
    );
}

#[test]
fn path_prints_what_was_read() {
    let place = Place::configured();
    let ran = place.run(&["config", "path"]);
    assert_eq!(ran.code, Some(0));
    let names: Vec<_> = ran
        .stdout
        .lines()
        .map(|line| line.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(names, ["regstack.toml", "regstack.secrets.env"]);
    assert_eq!(
        place.json(&["config", "path"])["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn every_other_command_refuses_a_broken_configuration_in_three_lines() {
    let place = broken();
    for arguments in [
        &["users", "list"][..],
        &["serve"],
        &["config", "show"],
        &["config", "path"],
        &["users", "list", "--json"],
    ] {
        place.run(arguments).refused(
            3,
            &[
                "regstack.toml:1",
                "regstack.toml:2",
                "jwt_ttl_seconds",
                "regstack config check",
            ],
        );
    }
    place
        .run_with_stdin(
            &[
                "create-admin",
                "--email",
                "a@example.com",
                "--password-stdin",
            ],
            "long enough",
        )
        .refused(3, &["regstack config check"]);
    assert!(
        !place.path("accounts.db").exists(),
        "a refusal leaves no database behind"
    );
}

#[test]
fn a_configuration_that_is_named_must_be_there() {
    let place = Place::configured();
    place
        .run(&["users", "list", "--config", "elsewhere.toml"])
        .refused(3, &["--config", "elsewhere.toml"]);
}

#[test]
fn without_a_secret_nothing_is_served_and_the_error_says_how_to_make_one() {
    let place = Place::configured();
    for secret in ["", "REGSTACK_JWT_SECRET=short-canary\n"] {
        place.write("regstack.secrets.env", secret);
        place
            .run(&["serve"])
            .refused(3, &["jwt_secret", "regstack secret generate"]);
    }
}

#[test]
fn a_database_out_of_reach_is_exit_4_and_names_its_setting() {
    let place = Place::configured();
    place.write(
        "regstack.toml",
        "bind = \"127.0.0.1:0\"\ndatabase_url = \"sqlite:no/such/folder/accounts.db\"\n",
    );
    for arguments in [
        &["users", "list"][..],
        &["serve", "--bind", "127.0.0.1:0"],
        &["users", "create", "a@example.com", "--no-password"],
    ] {
        place
            .run(arguments)
            .refused(4, &["database_url", "regstack.toml:2"]);
    }
}
