//! Administration: what is done to accounts by others.

use jiff::{SignedDuration, Timestamp};

use super::{Accounts, Result};
use crate::model::{Email, Event, FullName, Id, NewPassword, Origin, User};
use crate::store::{Counts, LockoutRule, LockoutState, Page, PageKey, UserFilter};

/// An account to be made by an administrator.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its address.
    pub email: Email,
    /// Without one nobody can log in until a password is set by mail.
    pub password: Option<NewPassword>,
    /// Its holder's name.
    pub full_name: Option<FullName>,
    /// Whether it administers others.
    pub is_superuser: bool,
    /// Whether its address counts as proven.
    pub is_verified: bool,
}

/// What `create_admin` did.
#[derive(Debug, Clone)]
pub enum CreateAdmin {
    /// A new account.
    Created(User),
    /// An existing one, promoted; its password stays.
    Promoted(User),
    /// It was a superuser already.
    Unchanged(User),
}

/// Which accounts a name stands for.
#[derive(Debug, Clone)]
pub enum Found {
    /// Exactly one.
    One(Box<User>),
    /// Several (at most ten are given): the caller must be more exact.
    Several(Vec<User>),
    /// None.
    None,
}

/// An account with what support needs to see beside it.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The account.
    pub user: User,
    /// How near its address is to the lockout.
    pub lockout: LockoutState,
    /// The newest events, at most ten.
    pub events: Vec<Event>,
}

impl Accounts {
    /// Makes an account.
    pub async fn create_user(&self, _account: NewAccount, _origin: &Origin) -> Result<User> { unimplemented!() }
    /// Whether an account (of any state) has the address: to ask for a password only when one is needed.
    pub async fn user_by_email(&self, _email: &Email) -> Result<Option<User>> { unimplemented!() }
    /// Makes an active, verified superuser, or promotes the existing account of that address.
    /// [`super::Error::NotFound`] when there is no such account and no password was given to make one.
    pub async fn create_admin(&self, _email: Email, _password: Option<NewPassword>, _origin: &Origin) -> Result<CreateAdmin> { unimplemented!() }
    /// The accounts that an id, an address, or a part of an address names.
    pub async fn find(&self, _name: &str) -> Result<Found> { unimplemented!() }
    /// One page of accounts, newest first.
    pub async fn users(&self, _filter: &UserFilter, _after: Option<PageKey>, _limit: u32) -> Result<Page<User>> { unimplemented!() }
    /// An account with its lockout and its newest events.
    pub async fn overview(&self, _id: Id) -> Result<Overview> { unimplemented!() }
    /// Disables an account and ends its sessions.
    pub async fn lock(&self, _id: Id, _force: bool, _origin: &Origin) -> Result<User> { unimplemented!() }
    /// Enables an account and clears its lockout.
    pub async fn unlock(&self, _id: Id, _origin: &Origin) -> Result<User> { unimplemented!() }
    /// Deletes an account and what belongs to it.
    pub async fn delete(&self, _id: Id, _force: bool, _origin: &Origin) -> Result<User> { unimplemented!() }
    /// What [`UserFilter::throttled`] takes to mean "locked out by failures at this moment".
    #[must_use]
    pub fn throttled_now(&self) -> (LockoutRule, Timestamp) {
        let guessing = &self.0.settings.guessing;
        let window = SignedDuration::from_secs(i64::from(guessing.login_lockout_window_seconds));
        (LockoutRule { threshold: guessing.login_lockout_threshold, window }, self.0.clock.now())
    }
    /// Counts at a glance.
    pub async fn counts(&self) -> Result<Counts> { unimplemented!() }
}
