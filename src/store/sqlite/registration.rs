//! Registrations that wait for their address to be proven, and the hourly cap on the mail they cause.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, ToSql, named_params};

use super::effects::{Subject, write_effects};
use super::rows::{Fields, Moment, email_key, execute, first, value};
use super::users;
use crate::model::{Email, Id, PendingRegistration, ProofHash, User};
use crate::store::{Effects, PutPending, RecipientCap, RenewPending, Result, Verify};

/// The span that a recipient's cap looks back on.
pub(super) const CAP_WINDOW: SignedDuration = SignedDuration::from_hours(1);

fn find(
    connection: &Connection,
    condition: &str,
    key: &dyn ToSql,
    now: Timestamp,
) -> Result<Option<PendingRegistration>> {
    let sql = format!(
        "select email_key, hashed_password, full_name, token_hash, created_at, expires_at
         from pending_registrations where {condition} = :key and expires_at > :now"
    );
    let params = named_params! { ":key": key, ":now": Moment(now) };
    first(connection, "pending_registrations", &sql, params, read)
}

fn read(fields: &mut Fields<'_>) -> Result<PendingRegistration> {
    Ok(PendingRegistration {
        email: fields.take("email_key")?,
        hashed_password: fields.take("hashed_password")?,
        full_name: fields.take("full_name")?,
        token_hash: fields.take("token_hash")?,
        created_at: fields.moment("created_at")?,
        expires_at: fields.moment("expires_at")?,
    })
}

pub(super) fn by_email(
    connection: &Connection,
    email: &Email,
    now: Timestamp,
) -> Result<Option<PendingRegistration>> {
    find(connection, "email_key", &email_key(email), now)
}

pub(super) fn by_proof(
    connection: &Connection,
    proof: &ProofHash,
    now: Timestamp,
) -> Result<Option<PendingRegistration>> {
    find(connection, "token_hash", proof, now)
}

/// Removes the pending registration of an address.
pub(super) fn forget(connection: &Connection, email: &Email) -> Result<()> {
    execute(
        connection,
        "delete from pending_registrations where email_key = ?1",
        [email_key(email)],
    )?;
    Ok(())
}

pub(super) fn put(
    connection: &Connection,
    pending: &PendingRegistration,
    cap: &RecipientCap,
    effects: Effects,
) -> Result<PutPending> {
    if users::by_email(connection, &pending.email)?.is_some() {
        return Ok(PutPending::EmailTaken);
    }
    if !spend_cap(connection, cap)? {
        return Ok(PutPending::CapSpent);
    }
    execute(
        connection,
        "insert into pending_registrations
             (email_key, hashed_password, full_name, token_hash, created_at, expires_at)
         values (:email_key, :hashed_password, :full_name, :token_hash, :created_at, :expires_at)
         on conflict (email_key) do update set
             hashed_password = excluded.hashed_password,
             full_name = excluded.full_name,
             token_hash = excluded.token_hash,
             created_at = excluded.created_at,
             expires_at = excluded.expires_at",
        named_params! {
            ":email_key": email_key(&pending.email),
            ":hashed_password": pending.hashed_password,
            ":full_name": pending.full_name,
            ":token_hash": pending.token_hash,
            ":created_at": Moment(pending.created_at),
            ":expires_at": Moment(pending.expires_at),
        },
    )?;
    write_effects(connection, effects, &Subject::address(&pending.email))?;
    Ok(PutPending::Stored)
}

pub(super) fn renew(
    connection: &Connection,
    email: &Email,
    proof: &ProofHash,
    expires_at: Timestamp,
    cap: &RecipientCap,
    effects: Effects,
) -> Result<RenewPending> {
    if !spend_cap(connection, cap)? {
        return Ok(RenewPending::CapSpent);
    }
    let renewed = execute(
        connection,
        "update pending_registrations set token_hash = :proof, expires_at = :expires_at
         where email_key = :email_key and expires_at > :now",
        named_params! {
            ":proof": proof,
            ":expires_at": Moment(expires_at),
            ":email_key": email_key(email),
            ":now": Moment(cap.now),
        },
    )?;
    if renewed == 0 {
        return Ok(RenewPending::NotPending);
    }
    write_effects(connection, effects, &Subject::address(email))?;
    Ok(RenewPending::Renewed)
}

/// Counts one message against its recipient's cap; false, and not counted, when the cap is spent.
fn spend_cap(connection: &Connection, cap: &RecipientCap) -> Result<bool> {
    let Some(limit) = cap.limit else {
        return Ok(true);
    };
    let sent: u32 = value(
        connection,
        "select count(*) from recipient_caps where recipient = :recipient and at > :since",
        named_params! { ":recipient": cap.recipient, ":since": Moment(cap.now).minus(CAP_WINDOW) },
    )?;
    if sent >= limit {
        return Ok(false);
    }
    execute(
        connection,
        "insert into recipient_caps (recipient, at) values (:recipient, :at)",
        named_params! { ":recipient": cap.recipient, ":at": Moment(cap.now) },
    )?;
    Ok(true)
}

pub(super) fn verify(
    connection: &Connection,
    proof: &ProofHash,
    new_id: Id,
    now: Timestamp,
    effects: Effects,
) -> Result<Verify> {
    let Some(pending) = by_proof(connection, proof, now)? else {
        return Ok(Verify::InvalidToken);
    };
    let Some(user) = users::by_email(connection, &pending.email)? else {
        let user = User {
            id: new_id,
            email: pending.email,
            hashed_password: pending.hashed_password,
            is_active: true,
            is_verified: true,
            is_superuser: false,
            full_name: pending.full_name,
            phone_number: None,
            is_mfa_enabled: false,
            created_at: now,
            updated_at: now,
            last_login: None,
            tokens_invalidated_after: None,
        };
        users::insert(connection, &user)?;
        write_effects(connection, effects, &Subject::user(&user))?;
        return Ok(Verify::Created(user));
    };
    forget(connection, &pending.email)?;
    if user.is_verified {
        return Ok(Verify::AlreadyVerified);
    }
    execute(
        connection,
        "update users set is_verified = 1, updated_at = :now where id = :id",
        named_params! { ":now": Moment(now), ":id": user.id },
    )?;
    write_effects(connection, effects, &Subject::user(&user))?;
    Ok(Verify::Marked(User {
        is_verified: true,
        updated_at: now,
        ..user
    }))
}
