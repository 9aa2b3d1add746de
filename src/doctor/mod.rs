//! The doctor: checks of an installation, side by side, each in a time of its own and with its remedy.
//!
//! Reads only, unless it is asked to send a test message. Knows no terminal: each [`Check`] says what it found, and
//! whoever asked shows it. Network and database are asked here; what their answers mean is judged in pure functions
//! beside.

mod accounts;
mod advisory;
mod backends;
mod certificate;
mod configuration;
mod database;
mod disk;
mod dns;
mod domain;
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
use crate::config::{ConfigError, Fault, Loaded, Settings};
pub use backends::Recipient;
pub(crate) use backends::certificate_remedy;
use database::Database;
pub use domain::DnsWish;

/// How long a check may take. Well over what any one connection is given.
const LIMIT: Duration = Duration::from_secs(10);
/// How long a test message may take: given up too early it might be sent and nobody told.
const SENDING: Duration = Duration::from_secs(30);

/// How a check ended, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It does not apply, or could not be made.
    Skipped,
    /// As it should be.
    Ok,
    /// It works, and yet something should be changed.
    Warn,
    /// It does not work.
    Fail,
}

/// One thing that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How good it is.
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

/// What one check found.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its name, which never changes.
    pub name: &'static str,
    /// Never empty.
    pub findings: Vec<Finding>,
    /// How long it took.
    pub took: Duration,
}

impl Check {
    /// The worst of what it found.
    #[must_use]
    pub fn status(&self) -> Status {
        let statuses = self.findings.iter().map(|finding| finding.status);
        statuses.max().unwrap_or(Status::Skipped)
    }
}

/// One flat object: the worst status, and all that was found in one text.
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

/// What is examined: a configuration, and what is known of it already.
pub struct Subject {
    /// The settings, if they can be used at all. A bad signing secret alone keeps nothing else from being looked at.
    pub loaded: Option<Loaded>,
    /// Where relative names begin.
    pub working_dir: PathBuf,
    /// Which setting, from which layer, names the database.
    pub database_setting: String,
    /// Time and randomness.
    pub ambient: Ambient,
    faults: Vec<Fault>,
    warnings: Vec<Fault>,
    files: Vec<PathBuf>,
}

impl Subject {
    /// What loading a configuration ended with.
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

    /// Adds what is wrong and what is worth a warning although the settings load, but for what has a check of its own.
    pub fn add(&mut self, faults: Vec<Fault>, warnings: Vec<Fault>) {
        let others = |fault: &Fault| !configuration::has_own_check(&fault.key);
        self.faults.extend(faults.into_iter().filter(others));
        self.warnings.extend(warnings.into_iter().filter(others));
    }
}

/// What is checked only when somebody asks for it.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// Whether the server's address is free.
    pub serve_check: bool,
    /// What the sender's domain says about its mail.
    pub dns: Option<DnsWish>,
    /// Who gets a test message.
    pub send_test: Vec<Recipient>,
}

/// What a check found. The error says why the database gave no answer to it.
type Outcome = Result<Vec<Finding>, Box<dyn Error + Send + Sync>>;

/// A check to be made.
struct Task {
    name: &'static str,
    /// What to do when it does not end in time.
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

    /// The same with another time.
    fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// One that asks nobody.
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

/// Makes every check, in a fixed order. Ends within the longest time that one of them has, whatever hangs.
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

/// Judges MX and SPF of the sender's domain alone.
pub async fn examine_sender(settings: &Settings) -> Vec<Check> {
    let wish = DnsWish::default();
    let mut tasks = domain::tasks(&settings.email, &wish, settings.dns.resolver);
    tasks.retain(|task| domain::NAMES[..2].contains(&task.name));
    let made = all_made(tasks).await;
    made.into_iter().map(|(check, _)| check).collect()
}

/// Makes checks side by side; in the order they are given.
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

/// The certificate, where there is one.
fn tls(subject: &Subject, settings: &Settings) -> Vec<Task> {
    let mut findings = configuration::failures(subject, configuration::is_of_tls);
    if findings.is_empty() {
        findings = certificate::check(settings, subject.ambient.clock.now());
    }
    let is_told = !findings.is_empty();
    let task = is_told.then(|| Task::done("certificate", findings));
    task.into_iter().collect()
}

/// What is to be said of the certificate that https is served with, at this moment; nothing where it is good.
#[must_use]
pub fn examine_certificate(settings: &Settings, now: Timestamp) -> Vec<Finding> {
    let mut findings = certificate::check(settings, now);
    findings.retain(|finding| finding.status > Status::Ok);
    findings
}

/// The checks that need settings, where there are none.
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

/// What could not be asked because the database or its schema is at fault is not at fault itself.
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

/// Does what may block somewhere else, so that it can be given up.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

/// `1 account`, `2 accounts`.
fn counted(count: impl Into<u64>, thing: &str) -> String {
    match count.into() {
        1 => format!("1 {thing}"),
        count => format!("{count} {thing}s"),
    }
}
