//! What every command has in common: help, mistakes, streams.

use std::io::Read as _;
use std::process::Stdio;

use crate::support::process::Place;

#[test]
fn alone_it_shows_the_everyday_commands_first() {
    let ran = Place::empty().run(&[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    let commands: Vec<&str> = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with("  regstack "))
        .collect();
    assert_eq!(commands.len(), 4, "{}", ran.stdout);
    assert!(ran.stdout.lines().count() < 12);
}

#[test]
fn mistakes_get_a_sentence_that_names_them_and_change_nothing() {
    let place = Place::empty();
    for (arguments, words) in [
        (&["usres"][..], &["usres", "'users'", "regstack --help"][..]),
        (
            &["users", "lst"],
            &["lst", "'list'", "regstack users --help"],
        ),
        (
            &["users"],
            &["regstack users needs a command: list, show, create"],
        ),
        (
            &["users", "list", "--lokced"],
            &["--lokced", "'--locked'", "regstack users list --help"],
        ),
        (
            &["users", "list", "--limit", "0"],
            &["--limit", "from 1 to 200"],
        ),
        (
            &["users", "list", "--limit", "201"],
            &["--limit", "from 1 to 200"],
        ),
        (
            &["users", "list", "--limit", "many"],
            &["--limit", "many", "from 1 to 200"],
        ),
        (
            &["users", "list", "--since", "tomorrow"],
            &["--since", "2026-01-31", "7d"],
        ),
        (&["users", "list", "--after", "x"], &["--after", "next"]),
        (
            &["users", "list", "--format", "xml"],
            &["--format", "table, json, csv"],
        ),
        (
            &["users", "list", "--json", "--format", "csv"],
            &["--json", "--format"],
        ),
        (
            &["users", "list", "--active", "--locked"],
            &["--active", "--locked"],
        ),
        (
            &["users", "show"],
            &["<ACCOUNT>", "regstack users show --help"],
        ),
        (&["users", "show", ""], &["an id, an email address"]),
        (&["users", "delete"], &["<ACCOUNT>"]),
        (
            &["users", "create", "nobody"],
            &["not a valid email address"],
        ),
        (
            &[
                "users",
                "create",
                "a@example.com",
                "--no-password",
                "--password-stdin",
            ],
            &["--no-password", "--password-stdin"],
        ),
        (
            &["create-admin"],
            &["--email", "regstack create-admin --help"],
        ),
        (
            &["create-admin", "--email", "nobody"],
            &["--email", "not a valid email address"],
        ),
        (
            &["serve", "--bind", "box:8001"],
            &["--bind", "box:8001", "127.0.0.1:8000"],
        ),
        (&["user", "list"], &["did you mean 'users'?"]),
        (&["start"], &["did you mean 'serve'?"]),
        (&["audit"], &["did you mean 'events'?"]),
        (&["users", "rm", "ada"], &["did you mean 'delete'?"]),
        (&["users", "suspend", "ada"], &["did you mean 'lock'?"]),
        (&["pending", "rm"], &["did you mean 'delete'?"]),
        (&["tokens", "decode"], &["did you mean 'inspect'?"]),
        (&["secret", "new"], &["did you mean 'generate'?"]),
        (&["frobnicate"], &["frobnicate", "regstack --help"]),
        (
            &["--color", "blue", "config", "path"],
            &["--color", "auto, always, never"],
        ),
        (&["-q", "-v", "config", "path"], &["--quiet", "--verbose"]),
        (&["config", "show", "extra"], &["extra"]),
    ] {
        place.run(arguments).refused(2, words);
    }
    assert_eq!(
        std::fs::read_dir(place.path(".")).unwrap().count(),
        0,
        "a mistake leaves no file behind"
    );
}

#[test]
fn control_characters_in_arguments_do_not_come_back() {
    let ran = Place::empty().run(&["users", "create", "\u{1b}[2J\u{9b}31m"]);
    ran.refused(2, &["\\u{9b}31m"]);
    assert!(ran.stderr.chars().all(|c| c == '\n' || !c.is_control()));
}

#[test]
fn version_and_help_are_results() {
    let place = Place::empty();
    let version = place.run(&["--version"]);
    assert_eq!(
        (version.code, version.stdout),
        (Some(0), format!("regstack {}\n", env!("CARGO_PKG_VERSION")))
    );
    for arguments in [
        &["--help"][..],
        &["users", "list", "--help"],
        &["serve", "-h"],
        &["help", "users", "list"],
        &["help"],
    ] {
        let help = place.run(arguments);
        assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
        assert!(help.stdout.contains("Usage:") && help.stdout.contains("Example"));
    }
}

#[test]
fn colours_follow_the_flag_and_no_color() {
    let place = Place::empty();
    let coloured = |arguments: &[&str], variable: Option<&str>| {
        let mut command = place.command(arguments);
        if let Some(name) = variable {
            command.env(name, "1");
        }
        let output = command.output().unwrap();
        [output.stdout, output.stderr].concat().contains(&0x1b)
    };
    assert!(!coloured(&["users", "lst"], None), "a pipe gets no colours");
    assert!(coloured(&["--color", "always", "users", "lst"], None));
    assert!(coloured(&["--color=always", "--help"], None));
    assert!(
        coloured(&["--color", "always", "users", "lst"], Some("NO_COLOR")),
        "the flag was asked for now"
    );
    assert!(!coloured(&["--color", "never", "--help"], None));
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let place = Place::empty();
    for arguments in [
        &["--help"][..],
        &[],
        &["secret", "generate"],
        &["completions", "bash"],
        &["man"],
    ] {
        let mut child = place.command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(
            (child.wait().unwrap().code(), said.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

/// `| head -1`: what is left to be written is not written, and nobody complains.
#[test]
fn a_reader_that_leaves_in_the_midst_is_no_failure() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    // More than a pipe holds.
    place.crowd(5000);
    for form in [&["--format", "csv"][..], &["--json"], &[]] {
        let mut child = place
            .command(&[&["users", "list", "--all"], form].concat())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 100]).unwrap();
        drop(stdout);
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(
            (ended.status.code(), said.as_str()),
            (Some(0), ""),
            "{form:?}"
        );
    }
}

#[test]
fn closed_streams_do_not_crash_it() {
    let status = Place::empty()
        .command(&["usres"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn secrets_are_long_fresh_and_nothing_else() {
    let place = Place::empty();
    let (one, other) = (
        place.run(&["secret", "generate"]),
        place.run(&["secret", "generate"]),
    );
    assert_eq!((one.code, one.stderr.as_str()), (Some(0), ""));
    assert_ne!(one.stdout, other.stdout);
    let secret = one.stdout.strip_suffix('\n').unwrap();
    assert!(
        secret.len() == 64
            && secret
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)),
        "{secret}"
    );
    let document = place.json(&["secret", "generate"]);
    assert_eq!(document.as_object().unwrap().len(), 1);
    assert_eq!(document["secret"].as_str().unwrap().len(), 64);
}

/// What the Python package has commands for.
#[test]
fn commands_of_the_python_package_that_are_not_here_get_one_true_line() {
    let place = Place::empty();
    for (arguments, words) in [
        (
            &["oauth", "setup"][..],
            &["set up other providers in regstack.toml"][..],
        ),
        (
            &["theme", "design"],
            &["there is no theme command", "theme_css_url"],
        ),
        (
            &["ses", "setup"],
            &["there is no ses command", "--email-backend ses"],
        ),
        (&["migrate", "--target", "0002"], &["--target", "head"]),
    ] {
        place.run(arguments).refused(2, words);
    }
}

/// What could not be written is not done, whoever writes it.
#[test]
fn a_full_disk_is_a_failure_of_everything_that_prints() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    for arguments in [
        &["--help"][..],
        &["--version"],
        &[],
        &["help", "users"],
        &["users", "list", "--help"],
        &["users", "list"],
        &["users", "list", "--json", "--all"],
        &["users", "list", "--format", "csv"],
        &["users", "show", "ada"],
        &["config", "show"],
        &["config", "path"],
        &["completions", "bash"],
        &["man"],
        &["secret", "generate"],
        &["events", "tail"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let mut command = place.command(arguments);
        let ended = command.stdout(full.unwrap()).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(
            ended.status.code() == Some(1) && said.contains("can't be written"),
            "{arguments:?}: {:?} {said}",
            ended.status
        );
    }
}
