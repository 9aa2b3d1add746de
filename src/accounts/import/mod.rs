//! Importing accounts with their password hashes from another system.
//!
//! An import never changes the password or the rights of an existing account. Otherwise a file could take over
//! accounts.

mod fields;
#[cfg(feature = "internals")]
pub mod fuzz;
mod identities;
mod record;
mod systems;

use serde_json::Value;

use super::{Accounts, Error, Result};
use crate::auth::{FirebaseParameters, TotpSecret};
use crate::model::{
    Email, FactorSecret, ForeignId, FullName, Id, Identity, Language, Origin, PasswordHash,
    PhoneNumber, ProviderId, User,
};
use crate::store::{Effects, ImportedUser};

pub use crate::store::ImportOutcome;
pub use systems::System;

use jiff::Timestamp;

/// An account as described in a file, validated.
pub struct AccountRecord {
    id: Option<Id>,
    foreign_id: Option<ForeignId>,
    /// Its email address.
    pub email: Email,
    hash: Option<PasswordHash>,
    full_name: Option<FullName>,
    phone_number: Option<PhoneNumber>,
    language: Option<Language>,
    flags: Flags,
    totp: Option<TotpSecret>,
    people: Vec<LinkedPerson>,
    created_at: Option<Timestamp>,
    last_login: Option<Timestamp>,
}

/// A person at another provider who an account is linked to.
struct LinkedPerson {
    provider: ProviderId,
    subject: String,
    email: Option<String>,
    linked_at: Option<Timestamp>,
}

/// What is so or not so about an account.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "the file has these flags")]
struct Flags {
    is_active: bool,
    is_verified: bool,
    is_superuser: bool,
    asks_by_sms: bool,
}

/// How accounts are imported.
#[derive(Debug, Clone, Copy)]
pub struct ImportRule {
    /// Also updates the name, language, foreign id and verification of existing accounts.
    pub update: bool,
    /// Mails accounts without a password a link to choose one.
    pub invite: bool,
}

/// Reads one account from a file. `assumed_verified` applies if the file does not say whether the email address is
/// verified.
///
/// # Errors
/// Returns what is wrong with the account, without quoting any of its values.
pub fn read_record(
    system: System,
    firebase: Option<&FirebaseParameters>,
    assumed_verified: bool,
    row: &Value,
) -> Result<AccountRecord, String> {
    let own = systems::translate(system, firebase, row)?;
    record::checked(&own, assumed_verified)
}

impl Accounts {
    /// Imports accounts, and returns the outcome of each. Repeating an import changes nothing. Fails with
    /// [`Error::InvitationsDisabled`] if invitations are wanted and `enable_password_reset` is off.
    pub async fn import(
        &self,
        records: Vec<AccountRecord>,
        rule: ImportRule,
        origin: &Origin,
    ) -> Result<Vec<ImportOutcome>> {
        if rule.invite && !self.password_links_work() {
            return Err(Error::InvitationsDisabled);
        }
        let accounts = records
            .into_iter()
            .map(|record| self.imported(record, rule, origin))
            .collect::<Result<Vec<_>>>()?;
        let is_any_invited = accounts
            .iter()
            .any(|account| !account.effects.messages.is_empty());
        let outcomes = self
            .store
            .import_users(accounts, rule.update, self.now())
            .await?;
        if is_any_invited {
            self.outbox.wake();
        }
        Ok(outcomes)
    }

    /// Returns what an import of each account alone would do, without changing anything.
    pub async fn try_import(
        &self,
        records: Vec<AccountRecord>,
        rule: ImportRule,
        origin: &Origin,
    ) -> Result<Vec<ImportOutcome>> {
        let accounts = records
            .into_iter()
            .map(|record| self.imported(record, rule, origin))
            .collect::<Result<Vec<_>>>()?;
        Ok(self.store.foresee_import(accounts, rule.update).await?)
    }

    fn imported(
        &self,
        record: AccountRecord,
        rule: ImportRule,
        origin: &Origin,
    ) -> Result<ImportedUser> {
        let now = self.now();
        // Repeated after a crash, the import has to know the identities that it left behind as those of this account.
        let named = record.people.first().map(|person| {
            let (provider, subject) = (person.provider.as_str(), person.subject.as_str());
            Id::named(["import", record.email.as_str(), provider, subject])
        });
        let given_id = record.id.or(named);
        let id = given_id.unwrap_or_else(|| self.new_id());
        let flags = record.flags;
        let has_totp = record.totp.is_some();
        let user = User {
            hashed_password: record.hash,
            full_name: record.full_name,
            language: record.language,
            is_active: flags.is_active,
            is_verified: flags.is_verified,
            is_superuser: flags.is_superuser,
            is_mfa_enabled: has_totp || (flags.asks_by_sms && record.phone_number.is_some()),
            has_totp,
            phone_number: record
                .phone_number
                .filter(|_| flags.asks_by_sms || !has_totp),
            created_at: record.created_at.unwrap_or(now),
            updated_at: now,
            last_login: record.last_login,
            // An id that somebody had before must not bring its old tokens to life.
            tokens_invalidated_after: given_id.map(|_| now),
            foreign_id: record.foreign_id,
            ..User::new(id, record.email, now)
        };
        let mut effects = Effects::default();
        if rule.invite && user.hashed_password.is_none() && user.is_active {
            effects.messages.push(self.invitation(&user, origin)?);
        }
        let totp = record.totp.map(|secret| {
            self.factors
                .seal(user.id, FactorSecret::Totp, secret.bytes())
        });
        let identities = record.people.into_iter().map(|person| Identity {
            user_id: id,
            provider: person.provider,
            subject: person.subject,
            email: person.email,
            linked_at: person.linked_at.unwrap_or(now),
            last_used_at: None,
        });
        Ok(ImportedUser {
            user,
            totp,
            identities: identities.collect(),
            effects,
        })
    }
}
