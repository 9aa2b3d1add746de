//! Documents of sessions.

use std::collections::HashSet;
use std::net::IpAddr;

use jiff::Timestamp;
use mongodb::bson::{Document, doc};
use mongodb::options::ReturnDocument;

use super::db::Db;
use super::documents::{Fields, date, oid, without_nulls};
use crate::model::{Id, SessionFilter, SessionKey, SessionMethod, UserAgent, UserSession};
use crate::store::Result;

const COLLECTION: &str = "regstack_sessions";

fn document(session: &UserSession) -> Document {
    without_nulls(doc! {
        "_id": &session.id,
        "user_id": oid(session.user_id),
        "created_at": date(session.created_at),
        "issued_at": date(session.issued_at),
        "last_seen_at": date(session.last_seen_at),
        "expires_at": date(session.expires_at),
        "method": &*session.method.name(),
        "ip": session.ip.map(|ip| ip.to_string()),
        "user_agent": session.user_agent.as_ref().map(UserAgent::as_str),
    })
}

fn session(document: &Document) -> Result<UserSession> {
    let fields = Fields::of(COLLECTION, document);
    Ok(UserSession {
        id: fields.text("_id")?,
        user_id: fields.id("user_id")?,
        created_at: fields.moment("created_at")?,
        issued_at: fields.moment("issued_at")?,
        last_seen_at: fields.moment("last_seen_at")?,
        expires_at: fields.moment("expires_at")?,
        method: fields.named("method", SessionMethod::from_name)?,
        ip: fields.optional("ip", |value| value.as_str()?.parse::<IpAddr>().ok())?,
        user_agent: fields.optional_as("user_agent", UserAgent::from_stored)?,
    })
}

pub(super) async fn insert(db: &Db, session: &UserSession) -> Result<()> {
    // When a lost write is retried, the first try may have been done.
    db.again(|| {
        let row = document(session);
        let id = doc! { "_id": &session.id };
        db.sessions.replace_one(id, row).upsert(true)
    })
    .await?;
    Ok(())
}

/// Returns the row of a session of an account, if it was not revoked.
pub(super) async fn by_id(db: &Db, user_id: Id, id: &str) -> Result<Option<UserSession>> {
    let condition = doc! { "_id": id, "user_id": oid(user_id) };
    let (found, revoked) = tokio::try_join!(
        db.read(db.sessions.find_one(condition)),
        db.read(db.revoked.find_one(doc! { "jti": id })),
    )?;
    let found = found.filter(|_| revoked.is_none());
    found.as_ref().map(session).transpose()
}

/// Returns the newest sessions of an account that have not expired, newest login first.
pub(super) async fn newest(
    db: &Db,
    user_id: Id,
    after: Option<SessionKey>,
    rows: i64,
    now: Timestamp,
) -> Result<Vec<UserSession>> {
    let filter = SessionFilter {
        user_id: Some(user_id),
        ip: None,
    };
    newest_of_all(db, &filter, after, rows, now).await
}

/// Returns the newest sessions of all accounts that have not expired, newest login first.
pub(super) async fn newest_of_all(
    db: &Db,
    filter: &SessionFilter,
    after: Option<SessionKey>,
    rows: i64,
    now: Timestamp,
) -> Result<Vec<UserSession>> {
    let mut condition = doc! { "expires_at": { "$gt": date(now) } };
    if let Some(user_id) = filter.user_id {
        condition.insert("user_id", oid(user_id));
    }
    if let Some(ip) = filter.ip {
        condition.insert("ip", ip.to_string());
    }
    if let Some(SessionKey { at, id }) = after {
        let earlier = doc! { "created_at": { "$lt": date(at) } };
        let beside = doc! { "created_at": date(at), "_id": { "$lt": id } };
        condition.insert("$or", [earlier, beside]);
    }
    let found = db.sessions.find(condition);
    let found = found.sort(doc! { "created_at": -1, "_id": -1 }).limit(rows);
    db.all(found).await?.iter().map(session).collect()
}

/// Returns the sessions that are not on the revocation list. The Python package adds ids to the list and knows no rows.
pub(super) async fn without_revoked(
    db: &Db,
    mut sessions: Vec<UserSession>,
) -> Result<Vec<UserSession>> {
    if sessions.is_empty() {
        return Ok(sessions);
    }
    let revoked = revoked(db, sessions.iter().map(|session| &*session.id)).await?;
    sessions.retain(|session| !revoked.contains(&session.id));
    Ok(sessions)
}

/// Returns those of the ids that are on the revocation list.
pub(super) async fn revoked<'a>(
    db: &Db,
    ids: impl Iterator<Item = &'a str>,
) -> Result<HashSet<String>> {
    let ids: Vec<&str> = ids.collect();
    let revoked = db.revoked.find(doc! { "jti": { "$in": ids } });
    let revoked = db.all(revoked.projection(doc! { "jti": 1 })).await?;
    let revoked = revoked.iter().filter_map(|found| found.get_str("jti").ok());
    Ok(revoked.map(str::to_owned).collect())
}

/// Extends a session until a moment. Returns whether its row still existed.
pub(super) async fn prolong(
    db: &Db,
    id: &str,
    issued_at: Timestamp,
    expires_at: Timestamp,
) -> Result<bool> {
    let later = doc! { "$max": { "issued_at": date(issued_at), "expires_at": date(expires_at) } };
    let updated = db.sessions.find_one_and_update(doc! { "_id": id }, later);
    let updated = db
        .write(updated.return_document(ReturnDocument::After))
        .await?;
    Ok(updated.is_some())
}

/// Records when sessions were used.
pub(super) async fn seen(db: &Db, ids: Vec<String>, at: Timestamp) -> Result<()> {
    let condition = doc! { "_id": { "$in": ids } };
    let later = doc! { "$max": { "last_seen_at": date(at) } };
    db.again(|| db.sessions.update_many(condition.clone(), later.clone()))
        .await?;
    Ok(())
}

/// Deletes the row of a session. Returns when its last token expires, if there was a row.
pub(super) async fn take(db: &Db, id: &str) -> Result<Option<Timestamp>> {
    let taken = db.write(db.sessions.find_one_and_delete(doc! { "_id": id }));
    let taken = taken.await?;
    taken
        .as_ref()
        .map(|row| Fields::of(COLLECTION, row).moment("expires_at"))
        .transpose()
}

/// Returns the sessions of an account except one.
pub(super) async fn others(db: &Db, user_id: Id, kept: &str) -> Result<Vec<UserSession>> {
    let condition = doc! { "user_id": oid(user_id), "_id": { "$ne": kept } };
    db.all(db.sessions.find(condition))
        .await?
        .iter()
        .map(session)
        .collect()
}

/// Deletes the rows of an account.
pub(super) async fn forget(db: &Db, user_id: Id) -> Result<()> {
    db.clear(&db.sessions, doc! { "user_id": oid(user_id) })
        .await
}
