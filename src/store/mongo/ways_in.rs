//! What an account can be logged in to with, over the two collections that it is in.
//!
//! Whoever keeps a password, or another passkey, is decided over by one update of the account. All other acts that take a way
//! in away have their turn one after the other, as no update sees both collections.

use mongodb::bson::{Bson, Document, doc};

use super::db::Db;
use super::documents::{Fields, PASSKEYS, oid};
use super::leases::Lease;
use super::user_documents::present;
use crate::model::{Id, WaysIn};
use crate::store::Result;

/// The ways in to an account; none where it is gone.
pub(super) async fn of(db: &Db, user_id: Id) -> Result<Option<WaysIn>> {
    let Some(account) = db.read(db.users.find_one(present(user_id))).await? else {
        return Ok(None);
    };
    let identities = db.identities.count_documents(identities_of(user_id));
    let fields = Fields::of("users", &account);
    Ok(Some(WaysIn {
        has_password: fields.optional_text("hashed_password")?.is_some(),
        passkeys: fields.list(PASSKEYS)?.len() as u64,
        identities: db.read(identities).await?,
    }))
}

/// The condition that an identity is of this account. The package writes the id as a text.
pub(super) fn identities_of(user_id: Id) -> Document {
    doc! { "user_id": { "$in": [Bson::from(user_id.to_string()), Bson::from(oid(user_id))] } }
}

/// Waits for the turn of an act that may take the last way in away.
pub(super) async fn turn(db: &Db) -> Result<Lease> {
    Lease::take(db, "ways in").await
}
