//! Traces of a server: whether they are exported, as the standard variables say (`OTEL_…`), and in a build without them a
//! warning for whoever asks for them.

#[cfg(feature = "otlp")]
mod export;

use std::env;

#[cfg(feature = "otlp")]
pub(super) use export::Exporting;

/// There is none in this build.
#[cfg(not(feature = "otlp"))]
pub(super) enum Exporting {}

/// The variables that name a collector. Without one, nothing is exported.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];

/// The variable that asks for traces, if one does.
fn wanted() -> Option<&'static str> {
    let is = |name: &str, value: &str| {
        env::var(name).is_ok_and(|set| set.trim().eq_ignore_ascii_case(value))
    };
    if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
        return None;
    }
    let is_set = |name: &&str| env::var_os(name).is_some_and(|value| !value.is_empty());
    ENDPOINTS.into_iter().find(is_set)
}

/// Starts the export of traces, if there is a collector. The result exports the rest when it is dropped.
#[cfg(feature = "otlp")]
pub(super) fn start() -> Option<Exporting> {
    wanted()?;
    Exporting::start()
        .inspect_err(|error| tracing::warn!(error, "traces are not exported"))
        .ok()
}

/// Warns once if there is a collector, which this build cannot use.
#[cfg(not(feature = "otlp"))]
pub(super) fn start() -> Option<Exporting> {
    if let Some(name) = wanted() {
        tracing::warn!(
            "{name} is set, but this build has no traces; build it with the cargo feature otlp"
        );
    }
    None
}
