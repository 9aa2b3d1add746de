//! The composition root: builds the running parts from the settings. Only this module names concrete engines and
//! providers.

mod background;
pub mod backup;
mod built;
pub mod copying;
mod engine;
mod insight;
mod measured;
mod test_message;
mod write_probe;

use std::fmt::Display;
use std::ops::Deref;
use std::sync::{Arc, Once};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::built::Built;
use self::insight::LastFindings;
use self::measured::Queues;
use self::write_probe::WriteProbe;
use crate::accounts::Accounts;
use crate::auth::{FactorSecrets, KeyRing, Sealer, TokenCodec};
use crate::clock::{SharedClock, SystemClock};
use crate::config::{Engine, SettingError, Settings};
use crate::delivery::email::EmailTransport;
use crate::delivery::sms::SmsTransport;
use crate::delivery::{
    AccountEvent, Announcements, DeliveryAttempt, LiveTemplates, Mailbox, Outbox, OwnTransports,
    Reach, Subscribers, Worker,
};
use crate::metrics::Metrics;
use crate::model::{MessageKind, SweepRule};
use crate::random::{SharedRandom, SystemRandom};
use crate::store::{Inspection, SharedStore, StoreError};

pub use insight::{Examined, Finding, Insight, Severity};
pub use test_message::TestRecipient;
pub(crate) use test_message::{TestError, send_test};

/// How long messages that were given up are kept for inspection.
const FAILED_MESSAGES: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The application's connections to the outside: time, randomness, and how messages are sent.
#[derive(Clone)]
pub struct Ambient {
    /// The time.
    pub clock: SharedClock,
    /// Randomness.
    pub random: SharedRandom,
    /// If set, messages are kept here instead of being sent (`serve --dev`).
    #[doc(hidden)]
    pub mailbox: Option<Mailbox>,
    /// Sends email instead of the backend in `[email]`. If `None`, the configured backend is used.
    pub email: Option<Arc<dyn EmailTransport>>,
    /// Sends SMS instead of the backend in `[sms]`. If `None`, the configured backend is used.
    pub sms: Option<Arc<dyn SmsTransport>>,
    /// What the program that runs the server tells the console.
    #[doc(hidden)]
    pub insight: Option<Arc<dyn Insight>>,
}

impl Ambient {
    /// Returns the system's clock and random generator; messages are sent with the configured backends.
    #[must_use]
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            mailbox: None,
            email: None,
            sms: None,
            insight: None,
        }
    }

    /// Returns what replaces the configured transports. A mailbox takes precedence over the others.
    fn transports(&self) -> OwnTransports {
        self.mailbox.as_ref().map_or_else(
            || OwnTransports {
                email: self.email.clone(),
                sms: self.sms.clone(),
            },
            OwnTransports::from,
        )
    }
}

/// Why the application can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Some settings are invalid. Never empty.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Settings(Vec<SettingError>),
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An open instance of regstack, which can be served and administered. There are no globals: two instances in one process
/// share nothing. Cloning is cheap: the clones are one instance.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
#[doc(hidden)]
pub struct Parts {
    /// The configuration.
    #[doc(hidden)]
    pub settings: Arc<Settings>,
    /// The use cases.
    #[doc(hidden)]
    pub accounts: Accounts,
    /// The database.
    #[doc(hidden)]
    pub store: SharedStore,
    /// Time, randomness, mailbox.
    #[doc(hidden)]
    pub ambient: Ambient,
    /// The templates of pages and emails.
    #[doc(hidden)]
    pub templates: LiveTemplates,
    /// The tasks of running requests, which continue after their clients have disconnected.
    pub(crate) requests: TaskTracker,
    /// Tells the server to reload its certificate.
    pub(crate) renew_tls: Notify,
    /// Logs only once why a login from another site is refused.
    cross_site_login: Once,
    /// Whether the database accepts writes, for the readiness check.
    pub(crate) writable: WriteProbe,
    /// The metrics.
    pub(crate) metrics: Arc<Metrics>,
    opened_at: Timestamp,
    queues: Queues,
    last_findings: LastFindings,
    /// Held while a backup is copied.
    backing_up: tokio::sync::Mutex<()>,
    worker: Worker,
    subscribers: Subscribers,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Opens the database, creating it and migrating its schema if needed, and sets up everything else.
    pub async fn open(settings: Settings, ambient: Ambient) -> Result<Self, OpenError> {
        let settings = Arc::new(settings);
        let Ambient { clock, random, .. } = ambient.clone();
        let Built {
            templates,
            passwords,
            transports,
            providers,
        } = Built::new(&settings, &ambient).map_err(OpenError::Settings)?;
        let templates = LiveTemplates::from(templates);
        let signing_keys = Arc::new(KeyRing::new(&settings, Arc::clone(&random)));
        let tokens = TokenCodec::new(&settings.tokens)
            .with_keys(Arc::clone(&signing_keys))
            // The Python package, which accepts only JWTs, may use the same MongoDB database.
            .with_short_links(matches!(settings.database.engine, Engine::Sqlite { .. }))
            .starting(clock.now());
        let factors = FactorSecrets::new(&settings.tokens, Arc::clone(&random));
        let sealer = Sealer::new(&settings.tokens, "outbox", Arc::clone(&random));
        let outbox = Outbox::new(
            templates.clone(),
            sealer,
            Arc::clone(&clock),
            Arc::clone(&random),
        );
        let subscribers = Subscribers::default();
        let metrics = Arc::new(Metrics::default());
        let announcements = Announcements::new(&outbox, &settings.webhooks, &subscribers, &metrics);
        let announcements = Some(Arc::new(announcements) as _);
        let store = engine::open(&settings, announcements, &metrics.store).await?;
        let reach = Reach::of(&settings, &transports);
        let worker = Worker::new(&settings, &outbox, store.clone(), transports, &metrics);
        let opened_at = clock.now();
        let accounts = Accounts {
            only_if: None,
            return_to: None,
            settings: Arc::clone(&settings),
            store: Arc::clone(&store),
            passwords,
            tokens: Arc::new(tokens),
            signing_keys,
            keys_read_at: Arc::default(),
            seen: Arc::default(),
            first_admin: Arc::default(),
            factors: Arc::new(factors),
            outbox,
            reach,
            providers,
            clock,
            random,
            metrics: Arc::clone(&metrics),
        };
        Ok(Self(Arc::new(Parts {
            settings,
            accounts,
            store,
            ambient,
            templates,
            requests: TaskTracker::new(),
            renew_tls: Notify::new(),
            cross_site_login: Once::new(),
            writable: WriteProbe::default(),
            metrics,
            opened_at,
            queues: Queues::default(),
            last_findings: LastFindings::default(),
            backing_up: tokio::sync::Mutex::default(),
            worker,
            subscribers,
        })))
    }

    /// Calls `hear` with every event that this process records from now on, one at a time, in the background. It doesn't
    /// delay requests, and its errors are logged under `name`. Each event is delivered at most once. If you must not miss an
    /// event, or need those of other processes too, use a webhook. Call this on a tokio runtime.
    pub fn subscribe<F, Done, E>(&self, name: &str, hear: F)
    where
        F: Fn(AccountEvent) -> Done + Send + Sync + 'static,
        Done: Future<Output = Result<(), E>> + Send + 'static,
        E: Display + Send + 'static,
    {
        self.subscribers.add(name, hear);
    }

    /// Describes the database without opening the rest of the application. Changes nothing. An SQLite file has to exist.
    pub async fn inspect(settings: &Settings) -> Result<Inspection, OpenError> {
        Ok(Self::connect(settings).await?.inspect().await?)
    }

    /// Opens the database without the rest of the application, and without creating or migrating anything. An SQLite file
    /// has to exist.
    pub async fn connect(settings: &Settings) -> Result<SharedStore, OpenError> {
        Ok(engine::connect(settings).await?)
    }

    /// Creates the database if it doesn't exist and updates its schema. Returns what was done, one line for each step.
    pub async fn migrate(settings: &Settings) -> Result<Vec<String>, OpenError> {
        Ok(engine::migrate(settings).await?)
    }

    /// Returns how many bytes of the database are kept in memory at most.
    #[must_use]
    pub(crate) fn cached_bytes(settings: &Settings) -> u64 {
        engine::cached_bytes(settings)
    }

    /// Builds everything that needs no database, which is also the first step of [`App::open`].
    ///
    /// # Errors
    /// All invalid settings.
    pub fn check(settings: &Settings, ambient: &Ambient) -> Result<(), Vec<SettingError>> {
        Built::new(settings, ambient).map(drop)
    }

    /// Sends queued messages and removes expired data until `stop` is cancelled, then finishes the messages being sent.
    pub async fn run_workers(&self, stop: CancellationToken) {
        tokio::join!(
            self.worker.clone().run(stop.clone()),
            self.sweep_until(stop.clone()),
            self.imitate_until(stop.clone()),
            self.note_sessions_until(stop.clone()),
            self.maintain_keys_until(stop.clone()),
            self.reseal_factors_until(stop)
        );
    }

    /// Waits until all running requests have finished. If you mount the router, call this after your server has stopped: a
    /// request continues after its client has disconnected, so that no operation is interrupted halfway.
    pub async fn finish_requests(&self) {
        self.requests.close();
        self.requests.wait().await;
    }

    /// Logs the first login that is refused because it doesn't come from a page of this site. In version 0.1.0 of the
    /// Python package, `transport = "cookie"` had no effect. The log tells operators who set it why other clients can't
    /// log in any more.
    pub(crate) fn say_first_cross_site_login(&self) {
        self.cross_site_login.call_once(|| {
            let base_url = &self.settings.identity.base_url;
            tracing::warn!(
                %base_url,
                "login refused: with transport = \"cookie\", only pages at base_url get a session without the header x-regstack-transport: bearer"
            );
        });
    }

    /// Sends all due messages, like a server, and returns the result of each. Skips messages of a kind that is only
    /// logged: a server logs them.
    pub async fn send_due(&self, patience: Duration) -> Result<Vec<DeliveryAttempt>, StoreError> {
        let (mail, sms) = (self.sends_mail(), self.sends_sms());
        let kinds = [(MessageKind::Email, mail), (MessageKind::Sms, sms)];
        let kinds = kinds.iter().filter(|(_, leaves)| *leaves);
        let kinds: Vec<MessageKind> = kinds.map(|(kind, _)| *kind).collect();
        self.worker.send_due(&kinds, patience).await
    }

    /// Returns the doctor's findings, at most a minute old. Returns `None` if the checks take longer than `patience`, or if
    /// the program that runs the server has none.
    pub(crate) async fn findings(&self, patience: Duration) -> Option<Examined> {
        let insight = self.ambient.insight.clone()?;
        let clock = Arc::clone(&self.ambient.clock);
        self.last_findings.get(insight, clock, patience).await
    }

    /// Returns whether anything was queued since the application was opened.
    #[must_use]
    pub fn has_queued(&self) -> bool {
        self.worker.has_queued()
    }

    /// Removes expired data and returns the number of rows.
    pub async fn sweep(&self) -> Result<u64, StoreError> {
        self.store.sweep(self.sweep_rule()).await
    }

    fn sweep_rule(&self) -> SweepRule {
        SweepRule {
            now: self.ambient.clock.now(),
            lockout_window: SignedDuration::from_secs(
                self.settings.guessing.login_lockout_window_seconds.into(),
            ),
            events: SignedDuration::from_hours(
                24 * i64::from(self.settings.database.events_retention_days),
            ),
            failed_messages: FAILED_MESSAGES,
            ceilings: crate::model::Ceilings::default(),
        }
    }
}
