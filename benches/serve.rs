//! `cargo bench`: figures of the built server as a client sees it, on the machine it runs on.
//!
//! Start to first answer, idle memory, `GET /me`, forward-auth and introspection on 64 connections, and logins beside the bare
//! rate of the hash that bounds them, each with the processor time that it takes: on SQLite, and on MongoDB with the share of
//! a processor that its server takes. Client, server and database share the machine, so these are lower bounds. `REGSTACK_TEST_MONGODB_URL` names a MongoDB server; without it
//! the tests' own is started, which `tests/run` installs and which is slow.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use regstack::internals::auth::PasswordHasher;
use regstack::internals::config::PasswordHashing;
use regstack::internals::model::Password;
use regstack::internals::random::{self, SystemRandom};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[path = "../tests/it/support/peer.rs"]
#[allow(dead_code, reason = "the tests share one server")]
mod peer;

const CONNECTIONS: usize = 64;
const DURATION: Duration = Duration::from_secs(10);
const PASSWORD: &str = "correct horse battery";

struct Server {
    process: Child,
    address: String,
    folder: tempfile::TempDir,
    settings: Vec<(&'static str, String)>,
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
        let bare = bare_hash_rate().await;
        report("Argon2id, default parameters, bare", bare, "hashes/s");
        measure("SQLite", "sqlite:accounts.db", None).await;
        if let Ok(url) = std::env::var("REGSTACK_TEST_MONGODB_URL") {
            measure("MongoDB", &url, None).await;
        } else {
            let (peer, url) = peer::start(&[], "");
            measure("MongoDB", &url, Some(peer.id())).await;
        }
    });
}

/// A running server, and the process of its database if that is known.
struct Subject<'a> {
    engine: &'a str,
    server: &'a Server,
    database: Option<u32>,
}

impl Subject<'_> {
    fn say(&self, what: &str, figure: f64, unit: &str) {
        report(&format!("{}: {what}", self.engine), figure, unit);
    }

    fn say_memory(&self, what: &str) {
        let resident = resident_megabytes(self.server.process.id());
        self.say(what, resident, "MB");
    }

    /// Repeats a request on all connections: how often it was answered, and what that took of the processors.
    async fn repeat(&self, what: &str, unit: &str, request: String) {
        let server = self.server.process.id();
        let database = || self.database.map_or(0.0, processor_seconds);
        let (started, before) = (Instant::now(), (processor_seconds(server), database()));
        let rate = load(&self.server.address, request).await;
        let elapsed = started.elapsed().as_secs_f64();
        let of_server = processor_seconds(server) - before.0;
        self.say(&format!("{what}, 64 connections"), rate, unit);
        let of_each = 1e6 * of_server / (rate * elapsed);
        self.say("  processor time of each", of_each, "µs");
        if self.database.is_some() {
            let share = 100.0 * (database() - before.1) / elapsed;
            self.say("  of one processor, its server took", share, "%");
        }
    }
}

async fn measure(engine: &str, database_url: &str, database: Option<u32>) {
    let (server, to_first_answer) = start(database_url).await;
    let subject = Subject {
        engine,
        server: &server,
        database,
    };
    tokio::time::sleep(Duration::from_secs(1)).await;
    let milliseconds = to_first_answer.as_secs_f64() * 1000.0;
    subject.say("start to first answer", milliseconds, "ms");
    subject.say_memory("idle memory (RSS)");

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

    for path in ["/me", "/forward-auth"] {
        let get = request("GET", path, Some(&token), "");
        subject
            .repeat(&format!("GET {path}"), "requests/s", get)
            .await;
    }
    let (key, form) = (service_key(&server), format!("token={token}"));
    let introspect = format!(
        "POST /api/auth/introspect HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    );
    // The first connection may have been idle for too long by now.
    let mut client = Client::connect(&server.address).await;
    let told = client.exchange(&introspect).await;
    assert!(told.contains("\"active\":true"), "{told}");
    subject
        .repeat("POST /introspect", "requests/s", introspect)
        .await;
    let login = request("POST", "/login", None, &body);
    subject.repeat("POST /login", "logins/s", login).await;
    subject.say_memory("memory after the load (RSS)");
}

/// The processor time that a process has spent, of its user and of the system for it.
fn processor_seconds(process: u32) -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    let ticks = ticks.filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS_A_SECOND
}

#[allow(clippy::print_stdout, reason = "a bench is there to print")]
fn report(what: &str, figure: f64, unit: &str) {
    println!("{what:<45} {figure:>10.1} {unit}");
}

async fn start(database_url: &str) -> (Server, Duration) {
    let folder = tempfile::tempdir().expect("a folder");
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port")
        .port();
    let address = format!("127.0.0.1:{port}");
    let settings = vec![
        ("REGSTACK_DATABASE_URL", database_url.to_owned()),
        ("REGSTACK_JWT_SECRET", random::token::<48>(&SystemRandom)),
        ("REGSTACK_REQUIRE_VERIFICATION", "false".to_owned()),
        ("REGSTACK_RATE_LIMIT_DISABLED", "true".to_owned()),
        ("REGSTACK_LOG_LEVEL", "warn".to_owned()),
        ("REGSTACK_ENABLE_FORWARD_AUTH", "true".to_owned()),
        ("REGSTACK_BEHIND_PROXY", "true".to_owned()),
    ];
    let started = Instant::now();
    let process = Command::new(env!("CARGO_BIN_EXE_regstack"))
        .args(["serve", "--bind", &address])
        .current_dir(folder.path())
        .envs(settings.iter().cloned())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the server starts");
    let server = Server {
        process,
        address,
        folder,
        settings,
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

/// A key with which the server's operator lets a program ask about tokens.
fn service_key(server: &Server) -> String {
    let made = Command::new(env!("CARGO_BIN_EXE_regstack"))
        .args(["service-keys", "create", "bench", "--scope", "introspect"])
        .current_dir(server.folder.path())
        .envs(server.settings.iter().cloned())
        .output()
        .expect("the command runs");
    String::from_utf8_lossy(&made.stdout).trim().to_owned()
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

/// Repeats a request on every connection for the duration; answers a second.
async fn load(address: &str, request: String) -> f64 {
    let request = Arc::new(request);
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (request, mut client) = (Arc::clone(&request), Client::connect(address).await);
        tasks.spawn(async move {
            let mut done = 0_u32;
            while started.elapsed() < DURATION {
                let answer = client.exchange(&request).await;
                assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
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

/// A request to the API as it is sent.
fn request(method: &str, path: &str, token: Option<&str>, body: &str) -> String {
    let authorization = token
        .map(|token| format!("authorization: Bearer {token}\r\n"))
        .unwrap_or_default();
    let length = body.len();
    let content = if body.is_empty() {
        String::new()
    } else {
        format!("content-type: application/json\r\ncontent-length: {length}\r\n")
    };
    format!("{method} /api/auth{path} HTTP/1.1\r\nhost: x\r\n{authorization}{content}\r\n{body}")
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
        self.exchange(&request(method, path, token, body)).await
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
