//! Mail, SMS, templates, and test messages.

use std::time::{Duration, Instant};

use expectrl::Expect as _;
use tokio::net::TcpListener;

use super::certificate::{install, made};
use super::{diagnosed, diagnosed_by, healthy, installed, spawned};
use crate::support::actor::Requests as _;
use crate::support::process::{Place, end_of, signal_child};

/// A port that takes connections and never says a word; it is there as long as the listener is.
async fn silent() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// A port where nobody listens.
async fn closed() -> u16 {
    silent().await.local_addr().unwrap().port()
}

#[tokio::test]
async fn mail_that_cannot_leave_is_a_failure() {
    let place = installed();
    diagnosed(&place, &[]).await.ends_with(0).says(
        "warn",
        "email",
        &["console backend: email is only printed"],
        "email.backend",
    );

    place.mails_to(closed().await);
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.ends_with(1).says(
        "fail",
        "email",
        &["mail server 127.0.0.1", "can't connect"],
        "[email]",
    );

    let (place, _sink) = healthy().await;
    place.append(
        "regstack.toml",
        "smtp_username = \"me\"\nsmtp_password = \"canary\"\n",
    );
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis
        .ends_with(1)
        .says("fail", "email", &["email.smtp_username"], "[email]");

    let (place, _sink) = healthy().await;
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    place.write(
        "regstack.toml",
        &(toml.replace("smtp_starttls = false", "") + "smtp_ca_file = \"no.pem\"\n"),
    );
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.ends_with(1).says("ok", "config", &[], "").says(
        "fail",
        "email",
        &["email.smtp_ca_file", "no.pem"],
        "[email]",
    );
}

#[tokio::test]
async fn a_certificate_that_a_mail_server_is_not_trusted_by_has_its_remedy() {
    let trusting = "smtp_ca_file = \"ca.pem\"\n";
    for (host, days, more, failure, remedy) in [
        ("127.0.0.1", 9, "", "UnknownIssuer", "email.smtp_ca_file"),
        (
            "b.example",
            9,
            trusting,
            "not valid for name",
            "email.smtp_host",
        ),
        ("127.0.0.1", -1, trusting, "certificate expired", "renew"),
    ] {
        // Any server of TLS will do: it is not trusted before it says a word.
        let peer = Place::configured();
        peer.set("tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"");
        let certificate = made(host, days);
        install(&peer, &certificate);
        let peer = peer.serve(&[]);
        let place = Place::configured();
        place.write("ca.pem", &certificate.0);
        let port = peer.report["address"].as_str().unwrap().rsplit(':').next();
        place.mails_to(port.unwrap().parse().unwrap());
        let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
        let tls = toml.replace("smtp_starttls = false", "smtp_tls = true");
        place.write("regstack.toml", &(tls + more));
        diagnosed(&place, &[])
            .await
            .says("fail", "email", &[failure], remedy);
    }
}

/// As it is for webhooks and providers.
#[tokio::test]
async fn an_authority_that_the_system_trusts_is_trusted_for_mail() {
    let peer = Place::configured();
    peer.set("tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"");
    let certificate = made("b.example", 9);
    install(&peer, &certificate);
    let peer = peer.serve(&[]);
    let place = Place::configured();
    place.write("ca.pem", &certificate.0);
    let port = peer.report["address"].as_str().unwrap().rsplit(':').next();
    place.mails_to(port.unwrap().parse().unwrap());
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    let tls = toml.replace("smtp_starttls = false", "smtp_tls = true");
    place.write("regstack.toml", &tls);
    let trusting = diagnosed_by(&[], |arguments| {
        let mut command = place.command(arguments);
        command.env("SSL_CERT_FILE", place.path("ca.pem"));
        command
    });
    // Trusted, so that its name is what is looked at.
    let diagnosis = trusting.await;
    diagnosis.says("fail", "email", &["not valid for name"], "email.smtp_host");
}

#[tokio::test]
async fn codes_that_nobody_gets_are_warned_of() {
    let (place, _sink) = healthy().await;
    place.set("enable_sms_2fa = true");
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.ends_with(0).says(
        "warn",
        "sms",
        &["null backend: codes aren't sent"],
        "sms.backend",
    );
}

#[tokio::test]
async fn templates_that_do_not_render_are_named() {
    for (name, text, status, words, remedy) in [
        (
            "verification.html",
            "<p>\n{{ nobody }}",
            "fail",
            "verification.html, line 2: unknown variable: `nobody`",
            "built-in",
        ),
        (
            "invite.txt",
            "{% if %}",
            "fail",
            "invite.txt, line 1",
            "regstack templates check",
        ),
        (
            "verifcation.txt",
            "Hello",
            "warn",
            "verifcation.txt: no template has this name",
            "regstack templates list",
        ),
    ] {
        let (place, _sink) = healthy().await;
        std::fs::create_dir(place.path("mails")).unwrap();
        place.write(&format!("mails/{name}"), text);
        place.set("extra_template_dirs = [\"mails\"]");
        let diagnosis = diagnosed(&place, &[]).await;
        let code = i32::from(status == "fail");
        diagnosis
            .ends_with(code)
            .says(status, "templates", &[words], remedy);
    }
    let (place, _sink) = healthy().await;
    place.set("extra_template_dirs = [\"mails\"]");
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.ends_with(1).says(
        "fail",
        "templates",
        &["mails is not a folder"],
        "create the folder",
    );
}

#[tokio::test]
async fn whatever_hangs_ends_within_its_own_time() {
    let place = installed();
    let silent = silent().await;
    place.mails_to(silent.local_addr().unwrap().port());
    let started = Instant::now();
    let ran = spawned(&place, &["doctor"]).await;
    // The longest time that a check has is ten seconds, and two cores are shared.
    assert!(started.elapsed() < Duration::from_secs(25));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stdout
            .contains("FAIL  email       no answer within 10 s"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("ok    outbox"), "{}", ran.stdout);
    assert!(started.elapsed() > Duration::from_secs(9));
}

#[tokio::test]
async fn waiting_shows_a_sign_of_life_and_ends_at_once_on_a_wish() {
    let place = installed();
    let silent = silent().await;
    place.mails_to(silent.local_addr().unwrap().port());
    let started = Instant::now();
    let mut terminal = place.on_terminal(80, &["doctor"]);
    terminal.expect("waiting for the checks").unwrap();
    signal_child(&terminal, "INT");
    let (shown, code) = end_of(&mut terminal);
    assert_eq!(code, 130, "{shown}");
    assert!(!shown.contains("FAIL"), "{shown}");
    assert!(
        started.elapsed() < Duration::from_secs(9),
        "it did not wait for the mail server"
    );
}

#[tokio::test]
async fn a_remedy_names_the_layer_that_counts() {
    let (place, _sink) = healthy().await;
    let closed = closed().await.to_string();
    let away = diagnosed_by(&[], |arguments| {
        let mut command = place.command(arguments);
        command.env("REGSTACK_EMAIL__SMTP_PORT", &closed);
        command
    });
    away.await.ends_with(1).says(
        "fail",
        "email",
        &["can't connect"],
        "email.smtp_port is set by environment REGSTACK_EMAIL__SMTP_PORT",
    );
    // The older name of the database's URL, out of the environment: nothing else is named.
    let place = Place::empty();
    let gone = diagnosed_by(&[], |arguments| {
        let mut command = place.command(arguments);
        let url = "mongodb://127.0.0.1:1/app?serverSelectionTimeoutMS=300";
        command.env("REGSTACK_MONGODB_URL", url);
        command.env("REGSTACK_JWT_SECRET", place.secret());
        command
    });
    let gone = gone.await;
    let words = [
        "can't be reached",
        "mongodb_url: environment REGSTACK_MONGODB_URL",
    ];
    gone.ends_with(1).says("fail", "database", &words, "");
    let row = gone.row("database").to_string();
    assert!(!row.contains("database_url"), "{row}");
}

#[tokio::test]
async fn an_address_that_the_mail_server_does_not_take_is_warned_of() {
    let (place, sink) = healthy().await;
    diagnosed(&place, &[]).await.says("ok", "accounts", &[], "");
    let place = place.with_users(&["jos\u{e9}@example.com"]);
    let diagnosis = diagnosed(&place, &[]).await;
    let words = ["jos\u{e9}@example.com", "doesn't support SMTPUTF8"];
    diagnosis
        .ends_with(0)
        .says("warn", "accounts", &words, "another address");
    // Whoever comes is told at once.
    let server = place.serve(&[]);
    let refused = server.register("andr\u{e9}@example.com").await;
    refused.refused(422, "validation_error");
    assert_eq!(refused.body["detail"][0]["type"], "email_not_reached");
    server.register("andre@example.com").await.is(201);
    server.stop();
    let ran = spawned(
        &place,
        &["users", "create", "andr\u{e9}@example.com", "--invite"],
    )
    .await;
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("supports SMTPUTF8"), "{ran:?}");

    place.write(
        "regstack.toml",
        &std::fs::read_to_string(place.path("regstack.toml"))
            .unwrap()
            .replace("[email]", "[email]\nallow_utf8_email = true"),
    );
    let words = ["allow_utf8_email is true", "doesn't support SMTPUTF8"];
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis.says("warn", "email", &words, "allow_utf8_email");
    sink.offer("SMTPUTF8");
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis
        .says("ok", "accounts", &[], "")
        .says("ok", "email", &[], "");
    let server = place.serve(&[]);
    server.register("andr\u{e9}@example.com").await.is(201);
    server.stop();
}

#[tokio::test]
async fn test_messages_are_sent_to_whoever_is_named() {
    let (place, sink) = healthy().await;
    let arguments = [
        "doctor",
        "--send-test",
        "bob@example.com",
        "--send-test",
        "Eve@Example.com",
        "--send-test-email",
        "ada@example.com",
    ];
    let ran = spawned(&place, &arguments).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let mut to: Vec<String> = sink.mails().iter().map(|mail| header(mail, "To")).collect();
    to.sort_unstable();
    assert_eq!(
        to,
        ["ada@example.com", "bob@example.com", "eve@example.com"]
    );
    for mail in sink.mails() {
        assert_eq!(header(&mail, "Subject"), "RegStack: test message");
    }
    let accepted = ran
        .stdout
        .lines()
        .filter(|line| line.contains("ok    send-test") && line.contains("was accepted"));
    assert_eq!(accepted.count(), 3, "{}", ran.stdout);
    // What the server answered is what its log is searched for.
    let shown = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        shown.contains("was accepted with 250 2.0.0 Ok: queued as SINK")
            && shown.contains("(to EHLO "),
        "{shown}"
    );

    let diagnosis = diagnosed(&place, &["--send-test", "+14155550123"]).await;
    diagnosis.ends_with(1).says(
        "fail",
        "send-test",
        &["sms.backend is null"],
        "sns or twilio",
    );
}

fn header(mail: &str, name: &str) -> String {
    let line = mail
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_test_message_that_is_not_accepted_is_a_failure() {
    let place = installed();
    place.mails_to(closed().await);
    let diagnosis = diagnosed(&place, &["--send-test", "bob@example.com"]).await;
    diagnosis.ends_with(2).says(
        "fail",
        "send-test",
        &["mail to bob@example.com wasn't accepted", "can't connect"],
        "email",
    );
    let (place, sink) = healthy().await;
    sink.put_off(2);
    let diagnosis = diagnosed(&place, &["--send-test", "bob@example.com"]).await;
    diagnosis.ends_with(1).says(
        "fail",
        "send-test",
        &[
            "mail to bob@example.com wasn't accepted",
            "451 4.7.1 later",
            "(to EHLO ",
        ],
        "email",
    );
    let diagnosis = diagnosed(&installed(), &["--send-test", "bob@example.com"]).await;
    diagnosis.ends_with(1).says(
        "fail",
        "send-test",
        &["no mail was sent", "email.backend is console"],
        "smtp or ses",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_terminal_asks_who_gets_a_test_message() {
    let (place, sink) = healthy().await;
    tokio::task::spawn_blocking(move || {
        let mut terminal = place.on_terminal(100, &["doctor", "--send-test"]);
        terminal.expect("Send a test message to").unwrap();
        terminal.send_line("nobody").unwrap();
        terminal.expect("expected an email address").unwrap();
        terminal.send("\u{15}bob@example.com\r").unwrap();
        let (shown, code) = end_of(&mut terminal);
        assert_eq!(code, 0, "{shown}");
        assert!(
            shown.contains("mail to bob@example.com was accepted"),
            "{shown}"
        );
    })
    .await
    .unwrap();
    assert_eq!(sink.mails().len(), 1);
}

#[test]
fn mistakes_get_a_sentence() {
    let place = Place::empty();
    for (arguments, words) in [
        (
            &["doctor", "--send-test"][..],
            &["there is no terminal", "--send-test ADDRESS-OR-NUMBER"][..],
        ),
        (
            &["doctor", "--send-test", "nobody"],
            &["nobody", "+14155550123"],
        ),
        (
            &["doctor", "--send-test-email", "+14155550123"],
            &["+14155550123", "name@example.com"],
        ),
        (&["doctor", "--send-test-email"], &["--send-test-email"]),
        (&["doctor", "--serve-chek"], &["--serve-check"]),
        (&["doctor", "extra"], &["extra"]),
        (&["docter"], &["'doctor'"]),
    ] {
        place.run(arguments).refused(2, words);
    }
}
