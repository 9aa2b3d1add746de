//! Where `regstack validate` reads emails: each kind of mailbox, and what happens to the password of one.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Path, Query};
use axum::routing::get;
use axum::{Json, Router};
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::block_in_place;
use tokio_rustls::TlsAcceptor;

use super::{ALL, Installation, Report, keeps_secrets};
use crate::support::process::{Ran, send_signal};
use crate::support::smtp_sink::{SmtpSink, decoded};

/// As short as reading emails allows.
const SHORT: &str = "documents,answers,pages,login,clock,me,download,cookie,sessions,renew,change-password,change-email,reset,undo,totp,\
                     sms,passkeys,oauth,logout";
/// Whoever reads the mailbox of the tests.
const READER: &str = "probe@example.com";
const MAILBOX_PASSWORD: &str = "canary of the mailbox";

/// An installation whose emails arrive in a maildir and in an mbox.
struct Arrivals {
    installation: Installation,
    sink: SmtpSink,
    folder: TempDir,
    /// Whether links to reset a password arrive from the second one on.
    lets_resets_through: Arc<AtomicBool>,
}

impl Arrivals {
    async fn at(settings: &str) -> Self {
        let sink = SmtpSink::on(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let installation = Installation::new(settings);
        installation.place.mails_to(sink.port());
        let arrivals = Self {
            installation,
            sink,
            folder: tempfile::tempdir().unwrap(),
            lets_resets_through: Arc::new(AtomicBool::new(true)),
        };
        for name in ["new", "cur"] {
            std::fs::create_dir(arrivals.folder.path().join(name)).unwrap();
        }
        std::fs::write(arrivals.mbox(), "").unwrap();
        tokio::spawn(Self::deliver(
            arrivals.sink.clone(),
            arrivals.folder.path().to_owned(),
            Arc::clone(&arrivals.lets_resets_through),
        ));
        arrivals
    }

    fn mbox(&self) -> PathBuf {
        self.folder.path().join("mbox")
    }

    /// Copies what arrives until the test's runtime ends.
    async fn deliver(sink: SmtpSink, folder: PathBuf, lets_through: Arc<AtomicBool>) {
        let (mut count, mut resets) = (0, 0);
        loop {
            for mail in sink.mails().into_iter().skip(count) {
                let is_reset = has_reset_link(&mail);
                if is_reset && resets > 0 && !lets_through.load(Ordering::SeqCst) {
                    break;
                }
                resets += usize::from(is_reset);
                // A mail program sees whole files only.
                let (part, whole) = (folder.join("part"), folder.join(format!("new/{count}")));
                std::fs::write(&part, &mail).unwrap();
                std::fs::rename(part, whole).unwrap();
                let mut mbox = std::fs::File::options()
                    .append(true)
                    .open(folder.join("mbox"))
                    .unwrap();
                let entry = format!("From accounts@acme.test Mon Nov 30 00:00:00 2026\n{mail}\n");
                mbox.write_all(entry.as_bytes()).unwrap();
                count += 1;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn mail_command(&self) -> String {
        format!("cat '{}'", self.mbox().display())
    }

    /// An account is registered and verified with emails that are read this way.
    fn is_read(&self, options: &[&str]) {
        let report = self
            .installation
            .report(&[options, &["--skip", SHORT]].concat());
        report.failed(&[]);
        assert_eq!(report.phase("verify")["status"], "passed", "{options:?}");
        self.installation.is_clean();
    }
}

fn has_reset_link(mail: &str) -> bool {
    decoded(mail).contains("/reset-password?token=")
}

#[tokio::test(flavor = "multi_thread")]
async fn emails_are_read_wherever_they_arrive() {
    let arrivals = Arrivals::at("enable_ui_router = true").await;
    let mailpit = mailpit(arrivals.sink.clone()).await;
    let server = arrivals.installation.serve();
    block_in_place(|| {
        let maildir = arrivals.folder.path().display().to_string();
        arrivals.is_read(&["--maildir", &maildir]);
        arrivals.is_read(&["--mail-command", &arrivals.mail_command()]);
        arrivals.is_read(&["--mailpit", &mailpit]);
    });
    drop(server);
}

/// The part of Mailpit's API that is used.
async fn mailpit(sink: SmtpSink) -> String {
    let searched = sink.clone();
    let search = async move |Query(asked): Query<Vec<(String, String)>>| {
        let (_, query) = asked.iter().find(|(name, _)| name == "query").unwrap();
        let to = query.trim_start_matches("to:").trim_matches('"').to_owned();
        let mails = searched.mails();
        let found = mails
            .iter()
            .enumerate()
            .filter(|(_, mail)| is_to(mail, &to));
        let found: Vec<Value> = found.map(|(at, _)| json!({"ID": at.to_string()})).collect();
        Json(json!({"messages_count": found.len(), "messages": found}))
    };
    let raw = async move |Path(at): Path<usize>| sink.mails()[at].clone();
    let router = Router::new()
        .route("/api/v1/search", get(search))
        .route("/api/v1/message/{id}/raw", get(raw));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn is_to(mail: &str, address: &str) -> bool {
    let mut lines = mail.lines().take_while(|line| !line.is_empty());
    lines.any(|line| line.starts_with("To:") && line.contains(address))
}

/// A mailbox that is read with IMAP over TLS.
struct Mailbox {
    port: u16,
    /// What it was told, without the tags of the commands.
    heard: Arc<Mutex<Vec<String>>>,
    certificate: String,
}

impl Mailbox {
    async fn of(sink: SmtpSink) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mailbox = Self {
            port: listener.local_addr().unwrap().port(),
            heard: Arc::default(),
            certificate: made.cert.pem(),
        };
        let heard = Arc::clone(&mailbox.heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, sink, heard) = (acceptor.clone(), sink.clone(), Arc::clone(&heard));
                tokio::spawn(async move { talk(acceptor, stream, &sink, &heard).await });
            }
        });
        mailbox
    }

    fn url(&self) -> String {
        let user = READER.replace('@', "%40");
        format!("imaps://{user}@localhost:{}", self.port)
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

async fn talk(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    sink: &SmtpSink,
    heard: &Mutex<Vec<String>>,
) -> Option<()> {
    let stream = acceptor.accept(stream).await.ok()?;
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"* OK ready\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let (tag, command) = line.split_once(' ')?;
        heard.lock().unwrap().push(command.to_owned());
        let mails = sink.mails();
        let (data, verdict) = if command.starts_with("LOGIN ") {
            let right = format!("LOGIN \"{READER}\" \"{MAILBOX_PASSWORD}\"");
            let verdict = if command == right { "OK" } else { "NO" };
            (String::new(), verdict)
        } else if command.starts_with("EXAMINE ") {
            let count = mails.len();
            (
                format!("* {count} EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n"),
                "OK",
            )
        } else if let Some(query) = command.strip_prefix("UID SEARCH TO ") {
            let to = query.trim_matches('"');
            let found = (1..).zip(&mails).filter(|(_, mail)| is_to(mail, to));
            let found = found.map(|(uid, _): (u32, _)| uid.to_string());
            let line: Vec<_> = std::iter::once("* SEARCH".to_owned())
                .chain(found)
                .collect();
            (format!("{}\r\n", line.join(" ")), "OK")
        } else if let Some(asked) = command.strip_prefix("UID FETCH ") {
            let uid: usize = asked
                .strip_suffix(" BODY.PEEK[]<0.1048576>")?
                .parse()
                .ok()?;
            let mail = mails[uid - 1].replace('\n', "\r\n");
            let size = mail.len();
            (
                format!("* {uid} FETCH (UID {uid} BODY[]<0> {{{size}}}\r\n{mail})\r\n"),
                "OK",
            )
        } else {
            (String::new(), "BAD")
        };
        let answer = format!("{data}{tag} {verdict} done\r\n");
        write.write_all(answer.as_bytes()).await.ok()?;
    }
    Some(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_is_read_over_tls_and_its_password_goes_nowhere_else() {
    let arrivals = Arrivals::at("enable_ui_router = true").await;
    let mailbox = Mailbox::of(arrivals.sink.clone()).await;
    let installation = &arrivals.installation;
    installation.place.write("ca.pem", &mailbox.certificate);
    installation
        .place
        .write("password", "canary of the mailbox\n");
    let server = installation.serve();
    let run = |is_trusted: bool, options: &[&str]| {
        let imap = mailbox.url();
        let skip = SHORT.replace("reset,", "");
        let always = [
            "--imap",
            &imap,
            "--skip",
            &skip,
            "--mail-timeout",
            "3",
            "--json",
        ];
        let mut command = installation.command(&[&always[..], options].concat());
        command.env("IMAP_PASSWORD_FILE", installation.place.path("password"));
        if is_trusted {
            command.env("SSL_CERT_FILE", installation.place.path("ca.pem"));
        }
        block_in_place(|| Ran::end_of(command))
    };
    // Neither a certificate that nobody signed, nor one with `--insecure`, which is about the installation.
    for options in [&[][..], &["--insecure"]] {
        run(false, options).refused(2, &["TLS with localhost", "SSL_CERT_FILE"]);
        assert_eq!(mailbox.heard(), Vec::<String>::new(), "{options:?}");
    }
    let ran = run(true, &[]);
    let report = Report::of(&ran);
    report.failed(&[]);
    // The mailbox itself is what it signs up with.
    let signed_up = report.phase("register")["detail"].as_str().unwrap();
    assert!(signed_up.starts_with("probe+validate-"), "{signed_up}");
    let heard = mailbox.heard();
    assert_eq!(
        heard[0],
        format!("LOGIN \"{READER}\" \"{MAILBOX_PASSWORD}\"")
    );
    // Nothing is marked, moved or removed.
    let changes = heard[1..].iter().filter(|command| {
        !["EXAMINE ", "UID SEARCH TO ", "UID FETCH "]
            .iter()
            .any(|known| command.starts_with(known))
    });
    assert_eq!(changes.count(), 0, "{heard:?}");
    installation.is_clean();
    // A wrong password is said, and neither it nor the right one is shown.
    installation.place.write("password", "canary, and wrong");
    let heard_before = mailbox.heard().len();
    let ran = run(true, &[]);
    keeps_secrets(&ran);
    ran.refused(
        2,
        &["the login is refused", "correct --imap or IMAP_PASSWORD"],
    );
    // It's tried once, because mail servers lock out whoever repeats it.
    assert_eq!(mailbox.heard().len(), heard_before + 1);
    drop(server);
}

/// Between an undone change of the email address and the new password, the account has none.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_a_password_is_deleted_after_an_interruption() {
    let arrivals = Arrivals::at(ALL).await;
    arrivals.lets_resets_through.store(false, Ordering::SeqCst);
    let installation = &arrivals.installation;
    let server = installation.serve();
    let command = arrivals.mail_command();
    let options = ["--mail-command", &command, "--skip", "totp"];
    let child = installation.command(&options).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_mins(2);
    let resets = || {
        let mails = arrivals.sink.mails();
        mails.iter().filter(|mail| has_reset_link(mail)).count()
    };
    while resets() < 2 {
        assert!(Instant::now() < deadline, "nothing is undone");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    send_signal("INT", child.id());
    arrivals.lets_resets_through.store(true, Ordering::SeqCst);
    let ran = block_in_place(|| Ran::of(&child.wait_with_output().unwrap()));
    keeps_secrets(&ran);
    assert_eq!(ran.code, Some(130), "{ran:?}");
    assert!(!ran.stdout.contains("✓ undo"), "{ran:?}");
    assert!(ran.stdout.contains("✓ delete"), "{ran:?}");
    block_in_place(|| installation.is_clean());
    drop(server);
}
