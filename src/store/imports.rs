//! Importing accounts from another system.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, Result};
use crate::model::{ForeignId, Identity, Sealed, User};

/// Importing accounts from another system.
#[async_trait]
pub trait ImportStore: Send + Sync + 'static {
    /// Imports accounts, and returns the outcome of each, in order: what becomes of an account depends on those before
    /// it. SQLite imports all of them in one step or none. MongoDB imports each account in one step, so after an error
    /// some may be imported. In both cases the import can be repeated: accounts that it imported before are
    /// distinguished from other accounts with the same email address.
    async fn import_users(
        &self,
        accounts: Vec<ImportedUser>,
        update: bool,
        now: Timestamp,
    ) -> Result<Vec<ImportOutcome>>;

    /// Returns the outcome that an import of each account alone would have now. Changes nothing.
    async fn foresee_import(
        &self,
        accounts: Vec<ImportedUser>,
        update: bool,
    ) -> Result<Vec<ImportOutcome>>;

    /// Returns the account with an id from another system.
    async fn user_by_foreign_id(&self, id: &ForeignId) -> Result<Option<User>>;
}

/// An account that comes from another system.
#[derive(Debug, Clone)]
pub struct ImportedUser {
    /// The account to create.
    pub user: User,
    /// The secret of its authenticator app, encrypted.
    pub totp: Option<Sealed>,
    /// Who its owner is at other providers, one person each. They are linked if it is created, and to nobody who exists.
    pub identities: Vec<Identity>,
    /// What is written if it is created.
    pub effects: Effects,
}

/// The outcome of importing an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// It was created.
    Created,
    /// It existed and was updated with the file's name, language, foreign id and verification.
    Updated,
    /// It was already imported.
    Unchanged,
    /// Another account has its email address or its id.
    Duplicate,
    /// It was not created, because another account is linked to one of its identities.
    IdentityTaken,
}

impl ImportedUser {
    /// Returns the outcome for an existing account with this email address, and the account as it is to be stored if it
    /// changes.
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
