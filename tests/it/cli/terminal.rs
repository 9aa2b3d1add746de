//! What a person sees: prompts, consent, colours, widths. Each on a pseudo-terminal.

use expectrl::Expect as _;

use crate::support::process::{Place, end_of, signal_child, type_unseen};

#[test]
fn an_administrator_is_made_by_dialogue() {
    let place = Place::configured();
    let mut terminal = place.on_terminal(100, &["create-admin", "--email", "ada@example.com"]);
    terminal.expect("Password (at least 8 characters)").unwrap();
    type_unseen(&mut terminal, "short");
    terminal.expect("has at least 8").unwrap();
    terminal.expect("Password").unwrap();
    type_unseen(&mut terminal, "correct horse canary");
    terminal.expect("Repeat the password").unwrap();
    type_unseen(&mut terminal, "correct horse cANARY");
    terminal.expect("differ").unwrap();
    terminal.expect("Password").unwrap();
    type_unseen(&mut terminal, "correct horse canary");
    terminal.expect("Repeat the password").unwrap();
    type_unseen(&mut terminal, "correct horse canary");
    let (text, code) = end_of(&mut terminal);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("created the administrator ada@example.com") && !text.contains("canary"),
        "{text}"
    );
    assert_eq!(
        place.json(&["users", "show", "ada"])["user"]["is_superuser"],
        true
    );
}

#[test]
fn deleting_asks_shows_what_and_takes_no_for_an_answer() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    for (answer, left, code) in [("n", 1, 2), ("y", 0, 0)] {
        let mut terminal = place.on_terminal(100, &["users", "delete", "ada"]);
        terminal.expect("ada@example.com").unwrap();
        terminal.expect("Continue?").unwrap();
        terminal.send_line(answer).unwrap();
        assert_eq!(end_of(&mut terminal).1, code, "{answer}");
        let ran = place.run(&["users", "list", "--json", "-q"]);
        let list: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(list["items"].as_array().unwrap().len(), left, "{answer}");
    }
}

#[test]
fn interrupting_a_prompt_changes_nothing() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    for arguments in [
        &["users", "delete", "ada"][..],
        &["users", "create", "bob@example.com"],
    ] {
        let mut terminal = place.on_terminal(100, arguments);
        terminal
            .expect(if arguments.contains(&"delete") {
                "Continue?"
            } else {
                "Password"
            })
            .unwrap();
        terminal.send("\u{3}").unwrap();
        let (text, code) = end_of(&mut terminal);
        assert_eq!(code, 130, "{text}");
        assert!(text.contains("nothing was changed"), "{text}");
        assert_eq!(
            place.json(&["users", "list"])["items"]
                .as_array()
                .unwrap()
                .len(),
            1,
            "{arguments:?}"
        );
    }
}

#[test]
fn being_told_to_end_at_a_prompt_leaves_the_terminal_as_it_was() {
    let place = Place::configured();
    for name in ["TERM", "HUP"] {
        let mut terminal = place.on_terminal(100, &["create-admin", "--email", "ada@example.com"]);
        terminal.expect("Password").unwrap();
        signal_child(&terminal, name);
        let (text, code) = end_of(&mut terminal);
        assert_eq!(code, 1, "{text}");
        assert!(text.contains("nothing was changed"), "{text}");
    }
}

#[test]
fn who_waits_for_a_lock_is_told() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    let other = rusqlite::Connection::open(place.path("accounts.db")).unwrap();
    other.execute_batch("begin exclusive").unwrap();
    let mut terminal = place.on_terminal(100, &["users", "lock", "ada"]);
    terminal.expect("waiting for the database").unwrap();
    other.execute_batch("rollback").unwrap();
    let (text, code) = end_of(&mut terminal);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn a_table_fits_the_terminal_and_is_coloured_there() {
    let place = Place::configured().with_users(&[
        "a.rather.long.address.that.takes.much.room@subdomain.example.com",
        "ada@example.com",
    ]);
    for columns in [60, 80, 120] {
        let (text, code) = end_of(&mut place.on_terminal(columns, &["users", "list"]));
        assert_eq!(code, 0, "{text}");
        assert_eq!(
            (
                text.contains("not shown: "),
                text.contains("LAST LOGIN\u{1b}")
            ),
            (columns == 60, columns > 60),
            "{text}"
        );
        // The dark three of the palette, which every theme makes readable.
        let mut colours = text.split("38;5;").skip(1);
        assert!(
            colours.all(|rest| ["1m", "2m", "3m"].iter().any(|code| rest.starts_with(code))),
            "plain colours only: {text:?}"
        );
        assert!(
            text.contains('\u{1b}') && text.contains("ada@example.com"),
            "{text:?}"
        );
        for line in text.lines() {
            assert!(
                console::measure_text_width(line) <= usize::from(columns),
                "{line:?}"
            );
        }
    }
}

/// Names in other scripts, and such that would drive a terminal: the columns stand below one another all the same.
#[test]
fn whatever_a_name_holds_the_table_is_aligned_and_safe() {
    const NAMES: [&str; 7] = [
        "Ada",
        "山田太郎とても長い名前です山田太郎",
        "עדה לאבלייס",
        "عادة",
        "\u{1b}[2J\u{1b}]0;owned\u{7}Mallory",
        "\u{202e}sdrawkcab\u{2066}",
        "👩\u{200d}💻 e\u{301}",
    ];
    let place = Place::configured();
    for (number, name) in NAMES.iter().enumerate() {
        let address = format!("user{number}@example.com");
        let created = place.run(&["users", "create", &address, "--no-password", "--name", name]);
        assert_eq!(created.code, Some(0), "{created:?}");
    }
    let drives = |c: char| {
        (c.is_control() && c != '\n')
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    // Where a column starts, in columns of a terminal.
    let start = |line: &str, words: &str| {
        line.find(words)
            .map(|at| console::measure_text_width(&line[..at]))
    };
    let piped = place.run(&["users", "list"]).stdout;
    assert!(!piped.chars().any(drives), "{piped:?}");
    let mut shown = vec![(piped, usize::MAX)];
    for columns in [60, 100] {
        // NO_COLOR leaves nothing but text and what the terminal itself adds to a line's end.
        let arguments = ["--color", "never", "users", "list"];
        let (text, code) = end_of(&mut place.on_terminal(columns, &arguments));
        assert_eq!(code, 0, "{text}");
        let text = text.replace("\r\n", "\n");
        assert!(!text.chars().any(drives), "{text:?}");
        shown.push((text, columns.into()));
    }
    for (text, columns) in shown {
        let mut lines = text.lines().skip_while(|line| !line.starts_with("EMAIL"));
        let titles = lines.next().unwrap();
        let rows: Vec<&str> = lines.take(NAMES.len()).collect();
        assert_eq!(rows.len(), NAMES.len(), "no name makes a line: {text}");
        for row in rows {
            assert_eq!(start(row, "active"), start(titles, "STATE"), "{text}");
            assert!(console::measure_text_width(row) <= columns, "{text}");
        }
    }
}

#[test]
fn a_key_is_never_cut() {
    let place = Place::configured();
    let (text, code) = end_of(&mut place.on_terminal(80, &["config", "show"]));
    assert_eq!(code, 0, "{text}");
    for key in regstack::internals::config::keys() {
        assert!(text.contains(key.name), "{}: {text}", key.name);
    }
}

/// A terminal of 80 columns would break a line in the middle of an email address.
#[test]
fn what_is_said_breaks_between_words_only() {
    let emails =
        ["a", "b", "c", "d", "e", "f"].map(|name| format!("{name}.somebody@mail.example.com"));
    let emails = emails.each_ref().map(String::as_str);
    let place = Place::configured().with_users(&emails);
    let mut terminal = place.on_terminal(80, &["users", "delete", "--all"]);
    let shown = terminal.expect("Continue?").unwrap();
    let shown = String::from_utf8_lossy(shown.before()).into_owned();
    for line in shown.lines() {
        assert!(console::measure_text_width(line) <= 80, "{line:?}");
    }
    for email in emails {
        assert!(shown.contains(email), "{email} is broken: {shown:?}");
    }
    terminal.send_line("n").unwrap();
    assert_eq!(end_of(&mut terminal).1, 2);
}

#[test]
fn lists_tell_how_many_there_are_and_json_is_indented_for_a_person_only() {
    let place = Place::configured().with_users(&["ada@example.com", "bob@example.com"]);
    for (arguments, said) in [
        (&["users", "list"][..], "2 in all"),
        (&["users", "list", "--all"], "2 in all"),
        (
            &["users", "list", "--limit", "1"],
            "1 shown, and there are more",
        ),
        (
            &["users", "list", "--json"],
            "{\r\n  \"items\": [\r\n    {\r\n      \"id\": ",
        ),
        (
            &["users", "list", "--json", "--all"],
            "{\r\n  \"items\": [\r\n    {\r\n      \"id\": ",
        ),
        (
            &["outbox", "list", "--json", "--all"],
            "{\r\n  \"items\": [],\r\n  \"next\": null\r\n}",
        ),
    ] {
        let (text, code) = end_of(&mut place.on_terminal(120, arguments));
        assert!(code == 0 && text.contains(said), "{arguments:?}: {text:?}");
    }
    let (whole, _) = end_of(&mut place.on_terminal(120, &["users", "list", "--json"]));
    let (pages, _) = end_of(&mut place.on_terminal(120, &["users", "list", "--json", "--all"]));
    assert_eq!(whole, pages);
    for arguments in [
        &["users", "list", "--json"][..],
        &["users", "list", "--json", "--all"],
    ] {
        assert_eq!(
            place.run(arguments).stdout.lines().count(),
            1,
            "compact in a pipe"
        );
    }
    assert_eq!(place.run(&["users", "list"]).stderr, "");
}
