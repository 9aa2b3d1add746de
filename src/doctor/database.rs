//! Checks the database: whether it responds, its schema, its accounts, its outbox. Changes and repairs nothing.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::{Finding, Outcome, Subject, Task, accounts, advisory, aside, counted, disk, outbox};
use crate::app::{Ambient, App, OpenError};
use crate::auth::{FactorSecrets, PasswordHasher};
use crate::config::{Engine, Settings};
use crate::delivery::email;
use crate::model::MessageState;
use crate::store::{
    Damage, DatabaseStatus, Inspection, LONG_LOG, SchemaPart, SharedStore, StoreError, Survey,
};

/// The name of the schema check.
pub(super) const SCHEMA: &str = "schema";
/// Its name for a database that only has indexes.
pub(super) const INDEXES: &str = "indexes";

/// The checks that can't run if the database or its schema has a problem.
pub(super) const DEPENDENTS: [&str; 4] = [SCHEMA, INDEXES, "accounts", "outbox"];

/// With a larger clock difference, new sessions expire at once or too late.
const MAX_SKEW: SignedDuration = SignedDuration::from_secs(2);
/// How many accounts or parts of the schema are listed.
const NAMED: usize = 5;
/// With less free disk space for the file, in bytes, there is a warning.
const LITTLE_ROOM: u64 = 100 << 20;
/// The time limit for asking the mail server which email addresses it supports.
const MAIL_SERVER: Duration = Duration::from_secs(5);
/// How many password hashes are sampled.
const SAMPLE: u32 = 500;
/// How many waiting messages are read.
const MESSAGES: u32 = 200;
/// How many service keys are read.
const SERVICE_KEYS: u32 = 200;

const IF_LATE: &str =
    "check whether the database server, or the disk with the file, still responds";

/// The database. The first check that needs it connects.
#[derive(Clone)]
pub(super) struct Database(Arc<Parts>);

struct Parts {
    settings: Arc<Settings>,
    setting: String,
    /// Whether a file or setting configures the database.
    configured: bool,
    ambient: Ambient,
    store: OnceCell<Result<SharedStore, OpenError>>,
}

impl Database {
    pub(super) fn new(settings: &Arc<Settings>, subject: &Subject) -> Self {
        Self(Arc::new(Parts {
            settings: Arc::clone(settings),
            setting: subject.database_setting.clone(),
            configured: !subject.files.is_empty() || !subject.database_setting.ends_with("default"),
            ambient: subject.ambient.clone(),
            store: OnceCell::new(),
        }))
    }

    pub(super) fn tasks(&self) -> Vec<Task> {
        let name = match self.0.settings.database.engine {
            Engine::Sqlite { .. } => SCHEMA,
            Engine::Mongo { .. } => INDEXES,
        };
        vec![
            self.task("database", async |database| Ok(database.status().await)),
            self.task(name, Self::schema),
            self.task("accounts", Self::accounts),
        ]
    }

    pub(super) fn outbox(&self) -> Task {
        self.task("outbox", Self::outbox_state)
    }

    fn task<W>(&self, name: &'static str, check: impl FnOnce(Self) -> W) -> Task
    where
        W: Future<Output = Outcome> + Send + 'static,
    {
        Task::new(name, IF_LATE, check(self.clone()))
    }

    async fn store(&self) -> Result<&SharedStore, &OpenError> {
        let connecting = || App::connect(&self.0.settings);
        self.0.store.get_or_init(connecting).await.as_ref()
    }

    /// Returns the store, for checks that are not about the connection.
    async fn answering(&self) -> Result<&SharedStore, String> {
        if let Some(missing) = self.0.settings.database.engine.missing() {
            return Err(missing);
        }
        self.store().await.map_err(ToString::to_string)
    }

    fn now(&self) -> Timestamp {
        self.0.ambient.clock.now()
    }

    async fn status(&self) -> Vec<Finding> {
        if let Some(missing) = self.0.settings.database.engine.missing() {
            return vec![Finding::fail(
                format!("{missing} ({})", self.0.setting),
                if self.0.configured {
                    "restore a backup with regstack db restore FILE, run regstack db migrate to create a new database, or name an installation elsewhere with --config"
                } else {
                    "run regstack init to set one up, or name an installation elsewhere with --config"
                },
            )];
        }
        let store = match self.store().await {
            Ok(store) => store,
            Err(OpenError::Store(error)) => return vec![self.unreachable(error)],
            Err(error) => return vec![Finding::fail(error.to_string(), "regstack config check")],
        };
        let before = self.now();
        let status = match store.status().await {
            Ok(status) => status,
            Err(error) => return vec![self.unreachable(&error)],
        };
        let mut findings = vec![Finding::ok(described(&status))];
        findings.extend(weaknesses(&status));
        findings.extend(room(&status));
        if let Err(error) = store.try_write().await {
            findings.push(self.unreachable(&error));
        }
        match store.damage().await {
            Ok(damage) => findings.extend(judge_damage(&damage, &status.place)),
            Err(error) => findings.push(self.unreachable(&error)),
        }
        findings.extend(
            status
                .clock
                .and_then(|clock| skew(clock, before, self.now())),
        );
        if let Engine::Sqlite { path } = &self.0.settings.database.engine {
            let path = path.clone();
            findings.extend(aside(move || networked(&path)).await.flatten());
        }
        findings
    }

    fn unreachable(&self, error: &StoreError) -> Finding {
        let remedy = match error {
            StoreError::Locked(_) => "stop that program, or try again when it has finished",
            StoreError::File { remedy, .. } => remedy,
            StoreError::Denied(_) => "correct the user name and password, or grant the rights",
            StoreError::Refused(_) => "use another database, or follow the database's message",
            StoreError::Failed(_) => {
                "fix the problem that the database reports, then run regstack doctor again"
            }
            StoreError::Unconfirmed(_) => {
                "check that enough members of the replica set are running for the w in the database's URL"
            }
            StoreError::Unavailable(_) | StoreError::TooBroad | StoreError::Unreadable { .. } => {
                "start the database, or correct where it is: regstack config show"
            }
        };
        Finding::fail(format!("{error} ({})", self.0.setting), remedy)
    }

    async fn schema(self) -> Outcome {
        Ok(judge_schema(&self.answering().await?.inspect().await?))
    }

    async fn accounts(self) -> Outcome {
        let store = self.answering().await?;
        let (counts, survey) = tokio::try_join!(
            store.counts(self.now()),
            store.survey(u32::try_from(NAMED + 1).unwrap_or(u32::MAX), SAMPLE)
        )?;
        let superusers = counted(counts.superusers, "administrator");
        let all = format!("{}, {superusers}", counted(counts.total_users, "account"));
        let mut findings = vec![Finding::ok(all)];
        if counts.superusers == 0 && self.0.settings.features.enable_admin_router {
            findings.push(Finding::warn(
                "nobody is an administrator: nobody can use the admin API",
                "regstack create-admin --email you@example.com",
            ));
        }
        // An older schema without service keys is reported by the schema check.
        if let Ok(keys) = store.service_keys(None, SERVICE_KEYS).await {
            findings.extend(accounts::service_keys(&keys.items, self.now()));
        }
        // The same applies here.
        let random = || Arc::clone(&self.0.ambient.random);
        let secrets = FactorSecrets::new(&self.0.settings.tokens, random());
        if let Ok(count) = store.count_factors_sealed_elsewhere(secrets.known()).await {
            findings.extend(accounts::sealed_elsewhere(count));
        }
        let rp_id = &self.0.settings.passkeys.rp_id;
        if let Ok(count) = store.count_passkeys_elsewhere(rp_id).await {
            findings.extend(accounts::dead_passkeys(count, rp_id));
        }
        findings.extend(accounts::mixed_case(&survey));
        findings.extend(self.unreached(&survey).await);
        // If the hasher can't be created, the configuration check reports it.
        if let Ok(hasher) = PasswordHasher::new(&self.0.settings.password, random()) {
            findings.extend(accounts::costs(&hasher, &survey));
        }
        Ok(findings)
    }

    /// Warns about accounts with email addresses that the mail server can't deliver to.
    async fn unreached(&self, survey: &Survey) -> Option<Finding> {
        let address = survey.beyond_ascii.as_ref()?;
        let settings = &self.0.settings;
        // A mail server that can't be asked is reported by the email check.
        let transport = email::transport(&settings.email, &settings.identity.app_name).ok()?;
        let takes = timeout(MAIL_SERVER, transport.takes_utf8()).await.ok()?;
        (!takes.ok()?).then(|| accounts::unreached(address))
    }

    async fn outbox_state(self) -> Outcome {
        let store = self.answering().await?;
        let waiting = Some(MessageState::Waiting).into();
        let (state, waiting) =
            tokio::try_join!(store.outbox(), store.messages(&waiting, None, MESSAGES))?;
        let errors = waiting.items.iter();
        let errors: Vec<&str> = errors
            .filter_map(|item| item.last_error.as_deref())
            .collect();
        Ok(outbox::judge(state, &errors, self.now()))
    }
}

fn described(status: &DatabaseStatus) -> String {
    let milliseconds = status.round_trip.as_secs_f64() * 1000.0;
    let topology = status.topology.as_ref();
    let topology = topology.map_or_else(String::new, |topology| format!(", {topology}"));
    let free = status.free_bytes;
    let free = free.map_or_else(String::new, |bytes| format!(", {} MiB free", bytes >> 20));
    let (engine, place) = (&status.engine, &status.place);
    format!("{engine} at {place}{topology}, {milliseconds:.1} ms{free}")
}

/// Warns about low disk space and a long write-ahead log.
fn room(status: &DatabaseStatus) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(bytes) = status.free_bytes.filter(|bytes| *bytes < LITTLE_ROOM) {
        findings.push(Finding::warn(
            format!(
                "only {} MiB are free on the disk of {}: when it is full, nobody can sign up or log in",
                bytes >> 20,
                status.place
            ),
            "free up space on that disk, or move the database to a larger one",
        ));
    }
    if let Some(bytes) = status.log_bytes.filter(|bytes| *bytes > LONG_LOG) {
        findings.push(Finding::warn(
            format!(
                "{}-wal has grown to {} MiB: another program keeps a read transaction open, or did",
                status.place,
                bytes >> 20
            ),
            "find that program (fuser -v FILE; for example a backup or a forgotten sqlite3 shell) and stop it; the file then shrinks automatically",
        ));
    }
    findings
}

fn judge_damage(damage: &Damage, place: &str) -> Option<Finding> {
    if !damage.found.is_empty() {
        return Some(Finding::fail(
            format!("the file is damaged: {}", damage.found.join("; ")),
            "stop regstack and restore the last backup (regstack db restore FILE keeps the damaged file next to it)",
        ));
    }
    damage.is_cut_short.then(|| {
        Finding::ok(format!(
            "no damage was found, but there was no time to check the whole file; to do so, run sqlite3 {place} 'pragma quick_check'"
        ))
    })
}

/// Checks the product, topology and version of the server.
fn weaknesses(status: &DatabaseStatus) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some((product, _)) = status.engine.split_once(" (as MongoDB ") {
        return vec![Finding::fail(
            format!(
                "{product} is not supported: it can lose simultaneous updates, so the protection against guessing can't be trusted"
            ),
            "use MongoDB 5.0 or later as a replica set, MongoDB Atlas, or SQLite on one machine",
        )];
    }
    if status.topology.as_deref() == Some("standalone") {
        findings.push(Finding::warn(
            "the server has no replicas: its data is lost with its disk, and nobody can log in while it is down",
            "make it a replica set: start mongod with --replSet, then run rs.initiate() in mongosh",
        ));
    }
    let version = status.engine.strip_prefix("MongoDB ").unwrap_or_default();
    if let Some(update) = advisory::update_for(version) {
        findings.push(Finding::warn(
            format!(
                "MongoDB {version} has {}: anyone who can reach its port can read its memory without a login",
                advisory::MONGOBLEED
            ),
            format!("update it to {update} or later; until then start mongod with --networkMessageCompressors snappy,zstd"),
        ));
    }
    findings
}

/// Warns if the server's clock differs from ours. The server's clock was read between the two other times.
fn skew(clock: Timestamp, before: Timestamp, after: Timestamp) -> Option<Finding> {
    let ahead = clock.duration_since(after);
    let behind = before.duration_since(clock);
    let (off, direction) = if ahead > MAX_SKEW {
        (ahead, "ahead of")
    } else if behind > MAX_SKEW {
        (behind, "behind")
    } else {
        return None;
    };
    Some(Finding::warn(
        format!(
            "the database's clock is {} s {direction} this machine's: data expires at the wrong time",
            off.as_secs()
        ),
        "synchronize both clocks with NTP: timedatectl set-ntp true",
    ))
}

fn networked(path: &Path) -> Option<Finding> {
    let kind = disk::network(path)?;
    Some(Finding::warn(
        format!(
            "the file is on {kind}: SQLite's locks don't work there, and the file can be damaged"
        ),
        "move the file to a disk in this machine, or use MongoDB for several machines",
    ))
}

fn judge_schema(inspection: &Inspection) -> Vec<Finding> {
    let faults: Vec<&SchemaPart> = inspection.faults().collect();
    if faults.is_empty() {
        let current = format!("current, {} parts", inspection.schema.len());
        return vec![Finding::ok(current)];
    }
    let shown = faults.iter().take(NAMED);
    let mut findings: Vec<Finding> = shown
        .map(|part| {
            let status = if part.is_needed {
                super::Status::Fail
            } else {
                super::Status::Warn
            };
            Finding::new(status, sentence(part), None)
        })
        .collect();
    if let Some(last) = findings.last_mut() {
        let more = faults.len() - NAMED.min(faults.len());
        if more > 0 {
            last.detail = format!("{}, and {more} more", last.detail);
        }
        last.remedy = Some("regstack db migrate".to_owned());
    }
    findings
}

/// Describes a fault of the schema. A database with indexes only doesn't need the word "index" in front.
fn sentence(part: &SchemaPart) -> String {
    let sentence = part.to_string();
    let index = sentence.strip_prefix("index ");
    let of_collection =
        index.filter(|index| index.split(' ').next().unwrap_or_default().contains('.'));
    of_collection.unwrap_or(&sentence).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_clock_may_be_off_by_as_much_as_the_question_took_and_two_seconds() {
        let off = |clock| skew(at(clock), at(100), at(104)).map(|finding| finding.detail);
        for clock in [98, 102, 106] {
            assert_eq!(off(clock), None, "{clock}");
        }
        assert!(off(97).unwrap().contains("3 s behind"));
        assert!(off(3704).unwrap().contains("3600 s ahead of"));
    }

    #[test]
    fn a_server_that_stands_alone_or_has_a_known_hole_is_warned_of() {
        let status = |engine: &str, topology: Option<&str>| DatabaseStatus {
            engine: engine.to_owned(),
            place: "localhost:27017/myapp".to_owned(),
            topology: topology.map(str::to_owned),
            clock: None,
            round_trip: Duration::from_micros(1300),
            free_bytes: None,
            log_bytes: None,
        };
        let good = status("MongoDB 8.2.3", Some("replica set rs0"));
        assert_eq!(weaknesses(&good), []);
        assert_eq!(
            described(&good),
            "MongoDB 8.2.3 at localhost:27017/myapp, replica set rs0, 1.3 ms"
        );
        let findings = weaknesses(&status("MongoDB 7.0.14", Some("standalone")));
        assert!(findings[0].detail.contains("has no replicas"));
        assert!(findings[1].detail.contains("CVE-2025-14847"));
        assert!(findings[1].remedy.as_ref().unwrap().contains("7.0.28"));
        assert_eq!(weaknesses(&status("SQLite 3.54.1", None)), []);
    }
}
