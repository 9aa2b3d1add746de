//! The applications of `examples/`, as the processes that their README files start.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::LazyLock;
use std::sync::mpsc::channel;
use std::time::Duration;

use tempfile::TempDir;

/// How long one may take to start. Generous: the tests share two cores.
const PATIENCE: Duration = Duration::from_mins(1);

/// An application, by what it is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum With {
    FastApi,
    Express,
    Go,
    Axum,
}

/// A running one. It ends when it is dropped.
pub(crate) struct Example {
    child: Child,
    /// Its address.
    pub(crate) origin: String,
    _folder: TempDir,
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A path in this repository.
fn path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Something that `tests/run` installs.
fn tool(name: &str) -> PathBuf {
    let tool = path("target/test-tools/examples").join(name);
    assert!(
        tool.exists(),
        "{} is missing: run tests/run",
        tool.display()
    );
    tool
}

/// Runs a compiler; the test fails with what it says.
fn compile(mut command: Command) {
    let program = command.get_program().to_string_lossy().into_owned();
    let done = command.output();
    let done = done.unwrap_or_else(|error| panic!("{program}: {error}; tests/run installs it"));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program}: {said}");
}

/// The program of `examples/go`.
static GO: LazyLock<PathBuf> = LazyLock::new(|| {
    let built = path("target/test-tools/examples/go");
    let mut command = Command::new("go");
    command.current_dir(path("examples/go"));
    command.args(["build", "-o"]).arg(&built);
    command.env("GOCACHE", path("target/test-tools/examples/go-cache"));
    compile(command);
    built
});

/// The program of `examples/axum`.
static AXUM: LazyLock<PathBuf> = LazyLock::new(|| {
    let target = path("target/test-tools/examples/axum");
    let mut command = Command::new("cargo");
    command.current_dir(path("examples/axum"));
    command.args(["build", "--locked", "--quiet", "--target-dir"]);
    compile({
        command.arg(&target);
        command
    });
    target.join("debug/regstack-example-axum")
});

impl With {
    pub(crate) const ALL: [Self; 4] = [Self::FastApi, Self::Express, Self::Go, Self::Axum];

    /// The command that starts it on this port, in `folder` where its place has to be made.
    fn command(self, port: u16, folder: &Path) -> Command {
        match self {
            Self::FastApi => {
                let mut command = Command::new(tool("venv/bin/uvicorn"));
                command.current_dir(path("examples/fastapi"));
                command.args(["app:app", "--port", &port.to_string()]);
                command
            }
            Self::Express => {
                for file in ["app.js", "package.json"] {
                    std::fs::copy(path("examples/express").join(file), folder.join(file)).unwrap();
                }
                let modules = tool("express/node_modules");
                std::os::unix::fs::symlink(modules, folder.join("node_modules")).unwrap();
                let mut command = Command::new("node");
                command.current_dir(folder).arg("app.js");
                command
            }
            Self::Go => Command::new(GO.as_path()),
            Self::Axum => Command::new(AXUM.as_path()),
        }
    }
}

impl Example {
    /// Starts one that trusts the regstack at this address, with these variables in its environment.
    pub(crate) fn start(with: With, regstack: &str, environment: &[(&str, &str)]) -> Self {
        Self::start_on(0, with, regstack, environment)
    }

    /// The same on a port that was chosen before.
    pub(crate) fn start_on(
        port: u16,
        with: With,
        regstack: &str,
        environment: &[(&str, &str)],
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = with.command(port, folder.path());
        let (output, input) = std::io::pipe().unwrap();
        command.env_clear().stdout(input.try_clone().unwrap());
        command.stderr(input);
        let port = port.to_string();
        let ours = [
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
            ("REGSTACK_URL", regstack),
            ("PORT", &port),
        ];
        command.envs(ours).envs(environment.iter().copied());
        let child = command.spawn().unwrap();
        // The command holds the pipe's other end open.
        drop(command);
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(output).lines().map_while(Result::ok);
            // Read to the end, whoever listens: the application must not be held up.
            lines.by_ref().for_each(|line| drop(sender.send(line)));
        });
        let mut example = Self {
            child,
            origin: String::new(),
            _folder: folder,
        };
        let mut said = String::new();
        while let Ok(line) = lines.recv_timeout(PATIENCE) {
            if let Some((_, address)) = line.split_once("http://127.0.0.1:") {
                let port: String = address.chars().take_while(char::is_ascii_digit).collect();
                example.origin = format!("http://127.0.0.1:{port}");
                return example;
            }
            said += &line;
            said.push('\n');
        }
        panic!("{with:?} did not start: {said}");
    }
}

/// A port that is free now.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
