//! Accounts by their ways to log in. A password and passkeys are in the account's document, where indexes of their own
//! find them. Identities are in another collection: they carry when their account was created, so that an index has the
//! accounts of a provider in the order of every list.
//!
//! Identities that the Python package wrote, or an earlier version, don't have that yet. Upkeep adds it, as that takes minutes
//! with a million. A request only does so for as many as take a moment, which is all of them in between.

use std::collections::HashMap;

use mongodb::Cursor;
use mongodb::bson::{Bson, Document, doc};
use mongodb::error::Error;

use super::db::{Db, WHOLE};
use super::documents::{Fields, PASSKEYS, date, oid};
use super::error::refused;
use super::login_methods::identities_of;
use super::user_documents::by_ids;
use crate::model::{Id, PageKey, ProviderId, User};
use crate::store::Result;
use crate::store::page::{self, Start};

/// regstack's own field of an identity, for the key of its account.
pub(super) const ACCOUNT: &str = "regstack_account";
/// How many identities are read at a time.
const AT_ONCE: i64 = 500;

/// Returns the condition that an account has a password, and that it has a passkey, as in the partial indexes.
pub(super) fn with_password() -> Document {
    doc! { "hashed_password": { "$type": "string" } }
}

pub(super) fn with_passkey() -> Document {
    doc! { format!("{PASSKEYS}.credential_id"): { "$exists": true } }
}

/// Returns the key of the index of identities.
pub(super) fn index_key() -> Document {
    doc! { "provider": 1, format!("{ACCOUNT}.created_at"): 1, format!("{ACCOUNT}.id"): 1 }
}

/// Returns what an identity carries of its account.
pub(super) fn account(user: &User) -> Document {
    doc! { "created_at": date(user.created_at), "id": oid(user.id) }
}

/// Returns whether an account is linked to a provider.
pub(super) async fn is_linked(db: &Db, id: Id, provider: &ProviderId) -> Result<bool> {
    let mut identity = identities_of(id);
    identity.insert("provider", provider.as_str());
    Ok(db.read(db.identities.find_one(identity)).await?.is_some())
}

/// Returns the documents of accounts that are linked to a provider and meet the conditions, newest first.
pub(super) async fn linked(
    db: &Db,
    provider: &ProviderId,
    conditions: &[Document],
    start: &Start,
    limit: i64,
) -> Result<Vec<Document>> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let (after, mut skipped) = match start {
        Start::After(after) => (*after, 0),
        Start::Skip(skip) => (None, *skip),
    };
    let mut walk = Walk::of(db, provider, after).await?;
    let mut found = Vec::new();
    while let Some(ids) = walk.next(db).await? {
        let accounts = db.users.find(among(conditions, ids));
        let accounts = accounts.sort(doc! { "created_at": -1, "_id": -1 });
        for account in db.all(accounts.batch_size(WHOLE)).await? {
            if skipped > 0 {
                skipped -= 1;
            } else {
                found.push(account);
            }
            if found.len() >= wanted {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

/// Returns how many accounts are linked to a provider and meet the conditions.
pub(super) async fn count(db: &Db, provider: &ProviderId, conditions: &[Document]) -> Result<u64> {
    let mut walk = Walk::of(db, provider, None).await?;
    let mut count = 0;
    while let Some(ids) = walk.next(db).await? {
        let counted = db.users.count_documents(among(conditions, ids));
        count += db.read(counted).await?;
    }
    Ok(count)
}

fn among(conditions: &[Document], ids: Vec<Bson>) -> Document {
    let mut all = conditions.to_vec();
    all.push(doc! { "_id": { "$in": ids } });
    doc! { "$and": all }
}

/// A walk along the index of a provider's accounts, newest first.
struct Walk<'a> {
    provider: &'a ProviderId,
    /// Where it goes on, if it does.
    after: Option<PageKey>,
}

impl<'a> Walk<'a> {
    async fn of(db: &Db, provider: &'a ProviderId, after: Option<PageKey>) -> Result<Self> {
        complete(db, provider.as_str(), Some(AT_ONCE)).await?;
        let after = Some(page::start(after));
        Ok(Self { provider, after })
    }

    /// Returns the keys of the next accounts.
    async fn next(&mut self, db: &Db) -> Result<Option<Vec<Bson>>> {
        let Some(after) = self.after else {
            return Ok(None);
        };
        let (created_at, id) = (format!("{ACCOUNT}.created_at"), format!("{ACCOUNT}.id"));
        let (at, last) = (date(after.at), oid(after.id));
        let behind = doc! {
            "provider": self.provider.as_str(),
            &created_at: { "$lte": at },
            "$or": [{ &created_at: { "$lt": at } }, { &id: { "$lt": last } }],
        };
        let identities = db.identities.find(behind);
        let identities = identities
            .sort(doc! { &created_at: -1, &id: -1 })
            .projection(doc! { ACCOUNT: 1 })
            .limit(AT_ONCE)
            .batch_size(WHOLE);
        let identities = db.all(identities).await?;
        let keys = identities.iter().map(key);
        let keys = keys.collect::<Result<Vec<_>>>()?;
        let is_last = keys.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
        self.after = keys.last().copied().filter(|_| !is_last);
        Ok(Some(keys.iter().map(|key| oid(key.id).into()).collect()))
    }
}

fn key(identity: &Document) -> Result<PageKey> {
    let account = identity.get_document(ACCOUNT).cloned().unwrap_or_default();
    let fields = Fields::of("oauth_identities", &account);
    Ok(PageKey {
        at: fields.moment("created_at")?,
        id: fields.id("id")?,
    })
}

/// Adds to all identities what they lack of their accounts.
pub(super) async fn complete_all(db: &Db) -> Result<()> {
    let providers = db.read(db.identities.distinct("provider", doc! {})).await?;
    for provider in providers.iter().filter_map(Bson::as_str) {
        complete(db, provider, None).await?;
    }
    Ok(())
}

/// Adds to the identities of a provider what they lack of their accounts, to so many or to all. Those whose account isn't there
/// stay as they are.
async fn complete(db: &Db, provider: &str, most: Option<i64>) -> Result<()> {
    let incomplete = doc! { "provider": provider, format!("{ACCOUNT}.created_at"): Bson::Null };
    let found = db.identities.find(incomplete).batch_size(WHOLE);
    // To the server, 0 means no limit.
    let mut found = db.read(found.limit(most.unwrap_or(0))).await?;
    let owner = |identity: &Document| match identity.get("user_id") {
        Some(Bson::ObjectId(id)) => Some(Id::from_bytes(id.bytes())),
        other => other.and_then(Bson::as_str)?.parse().ok(),
    };
    loop {
        let batch = next(&mut found);
        let batch = db.read(batch).await?;
        if batch.is_empty() {
            return Ok(());
        }
        let users = by_ids(db, batch.iter().filter_map(owner)).await?;
        let users: HashMap<Id, User> = users.into_iter().map(|user| (user.id, user)).collect();
        let update = |identity: &Document| {
            let user = users.get(&owner(identity)?)?;
            let this = doc! { "_id": identity.get("_id").cloned()? };
            Some(doc! { "q": this, "u": { "$set": { ACCOUNT: account(user) } } })
        };
        let updates: Vec<Document> = batch.iter().filter_map(update).collect();
        if !updates.is_empty() {
            let answer = db
                .again(|| db.update_each(&db.identities, &updates))
                .await?;
            refused(&answer)?;
        }
    }
}

/// Returns the next documents of a list, up to [`AT_ONCE`].
async fn next(list: &mut Cursor<Document>) -> Result<Vec<Document>, Error> {
    let mut documents = Vec::new();
    while documents.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX) && list.advance().await?
    {
        documents.push(list.deserialize_current()?);
    }
    Ok(documents)
}
