//! The end of an account.
//!
//! A deletion marks the account as nobody's, with all the effects it has; then everything it had is removed, and at last the
//! account. Whoever finds the mark left behind goes on from there.

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

/// What came of a mark.
pub(super) enum Marked {
    /// The account ceased to be; its document.
    Gone(Document),
    /// It is the last active superuser.
    LastSuperuser,
    /// It is not as it was read any more.
    Overtaken,
}

/// The step by which an account ceases to be.
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
    // What it still had to send goes; a farewell is sent.
    let out =
        Out::of(effects, Some(before.id), Some(&before.email))?.mark_messages("farewell", true);
    let there = doc! { "$ifNull": ["$regstack_out", []] };
    let events =
        doc! { "$filter": { "input": there, "cond": { "$gt": ["$$this.event", Bson::Null] } } };
    let mark = doc! { "is_active": false, DELETING: true, "regstack_out": events };
    let marked = update(db, condition, vec![doc! { "$set": mark }, out.stage(false)]).await?;
    Ok(marked.map_or(Marked::Overtaken, Marked::Gone))
}

/// Removes all that a marked account had, and then the account. Each step may be repeated.
pub(super) async fn finish(db: &Db, document: &Document) -> Result<()> {
    let account = user(document)?;
    message_documents::drop_of_user(db, &account).await?;
    attempts::clear(db, &account.email).await?;
    promotion::forget(db, &account.email).await?;
    code_documents::forget(db, account.id).await?;
    code_documents::forgive(db, account.id).await?;
    session_documents::forget(db, account.id).await?;
    // Left behind, it would be a way in to nobody's account for the Python package.
    let owner = doc! { "$in": [account.id.to_string(), oid(account.id)] };
    db.clear(&db.identities, doc! { "user_id": owner }).await?;
    copy(db, &db.users, document).await?;
    let mut marked = key(account.id);
    marked.insert(DELETING, true);
    db.again(|| db.users.delete_one(marked.clone())).await?;
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
