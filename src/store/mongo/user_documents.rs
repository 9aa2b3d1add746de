//! Documents of accounts: regstack's own fields, the conditions on an account, and how it is found and changed.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use mongodb::bson::{Bson, DateTime, Document, doc};
use mongodb::options::{Collation, CollationStrength, ReturnDocument, UpdateModifications};

use super::db::{Db, WHOLE};
use super::documents::{Fields, LANGUAGE, NO_NUMBER, OTHERS_ENDED, date, literal, oid, user};
use crate::model::{Email, FullName, Id, Language, PasswordHash, User};
use crate::store::Result;

/// regstack's own field that marks an account as being deleted: it no longer exists for anybody.
pub(super) const DELETING: &str = "regstack_deleting";
/// regstack's own field for the newest time of issue of any token of the account.
pub(super) const LAST_IAT: &str = "regstack_last_iat";

/// How many spellings of one email address are read.
const MAX_SPELLINGS: i64 = 50;
/// How many accounts may have email addresses that the server's collation treats as equal, beside one in plain ASCII:
/// far fewer than are read.
const MAX_LOOK_ALIKES: u64 = 10;

/// Returns a collation that ignores case.
pub(super) fn any_case() -> Collation {
    Collation::builder()
        .locale("en")
        .strength(CollationStrength::Secondary)
        .build()
}

/// Returns the key of an account's document.
pub(super) fn key(id: Id) -> Document {
    doc! { "_id": oid(id) }
}

/// Returns the condition that an account exists.
pub(super) fn present(id: Id) -> Document {
    doc! { "_id": oid(id), DELETING: { "$exists": false } }
}

/// Returns the condition that an account exists and is active.
pub(super) fn active(id: Id) -> Document {
    let mut condition = present(id);
    condition.insert("is_active", doc! { "$ne": false });
    condition
}

/// Returns the condition that an account accepts a token issued at that moment, as in [`User::accepts`].
pub(super) fn accepting(id: Id, issued_at: Timestamp) -> Document {
    let mut condition = active(id);
    let not_ended = doc! { "$not": { "$gte": date(issued_at) } };
    condition.insert("tokens_invalidated_after", not_ended);
    condition
}

/// Returns the condition that a mailed link may add a passkey, as in [`User::takes_passkey_by_link`].
pub(super) fn taking_passkeys_by_link() -> Document {
    let mut condition = flag_is("is_mfa_enabled", false, false);
    condition.insert("hashed_password", Bson::Null);
    condition
}

/// Returns the condition that everything an administrator's change depends on is as it was read.
pub(super) fn as_read(before: &User) -> Document {
    let mut condition = present(before.id);
    condition.insert("email", before.email.as_str());
    // An absent flag has a meaning too.
    for (flag, value, absent) in [
        ("is_active", before.is_active, true),
        ("is_superuser", before.is_superuser, false),
        ("is_verified", before.is_verified, false),
        ("is_mfa_enabled", before.is_mfa_enabled, false),
    ] {
        condition.extend(flag_is(flag, value, absent));
    }
    let name = before.full_name.as_ref().map(FullName::as_str);
    let language = before.language.as_ref().map(Language::as_str);
    let number =
        before
            .phone_number
            .as_ref()
            .map_or(doc! { "$in": [Bson::Null, NO_NUMBER] }, |number| {
                doc! { "$eq": number.as_str() }
            });
    condition.insert("phone_number", number);
    for (field, value) in [("full_name", name), (LANGUAGE, language)] {
        condition.insert(field, value.map_or(Bson::Null, Bson::from));
    }
    condition
}

/// Returns the condition on a flag that means `absent` if it is missing.
pub(super) fn flag_is(flag: &str, value: bool, absent: bool) -> Document {
    if value == absent {
        doc! { flag: { "$ne": !value } }
    } else {
        doc! { flag: value }
    }
}

/// Returns a field's moment plus a millisecond, or nothing if it is absent.
fn a_millisecond_later(field: &str) -> Document {
    doc! { "$dateAdd": { "startDate": field, "unit": "millisecond", "amount": 1 } }
}

/// Returns the fields of an update pipeline that ends all tokens of an account, as in [`User::end_tokens`].
pub(super) fn ended(now: Timestamp, link: Option<Timestamp>) -> Document {
    let raised = a_millisecond_later("$tokens_invalidated_after");
    let link = link.map_or(Bson::Null, |link| date(link).into());
    let cut_off = doc! { "$max": [date(now), raised, format!("${LAST_IAT}"), link] };
    doc! { "tokens_invalidated_after": cut_off, "updated_at": date(now) }
}

/// Returns the fields of an update pipeline that store the result of a right password: the token's time of issue if it
/// is the newest, and a stronger hash.
pub(super) fn noted_login(issued_at: DateTime, upgraded_hash: Option<&PasswordHash>) -> Document {
    let mut fields = doc! { LAST_IAT: { "$max": [format!("${LAST_IAT}"), issued_at] } };
    if let Some(hash) = upgraded_hash {
        fields.insert("hashed_password", literal(hash.as_phc()));
    }
    fields
}

/// Returns the value of [`LAST_IAT`] in an update pipeline that issues a token at [`User::next_issue_time`].
pub(super) fn next_issue_time(now: Timestamp) -> Document {
    let raised = a_millisecond_later("$tokens_invalidated_after");
    let others = a_millisecond_later(&format!("${OTHERS_ENDED}.at"));
    doc! { "$max": [format!("${LAST_IAT}"), date(now), raised, others] }
}

/// Returns the fields of an update pipeline that ends all sessions but one, as in [`User::end_others`].
pub(super) fn others_ended(now: Timestamp, kept: &str) -> Document {
    let raised = a_millisecond_later(&format!("${OTHERS_ENDED}.at"));
    let at = doc! { "$max": [date(now), raised, format!("${LAST_IAT}")] };
    doc! { OTHERS_ENDED: { "at": at, "kept": literal(kept) } }
}

pub(super) async fn by_id(db: &Db, id: Id) -> Result<Option<User>> {
    find(db, present(id)).await
}

/// Returns the accounts with these ids.
pub(super) async fn by_ids(db: &Db, ids: impl Iterator<Item = Id>) -> Result<Vec<User>> {
    let ids: BTreeSet<Id> = ids.collect();
    let ids: Vec<Bson> = ids.into_iter().map(|id| oid(id).into()).collect();
    let condition = doc! { "_id": { "$in": ids }, DELETING: { "$exists": false } };
    let found = db.all(db.users.find(condition).batch_size(WHOLE)).await?;
    found.iter().map(user).collect()
}

/// Returns the account that meets a condition.
pub(super) async fn find(db: &Db, condition: Document) -> Result<Option<User>> {
    let found = db.read(db.users.find_one(condition)).await?;
    found.as_ref().map(user).transpose()
}

/// Returns the account with an email address in any spelling. An exact match comes first.
pub(super) async fn by_email(db: &Db, email: &Email) -> Result<Option<User>> {
    let key = email.key();
    let alike = doc! { "email": &key, DELETING: { "$exists": false } };
    // The exact one is found, however many look alike. Both are queried at once, so that the time does not reveal which
    // one exists.
    let exact = find(db, alike.clone());
    let alike = db.users.find(alike).collation(any_case());
    let (exact, found) = tokio::try_join!(exact, db.all(alike.limit(MAX_SPELLINGS)))?;
    if exact.is_some() {
        return Ok(exact);
    }
    let accounts: Vec<User> = found.iter().map(user).collect::<Result<_>>()?;
    // The collation treats more as equal than we do, such as "ss" and the German sharp s.
    let mut same = accounts
        .into_iter()
        .filter(|user| user.email.is_same_as(email));
    Ok(same.next())
}

/// Returns the accounts with these email addresses in any spelling, by the addresses' keys.
pub(super) async fn by_emails(db: &Db, emails: &[&Email]) -> Result<HashMap<String, User>> {
    let keys: BTreeSet<String> = emails.iter().map(|email| email.key()).collect();
    let most = usize::try_from(MAX_SPELLINGS).unwrap_or(usize::MAX) * keys.len();
    let listed: Vec<&String> = keys.iter().collect();
    let alike = doc! { "email": { "$in": listed }, DELETING: { "$exists": false } };
    let exact = db.users.find(alike.clone()).batch_size(WHOLE);
    let spelled = db.users.find(alike).collation(any_case());
    let spelled = spelled
        .batch_size(WHOLE)
        .limit(i64::try_from(most).unwrap_or(i64::MAX));
    let (exact, spelled) = tokio::try_join!(db.all(exact), db.all(spelled))?;
    let mut found = HashMap::new();
    // The exact ones come first.
    for document in exact.iter().chain(&spelled) {
        let user = user(document)?;
        let key = user.email.key();
        if keys.contains(&key) {
            found.entry(key).or_insert(user);
        }
    }
    if spelled.len() >= most {
        // There are more spellings than were read.
        for email in emails {
            if let (false, Some(user)) =
                (found.contains_key(&email.key()), by_email(db, email).await?)
            {
                found.insert(email.key(), user);
            }
        }
    }
    Ok(found)
}

/// Returns which of these ids accounts have.
pub(super) async fn taken_ids(db: &Db, ids: impl Iterator<Item = Id>) -> Result<HashSet<Id>> {
    let ids: Vec<Bson> = ids.map(|id| oid(id).into()).collect();
    let found = db
        .users
        .find(doc! { "_id": { "$in": ids }, DELETING: { "$exists": false } });
    let found = found.projection(doc! { "_id": 1 }).batch_size(WHOLE);
    let found = db.all(found).await?;
    let ids = found.iter();
    ids.map(|document| Fields::of("users", document).id("_id"))
        .collect()
}

/// Returns whether so many accounts have look-alike email addresses that no other one may be created. An address in
/// plain ASCII, which no other ASCII address looks like, is always allowed: nobody can block it by registering
/// look-alikes.
pub(super) async fn is_crowded(db: &Db, email: &Email) -> Result<bool> {
    if email.as_str().is_ascii() {
        return Ok(false);
    }
    let alike = db.users.count_documents(doc! { "email": email.key() });
    let alike = alike.collation(any_case()).limit(MAX_LOOK_ALIKES);
    Ok(db.read(alike).await? >= MAX_LOOK_ALIKES)
}

/// Changes the account that meets a condition. Returns its document after the change, if there is one.
pub(super) async fn update(
    db: &Db,
    condition: Document,
    update: impl Into<UpdateModifications>,
) -> Result<Option<Document>> {
    let updated = db.users.find_one_and_update(condition, update);
    db.write(updated.return_document(ReturnDocument::After))
        .await
}
