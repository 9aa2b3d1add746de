//! How the doctor's words look: on wide and narrow terminals, in colours and without, in a pipe.

use console::strip_ansi_codes;

use super::{Diagnosis, diagnosed};
use crate::support::name_server::serving;
use crate::support::process::{Place, end_of};

/// One with a failure, warnings and a check that is skipped.
fn ailing() -> Place {
    let place = super::installed();
    place.set_mode("regstack.secrets.env", 0o644);
    place
        .raw()
        .execute_batch("drop index users_newest; drop index events_by_kind")
        .unwrap();
    place
}

#[test]
fn the_table_is_aligned_and_wrapped_below_its_findings() {
    for columns in [60, 120] {
        let (shown, code) = end_of(&mut ailing().on_terminal(columns, &["doctor"]));
        assert_eq!(code, 1, "{shown}");
        let plain = strip_ansi_codes(&shown).replace('\r', "");
        let lines: Vec<&str> = plain
            .lines()
            .filter(|line| line.starts_with("  "))
            .collect();
        for line in &lines {
            assert!(
                line.chars().count() <= columns.into(),
                "{columns}: {line:?}"
            );
            // Mark, name, finding: each in a column of its own.
            let in_column =
                |at: usize| line.as_bytes()[at - 1] == b' ' && line.as_bytes()[at] != b' ';
            let is_summary = line.ends_with("checks failed");
            assert!(
                is_summary || in_column(20) || line[20..].starts_with("   "),
                "{line:?}"
            );
        }
        for wanted in [
            "  ok    jwt secret  50 characters",
            "  FAIL  schema      index users_newest is missing",
            "  FAIL              index events_by_kind is missing",
            "                    -> regstack db migrate",
            "  warn  email       console backend: email is only printed",
            "  1 of 8 checks failed",
        ] {
            assert!(
                lines.contains(&wanted),
                "{columns}: {wanted:?} is not in:\n{plain}"
            );
        }
    }
}

#[test]
fn marks_have_colours_where_they_are_wanted() {
    let place = ailing();
    let (shown, _) = end_of(&mut place.on_terminal(80, &["doctor"]));
    for mark in [
        "\u{1b}[32m  ok    \u{1b}[0m",
        "\u{1b}[33m  warn  \u{1b}[0m",
        "\u{1b}[31m  FAIL  \u{1b}[0m",
        "\u{1b}[2m  skip  \u{1b}[0m",
    ] {
        assert!(shown.contains(mark), "{mark:?} is not in {shown:?}");
    }
    for plain in [
        end_of(&mut place.on_terminal(80, &["doctor", "--color", "never"])).0,
        place.run(&["doctor"]).stdout,
    ] {
        assert!(plain.contains("  FAIL  schema"), "{plain}");
        assert!(!plain.contains("\u{1b}[3"), "{plain:?}");
    }
    assert!(
        place
            .run(&["doctor", "--color", "always"])
            .stdout
            .contains("\u{1b}[31m  FAIL")
    );
}

#[test]
fn quiet_leaves_what_is_wrong() {
    let place = ailing();
    let ran = place.run(&["doctor", "-q"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
    let marks: Vec<&str> = ran
        .stdout
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(
        marks,
        ["warn", "->", "FAIL", "FAIL", "->", "warn", "->"],
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains("FAIL  schema      index users_newest"),
        "{}",
        ran.stdout
    );
}

#[tokio::test]
async fn the_readme_shows_a_screen_as_it_is() {
    let zone = "@ 3600 IN SOA ns.example.com. admin.example.com. 1 7200 3600 360000 60\n";
    let server = serving("example.com.", zone).await.to_string();
    let Diagnosis { document, .. } =
        diagnosed(&ailing(), &["--dns", "--dns-server", &server]).await;
    let checks = document["checks"].as_array().unwrap().iter();
    let checks: Vec<&str> = checks
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    let readme = include_str!("../../../../README.md");
    let (_, screen) = readme.split_once("$ regstack doctor --dns\n").unwrap();
    let (screen, _) = screen.split_once("\n```").unwrap();
    let lines: Vec<&str> = screen.lines().collect();
    let (last, lines) = lines.split_last().unwrap();
    assert!(last.ends_with("checks failed"), "{last}");
    let mut shown = Vec::new();
    for line in lines {
        let (mark, name) = (line[2..8].trim(), line[8..20].trim());
        assert!(["ok", "warn", "FAIL", "skip", ""].contains(&mark), "{line}");
        shown.extend(Some(name).filter(|name| !name.is_empty()));
    }
    assert_eq!(shown, checks);
}
