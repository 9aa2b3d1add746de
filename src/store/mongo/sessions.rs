//! Sessions: issuing, reading, revoking and ending them.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};

use super::db::Db;
use super::documents::{Fields, OTHERS_ENDED, date, literal, oid, user};
use super::error::tolerate;
use super::out::Out;
use super::relay::relay;
use super::user_documents::{
    LAST_IAT, accepting, active, by_id, next_issue_time, others_ended, update,
};
use super::{
    Mongo, attempts, code_documents, known_time, message_documents, service_keys,
    session_documents, user_documents,
};
use crate::model::moment::after;
use crate::model::sweep::MARGIN;
use crate::model::{
    Id, NewSession, Page, PasswordHash, Revocation, RevocationKey, ServiceKey, SessionFilter,
    SessionKey, SweepRule, User, UserSession,
};
use crate::store::page;
use crate::store::{
    Effects, EndOthers, IssueSession, IssuedSession, RenewedSession, Result, SessionIssue,
    SessionRead, SessionRenewal, SessionStore,
};

/// The own fields of a revocation: the account that its token was issued to, and when that token expires. `exp` is a day later:
/// the index of the Python package removes by it, whatever the server's clock says.
pub(super) const USER_ID: &str = "regstack_user_id";
pub(super) const EXPIRES_AT: &str = "regstack_exp";

#[async_trait]
impl SessionStore for Mongo {
    /// One conditional update issues the session. The failures are cleared after it; if the process dies in between,
    /// the next login clears them.
    async fn issue_session(&self, issue: SessionIssue, effects: Effects) -> Result<IssueSession> {
        let db = self.db().await?;
        let SessionIssue {
            user_id,
            verified_hash,
            upgraded_hash,
            attempt,
            session,
            now,
        } = issue;
        let mut condition = active(user_id);
        condition.insert("hashed_password", verified_hash.as_phc());
        let issued = write(db, condition, session, upgraded_hash, attempt, now, effects);
        if let Some(issued) = issued.await? {
            return Ok(IssueSession::Issued(issued));
        }
        let account = by_id(db, user_id).await?.filter(|user| user.is_active);
        Ok(account.map_or(IssueSession::Refused, |_| IssueSession::HashChanged))
    }

    async fn session(
        &self,
        user_id: Id,
        jti: &str,
        session_id: &str,
    ) -> Result<Option<SessionRead>> {
        session(self.db().await?, user_id, jti, session_id).await
    }

    async fn introspection(
        &self,
        service_key: Id,
        user_id: Id,
        jti: &str,
        session_id: &str,
    ) -> Result<(Option<ServiceKey>, Option<SessionRead>)> {
        let db = self.db().await?;
        tokio::try_join!(
            service_keys::by_id(db, service_key),
            session(db, user_id, jti, session_id)
        )
    }

    async fn user_session(
        &self,
        user_id: Id,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<UserSession>> {
        let db = self.db().await?;
        let session = session_documents::by_id(db, user_id, id);
        let (user, session) = tokio::try_join!(by_id(db, user_id), session)?;
        let live = user
            .zip(session)
            .filter(|(user, session)| session.is_live(user, now));
        Ok(live.map(|(_, session)| session))
    }

    async fn user_sessions(
        &self,
        user_id: Id,
        after: Option<SessionKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<UserSession, SessionKey>> {
        let db = self.db().await?;
        let rows = page::rows(limit);
        let sessions = session_documents::newest(db, user_id, after, rows, now).await?;
        let user = by_id(db, user_id).await?;
        let mut page = page::of_sessions(sessions, limit, user.as_ref(), now);
        page.items = session_documents::without_revoked(db, page.items).await?;
        Ok(page)
    }

    async fn sessions_of_all(
        &self,
        filter: &SessionFilter,
        after: Option<SessionKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<(UserSession, User), SessionKey>> {
        let db = self.db().await?;
        let rows = page::rows(limit);
        let sessions = session_documents::newest_of_all(db, filter, after, rows, now).await?;
        let ids = sessions.iter().map(|session| session.user_id);
        let users = user_documents::by_ids(db, ids).await?;
        let mut page = page::of_sessions_of_all(sessions, limit, &users, now);
        let ids = page.items.iter().map(|(session, _)| &*session.id);
        let revoked = session_documents::revoked(db, ids).await?;
        page.items
            .retain(|(session, _)| !revoked.contains(&session.id));
        Ok(page)
    }

    /// The account's newest `iat` is raised before the row is extended. What ends all sessions in between also ends the
    /// new token, and what ends this session deletes its row.
    async fn renew_session(&self, renewal: SessionRenewal) -> Result<Option<RenewedSession>> {
        let db = self.db().await?;
        let SessionRenewal {
            user_id,
            id,
            issued_at,
            lifetime,
            longest,
            now,
        } = renewal;
        let Some(session) = session_documents::by_id(db, user_id, &id).await? else {
            return Ok(None);
        };
        let condition = accepting(user_id, issued_at);
        let raised = vec![doc! { "$set": { LAST_IAT: next_issue_time(now) } }];
        let Some(document) = update(db, condition, raised).await? else {
            return Ok(None);
        };
        let user = user(&document)?;
        let issued_at = user.next_issue_time(now);
        let until = session.renewed_until(issued_at, lifetime, longest);
        let Some(expires_at) = until.filter(|_| session.is_live(&user, now)) else {
            return Ok(None);
        };
        let is_there = session_documents::prolong(db, &id, issued_at, expires_at).await?;
        Ok(is_there.then_some(RenewedSession {
            user,
            issued_at,
            expires_at,
        }))
    }

    /// A field of the account ends them all at once. The revocation list is for the Python package, which does not know
    /// the field.
    async fn end_other_sessions(&self, ending: EndOthers, effects: Effects) -> Result<bool> {
        let db = self.db().await?;
        let EndOthers {
            user_id,
            kept,
            issued_at,
            now,
        } = ending;
        let mut condition = accepting(user_id, issued_at);
        // The asking token must not have been ended by a concurrent call.
        condition.insert(
            "$nor",
            [doc! {
                format!("{OTHERS_ENDED}.at"): { "$gte": date(issued_at) },
                format!("{OTHERS_ENDED}.kept"): { "$ne": &kept },
            }],
        );
        let fields = vec![
            doc! { "$set": others_ended(now, &kept) },
            Out::of_account(effects)?.stage(false),
        ];
        let Some(document) = update(db, condition, fields).await? else {
            return Ok(false);
        };
        let user = user(&document)?;
        relay(db, &db.users, &document).await?;
        for session in session_documents::others(db, user_id, &kept).await? {
            // A session that began in the meantime continues.
            if session.is_live(&user, Timestamp::MIN) {
                continue;
            }
            let ended = Revocation {
                user_id: Some(user_id),
                jti: session.id,
                expires_at: session.expires_at,
            };
            self.revoke_token(ended, Effects::default()).await?;
        }
        Ok(true)
    }

    async fn note_sessions_seen(&self, ids: Vec<String>, at: Timestamp) -> Result<()> {
        let db = self.db().await?;
        session_documents::seen(db, ids, at).await
    }

    /// The revocation list is written first: if the row stays, it is ignored.
    async fn revoke_token(&self, revocation: Revocation, effects: Effects) -> Result<bool> {
        let db = self.db().await?;
        let jti = revocation.jti.clone();
        let listed_until = revocation.expires_at;
        let mut document = doc! {
            "_id": ObjectId::new(),
            "jti": revocation.jti,
            "exp": date(after(revocation.expires_at, MARGIN)),
            EXPIRES_AT: date(revocation.expires_at),
        };
        if let Some(user_id) = revocation.user_id {
            document.insert(USER_ID, oid(user_id));
        }
        Out::of_account(effects)?.put_into(&mut document);
        let inserted = db.write_unique(db.revoked.insert_one(&document)).await?;
        let copied = async {
            match inserted {
                Some(_) => relay(db, &db.revoked, &document).await,
                None => Ok(()),
            }
        };
        let (copied, ends_at) = tokio::join!(copied, session_documents::take(db, &jti));
        copied?;
        let ends_at = ends_at?;
        // A token says when it expires in whole seconds.
        let about = after(listed_until, SignedDuration::from_secs(1));
        if let Some(ends_at) = ends_at.filter(|ends_at| *ends_at >= about) {
            let later =
                doc! { "$max": { "exp": date(after(ends_at, MARGIN)), EXPIRES_AT: date(ends_at) } };
            db.again(|| db.revoked.update_one(doc! { "jti": &jti }, later.clone()))
                .await?;
        }
        Ok(inserted.is_some())
    }

    async fn revocations(
        &self,
        last: Option<RevocationKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Revocation, RevocationKey>> {
        let db = self.db().await?;
        let mut stages = vec![
            doc! { "$match": { "exp": { "$gt": date(now) } } },
            // The package's revocations have only the one field, ours have both.
            doc! { "$addFields": { EXPIRES_AT: { "$ifNull": [format!("${EXPIRES_AT}"), "$exp"] } } },
            doc! { "$match": { EXPIRES_AT: { "$gt": date(now) } } },
        ];
        if let Some(RevocationKey { at, jti }) = last {
            let earlier = doc! { EXPIRES_AT: { "$lt": date(at) } };
            let beside = doc! { EXPIRES_AT: date(at), "jti": { "$lt": jti } };
            stages.push(doc! { "$match": { "$or": [earlier, beside] } });
        }
        stages.push(doc! { "$sort": { EXPIRES_AT: -1, "jti": -1 } });
        stages.push(doc! { "$limit": page::rows(limit) });
        let documents = db.all(db.revoked.aggregate(stages)).await?;
        let revocations = documents.iter().map(revocation).collect::<Result<_>>()?;
        Ok(page::of(revocations, limit, |last: &Revocation| {
            RevocationKey {
                at: last.expires_at,
                jti: last.jti.clone(),
            }
        }))
    }

    async fn purge_revocations(&self, now: Timestamp) -> Result<u64> {
        let db = self.db().await?;
        let known = known_time::get(db).await?;
        let now = known.map_or(now, |known| now.min(known));
        db.remove(&db.revoked, ended(now)).await
    }
}

async fn session(db: &Db, user_id: Id, jti: &str, session_id: &str) -> Result<Option<SessionRead>> {
    let ids = if jti == session_id {
        doc! { "jti": jti }
    } else {
        doc! { "jti": { "$in": [jti, session_id] } }
    };
    let revoked = db.revoked.find_one(ids);
    let (account, revoked) = tokio::try_join!(
        by_id(db, user_id),
        db.read(revoked.projection(doc! { "_id": 1 })),
    )?;
    Ok(account.map(|user| SessionRead {
        user,
        revoked: revoked.is_some(),
    }))
}

/// Returns the condition that a revocation stopped having an effect at least a day ago.
pub(super) fn ended(now: Timestamp) -> Document {
    let until = date(SweepRule::revocations_until(now));
    let own = doc! { EXPIRES_AT: { "$exists": true }, "exp": { "$lte": date(now) } };
    doc! { "$or": [own, { "exp": { "$lte": until } }] }
}

fn revocation(document: &Document) -> Result<Revocation> {
    let fields = Fields::of("token_blacklist", document);
    Ok(Revocation {
        jti: fields.text("jti")?,
        user_id: fields.optional_id(USER_ID)?,
        expires_at: match fields.optional_moment(EXPIRES_AT)? {
            Some(expires_at) => expires_at,
            None => fields.moment("exp")?,
        },
    })
}

/// Issues a session to the account that meets a condition. Returns `None` if none does.
pub(super) async fn write(
    db: &Db,
    condition: Document,
    session: NewSession,
    upgraded_hash: Option<PasswordHash>,
    attempt: Option<Id>,
    now: Timestamp,
    effects: Effects,
) -> Result<Option<IssuedSession>> {
    let mut fields = doc! { "last_login": date(now), LAST_IAT: next_issue_time(now) };
    if let Some(hash) = upgraded_hash {
        fields.insert("hashed_password", literal(hash.as_phc()));
    }
    let out = Out::of_account(effects)?.stage(false);
    let Some(document) = update(db, condition, vec![doc! { "$set": fields }, out]).await? else {
        return Ok(None);
    };
    let user = user(&document)?;
    let issued_at = user.next_issue_time(now);
    let session = UserSession::new(session, user.id, issued_at);
    // What follows the update needs no order, as each is repeated or left to a worker should this end here.
    let (stored, forgiven, copied) = tokio::join!(
        session_documents::insert(db, &session),
        attempts::succeed(db, &user.email, attempt, now),
        relay(db, &db.users, &document),
    );
    stored?;
    tolerate(forgiven)?;
    copied?;
    Ok(Some(IssuedSession {
        issued_at,
        user: Box::new(user),
    }))
}

/// Drops what ends together with all sessions. If the process dies before this, the links are dropped when they are
/// claimed, and the codes belong to tokens that are no longer valid.
pub(super) async fn drop_links_and_codes(db: &Db, id: Id) -> Result<()> {
    code_documents::forget(db, id).await?;
    message_documents::drop_outdated(db, id).await
}
