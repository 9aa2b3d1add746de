//! `regstack init` on a terminal: the whole dialogue, a second run, interruption, and what cannot be reached.

use std::fs;

use expectrl::Expect as _;
use expectrl::session::OsSession;
use tokio::net::TcpListener;

use super::{EMAIL, PASSWORD, admin_logs_in, assert_sound, mode, names, read};
use crate::support::name_server;
use crate::support::process::{Place, end_of, signal_child, type_unseen};
use crate::support::smtp_sink::SmtpSink;

const DOWN: &str = "\u{1b}[B";
const ZONE: &str = "\
@ 60 IN SOA ns.acme.test. admin.acme.test. 1 60 60 60 60
@ 60 IN NS ns.acme.test.
@ 60 IN MX 10 mail.acme.test.
@ 60 IN TXT \"v=spf1 mx -all\"
mail 60 IN A 192.0.2.25
bare 60 IN A 192.0.2.26
";

/// Waits for a question and answers it.
#[track_caller]
fn answer(terminal: &mut OsSession, question: &str, text: &str) {
    terminal
        .expect(question)
        .unwrap_or_else(|error| panic!("{question:?} was not asked: {error}"));
    terminal.send_line(text).unwrap();
}

/// Waits for a question and takes the choice so many below the one offered.
#[track_caller]
fn choose(terminal: &mut OsSession, question: &str, below: usize) {
    answer(terminal, question, &DOWN.repeat(below));
}

fn expect(terminal: &mut OsSession, words: &str) {
    terminal
        .expect(words)
        .unwrap_or_else(|error| panic!("it did not say {words:?}: {error}"));
}

/// Answers everything before the mail with what is offered, for a quick server on a free port.
fn to_the_mail(terminal: &mut OsSession) {
    to_the_tokens(terminal);
    answer(terminal, "How long a session lasts", "");
    answer(terminal, "How long people stay logged in", "");
    choose(terminal, "How browsers hold the session", 0);
}

fn to_the_tokens(terminal: &mut OsSession) {
    answer(terminal, "Name, shown", "Acme");
    answer(terminal, "Address where people reach it", "");
    answer(terminal, "Change more settings?", "y");
    answer(terminal, "Listen on", "127.0.0.1:0");
    answer(terminal, "Serve pages", "y");
    choose(terminal, "Where to store accounts", 0);
    answer(terminal, "Database file", "");
    expect(terminal, "can be created");
}

fn to_the_administrator(terminal: &mut OsSession) {
    choose(terminal, "How to send SMS", 0);
    choose(terminal, "Features to turn on", 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_dialogue_makes_an_installation_that_serves_at_once() {
    let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
    let names_at = name_server::serving("acme.test.", ZONE).await;
    let place = Place::empty();
    fs::create_dir(place.path(".git")).unwrap();
    let resolver = format!("dns.resolver={names_at}");
    let arguments = [
        "init",
        "--set",
        &resolver,
        "--set",
        "password.memory_kib=64",
    ];
    let mut terminal = place.on_terminal(100, &arguments);
    let t = &mut terminal;
    answer(t, "Name, shown", "Acme & Söhne");
    answer(t, "Address where people reach it", "acme.example");
    expect(t, "must be an absolute http or https URL");
    answer(t, "Address where people reach it", "");
    answer(t, "Change more settings?", "y");
    answer(t, "Listen on", "127.0.0.1:0");
    answer(t, "Serve pages", "");
    choose(t, "Where to store accounts", 0);
    answer(t, "Database file", "");
    expect(t, "can be created");
    answer(t, "How long a session lasts", "5");
    expect(t, "from 60 to 2592000");
    answer(t, "How long a session lasts", "3600");
    answer(t, "How long people stay logged in", "soon");
    expect(t, "must be");
    answer(t, "How long people stay logged in", "7d");
    choose(t, "How browsers hold the session", 1);
    choose(t, "How to send email", 1);
    answer(t, "The sender's email address", "accounts@acme.test");
    answer(t, "The sender's name", "");
    answer(t, "The mail server", "127.0.0.1");
    choose(t, "Encryption", 2);
    answer(t, "Its port", &sink.port().to_string());
    answer(t, "Log in as", "");
    expect(t, "127.0.0.1");
    expect(t, "1 host for acme.test");
    choose(t, "How to send SMS", 0);
    expect(t, "an authenticator app as second factor");
    t.send_line(format!("{} ", DOWN.repeat(4))).unwrap();
    answer(t, "Create an administrator", "y");
    answer(t, "Email address", "nobody");
    expect(t, "not a valid email address");
    answer(t, "Email address", EMAIL);
    expect(t, "Password");
    type_unseen(t, PASSWORD);
    expect(t, "Repeat the password");
    type_unseen(t, PASSWORD);
    expect(t, "generated");
    expect(
        t,
        "exclude secrets and database from version control in .gitignore",
    );
    assert_eq!(names(&place), [".git"], "nothing is written before the yes");
    answer(t, "Write this?", "y");
    let (text, code) = end_of(t);
    assert_eq!(code, 0, "{text}");
    for words in [
        "administrator ada@example.com",
        "regstack serve",
        "regstack doctor",
    ] {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }

    assert_eq!(
        names(&place),
        [
            ".git",
            ".gitignore",
            "regstack.db",
            "regstack.secrets.env",
            "regstack.toml"
        ]
    );
    assert_eq!(mode(&place, "regstack.secrets.env"), 0o600);
    assert_eq!(
        read(&place, ".gitignore"),
        "regstack.secrets.env\nregstack.db*\n"
    );
    let toml = read(&place, "regstack.toml");
    for line in [
        "app_name = \"Acme & Söhne\"",
        "jwt_ttl_seconds = 3600",
        "session_max_seconds = 604800",
        "smtp_starttls = false",
        "enable_totp = true",
        "enable_sms_2fa = false",
    ] {
        assert!(
            toml.lines().any(|other| other == line),
            "{line} is not in {toml}"
        );
    }
    assert!(sink.mails().is_empty(), "trying it out sends nothing");
    assert_sound(&place);
    let server = place.serve(&[]);
    assert!(admin_logs_in(&server, EMAIL).await);
}

#[test]
fn a_second_run_offers_what_is_there_and_keeps_everything_else() {
    let place = Place::configured();
    let by_hand = "# the balancer knows this\nmax_connections = 77   # not more\n";
    let toml = format!(
        "# Ask Grace first.\napp_name = 'Old' # as on the sign\n{by_hand}{}\n# the end\n",
        read(&place, "regstack.toml")
    );
    place.write("regstack.toml", &toml);
    place.append("regstack.secrets.env", "# the CRM's\nCRM=canary\n");
    let secrets = read(&place, "regstack.secrets.env");
    // An installation whose database is there says what it found.
    assert_eq!(place.run(&["db", "migrate"]).code, Some(0));
    let mut terminal = place.on_terminal(100, &["init"]);
    let t = &mut terminal;
    expect(t, "Changes the installation");
    expect(t, "[Old]");
    t.send_line("New").unwrap();
    answer(t, "Address where people reach it", "");
    answer(t, "Change more settings?", "y");
    expect(t, "[127.0.0.1:0]");
    t.send_line("").unwrap();
    answer(t, "Serve pages", "");
    choose(t, "Where to store accounts", 0);
    expect(t, "[accounts.db]");
    t.send_line("").unwrap();
    expect(t, "SQLite 3.");
    expect(t, "is kept");
    answer(t, "How long a session lasts", "");
    answer(t, "How long people stay logged in", "");
    choose(t, "How browsers hold the session", 0);
    choose(t, "How to send email", 0);
    answer(t, "The sender's email address", "");
    answer(t, "The sender's name", "Grace");
    to_the_administrator(t);
    answer(t, "Create an administrator", "");
    expect(t, "Old");
    expect(t, "->");
    expect(t, "New");
    expect(t, "kept");
    answer(t, "Write this?", "y");
    let (text, code) = end_of(t);
    assert_eq!(code, 0, "{text}");
    let written = read(&place, "regstack.toml");
    assert!(
        written.starts_with(&toml.replace("'Old'", "\"New\"")),
        "{written}"
    );
    assert!(written.contains("from_name = \"Grace\""), "{written}");
    assert_eq!(read(&place, "regstack.secrets.env"), secrets);
    assert_sound(&place);
}

#[test]
fn what_is_wrong_in_an_installation_is_mended_by_its_question() {
    let place = Place::configured();
    place.write(
        "regstack.toml",
        "jwt_ttl_seconds = 5 # mine\ntransport = \"pigeon\"\n",
    );
    place.write("regstack.secrets.env", "REGSTACK_JWT_SECRET=short\n");
    let mut terminal = place.on_terminal(60, &["init"]);
    let t = &mut terminal;
    to_the_tokens(t);
    expect(t, "too weak");
    answer(t, "Create a new one?", "y");
    answer(t, "How long a session lasts", "2 hours");
    answer(t, "How long people stay logged in", "");
    choose(t, "How browsers hold the session", 0);
    choose(t, "How to send email", 0);
    answer(t, "The sender's email address", "");
    answer(t, "The sender's name", "");
    to_the_administrator(t);
    answer(t, "Create an administrator", "n");
    answer(t, "Write this?", "y");
    let (text, code) = end_of(t);
    assert_eq!(code, 0, "{text}");
    let toml = read(&place, "regstack.toml");
    assert!(
        toml.starts_with("jwt_ttl_seconds = 7200 # mine\ntransport = \"bearer\"\n"),
        "{toml}"
    );
    assert_sound(&place);
}

#[test]
fn what_is_needed_is_asked_for_until_it_is_given_and_the_sender_is_of_the_application() {
    let place = Place::empty();
    let mut terminal = place.on_terminal(80, &["init"]);
    let t = &mut terminal;
    answer(t, "Name, shown", "Acme");
    answer(
        t,
        "Address where people reach it",
        "https://accounts.acme.test",
    );
    answer(t, "Is a proxy in front", "y");
    answer(t, "Change more settings?", "y");
    answer(t, "Listen on", "");
    answer(t, "Serve pages", "n");
    choose(t, "Where to store accounts", 0);
    answer(t, "Database file", "");
    answer(t, "How long a session lasts", "");
    answer(t, "How long people stay logged in", "");
    choose(t, "How browsers hold the session", 0);
    choose(t, "How to send email", 1);
    expect(t, "The sender's email address");
    answer(t, "noreply@accounts.acme.test", "");
    answer(t, "The sender's name", "");
    answer(t, "The mail server", "");
    expect(t, "an answer is needed");
    answer(t, "The mail server", "127.0.0.1");
    choose(t, "Encryption", 0);
    answer(t, "Its port", "");
    answer(t, "Log in as", "grace");
    for _ in 0..2 {
        expect(t, "SMTP password");
        type_unseen(t, "");
        expect(t, "a password is needed");
    }
    expect(t, "SMTP password");
    t.send("\u{3}").unwrap();
    assert_eq!(end_of(t).1, 130);
}

#[test]
fn interrupting_any_kind_of_question_writes_nothing() {
    for (question, mail) in [
        ("Name, shown", false),
        ("Where to store accounts", false),
        ("SMTP password", true),
        ("Features to turn on", false),
        ("Write this?", false),
    ] {
        let place = Place::empty();
        let mut terminal = place.on_terminal(80, &["init"]);
        let t = &mut terminal;
        if question == "Where to store accounts" {
            answer(t, "Name, shown", "");
            answer(t, "Address where people reach it", "");
            answer(t, "Change more settings?", "y");
            answer(t, "Listen on", "");
            answer(t, "Serve pages", "n");
        } else if question != "Name, shown" {
            to_the_mail(t);
            choose(t, "How to send email", usize::from(mail));
            answer(t, "The sender's email address", "");
            answer(t, "The sender's name", "");
        }
        if mail {
            answer(t, "The mail server", "127.0.0.1");
            choose(t, "Encryption", 0);
            answer(t, "Its port", "");
            answer(t, "Log in as", "grace");
        } else if question == "Features to turn on" {
            choose(t, "How to send SMS", 0);
        } else if question == "Write this?" {
            to_the_administrator(t);
            answer(t, "Create an administrator", "n");
        }
        expect(t, question);
        t.send("\u{3}").unwrap();
        let (text, code) = end_of(t);
        assert_eq!(code, 130, "{question}: {text}");
        assert!(
            text.contains("interrupted: nothing was changed"),
            "{question}: {text}"
        );
        assert!(
            text.contains("\u{1b}[?25h"),
            "{question}: the cursor is shown again: {text:?}"
        );
        assert!(names(&place).is_empty(), "{question}: {:?}", names(&place));
    }
}

#[test]
fn a_terminal_that_goes_away_and_a_no_write_nothing() {
    let place = Place::empty();
    let mut terminal = place.on_terminal(80, &["init"]);
    expect(&mut terminal, "Name, shown");
    signal_child(&terminal, "HUP");
    let (text, code) = end_of(&mut terminal);
    assert_eq!(code, 1, "{text}");

    let mut terminal = place.on_terminal(80, &["init"]);
    let t = &mut terminal;
    to_the_mail(t);
    choose(t, "How to send email", 0);
    answer(t, "The sender's email address", "");
    answer(t, "The sender's name", "");
    to_the_administrator(t);
    answer(t, "Create an administrator", "n");
    choose(t, "Write this?", 2);
    let (text, code) = end_of(t);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("declined: nothing was changed"), "{text}");
    assert!(names(&place).is_empty(), "{:?}", names(&place));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_reached_is_explained_and_the_person_decides() {
    let names_at = name_server::serving("acme.test.", ZONE).await;
    // A port that nobody listens on.
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
    let place = Place::empty();
    let resolver = format!("dns.resolver={names_at}");
    let mut terminal = place.on_terminal(100, &["init", "--set", &resolver]);
    let t = &mut terminal;
    for (question, text) in [
        ("Name, shown", ""),
        ("Address where people reach it", ""),
        ("Change more settings?", "y"),
        ("Listen on", "127.0.0.1:0"),
        ("Serve pages", "y"),
    ] {
        answer(t, question, text);
    }
    choose(t, "Where to store accounts", 0);
    answer(t, "Database file", "nowhere/accounts.db");
    expect(t, "does not exist");
    // Made meanwhile: trying again is enough.
    fs::create_dir(place.path("nowhere")).unwrap();
    choose(t, "What now?", 1);
    expect(t, "can be created");
    answer(t, "How long a session lasts", "");
    answer(t, "How long people stay logged in", "");
    choose(t, "How browsers hold the session", 0);
    choose(t, "How to send email", 1);
    answer(t, "The sender's email address", "accounts@bare.acme.test");
    answer(t, "The sender's name", "");
    answer(t, "The mail server", "127.0.0.1");
    choose(t, "Encryption", 2);
    answer(t, "Its port", &port.to_string());
    answer(t, "Log in as", "");
    expect(t, "can't connect");
    choose(t, "What now?", 0);
    choose(t, "How to send email", 0);
    answer(t, "The sender's email address", "");
    answer(t, "The sender's name", "");
    answer(t, "The mail server", "");
    choose(t, "Encryption", 0);
    answer(t, "Its port", &sink.port().to_string());
    answer(t, "Log in as", "");
    expect(t, "bare.acme.test has no SPF record");
    expect(t, "v=spf1");
    choose(t, "What now?", 2);
    to_the_administrator(t);
    answer(t, "Create an administrator", "n");
    answer(t, "Write this?", "y");
    let (text, code) = end_of(t);
    assert_eq!(code, 0, "{text}");
    assert!(place.path("nowhere/accounts.db").exists());
    assert_sound(&place);
}

#[test]
fn a_password_of_the_database_is_typed_unseen_and_kept_out_of_the_settings() {
    let place = Place::empty();
    let mut terminal = place.on_terminal(100, &["init"]);
    let t = &mut terminal;
    for (question, text) in [
        ("Name, shown", ""),
        ("Address where people reach it", ""),
        ("Change more settings?", "y"),
        ("Listen on", ""),
        ("Serve pages", "y"),
    ] {
        answer(t, question, text);
    }
    choose(t, "Where to store accounts", 1);
    answer(
        t,
        "URL of the database",
        "mongodb://app:seen@127.0.0.1:1/acme",
    );
    expect(t, "must not contain the password");
    answer(t, "URL of the database", "mongodb://app@127.0.0.1:1/acme");
    expect(t, "Password of the database");
    type_unseen(t, "canary/ä");
    expect(t, "FAIL");
    choose(t, "What now?", 2);
    answer(t, "How long a session lasts", "");
    answer(t, "How long people stay logged in", "");
    choose(t, "How browsers hold the session", 0);
    choose(t, "How to send email", 0);
    answer(t, "The sender's email address", "");
    answer(t, "The sender's name", "");
    to_the_administrator(t);
    expect(t, "the database didn't answer");
    expect(t, "set");
    answer(t, "Write this?", "y");
    let (text, code) = end_of(t);
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("canary"), "{text}");
    let (toml, secrets) = (
        read(&place, "regstack.toml"),
        read(&place, "regstack.secrets.env"),
    );
    assert!(!toml.contains("database_url"), "{toml}");
    // The Python package may use the same database.
    assert!(toml.contains("session_max_seconds = 0"), "{toml}");
    assert!(
        secrets.contains("REGSTACK_DATABASE_URL=mongodb://app:canary%2F%C3%A4@127.0.0.1:1/acme\n"),
        "{secrets}"
    );
    assert_sound(&place);
}

/// What Enter takes everywhere, and what `--defaults` writes.
#[test]
fn enter_everywhere_writes_what_defaults_writes() {
    for base_url in ["https://accounts.acme.test", "http://localhost:9000"] {
        let (asked, unasked) = (Place::empty(), Place::empty());
        let mut terminal = asked.on_terminal(100, &["init"]);
        let t = &mut terminal;
        answer(t, "Name, shown", "");
        answer(t, "Address where people reach it", base_url);
        if base_url.starts_with("https:") {
            answer(t, "Is a proxy in front", "");
        }
        answer(t, "Change more settings?", "");
        expect(t, "can be created");
        choose(t, "How to send email", 0);
        answer(t, "The sender's email address", "");
        answer(t, "The sender's name", "");
        answer(t, "Create an administrator", "n");
        choose(t, "Write this?", 0);
        let (text, code) = end_of(t);
        assert_eq!(code, 0, "{text}");
        let ran = unasked.run(&["init", "--defaults", "--base-url", base_url]);
        assert_eq!(
            (ran.code, ran.stderr.contains("warn")),
            (Some(0), false),
            "{ran:?}"
        );
        let toml = read(&unasked, "regstack.toml");
        assert_eq!(read(&asked, "regstack.toml"), toml);
        assert!(toml.contains("enable_ui_router = true"), "{toml}");
        assert!(toml.contains("transport = \"cookie\""), "{toml}");
        assert!(toml.contains("session_max_seconds = 2592000"), "{toml}");
        if base_url.starts_with("https:") {
            assert!(toml.contains("behind_proxy = true"), "{toml}");
            assert!(toml.contains("\"noreply@accounts.acme.test\""), "{toml}");
        } else {
            assert!(toml.contains("bind = \"127.0.0.1:9000\""), "{toml}");
        }
        assert_sound(&unasked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_in_one_part_asks_about_no_other_part() {
    let names_at = name_server::serving("acme.test.", ZONE).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let place = Place::empty();
    let resolver = format!("dns.resolver={names_at}");
    let mut terminal = place.on_terminal(100, &["init", "--set", &resolver]);
    let t = &mut terminal;
    answer(t, "Name, shown", "Acme");
    answer(t, "Address where people reach it", "");
    answer(t, "Change more settings?", "");
    choose(t, "How to send email", 1);
    answer(t, "The sender's email address", "accounts@acme.test");
    answer(t, "The sender's name", "");
    answer(t, "The mail server", "127.0.0.1");
    choose(t, "Encryption", 2);
    answer(t, "Its port", &port.to_string());
    answer(t, "Log in as", "");
    expect(t, "can't connect");
    choose(t, "What now?", 0);
    // One up: to the console.
    answer(t, "How to send email", "\u{1b}[A");
    answer(t, "The sender's email address", "");
    answer(t, "The sender's name", "");
    // Neither SMS nor features: more settings were not wished for.
    let asked = t.expect("Create an administrator").unwrap();
    let before = String::from_utf8_lossy(asked.before());
    assert!(!before.contains("How to send SMS"), "{before}");
    assert!(!before.contains("Features to turn on"), "{before}");
    t.send_line("n").unwrap();
    choose(t, "Write this?", 2);
    let (text, code) = end_of(t);
    assert_ne!(code, 0, "{text}");
    assert!(names(&place).is_empty(), "{:?}", names(&place));
}

#[test]
fn a_mistake_seen_in_the_summary_is_mended_without_starting_anew() {
    let place = Place::empty();
    let mut terminal = place.on_terminal(100, &["init"]);
    let t = &mut terminal;
    answer(t, "Name, shown", "Amce");
    answer(t, "Address where people reach it", "");
    answer(t, "Change more settings?", "");
    choose(t, "How to send email", 0);
    answer(t, "The sender's email address", "accounts@acme.test");
    answer(t, "The sender's name", "");
    answer(t, "Create an administrator", "n");
    expect(t, "Amce");
    choose(t, "Write this?", 1);
    choose(t, "What do you want to change?", 0);
    answer(t, "Name, shown", "Acme");
    answer(t, "Address where people reach it", "");
    answer(t, "Listen on", "127.0.0.1:8000");
    answer(t, "Serve pages", "");
    expect(t, "Acme");
    choose(t, "Write this?", 0);
    let (text, code) = end_of(t);
    assert_eq!(code, 0, "{text}");
    let toml = read(&place, "regstack.toml");
    for line in [
        "app_name = \"Acme\"",
        "from_address = \"accounts@acme.test\"",
    ] {
        assert!(toml.contains(line), "{toml}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_told_before_any_question() {
    let place = Place::configured();
    place.write("regstack.toml", "app_name = \"Acme\"\nbind = \n");
    let mut terminal = place.on_terminal(100, &["init"]);
    let (text, code) = end_of(&mut terminal);
    assert_eq!(code, 3, "{text}");
    assert!(
        text.contains("regstack.toml:2") && !text.contains("Name, shown"),
        "{text}"
    );
    let ran = place.run(&["init", "--defaults", "--force"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(
        ran.stderr.contains("regstack.toml:2: is not TOML"),
        "{ran:?}"
    );
}

/// Any server of TLS will do: what it says afterwards is another fault.
#[tokio::test(flavor = "multi_thread")]
async fn an_authority_of_ones_own_is_asked_for_once_it_is_met() {
    let names_at = name_server::serving("acme.test.", ZONE).await;
    let authority = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let peer = Place::configured();
    peer.set("tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"");
    peer.write("cert.pem", &authority.cert.pem());
    peer.write("key.pem", &authority.signing_key.serialize_pem());
    let peer = peer.serve(&[]);
    let port = peer.report["address"].as_str().unwrap().rsplit(':').next();
    let place = Place::empty();
    place.write("ca.pem", &authority.cert.pem());
    let resolver = format!("dns.resolver={names_at}");
    let mut terminal = place.on_terminal(100, &["init", "--set", &resolver]);
    let t = &mut terminal;
    answer(t, "Name, shown", "Acme");
    answer(t, "people reach it", "");
    answer(t, "Change more settings?", "");
    choose(t, "How to send email", 1);
    answer(t, "The sender's email address", "accounts@acme.test");
    answer(t, "The sender's name", "");
    answer(t, "The mail server", "127.0.0.1");
    choose(t, "Encryption", 1);
    answer(t, "Its port", port.unwrap());
    answer(t, "Log in as", "");
    expect(t, "UnknownIssuer");
    expect(
        t,
        "-> if the server's certificate comes from your own authority",
    );
    choose(t, "What now?", 0);
    choose(t, "How to send email", 0);
    answer(t, "The sender's email address", "");
    answer(t, "The sender's name", "");
    answer(t, "The mail server", "");
    choose(t, "Encryption", 0);
    answer(t, "Its port", "");
    answer(
        t,
        "The certificate of its own authority",
        place.path("ca.pem").to_str().unwrap(),
    );
    answer(t, "Log in as", "");
    let asked = t.expect("What now?").unwrap();
    let before = String::from_utf8_lossy(asked.before());
    assert!(before.contains("FAIL"), "{before}");
    assert!(!before.contains("UnknownIssuer"), "{before}");
    signal_child(t, "INT");
    end_of(t);
}

/// Nobody is in it, whoever was in the one of before.
#[test]
fn a_new_database_of_an_installation_is_offered_an_administrator() {
    let place = Place::empty();
    let first = place.run(&["init", "--defaults"]);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let mut terminal = place.on_terminal(100, &["init", "--database-url", "sqlite:other.db"]);
    let t = &mut terminal;
    answer(t, "Name, shown", "");
    answer(t, "people reach it", "");
    answer(t, "Change more settings?", "");
    choose(t, "How to send email", 0);
    answer(t, "The sender's email address", "");
    answer(t, "The sender's name", "");
    answer(t, "Create an administrator now?", "");
    expect(t, "Email address");
    signal_child(t, "INT");
    end_of(t);
}
