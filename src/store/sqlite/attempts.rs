//! Login attempts: reservations, failures, and the lockout that results from them.
//!
//! Each attempt is one row. It is written before the password is checked, marked if the attempt fails, and deleted if
//! it succeeds.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::types::ToSql;
use rusqlite::{Connection, named_params};

use super::rows::{Ip, Moment, all, execute, run};
use super::{Sqlite, effects};
use crate::model::{
    AttemptHistory, Email, Event, Id, LockoutRule, LockoutState, PastAttempt, Reservation,
};
use crate::store::{Attempt, AttemptStore, Result};

#[async_trait]
impl AttemptStore for Sqlite {
    async fn reserve_attempt(&self, attempt: Attempt, rule: LockoutRule) -> Result<Reservation> {
        self.write(move |db| {
            settle_future(db, &attempt.email, attempt.started_at)?;
            let history = history(db, &attempt.email, rule, attempt.started_at)?;
            let reservation = history.reservation();
            if reservation == Reservation::Granted {
                write(db, &attempt, false)?;
            }
            Ok(reservation)
        })
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
        self.write(move |db| {
            let before = history(db, &attempt.email, rule, now)?;
            write(db, &attempt, true)?;
            let after = history(db, &attempt.email, rule, now)?;
            effects::record(db, failed)?;
            if before.locked_until().is_none() && after.locked_until().is_some() {
                effects::record(db, locked)?;
            }
            Ok(())
        })
        .await
    }

    async fn release_attempt(&self, attempt: &Attempt) -> Result<()> {
        let id = attempt.id;
        let sql = "delete from login_attempts where id = ?1 and failed = 0";
        self.write(move |db| run(db, sql, [id])).await
    }

    async fn lockout(
        &self,
        email: &Email,
        rule: LockoutRule,
        now: Timestamp,
    ) -> Result<LockoutState> {
        let email = email.clone();
        self.read(move |db| Ok(history(db, &email, rule, now)?.state()))
            .await
    }
}

/// Selects the email addresses that are locked out. Its parameters are [`locked_params`].
pub(super) const LOCKED_ADDRESSES: &str = "select email_key from login_attempts
     where started_at > :counted_after and (failed = 1 or started_at <= :stale)
     group by email_key having count(*) >= :threshold";

pub(super) fn locked_params(
    rule: LockoutRule,
    now: Timestamp,
) -> [(&'static str, Box<dyn ToSql>); 3] {
    let counted_after = Moment(rule.failures_count_after(now));
    let stale = Moment(LockoutRule::unsettled_fail_until(now));
    [
        (":counted_after", Box::new(counted_after)),
        (":stale", Box::new(stale)),
        (":threshold", Box::new(rule.threshold())),
    ]
}

/// Moves attempts from the future, written before the clock was set back, to now, so that they expire from here on.
fn settle_future(connection: &Connection, email: &Email, now: Timestamp) -> Result<()> {
    run(
        connection,
        "update login_attempts set started_at = ?2 where email_key = ?1 and started_at > ?2",
        (email.key(), Moment(now)),
    )
}

/// Evaluates the recorded attempts for an email address.
fn history(
    connection: &Connection,
    email: &Email,
    rule: LockoutRule,
    now: Timestamp,
) -> Result<AttemptHistory> {
    let attempts = all(
        connection,
        "login_attempts",
        "select email_key, started_at, failed from login_attempts
         where email_key = ?1 and started_at > ?2",
        (email.key(), Moment(rule.attempts_matter_after(now))),
        |fields| {
            fields.take::<String>("email_key")?;
            Ok(PastAttempt {
                started_at: fields.moment("started_at")?,
                failed: fields.take("failed")?,
            })
        },
    )?;
    Ok(rule.judge(attempts, now))
}

/// Writes an attempt. If its reservation was cleared in the meantime, it still failed, and its row is written again.
fn write(connection: &Connection, attempt: &Attempt, failed: bool) -> Result<()> {
    run(
        connection,
        "insert into login_attempts (id, email_key, started_at, ip, failed)
         values (:id, :email_key, :started_at, :ip, :failed)
         on conflict (id) do update set failed = excluded.failed",
        named_params! {
            ":id": attempt.id,
            ":email_key": attempt.email.key(),
            ":started_at": Moment(attempt.started_at),
            ":ip": attempt.ip.map(Ip),
            ":failed": failed,
        },
    )
}

/// Handles a success: forgets the failures of the email address and the successful attempt. Other running attempts stay
/// reserved.
pub(super) fn succeed(
    connection: &Connection,
    email: &Email,
    attempt: Option<Id>,
    now: Timestamp,
) -> Result<()> {
    run(
        connection,
        "delete from login_attempts
         where email_key = :email_key and (failed = 1 or started_at <= :stale or id = :id)",
        named_params! {
            ":email_key": email.key(),
            ":stale": Moment(LockoutRule::unsettled_fail_until(now)),
            ":id": attempt,
        },
    )
}

/// Forgets all attempts for an email address. Returns how many there were.
pub(super) fn clear(connection: &Connection, email: &Email) -> Result<usize> {
    execute(
        connection,
        "delete from login_attempts where email_key = ?1",
        [email.key()],
    )
}
