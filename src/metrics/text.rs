//! The metrics in the text format of Prometheus (version 0.0.4).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::prometheus_text;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::Metrics;
use super::cells::Reading;
use super::deliveries::site;
use super::process::Process;

/// The media type of the text format.
pub const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// Values that aren't counted but read when the metrics are requested.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// When the instance was opened, in seconds since 1970.
    pub opened_at: f64,
    /// The database engine: `sqlite` or `mongodb`.
    pub engine: &'static str,
    /// The number of password hashes that are running, waiting, computed, and refused.
    pub hashes: [u64; 4],
    /// The waiting messages in the outbox; `None` if the database didn't respond.
    pub outbox: Option<Vec<Waiting>>,
}

/// The waiting messages of one kind to one receiver.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The kind.
    pub kind: &'static str,
    /// The receiver's URL; empty for email and SMS.
    pub receiver: String,
    /// The number of messages.
    pub messages: u64,
    /// How long the oldest one has waited, in seconds.
    pub oldest_seconds: f64,
}

impl Metrics {
    /// Returns all metrics as text, together with the values of this moment.
    #[must_use]
    pub fn text(self: &Arc<Self>, moment: Moment) -> String {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Page {
            metrics: Arc::clone(self),
            moment,
        }));
        let mut text = String::new();
        // Writing into a string can't fail.
        let _ = prometheus_text::encode(&mut text, &registry);
        text
    }
}

#[derive(Debug)]
struct Page {
    metrics: Arc<Metrics>,
    moment: Moment,
}

impl Collector for Page {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Writer(encoder);
        self.requests(&mut page)?;
        self.logins(&mut page)?;
        self.messages(&mut page)?;
        self.store(&mut page)?;
        self.process(&mut page)
    }
}

impl Page {
    fn requests(&self, page: &mut Writer<'_>) -> fmt::Result {
        let requests = &self.metrics.requests;
        let mut of = page.counters(
            "regstack_http_requests",
            "Requests answered, by route and status.",
        )?;
        for ([method, route], status, count) in requests.answers() {
            let labels = [("method", method), ("route", route), ("status", &status)];
            counter(&mut of, &labels, count)?;
        }
        let mut of = page.histograms(
            "regstack_http_request_duration_seconds",
            "Time from a request's headers to its answer.",
        )?;
        for ([method, route], times) in requests.times() {
            let labels = [("method", method), ("route", route)];
            histogram(&mut of, &labels, &times.read())?;
        }
        Ok(())
    }

    fn logins(&self, page: &mut Writer<'_>) -> fmt::Result {
        let Metrics {
            logins,
            lockouts,
            renewals,
            ..
        } = &*self.metrics;
        let mut of = page.counters(
            "regstack_logins",
            "Logins, by method and outcome. A login with a second factor counts once for each step.",
        )?;
        for ([method, outcome], count) in logins.all() {
            counter(&mut of, &[("method", method), ("outcome", outcome)], count)?;
        }
        page.counter(
            "regstack_lockouts",
            "Lockouts after too many wrong passwords or codes.",
            lockouts.value(),
        )?;
        page.counter(
            "regstack_sessions_renewed",
            "Sessions that got a new token.",
            renewals.value(),
        )?;
        let [running, queued, computed, shed] = self.moment.hashes;
        page.gauge(
            "regstack_password_hashes_running",
            "Password hashes being computed.",
            running,
        )?;
        page.gauge(
            "regstack_password_hashes_queued",
            "Password hashes that wait for their turn.",
            queued,
        )?;
        page.counter(
            "regstack_password_hashes",
            "Password hashes computed.",
            computed,
        )?;
        page.counter(
            "regstack_password_hashes_shed",
            "Password hashes refused because too many waited.",
            shed,
        )
    }

    fn messages(&self, page: &mut Writer<'_>) -> fmt::Result {
        let mut of = page.counters(
            "regstack_deliveries",
            "Delivery attempts, by kind, receiver and outcome.",
        )?;
        for (kind, receiver, outcome, count) in self.metrics.deliveries.all() {
            let labels = [("kind", kind), ("receiver", receiver), ("outcome", outcome)];
            counter(&mut of, &labels, count)?;
        }
        let Some(outbox) = &self.moment.outbox else {
            return Ok(());
        };
        // Receivers at the same host are combined, as for attempts.
        let mut queues: BTreeMap<_, (u64, f64)> = BTreeMap::new();
        for waiting in outbox {
            let (messages, oldest) = queues
                .entry((waiting.kind, site(&waiting.receiver)))
                .or_default();
            *messages += waiting.messages;
            *oldest = oldest.max(waiting.oldest_seconds);
        }
        let labels = |&(kind, receiver)| [("kind", kind), ("receiver", receiver)];
        let mut of = page.gauges(
            "regstack_outbox_messages",
            "Messages waiting in the outbox of the database.",
        )?;
        for (queue, (messages, _)) in &queues {
            of.encode_family(&labels(queue))?.encode_gauge(messages)?;
        }
        let mut of = page.gauges(
            "regstack_outbox_oldest_message_age_seconds",
            "Age of the oldest message waiting in the outbox.",
        )?;
        for (queue, (_, oldest)) in &queues {
            of.encode_family(&labels(queue))?.encode_gauge(oldest)?;
        }
        Ok(())
    }

    fn store(&self, page: &mut Writer<'_>) -> fmt::Result {
        let store = &self.metrics.store;
        let mut of = page.histograms(
            "regstack_store_operation_duration_seconds",
            "Time that operations of the database take: regstack's own with SQLite, commands with MongoDB.",
        )?;
        for (operation, times) in store.all() {
            histogram(&mut of, &[("operation", operation)], &times)?;
        }
        if let Some(groups) = store.groups() {
            let mut of = page.histograms(
                "regstack_store_group_commit_writes",
                "Writes that share one commit of SQLite.",
            )?;
            write_histogram(&mut of, &groups)?;
        }
        Ok(())
    }

    fn process(&self, page: &mut Writer<'_>) -> fmt::Result {
        let Moment {
            opened_at, engine, ..
        } = self.moment;
        let mut of = page.0.encode_descriptor(
            "regstack_build",
            "Version of regstack and engine of its database.",
            None,
            MetricType::Info,
        )?;
        of.encode_info(&[("version", env!("CARGO_PKG_VERSION")), ("engine", engine)])?;
        let mut of = page.gauges(
            "process_start_time_seconds",
            "When the server started, in seconds since 1970.",
        )?;
        of.encode_gauge(&opened_at)?;
        let process = Process::now();
        if let Some(cpu) = process.cpu {
            let mut of = page.counters("process_cpu_seconds", "Processor time used.")?;
            of.encode_counter::<NoLabelSet, f64, f64>(&cpu.as_secs_f64(), None)?;
        }
        let gauges = [
            (
                "process_resident_memory_bytes",
                "Memory in use.",
                process.resident_bytes,
            ),
            (
                "process_open_fds",
                "Open file descriptors.",
                process.open_files,
            ),
            (
                "process_max_fds",
                "File descriptors that may be open.",
                process.max_files,
            ),
        ];
        for (name, help, value) in gauges {
            if let Some(value) = value {
                page.gauge(name, help, value)?;
            }
        }
        Ok(())
    }
}

/// Writes metrics one after the other.
struct Writer<'a>(DescriptorEncoder<'a>);

impl Writer<'_> {
    /// Starts a counter; `_total` is appended to its name.
    fn counters<'s>(
        &'s mut self,
        name: &'s str,
        help: &str,
    ) -> Result<MetricEncoder<'s>, fmt::Error> {
        self.0
            .encode_descriptor(name, help, None, MetricType::Counter)
    }

    fn gauges<'s>(
        &'s mut self,
        name: &'s str,
        help: &str,
    ) -> Result<MetricEncoder<'s>, fmt::Error> {
        self.0
            .encode_descriptor(name, help, None, MetricType::Gauge)
    }

    fn histograms<'s>(
        &'s mut self,
        name: &'s str,
        help: &str,
    ) -> Result<MetricEncoder<'s>, fmt::Error> {
        self.0
            .encode_descriptor(name, help, None, MetricType::Histogram)
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        let mut of = self.counters(name, help)?;
        of.encode_counter::<NoLabelSet, u64, f64>(&value, None)
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.gauges(name, help)?.encode_gauge(&value)
    }
}

fn counter(of: &mut MetricEncoder<'_>, labels: &impl EncodeLabelSet, value: u64) -> fmt::Result {
    of.encode_family(labels)?
        .encode_counter::<NoLabelSet, u64, f64>(&value, None)
}

fn histogram(
    of: &mut MetricEncoder<'_>,
    labels: &impl EncodeLabelSet,
    reading: &Reading,
) -> fmt::Result {
    write_histogram(&mut of.encode_family(labels)?, reading)
}

fn write_histogram(of: &mut MetricEncoder<'_>, reading: &Reading) -> fmt::Result {
    of.encode_histogram::<NoLabelSet>(reading.sum(), reading.count(), &reading.buckets(), None)
}
