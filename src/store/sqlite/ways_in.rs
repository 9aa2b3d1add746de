//! What an account can be logged in to with.

use rusqlite::Connection;

use super::rows::value;
use crate::model::{User, WaysIn};
use crate::store::Result;

/// The ways in to an account.
pub(super) fn of(connection: &Connection, user: &User) -> Result<WaysIn> {
    let count = |table: &str| {
        let sql = format!("select count(*) from {table} where user_id = ?1");
        Ok::<_, crate::store::StoreError>(value::<i64>(connection, &sql, [user.id])?.unsigned_abs())
    };
    Ok(WaysIn {
        has_password: user.hashed_password.is_some(),
        passkeys: count("passkeys")?,
        identities: count("oauth_identities")?,
    })
}
