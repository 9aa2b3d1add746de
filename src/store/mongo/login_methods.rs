//! The login methods of an account, which are spread over two collections.
//!
//! If the account keeps a password or a usable passkey, one update of its document decides. Other removals run one at a time
//! under a lease, because no update sees both collections.

use mongodb::bson::{Bson, Document, doc};

use super::db::Db;
use super::documents::{Fields, PASSKEYS, oid};
use super::leases::Lease;
use super::user_documents::present;
use crate::model::{Id, LoginMethods, OfferedMethods, ProviderId, RemovedMethod};
use crate::store::Result;

/// Returns whether an account can still be logged in to without the removed method. False if the account is gone.
pub(super) async fn any_left(
    db: &Db,
    user_id: Id,
    open: &OfferedMethods,
    removed: RemovedMethod<'_>,
) -> Result<bool> {
    let Some(account) = db.read(db.users.find_one(present(user_id))).await? else {
        return Ok(false);
    };
    let identities = db.all(db.identities.find(identities_of(user_id))).await?;
    let linked = identities.iter().map(|document| {
        Fields::of("oauth_identities", document).named("provider", ProviderId::parse)
    });
    let methods = LoginMethods {
        linked: linked.collect::<Result<_>>()?,
        ..in_document(&account)?
    };
    Ok(open.any_left(&methods, removed))
}

/// Returns the login methods in an account's document: all except other providers.
pub(super) fn in_document(account: &Document) -> Result<LoginMethods> {
    let fields = Fields::of("users", account);
    let passkeys = fields.list(PASSKEYS)?.into_iter().map(|document| {
        let fields = Fields::of("users", document);
        Ok((fields.id("id")?, fields.text("rp_id")?))
    });
    Ok(LoginMethods {
        has_password: fields.optional_text("hashed_password")?.is_some(),
        passkeys: passkeys.collect::<Result<_>>()?,
        linked: Vec::new(),
    })
}

/// Returns the condition that an identity belongs to this account. The package writes the id as text.
pub(super) fn identities_of(user_id: Id) -> Document {
    doc! { "user_id": { "$in": [Bson::from(user_id.to_string()), Bson::from(oid(user_id))] } }
}

/// The name of the lease. Earlier versions use the same one.
const LEASE: &str = "ways in";

/// Waits for the turn of an operation that may remove the last login method.
pub(super) async fn turn(db: &Db) -> Result<Lease> {
    Lease::take(db, LEASE).await
}
