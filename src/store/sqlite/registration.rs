//! Registrations that wait for their email address to be verified, and the accounts that they become.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, ToSql, named_params};

use super::effects::{Subject, pretend_effects, write_effects};
use super::rows::{Fields, Moment, all, execute, first, run};
use super::threads::Writer;
use super::{Sqlite, caps, outbox, user_list, user_rows};
use crate::model::{
    Email, Id, Page, PendingKey, PendingRegistration, ProofHash, RecipientCap, User, UserFilter,
};
use crate::store::page;
use crate::store::{
    Effects, PromotePending, PutPending, RegistrationStore, RenewPending, Result, Reverify, Verify,
};

/// How many rows a search reads at a time.
const SEARCHED: i64 = 500;

#[async_trait]
impl RegistrationStore for Sqlite {
    async fn put_pending(
        &self,
        pending: PendingRegistration,
        cap: RecipientCap,
        effects: Effects,
        if_taken: Effects,
    ) -> Result<PutPending> {
        self.write(move |db| {
            if let Some(owner) = user_rows::by_email(db, &pending.email)? {
                if if_taken.messages.is_empty() || caps::spend(db, &cap)? {
                    write_effects(db, if_taken, &Subject::user(&owner))?;
                }
                return Ok(PutPending::EmailTaken);
            }
            let cap = with_link(db, &pending.email, cap)?;
            if !caps::spend(db, &cap)? {
                return Ok(PutPending::CapSpent);
            }
            write(db, &pending)?;
            write_effects(db, effects, &Subject::address(&pending.email))?;
            Ok(PutPending::Stored)
        })
        .await
    }

    async fn reverify(
        &self,
        id: Id,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        only_if: Option<UserFilter>,
        effects: Effects,
    ) -> Result<Reverify> {
        self.write(move |db| {
            let Some(user) = user_rows::by_id(db, id)? else {
                return Ok(Reverify::NotFound);
            };
            if user.is_verified {
                return Ok(Reverify::AlreadyVerified);
            }
            if !user_list::admits(db, only_if.as_ref(), id)? {
                return Ok(Reverify::Overtaken);
            }
            let cap = with_link(db, &user.email, cap)?;
            if !caps::spend(db, &cap)? {
                return Ok(Reverify::CapSpent);
            }
            write(db, &user.reverification(proof, cap.now, expires_at))?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(Reverify::Queued)
        })
        .await
    }

    async fn pending(
        &self,
        q: Option<&str>,
        after: Option<PendingKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<PendingRegistration, PendingKey>> {
        let mut start = match after {
            Some(key) => (key.at, key.email.key()),
            None => (Timestamp::MAX, String::new()),
        };
        let sql = format!(
            "select {COLUMNS} from pending_registrations
             where expires_at > :now and (created_at, email_key) < (:at, :email_key)
             order by created_at desc, email_key desc limit :limit"
        );
        let search = q.map(user_list::Search::of);
        let wanted = usize::try_from(page::rows(limit)).unwrap_or(usize::MAX);
        let waiting = self.read(move |db: &Connection| {
            let mut waiting = Vec::new();
            // There are few of them, and they are short-lived, so no search index is kept.
            let part = if search.is_some() {
                SEARCHED
            } else {
                page::rows(limit)
            };
            loop {
                let params = named_params! {
                    ":now": Moment(now),
                    ":at": Moment(start.0),
                    ":email_key": start.1,
                    ":limit": part,
                };
                let rows = all(db, "pending_registrations", &sql, params, read)?;
                let last = rows.last().map(|last| (last.created_at, last.email.key()));
                let is_last = i64::try_from(rows.len()).unwrap_or(0) < part;
                let search = search.as_ref();
                waiting.extend(rows.into_iter().filter(|pending| {
                    search.is_none_or(|search| {
                        search.finds(&pending.email, pending.full_name.as_ref())
                    })
                }));
                match last {
                    Some(last) if !is_last && waiting.len() < wanted => start = last,
                    _ => break,
                }
            }
            waiting.truncate(wanted);
            Ok(waiting)
        });
        let waiting = waiting.await?;
        Ok(page::of(waiting, limit, |pending| PendingKey {
            at: pending.created_at,
            email: pending.email.clone(),
        }))
    }

    async fn promote_pending(
        &self,
        email: &Email,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<PromotePending> {
        let email = email.clone();
        self.write(move |db| {
            let Some(pending) = find(db, "email_key", &email.key(), now)? else {
                return Ok(PromotePending::NotFound);
            };
            if user_rows::by_email(db, &email)?.is_some() {
                return Ok(PromotePending::EmailTaken);
            }
            let user = pending.into_user(new_id, now);
            insert(db, &user, effects)?;
            Ok(PromotePending::Created(user))
        })
        .await
    }

    async fn delete_pending(&self, email: &Email, now: Timestamp) -> Result<bool> {
        let email = email.clone();
        self.write(move |db| {
            if find(db, "email_key", &email.key(), now)?.is_none() {
                return Ok(false);
            }
            forget(db, &email)?;
            outbox::drop_verifications(db, &email)?;
            Ok(true)
        })
        .await
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
        self.write(move |db| {
            let lives = find(db, "email_key", &email.key(), cap.now)?.is_some();
            let cap = if lives { cap } else { cap.pretended() };
            if !caps::spend(db, &cap)? {
                return Ok(RenewPending::CapSpent);
            }
            let renewed = execute(
                db,
                "update pending_registrations set token_hash = :proof, expires_at = :expires_at
                     where email_key = :email_key and expires_at > :now",
                named_params! {
                    ":proof": proof,
                    ":expires_at": Moment(expires_at),
                    ":email_key": email.key(),
                    ":now": Moment(cap.now),
                },
            )?;
            if renewed == 0 {
                pretend_effects(db, effects, &Subject::address(&email))?;
                return Ok(RenewPending::NotPending);
            }
            write_effects(db, effects, &Subject::address(&email))?;
            Ok(RenewPending::Renewed)
        })
        .await
    }

    async fn pending_by_email(
        &self,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>> {
        let key = email.key();
        self.read(move |db| find(db, "email_key", &key, now)).await
    }

    async fn pending_by_proof(
        &self,
        proof: &ProofHash,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>> {
        let proof = proof.clone();
        self.read(move |db| find(db, "token_hash", &proof, now))
            .await
    }

    async fn verify(
        &self,
        proof: &ProofHash,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Verify> {
        let proof = proof.clone();
        self.write(move |db| {
            let Some(pending) = find(db, "token_hash", &proof, now)? else {
                return Ok(Verify::InvalidToken);
            };
            let Some(mut user) = user_rows::by_email(db, &pending.email)? else {
                let user = pending.into_user(new_id, now);
                insert(db, &user, effects)?;
                return Ok(Verify::Created(user));
            };
            forget(db, &pending.email)?;
            if user.is_verified {
                return Ok(Verify::AlreadyVerified);
            }
            user.is_verified = true;
            user.updated_at = now;
            user_rows::update(db, &user)?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(Verify::Marked(user))
        })
        .await
    }
}

/// The columns that [`read`] takes, in the same order.
const COLUMNS: &str = "email_key, hashed_password, full_name, token_hash, created_at, expires_at, \
     language";

fn read(fields: &mut Fields<'_>) -> Result<PendingRegistration> {
    Ok(PendingRegistration {
        email: fields.take("email_key")?,
        hashed_password: fields.take("hashed_password")?,
        full_name: fields.take("full_name")?,
        token_hash: fields.take("token_hash")?,
        created_at: fields.moment("created_at")?,
        expires_at: fields.moment("expires_at")?,
        language: fields.take("language")?,
    })
}

/// Returns the live registration with this value in that column.
fn find(
    connection: &Connection,
    column: &str,
    value: &dyn ToSql,
    now: Timestamp,
) -> Result<Option<PendingRegistration>> {
    let sql = format!(
        "select {COLUMNS} from pending_registrations where {column} = :value and expires_at > :now"
    );
    let params = named_params! { ":value": value, ":now": Moment(now) };
    first(connection, "pending_registrations", &sql, params, read)
}

/// Returns the limit for a link to an email address. If no older link is live, a reached limit lets one more through.
fn with_link(connection: &Connection, email: &Email, cap: RecipientCap) -> Result<RecipientCap> {
    let alive = find(connection, "email_key", &email.key(), cap.now)?.is_some();
    Ok(if alive { cap } else { cap.with_nothing_alive() })
}

/// Stores a registration in place of any older one of its email address.
fn write(connection: &Connection, pending: &PendingRegistration) -> Result<()> {
    let sql = format!(
        "insert into pending_registrations ({COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         on conflict (email_key) do update set ({COLUMNS}) = (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
    );
    let params = (
        pending.email.key(),
        &pending.hashed_password,
        &pending.full_name,
        &pending.token_hash,
        Moment(pending.created_at),
        Moment(pending.expires_at),
        &pending.language,
    );
    run(connection, &sql, params)
}

/// Deletes the pending registration of an email address.
pub(super) fn forget(connection: &Connection, email: &Email) -> Result<()> {
    run(
        connection,
        "delete from pending_registrations where email_key = ?1",
        [email.key()],
    )
}

/// Writes a new account with its effects, and deletes pending registrations of its email address. The account may have
/// an invitation that was issued at the moment of its creation.
pub(super) fn insert(connection: &Writer, user: &User, effects: Effects) -> Result<()> {
    user_rows::insert(connection, user)?;
    user_rows::raise_last_iat(connection, user.id, user.created_at)?;
    forget(connection, &user.email)?;
    write_effects(connection, effects, &Subject::user(user))
}
