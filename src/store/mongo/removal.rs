//! Removing a document that leaves something to tell: it is marked with its effects, they are copied, and then it goes.
//!
//! A marked document is as good as gone: whoever reads leaves it out. One that a process left behind is removed by any
//! worker (`repair`).

use mongodb::Collection;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;

use super::db::Db;
use super::error::tolerate;
use super::out::Out;
use super::relay::copy;
use crate::store::{Effects, Result};

/// The mark.
pub(super) const REMOVED: &str = "regstack_removed";

/// Returns a condition that no marked document meets.
pub(super) fn present(mut condition: Document) -> Document {
    condition.insert(REMOVED, doc! { "$exists": false });
    condition
}

/// Removes the document that a condition names, with its effects; false if there is none.
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

/// Copies what a marked document has to tell, and removes it. May be repeated.
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
