//! Sessions: issuing, reading, revoking and ending them.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, named_params};

use super::effects::{Subject, write_effects};
use super::revocations;
use super::rows::{Moment, execute, first};
use super::sweep;
use super::threads::Writer;
use super::{Sqlite, attempts, code_rows, outbox, users};
use crate::model::{Id, Page, PasswordHash, Revocation, RevocationKey, User};
use crate::store::{
    Effects, IssueSession, IssuedSession, Result, SessionIssue, SessionRead, SessionStore,
};

#[async_trait]
impl SessionStore for Sqlite {
    async fn issue_session(&self, issue: SessionIssue, effects: Effects) -> Result<IssueSession> {
        self.threads
            .write(move |db| issue_one(db, &issue, effects))
            .await
    }

    async fn session(&self, user_id: Id, jti: &str) -> Result<Option<SessionRead>> {
        let jti = jti.to_owned();
        self.threads.read(move |db| read(db, user_id, &jti)).await
    }

    async fn revoke_token(&self, revocation: Revocation, effects: Effects) -> Result<bool> {
        self.threads
            .write(move |db| revoke(db, &revocation, effects))
            .await
    }

    async fn revocations(
        &self,
        after: Option<RevocationKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Revocation, RevocationKey>> {
        self.threads
            .read(move |db| revocations::list(db, after, limit, now))
            .await
    }

    async fn purge_revocations(&self, now: Timestamp) -> Result<u64> {
        sweep::remove(&self.threads, sweep::revocations(now)).await
    }
}

pub(super) fn issue_one(
    connection: &Writer,
    issue: &SessionIssue,
    effects: Effects,
) -> Result<IssueSession> {
    let user = match users::by_id(connection, issue.user_id)? {
        Some(user) if user.is_active => user,
        _ => return Ok(IssueSession::Refused),
    };
    if user.hashed_password.as_ref() != Some(&issue.verified_hash) {
        return Ok(IssueSession::HashChanged);
    }
    let IssuedSession { user, issued_at } = write(
        connection,
        user,
        issue.upgraded_hash.as_ref(),
        issue.attempt,
        issue.now,
        effects,
    )?;
    Ok(IssueSession::Issued { user, issued_at })
}

/// Issues a session to an account that has proven all it has to.
pub(super) fn write(
    connection: &Writer,
    user: User,
    upgraded_hash: Option<&PasswordHash>,
    attempt: Option<Id>,
    now: Timestamp,
    effects: Effects,
) -> Result<IssuedSession> {
    // A token of the cut-off's own millisecond is dead, and the cut-off may lie ahead of this machine's clock.
    let issued_at = match user.tokens_invalidated_after {
        Some(cut_off) => now.max(Moment(cut_off).plus(SignedDuration::from_millis(1)).0),
        None => now,
    };
    execute(
        connection,
        "update users set last_login = :now, last_iat = max(:issued_at, coalesce(last_iat, :issued_at)),
             hashed_password = coalesce(:upgraded_hash, hashed_password)
         where id = :id",
        named_params! {
            ":now": Moment(now),
            ":issued_at": Moment(issued_at),
            ":upgraded_hash": upgraded_hash,
            ":id": user.id,
        },
    )?;
    attempts::succeed(connection, &user.email, attempt, now)?;
    write_effects(connection, effects, &Subject::user(&user))?;
    let user = Box::new(users::by_id(connection, user.id)?.unwrap_or(user));
    Ok(IssuedSession { user, issued_at })
}

/// Ends all sessions of an account, its mailed links, sent or not, and its codes. The cut-off is raised beyond `now`, beyond itself
/// and to every token issued so far, that of the `link` just used included, wherever the clock stands.
pub(super) fn end(
    connection: &Connection,
    id: Id,
    now: Timestamp,
    link: Option<Timestamp>,
) -> Result<()> {
    execute(
        connection,
        "update users set updated_at = :now, tokens_invalidated_after = max(:now,
             coalesce(tokens_invalidated_after + 1, :now), coalesce(last_iat, :now), coalesce(:link, :now))
         where id = :id",
        named_params! { ":now": Moment(now), ":link": link.map(Moment), ":id": id },
    )?;
    code_rows::forget(connection, id)?;
    outbox::drop_outdated(connection, id)
}

pub(super) fn read(connection: &Connection, user_id: Id, jti: &str) -> Result<Option<SessionRead>> {
    let sql = format!(
        "select {}, exists (select 1 from revoked_tokens where jti = ?2) from users where id = ?1",
        users::COLUMNS
    );
    first(connection, "users", &sql, (user_id, jti), |fields| {
        Ok(SessionRead {
            user: users::read(fields)?,
            revoked: fields.take("revoked")?,
        })
    })
}

pub(super) fn revoke(
    connection: &Writer,
    revocation: &Revocation,
    effects: Effects,
) -> Result<bool> {
    let revoked = execute(
        connection,
        "insert into revoked_tokens (jti, expires_at, user_id) values (?1, ?2, ?3) on conflict do nothing",
        (
            &revocation.jti,
            Moment(revocation.expires_at),
            revocation.user_id,
        ),
    )? > 0;
    if revoked {
        write_effects(connection, effects, &Subject::default())?;
    }
    Ok(revoked)
}
