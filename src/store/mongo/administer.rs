//! What administrators do to accounts, and their end.
//!
//! A deletion marks the account as nobody's, with all that tells of it; then everything it had is removed, and at last the
//! account. Whoever finds the mark left behind goes on from there.

use jiff::Timestamp;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;

use super::db::Db;
use super::documents::{date, if_readable, literal, oid, user};
use super::error::ServerError;
use super::leases::Lease;
use super::out::Out;
use super::relay::relay;
use super::sessions::{drop_links, ended, key};
use super::users::{DELETING, present};
use super::{attempts, code_documents, message_documents, registration};
use crate::model::{FullName, Id, PhoneNumber, User, UserChange};
use crate::store::{Administer, Deletion, Effects, Result, StoreError};

/// How often an act starts again that others get ahead of.
const TRIES: usize = 10;

/// What takes an active superuser away happens one at a time, so that each sees what the others left.
const SUPERUSERS: &str = "superusers";

pub(super) async fn change(
    db: &Db,
    id: Id,
    change: &UserChange,
    force: bool,
    now: Timestamp,
    effects: Effects,
) -> Result<Administer> {
    for _ in 0..TRIES {
        let Some(before) = super::users::by_id(db, id).await? else {
            return Ok(Administer::NotFound);
        };
        let wanted = wanted(&before, change);
        let stays = wanted.is_active && wanted.is_superuser;
        let lease = if !stays && !force && before.is_active && before.is_superuser {
            Some(Lease::take(db, SUPERUSERS).await?)
        } else {
            None
        };
        let act = Change {
            before,
            wanted,
            wish: change,
            now,
        };
        let done = act.write(db, lease.as_ref(), effects.clone()).await;
        if let Some(lease) = lease {
            lease.release(db).await;
        }
        if let Some(done) = done? {
            return Ok(done);
        }
    }
    Err(overtaken())
}

fn overtaken() -> StoreError {
    StoreError::Unavailable(Box::new(ServerError::TimedOut))
}

/// The account as the change wants it.
fn wanted(before: &User, change: &UserChange) -> User {
    let mut user = before.clone();
    user.is_active = change.is_active.unwrap_or(user.is_active);
    user.is_superuser = change.is_superuser.unwrap_or(user.is_superuser);
    user.is_verified = change.is_verified.unwrap_or(user.is_verified);
    if let Some(full_name) = &change.full_name {
        user.full_name.clone_from(full_name);
    }
    if change.remove_second_factor {
        user.is_mfa_enabled = false;
        user.phone_number = None;
    }
    user
}

/// A change to an account as it was read.
struct Change<'a> {
    before: User,
    wanted: User,
    wish: &'a UserChange,
    now: Timestamp,
}

impl Change<'_> {
    /// Writes it if the account is still as it was read; none when it is not.
    async fn write(
        &self,
        db: &Db,
        lease: Option<&Lease>,
        mut effects: Effects,
    ) -> Result<Option<Administer>> {
        let Self {
            before,
            wanted,
            wish,
            now,
        } = self;
        if let Some(lease) = lease
            && !(others(db, before.id).await? && lease.is_safe())
        {
            return Ok(Some(Administer::LastSuperuser));
        }
        let unlocks = wish.is_active == Some(true);
        let unlocked = unlocks
            && (attempts::recorded(db, &before.email).await? > 0
                || code_documents::counted(db, before.id).await?);
        let row_changes = changeable(wanted) != changeable(before);
        let ends_sessions = wish.end_sessions || (before.is_active && !wanted.is_active);
        if !(row_changes || unlocked || ends_sessions) {
            return Ok(Some(Administer::Done(before.clone())));
        }
        effects
            .events
            .retain(|event| UserChange::took_place(event.kind, before, wanted, unlocked));
        let mut fields = Document::new();
        if ends_sessions {
            fields.extend(ended(*now, None));
        }
        if row_changes {
            fields.extend(changed_fields(wanted, *now));
        }
        let mut update = vec![Out::of_account(effects)?.stage(ends_sessions)];
        if !fields.is_empty() {
            update.push(doc! { "$set": fields });
        }
        let written = db
            .users
            .find_one_and_update(as_read(before), update)
            .return_document(ReturnDocument::After);
        let Some(after) = db.write(written).await? else {
            return Ok(None);
        };
        if wanted.is_verified && !before.is_verified {
            registration::forget(db, &before.email).await?;
        }
        if unlocked {
            attempts::clear(db, &before.email).await?;
            code_documents::forgive(db, before.id).await?;
        }
        if wish.remove_second_factor {
            code_documents::forget(db, before.id).await?;
            code_documents::forgive(db, before.id).await?;
        }
        if ends_sessions {
            drop_links(db, before.id).await?;
        }
        relay(db, &db.users, &after).await?;
        Ok(Some(Administer::Done(user(&after)?)))
    }
}

/// The part of an account that a change writes.
fn changeable(user: &User) -> impl PartialEq + '_ {
    let flags = [
        user.is_active,
        user.is_superuser,
        user.is_verified,
        user.is_mfa_enabled,
    ];
    (flags, &user.full_name, &user.phone_number)
}

fn changed_fields(wanted: &User, now: Timestamp) -> Document {
    let text =
        |text: Option<&str>| text.map_or(Bson::from("$$REMOVE"), |text| literal(text).into());
    doc! {
        "is_active": wanted.is_active,
        "is_superuser": wanted.is_superuser,
        "is_verified": wanted.is_verified,
        "is_mfa_enabled": wanted.is_mfa_enabled,
        "full_name": text(wanted.full_name.as_ref().map(FullName::as_str)),
        "phone_number": text(wanted.phone_number.as_ref().map(PhoneNumber::as_str)),
        "updated_at": date(now),
    }
}

/// The condition that all is still so that a change decides by.
fn as_read(before: &User) -> Document {
    let mut condition = present(before.id);
    condition.insert("email", before.email.as_str());
    // An absent flag has a meaning of its own.
    let flags = [
        ("is_active", before.is_active, true),
        ("is_superuser", before.is_superuser, false),
        ("is_verified", before.is_verified, false),
        ("is_mfa_enabled", before.is_mfa_enabled, false),
    ];
    for (flag, value, absent) in flags {
        let same = if value == absent {
            doc! { "$ne": !value }
        } else {
            doc! { "$eq": value }
        };
        condition.insert(flag, same);
    }
    for (field, value) in [
        ("full_name", before.full_name.as_ref().map(FullName::as_str)),
        (
            "phone_number",
            before.phone_number.as_ref().map(PhoneNumber::as_str),
        ),
    ] {
        condition.insert(field, value.map_or(Bson::Null, Bson::from));
    }
    condition
}

/// Whether there is another active superuser.
async fn others(db: &Db, id: Id) -> Result<bool> {
    let other = doc! {
        "_id": { "$ne": oid(id) },
        "is_superuser": true,
        "is_active": { "$ne": false },
        DELETING: { "$exists": false },
    };
    Ok(db.read(db.users.find_one(other)).await?.is_some())
}

pub(super) async fn delete(
    db: &Db,
    id: Id,
    deletion: &Deletion,
    effects: Effects,
) -> Result<Administer> {
    for _ in 0..TRIES {
        let Some(before) = super::users::by_id(db, id).await? else {
            return Ok(Administer::NotFound);
        };
        if deletion.verified_hash.is_some() && deletion.verified_hash != before.hashed_password {
            return Ok(Administer::Stale);
        }
        let lease = if !deletion.force && before.is_active && before.is_superuser {
            Some(Lease::take(db, SUPERUSERS).await?)
        } else {
            None
        };
        let deleted = mark(db, &before, deletion, lease.as_ref(), effects.clone()).await;
        if let Some(lease) = lease {
            lease.release(db).await;
        }
        match deleted? {
            Marked::Gone(document) => {
                finish(db, &document).await?;
                return Ok(Administer::Done(before));
            }
            Marked::Last => return Ok(Administer::LastSuperuser),
            Marked::Overtaken => {}
        }
    }
    Err(overtaken())
}

enum Marked {
    Gone(Document),
    Last,
    Overtaken,
}

/// The step by which an account ceases to be.
async fn mark(
    db: &Db,
    before: &User,
    deletion: &Deletion,
    lease: Option<&Lease>,
    effects: Effects,
) -> Result<Marked> {
    if let Some(lease) = lease
        && !(others(db, before.id).await? && lease.is_safe())
    {
        return Ok(Marked::Last);
    }
    let mut condition = as_read(before);
    if let Some(hash) = &deletion.verified_hash {
        condition.insert("hashed_password", hash.as_phc());
    }
    // What it still had to send goes; a farewell is sent.
    let out =
        Out::of(effects, Some(before.id), Some(&before.email))?.mark_messages("farewell", true);
    let there = doc! { "$ifNull": ["$regstack_out", []] };
    let events = doc! { "$filter": { "input": there, "cond": { "$ne": [{ "$type": "$$this.event" }, "missing"] } } };
    let update = vec![
        doc! { "$set": { "is_active": false, DELETING: true, "regstack_out": events } },
        out.stage(false),
    ];
    let marked = db
        .users
        .find_one_and_update(condition, update)
        .return_document(ReturnDocument::After);
    Ok(db
        .write(marked)
        .await?
        .map_or(Marked::Overtaken, Marked::Gone))
}

/// Removes all that a marked account had, and then the account. Each step may be repeated.
async fn finish(db: &Db, document: &Document) -> Result<()> {
    let account = user(document)?;
    message_documents::drop_of_user(db, &account).await?;
    attempts::clear(db, &account.email).await?;
    registration::forget(db, &account.email).await?;
    code_documents::forget(db, account.id).await?;
    code_documents::forgive(db, account.id).await?;
    relay(db, &db.users, document).await?;
    let mut marked = key(account.id);
    marked.insert(DELETING, true);
    db.write(db.users.delete_one(marked)).await?;
    Ok(())
}

/// Goes on with deletions that were left behind.
pub(super) async fn finish_deletions(db: &Db) -> Result<()> {
    let marked = db.users.find(doc! { DELETING: true }).limit(50);
    for document in db.all(marked).await? {
        if_readable(finish(db, &document).await)?;
    }
    Ok(())
}
