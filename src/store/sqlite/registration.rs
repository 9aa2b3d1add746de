//! Registrations that wait for their address to be proven.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, ToSql, named_params};

use super::effects::{Subject, pretend_effects, write_effects};
use super::rows::{Fields, Moment, all, email_key, execute, first};
use super::threads::Writer;
use super::{Sqlite, caps, outbox, users};
use crate::model::RecipientCap;
use crate::model::{Email, Id, Page, PendingKey, PendingRegistration, ProofHash, User};
use crate::store::page;
use crate::store::{
    Effects, PromotePending, PutPending, RegistrationStore, RenewPending, Result, Reverify, Verify,
};

#[async_trait]
impl RegistrationStore for Sqlite {
    async fn put_pending(
        &self,
        pending: PendingRegistration,
        cap: RecipientCap,
        effects: Effects,
        if_taken: Effects,
    ) -> Result<PutPending> {
        self.threads
            .write(move |db| put(db, &pending, &cap, effects, if_taken))
            .await
    }

    async fn reverify(
        &self,
        id: Id,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        effects: Effects,
    ) -> Result<Reverify> {
        self.threads
            .write(move |db| reverify(db, id, proof, expires_at, &cap, effects))
            .await
    }

    async fn pending(
        &self,
        after: Option<PendingKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<PendingRegistration, PendingKey>> {
        self.threads
            .read(move |db| list(db, after.as_ref(), limit, now))
            .await
    }

    async fn promote_pending(
        &self,
        email: &Email,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<PromotePending> {
        let email = email.clone();
        self.threads
            .write(move |db| promote(db, &email, new_id, now, effects))
            .await
    }

    async fn delete_pending(&self, email: &Email, now: Timestamp) -> Result<bool> {
        let email = email.clone();
        self.threads.write(move |db| delete(db, &email, now)).await
    }

    async fn renew_pending(
        &self,
        email: &Email,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        effects: Effects,
    ) -> Result<RenewPending> {
        let email = email.clone();
        self.threads
            .write(move |db| renew(db, &email, &proof, expires_at, &cap, effects))
            .await
    }

    async fn pending_by_email(
        &self,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>> {
        let email = email.clone();
        self.threads.read(move |db| by_email(db, &email, now)).await
    }

    async fn pending_by_proof(
        &self,
        proof: &ProofHash,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>> {
        let proof = proof.clone();
        self.threads.read(move |db| by_proof(db, &proof, now)).await
    }

    async fn verify(
        &self,
        proof: &ProofHash,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Verify> {
        let proof = proof.clone();
        self.threads
            .write(move |db| verify(db, &proof, new_id, now, effects))
            .await
    }
}

/// The columns that [`read`] takes, in its order.
const COLUMNS: &str = "email_key, hashed_password, full_name, token_hash, created_at, expires_at";

fn find(
    connection: &Connection,
    condition: &str,
    key: &dyn ToSql,
    now: Timestamp,
) -> Result<Option<PendingRegistration>> {
    let sql = format!(
        "select {COLUMNS} from pending_registrations where {condition} = :key and expires_at > :now"
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

pub(super) fn list(
    connection: &Connection,
    after: Option<&PendingKey>,
    limit: u32,
    now: Timestamp,
) -> Result<Page<PendingRegistration, PendingKey>> {
    let (at, email_key) = match after {
        Some(key) => (key.at, email_key(&key.email)),
        None => (Timestamp::MAX, String::new()),
    };
    let sql = format!(
        "select {COLUMNS} from pending_registrations
         where expires_at > :now and (created_at, email_key) < (:at, :email_key)
         order by created_at desc, email_key desc limit :limit"
    );
    let params = named_params! {
        ":now": Moment(now),
        ":at": Moment(at),
        ":email_key": email_key,
        ":limit": page::rows(limit),
    };
    let waiting = all(connection, "pending_registrations", &sql, params, read)?;
    Ok(page::of(waiting, limit, |pending| PendingKey {
        at: pending.created_at,
        email: pending.email.clone(),
    }))
}

pub(super) fn delete(connection: &Connection, email: &Email, now: Timestamp) -> Result<bool> {
    if by_email(connection, email, now)?.is_none() {
        return Ok(false);
    }
    forget(connection, email)?;
    outbox::drop_verifications(connection, email)?;
    Ok(true)
}

pub(super) fn put(
    connection: &Writer,
    pending: &PendingRegistration,
    cap: &RecipientCap,
    effects: Effects,
    if_taken: Effects,
) -> Result<PutPending> {
    if let Some(owner) = users::by_email(connection, &pending.email)? {
        if if_taken.messages.is_empty() || caps::spend(connection, cap)? {
            write_effects(connection, if_taken, &Subject::user(&owner))?;
        }
        return Ok(PutPending::EmailTaken);
    }
    if !caps::spend(connection, cap)? {
        return Ok(PutPending::CapSpent);
    }
    write(connection, pending)?;
    write_effects(connection, effects, &Subject::address(&pending.email))?;
    Ok(PutPending::Stored)
}

pub(super) fn reverify(
    connection: &Writer,
    id: Id,
    proof: ProofHash,
    expires_at: Timestamp,
    cap: &RecipientCap,
    effects: Effects,
) -> Result<Reverify> {
    let Some(user) = users::by_id(connection, id)? else {
        return Ok(Reverify::NotFound);
    };
    if user.is_verified {
        return Ok(Reverify::AlreadyVerified);
    }
    if !caps::spend(connection, cap)? {
        return Ok(Reverify::CapSpent);
    }
    let pending = PendingRegistration {
        email: user.email.clone(),
        hashed_password: user.hashed_password.clone(),
        full_name: user.full_name.clone(),
        token_hash: proof,
        created_at: cap.now,
        expires_at,
    };
    write(connection, &pending)?;
    write_effects(connection, effects, &Subject::user(&user))?;
    Ok(Reverify::Queued)
}

/// Puts a registration in place of any older one of its address.
fn write(connection: &Connection, pending: &PendingRegistration) -> Result<()> {
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
    Ok(())
}

pub(super) fn renew(
    connection: &Writer,
    email: &Email,
    proof: &ProofHash,
    expires_at: Timestamp,
    cap: &RecipientCap,
    effects: Effects,
) -> Result<RenewPending> {
    if !caps::spend(connection, cap)? {
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
        pretend_effects(connection, effects, &Subject::address(email))?;
        return Ok(RenewPending::NotPending);
    }
    write_effects(connection, effects, &Subject::address(email))?;
    Ok(RenewPending::Renewed)
}

pub(super) fn verify(
    connection: &Writer,
    proof: &ProofHash,
    new_id: Id,
    now: Timestamp,
    effects: Effects,
) -> Result<Verify> {
    let Some(pending) = by_proof(connection, proof, now)? else {
        return Ok(Verify::InvalidToken);
    };
    let Some(user) = users::by_email(connection, &pending.email)? else {
        let user = make_account(connection, pending, new_id, now, effects)?;
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

pub(super) fn promote(
    connection: &Writer,
    email: &Email,
    new_id: Id,
    now: Timestamp,
    effects: Effects,
) -> Result<PromotePending> {
    let Some(pending) = by_email(connection, email, now)? else {
        return Ok(PromotePending::NotFound);
    };
    if users::by_email(connection, email)?.is_some() {
        return Ok(PromotePending::EmailTaken);
    }
    let user = make_account(connection, pending, new_id, now, effects)?;
    Ok(PromotePending::Created(user))
}

/// Makes a pending registration a verified account.
fn make_account(
    connection: &Writer,
    pending: PendingRegistration,
    id: Id,
    now: Timestamp,
    effects: Effects,
) -> Result<User> {
    let user = User {
        id,
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
    Ok(user)
}
