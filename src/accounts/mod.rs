//! Everything that can happen to an account, one use case a file.
//!
//! HTTP, pages and the command line call these methods and render what they answer; none of them decides anything again.
//! Knows the store's trait, not SQL; no HTTP, no terminal.

mod administer;
mod attempt;
mod code;
mod email;
mod error;
mod find;
mod leave;
mod login;
mod notice;
mod oversee;
mod password;
mod pending;
mod phone;
mod profile;
mod proof;
mod recover;
mod register;
mod session;
mod tokens;
mod verify;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::auth::{PasswordHasher, TokenCodec};
use crate::clock::SharedClock;
use crate::config::Settings;
use crate::delivery::Outbox;
use crate::model::{Email, Event, EventKind, FullName, Id, LockoutRule, NewPassword, Origin, User};
use crate::random::{self, SharedRandom};
use crate::store::{RecipientCap, SharedStore};

pub use administer::{AccountPatch, CreateAdmin, NewAccount};
pub use code::CodeSent;
pub use error::Error;
pub use find::{Found, Overview};
pub use login::{LoggedIn, Login};
pub use notice::Mailed;
pub use register::Registered;
pub use session::Session;
pub use tokens::{RevokeToken, TokenInspection, TokenRefusal, is_token_id};
// What both doors tell of the database, without knowing the store.
pub use crate::store::{Delivery, Inspection, RowCount, SchemaPart, SchemaState, StoreError};

/// What a use case answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The use cases, over one store. Cheap to clone.
#[derive(Clone)]
pub struct Accounts(Arc<Parts>);

/// What the use cases are made of.
pub struct Parts {
    /// The configuration.
    pub settings: Arc<Settings>,
    /// Where accounts live.
    pub store: SharedStore,
    /// The password hashing pool.
    pub passwords: PasswordHasher,
    /// The token codec.
    pub tokens: TokenCodec,
    /// Where messages are queued.
    pub outbox: Outbox,
    /// The time.
    pub clock: SharedClock,
    /// Randomness.
    pub random: SharedRandom,
}

impl Accounts {
    /// The use cases over these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Whole seconds until a moment, at least one: when to come back.
    fn seconds_until(&self, moment: Timestamp) -> u64 {
        let millis = moment.duration_since(self.now()).as_millis();
        u64::try_from(millis).unwrap_or(0).div_ceil(1000).max(1)
    }

    fn new_id(&self) -> Id {
        Id::new(self.now(), random::bytes(&*self.0.random))
    }

    fn new_jti(&self) -> String {
        random::token::<16>(&*self.0.random)
    }

    /// An audit line; the store fills in the account where the use case cannot know it.
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

    fn lockout_rule(&self) -> LockoutRule {
        let guessing = &self.0.settings.guessing;
        LockoutRule {
            threshold: guessing.login_lockout_threshold,
            window: SignedDuration::from_secs(guessing.login_lockout_window_seconds.into()),
        }
    }

    fn mail_cap(&self, recipient: &Email) -> RecipientCap {
        let guessing = &self.0.settings.guessing;
        let limit = (!guessing.rate_limit_disabled).then_some(guessing.mail_per_recipient_per_hour);
        RecipientCap {
            recipient: recipient.to_string(),
            limit,
            now: self.now(),
        }
    }

    /// [`Self::check_strength`] for somebody who has an account already.
    fn check_strength_for(&self, password: &NewPassword, user: &User) -> Result<()> {
        self.check_strength(
            password,
            &[
                user.email.as_str(),
                user.full_name.as_ref().map_or("", FullName::as_str),
            ],
        )
    }

    /// Refuses a new password that is easier to guess than `password.min_strength` allows. Words the person uses elsewhere
    /// in the same form count as known to the guesser.
    fn check_strength(&self, password: &NewPassword, known: &[&str]) -> Result<()> {
        let wanted = self.0.settings.password.min_strength;
        if wanted == 0 {
            return Ok(());
        }
        let estimate = zxcvbn::zxcvbn(password.as_password().expose(), known);
        if u8::from(estimate.score()) >= wanted {
            return Ok(());
        }
        let warning = estimate
            .feedback()
            .and_then(zxcvbn::feedback::Feedback::warning);
        Err(Error::WeakPassword(warning.map_or_else(
            || "use more or less common words".into(),
            |warning| warning.to_string(),
        )))
    }
}
