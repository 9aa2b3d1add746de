//! The doctor: checks an installation. The checks run in parallel, each with a time limit, and suggest what to do.
//!
//! The doctor only reads, unless it is asked to send a test message. It is independent of the terminal: each [`Check`]
//! has its findings, and the caller shows them. Pure functions judge the answers of the network and the database.

mod accounts;
mod advisory;
mod backends;
mod certificate;
mod configuration;
mod database;
mod disk;
mod dns;
mod domain;
#[cfg(feature = "internals")]
pub mod fuzz;
mod outbox;
mod port;
mod provenance;
mod providers;

use std::error::Error;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::app::Ambient;
pub use crate::app::TestRecipient as Recipient;
use crate::config::{ConfigError, Fault, Loaded, Settings};
pub(crate) use backends::certificate_remedy;
use database::Database;
pub use domain::DnsWish;

/// The time limit of a check. It is well above that of any single connection.
const LIMIT: Duration = Duration::from_secs(10);
/// The time limit of a test message. If it were too short, a message might be sent without anybody knowing.
const SENDING: Duration = Duration::from_secs(30);

/// The result of a check, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It doesn't apply, or couldn't be checked.
    Skipped,
    /// Everything is as it should be.
    Ok,
    /// It works, but something should be changed.
    Warn,
    /// It doesn't work.
    Fail,
}

/// One finding of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The severity.
    pub status: Status,
    /// What was seen, and what it means.
    pub detail: String,
    /// What to change: a command, a record, or a few words.
    pub remedy: Option<String>,
}

impl Finding {
    fn new(status: Status, detail: impl Into<String>, remedy: Option<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            remedy,
        }
    }

    fn ok(detail: impl Into<String>) -> Self {
        Self::new(Status::Ok, detail, None)
    }

    fn skipped(detail: impl Into<String>) -> Self {
        Self::new(Status::Skipped, detail, None)
    }

    fn warn(detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Status::Warn, detail, Some(remedy.into()))
    }

    fn fail(detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Status::Fail, detail, Some(remedy.into()))
    }
}

/// A check and its findings.
#[derive(Debug, Clone)]
pub struct Check {
    /// The stable name of the check.
    pub name: &'static str,
    /// The findings. There is at least one.
    pub findings: Vec<Finding>,
    /// How long it took.
    pub took: Duration,
}

impl Check {
    /// Returns the worst status of the findings.
    #[must_use]
    pub fn status(&self) -> Status {
        let statuses = self.findings.iter().map(|finding| finding.status);
        statuses.max().unwrap_or(Status::Skipped)
    }
}

/// Serializes a flat object, with the worst status and all findings in one text.
impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let details = self.findings.iter().map(|finding| finding.detail.as_str());
        let remedies = self.findings.iter();
        let remedies = remedies.filter_map(|finding| finding.remedy.as_deref());
        let remedies: Vec<&str> = remedies.collect();
        json!({
            "name": self.name,
            "status": self.status(),
            "detail": details.collect::<Vec<_>>().join("; "),
            "remedy": (!remedies.is_empty()).then(|| remedies.join("; ")),
            "milliseconds": u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
        })
        .serialize(serializer)
    }
}

/// What is checked: a configuration, and the result of loading it.
pub struct Subject {
    /// The settings, if they can be used. An invalid signing secret doesn't prevent the other checks.
    pub loaded: Option<Loaded>,
    /// The folder for relative paths.
    pub working_dir: PathBuf,
    /// The name of the setting for the database, and its source.
    pub database_setting: String,
    /// The clock and the source of randomness.
    pub ambient: Ambient,
    faults: Vec<Fault>,
    warnings: Vec<Fault>,
    files: Vec<PathBuf>,
}

impl Subject {
    /// Creates the subject from the result of loading a configuration.
    #[must_use]
    pub fn of(loaded: Result<Loaded, ConfigError>, working_dir: PathBuf, ambient: Ambient) -> Self {
        let mut subject = Self {
            loaded: None,
            working_dir,
            database_setting: String::new(),
            ambient,
            faults: Vec::new(),
            warnings: Vec::new(),
            files: Vec::new(),
        };
        match loaded {
            Ok(loaded) => {
                subject.files.clone_from(&loaded.files);
                subject.warnings.clone_from(&loaded.warnings);
                subject.loaded = Some(loaded);
            }
            Err(error) => {
                subject.files.clone_from(&error.files);
                subject.warnings.clone_from(&error.warnings);
                subject.faults = error.faults;
                let usable = subject.faults.iter().all(configuration::is_of_secret);
                if let Some(settings) = error.settings.filter(|_| usable) {
                    subject.loaded = Some(Loaded {
                        settings: *settings,
                        files: error.files,
                        values: error.values,
                        warnings: error.warnings,
                    });
                }
            }
        }
        subject
    }

    /// Adds errors and warnings about settings that load, except those that another check covers.
    pub fn add(&mut self, faults: Vec<Fault>, warnings: Vec<Fault>) {
        let others = |fault: &Fault| !configuration::has_own_check(&fault.key);
        self.faults.extend(faults.into_iter().filter(others));
        self.warnings.extend(warnings.into_iter().filter(others));
    }
}

/// Optional checks.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// Whether the address to serve on is free.
    pub serve_check: bool,
    /// The DNS records of the sender's domain.
    pub dns: Option<DnsWish>,
    /// The recipients of test messages.
    pub send_test: Vec<Recipient>,
}

/// The findings of a check. The error says why the database couldn't be queried.
type Outcome = Result<Vec<Finding>, Box<dyn Error + Send + Sync>>;

/// A check to run.
struct Task {
    name: &'static str,
    /// What to do if it exceeds the time limit.
    if_late: &'static str,
    limit: Duration,
    work: Pin<Box<dyn Future<Output = Outcome> + Send>>,
}

impl Task {
    fn new(
        name: &'static str,
        if_late: &'static str,
        work: impl Future<Output = Outcome> + Send + 'static,
    ) -> Self {
        Self {
            name,
            if_late,
            limit: LIMIT,
            work: Box::pin(work),
        }
    }

    /// Sets another time limit.
    fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Creates a check whose findings are known already.
    fn done(name: &'static str, findings: Vec<Finding>) -> Self {
        Self::new(name, "", std::future::ready(Ok(findings)))
    }

    async fn made(self) -> (Check, bool) {
        let started = Instant::now();
        let ended = timeout(self.limit, self.work).await;
        let (findings, broken) = match ended {
            Ok(Ok(findings)) => (findings, false),
            Ok(Err(why)) => (
                vec![Finding::fail(why.to_string(), "regstack db status")],
                true,
            ),
            Err(_) => (vec![late(self.limit, self.if_late)], true),
        };
        let check = Check {
            name: self.name,
            findings,
            took: started.elapsed(),
        };
        (check, broken)
    }
}

fn late(limit: Duration, remedy: &str) -> Finding {
    Finding::fail(format!("no answer within {} s", limit.as_secs()), remedy)
}

/// Runs all checks. Returns them in a fixed order, at the latest after the longest time limit.
pub async fn examine(subject: Subject, wishes: Wishes) -> Vec<Check> {
    let mut tasks = configuration::tasks(&subject);
    match &subject.loaded {
        Some(loaded) => tasks.extend(tasks_of(&subject, loaded, &wishes)),
        None => tasks.extend(skipped(&wishes)),
    }
    let mut checks = all_made(tasks).await;
    blame_once(&mut checks);
    domain::blame_once(checks.iter_mut().map(|(check, _)| check));
    if let Some(loaded) = &subject.loaded {
        for (check, _) in &mut checks {
            provenance::add(&mut check.findings, &loaded.values);
        }
    }
    checks.into_iter().map(|(check, _)| check).collect()
}

/// Checks only MX and SPF of the sender's domain.
pub async fn examine_sender(settings: &Settings) -> Vec<Check> {
    let wish = DnsWish::default();
    let mut tasks = domain::tasks(&settings.email, &wish, settings.dns.resolver);
    tasks.retain(|task| domain::NAMES[..2].contains(&task.name));
    let made = all_made(tasks).await;
    made.into_iter().map(|(check, _)| check).collect()
}

/// Runs checks in parallel. Returns them in the given order.
async fn all_made(tasks: Vec<Task>) -> Vec<(Check, bool)> {
    let mut running = JoinSet::new();
    for (index, task) in tasks.into_iter().enumerate() {
        running.spawn(async move { (index, task.made().await) });
    }
    let mut made = Vec::new();
    while let Some(ended) = running.join_next().await {
        match ended {
            Ok(ended) => made.push(ended),
            Err(crash) => std::panic::resume_unwind(crash.into_panic()),
        }
    }
    made.sort_by_key(|(index, _)| *index);
    made.into_iter().map(|(_, check)| check).collect()
}

fn tasks_of(subject: &Subject, loaded: &Loaded, wishes: &Wishes) -> Vec<Task> {
    let settings = Arc::new(loaded.settings.clone());
    let database = Database::new(&settings, subject);
    let mut tasks = tls(subject, &settings);
    tasks.extend(database.tasks());
    tasks.extend(backends::transports(&settings));
    tasks.extend(backends::contents(&settings));
    tasks.extend(providers::task(&settings, &subject.ambient));
    tasks.push(database.outbox());
    if wishes.serve_check {
        tasks.push(port::task(settings.server.bind.clone()));
    }
    if let Some(wish) = &wishes.dns {
        tasks.extend(domain::tasks(&settings.email, wish, settings.dns.resolver));
    }
    let messages = wishes.send_test.iter().cloned();
    tasks.extend(messages.map(|to| backends::test_message(to, &settings, &subject.ambient)));
    tasks
}

/// Returns the certificate check, if there is a certificate.
fn tls(subject: &Subject, settings: &Settings) -> Vec<Task> {
    let mut findings = configuration::failures(subject, configuration::is_of_tls);
    if findings.is_empty() {
        findings = certificate::check(settings, subject.ambient.clock.now());
    }
    let is_told = !findings.is_empty();
    let task = is_told.then(|| Task::done("certificate", findings));
    task.into_iter().collect()
}

/// Checks the TLS certificate at this moment. Returns only warnings and failures.
#[must_use]
pub fn examine_certificate(settings: &Settings, now: Timestamp) -> Vec<Finding> {
    let mut findings = certificate::check(settings, now);
    findings.retain(|finding| finding.status > Status::Ok);
    findings
}

/// Returns the checks that need settings as skipped, because there are no settings.
fn skipped(wishes: &Wishes) -> Vec<Task> {
    let why = || vec![Finding::skipped("needs a configuration that loads")];
    let names = [
        "database",
        database::SCHEMA,
        "accounts",
        "email",
        "sms",
        "templates",
        "outbox",
    ];
    let names = names.into_iter();
    let names = names.chain(wishes.serve_check.then_some("ports"));
    let dns = wishes.dns.iter().flat_map(|_| domain::NAMES);
    let names = names.chain(dns);
    let names = names.chain(wishes.send_test.iter().map(|_| "send-test"));
    names.map(|name| Task::done(name, why())).collect()
}

/// Marks checks as skipped that failed only because of the database or its schema.
fn blame_once(checks: &mut [(Check, bool)]) {
    let fails = |name: &str| {
        let mut named = checks.iter().filter(|(check, _)| check.name == name);
        named.any(|(check, _)| check.status() == Status::Fail)
    };
    let reason = if fails("database") {
        "needs a database that answers"
    } else if fails(database::SCHEMA) || fails(database::INDEXES) {
        "needs the right schema"
    } else {
        return;
    };
    for (check, broken) in checks {
        if *broken && database::DEPENDENTS.contains(&check.name) {
            check.findings = vec![Finding::skipped(reason)];
        }
    }
}

/// Runs work that may block on another thread, so that it can time out.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

/// Returns `1 account` or `2 accounts`, for example.
fn counted(count: impl Into<u64>, thing: &str) -> String {
    match count.into() {
        1 => format!("1 {thing}"),
        count => format!("{count} {thing}s"),
    }
}
