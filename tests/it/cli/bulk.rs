//! Acts on many accounts, picked by what they are like.

use expectrl::{Expect as _, Regex};
use serde_json::{Value, json};

use crate::support::process::{Place, end_of};

/// One with so many more accounts, unverified, `n1@example.com` the oldest.
fn crowd(count: u32) -> Place {
    let place = Place::configured().with_users(&["ada@example.com"]);
    assert_eq!(place.run(&["users", "verify", "ada"]).code, Some(0));
    place.crowd(count);
    place
}

fn count(place: &Place, filter: &str) -> u32 {
    let sql = format!("select count(*) from users where {filter}");
    place.raw().query_row(&sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_filter_picks_those_it_lists_and_consent_names_the_first_and_counts_all() {
    let place = crowd(412);
    let ran = place.run(&["users", "delete", "--unverified", "--q", "n4"]);
    ran.refused(
        2,
        &[
            "24 accounts: n412@example.com, n411@example.com",
            "n403@example.com and 14 more",
            "--yes",
        ],
    );
    assert_eq!(count(&place, "1"), 413);
    let report = place.json(&["users", "delete", "--unverified", "--q", "n4", "--yes"]);
    assert_eq!(
        (&report["done"], &report["failed"]),
        (&json!(24), &json!(0))
    );
    assert_eq!(report["items"].as_array().unwrap().len(), 24);
    assert_eq!(report["last"], "n4@example.com");
    // More than a page, and more than are told of one by one.
    let report = place.json(&["users", "lock", "--unverified", "--yes"]);
    assert_eq!(
        (&report["done"], &report["items"]),
        (&json!(388), &json!([]))
    );
    assert_eq!(
        (
            count(&place, "is_active = 0"),
            count(&place, "is_active = 1")
        ),
        (388, 1)
    );
    // What an act changes does not lead it astray.
    let ran = place.run(&["users", "unlock", "--locked", "--yes"]);
    assert_eq!(ran.stdout, "388 done, 0 failed, 0 untouched\n");
    assert_eq!(count(&place, "is_active = 0"), 0);
    assert_eq!(
        count(&place, "email = 'ada@example.com' and is_verified = 1"),
        1
    );
}

#[test]
fn those_who_are_picked_are_named_alike_or_all_and_nothing_else() {
    let place = crowd(2);
    for act in [
        "delete",
        "lock",
        "unlock",
        "promote",
        "demote",
        "verify",
        "reset-mfa",
    ] {
        place
            .run(&["users", act])
            .refused(2, &["<ACCOUNT>", "--locked", "--all"]);
        place
            .run(&["users", act, "ada", "--unverified", "--yes"])
            .refused(2, &["can't be combined"]);
        place
            .run(&["users", act, "--all", "--unverified", "--yes"])
            .refused(2, &["can't be combined"]);
        place
            .run(&["users", act, "--all"])
            .refused(2, &["3 accounts", "--yes"]);
    }
    let none = place.run(&["users", "delete", "--throttled"]);
    assert_eq!(
        (none.code, none.stdout.as_str(), none.stderr.as_str()),
        (Some(0), "", "no matching accounts\n")
    );
    assert_eq!(
        place.json(&["users", "promote", "--all", "--yes"])["done"],
        3
    );
    // The last superuser stays, and the others are demoted all the same.
    let ran = place.run(&["users", "demote", "--all", "--yes", "--json"]);
    assert_eq!(ran.code, Some(2));
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&report["done"], &report["failed"]), (&json!(2), &json!(1)));
    assert_eq!(report["items"][2]["email"], "ada@example.com");
}

#[test]
fn ten_thousand_are_deleted_under_a_bar_and_an_interruption_tells_exactly_how_far_it_came() {
    let place = crowd(10_000);
    let mut terminal = place.on_terminal(100, &["users", "delete", "--unverified"]);
    terminal
        .expect("10000 accounts: n10000@example.com")
        .unwrap();
    terminal.expect("Continue?").unwrap();
    terminal.send_line("y").unwrap();
    terminal.expect(Regex("[1-9][0-9]*/10000 .* left")).unwrap();
    terminal.send("\u{3}").unwrap();
    terminal
        .expect(Regex("([0-9]+) done, 0 failed, ([0-9]+) untouched"))
        .unwrap();
    let (text, code) = end_of(&mut terminal);
    assert_eq!(code, 1, "{text}");
    let left = count(&place, "is_verified = 0");
    assert!((1..10_000).contains(&left), "{left}");
    let done = 10_000 - left;
    // From the newest on, without a gap: the last one done is the oldest that is gone.
    let last = left + 1;
    assert!(
        text.contains(&format!("the last one processed is n{last}@example.com"))
            && text.contains(&format!("{done} done, {left} untouched")),
        "{left} left: {text}"
    );
    assert_eq!(
        count(&place, &format!("email = 'n{left}@example.com'")),
        1,
        "the next one is untouched"
    );
    let deleted: u32 = place
        .raw()
        .query_row(
            "select count(*) from events where kind = 'user_deleted'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(deleted, done, "each is in the audit trail");
}

/// Consent is to those who were counted.
#[test]
fn who_comes_while_consent_is_asked_for_is_left_alone() {
    let place = crowd(3);
    let mut terminal = place.on_terminal(100, &["users", "delete", "--unverified"]);
    terminal.expect("3 accounts: n3@example.com").unwrap();
    terminal.expect("Continue?").unwrap();
    let place = place.with_users(&["late@example.com"]);
    terminal.send_line("y").unwrap();
    let (text, code) = end_of(&mut terminal);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("3 done, 0 failed, 0 untouched"), "{text}");
    assert_eq!(count(&place, "email = 'late@example.com'"), 1);
    assert_eq!(count(&place, "1"), 2);
}

#[test]
fn a_database_that_goes_away_ends_the_act_at_once() {
    let place = crowd(120);
    let other = rusqlite::Connection::open(place.path("accounts.db")).unwrap();
    other.execute_batch("begin exclusive").unwrap();
    let ran = place.run(&["users", "lock", "--unverified", "--yes", "--json"]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    other.execute_batch("rollback").unwrap();
    assert_eq!(count(&place, "is_active = 0"), 0);
}

#[test]
fn all_of_a_list_come_page_after_page_in_every_form() {
    let place = crowd(450);
    let list = |form: &[&str]| {
        let ran = place.run(&[&["users", "list", "--all"], form].concat());
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        ran.stdout
    };
    let json: Value = serde_json::from_str(&list(&["--json"])).unwrap();
    let items = json["items"].as_array().unwrap();
    assert_eq!((items.len(), &json["next"]), (451, &Value::Null));
    assert_eq!(items[0]["email"], "n450@example.com");
    let csv = list(&["--format", "csv"]);
    assert_eq!(
        (csv.lines().count(), csv.matches("is_active").count()),
        (452, 1)
    );
    let table = list(&[]);
    assert_eq!(
        (table.lines().count(), table.matches("EMAIL").count()),
        (452, 1)
    );
    let column = table.lines().next().unwrap().find("STATE").unwrap();
    for line in table.lines().skip(1) {
        assert!(line[column..].starts_with("active"), "{line}");
    }
    for arguments in [["--limit", "2"], ["--after", "x"]] {
        let ran = place.run(&[&["users", "list", "--all"][..], &arguments].concat());
        assert_eq!(ran.code, Some(2), "{ran:?}");
    }
    let empty = place.json(&["users", "list", "--all", "--q", "zzz"]);
    assert_eq!(empty, json!({"items": [], "next": null}));
}
