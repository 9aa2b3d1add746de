//! Importing accounts from another system.

use async_trait::async_trait;
use jiff::Timestamp;

use super::threads::Writer;
use super::{Sqlite, factor_rows, identities, registration, user_rows};
use crate::model::{FactorSecret, ForeignId, User};
use crate::store::{ImportOutcome, ImportStore, ImportedUser, Result};

#[async_trait]
impl ImportStore for Sqlite {
    async fn import_users(
        &self,
        accounts: Vec<ImportedUser>,
        update: bool,
        now: Timestamp,
    ) -> Result<Vec<ImportOutcome>> {
        self.write(move |db| {
            let accounts = accounts.into_iter();
            accounts
                .map(|account| import(db, account, update, now))
                .collect()
        })
        .await
    }

    async fn user_by_foreign_id(&self, id: &ForeignId) -> Result<Option<User>> {
        let id = id.clone();
        self.read(move |db| user_rows::by_foreign_id(db, &id)).await
    }
}

fn import(
    db: &Writer,
    account: ImportedUser,
    update: bool,
    now: Timestamp,
) -> Result<ImportOutcome> {
    if let Some(existing) = user_rows::by_email(db, &account.user.email)? {
        let (outcome, merged) = account.meets(&existing, update);
        if let Some(mut merged) = merged {
            merged.updated_at = now;
            user_rows::update(db, &merged)?;
        }
        return Ok(outcome);
    }
    let ImportedUser {
        user,
        totp,
        identities: people,
        effects,
    } = account;
    if user_rows::by_id(db, user.id)?.is_some() {
        return Ok(ImportOutcome::Duplicate);
    }
    for person in &people {
        if identities::find(db, &person.provider, &person.subject)?.is_some() {
            return Ok(ImportOutcome::IdentityTaken);
        }
    }
    registration::insert(db, &user, effects)?;
    for person in &people {
        identities::insert(db, person)?;
    }
    if let Some(totp) = totp {
        factor_rows::put(db, (user.id, FactorSecret::Totp), &totp, 0, now)?;
    }
    Ok(ImportOutcome::Created)
}
