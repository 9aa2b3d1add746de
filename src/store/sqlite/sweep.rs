//! Deleting expired rows, in batches so that no write waits long.

use jiff::Timestamp;
use rusqlite::Connection;

use super::rows::{Moment, execute, value};
use super::threads::{Threads, Writer};
use crate::model::{Ceilings, SweepRule};
use crate::store::Result;

/// How many rows one step of a sweep deletes at most.
const BATCH: u32 = 500;

/// One kind of row to delete if it is from `until` or earlier, [`BATCH`] at a time.
pub(super) struct Expired {
    sql: &'static str,
    until: Moment,
}

/// Expired revocations.
pub(super) fn revocations(now: Timestamp) -> Expired {
    Expired {
        sql: "delete from revoked_tokens where jti in
                 (select jti from revoked_tokens where expires_at <= ?1 limit ?2)",
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
            "delete from pending_registrations where email_key in
                 (select email_key from pending_registrations where expires_at <= ?1 limit ?2)",
            rule.now,
        ),
        revocations(rule.now),
        of(
            "delete from sessions where id in
                 (select id from sessions where expires_at <= ?1 limit ?2)",
            rule.sessions_until(),
        ),
        of(
            "delete from login_attempts where id in
                 (select id from login_attempts where started_at <= ?1 limit ?2)",
            rule.attempts_until(),
        ),
        of(
            "delete from codes where (user_id, kind) in
                 (select user_id, kind from codes where expires_at <= ?1 limit ?2)",
            rule.now,
        ),
        of(
            "delete from wrong_codes where rowid in
                 (select rowid from wrong_codes where at <= ?1 limit ?2)",
            rule.wrong_codes_until(),
        ),
        of(
            "delete from recipient_caps where rowid in
                 (select rowid from recipient_caps where at <= ?1 limit ?2)",
            rule.capped_messages_until(),
        ),
        of(
            "delete from outbox where seq in
                 (select seq from outbox where failed_at <= ?1 limit ?2)",
            rule.failed_messages_until(),
        ),
        of(
            "delete from email_undos where proof in
                 (select proof from email_undos where expires_at <= ?1 limit ?2)",
            rule.now,
        ),
        of(
            "delete from used_challenges where challenge in
                 (select challenge from used_challenges where expires_at <= ?1 limit ?2)",
            rule.challenges_until(),
        ),
        of(
            "delete from oauth_states where id in
                 (select id from oauth_states where expires_at <= ?1 limit ?2)",
            rule.now,
        ),
        of(
            "delete from request_counts where (client, seconds, at) in
                 (select client, seconds, at from request_counts where expires_at <= ?1 limit ?2)",
            rule.now,
        ),
        of(
            "delete from service_keys where id in
                 (select id from service_keys where expires_at <= ?1 limit ?2)",
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
            "delete from pending_registrations where email_key in
                 (select email_key from pending_registrations order by created_at, email_key
                  limit max(0, min(?2, (select count(*) from pending_registrations) - ?1)))",
        ),
        of(
            "counted messages",
            ceilings.counted_messages,
            "delete from recipient_caps where rowid in
                 (select rowid from recipient_caps order by at
                  limit max(0, min(?2, (select count(*) from recipient_caps) - ?1)))",
        ),
        of(
            "login attempts",
            ceilings.failed_logins,
            "delete from login_attempts where id in
                 (select id from login_attempts order by started_at
                  limit max(0, min(?2, (select count(*) from login_attempts) - ?1)))",
        ),
        of(
            "unfinished logins with external providers",
            ceilings.oauth_states,
            "delete from oauth_states where id in
                 (select id from oauth_states order by expires_at
                  limit max(0, min(?2, (select count(*) from oauth_states) - ?1)))",
        ),
        of(
            "counts of requests",
            ceilings.counted_requests,
            "delete from request_counts where (client, seconds, at) in
                 (select client, seconds, at from request_counts order by expires_at
                  limit max(0, min(?2, (select count(*) from request_counts) - ?1)))",
        ),
        of(
            "events of failed logins",
            ceilings.failed_logins,
            "delete from events where (at, id) in
                 (select at, id from events where kind = 'login_failed' order by at, id
                  limit max(0, min(?2, (select count(*) from events where kind = 'login_failed') - ?1)))",
        ),
        of(
            "events of refused logins",
            ceilings.failed_logins,
            "delete from events where (at, id) in
                 (select at, id from events where kind = 'login_refused' order by at, id
                  limit max(0, min(?2, (select count(*) from events where kind = 'login_refused') - ?1)))",
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
