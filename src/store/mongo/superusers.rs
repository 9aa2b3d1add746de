//! The last active superuser is protected: acts that take one away happen one at a time, so that each sees what the others
//! left.

use mongodb::bson::doc;
use mongodb::options::Hint;

use super::db::Db;
use super::documents::oid;
use super::layout;
use super::leases::Lease;
use super::user_documents::DELETING;
use crate::model::Id;
use crate::store::Result;

/// The name of the lease.
const SUPERUSERS: &str = "superusers";

/// The turn of an act that may take a superuser away; an act that takes none away needs no lease.
pub(super) struct Turn(Option<Lease>);

impl Turn {
    /// Waits for the turn, if the act needs one.
    pub(super) async fn take(db: &Db, is_needed: bool) -> Result<Self> {
        Ok(Self(if is_needed {
            Some(Lease::take(db, SUPERUSERS).await?)
        } else {
            None
        }))
    }

    /// Whether the act may go on: there is another active superuser, and no other act can take that one away meanwhile.
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

    /// Lets the next act begin.
    pub(super) async fn end(self, db: &Db) {
        if let Some(lease) = self.0 {
            lease.release(db).await;
        }
    }
}
