//! The login methods of an account.

use rusqlite::Connection;

use super::rows::all;
use crate::model::{LoginMethods, OfferedMethods, RemovedMethod, User};
use crate::store::Result;

/// Returns whether an account can still be logged in to without the removed method.
pub(super) fn any_left(
    connection: &Connection,
    user: &User,
    open: &OfferedMethods,
    removed: RemovedMethod<'_>,
) -> Result<bool> {
    let sql = "select id, rp_id from passkeys where user_id = ?1";
    let passkeys = all(connection, "passkeys", sql, [user.id], |fields| {
        Ok((fields.take("id")?, fields.take("rp_id")?))
    })?;
    let sql = "select provider from oauth_identities where user_id = ?1";
    let linked = all(connection, "oauth_identities", sql, [user.id], |fields| {
        fields.take("provider")
    })?;
    let methods = LoginMethods {
        has_password: user.hashed_password.is_some(),
        passkeys,
        linked,
    };
    Ok(open.any_left(&methods, removed))
}
