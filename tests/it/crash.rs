//! What was acknowledged survives a dead mail server and a killed process.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::TcpListener;

use crate::support::served::{PASSWORD, eventually};
use crate::support::smtp_sink::SmtpSink;

/// A server process in a folder of its own, killed when dropped.
struct Server {
    process: Child,
    origin: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_regstack"))
            .args(["serve", "--bind", "127.0.0.1:0", "--json"])
            .current_dir(folder)
            .env_clear()
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let serving: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self {
            process,
            origin: serving["address"].as_str().unwrap().to_owned(),
        }
    }

    /// SIGKILL: nothing is finished, nothing is said.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_mail_outlives_the_mail_server_and_the_process() {
    let folder = tempfile::tempdir().unwrap();
    // A port where nobody listens for now.
    let mail_port = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let settings = format!(
        "app_name = \"Näme\"\n[password]\nmemory_kib = 16\niterations = 1\n[email]\nbackend = \"smtp\"\nsmtp_host = \"127.0.0.1\"\nsmtp_port = {mail_port}\nsmtp_starttls = false\n"
    );
    std::fs::write(folder.path().join("regstack.toml"), settings).unwrap();
    let secret = regstack::random::token::<48>(&regstack::random::SystemRandom);
    std::fs::write(
        folder.path().join("regstack.secrets.env"),
        format!("REGSTACK_JWT_SECRET={secret}\n"),
    )
    .unwrap();

    let server = Server::start(folder.path());
    let started = Instant::now();
    let registration =
        json!({"email": "ada@example.com", "password": PASSWORD, "full_name": "Ada"});
    let answer = reqwest::Client::new()
        .post(format!("{}/api/auth/register", server.origin))
        .json(&registration)
        .send()
        .await
        .unwrap();
    let waited = started.elapsed();
    assert_eq!(answer.status(), 201);
    assert!(
        waited < Duration::from_secs(2),
        "the answer waited for the mail server: {waited:?}"
    );
    server.kill();

    let mut bytes = Vec::new();
    for file in std::fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().path())
    {
        if file.to_string_lossy().contains(".db") {
            bytes.extend(std::fs::read(file).unwrap());
        }
    }
    let holds = |needle: &str| {
        bytes
            .windows(needle.len())
            .any(|window| window == needle.as_bytes())
    };
    assert!(holds("ada@example.com"), "this is the database");
    assert!(
        !holds("/verify") && !holds("token=") && !holds(PASSWORD) && !holds(&secret),
        "a secret waits in the clear"
    );

    let sink = SmtpSink::on(TcpListener::bind(("127.0.0.1", mail_port)).await.unwrap());
    let server = Server::start(folder.path());
    // At once, or when the lease of the killed process has run out, if it was trying to send just then.
    eventually(|| !sink.mails().is_empty()).await;
    let mail = sink.mails().remove(0);
    let token = mail
        .split("token=3D")
        .nth(1)
        .or_else(|| mail.split("token=").nth(1))
        .expect("a link in the mail");
    let token: String = token
        .replace("=\n", "")
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    let verified = reqwest::Client::new()
        .post(format!("{}/api/auth/verify", server.origin))
        .json(&json!({"token": token}))
        .send()
        .await
        .unwrap();
    assert_eq!(verified.status(), 200, "{mail}");
    assert_eq!(sink.mails().len(), 1);
}
