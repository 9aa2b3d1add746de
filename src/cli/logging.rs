//! The log of a process: what goes to stderr, in which form. Nothing in an event may drive a terminal or forge a line.

use std::io::{self, IsTerminal as _};

use tracing::field::Field;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{Writer, debug_fn};

use super::error::{Failure, Result};
use super::output::escaped;
use crate::config::LogFormat;

/// Starts the log of this process, once.
pub(crate) fn init(format: LogFormat, level: &str, colors: bool) -> Result {
    let filter = EnvFilter::try_new(level).map_err(|cause| {
        Failure::configuration("log_level cannot be used")
            .because(cause)
            .next("write error, warn, info, debug or trace")
    })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    let json = match format {
        LogFormat::Auto => !io::stderr().is_terminal(),
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let started = if json {
        log.json()
            .flatten_event(true)
            .with_span_list(false)
            .try_init()
    } else {
        log.with_ansi(colors)
            .with_target(false)
            .fmt_fields(debug_fn(field))
            .try_init()
    };
    started.map_err(|cause| Failure::failed("the log cannot be started").because(cause))
}

/// One field as text, escaped: log lines carry what clients sent.
fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn std::fmt::Debug) -> std::fmt::Result {
    let value = escaped(&format!("{value:?}"));
    match field.name() {
        "message" => write!(writer, "{value}"),
        name => write!(writer, " {name}={value}"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_event_is_one_line_and_drives_no_terminal() {
        let lines = Lines::default();
        let sink = lines.clone();
        let log = tracing_subscriber::fmt()
            .with_ansi(false)
            .fmt_fields(debug_fn(field))
            .with_writer(move || sink.clone())
            .finish();
        tracing::subscriber::with_default(log, || {
            let hostile = "a\u{1b}[2J\r\nINFO forged\u{9b}31m\u{202e}";
            let span = tracing::info_span!("request", path = %hostile);
            span.in_scope(|| tracing::info!(agent = %hostile, "seen {hostile}"));
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text:?}");
        assert_eq!(text.trim_end(), escaped(text.trim_end()), "{text:?}");
        assert_eq!(text.matches("forged").count(), 3);
    }
}
