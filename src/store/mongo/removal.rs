//! Deleting a document together with effects: it is marked and gets the effects, they are copied, and then it is
//! deleted.
//!
//! A marked document counts as deleted, and every read leaves it out. If a process leaves one behind, any worker
//! deletes it (`repair`).

use mongodb::Collection;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;

use super::db::Db;
use super::error::tolerate;
use super::out::Out;
use super::relay::copy;
use crate::store::{Effects, Result};

/// The field that marks a document as deleted.
pub(super) const REMOVED: &str = "regstack_removed";

/// Returns the condition, extended so that no marked document meets it.
pub(super) fn present(mut condition: Document) -> Document {
    condition.insert(REMOVED, doc! { "$exists": false });
    condition
}

/// Deletes the document that meets a condition, with its effects. Returns false if there is none.
pub(super) async fn remove(
    db: &Db,
    collection: &Collection<Document>,
    condition: Document,
    effects: Effects,
) -> Result<bool> {
    let out = Out::of_account(effects)?;
    let mut mark = doc! { "$set": { REMOVED: true } };
    out.push_into(&mut mark);
    let marked = collection
        .find_one_and_update(present(condition), mark)
        .return_document(ReturnDocument::After);
    let Some(document) = db.write(marked).await? else {
        return Ok(false);
    };
    tolerate(finish(db, collection, &document).await)?;
    Ok(true)
}

/// Copies the effects of a marked document, and deletes it. Can be repeated.
pub(super) async fn finish(
    db: &Db,
    collection: &Collection<Document>,
    document: &Document,
) -> Result<()> {
    copy(db, collection, document).await?;
    let id = document.get("_id").cloned().unwrap_or(Bson::Null);
    let marked = doc! { "_id": id, REMOVED: true };
    db.again(|| collection.delete_one(marked.clone())).await?;
    Ok(())
}
