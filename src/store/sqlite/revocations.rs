//! The list of revoked tokens, as who administers them sees it.

use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::rows::{Moment, all};
use crate::model::{Page, Revocation, RevocationKey};
use crate::store::Result;
use crate::store::page;

/// What lasts longest comes first; what has expired has no effect any more.
pub(super) const LIST: &str = "select jti, user_id, expires_at from revoked_tokens
     where expires_at > :now and (expires_at, jti) < (:at, :jti)
     order by expires_at desc, jti desc limit :limit";

pub(super) fn list(
    connection: &Connection,
    after: Option<RevocationKey>,
    limit: u32,
    now: Timestamp,
) -> Result<Page<Revocation, RevocationKey>> {
    let start = after.unwrap_or(RevocationKey {
        at: Timestamp::MAX,
        jti: String::new(),
    });
    let params = named_params! {
        ":now": Moment(now),
        ":at": Moment(start.at),
        ":jti": start.jti,
        ":limit": page::rows(limit),
    };
    let revocations = all(connection, "revoked_tokens", LIST, params, |fields| {
        Ok(Revocation {
            jti: fields.take("jti")?,
            user_id: fields.take("user_id")?,
            expires_at: fields.moment("expires_at")?,
        })
    })?;
    Ok(page::of(revocations, limit, |last| RevocationKey {
        at: last.expires_at,
        jti: last.jti.clone(),
    }))
}
