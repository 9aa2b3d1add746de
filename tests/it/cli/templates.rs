//! `regstack templates`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::process::{Place, end_of};
use crate::support::smtp_sink::SmtpSink;

/// One with a folder of overrides, which holds these.
fn overriding(files: &[(&str, &str)]) -> Place {
    let place = Place::configured();
    let settings = fs::read_to_string(place.path("regstack.toml")).unwrap();
    let folder = "extra_template_dirs = [\"overrides\"]\n";
    place.write("regstack.toml", &format!("{folder}{settings}"));
    fs::create_dir(place.path("overrides")).unwrap();
    for (name, source) in files {
        let file = place.path("overrides").join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, source).unwrap();
    }
    place
}

#[test]
fn list_names_variables_and_the_file_that_overrides() {
    let place = overriding(&[("verification.txt", "{{ url }}\n")]);
    let list = place.json(&["templates", "list"]);
    let of = |name: &str| {
        let items = list["items"].as_array().unwrap();
        items
            .iter()
            .find(|item| item["name"] == name)
            .unwrap()
            .clone()
    };
    let file = place.path("overrides/verification.txt");
    assert_eq!(
        of("verification.txt"),
        json!({
            "name": "verification.txt",
            "variables": [
                "app_name", "by_administrator", "email", "full_name", "ip", "time", "ttl_hours", "ttl_minutes", "url"
            ],
            "overridden_by": file,
        })
    );
    assert_eq!(of("verification.html")["overridden_by"], Value::Null);
    assert_eq!(of("mail/frame.html")["variables"], json!([]));
    let table = place.run(&["templates", "list"]);
    assert_eq!((table.code, table.stderr.as_str()), (Some(0), ""));
    let row = table
        .stdout
        .lines()
        .find(|line| line.starts_with("verification.txt "));
    assert!(
        row.unwrap().ends_with(file.to_str().unwrap()),
        "{}",
        table.stdout
    );
    let csv = place.run(&["templates", "list", "--format", "csv"]).stdout;
    assert!(csv.starts_with("name,variables,overridden_by\n"), "{csv}");
    let (shown, code) = end_of(&mut place.on_terminal(80, &["templates", "list"]));
    assert_eq!(code, 0);
    for line in shown.lines() {
        assert!(console::measure_text_width(line) <= 80, "{line:?}");
    }
}

#[test]
fn eject_writes_what_is_built_in_and_overwrites_nothing() {
    let place = Place::configured();
    let ran = place.run(&[
        "templates",
        "eject",
        "verification",
        "mail/frame.html",
        "--to",
        "mine/words",
    ]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let folder = place.path("mine/words");
    let names = [
        "mail/frame.html",
        "verification.html",
        "verification.subject.txt",
        "verification.txt",
    ];
    let lines = names.map(|name| format!("wrote {}\n", folder.join(name).display()));
    assert_eq!(ran.stdout, lines.concat());
    assert!(
        ran.stderr.contains("extra_template_dirs") && ran.stderr.contains(folder.to_str().unwrap()),
        "{}",
        ran.stderr
    );
    for name in names {
        let ejected = fs::read(folder.join(name)).unwrap();
        if name == "verification.subject.txt" {
            let message = "{{ t(\"mail-verification-subject\", app=app_name) }}\n";
            assert_eq!(ejected, message.as_bytes());
        } else {
            let built_in = fs::read(format!("{}/templates/{name}", env!("CARGO_MANIFEST_DIR")));
            assert_eq!(ejected, built_in.unwrap());
        }
    }
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        4,
        "nothing is left beside them"
    );

    fs::write(folder.join("verification.txt"), "mine").unwrap();
    fs::remove_file(folder.join("verification.html")).unwrap();
    let again = ["templates", "eject", "verification", "--to", "mine/words"];
    place.run(&again).refused(
        2,
        &[
            "verification.",
            "already exists",
            "nothing was written",
            "--force",
        ],
    );
    assert_eq!(fs::read(folder.join("verification.txt")).unwrap(), b"mine");
    assert!(!folder.join("verification.html").exists(), "all or none");
    assert_eq!(
        place.run(&[&again[..], &["--force"]].concat()).code,
        Some(0)
    );
    assert_ne!(fs::read(folder.join("verification.txt")).unwrap(), b"mine");
}

#[test]
fn ejected_templates_are_used_and_render_the_same() {
    let place = overriding(&[]);
    let before = place.json(&["templates", "preview", "invite"]);
    let ran = place.run(&["templates", "eject", "invite"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let file = place.path("overrides/invite.txt");
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(
        mode(&file),
        mode(&place.path("regstack.toml")),
        "no secret: readable as other files are"
    );
    assert_eq!(place.json(&["templates", "preview", "invite"]), before);
    fs::write(&file, "Come in, {{ full_name }}: {{ url }}\n").unwrap();
    assert_eq!(
        place.run(&["templates", "preview", "invite"]).stdout,
        "Come in, Ada Lovelace: https://app.example/page?token=sample\n"
    );
    let checked = place.json(&["templates", "check"]);
    assert_eq!(
        (
            &checked["ok"],
            &checked["overrides"],
            &checked["faults"],
            &checked["unused"]
        ),
        (&json!(true), &json!(3), &json!([]), &json!([]))
    );
}

#[test]
fn eject_writes_nowhere_else() {
    let place = Place::configured();
    place
        .run(&["templates", "eject", "verification"])
        .refused(2, &["extra_template_dirs", "--to"]);
    for name in [
        "../regstack.toml",
        "/etc/passwd",
        "verification.pdf",
        "",
        "verif",
        ".",
    ] {
        place
            .run(&["templates", "eject", "verification", name, "--to", "mine"])
            .refused(
                2,
                &["there is no template called", "regstack templates list"],
            );
    }
    assert!(
        !place.path("mine").exists(),
        "all names are understood first"
    );
    place
        .run(&[
            "templates",
            "eject",
            "verification",
            "--to",
            "regstack.toml",
        ])
        .refused(1, &["can't be written", "before it: 0"]);
}

#[test]
fn check_names_every_fault_with_file_and_line() {
    let place = overriding(&[
        ("verification.txt", "one\n{% if %}\n"),
        (
            "invite.subject.txt",
            "{% if not app_name %}\n{{ oops }}{% endif %}\n",
        ),
        // Of all mails at once, and yet one fault.
        (
            "mail/frame.html",
            "<p>\n\n{{ nobody }}</p>{% block body %}{% endblock %}\n",
        ),
    ]);
    let file = |name: &str| place.path("overrides").join(name).display().to_string();
    let ran = place.run(&["templates", "check", "--json"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let checked: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(checked["ok"], false);
    let mut places: Vec<(String, u64)> = checked["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            (
                fault["place"].as_str().unwrap().to_owned(),
                fault["line"].as_u64().unwrap(),
            )
        })
        .collect();
    places.sort();
    assert_eq!(
        places,
        [
            (file("invite.subject.txt"), 2),
            (file("mail/frame.html"), 3),
            (file("verification.txt"), 2),
        ]
    );
    let text = place.run(&["templates", "check"]);
    assert_eq!(text.stderr, "error: the templates have 3 faults\n");
    let line = format!(
        "FAIL  {}, line 2: unknown variable oops",
        file("invite.subject.txt")
    );
    assert!(
        text.stdout.lines().any(|shown| shown == line),
        "{}",
        text.stdout
    );
    // A server says the same.
    place.run(&["serve"]).refused(
        3,
        &["extra_template_dirs", &file("verification.txt"), "line 2"],
    );
    place.run(&["serve"]).refused(
        3,
        &[
            &file("invite.subject.txt"),
            &file("mail/frame.html"),
            "unknown variable oops",
        ],
    );
    place
        .run(&["templates", "preview", "verification"])
        .refused(3, &["verification.txt, line 2", "regstack templates check"]);
    fs::remove_file(file("mail/frame.html")).unwrap();
    assert_eq!(
        place
            .run(&["templates", "preview", "password_reset", "--part", "txt"])
            .code,
        Some(0),
        "others can be looked at all the same"
    );
}

#[test]
fn an_unknown_variable_stops_the_start_with_file_and_line() {
    let place = overriding(&[("password_reset.html", "<p>\n{{ ulr }}</p>\n")]);
    let file = place.path("overrides/password_reset.html");
    let place_in_it = format!("{}, line 2", file.display());
    place.run(&["serve"]).refused(
        3,
        &["extra_template_dirs", &place_in_it, "`ulr` is undefined"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_leaves_in_the_words_of_a_file() {
    let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
    let place = overriding(&[("verification.txt", "Aye, {{ full_name }}:\n{{ url }}\n")]);
    let place = place.with_registrations(&["ada@example.com"]).await;
    place.mails_to(sink.port());
    let waiting = place.json(&["outbox", "list"]);
    let id = waiting["items"][0]["id"].as_str().unwrap();
    assert_eq!(place.run(&["outbox", "retry", id]).code, Some(0));
    let mail = sink.mails().remove(0);
    assert!(mail.contains("\nAye, Ada Lovelace:\n"), "{mail}");
    assert!(
        mail.contains("Confirm your email address"),
        "the rest is as ever: {mail}"
    );
}

#[test]
fn check_warns_of_pages_that_are_older_than_recovery_codes() {
    let place = overriding(&[]);
    let folder = place.path("overrides").display().to_string();
    let eject = ["auth/me.html", "auth/mfa_confirm.html", "--to", &folder];
    let eject = [&["templates", "eject"], &eject[..]].concat();
    assert_eq!(place.run(&eject).code, Some(0));
    let doubts = || place.json(&["templates", "check"])["doubts"].clone();
    assert_eq!(doubts(), json!([]));
    for (name, marks) in [
        (
            "me.html",
            &["data-rs-app-section", "data-rs-codes-section"][..],
        ),
        ("mfa_confirm.html", &["data-rs-form=\"mfa-recovery\""]),
    ] {
        let file = place.path("overrides/auth").join(name);
        let newer = fs::read_to_string(&file).unwrap();
        let older = marks
            .iter()
            .fold(newer.clone(), |text, mark| text.replace(mark, ""));
        fs::write(&file, older).unwrap();
        let warned = doubts();
        let warned = warned.as_array().unwrap();
        assert_eq!(warned.len(), marks.len(), "{warned:?}");
        for (doubt, mark) in warned.iter().zip(marks) {
            assert_eq!(doubt["place"], file.display().to_string());
            assert!(doubt["reason"].as_str().unwrap().contains(mark));
        }
        fs::write(&file, newer).unwrap();
    }
    assert_eq!(place.run(&["templates", "check"]).code, Some(0));
}

#[test]
fn check_warns_of_files_that_nothing_uses() {
    let place = overriding(&[("verificaton.html", "{{ url }}")]);
    let ran = place.run(&["templates", "check"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let file = place.path("overrides/verificaton.html");
    let warning = format!(
        "warn  {}: no template has this name or uses it\n",
        file.display()
    );
    assert!(
        ran.stdout.starts_with(&warning) && ran.stdout.ends_with(" templates, none overridden\n"),
        "{}",
        ran.stdout
    );
    fs::remove_dir_all(place.path("overrides")).unwrap();
    for command in [&["list"][..], &["check"], &["preview", "invite"]] {
        place
            .run(&[&["templates"], command].concat())
            .refused(3, &["extra_template_dirs", "overrides is not a folder"]);
    }
}

#[test]
fn preview_shows_each_part_with_sample_values() {
    let place = Place::configured();
    let all = place.json(&["templates", "preview", "verification"]);
    for (part, words) in [
        ("subject", "Confirm your email address"),
        ("txt", "Hello Ada Lovelace,\n\n"),
        ("html", "<!doctype html>\n"),
    ] {
        let ran = place.run(&["templates", "preview", "verification", "--part", part]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        assert!(ran.stdout.contains(words), "{}", ran.stdout);
        assert_eq!(
            ran.stdout.trim_end(),
            all[part].as_str().unwrap().trim_end()
        );
    }
    assert_eq!(
        place.run(&["templates", "preview", "verification"]).stdout,
        all["txt"].as_str().unwrap()
    );
    let page = ["templates", "preview", "auth/login.html"];
    let ran = place.run(&page);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(
        ran.stdout.starts_with("<!doctype html>\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(place.json(&page)["text"].as_str().unwrap(), ran.stdout);
    place
        .run(&[&page[..], &["--part", "html"]].concat())
        .refused(2, &["--part is only for emails"]);
    place
        .run(&["templates", "preview", "\u{1b}[2J"])
        .refused(2, &["no email called", "verification, password_reset"]);
}

#[test]
fn a_preview_has_the_look_of_the_installation_and_every_character() {
    let place = Place::configured();
    let settings = fs::read_to_string(place.path("regstack.toml")).unwrap();
    let look = "enable_ui_router = true\nmail_accent = \"#0b6b57\"\nsupport_email = \"help@example.com\"\n";
    let others = settings
        .lines()
        .filter(|line| !line.starts_with("enable_ui_router"));
    let others: Vec<&str> = others.collect();
    place.write("regstack.toml", &format!("{look}{}", others.join("\n")));
    let part = |part: &str| {
        let arguments = ["security_notice", "--lang", "ar", "--part", part];
        place.run(&[&["templates", "preview"], &arguments[..]].concat())
    };
    let html = part("html").stdout;
    for expected in [
        "#0b6b57",
        "mailto:help@example.com",
        "/account/forgot\"",
        "\u{2068}Ada Lovelace\u{2069}",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    assert!(part("txt").stdout.contains("\u{2068}Ada Lovelace\u{2069}"));
}

#[test]
fn mistakes_get_a_sentence() {
    let place = Place::empty();
    for (arguments, words) in [
        (
            &["templates"][..],
            &["regstack templates needs a command: list, eject, check, preview"][..],
        ),
        (&["templates", "ejcet"], &["ejcet", "'eject'"]),
        (&["templates", "eject"], &["<NAME>"]),
        (&["templates", "preview"], &["<NAME>"]),
        (
            &["templates", "preview", "invite", "--part", "pdf"],
            &["--part", "subject, txt, html"],
        ),
    ] {
        place.run(arguments).refused(2, words);
    }
    place
        .run(&["templates", "list"])
        .refused(3, &["jwt_secret"]);
}

#[test]
fn the_list_is_narrow_in_a_pipe_and_whole_in_json() {
    let place = Place::configured();
    let text = place.run(&["templates", "list"]).stdout;
    for line in text.lines() {
        assert!(line.chars().count() <= 120, "{line}");
    }
    assert!(text.contains(", and "), "{text}");
    let list = place.json(&["templates", "list"]);
    let most = list["items"].as_array().unwrap().iter();
    let most = most.map(|item| item["variables"].as_array().unwrap().len());
    assert!(most.max().unwrap() > 5);
}

#[test]
fn what_is_no_file_is_a_plain_fault_in_time() {
    for (name, reason) in [
        ("verification.txt", "it is a pipe, not a file"),
        ("auth/login.html", "it is a pipe, not a file"),
        ("locales/de.ftl", "it is a pipe, not a file"),
    ] {
        let place = overriding(&[("sms_login_mfa.txt", "{{ code }}")]);
        let file = place.path("overrides").join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&file).status();
        assert!(made.unwrap().success());
        for arguments in [&["config", "check"][..], &["serve", "--create"]] {
            let ran = place.run(arguments);
            assert_eq!(ran.code, Some(3), "{ran:?}");
            let said = ran.stdout + ran.stderr.as_str();
            assert!(said.contains(reason) && said.contains(name), "{said}");
        }
        fs::remove_file(&file).unwrap();
        let huge = fs::File::create(&file).unwrap();
        huge.set_len(5 << 30).unwrap();
        let ran = place.run(&["templates", "check"]);
        assert_ne!(ran.code, Some(0), "{ran:?}");
        let said = ran.stdout + ran.stderr.as_str();
        assert!(said.contains("it is larger than 1 MiB"), "{said}");
    }
}
