//! What a person sees: prompts, consent, colours, widths. Each on a pseudo-terminal.

use expectrl::{Eof, Expect as _};

use crate::support::process::Place;

#[test]
fn an_administrator_is_made_by_dialogue() {
    let place = Place::configured();
    let mut terminal = place.on_terminal(100, &["create-admin", "--email", "ada@example.com"]);
    terminal.expect("Password").unwrap();
    terminal.send_line("short").unwrap();
    terminal.expect("Once more").unwrap();
    terminal.send_line("short").unwrap();
    terminal.expect("at least 8").unwrap();
    terminal.expect("Password").unwrap();
    terminal.send_line("correct horse canary").unwrap();
    terminal.expect("Once more").unwrap();
    terminal.send_line("correct horse cANARY").unwrap();
    terminal.expect("differ").unwrap();
    terminal.expect("Password").unwrap();
    terminal.send_line("correct horse canary").unwrap();
    terminal.expect("Once more").unwrap();
    terminal.send_line("correct horse canary").unwrap();
    let rest = terminal.expect(Eof).unwrap();
    let text = String::from_utf8_lossy(rest.as_bytes()).into_owned();
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
    for (answer, left) in [("n", 1), ("y", 0)] {
        let mut terminal = place.on_terminal(100, &["users", "delete", "ada"]);
        terminal.expect("ada@example.com").unwrap();
        terminal.expect("Go on?").unwrap();
        terminal.send(answer).unwrap();
        terminal.expect(Eof).unwrap();
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
        terminal.expect(Eof).unwrap();
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
fn a_table_fits_the_terminal_and_is_coloured_there() {
    let place = Place::configured().with_users(&[
        "a.rather.long.address.that.takes.much.room@subdomain.example.com",
        "ada@example.com",
    ]);
    for columns in [60, 120] {
        let seen = place
            .on_terminal(columns, &["users", "list"])
            .expect(Eof)
            .unwrap();
        let text = String::from_utf8_lossy(seen.as_bytes()).into_owned();
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
