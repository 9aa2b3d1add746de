//! `regstack create-admin`.

use crate::support::process::{Place, operator};

const EMAIL: &str = "ada@example.com";
const ASK: [&str; 4] = ["create-admin", "--email", EMAIL, "--password-stdin"];

#[test]
fn makes_an_active_verified_superuser_once() {
    let place = Place::configured();
    let ran = place.run_with_stdin(&ASK, "correct horse canary\n");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    assert!(ran.stdout.contains(EMAIL) && !ran.stdout.contains("canary"));

    let shown = place.json(&["users", "show", EMAIL]);
    for flag in ["is_active", "is_verified", "is_superuser"] {
        assert_eq!(shown["user"][flag], true, "{flag}");
    }
    let actor = operator();
    assert!(
        shown["events"]
            .as_array()
            .unwrap()
            .iter()
            .any(|event| event["actor"] == actor),
        "{shown}"
    );

    let again = place.json(&["create-admin", "--email", " ADA@Example.com"]);
    assert_eq!(again["outcome"], "unchanged");
    assert_eq!(again["user"]["id"], shown["user"]["id"]);
    assert_eq!(
        place.json(&["users", "list"])["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn promotes_an_account_that_exists_without_asking_for_a_password() {
    let place = Place::configured().with_users(&[EMAIL]);
    let made = place.json(&["create-admin", "--email", EMAIL]);
    assert_eq!(
        (&made["outcome"], &made["user"]["is_superuser"]),
        (&"promoted".into(), &true.into())
    );
}

#[test]
fn without_a_terminal_the_password_must_come_from_stdin() {
    let place = Place::configured();
    place
        .run(&["create-admin", "--email", EMAIL])
        .refused(2, &["--password-stdin"]);
    assert!(
        place.json(&["users", "list"])["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn bad_passwords_are_refused_with_the_rule_and_never_repeated() {
    let place = Place::configured();
    place
        .run_with_stdin(&ASK, "canary7")
        .refused(2, &["at least 8"]);
    place.run_with_stdin(&ASK, "").refused(2, &["at least 8"]);
    place
        .run_with_stdin(&ASK, "canary ".repeat(30))
        .refused(2, &["at most 128"]);
    place
        .run_with_stdin(&ASK, "canary ".repeat(100_000))
        .refused(2, &["at most 128"]);
    place
        .run_with_stdin(&ASK, b"canary \xff\xfe not text")
        .refused(2, &["stdin"]);
    assert!(
        place.json(&["users", "list"])["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_password_argument_works_as_in_python_and_warns() {
    let place = Place::configured();
    let ran = place.run(&[
        "create-admin",
        "--email",
        EMAIL,
        "--password",
        "correct horse canary",
    ]);
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.stderr.starts_with("warning: ")
            && ran.stderr.contains("--password-stdin")
            && !ran.stderr.contains("canary"),
        "{}",
        ran.stderr
    );
    place
        .run(&[
            "create-admin",
            "--email",
            EMAIL,
            "--password",
            "canary long enough",
            "--password-stdin",
        ])
        .refused(2, &["--password-stdin"]);
}
