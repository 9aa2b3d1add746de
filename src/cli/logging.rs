//! The log of a process: what goes to stderr, and in which format. Nothing in an event can control a terminal or forge
//! a line.

use std::fmt::{Debug, Display, Formatter};
use std::io::{self, IsTerminal as _};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};
use tracing_subscriber::{EnvFilter, reload};

use super::log_writer::{self, Unfailing};
use super::output::{Tone, escaped};
use super::{Failure, Result};
use crate::config::LogFormat;

/// Starts the log of a command, once per process.
pub(crate) fn init(format: LogFormat, level: &str, colors: bool) -> Result {
    start(format, level, colors, || Unfailing::new(io::stderr())).map(drop)
}

/// Starts the log of a server, whose lines are written by a separate thread. The guard writes the rest when it is
/// dropped.
pub(crate) fn init_in_background(
    format: LogFormat,
    level: &str,
    colors: bool,
) -> Result<(WorkerGuard, Relevel)> {
    let (writer, guard) = log_writer::in_background();
    let relevel = start(format, level, colors, writer)?;
    Ok((guard, relevel))
}

/// Changes the level of the running log.
pub(crate) type Relevel = Box<dyn Fn(&str) -> Result + Send + Sync>;

fn start<W>(format: LogFormat, level: &str, colors: bool, writer: W) -> Result<Relevel>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = filter(level)?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // The writer counts its own errors. Reporting them on stderr would end the process.
        .log_internal_errors(false)
        .with_writer(writer);
    let json = match format {
        LogFormat::Auto => !io::stderr().is_terminal(),
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let started = if json {
        let log = log
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_filter_reloading();
        let relevel = relevel(log.reload_handle());
        log.try_init().map(|()| relevel)
    } else {
        let log = log
            .with_ansi(colors)
            .fmt_fields(debug_fn(field))
            .event_format(Short)
            .with_filter_reloading();
        let relevel = relevel(log.reload_handle());
        log.try_init().map(|()| relevel)
    };
    started.map_err(|cause| Failure::failed("the log can't be started").because(cause))
}

fn filter(level: &str) -> Result<EnvFilter> {
    EnvFilter::try_new(level).map_err(|cause| {
        Failure::configuration("log_level can't be used")
            .because(cause)
            .next("write error, warn, info, debug or trace")
    })
}

fn relevel<S: 'static>(handle: reload::Handle<EnvFilter, S>) -> Relevel {
    Box::new(move |level| {
        handle
            .reload(filter(level)?)
            .map_err(|cause| Failure::failed("the log level can't be changed").because(cause))
    })
}

/// The text format: `07:06:05 INFO  POST /api/auth/register 201 38 ms  <request id>`, with the time in UTC.
struct Short;

impl<S, N> FormatEvent<S, N> for Short
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> std::fmt::Result {
        let mut time = String::new();
        SystemTime.format_time(&mut Writer::new(&mut time))?;
        // Only the time of 2026-01-31T07:06:05.123456Z is shown at a terminal.
        let time = time.get(11..19).unwrap_or(&time);
        let level = *event.metadata().level();
        let tone = match level {
            Level::ERROR => Tone::Bad,
            Level::WARN => Tone::Warn,
            Level::INFO => Tone::Good,
            _ => Tone::Faint,
        };
        let level = tone.paint(&format!("{level:<5}"), writer.has_ansi_escapes());
        let mut line = Line::default();
        event.record(&mut line);
        write!(writer, "{time} {level} {line}")?;
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>() {
                let fields = fields.trim_start();
                let id = fields.strip_prefix("request_id=").unwrap_or(fields);
                write!(writer, "  {id}")?;
            }
        }
        writeln!(writer)
    }
}

/// The fields of an event, in their order.
#[derive(Default)]
struct Line(Vec<(&'static str, String)>);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.name(), escaped(&format!("{value:?}"))));
    }
}

impl Display for Line {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let value = |name: &str| {
            let (_, value) = self.0.iter().find(|(field, _)| *field == name)?;
            Some(value.trim_matches('"'))
        };
        let message = value("message").unwrap_or_default();
        // Access log lines show method, path, status and duration without field names.
        let access = (value("method"), value("path"), value("ms"));
        let shown: &[&str] = if let (Some(method), Some(path), Some(ms)) = access {
            let outcome = value("status").unwrap_or(message);
            write!(f, "{method} {path} {outcome} {ms} ms")?;
            &["message", "method", "path", "ms", "status"]
        } else {
            f.write_str(message)?;
            &["message"]
        };
        for (name, value) in self.0.iter().filter(|(name, _)| !shown.contains(name)) {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

/// Writes one field as text, escaped because log lines contain data from clients.
fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> std::fmt::Result {
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

    /// Returns what is written to the log while something runs.
    fn logged(act: impl FnOnce()) -> String {
        let lines = Lines::default();
        let sink = lines.clone();
        let log = tracing_subscriber::fmt()
            .with_ansi(false)
            .fmt_fields(debug_fn(field))
            .event_format(Short)
            .with_writer(move || sink.clone())
            .finish();
        tracing::subscriber::with_default(log, act);
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn an_event_is_one_line_and_drives_no_terminal() {
        let text = logged(|| {
            let hostile = "a\u{1b}[2J\r\nINFO forged\u{9b}31m\u{202e}";
            let span = tracing::info_span!("request", path = %hostile);
            span.in_scope(|| tracing::info!(agent = %hostile, "seen {hostile}"));
        });
        assert_eq!(text.lines().count(), 1, "{text:?}");
        assert_eq!(text.trim_end(), escaped(text.trim_end()), "{text:?}");
        assert_eq!(text.matches("forged").count(), 3);
    }

    #[test]
    fn a_request_is_one_short_line() {
        let text = logged(|| {
            let span = tracing::info_span!("request", request_id = %"abc");
            span.in_scope(|| tracing::info!(method = %"POST", path = "/api", status = 201, ms = 38, code = "x", "answered"));
            tracing::warn!(error = "gone", "no mail");
        });
        let lines: Vec<&str> = text.lines().map(|line| &line[8..]).collect();
        assert_eq!(
            lines,
            [
                " INFO  POST /api 201 38 ms code=\"x\"  abc",
                " WARN  no mail error=\"gone\""
            ]
        );
    }
}
