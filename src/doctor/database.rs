//! The database: whether it answers, its schema, its accounts, its outbox. Asked as it is: nothing is made or mended.

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

/// The check of what a file is made of.
pub(super) const SCHEMA: &str = "schema";
/// The same in a database that has nothing else to be checked.
pub(super) const INDEXES: &str = "indexes";

/// The checks that get no answer where the database or its schema is at fault.
pub(super) const DEPENDENTS: [&str; 4] = [SCHEMA, INDEXES, "accounts", "outbox"];

/// A clock that is further off makes new sessions end at once, or not end.
const MAX_SKEW: SignedDuration = SignedDuration::from_secs(2);
/// How many accounts, or parts of the schema, are named.
const NAMED: usize = 5;
/// Less room than this on the disk of a file is worth a warning, in bytes.
const LITTLE_ROOM: u64 = 100 << 20;
/// How long the mail server is asked whether it takes every address.
const MAIL_SERVER: Duration = Duration::from_secs(5);
/// How many hashes are looked at.
const SAMPLE: u32 = 500;
/// How many waiting messages are looked at.
const MESSAGES: u32 = 200;
/// How many service keys are looked at.
const SERVICE_KEYS: u32 = 200;

const IF_LATE: &str =
    "see whether the database server, or the disk of the file, still answers anybody";

/// One database, connected to by whichever check comes first.
#[derive(Clone)]
pub(super) struct Database(Arc<Parts>);

struct Parts {
    settings: Arc<Settings>,
    setting: String,
    /// Whether any file or setting names an installation.
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

    /// The store, for the checks that are not about reaching it.
    async fn answering(&self) -> Result<&SharedStore, String> {
        self.store().await.map_err(ToString::to_string)
    }

    fn now(&self) -> Timestamp {
        self.0.ambient.clock.now()
    }

    async fn status(&self) -> Vec<Finding> {
        if let Engine::Sqlite { path } = &self.0.settings.database.engine
            && matches!(path.try_exists(), Ok(false))
        {
            return vec![Finding::fail(
                format!(
                    "there is no database at {} ({})",
                    path.display(),
                    self.0.setting
                ),
                if self.0.configured {
                    "regstack db migrate makes one; an installation elsewhere is named with --config"
                } else {
                    "regstack init sets one up; an installation elsewhere is named with --config"
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
            StoreError::Locked(_) => "end that program, or try again once it is done",
            StoreError::File { remedy, .. } => remedy,
            StoreError::Denied(_) => "correct the user name and password, or grant the rights",
            StoreError::Refused(_) => "name another database, or do as it says",
            StoreError::Failed(_) => "mend what the database names, then run regstack doctor again",
            StoreError::Unconfirmed(_) => {
                "see that enough members of the replica set run for the w of the database's URL"
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
        let superusers = counted(counts.superusers, "superuser");
        let all = format!("{}, {superusers}", counted(counts.total_users, "account"));
        let mut findings = vec![Finding::ok(all)];
        if counts.superusers == 0 {
            findings.push(Finding::warn(
                "nobody is a superuser: the admin API is closed to everybody",
                "regstack create-admin --email you@example.com",
            ));
        }
        // A schema of before there were such keys has a row of its own.
        if let Ok(keys) = store.service_keys(None, SERVICE_KEYS).await {
            findings.extend(accounts::service_keys(&keys.items, self.now()));
        }
        // Likewise.
        let random = || Arc::clone(&self.0.ambient.random);
        let secrets = FactorSecrets::new(&self.0.settings.tokens, random());
        if let Ok(count) = store.count_factors_sealed_elsewhere(secrets.known()).await {
            findings.extend(accounts::sealed_elsewhere(count));
        }
        findings.extend(accounts::mixed_case(&survey));
        findings.extend(self.unreached(&survey).await);
        // A hasher that cannot be made is the configuration's fault, and is told there.
        if let Ok(hasher) = PasswordHasher::new(&self.0.settings.password, random()) {
            findings.extend(accounts::costs(&hasher, &survey));
        }
        Ok(findings)
    }

    /// A warning of accounts whose addresses the mail server does not deliver to.
    async fn unreached(&self, survey: &Survey) -> Option<Finding> {
        let address = survey.beyond_ascii.as_ref()?;
        let settings = &self.0.settings;
        // A server that cannot be asked has a row of its own.
        let transport = email::transport(&settings.email, &settings.identity.app_name).ok()?;
        let takes = timeout(MAIL_SERVER, transport.takes_utf8()).await.ok()?;
        (!takes.ok()?).then(|| accounts::unreached(address))
    }

    async fn outbox_state(self) -> Outcome {
        let store = self.answering().await?;
        let (state, waiting) = tokio::try_join!(
            store.outbox(),
            store.messages(Some(MessageState::Waiting), None, MESSAGES)
        )?;
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

/// What there is to say of a file's disk and its write-ahead log.
fn room(status: &DatabaseStatus) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(bytes) = status.free_bytes.filter(|bytes| *bytes < LITTLE_ROOM) {
        findings.push(Finding::warn(
            format!(
                "only {} MiB are free on the disk of {}: once it is full, nobody can sign up or log in",
                bytes >> 20,
                status.place
            ),
            "make room on that disk, or move the database to a larger one",
        ));
    }
    if let Some(bytes) = status.log_bytes.filter(|bytes| *bytes > LONG_LOG) {
        findings.push(Finding::warn(
            format!(
                "{}-wal has grown to {} MiB: another program holds a read transaction open, or did",
                status.place,
                bytes >> 20
            ),
            "find that program (fuser -v FILE; a backup, or a forgotten sqlite3 shell) and end it; the file then shrinks by itself",
        ));
    }
    findings
}

fn judge_damage(damage: &Damage, place: &str) -> Option<Finding> {
    if !damage.found.is_empty() {
        return Some(Finding::fail(
            format!("the file is damaged: {}", damage.found.join("; ")),
            "stop regstack and restore the last backup (regstack db restore FILE keeps the damaged file beside it)",
        ));
    }
    damage.is_cut_short.then(|| {
        Finding::ok(format!(
            "no damage was found in the time there was, which was too short to look at the whole file; sqlite3 {place} 'pragma quick_check' does"
        ))
    })
}

/// What a server's kind and version leave to be wished for.
fn weaknesses(status: &DatabaseStatus) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some((product, _)) = status.engine.split_once(" (as MongoDB ") {
        return vec![Finding::fail(
            format!(
                "{product} is not supported: updates at the same moment get lost there, so that locks against guessing cannot be trusted"
            ),
            "use MongoDB 5.0 or later as a replica set, MongoDB Atlas, or SQLite on one machine",
        )];
    }
    if status.topology.as_deref() == Some("standalone") {
        findings.push(Finding::warn(
            "the server stands alone: what it holds is lost with its disk, and nobody logs in while it is down",
            "make it a replica set: start mongod with --replSet, then run rs.initiate() in mongosh",
        ));
    }
    let version = status.engine.strip_prefix("MongoDB ").unwrap_or_default();
    if let Some(update) = advisory::update_for(version) {
        findings.push(Finding::warn(
            format!(
                "MongoDB {version} has {}: whoever reaches its port reads its memory without a login",
                advisory::MONGOBLEED
            ),
            format!("update it to {update} or later; until then start mongod with --networkMessageCompressors snappy,zstd"),
        ));
    }
    findings
}

/// A warning where the server's clock is not ours. It was read at some moment between the two.
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
            "the database's clock is {} s {direction} this machine's: what expires does so at the wrong time",
            off.as_secs()
        ),
        "set both clocks by NTP: timedatectl set-ntp true",
    ))
}

fn networked(path: &Path) -> Option<Finding> {
    let kind = disk::network(path)?;
    Some(Finding::warn(
        format!("the file is on {kind}: SQLite's locks do not hold there, and it can be damaged"),
        "move the file to a disk of this machine, or use MongoDB for several machines",
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

/// What is wrong with a part of the schema. Where there are indexes only, the check's name says so already.
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
        assert!(findings[0].detail.contains("stands alone"));
        assert!(findings[1].detail.contains("CVE-2025-14847"));
        assert!(findings[1].remedy.as_ref().unwrap().contains("7.0.28"));
        assert_eq!(weaknesses(&status("SQLite 3.54.1", None)), []);
    }
}
