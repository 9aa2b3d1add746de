//! Importing accounts from another system.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::Connection;

use super::threads::Writer;
use super::{Sqlite, factor_rows, identities, registration, user_rows};
use crate::model::{FactorSecret, ForeignId, User};
use crate::store::ImportOutcome::{self, Created, Duplicate, IdentityTaken};
use crate::store::{ImportStore, ImportedUser, Result};

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

    async fn foresee_import(
        &self,
        accounts: Vec<ImportedUser>,
        update: bool,
    ) -> Result<Vec<ImportOutcome>> {
        self.read(move |db| {
            let foreseen = |account| Ok(met(db, account, update)?.map_or(Created, |(it, _)| it));
            accounts.iter().map(foreseen).collect()
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
    if let Some((outcome, merged)) = met(db, &account, update)? {
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
    registration::insert(db, &user, effects)?;
    for person in &people {
        identities::insert(db, person)?;
    }
    if let Some(totp) = totp {
        factor_rows::put(db, (user.id, FactorSecret::Totp), &totp, 0, now)?;
    }
    Ok(Created)
}

/// Returns what becomes of an account that meets another one, and that one as it is to be stored if it changes.
fn met(
    db: &Connection,
    account: &ImportedUser,
    update: bool,
) -> Result<Option<(ImportOutcome, Option<User>)>> {
    if let Some(existing) = user_rows::by_email(db, &account.user.email)? {
        return Ok(Some(account.meets(&existing, update)));
    }
    if user_rows::by_id(db, account.user.id)?.is_some() {
        return Ok(Some((Duplicate, None)));
    }
    for person in &account.identities {
        if identities::find(db, &person.provider, &person.subject)?.is_some() {
            return Ok(Some((IdentityTaken, None)));
        }
    }
    Ok(None)
}
