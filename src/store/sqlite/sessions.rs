//! Sessions: issuing, reading, revoking and ending them.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::effects::{Subject, write_effects};
use super::rows::{Moment, all, execute, first, run};
use super::threads::Writer;
use super::{Sqlite, attempts, code_rows, outbox, sweep, user_rows};
use crate::model::{Id, Page, PasswordHash, Revocation, RevocationKey, User};
use crate::store::page;
use crate::store::{
    Effects, IssueSession, IssuedSession, Result, SessionIssue, SessionRead, SessionStore,
};

#[async_trait]
impl SessionStore for Sqlite {
    async fn issue_session(&self, issue: SessionIssue, effects: Effects) -> Result<IssueSession> {
        let SessionIssue {
            user_id,
            verified_hash,
            upgraded_hash,
            attempt,
            now,
        } = issue;
        self.write(move |db| {
            let user = user_rows::by_id(db, user_id)?.filter(|user| user.is_active);
            let Some(user) = user else {
                return Ok(IssueSession::Refused);
            };
            if !user.has_hash(&verified_hash) {
                return Ok(IssueSession::HashChanged);
            }
            write(db, user, upgraded_hash, attempt, now, effects).map(IssueSession::Issued)
        })
        .await
    }

    async fn session(&self, user_id: Id, jti: &str) -> Result<Option<SessionRead>> {
        let jti = jti.to_owned();
        self.read_row(move |db| {
            first(db, "users", SESSION, (user_id, &jti), |fields| {
                Ok(SessionRead {
                    user: user_rows::read(fields)?,
                    revoked: fields.take("revoked")?,
                })
            })
        })
        .await
    }

    async fn revoke_token(&self, revocation: Revocation, effects: Effects) -> Result<bool> {
        let Revocation {
            jti,
            user_id,
            expires_at,
        } = revocation;
        self.write(move |db| {
                let revoked = execute(
                    db,
                    "insert into revoked_tokens (jti, expires_at, user_id) values (?1, ?2, ?3) on conflict do nothing",
                    (&jti, Moment(expires_at), user_id),
                )? > 0;
                if revoked {
                    write_effects(db, effects, &Subject::default())?;
                }
                Ok(revoked)
            })
            .await
    }

    async fn revocations(
        &self,
        after: Option<RevocationKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Revocation, RevocationKey>> {
        let start = after.unwrap_or(RevocationKey {
            at: Timestamp::MAX,
            jti: String::new(),
        });
        let read = move |db: &Connection| {
            let params = named_params! {
                ":now": Moment(now),
                ":at": Moment(start.at),
                ":jti": start.jti,
                ":limit": page::rows(limit),
            };
            all(db, "revoked_tokens", REVOCATIONS, params, |fields| {
                Ok(Revocation {
                    jti: fields.take("jti")?,
                    user_id: fields.take("user_id")?,
                    expires_at: fields.moment("expires_at")?,
                })
            })
        };
        let revocations = self.read(read).await?;
        Ok(page::of(revocations, limit, |last| RevocationKey {
            at: last.expires_at,
            jti: last.jti.clone(),
        }))
    }

    async fn purge_revocations(&self, now: Timestamp) -> Result<u64> {
        let known = self.known_time.get(&self.threads).await?;
        let now = known.map_or(now, |known| now.min(known));
        sweep::remove(&self.threads, sweep::revocations(now)).await
    }
}

/// An account, and whether a token of it is revoked.
const SESSION: &str = concat!(
    "select ",
    user_rows::columns!(),
    ", exists (select 1 from revoked_tokens where jti = ?2) from users where id = ?1"
);

/// The revocations that still have an effect, those that last longest first.
pub(super) const REVOCATIONS: &str = "select jti, user_id, expires_at from revoked_tokens
     where expires_at > :now and (expires_at, jti) < (:at, :jti)
     order by expires_at desc, jti desc limit :limit";

/// Issues a session to an account that has proven all it has to.
pub(super) fn write(
    connection: &Writer,
    mut user: User,
    upgraded_hash: Option<PasswordHash>,
    attempt: Option<Id>,
    now: Timestamp,
    effects: Effects,
) -> Result<IssuedSession> {
    let issued_at = user.next_issue_time(now);
    user.last_login = Some(now);
    user.hashed_password = upgraded_hash.or(user.hashed_password);
    // Most writes are logins: an update of the whole row would write the search index anew.
    run(
        connection,
        "update users set last_login = :now, hashed_password = :hash where id = :id",
        named_params! { ":now": Moment(now), ":hash": user.hashed_password, ":id": user.id },
    )?;
    user_rows::raise_last_iat(connection, user.id, issued_at)?;
    attempts::succeed(connection, &user.email, attempt, now)?;
    write_effects(connection, effects, &Subject::user(&user))?;
    let user = Box::new(user);
    Ok(IssuedSession { user, issued_at })
}

/// Ends all sessions of an account, its mailed links, sent or not, that of the `link` just used included, and its codes.
/// The cut-off is in `user` then, for the caller to write.
pub(super) fn end(
    connection: &Connection,
    user: &mut User,
    now: Timestamp,
    link: Option<Timestamp>,
) -> Result<()> {
    user.end_tokens(now, [user_rows::last_iat(connection, user.id)?, link]);
    code_rows::forget(connection, user.id)?;
    outbox::drop_outdated(connection, user.id)
}
