//! The identities of accounts that are imported. They are written before the accounts, because their unique index decides
//! whether an account is imported: should the import die in between, they are found again, and are its own.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::db::{Db, WHOLE};
use super::documents::date;
use super::error::is_lost;
use super::identities::{find, forget, identity, identity_document, is_left_behind, remove};
use super::login_method_index;
use super::login_methods::identities_of;
use super::user_documents::{by_id, taken_ids};
use crate::model::{Id, Identity, ProviderId};
use crate::store::{ImportedUser, Result};

/// regstack's own field for when an identity was linked, until its account exists.
const LINKED_AT: &str = "regstack_linked_at";

/// Keeps the identities of accounts that are about to be made. Returns for each account whether they are its own.
///
/// None of the accounts has an identity of another one of them.
pub(super) async fn keep(db: &Db, accounts: &[&ImportedUser], now: Timestamp) -> Result<Vec<bool>> {
    let (mut documents, mut owners) = (Vec::new(), Vec::new());
    for (place, account) in accounts.iter().enumerate() {
        for person in &account.identities {
            documents.push(kept(account, person, now));
            owners.push(place);
        }
    }
    let mut one_by_one: Vec<usize> = match db.insert_each(&db.identities, &documents).await {
        Ok(refused) => refused.into_iter().map(|refused| owners[refused]).collect(),
        // What was not confirmed may have been written.
        Err(error) if is_lost(&error) => owners,
        Err(error) => return Err(error),
    };
    one_by_one.dedup();
    let mut are_own = vec![true; accounts.len()];
    for place in one_by_one {
        let account = accounts[place];
        are_own[place] = keep_of(db, account, now).await?;
    }
    Ok(are_own)
}

/// The document of an identity whose account does not exist yet. Until then it is of this moment, so that nobody takes it
/// for left behind ([`is_left_behind`]).
fn kept(account: &ImportedUser, person: &Identity, now: Timestamp) -> Document {
    let mut document = identity_document(&Identity {
        linked_at: now,
        ..person.clone()
    });
    document.insert(
        login_method_index::ACCOUNT,
        login_method_index::account(&account.user),
    );
    if person.linked_at != now {
        document.insert(LINKED_AT, date(person.linked_at));
    }
    document
}

/// Keeps the identities of one account. What a process left behind that made the same account, and died, is kept; what is
/// left of others is out of the way.
async fn keep_of(db: &Db, account: &ImportedUser, now: Timestamp) -> Result<bool> {
    let id = account.user.id;
    for person in &account.identities {
        let document = kept(account, person, now);
        // Once more, after somebody who is gone.
        for is_last in [false, true] {
            let insert = db.write_unique(db.identities.insert_one(&document));
            if insert.await?.is_some() {
                break;
            }
            let there = find(db, &person.provider, &person.subject).await?;
            match there {
                Some(there) if there.user_id == id => break,
                Some(there)
                    if !is_last
                        && by_id(db, there.user_id).await?.is_none()
                        && is_left_behind(db, &there).await? =>
                {
                    remove(db, &there).await?;
                }
                // Left behind by an account of this id that was never made: it had another person of the provider.
                None if !is_last && by_id(db, id).await?.is_none() => {
                    let mut other = identities_of(id);
                    other.insert("provider", person.provider.as_str());
                    db.clear(&db.identities, other).await?;
                }
                _ => {
                    give_up(db, id).await?;
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

/// Returns for each account whether an identity of it is somebody else's, as [`keep`] would find it.
pub(super) async fn are_taken(db: &Db, accounts: &[&ImportedUser]) -> Result<Vec<bool>> {
    let mut wanted: BTreeMap<&ProviderId, Vec<&str>> = BTreeMap::new();
    for person in accounts.iter().flat_map(|account| &account.identities) {
        let subjects = wanted.entry(&person.provider).or_default();
        subjects.push(&person.subject);
    }
    let mut owners: HashMap<(ProviderId, String), Identity> = HashMap::new();
    for (provider, subjects) in wanted {
        let key = doc! { "provider": provider.as_str(), "subject_id": { "$in": subjects } };
        let found = db.identities.find(key).batch_size(WHOLE);
        for document in db.all(found).await? {
            let there = identity(&document)?;
            owners.insert((there.provider.clone(), there.subject.clone()), there);
        }
    }
    if owners.is_empty() {
        return Ok(vec![false; accounts.len()]);
    }
    let exist = taken_ids(db, owners.values().map(|there| there.user_id)).await?;
    let mut are_taken = Vec::with_capacity(accounts.len());
    for account in accounts {
        let mut is_taken = false;
        for person in &account.identities {
            let key = (person.provider.clone(), person.subject.clone());
            is_taken |= match owners.get(&key) {
                None => false,
                Some(there) if there.user_id == account.user.id => false,
                Some(there) => exist.contains(&there.user_id) || !is_left_behind(db, there).await?,
            };
        }
        are_taken.push(is_taken);
    }
    Ok(are_taken)
}

/// Says of the identities of accounts that exist when they were linked.
pub(super) async fn date_back(db: &Db, ids: impl Iterator<Item = Id>) -> Result<()> {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let kept = doc! { "user_id": { "$in": ids }, LINKED_AT: { "$exists": true } };
    let dated = vec![
        doc! { "$set": { "linked_at": format!("${LINKED_AT}") } },
        doc! { "$unset": LINKED_AT },
    ];
    db.again(|| db.identities.update_many(kept.clone(), dated.clone()))
        .await?;
    Ok(())
}

/// Removes the identities of an account that was not made after all.
pub(super) async fn give_up(db: &Db, id: Id) -> Result<()> {
    if by_id(db, id).await?.is_none() {
        forget(db, id, Timestamp::UNIX_EPOCH).await?;
    }
    Ok(())
}
