//! The servers that are measured, each in a separate process: the built regstack, and a handler that does nothing.

use std::io::BufRead as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use regstack::internals::random::{self, SystemRandom};
use tokio::net::TcpStream;

use crate::client::{Client, request};
use crate::scale::field;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// The argument that makes this program serve the handler that does nothing.
const BARE: &str = "--bare";

pub(crate) struct Server {
    process: Child,
    pub(crate) address: String,
    folder: Option<tempfile::TempDir>,
    settings: Vec<(&'static str, String)>,
    pub(crate) to_first_answer: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// Starts the handler that does nothing.
    pub(crate) async fn bare() -> Self {
        let address = free_address();
        let own = std::env::current_exe().expect("a program");
        let mut command = Command::new(own);
        command.args([BARE, &address]);
        Self::started(command, address, None, Vec::new()).await
    }

    /// Starts the built server with this database and log level. The log is written to a file.
    pub(crate) async fn regstack(database_url: &str, log_level: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let address = free_address();
        let settings = vec![
            ("REGSTACK_DATABASE_URL", database_url.to_owned()),
            ("REGSTACK_JWT_SECRET", random::token::<48>(&SystemRandom)),
            ("REGSTACK_REQUIRE_VERIFICATION", "false".to_owned()),
            ("REGSTACK_RATE_LIMIT_DISABLED", "true".to_owned()),
            ("REGSTACK_LOG_LEVEL", log_level.to_owned()),
            ("REGSTACK_ENABLE_FORWARD_AUTH", "true".to_owned()),
            ("REGSTACK_ENABLE_ADMIN_ROUTER", "true".to_owned()),
            ("REGSTACK_BEHIND_PROXY", "true".to_owned()),
        ];
        Self::served(address, folder, settings).await
    }

    async fn served(
        address: String,
        folder: tempfile::TempDir,
        settings: Vec<(&'static str, String)>,
    ) -> Self {
        let log = std::fs::File::create(folder.path().join("log")).expect("a log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_regstack"));
        command
            .args(["serve", "--bind", &address])
            .current_dir(folder.path())
            .envs(settings.iter().cloned())
            .stderr(log);
        Self::started(command, address, Some(folder), settings).await
    }

    async fn started(
        mut command: Command,
        address: String,
        folder: Option<tempfile::TempDir>,
        settings: Vec<(&'static str, String)>,
    ) -> Self {
        let started = Instant::now();
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut server = Self {
            process,
            address,
            folder,
            settings,
            to_first_answer: Duration::ZERO,
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
        server.to_first_answer = started.elapsed();
        server
    }

    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// Registers an account. Returns the body of its login request, and a token.
    pub(crate) async fn account(&self) -> (String, String) {
        let mut client = Client::connect(&self.address).await;
        let body = format!(r#"{{"email":"ada@example.com","password":"{PASSWORD}"}}"#);
        client
            .exchange(&request("POST", "/register", None, &body))
            .await;
        let answer = client
            .exchange(&request("POST", "/login", None, &body))
            .await;
        let token = answer
            .split("\"access_token\":\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .expect("a token");
        (body, token.to_owned())
    }

    /// Creates a service key for introspection.
    pub(crate) fn service_key(&self) -> String {
        let made = self
            .command()
            .args(["service-keys", "create", "bench", "--scope", "introspect"])
            .output()
            .expect("the command runs");
        String::from_utf8_lossy(&made.stdout).trim().to_owned()
    }

    /// Returns the resident memory, in MiB.
    pub(crate) fn resident(&self) -> f64 {
        let process = Path::new("/proc").join(self.process().to_string());
        field(&process.join("status"), "VmRSS:")
    }

    /// Returns the folder that it runs in, which regstack has.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.as_ref().expect("a folder").path()
    }

    /// Returns the program with the settings of the server, in its folder.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regstack"));
        command
            .current_dir(self.folder())
            .envs(self.settings.iter().cloned());
        command
    }

    /// Ends it and starts it again on the same database.
    pub(crate) async fn again(mut self) -> Self {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let (folder, settings) = (self.folder.take(), std::mem::take(&mut self.settings));
        Self::served(free_address(), folder.expect("a folder"), settings).await
    }
}

/// Another account server, which `benches/others/run.py` runs.
pub(crate) struct Other {
    /// Ends when its stdin closes.
    runner: Child,
    pub(crate) name: String,
    pub(crate) address: String,
    /// The request that checks a session.
    pub(crate) request: String,
    pub(crate) process: u32,
}

impl Other {
    const ALL: [&str; 4] = [
        "pocketbase",
        "better-auth",
        "fastapi-users",
        "regstack-python",
    ];

    /// Installs and starts all of them.
    pub(crate) fn all() -> Vec<Self> {
        let installed = Self::run(&["install"]).status().expect("Python runs");
        assert!(installed.success(), "npm and PyPI are needed");
        Self::ALL.iter().map(|name| Self::start(name)).collect()
    }

    fn run(arguments: &[&str]) -> Command {
        let mut command = Command::new("python3");
        command.arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/benches/others/run.py"
        ));
        command.args(arguments);
        command
    }

    fn start(name: &str) -> Self {
        let address = free_address();
        let port = address.rsplit(':').next().expect("a port");
        let mut runner = Self::run(&["start", name, port])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python runs");
        let mut line = String::new();
        let told = runner.stdout.take().expect("a pipe");
        std::io::BufReader::new(told)
            .read_line(&mut line)
            .expect("a line");
        let told: serde_json::Value =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("{name} doesn't start"));
        let text = |name: &str| told[name].as_str().expect("a text").to_owned();
        let (path, header) = (text("path"), text("header"));
        Self {
            runner,
            name: text("name"),
            request: format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{header}\r\n\r\n"),
            process: u32::try_from(told["process"].as_u64().expect("a process"))
                .expect("a process id"),
            address,
        }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        drop(self.runner.stdin.take());
        let _ = self.runner.wait();
    }
}

fn free_address() -> String {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port")
        .port();
    format!("127.0.0.1:{port}")
}

/// Serves the handler that does nothing, if this process was started for that. Returns whether it was.
pub(crate) async fn serve_if_bare() -> bool {
    let mut arguments = std::env::args().skip_while(|argument| argument != BARE);
    let (Some(_), Some(address)) = (arguments.next(), arguments.next()) else {
        return false;
    };
    let nothing = axum::routing::get(async || axum::Json(serde_json::json!({"status": "ok"})));
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .expect("an address");
    axum::serve(listener, axum::Router::new().fallback(nothing))
        .await
        .expect("it serves");
    true
}
