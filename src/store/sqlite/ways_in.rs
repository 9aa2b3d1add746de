//! The ways to log in to an account.

use rusqlite::Connection;

use super::rows::all;
use crate::model::{Leaving, OpenWays, User, WaysIn};
use crate::store::Result;

/// Whether an account can still be logged in to without what is leaving it.
pub(super) fn remain(
    connection: &Connection,
    user: &User,
    open: &OpenWays,
    leaving: Leaving<'_>,
) -> Result<bool> {
    let sql = "select id, rp_id from passkeys where user_id = ?1";
    let passkeys = all(connection, "passkeys", sql, [user.id], |fields| {
        Ok((fields.take("id")?, fields.take("rp_id")?))
    })?;
    let sql = "select provider from oauth_identities where user_id = ?1";
    let linked = all(connection, "oauth_identities", sql, [user.id], |fields| {
        fields.take("provider")
    })?;
    let ways = WaysIn {
        has_password: user.hashed_password.is_some(),
        passkeys,
        linked,
    };
    Ok(open.remain(&ways, leaving))
}
