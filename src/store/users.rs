//! Accounts: made, found, listed, changed and deleted.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, Result};
use crate::model::{Counts, Email, Id, Page, PageKey, PasswordHash, User, UserChange, UserFilter};

/// Accounts.
#[async_trait]
pub trait UserStore: Send + Sync + 'static {
    /// Makes an account, and removes a pending registration of its address.
    async fn create_user(&self, user: User, effects: Effects) -> Result<CreateUser>;

    /// An account by id.
    async fn user(&self, id: Id) -> Result<Option<User>>;

    /// An account by address, legacy spellings included.
    async fn user_by_email(&self, email: &Email) -> Result<Option<User>>;

    /// One page of accounts, newest first; at most `limit`, starting behind `after`.
    async fn users(
        &self,
        filter: &UserFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<User>>;

    /// The same page by its place: `skip` accounts are passed over. What it costs grows with `skip`.
    async fn users_from(&self, filter: &UserFilter, skip: u32, limit: u32) -> Result<Page<User>>;

    /// How many accounts a filter lets through; without a filter it is read, not counted.
    async fn count_users(&self, filter: &UserFilter) -> Result<u64>;

    /// Changes an account; `force` overrides the protection of the last active superuser.
    /// `now` becomes `updated_at`, and where sessions end the cut-off is raised to it or beyond.
    /// A change to what is already so succeeds, writes nothing and records nothing; clearing a lockout is a change.
    /// Of several events, those are recorded whose change took place. Another address must be nobody else's; pending
    /// registrations of both addresses go, as do queued messages that die with a change. Events name the old one.
    async fn change_user(
        &self,
        id: Id,
        change: UserChange,
        force: bool,
        now: Timestamp,
        effects: Effects,
    ) -> Result<ChangeUser>;

    /// Deletes an account with its codes and their budgets, failures, pending registration, queued mail and SMS; webhooks stay.
    async fn delete_user(&self, id: Id, deletion: Deletion, effects: Effects)
    -> Result<DeleteUser>;

    /// Totals.
    async fn counts(&self, now: Timestamp) -> Result<Counts>;
}

/// Outcome of [`super::UserStore::create_user`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateUser {
    /// The account exists now; a pending registration of the address is gone.
    Created,
    /// An account has the address already.
    EmailTaken,
}

/// Under which conditions an account is deleted.
#[derive(Debug, Clone, Default)]
pub struct Deletion {
    /// Also the last active superuser.
    pub force: bool,
    /// Only while this is still the account's hash.
    pub verified_hash: Option<PasswordHash>,
    /// Only while the account is one that this filter lets through.
    pub only_if: Option<UserFilter>,
}

impl Deletion {
    /// Whether the condition holds for the account.
    pub(super) fn is_allowed_for(&self, user: &User) -> bool {
        let hash = self.verified_hash.as_ref();
        hash.is_none_or(|hash| user.has_hash(hash))
    }

    /// Whether there must be another active superuser.
    pub(super) fn removes_superuser(&self, user: &User) -> bool {
        !self.force && user.is_active_superuser()
    }
}

/// Outcome of [`super::UserStore::change_user`].
#[derive(Debug, Clone)]
pub enum ChangeUser {
    /// The account as it is now.
    Done(User),
    /// No account has this id.
    NotFound,
    /// The filter that the change was conditional on lets the account through no more.
    Overtaken,
    /// The account has another address than the change is for: nothing changed.
    Stale,
    /// Another account has the new address: nothing changed.
    EmailTaken,
    /// The installation would be left without an active superuser.
    LastSuperuser,
}

/// Outcome of [`super::UserStore::delete_user`].
#[derive(Debug, Clone)]
pub enum DeleteUser {
    /// The account as it was.
    Done(User),
    /// No account has this id.
    NotFound,
    /// The filter that the deletion was conditional on lets the account through no more.
    Overtaken,
    /// The installation would be left without an active superuser.
    LastSuperuser,
    /// The hash that the deletion was conditional on is not the account's any more.
    Stale,
}
