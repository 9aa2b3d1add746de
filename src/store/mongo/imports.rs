//! Importing accounts from another system.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::days::count_account;
use super::documents::{FOREIGN_ID, LANGUAGE, TOTP, date, user, user_document};
use super::error::tolerate;
use super::factor_documents::totp_fields;
use super::out::Out;
use super::promotion::forget;
use super::relay::relay;
use super::user_documents::{LAST_IAT, by_email, by_id, is_crowded, present};
use super::{Mongo, db::Db, identities};
use crate::model::{ForeignId, FullName, Language, User};
use crate::store::{ImportOutcome, ImportStore, ImportedUser, Result};

#[async_trait]
impl ImportStore for Mongo {
    /// New accounts are written together. If that fails because an email address or id was taken in the meantime, each
    /// is tried on its own.
    async fn import_users(
        &self,
        accounts: Vec<ImportedUser>,
        update: bool,
        now: Timestamp,
    ) -> Result<Vec<ImportOutcome>> {
        let (db, _counts) = self.counted().await?;
        let mut outcomes = Vec::with_capacity(accounts.len());
        let (mut places, mut documents) = (Vec::new(), Vec::new());
        for (place, account) in accounts.iter().enumerate() {
            let outcome = meet(db, account, update, now).await?;
            let outcome = match outcome {
                Some(outcome) => outcome,
                // Before the account: should this end here, they are found again, and are its own.
                None if !keep_identities(db, account, now).await? => ImportOutcome::IdentityTaken,
                None => {
                    places.push(place);
                    documents.push(document(account, now)?);
                    ImportOutcome::Duplicate
                }
            };
            outcomes.push(outcome);
        }
        if !documents.is_empty() {
            let together = db.users.insert_many(&documents).ordered(false);
            // What was not confirmed may have been written, so look for each.
            let all = db.write_unique(together).await.ok().flatten().is_some();
            for (place, document) in places.into_iter().zip(documents) {
                let account = &accounts[place];
                if !all && !insert(db, account, &document).await? {
                    if !account.identities.is_empty() {
                        identities::give_up(db, account.user.id).await?;
                    }
                    continue;
                }
                tolerate(identities::date_back(db, &account.identities, now).await)?;
                outcomes[place] = ImportOutcome::Created;
                tolerate(count_account(db, &account.user).await)?;
                tolerate(forget(db, &account.user.email).await)?;
                if !account.effects.messages.is_empty() {
                    relay(db, &db.users, &document).await?;
                }
            }
        }
        Ok(outcomes)
    }

    async fn user_by_foreign_id(&self, id: &ForeignId) -> Result<Option<User>> {
        let db = self.db().await?;
        let found = db.users.find_one(doc! { FOREIGN_ID: id.as_str() });
        db.read(found).await?.as_ref().map(user).transpose()
    }
}

/// Whether the people that an account is linked to are nobody else's.
async fn keep_identities(db: &Db, account: &ImportedUser, now: Timestamp) -> Result<bool> {
    let people = &account.identities;
    Ok(people.is_empty() || identities::keep_for(db, account.user.id, people, now).await?)
}

/// What becomes of an account whose address or id somebody has; nothing where nobody does.
async fn meet(
    db: &Db,
    account: &ImportedUser,
    update: bool,
    now: Timestamp,
) -> Result<Option<ImportOutcome>> {
    let Some(existing) = by_email(db, &account.user.email).await? else {
        let is_taken = is_crowded(db, &account.user.email).await?
            || by_id(db, account.user.id).await?.is_some();
        return Ok(is_taken.then_some(ImportOutcome::Duplicate));
    };
    let (outcome, merged) = account.meets(&existing, update);
    if let Some(merged) = merged {
        let mut fields = doc! { "is_verified": merged.is_verified, "updated_at": date(now) };
        let texts = [
            ("full_name", merged.full_name.as_ref().map(FullName::as_str)),
            (LANGUAGE, merged.language.as_ref().map(Language::as_str)),
            (
                FOREIGN_ID,
                merged.foreign_id.as_ref().map(ForeignId::as_str),
            ),
        ];
        for (field, text) in texts {
            if let Some(text) = text {
                fields.insert(field, text);
            }
        }
        let update = doc! { "$set": fields };
        db.write(db.users.update_one(present(existing.id), update))
            .await?;
    }
    Ok(Some(outcome))
}

fn document(account: &ImportedUser, now: Timestamp) -> Result<Document> {
    let mut document = user_document(&account.user);
    document.insert(LAST_IAT, date(account.user.created_at));
    if let Some(totp) = &account.totp {
        document.insert(TOTP, totp_fields(totp, 0, now));
    }
    Out::of_account(account.effects.clone())?.put_into(&mut document);
    Ok(document)
}

/// Returns whether the account exists now because of this import.
async fn insert(db: &Db, account: &ImportedUser, document: &Document) -> Result<bool> {
    if by_id(db, account.user.id).await?.is_some() {
        return Ok(true);
    }
    let inserted = db.write_unique(db.users.insert_one(document)).await?;
    Ok(inserted.is_some())
}
