//! Importing accounts from another system: many accounts by few commands.
//!
//! Accounts that have nothing to do with one another are written together. The unique indexes decide over each of them, and
//! those that they refuse, or whose write was not confirmed, are looked at one by one.

use std::collections::HashSet;

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Document, doc};
use tokio::try_join;

use super::days::count_accounts;
use super::db::Db;
use super::documents::{FOREIGN_ID, LANGUAGE, TOTP, date, user, user_document};
use super::error::{is_lost, refused, tolerate};
use super::factor_documents::totp_fields;
use super::out::Out;
use super::promotion::forget_all;
use super::relay::relay_all;
use super::user_documents::{LAST_IAT, by_emails, by_id, is_crowded, present, taken_ids};
use super::{Mongo, imported_people};
use crate::model::{Email, ForeignId, FullName, Language, User};
use crate::store::{ImportOutcome, ImportStore, ImportedUser, Result};

/// How many accounts are written together at most: so few that one command takes far less than the deadline.
const AT_ONCE: usize = 200;

#[async_trait]
impl ImportStore for Mongo {
    async fn import_users(
        &self,
        accounts: Vec<ImportedUser>,
        update: bool,
        now: Timestamp,
    ) -> Result<Vec<ImportOutcome>> {
        let (db, _counts) = self.counted().await?;
        let mut outcomes = Vec::with_capacity(accounts.len());
        let mut rest: Vec<&ImportedUser> = accounts.iter().collect();
        while !rest.is_empty() {
            let behind = rest.split_off(independent(&rest));
            outcomes.extend(import(db, &rest, update, now).await?);
            rest = behind;
        }
        Ok(outcomes)
    }

    async fn foresee_import(
        &self,
        accounts: Vec<ImportedUser>,
        update: bool,
    ) -> Result<Vec<ImportOutcome>> {
        let db = self.db().await?;
        let mut outcomes = Vec::with_capacity(accounts.len());
        for group in accounts.chunks(AT_ONCE) {
            let group: Vec<&ImportedUser> = group.iter().collect();
            let met = met(db, &group, update);
            let (met, are_taken) = try_join!(met, imported_people::are_taken(db, &group))?;
            let foreseen = met.into_iter().zip(are_taken).map(|pair| match pair {
                (Some((outcome, _)), _) => outcome,
                (None, true) => ImportOutcome::IdentityTaken,
                (None, false) => ImportOutcome::Created,
            });
            outcomes.extend(foreseen);
        }
        Ok(outcomes)
    }

    async fn user_by_foreign_id(&self, id: &ForeignId) -> Result<Option<User>> {
        let db = self.db().await?;
        let found = db.users.find_one(doc! { FOREIGN_ID: id.as_str() });
        db.read(found).await?.as_ref().map(user).transpose()
    }
}

/// Returns how many of the first accounts can be written together, because none has to do with another one of them. The
/// outcome is the same as if they were written one after the other.
fn independent(accounts: &[&ImportedUser]) -> usize {
    let (mut emails, mut ids, mut people) = (HashSet::new(), HashSet::new(), HashSet::new());
    let first = accounts.iter().take(AT_ONCE).take_while(|account| {
        let is_new = emails.insert(account.user.email.key()) && ids.insert(account.user.id);
        let mut own = account.identities.iter();
        is_new && own.all(|person| people.insert((person.provider.as_str(), &*person.subject)))
    });
    first.count().max(1)
}

/// Imports accounts of which none has to do with another.
async fn import(
    db: &Db,
    accounts: &[&ImportedUser],
    update: bool,
    now: Timestamp,
) -> Result<Vec<ImportOutcome>> {
    let mut outcomes = meet(db, accounts, update, now).await?;
    let new = chosen(accounts, &outcomes, |outcome| outcome.is_none());
    let mut are_own = imported_people::keep(db, &new, now).await?.into_iter();
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_none()) {
        if are_own.next() == Some(false) {
            *outcome = Some(ImportOutcome::IdentityTaken);
        }
    }
    let new = chosen(accounts, &outcomes, |outcome| outcome.is_none());
    let mut written = insert(db, &new, update, now).await?.into_iter();
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_none()) {
        *outcome = written.next();
    }
    // Also of those whose import died before this.
    let linked = chosen(accounts, &outcomes, |outcome| {
        matches!(
            outcome,
            Some(ImportOutcome::Created | ImportOutcome::Unchanged)
        )
    });
    let linked = linked
        .iter()
        .filter(|account| !account.identities.is_empty());
    tolerate(imported_people::date_back(db, linked.map(|account| account.user.id)).await)?;
    Ok(outcomes.into_iter().flatten().collect())
}

/// Returns the accounts whose outcome so far is wanted.
fn chosen<'a>(
    accounts: &[&'a ImportedUser],
    outcomes: &[Option<ImportOutcome>],
    is_wanted: impl Fn(Option<ImportOutcome>) -> bool,
) -> Vec<&'a ImportedUser> {
    let pairs = accounts.iter().zip(outcomes);
    let wanted = pairs.filter(|(_, outcome)| is_wanted(**outcome));
    wanted.map(|(account, _)| *account).collect()
}

/// Returns what becomes of accounts whose address or id somebody has, and nothing where nobody does.
async fn meet(
    db: &Db,
    accounts: &[&ImportedUser],
    update: bool,
    now: Timestamp,
) -> Result<Vec<Option<ImportOutcome>>> {
    let (mut outcomes, mut updates) = (Vec::with_capacity(accounts.len()), Vec::new());
    for met in met(db, accounts, update).await? {
        outcomes.push(met.as_ref().map(|(outcome, _)| *outcome));
        let merged = met.and_then(|(_, merged)| merged);
        updates.extend(merged.map(|merged| updated(&merged, now)));
    }
    if !updates.is_empty() {
        let answer = db.again(|| db.update_each(&db.users, &updates)).await?;
        refused(&answer)?;
    }
    Ok(outcomes)
}

/// An outcome, and the account that exists as it is to be stored if it changes.
type Met = (ImportOutcome, Option<User>);

/// Returns what is to become of accounts whose address or id somebody has, and nothing where nobody does.
async fn met(db: &Db, accounts: &[&ImportedUser], update: bool) -> Result<Vec<Option<Met>>> {
    let emails: Vec<&Email> = accounts.iter().map(|account| &account.user.email).collect();
    let ids = accounts.iter().map(|account| account.user.id);
    let (by_email, ids) = try_join!(by_emails(db, &emails), taken_ids(db, ids))?;
    let mut outcomes = Vec::with_capacity(accounts.len());
    for account in accounts {
        let email = &account.user.email;
        let met = if let Some(existing) = by_email.get(&email.key()) {
            Some(account.meets(existing, update))
        } else {
            let is_taken = ids.contains(&account.user.id) || is_crowded(db, email).await?;
            is_taken.then_some((ImportOutcome::Duplicate, None))
        };
        outcomes.push(met);
    }
    Ok(outcomes)
}

/// The update of an account that exists.
fn updated(merged: &User, now: Timestamp) -> Document {
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
    doc! { "q": present(merged.id), "u": { "$set": fields } }
}

/// Writes accounts that nobody has met, and what comes with them.
async fn insert(
    db: &Db,
    accounts: &[&ImportedUser],
    update: bool,
    now: Timestamp,
) -> Result<Vec<ImportOutcome>> {
    let documents = accounts.iter().map(|account| document(account, now));
    let documents = documents.collect::<Result<Vec<_>>>()?;
    let mut outcomes = vec![ImportOutcome::Created; accounts.len()];
    let (to_settle, is_sure) = match db.insert_each(&db.users, &documents).await {
        Ok(refused) => (refused, true),
        // What was not confirmed may have been written.
        Err(error) if is_lost(&error) => ((0..accounts.len()).collect(), false),
        Err(error) => return Err(error),
    };
    for place in to_settle {
        let account = accounts[place];
        let is_there = !is_sure && by_id(db, account.user.id).await?.is_some();
        if !is_there {
            outcomes[place] = insert_one(db, account, &documents[place], update, now).await?;
        }
    }
    let created = || {
        let all = accounts.iter().zip(&documents).zip(&outcomes);
        all.filter_map(|(new, outcome)| (*outcome == ImportOutcome::Created).then_some(new))
    };
    if created().next().is_some() {
        let users = || created().map(|(account, _)| &account.user);
        let emails: Vec<&Email> = users().map(|user| &user.email).collect();
        let documents: Vec<&Document> = created().map(|(_, document)| document).collect();
        tolerate(count_accounts(db, users()).await)?;
        tolerate(forget_all(db, &emails).await)?;
        relay_all(db, &db.users, &documents).await?;
    }
    Ok(outcomes)
}

/// Writes an account that was refused, as somebody had its address or id in the meantime, or may have been written.
async fn insert_one(
    db: &Db,
    account: &ImportedUser,
    document: &Document,
    update: bool,
    now: Timestamp,
) -> Result<ImportOutcome> {
    let met = meet(db, &[account], update, now).await?;
    let outcome = match met.into_iter().flatten().next() {
        Some(outcome) => outcome,
        None => match db.write_unique(db.users.insert_one(document)).await? {
            Some(_) => return Ok(ImportOutcome::Created),
            None => ImportOutcome::Duplicate,
        },
    };
    if !account.identities.is_empty() {
        imported_people::give_up(db, account.user.id).await?;
    }
    Ok(outcome)
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
