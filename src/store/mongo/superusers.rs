//! Protecting the first and the last active administrator: operations that create the first one or remove one run one at
//! a time, so that each sees what the others left.

use mongodb::bson::doc;
use mongodb::options::Hint;

use super::db::Db;
use super::documents::oid;
use super::error::timed_out;
use super::layout;
use super::leases::Lease;
use super::user_documents::DELETING;
use crate::model::Id;
use crate::store::Result;

/// The name of the lease.
const SUPERUSERS: &str = "superusers";

/// The turn of an operation that may remove an administrator. Others need no lease.
pub(super) struct Turn(Option<Lease>);

impl Turn {
    /// Waits for the turn, if the operation needs one.
    pub(super) async fn take(db: &Db, is_needed: bool) -> Result<Self> {
        Ok(Self(if is_needed {
            Some(Lease::take(db, SUPERUSERS).await?)
        } else {
            None
        }))
    }

    /// Returns whether the operation may proceed: there is another active administrator, and no other operation can
    /// remove that one in the meantime.
    pub(super) async fn leaves_another(&self, db: &Db, id: Id) -> Result<bool> {
        let Some(lease) = &self.0 else {
            return Ok(true);
        };
        let other = doc! {
            "_id": { "$ne": oid(id) },
            "is_superuser": true,
            "is_active": { "$ne": false },
            DELETING: { "$exists": false },
        };
        let find = || db.users.find_one(other.clone());
        let by_index = || find().hint(Hint::Name(layout::SUPERUSERS.to_owned()));
        let found = db.hinted(by_index, find).await?;
        Ok(found.is_some() && lease.is_safe())
    }

    /// Returns whether there is no administrator, enabled or not, and no other operation of this kind can create one in
    /// the meantime.
    pub(super) async fn finds_none(&self, db: &Db) -> Result<bool> {
        let any = doc! { "is_superuser": true, DELETING: { "$exists": false } };
        let find = || db.users.find_one(any.clone());
        let by_index = || find().hint(Hint::Name(layout::SUPERUSERS.to_owned()));
        let found = db.hinted(by_index, find).await?;
        if found.is_none() && !self.0.as_ref().is_some_and(Lease::is_safe) {
            return Err(timed_out());
        }
        Ok(found.is_none())
    }

    /// Lets the next operation begin.
    pub(super) async fn end(self, db: &Db) {
        if let Some(lease) = self.0 {
            lease.release(db).await;
        }
    }
}
