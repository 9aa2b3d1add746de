//! What has expired, and is removed in batches so that no write waits long for it.

use jiff::Timestamp;
use rusqlite::Connection;

use super::rows::{Moment, execute, value};
use super::threads::{Threads, Writer};
use crate::model::SweepRule;
use crate::store::Result;

/// How many rows one step of a sweep removes at most.
const BATCH: u32 = 500;

/// One kind of row, removed from the moment `until` backwards, [`BATCH`] at a time.
pub(super) struct Expired {
    sql: &'static str,
    until: Moment,
}

/// The revocations of tokens that have expired.
pub(super) fn revocations(now: Timestamp) -> Expired {
    Expired {
        sql: "delete from revoked_tokens where jti in
                 (select jti from revoked_tokens where expires_at <= ?1 limit ?2)",
        until: Moment(SweepRule::revocations_until(now)),
    }
}

/// The newest moment at which anything was written that tells when: what a clock is measured by that may be wrong.
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

/// Everything that a sweep removes. Each statement takes the moment, then the size of a batch.
pub(super) fn expired(rule: &SweepRule) -> [Expired; 8] {
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
            "delete from events where (at, id) in
                 (select at, id from events where at <= ?1 order by at, id limit ?2)",
            rule.events_until(),
        ),
    ]
}

/// Removes one kind of row, batch after batch; how many rows.
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
