//! Lists of accounts: filters, and the start of a page.

use std::time::Duration;

use mongodb::bson::{Bson, Document, doc};
use mongodb::options::Hint;

use super::db::{Db, WHOLE};
use super::documents::{behind, date, user};
use super::user_documents::{DELETING, any_case, flag_is, key};
use super::{attempts, counts, layout, login_method_index};
use crate::model::{Id, LoginMethod, Page, PageKey, User, UserFilter};
use crate::store::Result;
use crate::store::page::{self, Start, rows};

/// How long a search may take.
pub(super) const SEARCH_LIMIT: Duration = Duration::from_secs(2);
/// The maximum length of an email address or name in characters: nothing contains a longer text.
const MAX_TEXT_LENGTH: usize = 254;

pub(super) async fn page(
    db: &Db,
    filter: &UserFilter,
    start: &Start,
    limit: u32,
) -> Result<Page<User>> {
    let mut condition = condition(db, filter).await?;
    let key = |user: &User| PageKey {
        at: user.created_at,
        id: user.id,
    };
    if let Some(LoginMethod::Provider(provider)) = &filter.login_method {
        let documents =
            login_method_index::linked(db, provider, &condition, start, rows(limit)).await?;
        let users = documents.iter().map(user).collect::<Result<_>>()?;
        return Ok(page::of(users, limit, key));
    }
    let mut skipped = 0;
    match start {
        Start::After(Some(key)) => condition.push(behind("created_at", *key)),
        Start::After(None) => {}
        Start::Skip(skip) => skipped = u64::from(*skip),
    }
    let mut found = db
        .users
        .find(doc! { "$and": condition })
        .sort(doc! { "created_at": -1, "_id": -1 })
        .skip(skipped)
        .limit(rows(limit))
        .batch_size(WHOLE);
    if filter.locked_out.is_some() {
        found = found.collation(any_case());
    }
    if filter.q.is_some() {
        found = found.max_time(SEARCH_LIMIT);
    }
    let documents = db.all(found).await?;
    let users = documents.iter().map(user).collect::<Result<_>>()?;
    Ok(page::of(users, limit, key))
}

/// Returns whether an account matches a filter, if there is one. The conditions on the account itself are also in
/// [`super::user_documents::as_read`], so a change that is conditional on that respects the filter.
pub(super) async fn admits(db: &Db, filter: Option<&UserFilter>, id: Id) -> Result<bool> {
    let Some(filter) = filter else {
        return Ok(true);
    };
    let mut condition = condition(db, filter).await?;
    condition.push(key(id));
    let mut found = db.users.find_one(doc! { "$and": condition });
    if filter.locked_out.is_some() {
        found = found.collation(any_case());
    }
    if db.read(found).await?.is_none() {
        return Ok(false);
    }
    match &filter.login_method {
        Some(LoginMethod::Provider(provider)) => {
            login_method_index::is_linked(db, id, provider).await
        }
        _ => Ok(true),
    }
}

pub(super) async fn count(db: &Db, filter: &UserFilter) -> Result<u64> {
    let condition = condition(db, filter).await?;
    if let Some(LoginMethod::Provider(provider)) = &filter.login_method {
        return login_method_index::count(db, provider, &condition).await;
    }
    if condition.len() == 1 {
        return counts::total(db).await;
    }
    let count = || {
        let mut count = db.users.count_documents(doc! { "$and": condition.clone() });
        if filter.locked_out.is_some() {
            count = count.collation(any_case());
        }
        if filter.q.is_some() {
            count = count.max_time(SEARCH_LIMIT);
        }
        count
    };
    match rarer(filter) {
        Some(index) => {
            let by_index = || count().hint(Hint::Name(index.to_owned()));
            db.hinted(by_index, count).await
        }
        None => db.read(count()).await,
    }
}

/// Returns the partial index of the rarer value that a filter asks for.
fn rarer(filter: &UserFilter) -> Option<&'static str> {
    match (filter.is_superuser, filter.is_active, filter.is_verified) {
        (Some(true), _, _) => Some(layout::SUPERUSERS),
        (_, Some(false), _) => Some(layout::DISABLED),
        (_, _, Some(false)) => Some(layout::UNVERIFIED),
        _ => match (&filter.login_method, filter.has_second_factor) {
            (Some(LoginMethod::Passkey), _) => Some(layout::WITH_PASSKEY),
            (_, Some(_)) => Some(layout::BY_FACTOR),
            (Some(LoginMethod::Password), None) => Some(layout::WITH_PASSWORD),
            _ => None,
        },
    }
}

/// Returns the conditions for the accounts that match a filter, but for a provider, which is in another collection. All must
/// hold; there is always at least one.
async fn condition(db: &Db, filter: &UserFilter) -> Result<Vec<Document>> {
    let mut conditions = vec![doc! { DELETING: { "$exists": false } }];
    // The rarer values are written as in the partial indexes. An absent flag has a meaning too.
    conditions.extend(
        filter
            .is_active
            .map(|wanted| flag_is("is_active", wanted, true)),
    );
    conditions.extend(
        filter
            .is_verified
            .map(|wanted| doc! { "is_verified": wanted }),
    );
    conditions.extend(
        filter
            .is_superuser
            .map(|wanted| flag_is("is_superuser", wanted, false)),
    );
    // Without a factor: both ways to write it, so that an index has each in order.
    conditions.extend(filter.has_second_factor.map(|wanted| {
        if wanted {
            doc! { "is_mfa_enabled": true }
        } else {
            doc! { "is_mfa_enabled": { "$in": [false, Bson::Null] } }
        }
    }));
    match &filter.login_method {
        Some(LoginMethod::Password) => conditions.push(login_method_index::with_password()),
        Some(LoginMethod::Passkey) => conditions.push(login_method_index::with_passkey()),
        Some(LoginMethod::Provider(_)) | None => {}
    }
    if let Some(since) = filter.since {
        conditions.push(doc! { "created_at": { "$gte": date(since) } });
    }
    if let Some(before) = filter.before {
        conditions.push(doc! { "created_at": { "$lt": date(before) } });
    }
    if let Some((rule, now)) = filter.locked_out {
        let locked = attempts::locked_addresses(db, rule, now).await?;
        conditions.push(doc! { "email": { "$in": locked } });
    }
    if let Some(text) = filter.q.as_deref().filter(|text| !text.is_empty()) {
        conditions.push(search(text));
    }
    Ok(conditions)
}

/// Returns the condition of a search. Three characters or more are found anywhere, fewer only at the beginning.
pub(super) fn search(text: &str) -> Document {
    let length = text.chars().count();
    // A pattern can't contain a NUL.
    if length > MAX_TEXT_LENGTH || text.contains('\0') {
        return doc! { "_id": Bson::Null };
    }
    let start = if length >= 3 { "" } else { "^" };
    let pattern = format!("{start}{}", escaped(text));
    let matches = doc! { "$regex": pattern, "$options": "i" };
    doc! { "$or": [{ "email": matches.clone() }, { "full_name": matches }] }
}

/// Returns a pattern that matches exactly this text.
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
