//! The mark of a database that is a copy: one document.

use mongodb::bson::{Document, doc};

use super::layouts;
use crate::store::copying::{in_use, unfinished};
use crate::store::mongo::db::Db;
use crate::store::{Result, Theme};

const KEY: &str = "copy";
const UNFINISHED: &str = "unfinished";
const UNUSED: &str = "unused";

fn key() -> Document {
    doc! { "_id": KEY }
}

fn marked(state: &str) -> Document {
    doc! { "$set": { "state": state } }
}

/// Marks a database as an unfinished copy, if it is empty or a copy that nobody has used.
pub(super) async fn begin(db: &Db, place: &str) -> Result<()> {
    let again = db.copies.find_one_and_update(key(), marked(UNFINISHED));
    if db.write(again).await?.is_some() {
        return Ok(());
    }
    for theme in Theme::ALL {
        let found = layouts::collection(db, theme).find_one(layouts::filter(theme));
        if db.read(found).await?.is_some() {
            return Err(in_use(place));
        }
    }
    let begun = || db.copies.update_one(key(), marked(UNFINISHED)).upsert(true);
    db.again(begun).await?;
    Ok(())
}

/// Lets others open the database.
pub(super) async fn finish(db: &Db) -> Result<()> {
    db.again(|| db.copies.update_one(key(), marked(UNUSED)))
        .await?;
    Ok(())
}

/// A copy that is opened for use is the installation from now on: nothing may replace it any more.
pub(in crate::store::mongo) async fn use_copy(db: &Db, place: &str) -> Result<()> {
    let Some(mark) = db.read(db.copies.find_one(key())).await? else {
        return Ok(());
    };
    if mark.get_str("state").is_ok_and(|state| state == UNUSED) {
        let unused = doc! { "_id": KEY, "state": UNUSED };
        if db.write(db.copies.delete_one(unused)).await?.deleted_count > 0 {
            return Ok(());
        }
        // Another process has opened it meanwhile, or copies again.
        if db.read(db.copies.find_one(key())).await?.is_none() {
            return Ok(());
        }
    }
    Err(unfinished(place))
}
