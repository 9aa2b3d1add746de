//! The SMTP transport against a real mail server.

#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use regstack::internals::config::{
    EmailBackend, EmailSettings, SmtpLogin, SmtpSecurity, SmtpSettings,
};
use regstack::internals::delivery::email::{self, EmailTransport, Mail};
use regstack::internals::delivery::templates::Verification;
use regstack::internals::delivery::{SendError, Templates};
use regstack::internals::model::{Email, FullName, Id, Language};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

mod sender_name;

const LINK: &str = "https://app.example/verify?token=9fGh2Lk-mNoPqRsTuVwXyZ_0123456789abcdefghij";

/// A mail server in a process of its own, which ends with this value.
struct Server {
    process: Child,
    lines: Receiver<String>,
    port: u16,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = root.join("target/test-tools/venv/bin/python");
        assert!(
            python.exists(),
            "the tests' mail server is not installed: run tests/run"
        );
        let mut process = Command::new(python)
            .arg(root.join("tests/tools/smtp_peer.py"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            output
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        let Ok(first) = lines.recv_timeout(Duration::from_mins(1)) else {
            let _ = process.kill();
            let mut error = String::new();
            let _ = process.stderr.take().unwrap().read_to_string(&mut error);
            panic!("the tests' mail server does not start: run tests/run\n{error}");
        };
        let first: Value = serde_json::from_str(&first).unwrap();
        let port = u16::try_from(first["port"].as_u64().unwrap()).unwrap();
        Self {
            process,
            lines,
            port,
        }
    }

    fn with_tls(kind: &str, certificates: &Certificates, more: &[&str]) -> Self {
        let (certificate, key) = (
            certificates.file("server.pem"),
            certificates.file("server.key"),
        );
        let tls = [
            "--tls",
            kind,
            "--certificate",
            certificate.to_str().unwrap(),
            "--key",
            key.to_str().unwrap(),
        ];
        Self::start(&[&tls, more].concat())
    }

    /// Settings that reach this server, without TLS.
    fn settings(&self) -> SmtpSettings {
        SmtpSettings {
            host: "localhost".into(),
            port: self.port,
            security: SmtpSecurity::Plain,
            login: None,
            timeout: Duration::from_secs(20),
            helo_name: None,
            own_host: "app.example".into(),
        }
    }

    /// The next mail that it accepted.
    fn accepted(&self) -> Value {
        let line = self
            .lines
            .recv_timeout(Duration::from_mins(1))
            .expect("the server accepts a mail");
        serde_json::from_str(&line).unwrap()
    }

    fn assert_nothing_accepted(&self) {
        assert_eq!(self.lines.try_recv().ok(), None);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An authority of our own, and a certificate by it for a server's name.
struct Certificates(tempfile::TempDir);

impl Certificates {
    fn for_host(host: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        std::fs::write(
            folder.path().join("ca.pem"),
            authority.self_signed(&key).unwrap().pem(),
        )
        .unwrap();
        let issuer = Issuer::new(authority, key);
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(vec![host.to_owned()])
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        std::fs::write(folder.path().join("server.pem"), server.pem()).unwrap();
        std::fs::write(folder.path().join("server.key"), key.serialize_pem()).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn mail_to(user: &str) -> Mail {
    mail(user, "Acme", Some("Ada Lovelace"))
}

fn mail(user: &str, app_name: &str, name: Option<&str>) -> Mail {
    let to = Email::parse(&format!("{user}@example.com")).unwrap();
    let name = name.and_then(|name| FullName::parse(name).unwrap());
    let content = Verification::new(app_name, name.as_ref(), &to, LINK.into(), 86_400);
    let rendered = Templates::load(&[])
        .unwrap()
        .mail(&content, &Language::english())
        .unwrap();
    let date = Timestamp::from_second(1_800_000_000).unwrap();
    Mail {
        id: Id::from_bytes([0xc4; 12]),
        date,
        to: to.to_string(),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
    }
}

/// The transport of mail from this address, or from the default one.
fn transport(
    settings: &SmtpSettings,
    from: Option<&str>,
    app_name: &str,
) -> Box<dyn EmailTransport> {
    let mut email = EmailSettings {
        backend: EmailBackend::Smtp(settings.clone()),
        ..EmailSettings::default()
    };
    if let Some(from) = from {
        from.clone_into(&mut email.from_address);
    }
    email::transport(&email, app_name).expect("the settings can be used")
}

fn login(password: &str) -> SmtpLogin {
    SmtpLogin {
        username: "postman".into(),
        password: password.into(),
    }
}

async fn send(settings: &SmtpSettings, mail: &Mail) -> Result<(), SendError> {
    transport(settings, None, "Acme").send(mail).await
}

async fn probe(settings: &SmtpSettings) -> Result<String, String> {
    let transport = transport(settings, None, "Acme");
    transport.probe().await.map_err(|error| error.to_string())
}

/// The sentence of a failure that is worth another try.
async fn transient(settings: &SmtpSettings) -> String {
    match send(settings, &mail_to("ada")).await {
        Err(SendError::Transient(reason)) => reason,
        other => panic!("not a transient failure: {other:?}"),
    }
}

#[tokio::test]
async fn a_verification_mail_arrives_whole_and_nothing_in_it_becomes_a_header() {
    let server = Server::start(&[]);
    let evil = "Eve\r\nBcc: mallory\r\n\r\n<b onload=x>";
    let from = Some("noreply@bücher.example");
    transport(&server.settings(), from, "Bücher & \"Söhne\"")
        .send(&mail("ada", "Bücher & \"Söhne\"", Some(evil)))
        .await
        .unwrap();

    let received = server.accepted();
    assert_eq!(
        (&received["from"], &received["to"][0]),
        (
            &"noreply@xn--bcher-kva.example".into(),
            &"ada@example.com".into()
        )
    );
    let expected = serde_json::json!([
        ["Date", "Fri, 15 Jan 2027 08:00:00 +0000"],
        [
            "Message-ID",
            "<c4c4c4c4c4c4c4c4c4c4c4c4@xn--bcher-kva.example>"
        ],
        [
            "From",
            "\"Bücher & \\\"Söhne\\\"\" <noreply@xn--bcher-kva.example>"
        ],
        ["To", "ada@example.com"],
        [
            "Subject",
            "Confirm your email address for Bücher & \"Söhne\""
        ],
        ["Auto-Submitted", "auto-generated"],
        ["MIME-Version", "1.0"],
        [
            "Content-Type",
            "multipart/alternative; boundary=\"regstack-c4c4c4c4c4c4c4c4c4c4c4c4\""
        ],
    ]);
    assert_eq!(received["headers"], expected);
    assert!(received["raw"].as_str().unwrap().is_ascii());

    let [text, html] = received["parts"].as_array().unwrap().as_slice() else {
        panic!("two parts")
    };
    assert_eq!(
        (&text["type"], &html["type"]),
        (&"text/plain".into(), &"text/html".into())
    );
    let (text, html) = (
        text["text"].as_str().unwrap(),
        html["text"].as_str().unwrap(),
    );
    assert_eq!(
        text.split_whitespace().find(|word| word.contains("://")),
        Some(LINK)
    );
    assert!(text.lines().any(|line| line == LINK), "{text}");
    assert!(
        text.starts_with("Hello Eve Bcc: mallory <b onload=x>,"),
        "{text}"
    );
    assert!(
        html.contains("&lt;b onload=x&gt;") && !html.contains("<b onload"),
        "{html}"
    );
    assert!(html.contains(&format!("href=\"{LINK}\"")), "{html}");
}

#[tokio::test]
async fn refusals_are_final_or_not_as_the_server_says_and_hold_up_no_other_mail() {
    let server = Server::start(&[]);
    let transport = transport(&server.settings(), None, "Acme");
    for (user, final_, words) in [
        ("unknown", true, "550 5.1.1 nobody here"),
        ("busy", false, "451 4.3.0 come back later"),
        ("quoting", false, "554 5.7.1 blocked"),
    ] {
        let error = transport.send(&mail_to(user)).await.unwrap_err();
        assert_eq!(matches!(error, SendError::Permanent(_)), final_, "{error}");
        assert!(
            error.to_string().starts_with("mail server localhost:")
                && error.to_string().contains(words),
            "{error}"
        );
        transport.send(&mail_to("ada")).await.unwrap();
        assert_eq!(server.accepted()["to"][0], "ada@example.com");
    }
}

#[tokio::test]
async fn connections_are_used_again_but_never_after_a_time_out() {
    let server = Server::start(&[]);
    let impatient = SmtpSettings {
        timeout: Duration::from_secs(1),
        ..server.settings()
    };
    let transport = transport(&impatient, None, "Acme");
    for connections in [1, 1] {
        transport.send(&mail_to("ada")).await.unwrap();
        assert_eq!(server.accepted()["connections"], connections);
    }
    let started = Instant::now();
    let error = transport.send(&mail_to("late")).await.unwrap_err();
    assert!(
        matches!(&error, SendError::Transient(reason) if reason.ends_with("no answer within 1 s")),
        "{error}"
    );
    assert!(started.elapsed() < Duration::from_secs(10));
    // On the connection that was cut off, every reply read would be that to the command before.
    let error = transport.send(&mail_to("quoting")).await.unwrap_err();
    assert!(error.to_string().contains("not accepted: 554"), "{error}");
    transport.send(&mail_to("bob")).await.unwrap();
    assert_eq!(server.accepted()["to"][0], "bob@example.com");
}

#[tokio::test]
async fn starttls_with_an_own_authority_and_a_login() {
    let certificates = Certificates::for_host("localhost");
    let server = Server::with_tls(
        "starttls",
        &certificates,
        &["--login", "postman:rings twice"],
    );
    let settings = SmtpSettings {
        security: SmtpSecurity::StartTls {
            ca_file: Some(certificates.file("ca.pem")),
        },
        login: Some(login("rings twice")),
        ..server.settings()
    };
    send(&settings, &mail_to("ada")).await.unwrap();
    let received = server.accepted();
    assert_eq!(
        (&received["tls"], &received["login"]),
        (&true.into(), &"postman".into())
    );

    assert_eq!(
        probe(&settings).await.unwrap(),
        format!(
            "mail server localhost:{} answers over STARTTLS, accepts email.smtp_username's login and accepts mail from email.from_address",
            server.port
        )
    );
    let nobody = SmtpSettings {
        login: None,
        ..settings.clone()
    };
    let fault = probe(&nobody).await.unwrap_err();
    assert!(
        fault.contains("email.from_address is refused: 530"),
        "{fault}"
    );

    let wrong = SmtpSettings {
        login: Some(login("rings thrice")),
        ..settings.clone()
    };
    let fault = probe(&wrong).await.unwrap_err();
    assert!(
        fault.contains("email.smtp_username can't log in: 535") && !fault.contains("thrice"),
        "{fault}"
    );
    let reason = transient(&wrong).await;
    assert!(
        reason.contains("smtp_username can't log in: 535") && !reason.contains("thrice"),
        "{reason}"
    );
    let unknown_authority = SmtpSettings {
        security: SmtpSecurity::StartTls { ca_file: None },
        ..settings.clone()
    };
    let reason = transient(&unknown_authority).await;
    assert!(
        reason.contains("STARTTLS failed") && reason.contains("UnknownIssuer"),
        "{reason}"
    );
    let fault = probe(&unknown_authority).await.unwrap_err();
    assert!(fault.contains("email.smtp_ca_file"), "{fault}");
    let other_name = SmtpSettings {
        host: "127.0.0.1".into(),
        ..settings.clone()
    };
    let reason = transient(&other_name).await;
    assert!(
        reason.contains("STARTTLS failed") && reason.contains("not valid for name"),
        "{reason}"
    );
    let in_the_clear = SmtpSettings {
        security: SmtpSecurity::Plain,
        ..settings
    };
    assert!(matches!(
        send(&in_the_clear, &mail_to("ada")).await,
        Err(SendError::Transient(_))
    ));
    server.assert_nothing_accepted();
}

#[tokio::test]
async fn a_server_without_starttls_gets_neither_login_nor_mail_unless_tls_is_turned_off() {
    let server = Server::start(&["--login", "postman:rings twice"]);
    let plain = SmtpSettings {
        login: Some(login("rings twice")),
        ..server.settings()
    };
    let reason = transient(&SmtpSettings {
        security: SmtpSecurity::StartTls { ca_file: None },
        ..plain.clone()
    })
    .await;
    assert!(reason.contains("STARTTLS is not supported"), "{reason}");
    assert!(
        transient(&SmtpSettings {
            security: SmtpSecurity::Tls { ca_file: None },
            ..plain.clone()
        })
        .await
        .contains("can't connect")
    );
    server.assert_nothing_accepted();
    send(&plain, &mail_to("ada")).await.unwrap();
    let received = server.accepted();
    assert_eq!(
        (&received["tls"], &received["login"]),
        (&false.into(), &"postman".into())
    );
}

#[tokio::test]
async fn implicit_tls_and_a_certificate_of_another_host() {
    let certificates = Certificates::for_host("localhost");
    let server = Server::with_tls(
        "implicit",
        &certificates,
        &["--login", "postman:rings twice"],
    );
    let settings = SmtpSettings {
        security: SmtpSecurity::Tls {
            ca_file: Some(certificates.file("ca.pem")),
        },
        login: Some(login("rings twice")),
        ..server.settings()
    };
    send(&settings, &mail_to("ada")).await.unwrap();
    assert_eq!(server.accepted()["tls"], true);
    let other_name = SmtpSettings {
        host: "127.0.0.1".into(),
        ..settings.clone()
    };
    let reason = transient(&other_name).await;
    assert!(
        reason.contains("certificate") && reason.contains("not valid for name"),
        "{reason}"
    );
    let unknown_authority = SmtpSettings {
        security: SmtpSecurity::Tls { ca_file: None },
        ..settings.clone()
    };
    assert!(
        transient(&unknown_authority)
            .await
            .contains("UnknownIssuer")
    );
    let wrong = SmtpSettings {
        login: Some(login("rings thrice")),
        ..settings.clone()
    };
    assert!(transient(&wrong).await.contains("can't log in: 535"));
    let seen = probe(&settings).await.unwrap();
    assert!(seen.contains("answers over TLS, accepts"), "{seen}");
    server.assert_nothing_accepted();
}

#[tokio::test]
async fn a_server_that_is_away_is_a_transient_failure_in_plain_words() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let settings = SmtpSettings {
        host: "127.0.0.1".into(),
        port,
        security: SmtpSecurity::Plain,
        login: None,
        timeout: Duration::from_secs(30),
        helo_name: None,
        own_host: "app.example".into(),
    };
    let reason = transient(&settings).await;
    assert_eq!(
        reason,
        format!("mail server 127.0.0.1:{port}: can't connect: Connection refused (os error 111)")
    );
    let fault = probe(&settings).await.unwrap_err();
    assert_eq!(
        fault,
        format!("{reason} (email.smtp_host, email.smtp_port)")
    );
}

#[tokio::test]
async fn addresses_beyond_ascii_travel_by_smtputf8() {
    let server = Server::start(&[]);
    send(&server.settings(), &mail_to("andré")).await.unwrap();
    assert_eq!(server.accepted()["to"][0], "andré@example.com");
    let transport = transport(&server.settings(), Some("andré@example.com"), "Acme");
    transport.probe().await.unwrap();
}

/// A server that takes a mail and answers its end with these bytes, again and again. Counts the mails.
async fn server_that_ends_with(last: &'static [u8]) -> (SmtpSettings, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&taken);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = tokio::io::BufReader::new(stream);
            stream.write_all(b"220 here\r\n").await.unwrap();
            let (mut line, mut in_data) = (String::new(), false);
            while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
                let answer: &[u8] = match line.trim_end() {
                    "." if in_data => {
                        count.fetch_add(1, Ordering::SeqCst);
                        in_data = false;
                        last
                    }
                    _ if in_data => b"",
                    "DATA" => {
                        in_data = true;
                        b"354 go on\r\n"
                    }
                    _ => b"250 yes\r\n",
                };
                if stream.write_all(answer).await.is_err() {
                    break;
                }
                line.clear();
            }
        }
    });
    let settings = SmtpSettings {
        host: "127.0.0.1".into(),
        port,
        security: SmtpSecurity::Plain,
        login: None,
        timeout: Duration::from_secs(20),
        helo_name: None,
        own_host: "app.example".into(),
    };
    (settings, taken)
}

#[tokio::test]
async fn a_code_that_begins_with_2_after_the_end_is_delivered_whatever_follows_it() {
    // A code without a text, one whose text is not UTF-8, and one whose last line is missing.
    for last in [
        &b"250\r\n"[..],
        b"250 \r\n",
        b"250 \xff\xfe\r\n",
        b"250-queued\r\n250\r\n",
        b"250-queued\r\nwhat?\r\n",
    ] {
        let (settings, taken) = server_that_ends_with(last).await;
        send(&settings, &mail_to("ada")).await.unwrap();
        assert_eq!(taken.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn what_may_have_arrived_is_neither_sent_nor_refused() {
    for last in [&b"what?\r\n"[..], b"\r\n", b"550-no\r\nwhat?\r\n"] {
        let (settings, taken) = server_that_ends_with(last).await;
        let error = send(&settings, &mail_to("ada")).await.unwrap_err();
        assert!(
            matches!(&error, SendError::Unconfirmed(reason) if reason.contains("received the email, but its answer is missing: it doesn't answer like a mail server")),
            "{error:?}"
        );
        assert_eq!(taken.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn answers_put_before_tls_refuse_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = tokio::io::BufReader::new(stream);
            let mut line = String::new();
            stream.write_all(b"220 here\r\n").await.unwrap();
            stream.read_line(&mut line).await.unwrap();
            let offer = b"250-here\r\n250 STARTTLS\r\n";
            stream.write_all(offer).await.unwrap();
            stream.read_line(&mut line).await.unwrap();
            let injected = b"220 go\r\n250 injected\r\n";
            stream.write_all(injected).await.unwrap();
            // Waits for the client to leave.
            while stream.read_line(&mut line).await.unwrap_or(0) > 0 {}
        }
    });
    let settings = SmtpSettings {
        host: "127.0.0.1".into(),
        port,
        security: SmtpSecurity::StartTls { ca_file: None },
        login: None,
        timeout: Duration::from_secs(3),
        helo_name: None,
        own_host: "app.example".into(),
    };
    let reason = transient(&settings).await;
    assert!(
        reason.contains("there was extra data after the answer to STARTTLS"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_refusal_of_the_ehlo_name_is_never_final() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = tokio::io::BufReader::new(stream);
            stream.write_all(b"220 here\r\n").await.unwrap();
            let mut line = String::new();
            while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
                let answer: &[u8] = if line.starts_with("RCPT") {
                    b"550 <vm>: Helo command rejected: need fully-qualified hostname\r\n"
                } else {
                    b"250 yes\r\n"
                };
                stream.write_all(answer).await.unwrap();
                line.clear();
            }
        }
    });
    let settings = SmtpSettings {
        host: "127.0.0.1".into(),
        port,
        security: SmtpSecurity::Plain,
        login: None,
        timeout: Duration::from_secs(20),
        helo_name: None,
        own_host: "app.example".into(),
    };
    let reason = transient(&settings).await;
    assert!(reason.contains("Helo command rejected"), "{reason}");
}
