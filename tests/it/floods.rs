//! Neighbors that answer without end, drop by drop, or not as they should: each costs its own message some time, and nobody
//! else anything.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use regstack::internals::config::{
    AwsCredentials, EmailBackend, EmailSettings, SesSettings, SmsBackend, SmtpSecurity,
    SmtpSettings, TwilioSettings, Webhook,
};
use regstack::internals::delivery::SendError;
use regstack::internals::delivery::email::{self, Mail};
use regstack::internals::delivery::sms::{self, Sms};
use regstack::internals::model::{Id, PhoneNumber};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

use crate::support::actor::Requests as _;
use crate::support::flood::Flood;
use crate::support::process::Place;
use crate::support::receiver::{Receiver, SECRET};
use crate::support::served::{Served, eventually};

/// Ends long before any time limit; a machine that is busy with other tests included.
const SOON: Duration = Duration::from_secs(10);

fn mail() -> Mail {
    Mail {
        id: Id::from_bytes([0xc4; 12]),
        date: Timestamp::from_second(1_800_000_000).unwrap(),
        to: "ada@example.com".into(),
        subject: "Hello".into(),
        text: "Hello\n".into(),
        html: "<p>Hello</p>".into(),
    }
}

async fn send_by(backend: EmailBackend) -> Result<(), SendError> {
    let settings = EmailSettings {
        backend,
        ..EmailSettings::default()
    };
    let began = Instant::now();
    let sent = email::transport(&settings, "Acme")
        .unwrap()
        .send(&mail())
        .await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    sent
}

fn smtp(port: u16, seconds: u64) -> EmailBackend {
    EmailBackend::Smtp(SmtpSettings {
        host: "127.0.0.1".into(),
        port,
        security: SmtpSecurity::Plain,
        login: None,
        timeout: Duration::from_secs(seconds),
        helo_name: None,
        own_host: "app.example".into(),
    })
}

async fn send_to(port: u16, seconds: u64) -> Result<(), SendError> {
    send_by(smtp(port, seconds)).await
}

#[tokio::test]
async fn a_mail_server_that_answers_without_end_is_left_soon() {
    for (after, again, words) in [
        ("", &b"220-\r\n"[..], "more than 128 lines"),
        (
            "",
            b"220-welcome to our mail server, please wait\r\n",
            "more than 128 lines",
        ),
        ("", b"x", "more than 16 KiB"),
        ("", b"\r\n", "does not answer as a mail server does"),
        ("EHLO", b"250-X-MORE\r\n", "more than 128 lines"),
        ("MAIL", b"250-no end", "more than 16 KiB"),
        ("RCPT", b"550-5.1.1 nobody\r\n", "more than 128 lines"),
    ] {
        let flood = Flood::smtp(after, again).await;
        match send_to(flood.port, 60).await {
            Err(SendError::Transient(reason)) if reason.contains(words) => {}
            other => panic!("{after} {again:?}: {other:?}"),
        }
        flood.was_left_unread();
    }
    // Its first line says that it keeps the mail: sent again, it would arrive twice.
    let flood = Flood::smtp(".", b"250-queued\r\n").await;
    send_to(flood.port, 60).await.unwrap();
    let flood = Flood::smtp(".", b"550-no\r\n").await;
    let error = send_to(flood.port, 60).await.unwrap_err();
    assert!(matches!(error, SendError::Unconfirmed(_)), "{error:?}");
}

#[tokio::test]
async fn a_mail_server_that_answers_drop_by_drop_has_no_more_time_than_a_silent_one() {
    let slow = Flood::dripping(false, b"220-", Duration::from_millis(100)).await;
    let error = send_to(slow.port, 1).await.unwrap_err();
    assert!(
        matches!(&error, SendError::Transient(reason) if reason.ends_with("no answer within 1 s")),
        "{error:?}"
    );
}

#[tokio::test]
async fn twilio_may_answer_without_end() {
    let send = async |origin: String| {
        let settings = TwilioSettings {
            account_sid: "AC0123456789abcdef0123456789abcdef".into(),
            auth_token: "canary-token".into(),
            from: "+15005550006".into(),
            api_url: Some(origin),
        };
        let sms = Sms {
            id: Id::from_bytes([0xc4; 12]),
            date: Timestamp::from_second(1_800_000_000).unwrap(),
            to: PhoneNumber::parse("+14155550123").unwrap(),
            text: "Acme login code: 042719".into(),
        };
        let began = Instant::now();
        let transport = sms::transport(&SmsBackend::Twilio(settings)).unwrap();
        let sent = transport.send(&sms).await;
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        sent
    };
    // Taken is taken.
    let flood = Flood::http(b"HTTP/1.1 201 Created\r\n\r\n", b"x").await;
    send(flood.origin()).await.unwrap();
    flood.was_left_unread();
    for (first, again, words) in [
        (
            &b"HTTP/1.1 503 Busy\r\n\r\n"[..],
            &b"x"[..],
            "not accepted: 503",
        ),
        (
            b"",
            b"HTTP/1.1 103 Early Hints\r\n\r\n",
            "more than 256 KiB",
        ),
        (
            b"HTTP/1.1 503 Busy\r\n",
            b"x-more: and more\r\n",
            "cannot be asked",
        ),
    ] {
        let flood = Flood::http(first, again).await;
        let error = send(flood.origin()).await.unwrap_err();
        assert!(
            matches!(&error, SendError::Transient(reason) if reason.contains(words)),
            "{error:?}"
        );
        flood.was_left_unread();
    }
}

#[tokio::test]
async fn amazon_may_answer_without_end() {
    for (first, again, words) in [
        (
            &b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"[..],
            &b"x"[..],
            "took it",
        ),
        (
            b"HTTP/1.1 400 Bad\r\nx-amzn-errortype: TooManyRequestsException\r\n\r\n",
            b"x",
            "not accepted",
        ),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", "more than 256 KiB"),
        (
            b"HTTP/1.1 200 OK\r\n",
            b"x-more: and more\r\n",
            "cannot be asked",
        ),
    ] {
        let flood = Flood::http(first, again).await;
        let error = send_by(EmailBackend::Ses(SesSettings {
            region: "eu-west-1".into(),
            credentials: AwsCredentials::AccessKey {
                id: "test".into(),
                secret: "canary-secret".into(),
            },
            endpoint_url: Some(flood.origin()),
        }));
        let error = error.await.unwrap_err();
        assert!(error.to_string().contains(words), "{error:?}");
        // What may have been taken is not sent again and again.
        assert_eq!(
            matches!(error, SendError::Unconfirmed(_)),
            words == "took it",
            "{error:?}"
        );
        assert_eq!(flood.taken.load(Ordering::SeqCst), 1);
        flood.was_left_unread();
    }
}

/// A certificate for this machine, which is its own authority.
fn certificate() -> rcgen::CertifiedKey<rcgen::KeyPair> {
    rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap()
}

/// What is read is counted where it comes out of TLS.
#[tokio::test]
async fn a_mail_server_that_answers_without_end_over_tls_is_left_soon() {
    let certificate = certificate();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, certificate.cert.pem()).unwrap();
    for (again, words) in [
        (&b"220-\r\n"[..], "more than 128 lines"),
        (b"x", "more than 16 KiB"),
    ] {
        let flood = Flood::tls(&certificate, false, b"", again).await;
        let EmailBackend::Smtp(plain) = smtp(flood.port, 60) else {
            unreachable!()
        };
        let over_tls = EmailBackend::Smtp(SmtpSettings {
            security: SmtpSecurity::Tls {
                ca_file: Some(ca_file.clone()),
            },
            ..plain
        });
        match send_by(over_tls).await {
            Err(SendError::Transient(reason)) if reason.contains(words) => {}
            other => panic!("{again:?}: {other:?}"),
        }
        flood.was_left_unread();
    }
}

/// Whom SMS are handed to, in the clear and over TLS.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sns_and_twilio_may_answer_without_end_over_tls_too() {
    let certificate = certificate();
    let hints = &b"HTTP/1.1 103 Early Hints\r\n\r\n"[..];
    for (scheme, first, again, words) in [
        ("http", &b""[..], hints, "more than 256 KiB"),
        ("https", b"", hints, "more than 256 KiB"),
        (
            "https",
            b"HTTP/1.1 503 Busy\r\n",
            b"x-more: and more\r\n",
            "cannot be asked",
        ),
        (
            "https",
            b"HTTP/1.1 503 Busy\r\n\r\n",
            b"x",
            "was not accepted",
        ),
    ] {
        for provider in ["sns", "twilio"] {
            let flood = if scheme == "https" {
                Flood::tls(&certificate, true, first, again).await
            } else {
                Flood::http(first, again).await
            };
            let place = Place::configured();
            place.write("ca.pem", &certificate.cert.pem());
            let url = format!("{scheme}://127.0.0.1:{}", flood.port);
            let keys = match provider {
                "sns" => format!("sns_endpoint_url = \"{url}\""),
                _ => format!(
                    "from_number = \"+15005550006\"\ntwilio_account_sid = \"AC0123456789abcdef0123456789abcdef\"\n\
                     twilio_auth_token = \"canary\"\ntwilio_api_url = \"{url}\""
                ),
            };
            let section = format!("[sms]\nbackend = \"{provider}\"\n{keys}\n");
            place.append("regstack.toml", &section);
            let mut command = place.command(&["doctor", "--json", "--send-test", "+14155550123"]);
            command.env("SSL_CERT_FILE", place.path("ca.pem"));
            command.env("AWS_ACCESS_KEY_ID", "test");
            command.env("AWS_SECRET_ACCESS_KEY", "test");
            let began = Instant::now();
            let ended = tokio::process::Command::from(command)
                .output()
                .await
                .unwrap();
            assert!(began.elapsed() < SOON, "{provider}: {:?}", began.elapsed());
            let told: serde_json::Value = serde_json::from_slice(&ended.stdout).unwrap();
            let rows = told["checks"].as_array().unwrap();
            let sent = rows.iter().find(|row| row["name"] == "send-test").unwrap();
            assert!(sent.to_string().contains(words), "{provider}: {sent}");
            flood.was_left_unread();
        }
    }
}

fn webhook(flood: &Flood) -> Webhook {
    Webhook {
        url: format!("{}/hooks", flood.origin()),
        events: None,
        secrets: vec![SECRET.into()],
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receivers_that_answer_without_end_harm_nobody() {
    let hints = Flood::http(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n").await;
    let goes_on = Flood::http(b"", b"HTTP/1.1 100 Continue\r\n\r\n").await;
    let header = Flood::http(b"HTTP/1.1 200 OK\r\n", b"x-more: and more\r\n").await;
    let blank = Flood::http(b"", b"\r\n").await;
    let body = Flood::http(b"HTTP/1.1 500 No\r\n\r\n", b"x").await;
    let taken = Flood::http(b"HTTP/1.1 200 OK\r\n\r\n", b"x").await;
    let slow = Flood::dripping(true, b"HTTP/1.1 200 OK\r\nx-more: ", Duration::from_secs(1)).await;
    let well = Receiver::answering(&[]).await;
    let served = Served::with(|settings| {
        settings.webhooks = [&hints, &goes_on, &header, &blank, &body, &taken, &slow]
            .map(webhook)
            .into();
        settings.webhooks.push(well.webhook(None));
    })
    .await;
    let people = 12;
    for number in 0..people {
        let address = format!("person{number}@example.com");
        let began = Instant::now();
        served.register(&address).await.is(201);
        served.mailed_token(&address, 1).await;
        served.get("//healthz").await.is(200);
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    }
    eventually(|| well.posted().len() == people).await;
    eventually(|| taken.taken.load(Ordering::SeqCst) == people).await;
    let failing = [&hints, &goes_on, &header, &blank, &body];
    for flood in failing {
        eventually(|| flood.taken.load(Ordering::SeqCst) > 0).await;
    }
    // What was tried is written down a moment later.
    let urls: Vec<String> = failing.iter().map(|flood| webhook(flood).url).collect();
    let mut said = vec![None; urls.len()];
    let give_up = Instant::now() + Duration::from_mins(1);
    while said.iter().any(Option::is_none) {
        assert!(Instant::now() < give_up, "{said:?}");
        for message in served.messages().await {
            if let Some(at) = urls.iter().position(|url| *url == message.recipient)
                && message.last_error.is_some()
            {
                said[at] = message.last_error;
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for (said, words) in said.into_iter().flatten().zip([
        "more than 256 KiB",
        "more than 256 KiB",
        "too large",
        "too large",
        "it answered 500",
    ]) {
        assert!(said.contains(words), "{said}");
    }
    for flood in failing.into_iter().chain([&taken]) {
        flood.was_left_unread();
    }
}

/// A mail server that speaks to one client up to `DATA`, and then does this with the connection.
fn mail_server<T>(then: impl FnOnce(tokio::net::TcpStream) -> T + Send + 'static) -> u16
where
    T: Future<Output = ()> + Send + 'static,
{
    let socket = TcpSocket::new_v4().unwrap();
    // So that a long mail does not fit into what the system keeps.
    socket.set_recv_buffer_size(4096).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(8).unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 here\r\n").await.unwrap();
        loop {
            // Each command comes in one piece.
            let mut command = [0; 512];
            let read = stream.read(&mut command).await.unwrap();
            if command[..read].starts_with(b"DATA") {
                break;
            }
            stream.write_all(b"250 yes\r\n").await.unwrap();
        }
        stream.write_all(b"354 go on\r\n").await.unwrap();
        then(stream).await;
    });
    port
}

#[tokio::test]
async fn a_connection_that_breaks_within_the_mail_is_a_plain_retry() {
    let breaks = mail_server(|mut stream| async move {
        let _ = stream.read(&mut [0; 1024]).await;
    });
    let settings = EmailSettings {
        backend: smtp(breaks, 20),
        ..EmailSettings::default()
    };
    let long = Mail {
        text: "Hello, hello, hello, hello, hello, hello.\n".repeat(250_000),
        ..mail()
    };
    let transport = email::transport(&settings, "Acme").unwrap();
    let error = transport.send(&long).await.unwrap_err();
    assert!(matches!(error, SendError::Transient(_)), "{error:?}");
}

#[tokio::test]
async fn a_refusal_within_the_mail_is_heard_before_its_end() {
    let closing = mail_server(|mut stream| async move {
        stream.write_all(b"421 4.3.2 going down\r\n").await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        assert!(!rest.ends_with(b"\r\n.\r\n"), "the mail was ended");
    });
    let settings = EmailSettings {
        backend: smtp(closing, 20),
        ..EmailSettings::default()
    };
    let long = Mail {
        text: "Hello, hello, hello, hello, hello, hello.\n".repeat(250_000),
        ..mail()
    };
    let transport = email::transport(&settings, "Acme").unwrap();
    let error = transport.send(&long).await.unwrap_err();
    assert!(
        matches!(&error, SendError::Transient(reason) if reason.ends_with("not accepted: 421 4.3.2 going down")),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_last_answer_has_more_time_than_the_others() {
    let slow = mail_server(|mut stream| async move {
        let mut mail = Vec::new();
        while !mail.ends_with(b"\r\n.\r\n") {
            let mut more = [0; 4096];
            let read = stream.read(&mut more).await.unwrap();
            mail.extend_from_slice(&more[..read]);
        }
        tokio::time::sleep(Duration::from_millis(1500)).await;
        stream.write_all(b"250\r\n").await.unwrap();
    });
    send_to(slow, 1).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_neighbor_said_is_shown_short_and_drives_no_terminal() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"220 here\r\n").await;
            let mut command = [0; 512];
            while let Ok(read @ 1..) = stream.read(&mut command).await {
                let said = "\u{1b}[2J\u{9b}31m\u{202e}a mailbox that nobody has; ".repeat(100);
                let answer = if command[..read].starts_with(b"RCPT") {
                    format!("550 5.1.1 {said}\r\n")
                } else {
                    "250 yes\r\n".to_owned()
                };
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        }
    });
    let place = Place::configured();
    place.append(
        "regstack.toml",
        &format!("[email]\nbackend = \"smtp\"\nsmtp_host = \"127.0.0.1\"\nsmtp_port = {port}\nsmtp_starttls = false\n"),
    );
    let ran = place.run(&["users", "create", "ada@example.com", "--invite"]);
    assert!(ran.stderr.contains("550 5.1.1"), "{ran:?}");
    let list = place.json(&["outbox", "list", "--state", "failed"]);
    let said = list["items"][0]["last_error"].as_str().unwrap();
    assert!(
        said.contains("refused: 550 5.1.1 ") && said.contains("mailbox that"),
        "{said}"
    );
    assert!(said.len() < 600, "{said}");
    let table = place.run(&["outbox", "list"]);
    let texts: [&str; 4] = [&ran.stdout, &ran.stderr, &table.stdout, said];
    let shown = texts.concat();
    for driving in ['\u{1b}', '\u{9b}', '\u{202e}'] {
        assert!(!shown.contains(driving), "{shown:?}");
    }
    assert!(table.stdout.contains("550 5.1.1"), "{table:?}");
}
