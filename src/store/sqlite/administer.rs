//! What administrators do to accounts, and their end.

use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::effects::{Subject, write_effects};
use super::rows::{Moment, execute, value};
use super::threads::Writer;
use super::users::{by_id, name_key};
use super::{attempts, code_rows, outbox, registration, sessions};
use crate::model::{Id, User, UserChange};
use crate::store::{Administer, Deletion, Effects, Result};

pub(super) fn change(
    connection: &Writer,
    id: Id,
    change: &UserChange,
    force: bool,
    now: Timestamp,
    mut effects: Effects,
) -> Result<Administer> {
    let Some(before) = by_id(connection, id)? else {
        return Ok(Administer::NotFound);
    };
    let wanted = wanted(&before, change);
    let stays = wanted.is_active && wanted.is_superuser;
    if !stays && !force && is_last_superuser(connection, &before)? {
        return Ok(Administer::LastSuperuser);
    }
    let row_changes = changeable(&wanted) != changeable(&before);
    if row_changes {
        write(connection, &wanted, now)?;
    }
    if wanted.is_verified && !before.is_verified {
        registration::forget(connection, &before.email)?;
    }
    if change.end_sessions || (before.is_active && !wanted.is_active) {
        sessions::end(connection, id, now, None)?;
    }
    let unlocked = change.is_active == Some(true)
        && attempts::clear(connection, &before.email)? + code_rows::forgive(connection, id)? > 0;
    if change.remove_second_factor {
        code_rows::forget(connection, id)?;
        code_rows::forgive(connection, id)?;
    }
    if row_changes || unlocked || change.end_sessions {
        effects
            .events
            .retain(|event| UserChange::took_place(event.kind, &before, &wanted, unlocked));
        write_effects(connection, effects, &Subject::user(&before))?;
    }
    Ok(by_id(connection, id)?.map_or(Administer::NotFound, Administer::Done))
}

/// The account as the change wants it.
fn wanted(before: &User, change: &UserChange) -> User {
    let mut user = before.clone();
    user.is_active = change.is_active.unwrap_or(user.is_active);
    user.is_superuser = change.is_superuser.unwrap_or(user.is_superuser);
    user.is_verified = change.is_verified.unwrap_or(user.is_verified);
    if let Some(full_name) = &change.full_name {
        user.full_name.clone_from(full_name);
    }
    if change.remove_second_factor {
        user.is_mfa_enabled = false;
        user.phone_number = None;
    }
    user
}

/// The part of an account that [`write()`] writes.
fn changeable(user: &User) -> impl PartialEq + '_ {
    let flags = [
        user.is_active,
        user.is_superuser,
        user.is_verified,
        user.is_mfa_enabled,
    ];
    (flags, &user.full_name, &user.phone_number)
}

fn write(connection: &Connection, user: &User, now: Timestamp) -> Result<()> {
    execute(
        connection,
        "update users set is_active = :is_active, is_superuser = :is_superuser, is_verified = :is_verified,
             is_mfa_enabled = :is_mfa_enabled, phone_number = :phone_number, full_name = :full_name,
             name_key = :name_key, updated_at = :now
         where id = :id",
        named_params! {
            ":is_active": user.is_active,
            ":is_superuser": user.is_superuser,
            ":is_verified": user.is_verified,
            ":is_mfa_enabled": user.is_mfa_enabled,
            ":phone_number": user.phone_number,
            ":full_name": user.full_name,
            ":name_key": name_key(user.full_name.as_ref()),
            ":now": Moment(now),
            ":id": user.id,
        },
    )?;
    Ok(())
}

/// Whether `user` is an active superuser, and the only one.
fn is_last_superuser(connection: &Connection, user: &User) -> Result<bool> {
    if !(user.is_active && user.is_superuser) {
        return Ok(false);
    }
    value(
        connection,
        "select not exists (select 1 from users where is_superuser = 1 and is_active = 1 and id <> ?1)",
        [user.id],
    )
}

pub(super) fn delete(
    connection: &Writer,
    id: Id,
    deletion: &Deletion,
    effects: Effects,
) -> Result<Administer> {
    let Some(user) = by_id(connection, id)? else {
        return Ok(Administer::NotFound);
    };
    if deletion.verified_hash.is_some() && deletion.verified_hash != user.hashed_password {
        return Ok(Administer::Stale);
    }
    if !deletion.force && is_last_superuser(connection, &user)? {
        return Ok(Administer::LastSuperuser);
    }
    execute(connection, "delete from users where id = ?1", [id])?;
    attempts::clear(connection, &user.email)?;
    registration::forget(connection, &user.email)?;
    code_rows::forget(connection, id)?;
    code_rows::forgive(connection, id)?;
    outbox::drop_of_user(connection, &user)?;
    // After the deletions: a farewell that belongs to this act is sent.
    write_effects(connection, effects, &Subject::user(&user))?;
    Ok(Administer::Done(user))
}
