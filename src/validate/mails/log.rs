//! The log of the installation, where the console backend writes the links of emails, and the null backend SMS.

use std::collections::VecDeque;
use std::process::Stdio;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::{Message, Read, Source};

/// The longest line that is read, in bytes. A longer one is read in parts.
const MAX_LINE: u64 = 64 * 1024;
/// The most that is kept, in bytes: the newest lines.
const MAX_KEPT: usize = 16 * 1024 * 1024;

/// Where the log is, in the notation of the Python package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LogSource {
    /// `file:PATH`
    File(String),
    /// `ssh:USER@HOST:PATH`
    Ssh(String, String),
    /// `docker:CONTAINER`
    Docker(String),
    /// `cmd:COMMAND`
    Command(String),
}

impl FromStr for LogSource {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "expected file:PATH, ssh:USER@HOST:PATH, docker:CONTAINER or cmd:COMMAND";
        let (kind, rest) = text.split_once(':').ok_or(expected)?;
        // What begins with a hyphen would be an option of the program.
        if rest.is_empty() || rest.starts_with('-') && kind != "cmd" {
            return Err(expected);
        }
        match kind {
            "file" => Ok(Self::File(rest.to_owned())),
            "docker" => Ok(Self::Docker(rest.to_owned())),
            "cmd" => Ok(Self::Command(rest.to_owned())),
            "ssh" => {
                let (host, path) = rest.split_once(':').ok_or(expected)?;
                Ok(Self::Ssh(host.to_owned(), path.to_owned()))
            }
            _ => Err(expected),
        }
    }
}

impl LogSource {
    /// Returns the program that prints the lines from now on.
    fn program(&self) -> (&str, Vec<String>) {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        match self {
            Self::File(path) => ("tail", words(&["-n", "0", "-F", path])),
            Self::Docker(name) => ("docker", words(&["logs", "-f", "--since", "1s", name])),
            Self::Command(command) => ("sh", words(&["-c", command])),
            Self::Ssh(host, path) => {
                let quoted = path.replace('\'', "'\\''");
                let tail = format!("tail -n 0 -F '{quoted}'");
                ("ssh", words(&["-o", "BatchMode=yes", host, &tail]))
            }
        }
    }
}

/// The newest lines, each with its number.
#[derive(Default)]
struct Lines {
    kept: VecDeque<(usize, String)>,
    bytes: usize,
}

impl Lines {
    fn push(&mut self, line: String) {
        let number = self.kept.back().map_or(0, |(number, _)| number + 1);
        self.bytes += line.len();
        self.kept.push_back((number, line));
        while self.bytes > MAX_KEPT
            && let Some((_, oldest)) = self.kept.pop_front()
        {
            self.bytes -= oldest.len();
        }
    }
}

/// The lines of a log, from the moment at which this was created.
pub(crate) struct Log {
    program: Child,
    lines: Arc<Mutex<Lines>>,
}

impl Log {
    /// Starts to read a log.
    ///
    /// # Errors
    /// The program that prints it can't be started.
    pub(crate) fn follow(source: &LogSource) -> std::io::Result<Self> {
        let (name, arguments) = source.program();
        let mut program = Command::new(name)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let lines = Arc::default();
        // `docker logs` prints what the container wrote to stderr on stderr.
        if let Some(stdout) = program.stdout.take() {
            collect(BufReader::new(stdout), &lines);
        }
        if let Some(stderr) = program.stderr.take() {
            collect(BufReader::new(stderr), &lines);
        }
        Ok(Self { program, lines })
    }

    /// Returns the lines about an email or SMS to somebody. Those about emails have the field `links`.
    fn about(&mut self, to: &str, is_sms: bool) -> Read<Vec<Message>> {
        let found: Vec<Message> = self
            .lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .kept
            .iter()
            .filter(|(_, line)| line.contains(to) && line.contains("links") != is_sms)
            .map(|(number, line)| Message {
                id: number.to_string(),
                text: line.clone(),
            })
            .collect();
        match self.program.try_wait() {
            Ok(Some(status)) if found.is_empty() => {
                Err(format!("the program that reads it has ended ({status})"))
            }
            _ => Ok(found),
        }
    }
}

/// Keeps the lines that a program prints.
fn collect(
    mut stream: impl tokio::io::AsyncBufRead + Unpin + Send + 'static,
    lines: &Arc<Mutex<Lines>>,
) {
    let lines = Arc::clone(lines);
    tokio::spawn(async move {
        let mut line = Vec::new();
        while (&mut stream)
            .take(MAX_LINE)
            .read_until(b'\n', &mut line)
            .await
            .is_ok_and(|read| read > 0)
        {
            let text = String::from_utf8_lossy(&line).into_owned();
            line.clear();
            let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push(text);
        }
    });
}

#[async_trait]
impl Source for Log {
    async fn messages(&mut self, to: &str) -> Read<Vec<Message>> {
        self.about(to, false)
    }

    async fn texts(&mut self, number: &str) -> Read<Vec<(String, String)>> {
        let lines = self.about(number, true)?;
        Ok(lines
            .into_iter()
            .map(|line| (line.id, after(&line.text, number)))
            .collect())
    }

    fn name(&self) -> String {
        "the log (--log-source)".to_owned()
    }
}

/// Returns what follows the number in a line, because the time before it has digits too.
fn after(line: &str, number: &str) -> String {
    let (_, rest) = line.split_once(number).unwrap_or_default();
    rest.to_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_notation_of_the_python_package_is_understood() {
        let parsed = |text: &str| text.parse::<LogSource>();
        assert_eq!(
            parsed("file:/var/log/a.log"),
            Ok(LogSource::File("/var/log/a.log".into()))
        );
        assert_eq!(
            parsed("ssh:ada@host:/var/log/a.log"),
            Ok(LogSource::Ssh("ada@host".into(), "/var/log/a.log".into()))
        );
        assert_eq!(
            parsed("cmd:journalctl -fu regstack"),
            Ok(LogSource::Command("journalctl -fu regstack".into()))
        );
        for wrong in [
            "",
            "file:",
            "/var/log/a.log",
            "ssh:host",
            "docker:--privileged",
            "ssh:-oProxyCommand=x:/a",
        ] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
        let ssh = LogSource::Ssh("host".into(), "/a'b".into());
        assert_eq!(ssh.program().1[3], "tail -n 0 -F '/a'\\''b'");
    }

    #[test]
    fn only_the_newest_lines_are_kept() {
        let mut lines = Lines::default();
        let line = "x".repeat(1024 * 1024);
        for _ in 0..20 {
            lines.push(line.clone());
        }
        assert_eq!(lines.bytes, MAX_KEPT);
        assert_eq!(lines.kept.back().unwrap().0, 19);
        assert_eq!(lines.kept.front().unwrap().0, 4);
    }

    #[tokio::test]
    async fn a_line_without_an_end_is_read_in_parts() {
        let endless = "head -c 200000 /dev/zero".to_owned();
        let log = Log::follow(&LogSource::Command(endless)).unwrap();
        let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
        while log.lines.lock().unwrap().bytes < 200_000 {
            assert!(tokio::time::Instant::now() < deadline, "nothing is read");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(log.lines.lock().unwrap().kept.len(), 4);
    }

    #[tokio::test]
    async fn lines_that_are_written_from_now_on_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(
            &path,
            "mail to=\"ada@example.com\" links=\"https://a.example/old\"\n",
        )
        .unwrap();
        let mut log = Log::follow(&LogSource::File(path.display().to_string())).unwrap();
        // Until `tail` has opened the file, lines are old ones; after that, they are repeated until one is seen.
        let mut file = std::fs::File::options().append(true).open(&path).unwrap();
        let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
        let mail = loop {
            writeln!(
                file,
                "INFO mail to=\"ada@example.com\" links=\"https://a.example/new\""
            )
            .unwrap();
            writeln!(
                file,
                "2026-11-30 INFO SMS to=\"+15551234567\" text=\"Acme code: 123456\""
            )
            .unwrap();
            let found = log.messages("ada@example.com").await.unwrap();
            if let (Some(mail), false) = (
                found.first(),
                log.texts("+15551234567").await.unwrap().is_empty(),
            ) {
                break mail.clone();
            }
            assert!(tokio::time::Instant::now() < deadline, "nothing is read");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert!(mail.text.contains("/new"), "{}", mail.text);
        let texts = log.texts("+15551234567").await.unwrap();
        assert_eq!(texts[0].1.trim(), "\" text=\"Acme code: 123456\"");
        let mut ended = Log::follow(&LogSource::Command("exit 3".into())).unwrap();
        let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
        while ended.messages("ada@example.com").await.is_ok() {
            assert!(tokio::time::Instant::now() < deadline, "its end isn't seen");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
