//! `regstack config`: show, check, path; and how other commands report a broken configuration.

use std::fs;

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
        ran.stdout.contains("\nok    ") && ran.stdout.contains("regstack.toml"),
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
    assert_eq!(document["warnings"][0]["key"], "REGSTACK_APP_NAM");
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

#[test]
fn in_a_folder_without_configuration_no_new_secret_is_advised_first() {
    let place = Place::empty();
    let ran = place.run(&["users", "list"]);
    ran.refused(
        3,
        &[
            "no regstack.toml in",
            "/etc/regstack",
            "--config PATH",
            "regstack init",
        ],
    );
}

#[test]
fn check_refuses_what_serve_refuses() {
    let place = Place::configured();
    std::fs::create_dir(place.path("mails")).unwrap();
    place.write("mails/verification.txt", "{{ no_such_variable }}");
    let whole = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    for (before, after, words) in [
        (
            "",
            "[email]\nbackend = \"smtp\"\nsmtp_host = \"x\"\nsmtp_ca_file = \"no.pem\"\n",
            &["email.smtp_ca_file", "no.pem"][..],
        ),
        (
            "extra_template_dirs = [\"nowhere\"]\n",
            "",
            &["regstack.toml:1", "extra_template_dirs", "nowhere"],
        ),
        (
            "extra_template_dirs = [\"mails\"]\n",
            "",
            &["verification.txt", "no_such_variable"],
        ),
        (
            "tls_cert = \"no-cert.pem\"\ntls_key = \"no-key.pem\"\n",
            "",
            &["regstack.toml:1", "tls_cert", "no-cert.pem"],
        ),
    ] {
        place.write("regstack.toml", &format!("{before}{whole}{after}"));
        let checked = place.run(&["config", "check"]);
        assert_eq!(checked.code, Some(3), "{checked:?}");
        assert!(
            words.iter().all(|word| checked.stdout.contains(word)),
            "{checked:?}"
        );
        let served = place.run(&["serve"]);
        served.refused(3, words);
        assert!(
            !served.stderr.contains("config check"),
            "a loop: {served:?}"
        );
        assert!(!place.path("accounts.db").exists());
    }
    let url = "mongodb://ada:canary-in-url@localhost/?maxPoolSize=many";
    place.write("regstack.toml", &format!("mongodb_url = \"{url}\"\n"));
    let checked = place.run(&["config", "check"]);
    assert!(
        checked.code == Some(3) && checked.stdout.contains("regstack.toml:1: mongodb_url"),
        "{checked:?}"
    );
    place
        .run(&["serve"])
        .refused(3, &["mongodb_url", "can't be used", "maxpoolsize"]);
}

#[test]
fn check_warns_of_what_hurts_in_earnest() {
    let place = Place::configured();
    place.write(
        "regstack.toml",
        "rate_limit_disabled = true\nbind = \"127.0.0.1:9000\"\nenable_sms_2fa = true\n",
    );
    place.set_mode("regstack.secrets.env", 0o644);
    let ran = place.run(&["config", "check"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for words in [
        "warn  regstack.toml:1: rate_limit_disabled",
        "warn  default: email.backend is console: email isn't sent",
        "warn  default: sms.backend is null: codes aren't sent",
        "warn  default: base_url is http://localhost:8000",
        "127.0.0.1:9000",
        "can be read by every user",
        "-> chmod 600 ",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
}

#[test]
fn a_fault_hides_neither_warnings_nor_files_and_faults_stand_in_order() {
    let place = broken();
    place.append("regstack.toml", "[email]\nbackend = \"smtp\"\n");
    let output = place
        .command(&["config", "check", "--json"])
        .env("REGSTACK_SMTP_PASSWORD", "x")
        .output()
        .unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["files"].as_array().unwrap().len(), 2, "{document}");
    assert_eq!(
        document["warnings"][0]["hint"],
        "did you mean REGSTACK_EMAIL__SMTP_PASSWORD?"
    );
    let layers: Vec<_> = document["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["layer"].as_str().unwrap())
        .collect();
    assert_eq!(
        layers,
        ["regstack.toml:1", "regstack.toml:2", "regstack.toml:4"],
        "a missing smtp_host stands where email.backend is set"
    );
    let fault = &document["faults"][1]["message"];
    assert!(
        fault.as_str().unwrap().ends_with(", not 5"),
        "a number is a number: {fault}"
    );
}

#[test]
fn path_and_show_answer_also_when_there_is_a_fault() {
    let place = broken();
    let ran = place.run(&["config", "path"]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (Some(0), 2));
    let ran = place.run(&["config", "show", "--changed"]);
    assert_eq!(ran.code, Some(3));
    assert!(
        ran.stdout.contains("jwt_ttl_seconds  FAIL must be")
            && ran.stdout.contains("regstack.toml:2"),
        "{}",
        ran.stdout
    );
    place
        .run(&["config", "path", "--config", "nowhere"])
        .refused(3, &["nowhere"]);
}

#[test]
fn a_secret_set_twice_is_one_fault_that_names_both_lines() {
    let place = Place::configured();
    let line = std::fs::read_to_string(place.path("regstack.secrets.env")).unwrap();
    place.append("regstack.secrets.env", &line);
    place.run(&["serve"]).refused(
        3,
        &[
            "regstack.secrets.env:2: REGSTACK_JWT_SECRET",
            "regstack.secrets.env:1",
        ],
    );
}

#[test]
fn a_secrets_own_file_that_cannot_be_read_is_one_fault() {
    let place = Place::configured();
    place.write(
        "regstack.secrets.env",
        "REGSTACK_JWT_SECRET_FILE=/no/such/file\n",
    );
    let ran = place.run(&["serve"]);
    ran.refused(3, &["REGSTACK_JWT_SECRET_FILE", "/no/such/file"]);
    assert!(!ran.stderr.contains("faults") && !ran.stderr.contains("is missing"));
}

#[test]
fn show_takes_keys_and_sections() {
    let place = Place::configured();
    let keys = |arguments: &[&str]| {
        let shown = place.json(&[&["config", "show"], arguments].concat());
        let items = shown["items"].as_array().unwrap().iter();
        let keys = items.map(|item| item["key"].as_str().unwrap().to_owned());
        keys.collect::<Vec<_>>()
    };
    assert_eq!(keys(&["base_url"]), ["base_url"]);
    let email = keys(&["email", "base_url"]);
    assert!(
        email.len() > 5
            && email
                .iter()
                .all(|key| key.starts_with("email.") || key == "base_url")
    );
    place
        .run(&["config", "show", "base_ulr"])
        .refused(2, &["base_ulr", "base_url"]);
}

#[test]
fn a_script_of_ones_own_under_pages_of_the_program_is_told_at_start() {
    let place = Place::configured();
    fs::create_dir_all(place.path("static/js")).unwrap();
    fs::create_dir_all(place.path("overrides/auth")).unwrap();
    place.write("static/js/regstack.js", "// of the version before");
    let toml = fs::read_to_string(place.path("regstack.toml")).unwrap();
    let folders = "enable_ui_router = true\nextra_static_dirs = [\"static\"]\nextra_template_dirs = [\"overrides\"]\n";
    place.write("regstack.toml", &format!("{folders}{toml}"));
    // As a set of the Python package has them, which knows neither an undo nor invitations.
    for page in [
        "email_change_confirm",
        "forgot",
        "login",
        "me",
        "mfa_confirm",
        "register",
        "reset",
        "verify",
    ] {
        let check = place.json(&["config", "check"]);
        let warnings = check["warnings"].as_array().unwrap();
        let warning = warnings
            .iter()
            .find(|one| one["key"] == "extra_static_dirs");
        let message = warning.unwrap()["message"].as_str().unwrap();
        assert!(message.contains(&format!("{page}.html")), "{message}");
        place.write(
            &format!("overrides/auth/{page}.html"),
            "<p>{{ app_name }}</p>",
        );
    }
    let server = place.serve(&[]);
    let said = server.says("js/regstack.js");
    assert!(
        said.contains("invite_accept.html") && !said.contains("verify.html"),
        "{said}"
    );
    for page in ["email_change_undo", "invite_accept"] {
        place.write(
            &format!("overrides/auth/{page}.html"),
            "<p>{{ app_name }}</p>",
        );
    }
    let check = place.json(&["config", "check"]);
    let warnings = check["warnings"].as_array().unwrap();
    assert!(
        warnings.iter().all(|one| one["key"] != "extra_static_dirs"),
        "{warnings:?}"
    );
}
