//! Sessions: issuing, reading, revoking and ending them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::effects::{Subject, write_effects};
use super::rows::{Moment, all, execute, first, run};
use super::threads::Writer;
use super::user_rows::accepting;
use super::{Sqlite, attempts, code_rows, outbox, service_keys, session_rows, sweep, user_rows};
use crate::model::{
    Id, NewSession, Page, PasswordHash, Revocation, RevocationKey, ServiceKey, SessionFilter,
    SessionKey, User, UserSession,
};
use crate::store::page;
use crate::store::{
    Effects, EndOthers, IssueSession, IssuedSession, RenewedSession, Result, SessionIssue,
    SessionRead, SessionRenewal, SessionStore,
};

#[async_trait]
impl SessionStore for Sqlite {
    async fn issue_session(&self, issue: SessionIssue, effects: Effects) -> Result<IssueSession> {
        let SessionIssue {
            user_id,
            verified_hash,
            upgraded_hash,
            attempt,
            session,
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
            write(db, user, session, upgraded_hash, attempt, now, effects).map(IssueSession::Issued)
        })
        .await
    }

    async fn session(
        &self,
        user_id: Id,
        jti: &str,
        session_id: &str,
    ) -> Result<Option<SessionRead>> {
        let (jti, session_id) = (jti.to_owned(), session_id.to_owned());
        self.read_row(move |db| session(db, user_id, &jti, &session_id))
            .await
    }

    async fn introspection(
        &self,
        service_key: Id,
        user_id: Id,
        jti: &str,
        session_id: &str,
    ) -> Result<(Option<ServiceKey>, Option<SessionRead>)> {
        let (jti, session_id) = (jti.to_owned(), session_id.to_owned());
        self.read_row(move |db| {
            let service_key = service_keys::by_id(db, service_key)?;
            Ok((service_key, session(db, user_id, &jti, &session_id)?))
        })
        .await
    }

    async fn user_session(
        &self,
        user_id: Id,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<UserSession>> {
        let id = id.to_owned();
        self.read(move |db| {
            let Some(user) = user_rows::by_id(db, user_id)? else {
                return Ok(None);
            };
            let session = session_rows::by_id(db, user_id, &id)?;
            Ok(session.filter(|session| session.is_live(&user, now)))
        })
        .await
    }

    async fn user_sessions(
        &self,
        user_id: Id,
        after: Option<SessionKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<UserSession, SessionKey>> {
        self.read(move |db| {
            let of_user = SessionFilter {
                user_id: Some(user_id),
                ..SessionFilter::default()
            };
            let rows = page::rows(limit);
            let sessions = session_rows::newest(db, &of_user, after, rows, now)?;
            let user = user_rows::by_id(db, user_id)?;
            Ok(page::of_sessions(sessions, limit, user.as_ref(), now))
        })
        .await
    }

    async fn sessions_of_all(
        &self,
        filter: &SessionFilter,
        after: Option<SessionKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<(UserSession, User), SessionKey>> {
        let filter = filter.clone();
        self.read(move |db| {
            let rows = page::rows(limit);
            let sessions = session_rows::newest(db, &filter, after, rows, now)?;
            let ids: BTreeSet<Id> = sessions.iter().map(|session| session.user_id).collect();
            let users = ids.into_iter().map(|id| user_rows::by_id(db, id));
            let users: Vec<Option<User>> = users.collect::<Result<_>>()?;
            let users: Vec<User> = users.into_iter().flatten().collect();
            Ok(page::of_sessions_of_all(sessions, limit, &users, now))
        })
        .await
    }

    async fn renew_session(&self, renewal: SessionRenewal) -> Result<Option<RenewedSession>> {
        self.write(move |db| {
            let SessionRenewal {
                user_id, id, now, ..
            } = &renewal;
            let user = accepting(db, *user_id, renewal.issued_at)?;
            let session = session_rows::by_id(db, *user_id, id)?;
            let live = user
                .zip(session)
                .filter(|(user, session)| session.is_live(user, *now));
            let Some((user, session)) = live else {
                return Ok(None);
            };
            let issued_at = user.next_issue_time(*now);
            let until = session.renewed_until(issued_at, renewal.lifetime, renewal.longest);
            let Some(expires_at) = until else {
                return Ok(None);
            };
            session_rows::prolong(db, id, issued_at, expires_at)?;
            user_rows::raise_last_iat(db, *user_id, issued_at)?;
            Ok(Some(RenewedSession {
                user,
                issued_at,
                expires_at,
            }))
        })
        .await
    }

    async fn end_other_sessions(&self, ending: EndOthers, effects: Effects) -> Result<bool> {
        self.write(move |db| {
            let EndOthers {
                user_id, kept, now, ..
            } = ending;
            let accepts = |user: &User| !user.has_ended_other(&kept, ending.issued_at);
            let Some(mut user) = accepting(db, user_id, ending.issued_at)?.filter(accepts) else {
                return Ok(false);
            };
            session_rows::revoke_others(db, user_id, &kept)?;
            user.end_others(now, user_rows::last_iat(db, user_id)?, kept);
            user_rows::update(db, &user)?;
            write_effects(db, effects, &Subject::user(&user))?;
            Ok(true)
        })
        .await
    }

    async fn note_sessions_seen(&self, ids: Vec<String>, at: Timestamp) -> Result<()> {
        self.write(move |db| session_rows::seen(db, &ids, at)).await
    }

    async fn revoke_token(&self, revocation: Revocation, effects: Effects) -> Result<bool> {
        let Revocation {
            jti,
            user_id,
            expires_at,
        } = revocation;
        self.write(move |db| {
                let ends_at = session_rows::take(db, &jti)?;
                let expires_at = ends_at.map_or(expires_at, |ends_at| ends_at.max(expires_at));
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

fn session(
    connection: &Connection,
    user_id: Id,
    jti: &str,
    session_id: &str,
) -> Result<Option<SessionRead>> {
    // Not `jti in (?2, ?3)`: SQLite would build a temporary table for the list, with each request.
    static SQL: LazyLock<String> = LazyLock::new(|| {
        format!(
            "select {}, exists (select 1 from revoked_tokens where jti = ?2)
                 or exists (select 1 from revoked_tokens where jti = ?3) from users where id = ?1",
            user_rows::COLUMNS
        )
    });
    first(
        connection,
        "users",
        &SQL,
        (user_id, jti, session_id),
        |fields| {
            Ok(SessionRead {
                user: user_rows::read(fields)?,
                revoked: fields.take("revoked")?,
            })
        },
    )
}

/// Selects the revocations that still have an effect, longest-lasting first.
pub(super) const REVOCATIONS: &str = "select jti, user_id, expires_at from revoked_tokens
     where expires_at > :now and (expires_at, jti) < (:at, :jti)
     order by expires_at desc, jti desc limit :limit";

/// Issues a session to an account that has proven everything it needs to.
pub(super) fn write(
    connection: &Writer,
    mut user: User,
    session: NewSession,
    upgraded_hash: Option<PasswordHash>,
    attempt: Option<Id>,
    now: Timestamp,
    effects: Effects,
) -> Result<IssuedSession> {
    let issued_at = user.next_issue_time(now);
    user.last_login = Some(now);
    user.hashed_password = upgraded_hash.or(user.hashed_password);
    // Update only these columns: most writes are logins, and an update of the whole row would rewrite the search index.
    run(
        connection,
        "update users set last_login = :now, hashed_password = :hash where id = :id",
        named_params! { ":now": Moment(now), ":hash": user.hashed_password, ":id": user.id },
    )?;
    user_rows::raise_last_iat(connection, user.id, issued_at)?;
    session_rows::insert(connection, &UserSession::new(session, user.id, issued_at))?;
    attempts::succeed(connection, &user.email, attempt, now)?;
    write_effects(connection, effects, &Subject::user(&user))?;
    let user = Box::new(user);
    Ok(IssuedSession { user, issued_at })
}

/// Ends all sessions of an account, its codes, and its mailed links, sent or not, including the `link` just used. Sets
/// the cut-off in `user`, for the caller to write.
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
