//! Login attempts: reservations, failures and the lockout they add up to.
//!
//! One row an attempt, written before its password is looked at. It is under way, and after [`RESERVATION_LIFETIME`]
//! counts as failed at its start; or it is marked as failed. Success deletes it.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::types::ToSql;
use rusqlite::{Connection, named_params};

use super::rows::{Ip, Moment, all, email_key, execute};
use super::threads::Writer;
use super::{Sqlite, effects};
use crate::model::{Email, Event, Id, LockoutRule, LockoutState, RESERVATION_LIFETIME};
use crate::store::{Attempt, AttemptStore, Reservation, Result};

#[async_trait]
impl AttemptStore for Sqlite {
    async fn reserve_attempt(&self, attempt: Attempt, rule: LockoutRule) -> Result<Reservation> {
        self.threads
            .write(move |db| reserve(db, &attempt, rule))
            .await
    }

    async fn fail_attempt(
        &self,
        attempt: &Attempt,
        rule: LockoutRule,
        now: Timestamp,
        failed: Event,
        locked: Event,
    ) -> Result<()> {
        let attempt = attempt.clone();
        self.threads
            .write(move |db| fail(db, &attempt, rule, now, failed, locked))
            .await
    }

    async fn release_attempt(&self, attempt: &Attempt) -> Result<()> {
        let id = attempt.id;
        self.threads.write(move |db| release(db, id)).await
    }

    async fn lockout(
        &self,
        email: &Email,
        rule: LockoutRule,
        now: Timestamp,
    ) -> Result<LockoutState> {
        let email = email.clone();
        self.threads
            .read(move |db| lockout(db, &email, rule, now))
            .await
    }
}

/// The addresses that are locked out; its parameters are [`locked_params`].
pub(super) const LOCKED_ADDRESSES: &str = "select email_key from login_attempts
     where started_at > :counted_after and (failed = 1 or started_at <= :stale)
     group by email_key having count(*) >= :threshold";

pub(super) fn locked_params(
    rule: LockoutRule,
    now: Timestamp,
) -> [(&'static str, Box<dyn ToSql>); 3] {
    [
        (":counted_after", Box::new(Moment(now).minus(rule.window))),
        (":stale", Box::new(Moment(now).minus(RESERVATION_LIFETIME))),
        (":threshold", Box::new(rule.threshold.max(1))),
    ]
}

/// What stands against an address.
struct Record {
    /// When the attempts that count as failed started, oldest first.
    failures: Vec<Timestamp>,
    running: usize,
}

impl Record {
    fn of(
        connection: &Connection,
        email: &Email,
        rule: LockoutRule,
        now: Timestamp,
    ) -> Result<Self> {
        let counted_after = Moment(now).minus(rule.window);
        let stale = Moment(now).minus(RESERVATION_LIFETIME);
        let mut record = Self {
            failures: Vec::new(),
            running: 0,
        };
        all(
            connection,
            "login_attempts",
            "select email_key, started_at, failed from login_attempts
             where email_key = :email_key and started_at > min(:counted_after, :stale)
             order by started_at",
            named_params! { ":email_key": email_key(email), ":counted_after": counted_after, ":stale": stale },
            |fields| {
                fields.take::<String>("email_key")?;
                let started_at = fields.moment("started_at")?;
                if !fields.take::<bool>("failed")? && started_at > stale.0 {
                    record.running += 1;
                } else if started_at > counted_after.0 {
                    record.failures.push(started_at);
                }
                Ok(())
            },
        )?;
        Ok(record)
    }

    /// Until when the failures lock, if they do: then just fewer than the threshold are left in the window.
    fn locked_until(&self, rule: LockoutRule) -> Option<Timestamp> {
        let last_to_leave = self.failures.len().checked_sub(threshold(rule))?;
        Some(Moment(self.failures[last_to_leave]).plus(rule.window).0)
    }
}

fn threshold(rule: LockoutRule) -> usize {
    usize::try_from(rule.threshold.max(1)).unwrap_or(usize::MAX)
}

pub(super) fn reserve(
    connection: &Connection,
    attempt: &Attempt,
    rule: LockoutRule,
) -> Result<Reservation> {
    let record = Record::of(connection, &attempt.email, rule, attempt.started_at)?;
    if let Some(until) = record.locked_until(rule) {
        return Ok(Reservation::Locked { until });
    }
    if record.failures.len() + record.running >= threshold(rule) {
        return Ok(Reservation::Busy);
    }
    write(connection, attempt, false)?;
    Ok(Reservation::Granted)
}

pub(super) fn fail(
    connection: &Writer,
    attempt: &Attempt,
    rule: LockoutRule,
    now: Timestamp,
    failed: Event,
    locked: Event,
) -> Result<()> {
    let before = Record::of(connection, &attempt.email, rule, now)?
        .failures
        .len();
    write(connection, attempt, true)?;
    let after = Record::of(connection, &attempt.email, rule, now)?
        .failures
        .len();
    effects::record(connection, failed)?;
    if before < threshold(rule) && after >= threshold(rule) {
        effects::record(connection, locked)?;
    }
    Ok(())
}

/// An attempt whose reservation was cleared meanwhile did fail, and is written again.
fn write(connection: &Connection, attempt: &Attempt, failed: bool) -> Result<()> {
    execute(
        connection,
        "insert into login_attempts (id, email_key, started_at, ip, failed)
         values (:id, :email_key, :started_at, :ip, :failed)
         on conflict (id) do update set failed = excluded.failed",
        named_params! {
            ":id": attempt.id,
            ":email_key": email_key(&attempt.email),
            ":started_at": Moment(attempt.started_at),
            ":ip": attempt.ip.map(Ip),
            ":failed": failed,
        },
    )?;
    Ok(())
}

pub(super) fn release(connection: &Connection, id: Id) -> Result<()> {
    execute(
        connection,
        "delete from login_attempts where id = ?1 and failed = 0",
        [id],
    )?;
    Ok(())
}

/// After a success: forgets the failures of the address and the attempt that succeeded. Others under way stay reserved.
pub(super) fn succeed(
    connection: &Connection,
    email: &Email,
    attempt: Option<Id>,
    now: Timestamp,
) -> Result<()> {
    execute(
        connection,
        "delete from login_attempts
         where email_key = :email_key and (failed = 1 or started_at <= :stale or id = :id)",
        named_params! {
            ":email_key": email_key(email),
            ":stale": Moment(now).minus(RESERVATION_LIFETIME),
            ":id": attempt,
        },
    )?;
    Ok(())
}

/// Forgets all attempts at an address; how many there were.
pub(super) fn clear(connection: &Connection, email: &Email) -> Result<usize> {
    execute(
        connection,
        "delete from login_attempts where email_key = ?1",
        [email_key(email)],
    )
}

pub(super) fn lockout(
    connection: &Connection,
    email: &Email,
    rule: LockoutRule,
    now: Timestamp,
) -> Result<LockoutState> {
    let record = Record::of(connection, email, rule, now)?;
    Ok(LockoutState {
        failures: u32::try_from(record.failures.len()).unwrap_or(u32::MAX),
        locked_until: record.locked_until(rule),
    })
}
