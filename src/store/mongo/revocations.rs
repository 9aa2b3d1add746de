//! The list of revoked tokens, as who administers them sees it.

use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::db::Db;
use super::documents::{Fields, date};
use crate::model::{Page, Revocation, RevocationKey};
use crate::store::Result;
use crate::store::page;

/// The own field for the account that a token was issued to.
pub(super) const USER_ID: &str = "regstack_user_id";

/// What lasts longest comes first; what has expired has no effect any more.
pub(super) async fn list(
    db: &Db,
    after: Option<RevocationKey>,
    limit: u32,
    now: Timestamp,
) -> Result<Page<Revocation, RevocationKey>> {
    let mut condition = doc! { "exp": { "$gt": date(now) } };
    if let Some(RevocationKey { at, jti }) = after {
        let earlier = doc! { "exp": { "$lt": date(at) } };
        let beside = doc! { "exp": date(at), "jti": { "$lt": jti } };
        condition.insert("$or", [earlier, beside]);
    }
    let found = db.revoked.find(condition);
    let longest_first = found.sort(doc! { "exp": -1, "jti": -1 });
    let documents = db.all(longest_first.limit(page::rows(limit))).await?;
    let revocations = documents.iter().map(revocation).collect::<Result<_>>()?;
    Ok(page::of(revocations, limit, |last: &Revocation| {
        RevocationKey {
            at: last.expires_at,
            jti: last.jti.clone(),
        }
    }))
}

fn revocation(document: &Document) -> Result<Revocation> {
    let fields = Fields::of("token_blacklist", document);
    Ok(Revocation {
        jti: fields.text("jti")?,
        user_id: fields.optional_id(USER_ID)?,
        expires_at: fields.moment("exp")?,
    })
}
