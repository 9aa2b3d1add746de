//! Rows of accounts: their columns, and how an account is found and written.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::rows::{Fields, Moment, first, run, value};
use crate::model::{Email, ForeignId, Id, OthersEnded, PasswordHash, User};
use crate::store::Result;

/// The columns that [`read`] takes and [`write()`] fills, in the same order.
pub(super) const COLUMNS: &str = "id, email, hashed_password, is_active, is_verified, is_superuser, \
     full_name, phone_number, is_mfa_enabled, created_at, updated_at, last_login, tokens_invalidated_after, language, \
     others_ended_at, kept_session, has_totp, foreign_id";

/// Reads an account from the fields of [`COLUMNS`].
pub(super) fn read(fields: &mut Fields<'_>) -> Result<User> {
    Ok(User {
        id: fields.take("id")?,
        email: fields.take("email")?,
        hashed_password: fields.take("hashed_password")?,
        is_active: fields.take("is_active")?,
        is_verified: fields.take("is_verified")?,
        is_superuser: fields.take("is_superuser")?,
        full_name: fields.take("full_name")?,
        phone_number: fields.take("phone_number")?,
        is_mfa_enabled: fields.take("is_mfa_enabled")?,
        created_at: fields.moment("created_at")?,
        updated_at: fields.moment("updated_at")?,
        last_login: fields.optional_moment("last_login")?,
        tokens_invalidated_after: fields.optional_moment("tokens_invalidated_after")?,
        language: fields.take("language")?,
        others_ended: others_ended(fields)?,
        has_totp: fields.take("has_totp")?,
        foreign_id: fields.take("foreign_id")?,
    })
}

fn others_ended(fields: &mut Fields<'_>) -> Result<Option<OthersEnded>> {
    let at = fields.optional_moment("others_ended_at")?;
    let kept: Option<String> = fields.take("kept_session")?;
    Ok(at.zip(kept).map(|(at, kept)| OthersEnded { at, kept }))
}

/// Runs a statement with the values of [`COLUMNS`], followed by the keys that accounts are searched by.
fn write(connection: &Connection, sql: &str, user: &User) -> Result<()> {
    let name_key = user
        .full_name
        .as_ref()
        .map(|name| name.as_str().to_lowercase());
    let values = params![
        user.id,
        user.email,
        user.hashed_password,
        user.is_active,
        user.is_verified,
        user.is_superuser,
        user.full_name,
        user.phone_number,
        user.is_mfa_enabled,
        Moment(user.created_at),
        Moment(user.updated_at),
        user.last_login.map(Moment),
        user.tokens_invalidated_after.map(Moment),
        user.language,
        user.others_ended.as_ref().map(|ended| Moment(ended.at)),
        user.others_ended.as_ref().map(|ended| &ended.kept),
        user.has_totp,
        user.foreign_id,
        user.email.key(),
        name_key,
    ];
    let marks = vec!["?"; values.len()].join(", ");
    run(connection, &sql.replace(":values", &marks), values)
}

/// Writes a new account.
pub(super) fn insert(connection: &Connection, user: &User) -> Result<()> {
    let sql = format!("insert into users ({COLUMNS}, email_key, name_key) values (:values)");
    write(connection, &sql, user)
}

/// Writes an account that was read in the same step.
pub(super) fn update(connection: &Connection, user: &User) -> Result<()> {
    let sql =
        format!("update users set ({COLUMNS}, email_key, name_key) = (:values) where id = ?1");
    write(connection, &sql, user)
}

pub(super) fn by_id(connection: &Connection, id: Id) -> Result<Option<User>> {
    let sql = format!("select {COLUMNS} from users where id = ?1");
    first(connection, "users", &sql, [id], read)
}

pub(super) fn by_email(connection: &Connection, email: &Email) -> Result<Option<User>> {
    let sql = format!("select {COLUMNS} from users where email_key = ?1");
    first(connection, "users", &sql, [email.key()], read)
}

pub(super) fn by_foreign_id(connection: &Connection, id: &ForeignId) -> Result<Option<User>> {
    let sql = format!("select {COLUMNS} from users where foreign_id = ?1 order by id limit 1");
    first(connection, "users", &sql, [id], read)
}

/// Returns the account if it accepts a token issued at this moment.
pub(super) fn accepting(
    connection: &Connection,
    id: Id,
    issued_at: Timestamp,
) -> Result<Option<User>> {
    Ok(by_id(connection, id)?.filter(|user| user.accepts(issued_at)))
}

/// Returns the newest time of issue of any token of the account.
pub(super) fn last_iat(connection: &Connection, id: Id) -> Result<Option<Timestamp>> {
    let last: Option<Moment> = value(connection, "select last_iat from users where id = ?1", [id])?;
    Ok(last.map(|last| last.0))
}

/// Stores the result of a right password: the token's time of issue if it is the newest, and a stronger hash.
pub(super) fn note_login(
    connection: &Connection,
    id: Id,
    issued_at: Timestamp,
    upgraded_hash: Option<&PasswordHash>,
) -> Result<()> {
    run(
        connection,
        "update users set last_iat = max(?2, coalesce(last_iat, ?2)), hashed_password = coalesce(?3, hashed_password)
             where id = ?1",
        (id, Moment(issued_at), upgraded_hash),
    )
}

/// Stores the time of issue of a token if it is the newest.
pub(super) fn raise_last_iat(connection: &Connection, id: Id, issued_at: Timestamp) -> Result<()> {
    run(
        connection,
        "update users set last_iat = max(?2, coalesce(last_iat, ?2)) where id = ?1",
        (id, Moment(issued_at)),
    )
}
