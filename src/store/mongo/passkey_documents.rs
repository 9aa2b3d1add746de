//! Passkeys as parts of an account's document, and the challenges that were used.

use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::db::Db;
use super::documents::{Fields, PASSKEYS, binary, date, oid, user, without_nulls};
use super::user_documents::by_id;
use crate::model::{Challenge, CredentialId, Passkey, PasskeyName, User};
use crate::store::Result;

pub(super) fn document(passkey: &Passkey) -> Document {
    without_nulls(doc! {
        "id": oid(passkey.id),
        "credential_id": passkey.credential_id.as_str(),
        "name": passkey.name.as_str(),
        "public_key": binary(passkey.public_key.clone()),
        "sign_count": i64::from(passkey.sign_count),
        "is_synced": passkey.is_synced,
        "rp_id": &passkey.rp_id,
        "created_at": date(passkey.created_at),
        "last_used_at": passkey.last_used_at.map(date),
    })
}

/// Returns the passkeys of an account's document.
pub(super) fn of(account: &Document) -> Result<Vec<Passkey>> {
    let read = |document: &Document| {
        let fields = Fields::of("users", document);
        let name = fields.optional_as("credential_id", CredentialId::from_stored)?;
        let called = fields.optional_as("name", PasskeyName::from_stored)?;
        let count = u32::try_from(fields.count("sign_count")?).ok();
        Ok(Passkey {
            id: fields.id("id")?,
            credential_id: fields.required("credential_id", name)?,
            name: fields.required("name", called)?,
            public_key: fields.bytes("public_key")?,
            sign_count: fields.required("sign_count", count)?,
            is_synced: fields.flag("is_synced", false)?,
            rp_id: fields.text("rp_id")?,
            created_at: fields.moment("created_at")?,
            last_used_at: fields.optional_moment("last_used_at")?,
        })
    };
    let list = Fields::of("users", account).list(PASSKEYS)?;
    list.into_iter().map(read).collect()
}

pub(super) async fn find(db: &Db, credential_id: &CredentialId) -> Result<Option<(User, Passkey)>> {
    let called = doc! { format!("{PASSKEYS}.credential_id"): credential_id.as_str() };
    let Some(account) = db.read(db.users.find_one(called)).await? else {
        return Ok(None);
    };
    let owner = user(&account)?;
    if by_id(db, owner.id).await?.is_none() {
        return Ok(None);
    }
    let mut passkeys = of(&account)?.into_iter();
    let passkey = passkeys.find(|passkey| passkey.credential_id == *credential_id);
    Ok(passkey.map(|passkey| (owner, passkey)))
}

/// Uses up a challenge. Returns false if it was already used.
pub(super) async fn use_up(db: &Db, challenge: &Challenge) -> Result<bool> {
    let used = doc! { "_id": &challenge.text, "expires_at": date(challenge.expires_at) };
    let inserted = db.write_unique(db.challenges.insert_one(used)).await?;
    Ok(inserted.is_some())
}

/// Returns the list, or an empty one, as an expression.
pub(super) fn there() -> Document {
    doc! { "$ifNull": [format!("${PASSKEYS}"), []] }
}

/// Returns the list, with another value in place of those that meet a condition, as an expression.
pub(super) fn changed_where(condition: Document, changed: Document) -> Document {
    let one = doc! { "$cond": [condition, changed, "$$this"] };
    doc! { "$map": { "input": there(), "as": "this", "in": one } }
}

/// Returns the field with only the passkeys that meet a condition. An empty list is removed, because of the unique
/// index on its credential ids.
pub(super) fn kept_where(condition: Document) -> Document {
    let kept = doc! { "$filter": { "input": there(), "cond": condition } };
    doc! { PASSKEYS: { "$cond": [{ "$eq": [kept.clone(), []] }, "$$REMOVE", kept] } }
}

/// Returns the field, for an update pipeline, without the passkeys that were added at `from` or later.
pub(super) fn forgotten(from: Timestamp) -> Document {
    kept_where(doc! { "$lt": ["$$this.created_at", date(from)] })
}
