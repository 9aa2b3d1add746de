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
