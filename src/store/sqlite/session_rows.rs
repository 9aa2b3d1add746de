//! Rows of sessions.

use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::rows::{Fields, Ip, Moment, all, execute, first, run};
use crate::model::{Id, SessionFilter, SessionKey, SessionMethod, UserAgent, UserSession};
use crate::store::{Result, StoreError};

const TABLE: &str = "sessions";
const COLUMNS: &str =
    "id, user_id, created_at, issued_at, last_seen_at, expires_at, method, ip, user_agent";

pub(super) fn insert(connection: &Connection, session: &UserSession) -> Result<()> {
    let sql = format!(
        "insert into sessions ({COLUMNS}) values
             (:id, :user_id, :created_at, :issued_at, :last_seen_at, :expires_at, :method, :ip, :user_agent)"
    );
    run(
        connection,
        &sql,
        named_params! {
            ":id": session.id,
            ":user_id": session.user_id,
            ":created_at": Moment(session.created_at),
            ":issued_at": Moment(session.issued_at),
            ":last_seen_at": Moment(session.last_seen_at),
            ":expires_at": Moment(session.expires_at),
            ":method": session.method.name(),
            ":ip": session.ip.map(Ip),
            ":user_agent": session.user_agent.as_ref().map(UserAgent::as_str),
        },
    )
}

fn read(fields: &mut Fields<'_>) -> Result<UserSession> {
    let id: String = fields.take("id")?;
    Ok(UserSession {
        user_id: fields.take("user_id")?,
        created_at: fields.moment("created_at")?,
        issued_at: fields.moment("issued_at")?,
        last_seen_at: fields.moment("last_seen_at")?,
        expires_at: fields.moment("expires_at")?,
        method: SessionMethod::from_name(&fields.take::<String>("method")?).ok_or_else(|| {
            StoreError::Unreadable {
                table: TABLE,
                id: id.clone(),
                field: "method",
            }
        })?,
        id,
        ip: fields.take::<Option<Ip>>("ip")?.map(|ip| ip.0),
        user_agent: fields
            .take::<Option<String>>("user_agent")?
            .map(UserAgent::from_stored),
    })
}

/// Returns the row of a session of an account, if it was not revoked.
pub(super) fn by_id(connection: &Connection, user_id: Id, id: &str) -> Result<Option<UserSession>> {
    let sql = format!(
        "select {COLUMNS} from sessions where id = ?1 and user_id = ?2
             and not exists (select 1 from revoked_tokens where jti = ?1)"
    );
    first(connection, TABLE, &sql, (id, user_id), read)
}

/// Returns the statement that reads the sessions that have not expired and were not revoked, newest login first.
pub(super) fn newest_sql(filter: &SessionFilter) -> String {
    // A single condition that matches any value would prevent the use of the column's index.
    let of_user = match filter.user_id {
        Some(_) => "user_id = :user_id",
        None => ":user_id is null",
    };
    let from_ip = match filter.ip {
        Some(_) => "ip = :ip",
        None => ":ip is null",
    };
    format!(
        "select {COLUMNS} from sessions
         where {of_user} and {from_ip} and expires_at > :now and (created_at, id) < (:at, :id)
             and not exists (select 1 from revoked_tokens where jti = sessions.id)
         order by created_at desc, id desc limit :rows"
    )
}

/// Runs that statement.
pub(super) fn newest(
    connection: &Connection,
    filter: &SessionFilter,
    after: Option<SessionKey>,
    rows: i64,
    now: Timestamp,
) -> Result<Vec<UserSession>> {
    let start = after.unwrap_or(SessionKey {
        at: Timestamp::MAX,
        id: String::new(),
    });
    let params = named_params! {
        ":user_id": filter.user_id,
        ":ip": filter.ip.map(Ip),
        ":now": Moment(now),
        ":at": Moment(start.at),
        ":id": start.id,
        ":rows": rows,
    };
    all(connection, TABLE, &newest_sql(filter), params, read)
}

/// Extends a session until a moment.
pub(super) fn prolong(
    connection: &Connection,
    id: &str,
    issued_at: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    run(
        connection,
        "update sessions set issued_at = max(issued_at, ?2), expires_at = max(expires_at, ?3) where id = ?1",
        (id, Moment(issued_at), Moment(expires_at)),
    )
}

/// Records when sessions were used.
pub(super) fn seen(connection: &Connection, ids: &[String], at: Timestamp) -> Result<()> {
    for id in ids {
        run(
            connection,
            "update sessions set last_seen_at = ?2 where id = ?1 and last_seen_at < ?2",
            (id, Moment(at)),
        )?;
    }
    Ok(())
}

/// Deletes the row of a session. Returns when its last token expires, if there was a row.
pub(super) fn take(connection: &Connection, id: &str) -> Result<Option<Timestamp>> {
    let sql = "delete from sessions where id = ?1 returning id, expires_at";
    first(connection, TABLE, sql, [id], |fields| {
        fields.take::<String>("id")?;
        fields.moment("expires_at")
    })
}

/// Puts all sessions of an account except one on the revocation list, and deletes their rows.
pub(super) fn revoke_others(connection: &Connection, user_id: Id, kept: &str) -> Result<()> {
    execute(
        connection,
        "insert into revoked_tokens (jti, expires_at, user_id)
             select id, expires_at, user_id from sessions where user_id = ?1 and id <> ?2
             on conflict do nothing",
        (user_id, kept),
    )?;
    run(
        connection,
        "delete from sessions where user_id = ?1 and id <> ?2",
        (user_id, kept),
    )
}

/// Deletes the rows of an account.
pub(super) fn forget(connection: &Connection, user_id: Id) -> Result<()> {
    run(
        connection,
        "delete from sessions where user_id = ?1",
        [user_id],
    )
}
