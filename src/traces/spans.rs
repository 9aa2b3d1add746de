//! The spans themselves, by OpenTelemetry's semantic conventions for HTTP servers and databases.

use std::fmt::Display;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use opentelemetry::context::{FutureExt as _, WithContext};
use opentelemetry::global::{self, BoxedSpan, BoxedTracer};
use opentelemetry::trace::{
    Link, Span as _, SpanBuilder, SpanContext, SpanKind, Status, TraceContextExt as _, Tracer as _,
};
use opentelemetry::{Context, KeyValue};

use super::parent::{TRACEPARENT, claimed};

/// The methods that are named; whatever else a client sends is not (`http.request.method`).
const METHODS: [&str; 9] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
];

fn tracer() -> BoxedTracer {
    global::tracer("regstack")
}

/// A request, or a delivery attempt.
#[derive(Debug)]
pub struct Span(Context);

impl Span {
    /// Begins the span of a request. A trusted client's trace context is its parent; another's is only linked, so that the
    /// sampler decides on it as on any other request.
    #[must_use]
    pub fn of_request(
        method: &str,
        route: Option<&str>,
        id: &str,
        headers: &HeaderMap,
        is_trusted: bool,
    ) -> Self {
        let known = METHODS.iter().find(|known| **known == method);
        let name = match (known, route) {
            (Some(method), Some(route)) => format!("{method} {route}"),
            (Some(method), None) => (*method).to_owned(),
            (None, _) => "HTTP".to_owned(),
        };
        let mut attributes = vec![
            KeyValue::new("http.request.method", *known.unwrap_or(&"_OTHER")),
            KeyValue::new("regstack.request.id", id.to_owned()),
        ];
        attributes.extend(route.map(|route| KeyValue::new("http.route", route.to_owned())));
        let mut span = SpanBuilder::from_name(name)
            .with_kind(SpanKind::Server)
            .with_attributes(attributes);
        let mut parent = Context::new();
        match claimed(headers) {
            Some(claim) if is_trusted => parent = parent.with_remote_span_context(claim),
            Some(claim) => span = span.with_links(vec![Link::with_context(claim)]),
            None => {}
        }
        Self::begin(span, &parent)
    }

    /// Begins the span of a delivery attempt, a trace of its own.
    #[must_use]
    pub fn of_delivery(kind: &'static str, id: &dyn Display, attempt: u32) -> Self {
        let span = SpanBuilder::from_name(format!("deliver {kind}"))
            .with_kind(SpanKind::Client)
            .with_attributes([
                KeyValue::new("regstack.message.kind", kind),
                KeyValue::new("regstack.message.id", id.to_string()),
                KeyValue::new("regstack.message.attempt", i64::from(attempt)),
            ]);
        Self::begin(span, &Context::new())
    }

    fn begin(span: SpanBuilder, parent: &Context) -> Self {
        let span = tracer().build_with_context(span, parent);
        Self(parent.with_span(span))
    }

    /// Returns the future, in which this span is the current one.
    pub fn around<F: Future>(&self, future: F) -> WithContext<F> {
        future.with_context(self.0.clone())
    }

    /// Ends the span of a request, with the status of its answer; without one, the client has left before.
    pub fn answered(&self, status: Option<u16>) {
        let span = self.0.span();
        match status {
            Some(status) => {
                span.set_attribute(KeyValue::new(
                    "http.response.status_code",
                    i64::from(status),
                ));
                if status >= 500 {
                    span.set_attribute(KeyValue::new("error.type", status.to_string()));
                    span.set_status(Status::error(""));
                }
            }
            None => span.set_attribute(KeyValue::new("error.type", "client_left")),
        }
        span.end();
    }

    /// Ends the span of a delivery attempt, with its outcome.
    pub fn delivered(&self, outcome: &'static str) {
        let span = self.0.span();
        span.set_attribute(KeyValue::new("regstack.message.outcome", outcome));
        if outcome != "sent" {
            span.set_attribute(KeyValue::new("error.type", outcome));
            span.set_status(Status::error(""));
        }
        span.end();
    }
}

/// A step inside of the current span; nothing where none is recorded.
#[derive(Debug)]
pub struct Leaf(Option<BoxedSpan>);

impl Leaf {
    /// Begins a step.
    #[must_use]
    pub fn begin(name: &'static str) -> Self {
        Self::of(|| SpanBuilder::from_name(name).with_kind(SpanKind::Internal))
    }

    /// Begins an operation of the store.
    #[must_use]
    pub fn of_store(system: &'static str, operation: impl FnOnce() -> &'static str) -> Self {
        Self::of(|| database(system, operation()).with_kind(SpanKind::Internal))
    }

    /// Records a command of the database that has just ended.
    pub fn of_command(system: &'static str, command: &'static str, took: Duration, failed: bool) {
        let leaf = Self::of(|| {
            let now = opentelemetry::time::now();
            let span = database(system, command).with_kind(SpanKind::Client);
            span.with_start_time(now.checked_sub(took).unwrap_or(now))
        });
        leaf.end(failed);
    }

    fn of(span: impl FnOnce() -> SpanBuilder) -> Self {
        Context::map_current(|current| {
            let is_recorded = current.has_active_span() && current.span().is_recording();
            Self(is_recorded.then(|| tracer().build_with_context(span(), current)))
        })
    }

    /// Ends the step.
    pub fn end(self, failed: bool) {
        let Self(Some(mut span)) = self else {
            return;
        };
        if failed {
            span.set_status(Status::error(""));
        }
        span.end();
    }
}

fn database(system: &'static str, operation: &'static str) -> SpanBuilder {
    SpanBuilder::from_name(operation).with_attributes([
        KeyValue::new("db.system.name", system),
        KeyValue::new("db.operation.name", operation),
    ])
}

/// Returns a future for another task, in which the current span stays the current one.
pub fn carried<F: Future>(future: F) -> WithContext<F> {
    future.with_current_context()
}

/// Adds the current span to the headers of a request to another program, as `traceparent`. What a proxy said in
/// `tracestate` is not for strangers.
pub fn tell(headers: &mut HeaderMap) {
    let line = Context::map_current(|current| {
        let current = current.span().span_context().clone();
        current.is_valid().then(|| traceparent(&current))
    });
    if let Some(line) = line.and_then(|line| HeaderValue::from_str(&line).ok()) {
        headers.insert(TRACEPARENT, line);
    }
}

fn traceparent(of: &SpanContext) -> String {
    let flags = u8::from(of.is_sampled());
    format!("00-{}-{}-{flags:02x}", of.trace_id(), of.span_id())
}
