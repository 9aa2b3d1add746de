//! The use cases: everything that can happen to an account, one use case a file.
//!
//! HTTP handlers, pages and the command line call these methods and render their results; they make no decisions of
//! their own. This module knows the store's trait, but no SQL, no HTTP and no terminal.

mod administer;
mod attempt;
mod backup;
mod code;
mod create_user;
mod delete_account;
mod elevation;
mod email;
mod erase;
mod error;
mod factors;
mod find;
mod first_admin;
mod first_step;
mod import;
mod language;
mod last_seen;
mod link;
mod login;
mod login_metrics;
mod notice;
mod oauth;
mod offered_factors;
mod outbox;
mod own_data;
mod passkey_link;
mod passkey_login;
mod passkeys;
mod password;
mod pending;
mod phone;
mod profile;
mod reauthenticate;
mod recover;
mod refusal;
mod refused_login;
mod register;
mod request_limit;
mod return_to;
mod second_step;
mod service_keys;
mod session;
mod sessions;
mod sign_up;
mod signing_keys;
mod tokens;
mod verify;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::auth::{FactorSecrets, KeyRing, PasswordHasher, Requester, TokenCodec};
use crate::clock::SharedClock;
use crate::config::Settings;
use crate::delivery::providers::Providers;
use crate::delivery::{Outbox, Reach};
use crate::metrics::Metrics;
use crate::model::{
    CapPurpose, Email, Event, EventKind, FullName, Id, LockoutRule, NewPassword, Origin,
    PasswordHash, QueuedMessage, RecipientCap, UserFilter, WeakPassword,
};
use crate::random::{self, SharedRandom};
use crate::store::{Effects, SharedStore};

pub use code::CodeSent;
pub use create_user::{CreateAdmin, NewAccount};
pub use elevation::PROOF_SECONDS;
pub use erase::{Erasable, Erased};
pub use error::Error;
pub use factors::{FactorOn, SecondFactors, TotpSetup};
pub use find::{Found, Overview};
#[cfg(feature = "internals")]
pub use import::fuzz;
pub use import::{AccountRecord, ImportOutcome, ImportRule, System, read_record};
pub use login::{LoggedIn, Login};
pub use notice::Mailed;
pub use oauth::{Begun, CallbackOutcome, CallbackParameters, Exchanged, Fetched, OauthRefusal};
pub use own_data::OwnDataPieces;
pub use passkeys::{PasskeySetup, PasskeyWait};
pub use refusal::TokenRefusal;
pub use register::{Registered, Registration};
pub use second_step::LoginWait;
pub use service_keys::{NewServiceKey, Service};
pub use session::Session;
pub use sign_up::{SignUpTicket, Verified};
pub use signing_keys::{Duty, RemoveSigningKey, SigningKeyState};
pub use tokens::{RevokeToken, TokenInspection};
// Database inspection, re-exported so that HTTP and the command line need not depend on the store.
pub use crate::auth::FirebaseParameters;
pub use crate::auth::passkeys::{ALGORITHMS, Assertion, Attestation};
pub use crate::store::{Inspection, RowCount, SchemaPart, SchemaState, StoreError};

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The use cases over one store. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    pub(crate) settings: Arc<Settings>,
    pub(crate) store: SharedStore,
    pub(crate) passwords: PasswordHasher,
    pub(crate) tokens: Arc<TokenCodec>,
    pub(crate) signing_keys: Arc<KeyRing>,
    /// When the signing keys were last re-read because a token named an unknown one.
    pub(crate) keys_read_at: Arc<tokio::sync::Mutex<Option<std::time::Instant>>>,
    pub(crate) seen: Arc<last_seen::SeenSessions>,
    pub(crate) first_admin: Arc<first_admin::FirstAdminLink>,
    pub(crate) factors: Arc<FactorSecrets>,
    pub(crate) outbox: Outbox,
    pub(crate) reach: Reach,
    pub(crate) providers: Providers,
    pub(crate) clock: SharedClock,
    pub(crate) random: SharedRandom,
    pub(crate) metrics: Arc<Metrics>,
    /// The condition that an account must meet at the time of an administrator's change.
    pub(crate) only_if: Option<Arc<UserFilter>>,
    /// Where mailed links lead in the end.
    pub(crate) return_to: Option<Arc<str>>,
}

impl Accounts {
    /// Returns the same use cases with a condition: those that administer an account fail with [`Error::Overtaken`]
    /// unless the account matches the filter at the time of the change.
    #[must_use]
    pub fn only_if(&self, filter: UserFilter) -> Self {
        Self {
            only_if: Some(Arc::new(filter)),
            ..self.clone()
        }
    }

    fn condition(&self) -> Option<UserFilter> {
        self.only_if.as_deref().cloned()
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns the whole seconds until a moment, at least one, for `retry_after`.
    fn seconds_until(&self, moment: Timestamp) -> u64 {
        let millis = moment.duration_since(self.now()).as_millis();
        u64::try_from(millis).unwrap_or(0).div_ceil(1000).max(1)
    }

    fn new_id(&self) -> Id {
        Id::new(self.now(), random::bytes(&*self.random))
    }

    fn new_jti(&self) -> String {
        random::token::<16>(&*self.random)
    }

    /// Returns an event for the audit trail. The store fills in the account if the use case can't know it.
    fn event(&self, kind: EventKind, origin: &Origin) -> Event {
        Event {
            id: self.new_id(),
            at: self.now(),
            kind,
            user_id: None,
            email: None,
            actor: origin.actor.to_string(),
            ip: origin.ip,
            request_id: origin.request_id.clone(),
            data: serde_json::Map::new(),
        }
    }

    /// Returns effects with one event and nothing to send.
    fn recorded(&self, kind: EventKind, origin: &Origin) -> Effects {
        Effects::of_events([self.event(kind, origin)])
    }

    /// Returns effects with one event and nothing to send. `details` must be an object.
    fn recorded_with(&self, kind: EventKind, details: Value, origin: &Origin) -> Effects {
        let mut effects = self.recorded(kind, origin);
        if let (Some(event), Value::Object(details)) = (effects.events.first_mut(), details) {
            event.data = details;
        }
        effects
    }

    /// Returns effects with one event and the mail or SMS that it is about.
    fn sending(&self, message: QueuedMessage, kind: EventKind, origin: &Origin) -> Effects {
        Effects {
            messages: vec![message],
            ..self.recorded(kind, origin)
        }
    }

    fn lockout_rule(&self) -> LockoutRule {
        let guessing = &self.settings.guessing;
        LockoutRule {
            threshold: guessing.login_lockout_threshold,
            window: SignedDuration::from_secs(guessing.login_lockout_window_seconds.into()),
        }
    }

    fn mail_cap(&self, recipient: &Email, purpose: CapPurpose) -> RecipientCap {
        let an_hour = self.settings.guessing.mail_per_recipient_per_hour;
        self.cap(recipient.mailbox(), purpose, an_hour)
    }

    fn cap(&self, recipient: String, purpose: CapPurpose, an_hour: u32) -> RecipientCap {
        RecipientCap {
            recipient,
            purpose,
            is_pretended: false,
            limit: (!self.settings.guessing.rate_limit_disabled).then_some(an_hour),
            useless_until: None,
            client: None,
            now: self.now(),
        }
    }

    /// Returns the hasher for a request. Its queue is fair between clients and between the accounts they ask for.
    fn hasher(&self, email: &Email, origin: &Origin) -> PasswordHasher {
        let requester = Requester::new(origin.ip, Some(email.key()));
        self.passwords.on_behalf_of(requester)
    }

    /// Refuses an email address for an account if mail can't reach it.
    async fn check_reach(&self, address: &Email) -> Result<()> {
        if self.reach.reaches(address).await {
            Ok(())
        } else {
            Err(Error::EmailNotReached)
        }
    }

    /// Checks a new password and returns its hash.
    async fn hash_of_new(
        &self,
        password: &NewPassword,
        email: &Email,
        full_name: Option<&FullName>,
        origin: &Origin,
    ) -> Result<PasswordHash> {
        self.check_strength(password, email, full_name, origin)
            .await?;
        let hasher = self.hasher(email, origin);
        Ok(hasher.hash(password.as_password()).await?)
    }

    /// Refuses a new password that is easier to guess than `password.min_strength` allows. The estimate assumes that an
    /// attacker knows the person's email address and name.
    async fn check_strength(
        &self,
        password: &NewPassword,
        email: &Email,
        full_name: Option<&FullName>,
        origin: &Origin,
    ) -> Result<()> {
        let wanted = self.settings.password.min_strength;
        if wanted == 0 {
            return Ok(());
        }
        let known = [
            email.to_string(),
            full_name.map_or_else(String::new, ToString::to_string),
        ];
        let hasher = self.hasher(email, origin);
        let judged = hasher.judge(password, wanted, known).await?;
        judged.map_err(|WeakPassword(advice)| Error::WeakPassword(advice))
    }
}
