//! The composition root: settings in, running parts out. The only place that names a concrete engine or provider.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use crate::accounts::Accounts;
use crate::auth::{PasswordHasher, Sealer, TokenCodec};
use crate::clock::{SharedClock, SystemClock};
use crate::config::{EmailBackend, Engine, Settings, SmsBackend};
use crate::delivery::{
    AccountEvent, Announcements, DeliveryAttempt, Mailbox, Outbox, Subscribers, Templates,
    Transports, Worker,
};
use crate::model::MessageKind;
use crate::random::{SharedRandom, SystemRandom};
use crate::store::mongo::Mongo;
use crate::store::sqlite::Sqlite;
use crate::store::{
    Inspection, SharedAnnouncer, SharedStore, StoreError, SweepRule, UpkeepStore as _,
};

/// How often expired rows are removed. Expiry is checked on every read all the same.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// How long messages that were given up stay for inspection.
const FAILED_MESSAGES: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What the application takes from its surroundings.
#[derive(Clone)]
pub struct Ambient {
    /// The time.
    pub clock: SharedClock,
    /// Randomness.
    pub random: SharedRandom,
    /// Where messages go instead of being sent (`serve --dev`).
    pub mailbox: Option<Mailbox>,
}

impl Ambient {
    /// The machine's own clock and generator, and messages that are sent.
    #[must_use]
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            mailbox: None,
        }
    }
}

/// A setting that the application cannot be built with (template, CA file, engine not built yet).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {reason}")]
pub struct Unusable {
    /// The key to change.
    pub key: String,
    /// Why, and what to do.
    pub reason: String,
}

/// Why the application cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Settings cannot be used. Never empty.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Settings(Vec<Unusable>),
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One regstack, ready to be served or administered. No globals: two in one process share nothing.
#[derive(Clone)]
pub struct App {
    /// The configuration.
    pub settings: Arc<Settings>,
    /// The use cases.
    pub accounts: Accounts,
    /// The store, for readiness and housekeeping.
    pub store: SharedStore,
    /// Time, randomness, mailbox.
    pub ambient: Ambient,
    /// The pages' templates, and the mails'.
    pub templates: Templates,
    worker: Worker,
    subscribers: Subscribers,
}

impl App {
    /// Opens the store (creating and migrating its schema) and puts the parts together.
    pub async fn open(settings: Settings, ambient: Ambient) -> Result<Self, OpenError> {
        let settings = Arc::new(settings);
        let Ambient { clock, random, .. } = ambient.clone();
        let Built {
            templates,
            passwords,
            transports,
        } = Built::new(&settings, &ambient).map_err(OpenError::Settings)?;
        let tokens = Arc::new(TokenCodec::new(&settings.tokens));
        let sealer = Sealer::new(&settings.tokens, "outbox", Arc::clone(&random));
        let outbox = Outbox::new(
            templates.clone(),
            sealer,
            Arc::clone(&clock),
            Arc::clone(&random),
        );
        let subscribers = Subscribers::default();
        let announcements = Announcements::new(&outbox, &settings.webhooks, &subscribers);
        let store = open_store(&settings, Some(Arc::new(announcements))).await?;
        let worker = Worker::new(&settings, &outbox, store.clone(), transports);
        let accounts = Accounts {
            settings: Arc::clone(&settings),
            store: Arc::clone(&store),
            passwords,
            tokens,
            outbox,
            clock,
            random,
        };
        Ok(Self {
            settings,
            accounts,
            store,
            ambient,
            templates,
            worker,
            subscribers,
        })
    }

    /// Calls `hear` with everything that is recorded by this process from now on, one after the other, beside what goes on:
    /// it holds up nobody, and what it does wrong is logged under `name`. It is told at most once; who must not miss an
    /// event, or wants those of other processes too, takes a webhook. To be called on a tokio runtime.
    pub fn subscribe<F, Done, E>(&self, name: &str, hear: F)
    where
        F: Fn(AccountEvent) -> Done + Send + Sync + 'static,
        Done: Future<Output = Result<(), E>> + Send + 'static,
        E: Display + Send + 'static,
    {
        self.subscribers.add(name, hear);
    }

    /// What the database is, without opening the rest of the application. Changes nothing; a file has to be there.
    pub async fn inspect(settings: &Settings) -> Result<Inspection, OpenError> {
        Ok(Self::connect(settings).await?.inspect().await?)
    }

    /// The database to be looked at as it is, without opening the rest of the application. Nothing is made or migrated
    /// unless the store is told to; a file has to be there.
    pub async fn connect(settings: &Settings) -> Result<SharedStore, OpenError> {
        Ok(match &settings.database.engine {
            Engine::Sqlite { path } => Arc::new(Sqlite::connect(path).await?),
            Engine::Mongo { .. } => Arc::new(mongo(settings)?.as_it_is()?),
        })
    }

    /// Makes the database where there is none, and brings its schema up to date; what was done, one line each.
    pub async fn migrate(settings: &Settings) -> Result<Vec<String>, OpenError> {
        let mut done = Vec::new();
        match &settings.database.engine {
            Engine::Sqlite { path } => {
                if Sqlite::create(path).await? {
                    done.push(format!("made {}", path.display()));
                }
                done.extend(Sqlite::connect(path).await?.migrate().await?);
            }
            Engine::Mongo { .. } => done.extend(mongo(settings)?.migrate().await?),
        }
        Ok(done)
    }

    /// Builds all that needs no database, as [`App::open`] does first.
    ///
    /// # Errors
    /// Every setting that cannot be used.
    pub fn check(settings: &Settings, ambient: &Ambient) -> Result<(), Vec<Unusable>> {
        Built::new(settings, ambient).map(drop)
    }

    /// Runs the outbox worker and the sweeper until `stop`, and lets messages under way end.
    pub async fn run_workers(&self, stop: CancellationToken) {
        tokio::join!(
            self.worker.clone().run(stop.clone()),
            self.sweep_until(stop)
        );
    }

    async fn sweep_until(&self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(SWEEP_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            match self.sweep().await {
                Ok(0) => {}
                Ok(rows) => tracing::debug!(rows, "expired rows removed"),
                Err(error) => {
                    tracing::warn!(%error, "expired rows could not be removed; next try in a minute");
                }
            }
        }
    }

    /// Sends what is due, as a server does, and says what became of each message. What is only logged is left to a
    /// server: the log is its.
    pub async fn send_due(&self, patience: Duration) -> Result<Vec<DeliveryAttempt>, StoreError> {
        let caught = self.ambient.mailbox.is_some();
        let mail = caught || self.settings.email.backend != EmailBackend::Console;
        let sms = caught || self.settings.sms.backend != SmsBackend::Null;
        let kinds = [(MessageKind::Email, mail), (MessageKind::Sms, sms)];
        let kinds = kinds.iter().filter(|(_, leaves)| *leaves);
        let kinds: Vec<MessageKind> = kinds.map(|(kind, _)| *kind).collect();
        self.worker.send_due(&kinds, patience).await
    }

    /// Whether anything was queued since the application was opened.
    #[must_use]
    pub fn has_queued(&self) -> bool {
        self.worker.has_queued()
    }

    /// Removes what has expired; the number of rows.
    pub async fn sweep(&self) -> Result<u64, StoreError> {
        let rule = SweepRule {
            now: self.ambient.clock.now(),
            lockout_window: SignedDuration::from_secs(
                self.settings.guessing.login_lockout_window_seconds.into(),
            ),
            events: SignedDuration::from_hours(
                24 * i64::from(self.settings.database.events_retention_days),
            ),
            failed_messages: FAILED_MESSAGES,
        };
        self.store.sweep(rule).await
    }
}

/// What is built before the database is opened, so that a setting that cannot be used leaves no database behind.
struct Built {
    templates: Templates,
    passwords: PasswordHasher,
    transports: Transports,
}

impl Built {
    fn new(settings: &Settings, ambient: &Ambient) -> Result<Self, Vec<Unusable>> {
        let unusable = |key: &str, reason: String| Unusable {
            key: key.to_owned(),
            reason,
        };
        let templates = Templates::load(&settings.pages.extra_template_dirs).map_err(|error| {
            let reason = error.to_string();
            let reason = reason
                .strip_prefix("extra_template_dirs: ")
                .unwrap_or(&reason);
            unusable("extra_template_dirs", reason.to_owned())
        });
        let passwords = PasswordHasher::new(&settings.password, Arc::clone(&ambient.random))
            .map_err(|error| unusable("password", error.to_string()));
        let store = match &settings.database.engine {
            Engine::Sqlite { .. } => Ok(()),
            Engine::Mongo { .. } => mongo(settings)
                .map(drop)
                .map_err(|error| unusable("database_url", error.to_string())),
        };
        let transports = Transports::new(settings, ambient.mailbox.as_ref());
        let folders = &settings.pages.extra_static_dirs;
        let folders = match folders.iter().find(|folder| !folder.is_dir()) {
            Some(missing) => Err(unusable(
                "extra_static_dirs",
                format!("{} is not a folder", missing.display()),
            )),
            None => Ok(()),
        };
        match (templates, passwords, store, folders, transports) {
            (Ok(templates), Ok(passwords), Ok(()), Ok(()), Ok(transports)) => Ok(Self {
                templates,
                passwords,
                transports,
            }),
            (templates, passwords, store, folders, transports) => {
                let faults = [templates.err(), passwords.err(), store.err(), folders.err()];
                let reasons = transports.err().into_iter().flatten();
                Err(faults
                    .into_iter()
                    .flatten()
                    .chain(reasons.map(transport_fault))
                    .collect())
            }
        }
    }
}

/// The store that is configured. A MongoDB server is asked nothing yet.
async fn open_store(
    settings: &Settings,
    announcer: SharedAnnouncer,
) -> Result<SharedStore, StoreError> {
    Ok(match &settings.database.engine {
        Engine::Sqlite { path } => Arc::new(Sqlite::announcing(path, announcer).await?),
        Engine::Mongo { .. } => Arc::new(announcing(settings, announcer)?),
    })
}

fn mongo(settings: &Settings) -> Result<Mongo, StoreError> {
    announcing(settings, None)
}

fn announcing(settings: &Settings, announcer: SharedAnnouncer) -> Result<Mongo, StoreError> {
    let Engine::Mongo { url, database } = &settings.database.engine else {
        return Err(StoreError::Refused("the database is no MongoDB".to_owned()));
    };
    let window = Duration::from_secs(settings.guessing.login_lockout_window_seconds.into());
    Mongo::announcing(
        url.clone(),
        database.clone(),
        &settings.database,
        window,
        announcer,
    )
}

/// A transport's refusal, which begins with the key it is about.
fn transport_fault(reason: String) -> Unusable {
    match reason.split_once([':', ' ']) {
        Some((key, rest))
            if key.starts_with("email.") || key.starts_with("sms.") || key == "webhooks" =>
        {
            Unusable {
                key: key.to_owned(),
                reason: rest.trim_start().to_owned(),
            }
        }
        _ => Unusable {
            key: "email.backend".to_owned(),
            reason,
        },
    }
}
