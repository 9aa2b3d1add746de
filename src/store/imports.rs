//! Accounts that come from another system.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, Result};
use crate::model::{ForeignId, Identity, Sealed, User};

/// Accounts that come from another system.
#[async_trait]
pub trait ImportStore: Send + Sync + 'static {
    /// Brings accounts in, and returns what became of each, in their order. SQLite does all of it in one step, or nothing.
    /// MongoDB does each account in one step: after an error, some may be there. Either way the same import can be repeated:
    /// what is there already is told apart from another account of the address.
    async fn import_users(
        &self,
        accounts: Vec<ImportedUser>,
        update: bool,
        now: Timestamp,
    ) -> Result<Vec<ImportOutcome>>;

    /// An account by the id that it had elsewhere.
    async fn user_by_foreign_id(&self, id: &ForeignId) -> Result<Option<User>>;
}

/// An account that comes from another system.
#[derive(Debug, Clone)]
pub struct ImportedUser {
    /// The account as it will be.
    pub user: User,
    /// The secret of its authenticator app.
    pub totp: Option<Sealed>,
    /// Who its owner is at other providers, one person each. They are linked if it is created, and to nobody who exists.
    pub identities: Vec<Identity>,
    /// What is written if it is created.
    pub effects: Effects,
}

/// What became of an account that was to be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// It exists now.
    Created,
    /// It existed, and now has what the file says of its name, its language, its foreign id and its verification.
    Updated,
    /// It was imported before.
    Unchanged,
    /// Another account has its address or its id.
    Duplicate,
    /// It was not created, because another account is linked to one of its identities.
    IdentityTaken,
}

impl ImportedUser {
    /// What it means for an account that has its address; the account as it is to be, where that is another.
    #[must_use]
    pub fn meets(&self, existing: &User, update: bool) -> (ImportOutcome, Option<User>) {
        let user = &self.user;
        let mut merged = existing.clone();
        merged.full_name = user.full_name.clone().or(merged.full_name);
        merged.language = user.language.clone().or(merged.language);
        merged.foreign_id = user.foreign_id.clone().or(merged.foreign_id);
        merged.is_verified |= user.is_verified;
        let is_same = user.id == existing.id
            || match (&user.foreign_id, &existing.foreign_id) {
                (Some(own), Some(other)) => own == other,
                (Some(_), None) => false,
                (None, _) => {
                    let hash = user.hashed_password.as_ref();
                    hash.is_some_and(|hash| existing.has_hash(hash))
                        || user.created_at == existing.created_at
                }
            };
        match (update && merged != *existing, is_same || update) {
            (true, _) => (ImportOutcome::Updated, Some(merged)),
            (false, true) => (ImportOutcome::Unchanged, None),
            (false, false) => (ImportOutcome::Duplicate, None),
        }
    }
}
