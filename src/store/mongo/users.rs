//! Accounts: the documents themselves, their lists and counts.

use async_trait::async_trait;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::{Collation, CollationStrength};

use super::administer;
use super::db::Db;
use super::documents::{behind, date, email_key, oid, user, user_document};
use super::out::Out;
use super::relay::relay;
use super::sessions::LAST_IAT;
use super::{Mongo, attempts, days, registration};
use crate::model::{Counts, Email, Id, Page, PageKey, User, UserChange, UserFilter};
use crate::store::page;
use crate::store::{Administer, CreateUser, Deletion, Effects, Result, UserStore};

#[async_trait]
impl UserStore for Mongo {
    async fn create_user(&self, user: User, effects: Effects) -> Result<CreateUser> {
        let (db, _counts) = self.counted().await?;
        create(db, &user, effects).await
    }

    async fn user(&self, id: Id) -> Result<Option<User>> {
        by_id(self.db().await?, id).await
    }

    async fn user_by_email(&self, email: &Email) -> Result<Option<User>> {
        by_email(self.db().await?, email).await
    }

    async fn users(
        &self,
        filter: &UserFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<User>> {
        list(self.db().await?, filter, &Place::After(after), limit).await
    }

    async fn users_from(&self, filter: &UserFilter, skip: u32, limit: u32) -> Result<Page<User>> {
        list(self.db().await?, filter, &Place::Skip(skip), limit).await
    }

    async fn count_users(&self, filter: &UserFilter) -> Result<u64> {
        count(self.db().await?, filter).await
    }

    async fn change_user(
        &self,
        id: Id,
        change: UserChange,
        force: bool,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Administer> {
        let (db, _counts) = self.counted().await?;
        administer::change(db, id, &change, force, now, effects).await
    }

    async fn delete_user(
        &self,
        id: Id,
        deletion: Deletion,
        effects: Effects,
    ) -> Result<Administer> {
        let (db, _counts) = self.counted().await?;
        administer::delete(db, id, &deletion, effects).await
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts> {
        counts(self.db().await?, &self.counts, now).await
    }
}

/// The own field of an account that is being deleted: it is nobody's any more.
pub(super) const DELETING: &str = "regstack_deleting";

/// How long a search may take.
const SEARCH_LIMIT: Duration = Duration::from_secs(2);
/// No address and no name is longer, in characters: nothing contains a longer text.
const LONGEST_TEXT: usize = 254;
/// So many spellings of one address are looked at.
const MOST_SPELLINGS: i64 = 50;
/// How long counts are good for that others may have changed.
const COUNTS_LIFETIME: SignedDuration = SignedDuration::from_secs(10);

/// Addresses that differ in case are the same.
pub(super) fn any_case() -> Collation {
    Collation::builder()
        .locale("en")
        .strength(CollationStrength::Secondary)
        .build()
}

/// The condition that an account is there and may act.
pub(super) fn active(id: Id) -> Document {
    doc! { "_id": oid(id), "is_active": { "$ne": false }, DELETING: { "$exists": false } }
}

/// The condition that an account is there.
pub(super) fn present(id: Id) -> Document {
    doc! { "_id": oid(id), DELETING: { "$exists": false } }
}

pub(super) async fn by_id(db: &Db, id: Id) -> Result<Option<User>> {
    let found = db.read(db.users.find_one(present(id))).await?;
    found.as_ref().map(user).transpose()
}

/// The account that has an address in any spelling; the exact one before all others.
pub(super) async fn by_email(db: &Db, email: &Email) -> Result<Option<User>> {
    let key = email_key(email);
    let condition = doc! { "email": &key, DELETING: { "$exists": false } };
    let found = db.users.find(condition).collation(any_case());
    let found = db.all(found.limit(MOST_SPELLINGS)).await?;
    let accounts: Vec<User> = found.iter().map(user).collect::<Result<_>>()?;
    // A collation takes more for the same than we do: "ss" and the German sharp s.
    let same = accounts
        .into_iter()
        .filter(|user| email_key(&user.email) == key);
    Ok(same.max_by_key(|user| user.email.as_str() == key))
}

/// Writes a new account and takes its address out of the pending registrations; false when somebody has the address.
///
/// The unique address decides. Should nothing follow, the registration that is left opens nothing any more.
pub(super) async fn insert(db: &Db, user: &User, out: Out) -> Result<bool> {
    let mut document = user_document(user);
    // An invitation to it may have been issued at the moment it was made.
    document.insert(LAST_IAT, date(user.created_at));
    out.put_into(&mut document);
    if db
        .write_unique(db.users.insert_one(&document))
        .await?
        .is_none()
    {
        return Ok(false);
    }
    days::count_account(db, user).await?;
    registration::forget(db, &user.email).await?;
    relay(db, &db.users, &document).await?;
    Ok(true)
}

pub(super) async fn create(db: &Db, user: &User, effects: Effects) -> Result<CreateUser> {
    if by_email(db, &user.email).await?.is_some() {
        return Ok(CreateUser::EmailTaken);
    }
    Ok(if insert(db, user, Out::of_account(effects)?).await? {
        CreateUser::Created
    } else {
        CreateUser::EmailTaken
    })
}

/// Pushes effects to an account that did not change otherwise.
pub(super) async fn push(db: &Db, id: Id, out: Out) -> Result<()> {
    if out.is_empty() {
        return Ok(());
    }
    let pushed = db
        .users
        .find_one_and_update(present(id), doc! { "$push": out.push() })
        .return_document(mongodb::options::ReturnDocument::After);
    match db.write(pushed).await? {
        Some(document) => relay(db, &db.users, &document).await,
        None => Ok(()),
    }
}

/// Where in a list a page starts.
pub(super) enum Place {
    After(Option<PageKey>),
    Skip(u32),
}

pub(super) async fn list(
    db: &Db,
    filter: &UserFilter,
    place: &Place,
    limit: u32,
) -> Result<Page<User>> {
    let mut condition = condition(db, filter).await?;
    let mut skipped = 0;
    match place {
        Place::After(Some(key)) => condition.push(behind("created_at", *key)),
        Place::After(None) => {}
        Place::Skip(skip) => skipped = u64::from(*skip),
    }
    let mut found = db
        .users
        .find(doc! { "$and": condition })
        .sort(doc! { "created_at": -1, "_id": -1 })
        .skip(skipped)
        .limit(page::rows(limit));
    if filter.throttled.is_some() {
        found = found.collation(any_case());
    }
    if filter.q.is_some() {
        found = found.max_time(SEARCH_LIMIT);
    }
    let documents = db.all(found).await?;
    let users = documents.iter().map(user).collect::<Result<_>>()?;
    Ok(page::of(users, limit, |user: &User| PageKey {
        at: user.created_at,
        id: user.id,
    }))
}

pub(super) async fn count(db: &Db, filter: &UserFilter) -> Result<u64> {
    let condition = condition(db, filter).await?;
    if condition.len() == 1 {
        return db.read(db.users.estimated_document_count()).await;
    }
    let mut count = db.users.count_documents(doc! { "$and": condition });
    if filter.throttled.is_some() {
        count = count.collation(any_case());
    }
    if filter.q.is_some() {
        count = count.max_time(SEARCH_LIMIT);
    }
    db.read(count).await
}

/// The accounts that a filter lets through; all of these hold, and the first one always.
async fn condition(db: &Db, filter: &UserFilter) -> Result<Vec<Document>> {
    let mut conditions = vec![doc! { DELETING: { "$exists": false } }];
    // The rarer values as they stand in the partial indexes; an absent flag has a meaning of its own.
    conditions.extend(
        filter
            .is_active
            .map(|wanted| if_so("is_active", wanted, true)),
    );
    conditions.extend(
        filter
            .is_verified
            .map(|wanted| doc! { "is_verified": wanted }),
    );
    conditions.extend(
        filter
            .is_superuser
            .map(|wanted| if_so("is_superuser", wanted, false)),
    );
    if let Some(since) = filter.since {
        conditions.push(doc! { "created_at": { "$gte": date(since) } });
    }
    if let Some(before) = filter.before {
        conditions.push(doc! { "created_at": { "$lt": date(before) } });
    }
    if let Some((rule, now)) = filter.throttled {
        let locked = attempts::locked_addresses(db, rule, now).await?;
        conditions.push(doc! { "email": { "$in": locked } });
    }
    if let Some(text) = filter.q.as_deref().filter(|text| !text.is_empty()) {
        conditions.push(search(text));
    }
    Ok(conditions)
}

/// The condition on a flag which means `absent` where it is not there.
fn if_so(flag: &str, wanted: bool, absent: bool) -> Document {
    if wanted == absent {
        doc! { flag: { "$ne": !wanted } }
    } else {
        doc! { flag: wanted }
    }
}

/// Three characters or more are found anywhere, fewer at the beginning only.
fn search(text: &str) -> Document {
    let length = text.chars().count();
    // A pattern cannot hold a NUL.
    if length > LONGEST_TEXT || text.contains('\0') {
        return doc! { "_id": Bson::Null };
    }
    let start = if length >= 3 { "" } else { "^" };
    let pattern = format!("{start}{}", escaped(text));
    let matches = doc! { "$regex": pattern, "$options": "i" };
    doc! { "$or": [{ "email": matches.clone() }, { "full_name": matches }] }
}

/// A pattern that matches this text and nothing else.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(2 * text.len());
    for character in text.chars() {
        if character.is_ascii_punctuation() || character == ' ' {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

/// Counts as they were a moment ago. What is written here is seen at once, what others write within ten seconds.
#[derive(Default)]
pub(super) struct RecentCounts(Mutex<Option<(Timestamp, Counts)>>);

impl RecentCounts {
    fn get(&self, now: Timestamp) -> Option<Counts> {
        let recent = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (counted_at, counts) = recent?;
        let age = now.duration_since(counted_at).abs();
        (age < COUNTS_LIFETIME).then_some(counts)
    }

    /// After a write that changes them.
    fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn put(&self, now: Timestamp, counts: Counts) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, counts));
    }
}

/// Forgets the recent counts when a write has ended, however it did.
pub(super) struct Forgetting<'a>(pub(super) &'a RecentCounts);

impl Drop for Forgetting<'_> {
    fn drop(&mut self) {
        self.0.forget();
    }
}

/// The total is known to the server; the rest is counted over the partial indexes of the rarer values.
pub(super) async fn counts(db: &Db, recent: &RecentCounts, now: Timestamp) -> Result<Counts> {
    if let Some(counts) = recent.get(now) {
        return Ok(counts);
    }
    let of = |flag: &str, value: bool| db.read(db.users.count_documents(doc! { flag: value }));
    let living = doc! { "expires_at": { "$gt": date(now) } };
    let (total, disabled, unverified, superusers, pending) = tokio::try_join!(
        db.read(db.users.estimated_document_count()),
        of("is_active", false),
        of("is_verified", false),
        of("is_superuser", true),
        db.read(db.pending.count_documents(living)),
    )?;
    let counts = Counts {
        total_users: total,
        active_users: total.saturating_sub(disabled),
        verified_users: total.saturating_sub(unverified),
        superusers,
        pending_registrations: pending,
    };
    recent.put(now, counts);
    Ok(counts)
}
