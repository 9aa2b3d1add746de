//! Deleting an account.
//!
//! A deletion first marks the account as deleted, with all effects. Then everything that belongs to it is deleted, and
//! the account last. A process that finds a mark left behind continues from there.

use mongodb::bson::{Bson, Document, doc};

use super::db::Db;
use super::documents::{if_readable, oid, user};
use super::out::Out;
use super::relay::copy;
use super::superusers::Turn;
use super::user_documents::{DELETING, as_read, key, update};
use super::{attempts, code_documents, message_documents, promotion, session_documents};
use crate::model::User;
use crate::store::{Deletion, Effects, Result};

/// The outcome of marking an account.
pub(super) enum Marked {
    /// The account is marked as deleted. Contains its document.
    Gone(Document),
    /// It is the last active administrator.
    LastSuperuser,
    /// It has changed since it was read.
    Overtaken,
}

/// Marks an account as deleted. From then on it no longer exists for anybody.
pub(super) async fn mark(
    db: &Db,
    before: &User,
    deletion: &Deletion,
    turn: &Turn,
    effects: Effects,
) -> Result<Marked> {
    if !turn.leaves_another(db, before.id).await? {
        return Ok(Marked::LastSuperuser);
    }
    let mut condition = as_read(before);
    if let Some(hash) = &deletion.verified_hash {
        condition.insert("hashed_password", hash.as_phc());
    }
    // Messages that still waited are dropped; the mail about the deletion is sent.
    let out =
        Out::of(effects, Some(before.id), Some(&before.email))?.mark_messages("farewell", true);
    let there = doc! { "$ifNull": ["$regstack_out", []] };
    let events =
        doc! { "$filter": { "input": there, "cond": { "$gt": ["$$this.event", Bson::Null] } } };
    let mark = doc! { "is_active": false, DELETING: true, "regstack_out": events };
    let marked = update(db, condition, vec![doc! { "$set": mark }, out.stage(false)]).await?;
    Ok(marked.map_or(Marked::Overtaken, Marked::Gone))
}

/// Deletes everything that belongs to a marked account, and then the account. Each step can be repeated.
pub(super) async fn finish(db: &Db, document: &Document) -> Result<()> {
    let account = user(document)?;
    message_documents::drop_of_user(db, &account).await?;
    attempts::clear(db, &account.email).await?;
    promotion::forget(db, &account.email).await?;
    code_documents::forget(db, account.id).await?;
    code_documents::forgive(db, account.id).await?;
    session_documents::forget(db, account.id).await?;
    // If an identity stayed, the Python package could use it to log in to a missing account.
    let owner = doc! { "$in": [account.id.to_string(), oid(account.id)] };
    db.clear(&db.identities, doc! { "user_id": owner }).await?;
    copy(db, &db.users, document).await?;
    let mut marked = key(account.id);
    marked.insert(DELETING, true);
    db.again(|| db.users.delete_one(marked.clone())).await?;
    Ok(())
}

/// Continues deletions that were left behind.
pub(super) async fn finish_deletions(db: &Db) -> Result<()> {
    let marked = db.users.find(doc! { DELETING: true }).limit(50);
    for document in db.all(marked).await? {
        if_readable(finish(db, &document).await)?;
    }
    Ok(())
}
