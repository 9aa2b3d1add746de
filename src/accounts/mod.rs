//! Everything that can happen to an account, one use case a file.
//!
//! HTTP, pages and the command line call these methods and render what they answer; none of them decides anything again.
//! Knows the store's trait, not SQL; no HTTP, no terminal.

mod administer;
mod error;
mod login;
mod profile;
mod register;
mod session;
mod verify;

use std::sync::Arc;

use crate::auth::{PasswordHasher, TokenCodec};
use crate::clock::SharedClock;
use crate::config::Settings;
use crate::delivery::Outbox;
use crate::random::SharedRandom;
use crate::store::SharedStore;

pub use administer::{CreateAdmin, Found, NewAccount, Overview};
pub use error::Error;
pub use login::LoggedIn;
pub use register::Registered;
pub use session::Session;
// What both doors need to ask for lists and to tell failures apart, without knowing the store.
pub use crate::store::{Counts, LockoutRule, LockoutState, Page, PageKey, StoreError, UserFilter};

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
}
