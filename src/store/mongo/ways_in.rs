//! The ways to log in to an account, which are spread over two collections.
//!
//! Whoever keeps a password, or another passkey that opens, is decided over by one update of the account. All other acts that take a way
//! in away have their turn one after the other, as no update sees both collections.

use mongodb::bson::{Bson, Document, doc};

use super::db::Db;
use super::documents::{Fields, PASSKEYS, oid};
use super::leases::Lease;
use super::user_documents::present;
use crate::model::{Id, Leaving, OpenWays, ProviderId, WaysIn};
use crate::store::Result;

/// Whether an account can still be logged in to without what is leaving it; not where it is gone.
pub(super) async fn remain(
    db: &Db,
    user_id: Id,
    open: &OpenWays,
    leaving: Leaving<'_>,
) -> Result<bool> {
    let Some(account) = db.read(db.users.find_one(present(user_id))).await? else {
        return Ok(false);
    };
    let identities = db.all(db.identities.find(identities_of(user_id))).await?;
    let linked = identities.iter().map(|document| {
        Fields::of("oauth_identities", document).named("provider", ProviderId::parse)
    });
    let ways = WaysIn {
        linked: linked.collect::<Result<_>>()?,
        ..in_document(&account)?
    };
    Ok(open.remain(&ways, leaving))
}

/// The ways in that an account's document knows of: all but other providers.
pub(super) fn in_document(account: &Document) -> Result<WaysIn> {
    let fields = Fields::of("users", account);
    let passkeys = fields.list(PASSKEYS)?.into_iter().map(|document| {
        let fields = Fields::of("users", document);
        Ok((fields.id("id")?, fields.text("rp_id")?))
    });
    Ok(WaysIn {
        has_password: fields.optional_text("hashed_password")?.is_some(),
        passkeys: passkeys.collect::<Result<_>>()?,
        linked: Vec::new(),
    })
}

/// Returns the condition that an identity belongs to this account. The package writes the id as text.
pub(super) fn identities_of(user_id: Id) -> Document {
    doc! { "user_id": { "$in": [Bson::from(user_id.to_string()), Bson::from(oid(user_id))] } }
}

/// Waits for the turn of an operation that may remove the last way to log in.
pub(super) async fn turn(db: &Db) -> Result<Lease> {
    Lease::take(db, "ways in").await
}
