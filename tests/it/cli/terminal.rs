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
    terminal.expect("Once more").unwrap();
    type_unseen(&mut terminal, "correct horse cANARY");
    terminal.expect("differ").unwrap();
    terminal.expect("Password").unwrap();
    type_unseen(&mut terminal, "correct horse canary");
    terminal.expect("Once more").unwrap();
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
        terminal.expect("Go on?").unwrap();
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
                "Go on?"
            } else {
                "Password"
            })
            .unwrap();
        terminal.send("\u{3}").unwrap();
        let (text, code) = end_of(&mut terminal);
        assert_eq!(code, 1, "{text}");
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
                text.contains("no room for"),
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

#[test]
fn a_key_is_never_cut() {
    let place = Place::configured();
    let (text, code) = end_of(&mut place.on_terminal(80, &["config", "show"]));
    assert_eq!(code, 0, "{text}");
    for key in regstack::config::keys() {
        assert!(text.contains(key.name), "{}: {text}", key.name);
    }
}
