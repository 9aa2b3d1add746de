//! Sessions: issuing, reading, revoking and ending them.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;

use super::db::Db;
use super::documents::{after, date, literal, oid, user};
use super::out::Out;
use super::relay::relay;
use super::revocations;
use super::{Mongo, attempts, code_documents, message_documents, users};
use crate::model::{Id, Page, PasswordHash, Revocation, RevocationKey};
use crate::store::{
    Effects, IssueSession, IssuedSession, Result, SessionIssue, SessionRead, SessionStore,
};

#[async_trait]
impl SessionStore for Mongo {
    async fn issue_session(&self, issue: SessionIssue, effects: Effects) -> Result<IssueSession> {
        issue_one(self.db().await?, &issue, effects).await
    }

    async fn session(&self, user_id: Id, jti: &str) -> Result<Option<SessionRead>> {
        read(self.db().await?, user_id, jti).await
    }

    async fn revoke_token(&self, revocation: Revocation, effects: Effects) -> Result<bool> {
        revoke(self.db().await?, &revocation, effects).await
    }

    async fn revocations(
        &self,
        after: Option<RevocationKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Revocation, RevocationKey>> {
        revocations::list(self.db().await?, after, limit, now).await
    }

    async fn purge_revocations(&self, now: Timestamp) -> Result<u64> {
        let db = self.db().await?;
        db.remove(&db.revoked, doc! { "exp": { "$lte": date(now) } })
            .await
    }
}

/// The own field for the newest moment of issue that any token of the account carries.
pub(super) const LAST_IAT: &str = "regstack_last_iat";

/// One conditional update issues the session; the failures are forgiven after it, which a second login would do again.
pub(super) async fn issue_one(
    db: &Db,
    issue: &SessionIssue,
    effects: Effects,
) -> Result<IssueSession> {
    let mut condition = users::active(issue.user_id);
    condition.insert("hashed_password", issue.verified_hash.as_phc());
    let upgraded = issue.upgraded_hash.as_ref();
    let issued = write(db, condition, upgraded, issue.attempt, issue.now, effects).await?;
    if let Some(IssuedSession { user, issued_at }) = issued {
        return Ok(IssueSession::Issued { user, issued_at });
    }
    let account = users::by_id(db, issue.user_id).await?;
    Ok(match account {
        Some(account) if account.is_active => IssueSession::HashChanged,
        _ => IssueSession::Refused,
    })
}

/// Issues a session to the account that all of this holds of; none when it does not.
pub(super) async fn write(
    db: &Db,
    condition: Document,
    upgraded_hash: Option<&PasswordHash>,
    attempt: Option<Id>,
    now: Timestamp,
    effects: Effects,
) -> Result<Option<IssuedSession>> {
    // A token of the cut-off's own millisecond is dead, and the cut-off may lie ahead of this machine's clock.
    let beyond = doc! { "$add": ["$tokens_invalidated_after", 1] };
    let issued_at = doc! { "$max": [format!("${LAST_IAT}"), date(now), beyond] };
    let mut fields = doc! { "last_login": date(now), LAST_IAT: issued_at };
    if let Some(hash) = upgraded_hash {
        fields.insert("hashed_password", literal(hash.as_phc()));
    }
    let update = vec![
        doc! { "$set": fields },
        Out::of_account(effects)?.stage(false),
    ];
    let issued = db.users.find_one_and_update(condition, update);
    let issued = db
        .write(issued.return_document(ReturnDocument::After))
        .await?;
    let Some(document) = issued else {
        return Ok(None);
    };
    let user = user(&document)?;
    attempts::succeed(db, &user.email, attempt, now).await?;
    relay(db, &db.users, &document).await?;
    let issued_at = match user.tokens_invalidated_after {
        Some(cut_off) => now.max(after(cut_off, SignedDuration::from_millis(1))),
        None => now,
    };
    Ok(Some(IssuedSession {
        user: Box::new(user),
        issued_at,
    }))
}

/// The fields of an update that ends all sessions of an account, and its mailed links. The cut-off is raised beyond `now`,
/// beyond itself and to every token issued so far, that of the `link` just used included, wherever the clock stands.
pub(super) fn ended(now: Timestamp, link: Option<Timestamp>) -> Document {
    let beyond = doc! { "$add": ["$tokens_invalidated_after", 1] };
    let link = link.map_or(Bson::Null, |link| date(link).into());
    let cut_off = doc! { "$max": [date(now), beyond, format!("${LAST_IAT}"), link] };
    doc! { "tokens_invalidated_after": cut_off, "updated_at": date(now) }
}

/// What ending all sessions takes along: links and codes. Should this not come to be, such links are dropped when they are
/// claimed, and such codes belong to tokens that are dead.
pub(super) async fn drop_links(db: &Db, id: Id) -> Result<()> {
    code_documents::forget(db, id).await?;
    message_documents::drop_outdated(db, id).await
}

pub(super) async fn read(db: &Db, user_id: Id, jti: &str) -> Result<Option<SessionRead>> {
    let revoked = db.revoked.find_one(doc! { "jti": jti });
    let (account, revoked) = tokio::try_join!(
        users::by_id(db, user_id),
        db.read(revoked.projection(doc! { "_id": 1 })),
    )?;
    Ok(account.map(|user| SessionRead {
        user,
        revoked: revoked.is_some(),
    }))
}

pub(super) async fn revoke(db: &Db, revocation: &Revocation, effects: Effects) -> Result<bool> {
    let id = mongodb::bson::oid::ObjectId::new();
    let mut document =
        doc! { "_id": id, "jti": &revocation.jti, "exp": date(revocation.expires_at) };
    if let Some(user_id) = revocation.user_id {
        document.insert(super::revocations::USER_ID, oid(user_id));
    }
    Out::of_account(effects)?.put_into(&mut document);
    let inserted = db.write_unique(db.revoked.insert_one(&document)).await?;
    if inserted.is_some() {
        relay(db, &db.revoked, &document).await?;
    }
    Ok(inserted.is_some())
}

/// The condition that an account still honours a link issued at that moment.
pub(super) fn honouring(user_id: Id, issued_at: Timestamp) -> Document {
    let mut condition = users::active(user_id);
    let not_ended = doc! { "$not": { "$gte": date(issued_at) } };
    condition.insert("tokens_invalidated_after", not_ended);
    condition
}

/// The key of an account's document.
pub(super) fn key(id: Id) -> Document {
    doc! { "_id": oid(id) }
}
