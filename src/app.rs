//! The composition root: settings in, running parts out. The only place that names a concrete engine or provider.

pub mod backup;
mod built;
mod engine;
mod write_probe;

use std::fmt::Display;
use std::sync::{Arc, Once};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::built::Built;
use self::write_probe::WriteProbe;
use crate::accounts::Accounts;
use crate::auth::{FactorSecrets, KeyRing, Sealer, TokenCodec};
use crate::clock::{SharedClock, SystemClock};
use crate::config::{SettingError, Settings};
use crate::delivery::email::EmailTransport;
use crate::delivery::sms::SmsTransport;
use crate::delivery::{
    AccountEvent, Announcements, DeliveryAttempt, LiveTemplates, Mailbox, Outbox, OwnTransports,
    Reach, Subscribers, Worker,
};
use crate::model::{MessageKind, SweepRule};
use crate::random::{SharedRandom, SystemRandom};
use crate::store::{Inspection, SharedStore, StoreError};

/// How often expired rows are removed. Expiry is checked on every read all the same.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// How often the signing keys are read: far oftener than a key is published before it signs.
const TEND_KEYS_EVERY: Duration = Duration::from_mins(1);
/// How often the last use of sessions is written.
const NOTE_SESSIONS_EVERY: Duration = Duration::from_secs(5);
/// How often second factors are looked for that an earlier secret seals.
const TEND_FACTORS_EVERY: Duration = Duration::from_hours(1);
/// How often a few stored hashes are looked at, for what an unknown account is to cost.
const SAMPLE_EVERY: Duration = Duration::from_hours(1);
/// How many of them.
const SAMPLED_HASHES: u32 = 200;
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
    #[doc(hidden)]
    pub mailbox: Option<Mailbox>,
    /// What sends mail in place of `[email]`; the configured backend when none.
    pub email: Option<Arc<dyn EmailTransport>>,
    /// What sends SMS in place of `[sms]`; the configured backend when none.
    pub sms: Option<Arc<dyn SmsTransport>>,
}

impl Ambient {
    /// The machine's own clock and generator, and messages that are sent.
    #[must_use]
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            mailbox: None,
            email: None,
            sms: None,
        }
    }

    /// What takes the place of the configured transports; a mailbox comes before all others.
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

/// Why the application cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Settings cannot be used. Never empty.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Settings(Vec<SettingError>),
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One regstack, ready to be served or administered. No globals: two in one process share nothing.
#[derive(Clone)]
pub struct App {
    /// The configuration.
    #[doc(hidden)]
    pub settings: Arc<Settings>,
    /// The use cases.
    #[doc(hidden)]
    pub accounts: Accounts,
    /// The store, for readiness and housekeeping.
    #[doc(hidden)]
    pub store: SharedStore,
    /// Time, randomness, mailbox.
    #[doc(hidden)]
    pub ambient: Ambient,
    /// The pages' templates, and the mails'.
    #[doc(hidden)]
    pub templates: LiveTemplates,
    /// What requests have started, and may go on when their client has left.
    pub(crate) requests: TaskTracker,
    /// Asks the server to read its certificate again.
    pub(crate) renew_tls: Arc<Notify>,
    /// Says once why a login from elsewhere is refused.
    cross_site_login: Arc<Once>,
    /// Whether the database takes writes, as readiness tells.
    pub(crate) writable: WriteProbe,
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
            providers,
        } = Built::new(&settings, &ambient).map_err(OpenError::Settings)?;
        let templates = LiveTemplates::from(templates);
        let signing_keys = Arc::new(KeyRing::new(&settings, Arc::clone(&random)));
        let tokens = TokenCodec::new(&settings.tokens)
            .with_keys(Arc::clone(&signing_keys))
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
        let announcements = Announcements::new(&outbox, &settings.webhooks, &subscribers);
        let store = engine::open(&settings, Some(Arc::new(announcements))).await?;
        let reach = Reach::of(&settings, &transports);
        let worker = Worker::new(&settings, &outbox, store.clone(), transports);
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
            factors: Arc::new(factors),
            outbox,
            reach,
            providers,
            clock,
            random,
        };
        Ok(Self {
            settings,
            accounts,
            store,
            ambient,
            templates,
            requests: TaskTracker::new(),
            renew_tls: Arc::default(),
            cross_site_login: Arc::new(Once::new()),
            writable: WriteProbe::default(),
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
        Ok(engine::connect(settings).await?)
    }

    /// Makes the database where there is none, and brings its schema up to date; what was done, one line each.
    pub async fn migrate(settings: &Settings) -> Result<Vec<String>, OpenError> {
        Ok(engine::migrate(settings).await?)
    }

    /// Builds all that needs no database, as [`App::open`] does first.
    ///
    /// # Errors
    /// Every setting that cannot be used.
    pub fn check(settings: &Settings, ambient: &Ambient) -> Result<(), Vec<SettingError>> {
        Built::new(settings, ambient).map(drop)
    }

    /// Runs the outbox worker and the sweeper until `stop`, and lets messages under way end.
    pub async fn run_workers(&self, stop: CancellationToken) {
        tokio::join!(
            self.worker.clone().run(stop.clone()),
            self.sweep_until(stop.clone()),
            self.imitate_until(stop.clone()),
            self.note_sessions_until(stop.clone()),
            self.tend_keys_until(stop.clone()),
            self.tend_factors_until(stop)
        );
    }

    /// Waits until what requests have started is done. Who mounts the router calls it after their own server has
    /// stopped: a request goes on when its client has left, so that nothing is ever cut in half.
    pub async fn finish_requests(&self) {
        self.requests.close();
        self.requests.wait().await;
    }

    /// Logs, at the first login that is refused because no page of this site asks: whoever set `transport = "cookie"` for the
    /// Python package's version 0.1.0, where it did nothing, finds out why other clients cannot log in any more.
    pub(crate) fn say_first_cross_site_login(&self) {
        self.cross_site_login.call_once(|| {
            let base_url = &self.settings.identity.base_url;
            tracing::warn!(
                %base_url,
                "login refused: with transport = \"cookie\" only pages at base_url get a session without the header \
                 x-regstack-transport: bearer"
            );
        });
    }

    async fn sweep_until(&self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(SWEEP_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            match self.sweep().await {
                Ok(0) => {}
                Ok(rows) => tracing::debug!(rows, "expired rows removed"),
                Err(error) => {
                    tracing::warn!(%error, "removing expired rows failed; retry in a minute");
                }
            }
        }
    }

    /// Keeps when sessions were used last.
    async fn note_sessions_until(&self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(NOTE_SESSIONS_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            self.accounts.note_sessions().await;
        }
        self.accounts.note_sessions().await;
    }

    /// Reads the signing keys again and again, and makes the next one in time.
    async fn tend_keys_until(&self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(TEND_KEYS_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Err(error) = self.accounts.tend_signing_keys().await {
                tracing::warn!(%error, "the signing keys could not be looked at; next try in a minute");
            }
        }
    }

    /// Looks again and again for second factors that an earlier secret seals, and seals them anew.
    async fn tend_factors_until(&self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(TEND_FACTORS_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            match stop.run_until_cancelled(self.accounts.tend_factors()).await {
                None => return,
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    tracing::warn!(%error, "the second factors could not be looked at; next try in an hour");
                }
            }
        }
    }

    /// Keeps what an unknown account costs at login near what the stored ones do.
    async fn imitate_until(&self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(SAMPLE_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            let sample = stop.run_until_cancelled(self.store.survey(0, SAMPLED_HASHES));
            match sample.await {
                None => return,
                Some(Ok(survey)) => match self.accounts.passwords.imitate(&survey.hashes) {
                    Ok(false) => {}
                    Ok(true) => tracing::debug!("unknown accounts cost what stored hashes cost"),
                    Err(error) => tracing::warn!(%error, "stored hashes cannot be imitated"),
                },
                Some(Err(error)) => {
                    tracing::debug!(%error, "reading the costs of stored password hashes failed; retry in an hour");
                }
            }
        }
    }

    /// Sends what is due, as a server does, and says what became of each message. What is only logged is left to a
    /// server: the log is its.
    pub async fn send_due(&self, patience: Duration) -> Result<Vec<DeliveryAttempt>, StoreError> {
        let own = self.ambient.transports();
        let mail = own.email.is_some() || self.settings.email.backend.sends();
        let sms = own.sms.is_some() || self.settings.sms.sends();
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
            ceilings: crate::model::Ceilings::default(),
        };
        self.store.sweep(rule).await
    }
}
