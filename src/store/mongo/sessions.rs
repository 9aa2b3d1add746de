//! Sessions: issuing, reading, revoking and ending them.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};

use super::db::Db;
use super::documents::{Fields, date, literal, oid, user};
use super::error::tolerate;
use super::out::Out;
use super::relay::relay;
use super::user_documents::{LAST_IAT, active, by_id, next_issue_time, update};
use super::{Mongo, attempts, code_documents, known_time, message_documents, service_keys};
use crate::model::moment::after;
use crate::model::sweep::MARGIN;
use crate::model::{Id, Page, PasswordHash, Revocation, RevocationKey, ServiceKey, SweepRule};
use crate::store::page;
use crate::store::{
    Effects, IssueSession, IssuedSession, Result, SessionIssue, SessionRead, SessionStore,
};

/// The own fields of a revocation: the account that its token was issued to, and when that token expires. `exp` is a day later:
/// the index of the Python package removes by it, whatever the server's clock says.
const USER_ID: &str = "regstack_user_id";
const EXPIRES_AT: &str = "regstack_exp";

#[async_trait]
impl SessionStore for Mongo {
    /// One conditional update issues the session; the failures are forgiven after it, which a second login would do again.
    async fn issue_session(&self, issue: SessionIssue, effects: Effects) -> Result<IssueSession> {
        let db = self.db().await?;
        let SessionIssue {
            user_id,
            verified_hash,
            upgraded_hash,
            attempt,
            now,
        } = issue;
        let mut condition = active(user_id);
        condition.insert("hashed_password", verified_hash.as_phc());
        if let Some(issued) = write(db, condition, upgraded_hash, attempt, now, effects).await? {
            return Ok(IssueSession::Issued(issued));
        }
        let account = by_id(db, user_id).await?.filter(|user| user.is_active);
        Ok(account.map_or(IssueSession::Refused, |_| IssueSession::HashChanged))
    }

    async fn session(&self, user_id: Id, jti: &str) -> Result<Option<SessionRead>> {
        session(self.db().await?, user_id, jti).await
    }

    async fn introspection(
        &self,
        service_key: Id,
        user_id: Id,
        jti: &str,
    ) -> Result<(Option<ServiceKey>, Option<SessionRead>)> {
        let db = self.db().await?;
        tokio::try_join!(
            service_keys::by_id(db, service_key),
            session(db, user_id, jti)
        )
    }

    async fn revoke_token(&self, revocation: Revocation, effects: Effects) -> Result<bool> {
        let db = self.db().await?;
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
        if inserted.is_some() {
            relay(db, &db.revoked, &document).await?;
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
            // The package's own have the one field, and ours both.
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

async fn session(db: &Db, user_id: Id, jti: &str) -> Result<Option<SessionRead>> {
    let revoked = db.revoked.find_one(doc! { "jti": jti });
    let (account, revoked) = tokio::try_join!(
        by_id(db, user_id),
        db.read(revoked.projection(doc! { "_id": 1 })),
    )?;
    Ok(account.map(|user| SessionRead {
        user,
        revoked: revoked.is_some(),
    }))
}

/// The condition that a revocation has no effect any more, nor had for a day.
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

/// Issues a session to the account that a condition holds of; none when it does not.
pub(super) async fn write(
    db: &Db,
    condition: Document,
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
    tolerate(attempts::succeed(db, &user.email, attempt, now).await)?;
    relay(db, &db.users, &document).await?;
    Ok(Some(IssuedSession {
        issued_at: user.next_issue_time(now),
        user: Box::new(user),
    }))
}

/// What ending all sessions takes along. Should this not come to be, such links are dropped when they are claimed, and such
/// codes belong to tokens that are dead.
pub(super) async fn drop_links_and_codes(db: &Db, id: Id) -> Result<()> {
    code_documents::forget(db, id).await?;
    message_documents::drop_outdated(db, id).await
}
