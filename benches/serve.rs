//! `cargo bench`: figures of the built server as a client sees it, on the machine it runs on.
//!
//! Start to first answer, idle memory, `GET /me` on 64 connections, and logins beside the bare rate of the hash that
//! bounds them. Client and server share the machine, so these are lower bounds.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use regstack::auth::PasswordHasher;
use regstack::config::PasswordHashing;
use regstack::model::Password;
use regstack::random::{self, SystemRandom};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 64;
const DURATION: Duration = Duration::from_secs(10);
const PASSWORD: &str = "correct horse battery";

struct Server {
    process: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    runtime.block_on(async {
        let (server, to_first_answer) = start().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        report(
            "start to first answer",
            to_first_answer.as_secs_f64() * 1000.0,
            "ms",
        );
        report(
            "idle memory (RSS)",
            resident_megabytes(server.process.id()),
            "MB",
        );

        let mut client = Client::connect(&server.address).await;
        let body = format!(r#"{{"email":"ada@example.com","password":"{PASSWORD}"}}"#);
        client.call("POST", "/register", None, &body).await;
        let answer = client.call("POST", "/login", None, &body).await;
        let token = answer
            .split("\"access_token\":\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .expect("a token")
            .to_owned();

        let rate = load(&server.address, move |client| {
            let token = token.clone();
            Box::pin(async move {
                let answer = client.call("GET", "/me", Some(&token), "").await;
                assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            })
        });
        report("GET /me, 64 connections", rate.await, "requests/s");

        let bare = bare_hash_rate().await;
        report("Argon2id, default parameters, bare", bare, "hashes/s");
        let rate = load(&server.address, move |client| {
            let body = body.clone();
            Box::pin(async move {
                let answer = client.call("POST", "/login", None, &body).await;
                assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            })
        });
        report("POST /login, 64 connections", rate.await, "logins/s");
        report(
            "memory after the load (RSS)",
            resident_megabytes(server.process.id()),
            "MB",
        );
    });
}

#[allow(clippy::print_stdout, reason = "a bench is there to print")]
fn report(what: &str, figure: f64, unit: &str) {
    println!("{what:<40} {figure:>10.1} {unit}");
}

async fn start() -> (Server, Duration) {
    let folder = tempfile::tempdir().expect("a folder");
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port")
        .port();
    let address = format!("127.0.0.1:{port}");
    let started = Instant::now();
    let process = Command::new(env!("CARGO_BIN_EXE_regstack"))
        .args(["serve", "--bind", &address])
        .current_dir(folder.path())
        .env("REGSTACK_JWT_SECRET", random::token::<48>(&SystemRandom))
        .env("REGSTACK_REQUIRE_VERIFICATION", "false")
        .env("REGSTACK_RATE_LIMIT_DISABLED", "true")
        .env("REGSTACK_LOG_LEVEL", "warn")
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the server starts");
    let server = Server {
        process,
        address,
        _folder: folder,
    };
    while TcpStream::connect(&server.address).await.is_err() {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "the server does not answer"
        );
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    let answer = Client::connect(&server.address)
        .await
        .exchange("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    (server, started.elapsed())
}

fn resident_megabytes(process: u32) -> f64 {
    let status =
        std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status"))
            .unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap_or("0");
    line.split_whitespace()
        .next()
        .and_then(|kib| kib.parse::<f64>().ok())
        .unwrap_or(0.0)
        / 1024.0
}

type Act<'a> = std::pin::Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Repeats an act on every connection for the duration; acts a second.
async fn load(
    address: &str,
    act: impl for<'a> Fn(&'a mut Client) -> Act<'a> + Send + Sync + 'static,
) -> f64 {
    let act = Arc::new(act);
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (act, mut client) = (Arc::clone(&act), Client::connect(address).await);
        tasks.spawn(async move {
            let mut done = 0_u32;
            while started.elapsed() < DURATION {
                act(&mut client).await;
                done += 1;
            }
            done
        });
    }
    let done: u32 = tasks.join_all().await.iter().sum();
    f64::from(done) / started.elapsed().as_secs_f64()
}

async fn bare_hash_rate() -> f64 {
    let settings = PasswordHashing::default();
    let hasher =
        PasswordHasher::new(&settings, Arc::new(SystemRandom)).expect("the defaults are valid");
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..settings.max_concurrent_hashes {
        let hasher = hasher.clone();
        tasks.spawn(async move {
            let password = Password::parse(PASSWORD.into()).expect("a password");
            let mut done = 0_u32;
            while started.elapsed() < DURATION {
                hasher.hash(&password).await.expect("a hash");
                done += 1;
            }
            done
        });
    }
    let done: u32 = tasks.join_all().await.iter().sum();
    f64::from(done) / started.elapsed().as_secs_f64()
}

/// The least client that can keep a connection busy: one request, one answer with a content-length.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    async fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address)
            .await
            .expect("the server accepts");
        stream.set_nodelay(true).expect("a TCP option");
        Self {
            stream,
            buffer: Vec::with_capacity(4096),
        }
    }

    async fn call(&mut self, method: &str, path: &str, token: Option<&str>, body: &str) -> String {
        let authorization = token
            .map(|token| format!("authorization: Bearer {token}\r\n"))
            .unwrap_or_default();
        let length = body.len();
        let content = if body.is_empty() {
            String::new()
        } else {
            format!("content-type: application/json\r\ncontent-length: {length}\r\n")
        };
        self.exchange(&format!(
            "{method} /api/auth{path} HTTP/1.1\r\nhost: x\r\n{authorization}{content}\r\n{body}"
        ))
        .await
    }

    async fn exchange(&mut self, request: &str) -> String {
        self.stream
            .write_all(request.as_bytes())
            .await
            .expect("the server reads");
        self.buffer.clear();
        loop {
            let read = self
                .stream
                .read_buf(&mut self.buffer)
                .await
                .expect("the server answers");
            assert!(read > 0, "the server closed the connection");
            let text = String::from_utf8_lossy(&self.buffer);
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")
                    .and_then(|length| length.parse::<usize>().ok())
            });
            if body.len() >= length.unwrap_or(0) {
                return text.into_owned();
            }
        }
    }
}
