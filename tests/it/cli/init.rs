//! `regstack init` without a terminal: what it writes, what it refuses, and that nothing is ever half-written.

mod dialogue;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::process::{Place, Ran, Server};

const EMAIL: &str = "ada@example.com";

/// Answers that make a server quick to start beside others.
const QUICK: [&str; 10] = [
    "--transport",
    "bearer",
    "--app-name",
    "Acme",
    "--bind",
    "127.0.0.1:0",
    "--set",
    "password.memory_kib=64",
    "--set",
    "password.iterations=1",
];

fn read(place: &Place, name: &str) -> String {
    fs::read_to_string(place.path(name)).unwrap()
}

fn mode(place: &Place, name: &str) -> u32 {
    fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o777
}

/// The names of all files in a place, hidden ones too.
fn names(place: &Place) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(place.path("."))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Both files load, and nothing is worth a warning beside the mail that is only printed.
#[track_caller]
fn assert_sound(place: &Place) {
    let checked = place.json(&["config", "check"]);
    let warnings = checked["warnings"].as_array().unwrap();
    assert!(
        checked["ok"] == true
            && warnings
                .iter()
                .all(|warning| warning["key"] == "email.backend"),
        "{checked}"
    );
}

/// Whether the server lets an administrator in, who can then see the accounts.
async fn admin_logs_in(server: &Server, email: &str) -> bool {
    let answer = server.log_in(email, PASSWORD).await;
    let Some(token) = answer.body["access_token"].as_str() else {
        return false;
    };
    let me = server.bearer(token).me().await;
    me.body["is_superuser"] == true
}

fn init(place: &Place, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
    let arguments = [&["init", "--defaults"], arguments].concat();
    let mut command = place.command(&arguments);
    command.envs(environment.iter().copied());
    Ran::end_of(command)
}

#[tokio::test]
async fn defaults_and_flags_make_an_installation_that_serves_at_once() {
    let place = Place::empty();
    let arguments = [&QUICK[..], &["--admin-email", EMAIL, "--json"]].concat();
    let ran = init(&place, &arguments, &[("REGSTACK_ADMIN_PASSWORD", PASSWORD)]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["outcome"], "written");
    assert_eq!(
        report["administrator"],
        json!({"outcome": "created", "email": EMAIL})
    );
    assert_eq!(report["next"], json!(["regstack serve", "regstack doctor"]));
    let change = |key: &str| {
        let changes = report["changes"].as_array().unwrap();
        changes.iter().find(|change| change["key"] == key).unwrap()["new"].clone()
    };
    assert_eq!(change("app_name"), "Acme");
    assert_eq!(change("jwt_secret"), "generated");

    assert_eq!(
        names(&place),
        ["regstack.db", "regstack.secrets.env", "regstack.toml"]
    );
    assert_eq!(mode(&place, "regstack.secrets.env"), 0o600);
    let secrets = read(&place, "regstack.secrets.env");
    let secret = secrets
        .rsplit_once("REGSTACK_JWT_SECRET=")
        .unwrap()
        .1
        .trim();
    assert!(secret.len() == 64 && !ran.stdout.contains(secret));
    assert!(!read(&place, "regstack.toml").contains(secret));
    assert_sound(&place);
    let server = place.serve(&[]);
    assert!(admin_logs_in(&server, EMAIL).await);
}

#[test]
fn an_installation_is_not_overwritten_unless_told_and_then_keeps_what_is_its_own() {
    let place = Place::configured();
    place.append("regstack.toml", "# mine\n\n[dns] # also mine\n");
    place.append(
        "regstack.secrets.env",
        "# keys of the CRM\nCRM_KEY=canary\n",
    );
    let both = || {
        (
            read(&place, "regstack.toml"),
            read(&place, "regstack.secrets.env"),
        )
    };
    let before = both();
    init(&place, &["--app-name", "New"], &[])
        .refused(2, &["there is an installation", "--force", "--if-missing"]);
    let left = init(
        &place,
        &["--app-name", "New", "--if-missing", "--json"],
        &[],
    );
    assert_eq!(left.code, Some(0), "{left:?}");
    assert!(
        left.stdout.contains("\"outcome\":\"unchanged\""),
        "{}",
        left.stdout
    );
    assert_eq!(both(), before);
    assert!(!place.path("accounts.db").exists(), "left alone altogether");

    let forced = init(
        &place,
        &[
            "--force",
            "--app-name",
            "New",
            "--set",
            "password.iterations=2",
            "--no-schema",
        ],
        &[("REGSTACK_EMAIL__SMTP_PASSWORD", "canary two")],
    );
    assert_eq!(forced.code, Some(0), "{forced:?}");
    assert!(!(forced.stdout + forced.stderr.as_str()).contains("canary"));
    let (toml, secrets) = both();
    assert_eq!(
        toml.replacen(
            "\n# Name of your application, shown in email and on pages.\napp_name = \"New\"\n\n",
            "",
            1
        ),
        before.0.replace("iterations = 1", "iterations = 2"),
        "every other byte stays"
    );
    assert_eq!(
        secrets,
        format!("{}REGSTACK_EMAIL__SMTP_PASSWORD=\"canary two\"\n", before.1)
    );
    // Asked again for the same, there is nothing to do.
    let again = init(
        &place,
        &["--force", "--app-name", "New", "--no-schema", "--json"],
        &[],
    );
    assert!(
        again.stdout.contains("\"outcome\":\"unchanged\""),
        "{}",
        again.stdout
    );
}

#[test]
fn secrets_alone_are_an_installation_too() {
    let place = Place::empty();
    place.write(
        "regstack.secrets.env",
        "REGSTACK_JWT_SECRET=canary-0123456789-0123456789-0123456789\n",
    );
    init(&place, &[], &[]).refused(2, &["--force"]);
    let forced = init(&place, &["--force", "--no-schema"], &[]);
    assert_eq!(forced.code, Some(0), "{forced:?}");
    assert!(read(&place, "regstack.secrets.env").starts_with("REGSTACK_JWT_SECRET=canary-"));
    assert_eq!(
        mode(&place, "regstack.secrets.env"),
        0o600,
        "and are closed"
    );
    assert_sound(&place);
}

#[test]
fn secrets_come_from_the_environment_files_and_stdin_and_are_never_shown() {
    let place = Place::empty();
    place.write("mail-password", "canary from file\n");
    let mut command = place.command(&["init", "--defaults", "--secrets-stdin", "--no-schema"]);
    command
        .env("REGSTACK_EMAIL__SMTP_PASSWORD_FILE", "mail-password")
        .env("REGSTACK_SMS__TWILIO_AUTH_TOKEN", "canary environment")
        .env(
            "REGSTACK_DATABASE_URL",
            "mongodb://app:canary@127.0.0.1:1/acme",
        );
    let ran = Ran::with_stdin(
        command,
        "# from the vault\nREGSTACK_JWT_SECRET='canary 0123456789012345678901234567'\nREGSTACK_EMAIL__SMTP_USERNAME=postman\n",
    );
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        !(ran.stdout.clone() + ran.stderr.as_str()).contains("canary"),
        "{ran:?}"
    );
    let toml = read(&place, "regstack.toml");
    assert!(
        !toml.contains("canary") && toml.contains("smtp_username = \"postman\""),
        "{toml}"
    );
    let secrets = read(&place, "regstack.secrets.env");
    for line in [
        "REGSTACK_JWT_SECRET=\"canary 0123456789012345678901234567\"",
        "REGSTACK_EMAIL__SMTP_PASSWORD=\"canary from file\"",
        "REGSTACK_SMS__TWILIO_AUTH_TOKEN=\"canary environment\"",
        "REGSTACK_DATABASE_URL=mongodb://app:canary@127.0.0.1:1/acme",
    ] {
        assert!(
            secrets.lines().any(|other| other == line),
            "{line} is not in {secrets}"
        );
    }
    assert_eq!(place.run(&["config", "check"]).code, Some(0));
}

#[test]
fn nonsense_gets_one_sentence_with_the_way_that_works_and_leaves_nothing() {
    let place = Place::empty();
    for (arguments, words) in [
        (
            &["--set", "app_nam=x"][..],
            &["there is no setting app_nam", "did you mean app_name?"][..],
        ),
        (
            &["--set", "smtp_host=x"],
            &["did you mean email.smtp_host?"],
        ),
        (&["--set", "canary"], &["key=value"]),
        (
            &["--set", "jwt_secret=canary"],
            &[
                "jwt_secret doesn't accept secrets",
                "REGSTACK_JWT_SECRET_FILE",
                "--secrets-stdin",
            ],
        ),
        (
            &["--set", "sms.twilio_auth_token=canary"],
            &["REGSTACK_SMS__TWILIO_AUTH_TOKEN"],
        ),
        (
            &["--smtp-password", "canary"],
            &[
                "--smtp-password doesn't accept secrets",
                "REGSTACK_EMAIL__SMTP_PASSWORD",
            ],
        ),
        (&["--smtp-password=canary"], &["doesn't accept secrets"]),
        (
            &["--admin-password", "canary"],
            &["REGSTACK_ADMIN_PASSWORD"],
        ),
        (
            &["--database-url", "mongodb://u:canary@h/db"],
            &["doesn't accept secrets", "REGSTACK_DATABASE_URL"],
        ),
        (
            &["--database-url", "mysql://u@h/db"],
            &["--database-url", "REGSTACK_DATABASE_URL"],
        ),
        (&["--database-url", "sqlite:"], &["must name a file"]),
        (
            &["--base-url", "acme.example"],
            &[
                "--base-url can't be used",
                "http or https URL",
                "\"acme.example\"",
            ],
        ),
        (
            &["--email-backend", "pigeon"],
            &["one of console, smtp, ses"],
        ),
        (&["--smtp-port", "0"], &["from 1 to 65535"]),
        (
            &["--enable-sms-2fa", "maybe"],
            &["true or false", "\"maybe\""],
        ),
        (&["--app-name", ""], &["not empty"]),
        (
            &["--app-name", "a", "--set", "app_name=b"],
            &["app_name is given twice"],
        ),
        (&["--bse-url", "x"], &["--bse-url", "'--base-url'"]),
        (&["--force", "--if-missing"], &["--if-missing"]),
        (&["--admin-email", "nobody"], &["not a valid email address"]),
        (
            &["--admin-email", EMAIL],
            &["needs a password", "REGSTACK_ADMIN_PASSWORD"],
        ),
        (
            &["--target", "a", "--config", "b"],
            &["--target", "--config"],
        ),
    ] {
        init(&place, arguments, &[]).refused(2, words);
    }
    // What only fails as a whole fails before anything is written.
    init(&place, &["--email-backend", "smtp"], &[]).refused(3, &["email.smtp_host", "missing"]);
    init(&place, &["--set", "extra_template_dirs=nowhere"], &[])
        .refused(3, &["extra_template_dirs"]);
    assert!(names(&place).is_empty(), "{:?}", names(&place));
}

#[test]
fn secrets_that_cannot_be_used_are_named_and_not_repeated() {
    let place = Place::empty();
    for (variables, words) in [
        (
            &[("REGSTACK_JWT_SECRET", "canary")][..],
            &["REGSTACK_JWT_SECRET can't be used", "at least 32"][..],
        ),
        (&[("REGSTACK_ADMIN_PASSWORD", "canary")], &["at least 8"]),
        (
            &[("REGSTACK_JWT_SECRET_FILE", "nowhere")],
            &["readable file", "nowhere"],
        ),
        (
            &[
                ("REGSTACK_JWT_SECRET", "canary"),
                ("REGSTACK_JWT_SECRET_FILE", "x"),
            ],
            &["both set"],
        ),
    ] {
        init(&place, &[], variables).refused(2, words);
    }
    for (stdin, words) in [
        ("canary\n", &["line:1", "KEY=value"][..]),
        (
            "REGSTACK_JWT_SECRT=canary\n",
            &["there is no setting REGSTACK_JWT_SECRT"],
        ),
    ] {
        let command = place.command(&["init", "--defaults", "--secrets-stdin"]);
        Ran::with_stdin(command, stdin).refused(2, words);
    }
    place
        .run(&["init"])
        .refused(2, &["no terminal", "--defaults"]);
    // What only fails as a whole fails before anything is written.
    init(&place, &["--email-backend", "smtp"], &[]).refused(3, &["email.smtp_host", "missing"]);
    init(&place, &["--set", "extra_template_dirs=nowhere"], &[])
        .refused(3, &["extra_template_dirs"]);
    assert!(names(&place).is_empty(), "{:?}", names(&place));
}

#[test]
fn a_configuration_that_cannot_be_read_is_named_and_left_alone() {
    for (toml, words) in [
        ("app_name = \n", &["regstack.toml:1", "TOML"][..]),
        ("app_nam = \"x\"\n", &["app_nam", "did you mean app_name?"]),
        ("[password]\niterations = 0\n", &["password.iterations"]),
    ] {
        let place = Place::configured();
        place.write("regstack.toml", toml);
        init(&place, &["--force"], &[]).refused(3, words);
        assert_eq!(read(&place, "regstack.toml"), toml);
    }
    let place = Place::configured();
    fs::rename(place.path("regstack.toml"), place.path("real.toml")).unwrap();
    std::os::unix::fs::symlink("real.toml", place.path("regstack.toml")).unwrap();
    init(&place, &["--force"], &[]).refused(1, &["symbolic link", "--target"]);
}

#[test]
fn in_a_work_tree_the_secrets_stay_out_of_version_control() {
    let place = Place::empty();
    fs::create_dir(place.path(".git")).unwrap();
    place.write(".gitignore", "/target");
    for _ in 0..2 {
        let ran = init(&place, &["--force", "--no-schema"], &[]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(
            read(&place, ".gitignore"),
            "/target\nregstack.secrets.env\nregstack.db*\n"
        );
    }
}

#[test]
fn what_is_no_file_stops_nothing_but_this_run() {
    for name in [".gitignore", "regstack.toml", "regstack.secrets.env"] {
        let place = Place::empty();
        fs::create_dir(place.path(".git")).unwrap();
        let pipe = Command::new("mkfifo").arg(place.path(name)).status();
        assert!(pipe.unwrap().success());
        let ran = init(&place, &["--force", "--no-schema"], &[]);
        ran.refused(1, &[name, "it is a pipe, not a file"]);
        fs::remove_file(place.path(name)).unwrap();
        let huge = fs::File::create(place.path(name)).unwrap();
        huge.set_len(5 << 30).unwrap();
        let ran = init(&place, &["--force", "--no-schema"], &[]);
        ran.refused(1, &[name, "it is larger than 1 MiB"]);
        assert_eq!(names(&place), [".git", name], "nothing was written");
    }
}

#[test]
fn a_disk_without_room_leaves_everything_as_it_was() {
    let place = Place::empty();
    // 1 KiB a file: the secrets fit and the settings do not.
    let limited = |arguments: &str| {
        let script = format!(
            "trap '' XFSZ; ulimit -f 2; exec {} init --defaults {arguments}",
            env!("CARGO_BIN_EXE_regstack")
        );
        let mut command = Command::new("sh");
        command
            .args(["-c", &script])
            .current_dir(place.path("."))
            .env_clear();
        Ran::end_of(command)
    };
    limited("").refused(
        1,
        &[
            "regstack.toml can't be written",
            "too large",
            "nothing was changed",
        ],
    );
    assert!(names(&place).is_empty(), "{:?}", names(&place));
    limited("--target new/deep").refused(1, &["can't be written"]);
    assert!(names(&place).is_empty(), "{:?}", names(&place));

    let ran = init(&place, &["--no-schema"], &[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let both = || {
        (
            read(&place, "regstack.toml"),
            read(&place, "regstack.secrets.env"),
        )
    };
    let before = both();
    limited("--force --app-name Other").refused(1, &["nothing was changed"]);
    assert_eq!((both(), names(&place).len()), (before, 2));
}

#[test]
fn a_folder_that_cannot_be_made_or_written_is_named() {
    let place = Place::empty();
    init(&place, &["--target", "/proc/nowhere"], &[])
        .refused(1, &["/proc/nowhere can't be made", "--target"]);
    place.write("file", "");
    init(&place, &["--target", "file/below"], &[]).refused(1, &["file/below can't be made"]);
    assert_eq!(names(&place), ["file"]);
}

#[test]
fn what_follows_the_files_may_fail_and_says_what_stands() {
    let place = Place::empty();
    place.write(
        "regstack.db",
        "this is no database, but a text of somebody else's",
    );
    init(
        &place,
        &["--admin-email", EMAIL],
        &[("REGSTACK_ADMIN_PASSWORD", PASSWORD)],
    )
    .refused(
        3,
        &[
            "the files were written, but",
            "isn't an SQLite database",
            "regstack db migrate",
        ],
    );
    assert_sound(&place);
    let away = Place::empty();
    init(
        &away,
        &["--database-url", "mongodb://127.0.0.1:1/acme"],
        &[],
    )
    .refused(4, &["the files were written, but"]);
    assert_sound(&away);
}

#[tokio::test]
async fn an_installation_elsewhere_has_its_database_beside_it() {
    let place = Place::empty();
    let arguments = [
        &QUICK[..],
        &["--target", "etc/acme", "--admin-email", EMAIL],
    ]
    .concat();
    let ran = init(&place, &arguments, &[("REGSTACK_ADMIN_PASSWORD", PASSWORD)]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stdout
            .contains("regstack serve --config etc/acme/regstack.toml"),
        "{}",
        ran.stdout
    );
    assert_eq!(names(&place), ["etc"], "nothing is left here");
    assert!(place.path("etc/acme/regstack.db").exists());
    let server = place.serve(&["--config", "etc/acme"]);
    assert!(admin_logs_in(&server, EMAIL).await);
}

/// What scripts for the Python package say.
#[test]
fn force_and_if_missing_ask_nothing_where_nobody_can_be_asked() {
    let place = Place::empty();
    let target = place.path("there").display().to_string();
    let run = |arguments: &[&str]| {
        place.run(&[&["init", "--target", &target, "--no-schema"], arguments].concat())
    };
    run(&[]).refused(2, &["there is no terminal", "--defaults"]);
    let made = run(&["--if-missing"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let toml = read(&place, "there/regstack.toml");
    let left = run(&["--if-missing"]);
    assert!(
        left.code == Some(0) && left.stdout.contains("nothing was changed"),
        "{left:?}"
    );
    let changed = run(&["--force", "--app-name", "New"]);
    assert_eq!(changed.code, Some(0), "{changed:?}");
    assert_ne!(read(&place, "there/regstack.toml"), toml);
}

#[test]
fn where_the_server_stands_is_warned_of_at_every_place() {
    let place = Place::empty();
    let arguments = [
        "--no-schema",
        "--base-url",
        "https://acme.example",
        "--enable-ui-router=false",
        "--behind-proxy=false",
    ];
    let ran = init(&place, &arguments, &[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let words = [
        "https://acme.example/verify",
        "verify_url_template",
        "email_link_prefix",
        "behind_proxy",
        "share one address",
    ];
    let checked = place.run(&["config", "check"]);
    let examined = place.run(&["doctor"]);
    for word in words {
        assert!(ran.stderr.contains(word), "init: {word}: {ran:?}");
        assert!(
            checked.stdout.contains(word),
            "config check: {word}: {checked:?}"
        );
        let shown = examined.stdout.replace('\n', " ");
        assert!(shown.contains(word), "doctor: {word}: {examined:?}");
    }
    place.append("regstack.toml", "\n");
    let toml = read(&place, "regstack.toml");
    place.write(
        "regstack.toml",
        &format!("theme_css_url = \"/branding/theme.css\"\nbrand_logo_url = \"/regstack-static/img/icon.svg\"\n{}", toml.replace("enable_ui_router = false", "enable_ui_router = true")),
    );
    let warnings = place.json(&["config", "check"])["warnings"].to_string();
    assert!(
        warnings.contains("/branding/theme.css, which this server does not serve"),
        "{warnings}"
    );
    assert!(
        !warnings.contains("brand_logo_url") && !warnings.contains("verify_url_template"),
        "{warnings}"
    );
}

#[test]
fn nonsense_names_of_servers_and_regions_are_refused() {
    let place = Place::empty();
    for (flag, value, words) in [
        ("--smtp-host", "Acme «Konten» 🎉", "must be a host name"),
        ("--ses-region", "atlantis", "must be an AWS region"),
        ("--sns-region", "atlantis", "must be an AWS region"),
    ] {
        init(&place, &[flag, value], &[]).refused(2, &[flag, words]);
    }
}

/// A newcomer is not told of each migration.
#[test]
fn a_new_database_is_one_line() {
    let place = Place::empty();
    let ran = place.run(&["init", "--defaults"]);
    let told = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with("database"));
    assert_eq!((ran.code, told.count()), (Some(0), 1), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("database") && ran.stdout.contains("ready"),
        "{}",
        ran.stdout
    );
    std::fs::remove_file(place.path("regstack.db")).unwrap();
    let quiet = place.run(&["migrate", "--quiet"]);
    assert_eq!(
        (quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()),
        (Some(0), "", "")
    );
}
