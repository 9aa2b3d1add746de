//! The export of spans by OTLP over HTTP: on a thread of its own, from a bounded queue, so that a collector that is slow or
//! gone costs spans and nothing else.

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use opentelemetry::{Context, Key, KeyValue, global};
use opentelemetry_otlp::{
    Protocol, SpanExporter as Otlp, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchSpanProcessor, SdkTracerProvider, Span, SpanData, SpanExporter, SpanProcessor,
};

use crate::delivery::Collector;

/// How long one export may take, its retries included, unless a variable says otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a stop waits for the rest.
const LAST_WORDS: Duration = Duration::from_secs(2);

const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

/// The export of this process's spans. Dropped, it exports what is left, for two seconds at most.
pub(in crate::cli) struct Exporting {
    provider: SdkTracerProvider,
    tally: Arc<Tally>,
}

impl Exporting {
    /// Starts it, as the variables say.
    ///
    /// # Errors
    /// A variable that cannot be used, or why there is no thread or no client.
    pub(super) fn start() -> Result<Self, String> {
        check_sampler()?;
        check_protocol()?;
        let time_limit = time_limit()?;
        let exporter = Otlp::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(time_limit)
            .with_http_client(Collector::new(time_limit)?)
            .build()
            .map_err(|error| error.to_string())?;
        let tally = Arc::<Tally>::default();
        let exporter = Counted {
            inner: exporter,
            tally: Arc::clone(&tally),
        };
        let processor = Counted {
            inner: BatchSpanProcessor::builder(exporter).build(),
            tally: Arc::clone(&tally),
        };
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_resource(resource())
            .build();
        global::set_tracer_provider(provider.clone());
        tracing::info!("traces are exported by OTLP");
        Ok(Self { provider, tally })
    }
}

impl Drop for Exporting {
    fn drop(&mut self) {
        let stopped = self.provider.shutdown_with_timeout(LAST_WORDS);
        let lost = self.tally.lost();
        if lost > 0 {
            let error = stopped.err().map(tracing::field::display);
            tracing::warn!(spans = lost, error, "not all spans were exported");
        }
    }
}

/// A name that the SDK does not know would be taken for one that samples everything.
fn check_sampler() -> Result<(), String> {
    let Some(name) = variable("OTEL_TRACES_SAMPLER")? else {
        return Ok(());
    };
    if !SAMPLERS.contains(&name.as_str()) {
        let known = SAMPLERS.join(", ");
        return Err(format!("OTEL_TRACES_SAMPLER must be one of {known}"));
    }
    let ratio = variable("OTEL_TRACES_SAMPLER_ARG")?.and_then(|ratio| ratio.parse::<f64>().ok());
    if name.ends_with("traceidratio") && !ratio.is_some_and(|ratio| (0.0..=1.0).contains(&ratio)) {
        return Err("OTEL_TRACES_SAMPLER_ARG must be a number between 0 and 1".to_owned());
    }
    Ok(())
}

fn check_protocol() -> Result<(), String> {
    for name in [
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
    ] {
        if let Some(protocol) = variable(name)? {
            return if protocol == "http/protobuf" {
                Ok(())
            } else {
                Err(format!("{name} must be http/protobuf"))
            };
        }
    }
    Ok(())
}

fn time_limit() -> Result<Duration, String> {
    for name in [
        "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
        "OTEL_EXPORTER_OTLP_TIMEOUT",
    ] {
        if let Some(text) = variable(name)? {
            let parsed = text.parse().map(Duration::from_millis);
            return parsed.map_err(|_| format!("{name} must be a number of milliseconds"));
        }
    }
    Ok(PATIENCE)
}

/// A variable that is set; an empty one counts as not set.
fn variable(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8")),
    }
}

/// What the variables say of this service, whose name is regstack where they say none.
fn resource() -> Resource {
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let said = Resource::builder().with_attribute(version.clone());
    let said = said.build();
    let is_named = said
        .get(&Key::new("service.name"))
        .is_some_and(|name| !name.as_str().starts_with("unknown_service"));
    if is_named {
        said
    } else {
        let unnamed = Resource::builder().with_attribute(version);
        unnamed.with_service_name("regstack").build()
    }
}

/// How many spans there were, and what became of them.
#[derive(Debug, Default)]
struct Tally {
    ended: AtomicU64,
    exported: AtomicU64,
    /// Lost since the last export that worked.
    failing: AtomicU64,
}

impl Tally {
    fn lost(&self) -> u64 {
        let exported = self.exported.load(Relaxed);
        self.ended.load(Relaxed).saturating_sub(exported)
    }
}

/// Something that spans pass, and that counts them.
#[derive(Debug)]
struct Counted<T> {
    inner: T,
    tally: Arc<Tally>,
}

impl<E: SpanExporter> SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len() as u64;
        match self.inner.export(batch).await {
            Ok(()) => {
                self.tally.exported.fetch_add(count, Relaxed);
                let lost = self.tally.failing.swap(0, Relaxed);
                if lost > 0 {
                    tracing::warn!(spans = lost, "traces are exported again; spans were lost");
                }
            }
            Err(error) => {
                if self.tally.failing.fetch_add(count, Relaxed) == 0 {
                    tracing::warn!(%error, "exporting traces failed; spans are lost until it works again");
                }
            }
        }
        Ok(())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

impl SpanProcessor for Counted<BatchSpanProcessor> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.inner.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() {
            self.tally.ended.fetch_add(1, Relaxed);
            self.inner.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}
