//! Deleting expired rows, in batches so that no write waits long.

use jiff::Timestamp;
use rusqlite::Connection;

use super::rows::{Moment, execute, value};
use super::threads::{Threads, Writer};
use crate::model::{Ceilings, SweepRule};
use crate::store::Result;

/// How many rows one step of a sweep deletes at most.
const BATCH: u32 = 500;

/// The statement that deletes rows of a table with a time up to `?1`, `?2` of them at the most.
macro_rules! older {
    ($table:literal, $key:literal, by $time:literal) => {
        concat!(
            "delete from ",
            $table,
            " where (",
            $key,
            ") in (select ",
            $key,
            " from ",
            $table,
            " where ",
            $time,
            " <= ?1 limit ?2)"
        )
    };
}

/// The statement that deletes the oldest rows of a table beyond `?1`, `?2` of them at the most.
macro_rules! oldest {
    ($table:literal, $key:literal, by $order:literal $(, where $condition:literal)?) => {
        concat!(
            "delete from ", $table, " where (", $key, ") in (select ", $key, " from ", $table,
            $(" where ", $condition,)? " order by ", $order, " limit max(0, min(?2, (select count(*) from ",
            $table, $(" where ", $condition,)? ") - ?1)))"
        )
    };
}

/// One kind of row to delete if it is from `until` or earlier, [`BATCH`] at a time.
pub(super) struct Expired {
    sql: &'static str,
    until: Moment,
}

/// Expired revocations.
pub(super) fn revocations(now: Timestamp) -> Expired {
    Expired {
        sql: older!("revoked_tokens", "jti", by "expires_at"),
        until: Moment(SweepRule::revocations_until(now)),
    }
}

/// Returns the newest time in any row, against which a possibly wrong clock is checked.
pub(super) fn newest_row(connection: &Connection) -> Result<Option<Timestamp>> {
    let newest: Option<Moment> = value(
        connection,
        "select max(at) from (
             select max(at) as at from events
             union all select max(at) from recipient_caps
             union all select max(started_at) from login_attempts
             union all select max(created_at) from pending_registrations
             union all select max(created_at) from outbox
             union all select max(created_at) from users)",
        [],
    )?;
    Ok(newest.map(|newest| newest.0))
}

/// Everything that a sweep deletes. Each statement takes the moment and the size of a batch.
pub(super) fn expired(rule: &SweepRule) -> [Expired; 14] {
    let of = |sql, until| Expired {
        sql,
        until: Moment(until),
    };
    [
        of(
            older!("pending_registrations", "email_key", by "expires_at"),
            rule.now,
        ),
        revocations(rule.now),
        of(
            older!("sessions", "id", by "expires_at"),
            rule.sessions_until(),
        ),
        of(
            older!("login_attempts", "id", by "started_at"),
            rule.attempts_until(),
        ),
        of(older!("codes", "user_id, kind", by "expires_at"), rule.now),
        of(
            older!("wrong_codes", "rowid", by "at"),
            rule.wrong_codes_until(),
        ),
        of(
            older!("recipient_caps", "rowid", by "at"),
            rule.capped_messages_until(),
        ),
        of(
            older!("outbox", "seq", by "failed_at"),
            rule.failed_messages_until(),
        ),
        of(older!("email_undos", "proof", by "expires_at"), rule.now),
        of(
            older!("used_challenges", "challenge", by "expires_at"),
            rule.challenges_until(),
        ),
        of(older!("oauth_states", "id", by "expires_at"), rule.now),
        of(
            older!("request_counts", "client, seconds, at", by "expires_at"),
            rule.now,
        ),
        of(
            older!("service_keys", "id", by "expires_at"),
            rule.service_keys_until(),
        ),
        of(
            "delete from events where (at, id) in
                 (select at, id from events where at <= ?1 order by at, id limit ?2)",
            rule.events_until(),
        ),
    ]
}

/// One kind of row that anybody can cause to be written, of which at most `most` stay. Each statement takes that number
/// and the size of a batch.
pub(super) struct Bounded {
    what: &'static str,
    sql: &'static str,
    most: u64,
}

/// All kinds of row with a bound.
pub(super) fn bounded(ceilings: Ceilings) -> [Bounded; 7] {
    let of = |what, most, sql| Bounded { what, sql, most };
    [
        of(
            "pending registrations",
            ceilings.pending,
            oldest!("pending_registrations", "email_key", by "created_at, email_key"),
        ),
        of(
            "counted messages",
            ceilings.counted_messages,
            oldest!("recipient_caps", "rowid", by "at"),
        ),
        of(
            "login attempts",
            ceilings.failed_logins,
            oldest!("login_attempts", "id", by "started_at"),
        ),
        of(
            "unfinished logins with external providers",
            ceilings.oauth_states,
            oldest!("oauth_states", "id", by "expires_at"),
        ),
        of(
            "counts of requests",
            ceilings.counted_requests,
            oldest!("request_counts", "client, seconds, at", by "expires_at"),
        ),
        of(
            "events of failed logins",
            ceilings.failed_logins,
            oldest!("events", "at, id", by "at, id", where "kind = 'login_failed'"),
        ),
        of(
            "events of refused logins",
            ceilings.failed_logins,
            oldest!("events", "at, id", by "at, id", where "kind = 'login_refused'"),
        ),
    ]
}

/// Deletes the oldest rows of a kind beyond its bound, batch after batch. Returns how many.
pub(super) async fn bound(threads: &Threads, bounded: Bounded) -> Result<u64> {
    let Bounded { what, sql, most } = bounded;
    let params = (i64::try_from(most).unwrap_or(i64::MAX), BATCH);
    let mut removed = 0;
    loop {
        let rows = threads.write(move |db| execute(db, sql, params)).await?;
        removed += rows as u64;
        if rows < BATCH as usize {
            break;
        }
    }
    if removed > 0 {
        tracing::warn!(removed, most, "too many {what}: the oldest were removed");
    }
    Ok(removed)
}

/// Deletes one kind of row, batch after batch. Returns how many.
pub(super) async fn remove(threads: &Threads, expired: Expired) -> Result<u64> {
    let params = (expired.until, BATCH);
    let mut removed = 0;
    loop {
        let step = move |db: &Writer| execute(db, expired.sql, params);
        let rows = threads.write(step).await?;
        removed += rows as u64;
        if rows < BATCH as usize {
            return Ok(removed);
        }
    }
}
