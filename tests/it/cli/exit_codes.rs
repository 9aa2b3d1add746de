//! Exit codes: each provoked, at a command that writes and at one that reads.

use crate::support::process::Place;

#[test]
fn each_exit_code_is_what_the_help_says() {
    let place = Place::configured().with_users(&["ada@example.com"]);
    let broken = Place::configured();
    broken.write("regstack.toml", "jwt_ttl_seconds = 5\n");
    let none = Place::configured();
    let foreign = Place::over("mongodb://127.0.0.1:1/accounts?serverSelectionTimeoutMS=200");
    for (place, arguments, code) in [
        (&place, &["users", "list"][..], 0),
        (&place, &["users", "lock", "ada"], 0),
        (&place, &["users", "show", "zoe"], 1),
        (&place, &["pending", "promote", "zoe@example.com"], 1),
        (&place, &["tokens", "revoke", "a.b.c"], 1),
        (&place, &["users", "lsit"], 2),
        (&place, &["users", "delete", "ada"], 2),
        (&place, &["users", "show", "example.com", "extra"], 2),
        (&place, &["tokens", "revoke", "short"], 2),
        (&broken, &["users", "list"], 3),
        (&broken, &["secret", "rotate"], 3),
        (&broken, &["config", "check"], 3),
        (&none, &["users", "list"], 4),
        (&none, &["events", "tail"], 4),
        (&none, &["stats"], 4),
        (&none, &["tokens", "purge"], 4),
        (&foreign, &["users", "list"], 4),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:?}");
        let failed = ran.stderr.contains("error: ");
        assert_eq!(failed, code != 0, "{arguments:?}: {ran:?}");
        assert!(
            ran.stderr.lines().count() <= 4,
            "{arguments:?}: {}",
            ran.stderr
        );
    }
    let help = place.run(&["--help"]).stdout;
    let line = help.lines().find(|line| line.starts_with("Exit:")).unwrap();
    for (code, words) in ["done", "failed", "refused", "configuration", "database"]
        .iter()
        .enumerate()
    {
        assert!(
            line.contains(&format!("{code} ")) && line.contains(words),
            "{line}"
        );
    }
}
