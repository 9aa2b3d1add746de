//! Accounts: creating, finding, listing, changing and deleting them.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, Result};
use crate::model::{Counts, Email, Id, Page, PageKey, PasswordHash, User, UserChange, UserFilter};

/// Accounts.
#[async_trait]
pub trait UserStore: Send + Sync + 'static {
    /// Creates an account, and deletes a pending registration of its email address.
    async fn create_user(&self, user: User, effects: Effects) -> Result<CreateUser>;

    /// Creates an account that is an administrator, if there is none yet, as [`Self::create_user`] does. Of several at
    /// once, one succeeds.
    async fn create_first_admin(&self, user: User, effects: Effects) -> Result<CreateFirstAdmin>;

    /// Returns an account by id.
    async fn user(&self, id: Id) -> Result<Option<User>>;

    /// Returns an account by email address, including legacy spellings.
    async fn user_by_email(&self, email: &Email) -> Result<Option<User>>;

    /// Returns one page of accounts, newest first: at most `limit`, starting after `after`.
    async fn users(
        &self,
        filter: &UserFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<User>>;

    /// Returns the same page by offset, skipping `skip` accounts. The cost grows with `skip`.
    async fn users_from(&self, filter: &UserFilter, skip: u32, limit: u32) -> Result<Page<User>>;

    /// Returns how many accounts match a filter. Without a filter, the number is stored and need not be counted.
    async fn count_users(&self, filter: &UserFilter) -> Result<u64>;

    /// Changes an account. `force` overrides the protection of the last active administrator. `now` becomes
    /// `updated_at`, and if sessions end, the cut-off is raised at least to it. A change that alters nothing succeeds,
    /// but writes and records nothing; clearing a lockout counts as a change. Of several events, those whose change
    /// took place are recorded. A new email address must not belong to another account. Pending registrations of both
    /// addresses are deleted, and queued messages that die with a change are dropped. Events name the old address.
    async fn change_user(
        &self,
        id: Id,
        change: UserChange,
        force: bool,
        now: Timestamp,
        effects: Effects,
    ) -> Result<ChangeUser>;

    /// Deletes an account with its codes and their budgets, failures, pending registration, and queued mail and SMS.
    /// Webhooks stay queued.
    async fn delete_user(&self, id: Id, deletion: Deletion, effects: Effects)
    -> Result<DeleteUser>;

    /// Returns the totals over all accounts.
    async fn counts(&self, now: Timestamp) -> Result<Counts>;
}

/// Outcome of [`super::UserStore::create_user`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateUser {
    /// The account was created, and a pending registration of the email address was deleted.
    Created,
    /// An account already has the email address.
    EmailTaken,
}

/// Outcome of [`super::UserStore::create_first_admin`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateFirstAdmin {
    /// The account was created.
    Created,
    /// An account already has the email address.
    EmailTaken,
    /// There is an administrator, enabled or not.
    NotFirst,
}

/// The conditions for deleting an account.
#[derive(Debug, Clone, Default)]
pub struct Deletion {
    /// Whether to delete even the last active administrator.
    pub force: bool,
    /// This must still be the account's hash.
    pub verified_hash: Option<PasswordHash>,
    /// The account must match this filter.
    pub only_if: Option<UserFilter>,
}

impl Deletion {
    /// Returns whether the conditions are met.
    pub(super) fn is_allowed_for(&self, user: &User) -> bool {
        let hash = self.verified_hash.as_ref();
        hash.is_none_or(|hash| user.has_hash(hash))
    }

    /// Returns whether there must be another active administrator.
    pub(super) fn removes_superuser(&self, user: &User) -> bool {
        !self.force && user.is_active_superuser()
    }
}

/// Outcome of [`super::UserStore::change_user`].
#[derive(Debug, Clone)]
pub enum ChangeUser {
    /// The account after the change.
    Done(User),
    /// No account has this id.
    NotFound,
    /// The account no longer matches the filter.
    Overtaken,
    /// The account's email address is not the one that the change is for: nothing changed.
    Stale,
    /// Another account has the new email address: nothing changed.
    EmailTaken,
    /// The installation would be left without an active administrator.
    LastSuperuser,
}

/// Outcome of [`super::UserStore::delete_user`].
#[derive(Debug, Clone)]
pub enum DeleteUser {
    /// The account that was deleted.
    Done(User),
    /// No account has this id.
    NotFound,
    /// The account no longer matches the filter.
    Overtaken,
    /// The installation would be left without an active administrator.
    LastSuperuser,
    /// The hash is no longer the account's.
    Stale,
}
