//! The program as a process: a working directory of its own, an environment of its own, no terminal unless asked for.

use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use expectrl::process::Termios as _;
use expectrl::session::OsSession;
use expectrl::{Expect as _, Regex};
use regstack::internals::accounts::{Registered, Registration};
use regstack::internals::app::{Ambient, App};
use regstack::internals::config::Sources;
use regstack::internals::model::user::FullName;
use regstack::internals::model::{self, Email, NewPassword, Origin};
use regstack::internals::random::SystemRandom;
use serde_json::Value;
use tempfile::TempDir;

use super::actor::{Actor, PASSWORD, Requests};
use super::client;

/// How long anything may take. Generous: the tests share two cores.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_regstack");

/// What the environment of a command says of its user, which anybody can set.
const CLAIMED: &str = "mallory";

/// The system's name of the user who runs the tests: what the audit trail has to say.
pub(crate) fn operator() -> String {
    let user = nix::unistd::User::from_uid(nix::unistd::Uid::current());
    format!("operator:{}", user.unwrap().unwrap().name)
}

/// A working directory, and the program run in it.
pub(crate) struct Place {
    folder: TempDir,
    secret: String,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    /// An empty one.
    pub(crate) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            // A canary too: no output may hold it.
            secret: format!(
                "canary-{}",
                regstack::internals::random::token::<32>(&SystemRandom)
            ),
        }
    }

    /// One with a configuration that hashes cheaply and keeps its accounts in `accounts.db`.
    pub(crate) fn configured() -> Self {
        let place = Self::empty();
        place.write("regstack.toml", "bind = \"127.0.0.1:0\"\ndatabase_url = \"sqlite:accounts.db\"\nemail_link_prefix = \"/\"\n[password]\nmemory_kib = 64\niterations = 1\n");
        place.write(
            "regstack.secrets.env",
            &format!("REGSTACK_JWT_SECRET={}\n", place.secret),
        );
        place.set_mode("regstack.secrets.env", 0o600);
        place
    }

    /// One with such a configuration over this database.
    pub(crate) fn over(database_url: &str) -> Self {
        let place = Self::configured();
        let toml = fs::read_to_string(place.path("regstack.toml")).unwrap();
        let over = toml.replace("sqlite:accounts.db", database_url);
        assert_ne!(toml, over);
        place.write("regstack.toml", &over);
        place
    }

    /// Another place with the same configuration and secrets.
    pub(crate) fn twin(&self) -> Self {
        let twin = Self {
            folder: tempfile::tempdir().unwrap(),
            secret: self.secret.clone(),
        };
        for name in ["regstack.toml", "regstack.secrets.env"] {
            twin.write(name, &fs::read_to_string(self.path(name)).unwrap());
            twin.set_mode(name, 0o600);
        }
        twin
    }

    /// A file's path.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Sets who may read a file.
    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    /// Adds to a file.
    pub(crate) fn append(&self, name: &str, text: &str) {
        let before = fs::read_to_string(self.path(name)).unwrap();
        self.write(name, &(before + text));
    }

    /// The signing secret of [`Self::configured`].
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// All bytes of the files whose names start like this.
    pub(crate) fn bytes_of(&self, name: &str) -> Vec<u8> {
        let files = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|file| file.unwrap().path());
        let ours = files.filter(|file| {
            file.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with(name)
        });
        ours.flat_map(|file| fs::read(file).unwrap()).collect()
    }

    /// The program with these arguments, in this place, without a terminal and without this process's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(PROGRAM);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// A program in this place, with an environment of its own.
    pub(crate) fn bare(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env_clear();
        command
            .env("PATH", "/usr/bin:/bin")
            .env("USER", CLAIMED)
            .env("TZ", "UTC")
            .env("TERM", "xterm-256color");
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::end_of(self.command(arguments))
    }

    /// Runs the program with something on stdin.
    pub(crate) fn run_with_stdin(&self, arguments: &[&str], stdin: impl AsRef<[u8]>) -> Ran {
        Ran::with_stdin(self.command(arguments), stdin)
    }

    /// Runs the program with `--json`, which must succeed; its document.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(
            (ran.code, ran.stderr.as_str()),
            (Some(0), ""),
            "{arguments:?}: {}",
            ran.stdout
        );
        serde_json::from_str(&ran.stdout).unwrap()
    }

    /// Its application in this process, over the same database. Nothing is sent unless its workers are run.
    pub(crate) async fn app(&self) -> App {
        let sources = Sources {
            working_dir: self.folder.path().to_owned(),
            ..Sources::default()
        };
        let settings = regstack::internals::config::load(&sources)
            .unwrap()
            .settings;
        App::open(settings, Ambient::system()).await.unwrap()
    }

    /// Registers these addresses, one after the other: each waits for its mail, which waits in the outbox.
    pub(crate) async fn with_registrations(self, addresses: &[&str]) -> Self {
        let app = self.app().await;
        for address in addresses {
            let new = Registration {
                email: Email::parse(address).unwrap(),
                password: NewPassword::parse(PASSWORD.into()).unwrap(),
                full_name: FullName::parse("Ada Lovelace").unwrap(),
                language: None,
            };
            let origin = Origin {
                actor: model::Actor::Anonymous,
                ip: None,
                request_id: None,
                languages: Vec::new(),
                user_agent: None,
            };
            let registered = app.accounts.register(new, &origin).await;
            assert!(matches!(registered, Ok(Registered::Pending { .. })));
        }
        self
    }

    /// Mail goes to this port from now on.
    pub(crate) fn mails_to(&self, port: u16) {
        let email = format!(
            "[email]\nbackend = \"smtp\"\nsmtp_host = \"127.0.0.1\"\nsmtp_port = {port}\nsmtp_starttls = false\nfrom_address = \"accounts@acme.test\"\n"
        );
        self.append("regstack.toml", &email);
    }

    /// The database as another program sees it.
    pub(crate) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path("accounts.db")).unwrap()
    }

    /// Adds so many unverified accounts, newer than those that are there: `n1@example.com` the oldest of them.
    pub(crate) fn crowd(&self, count: u32) {
        let made = self.raw().execute(
            "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ?1),
                 start (at) as (select coalesce(max(created_at), 0) from users)
             insert into users (id, email, email_key, is_active, is_verified, is_superuser, is_mfa_enabled, created_at, updated_at)
             select printf('%024x', n), printf('n%d@example.com', n), printf('n%d@example.com', n), 1, 0, 0, 0, at + n, at + n
             from numbers, start",
            [count],
        );
        assert_eq!(made.unwrap(), count as usize);
    }

    /// Creates an account with the usual password, verified.
    pub(crate) fn with_account(self, email: &str) -> Self {
        let create = ["users", "create", email, "--verified", "--password-stdin"];
        let ran = self.run_with_stdin(&create, PASSWORD);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        self
    }

    /// Creates an administrator with the usual password.
    pub(crate) fn create_admin(&self, email: &str) {
        let create = ["create-admin", "--email", email, "--password-stdin"];
        let ran = self.run_with_stdin(&create, PASSWORD);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }

    /// Adds a setting before all sections.
    pub(crate) fn set(&self, setting: &str) {
        let toml = fs::read_to_string(self.path("regstack.toml")).unwrap();
        self.write("regstack.toml", &format!("{setting}\n{toml}"));
    }

    /// Creates accounts without passwords.
    pub(crate) fn with_users(self, addresses: &[&str]) -> Self {
        for address in addresses {
            let ran = self.run(&["users", "create", address, "--no-password"]);
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        }
        self
    }

    /// Runs the program on a terminal of its own, so many columns wide; [`end_of`] waits for its end.
    pub(crate) fn on_terminal(&self, columns: u16, arguments: &[&str]) -> OsSession {
        let mut command = self.bare("sh");
        let script = format!(
            "trap : INT; read -r _; stty echo cols {columns} rows 40; \"$0\" \"$@\"; code=$?; \
             stty -a | grep -q -e ' -echo ' && echo 'left without echo'; echo \"ended: $code\""
        );
        command.args(["-c", &script, PROGRAM]).args(arguments);
        let mut session = OsSession::spawn(command).unwrap();
        session.set_expect_timeout(Some(PATIENCE));
        // Spawning sets a size of its own: only then may the script set the one that is wanted.
        session.send_line("").unwrap();
        session
    }

    /// Starts a server, which makes its database, and waits for the line that says where it is.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Server {
        let create: &[&str] = if arguments.contains(&"--dev") {
            &[]
        } else {
            &["--create"]
        };
        Server::start(self.command(&[&["serve", "--json"], create, arguments].concat()))
    }
}

/// Waits for the end of a run on a terminal: what it showed since the last expectation, and its exit code.
/// Whatever happened, the terminal must be left as it was.
pub(crate) fn end_of(session: &mut OsSession) -> (String, i32) {
    let found = session.expect(Regex("ended: ([0-9]+)\r?\n")).unwrap();
    let code = String::from_utf8_lossy(found.get(1).unwrap())
        .parse()
        .unwrap();
    let shown = String::from_utf8_lossy(found.before()).into_owned();
    assert!(!shown.contains("left without echo"), "{shown}");
    (shown, code)
}

/// Types a line once the terminal shows no typing any more: what came before is thrown away by who asks for a secret.
pub(crate) fn type_unseen(session: &mut OsSession, text: &str) {
    let deadline = Instant::now() + PATIENCE;
    while session.is_echo().unwrap() {
        assert!(Instant::now() < deadline, "nothing secret is asked for");
        std::thread::sleep(Duration::from_millis(5));
    }
    session.send_line(text).unwrap();
}

/// Sends a signal to the program that runs on a terminal.
pub(crate) fn signal_child(session: &OsSession, name: &str) {
    let shell = session.get_process().pid();
    let children = fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).unwrap();
    send_signal(name, children.trim().parse().unwrap());
}

/// Waits for the end of a run, but not for ever.
fn finished(child: Child) -> Ran {
    let id = child.id();
    let (sender, ended) = channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(output) = ended.recv_timeout(PATIENCE) else {
        send_signal("KILL", id);
        panic!("it did not end within {PATIENCE:?}");
    };
    Ran::of(&output.unwrap())
}

/// Sends a signal to a process.
pub(crate) fn send_signal(name: &str, process: u32) {
    let sent = Command::new("sh")
        .args(["-c", &format!("kill -{name} {process}")])
        .status();
    assert!(sent.unwrap().success());
}

impl Ran {
    /// Runs a command to its end.
    pub(crate) fn end_of(mut command: Command) -> Self {
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        finished(command.spawn().unwrap())
    }

    /// The same with something on stdin.
    pub(crate) fn with_stdin(mut command: Command, stdin: impl AsRef<[u8]>) -> Self {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        // A program that does not want it may be gone already.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_ref());
        finished(child)
    }

    /// How a process ended.
    pub(crate) fn of(output: &Output) -> Self {
        let text =
            |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("the program writes UTF-8");
        Self {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Asserts a refusal: this exit code, nothing on stdout, three lines at most on stderr that say `words`.
    #[track_caller]
    pub(crate) fn refused(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.stdout, "", "a failure has no result");
        assert!(
            (1..=3).contains(&self.stderr.lines().count()) && self.stderr.starts_with("error: "),
            "{}",
            self.stderr
        );
        for word in words {
            assert!(
                self.stderr.contains(word),
                "{word:?} is not in: {}",
                self.stderr
            );
        }
        assert!(
            !self.stderr.contains("panicked") && !self.stderr.contains("canary"),
            "{}",
            self.stderr
        );
    }
}

/// A running server. Killed when dropped, so that no test leaves one behind.
pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
    anonymous: Actor,
    /// What it said of itself when it was ready.
    pub(crate) report: Value,
}

impl Server {
    /// Starts a `serve --json` command and waits for its line.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let ready = lines_of(child.stdout.take().unwrap());
        // A test may have put its own stderr in place.
        let lines = match child.stderr.take() {
            Some(stderr) => lines_of(stderr),
            None => lines_of(std::io::empty()),
        };
        let Ok(line) = ready.recv_timeout(PATIENCE) else {
            let _ = child.kill();
            panic!(
                "the server did not start: {}",
                lines.iter().collect::<Vec<_>>().join("\n")
            );
        };
        let report: Value = serde_json::from_str(&line).unwrap();
        let origin = report["address"].as_str().unwrap().to_owned();
        Self {
            child,
            lines,
            anonymous: Actor::anonymous(client::client(), origin),
            report,
        }
    }

    /// Where a path of it is.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.report["address"].as_str().unwrap())
    }

    /// Nobody in particular.
    pub(crate) fn anonymous(&self) -> Actor {
        self.anonymous.clone()
    }

    /// Somebody with a session by the usual password.
    pub(crate) async fn signed_in(&self, email: &str) -> Actor {
        self.logged_in(email, PASSWORD).await
    }

    /// Sends a signal: `TERM`, `INT`.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        send_signal(name, self.child.id());
    }

    /// Waits for a line on stderr that contains `words`.
    pub(crate) fn says(&self, words: &str) -> String {
        let mut seen = String::new();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            if line.contains(words) {
                return line;
            }
            seen += &line;
        }
        panic!("it never said {words:?}: {seen}");
    }

    /// Sends a signal again and again until it ends; as [`Self::end`].
    pub(crate) fn signal_to_the_end(mut self, name: &str) -> (Option<i32>, String) {
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "it does not end");
            self.signal(name);
            std::thread::sleep(Duration::from_millis(20));
        }
        self.end()
    }

    /// Asks it to stop, which it does in order; what it still said.
    pub(crate) fn stop(self) -> String {
        self.signal("TERM");
        let (code, said) = self.end();
        assert_eq!(code, Some(0), "{said}");
        said
    }

    /// Waits for its end: the exit code, and what it still said.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let said = self.lines.iter().collect::<Vec<_>>().join("\n");
        (self.child.wait().unwrap().code(), said)
    }
}

impl Requests for Server {
    fn actor(&self) -> &Actor {
        &self.anonymous
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines of a stream, read as they come so that the writer is never held up.
fn lines_of(stream: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        BufReader::new(stream)
            .lines()
            .map_while(Result::ok)
            .try_for_each(|line| sender.send(line))
    });
    receiver
}
