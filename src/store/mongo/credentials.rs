//! Links that recover or change what an account logs in with, and those changes.
//!
//! Each change is one conditional update of the account. What follows only clears away: failures, registrations, queued links
//! that are dead already. Should it not come to be, a login forgives, a proof finds nobody to verify, a claim drops.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Document, doc};
use mongodb::options::ReturnDocument;

use super::db::Db;
use super::documents::{date, email_key, literal, user};
use super::out::Out;
use super::relay::{pretend, relay};
use super::sessions::{LAST_IAT, drop_links, ended, honouring};
use super::{Mongo, attempts, caps, registration, users};
use crate::model::{Id, User};
use crate::store::{
    Conditional, CredentialStore, Effects, EmailChange, IssueLink, LinkIssue, PasswordChange,
    PasswordProof, Result,
};

#[async_trait]
impl CredentialStore for Mongo {
    async fn issue_link(&self, link: LinkIssue, effects: Effects) -> Result<IssueLink> {
        issue_link(self.db().await?, &link, effects).await
    }

    async fn change_password(
        &self,
        change: PasswordChange,
        effects: Effects,
    ) -> Result<Conditional> {
        let (db, _counts) = self.counted().await?;
        change_password(db, &change, effects).await
    }

    async fn change_email(&self, change: EmailChange, effects: Effects) -> Result<Conditional> {
        let (db, _counts) = self.counted().await?;
        change_email(db, &change, effects).await
    }
}

/// The id that nobody has.
const NOBODY: Id = Id::from_bytes([0; 12]);

/// Whether the account still has the address and the hash that the link was made for.
fn is_as_read(user: &User, link: &LinkIssue) -> bool {
    let has_address = link
        .email
        .as_ref()
        .is_none_or(|email| email_key(email) == email_key(&user.email));
    has_address && (link.verified_hash.is_none() || link.verified_hash == user.hashed_password)
}

pub(super) async fn issue_link(db: &Db, link: &LinkIssue, effects: Effects) -> Result<IssueLink> {
    let mut condition = honouring(link.user_id.unwrap_or(NOBODY), link.issued_at);
    let found = db.read(db.users.find_one(condition.clone())).await?;
    let account = found.as_ref().map(user).transpose()?;
    let account = account.filter(|user| is_as_read(user, link));
    if link.user_id.is_some() && account.is_none() {
        return Ok(IssueLink::Stale);
    }
    if !caps::spend(db, &link.cap).await? {
        return Ok(IssueLink::CapSpent);
    }
    // What was read has to be so still.
    if let Some(account) = &account {
        condition.insert("email", account.email.as_str());
        if let Some(hash) = &link.verified_hash {
            condition.insert("hashed_password", hash.as_phc());
        }
    }
    let out = Out::of_account(effects.clone())?.mark_messages("issued_at", date(link.issued_at));
    let mut update = doc! { "$max": { LAST_IAT: date(link.issued_at) } };
    if !out.is_empty() {
        update.insert("$push", out.push());
    }
    let queued = db.users.find_one_and_update(condition, update);
    let queued = db
        .write(queued.return_document(ReturnDocument::After))
        .await?;
    match queued {
        Some(document) => {
            relay(db, &db.users, &document).await?;
            Ok(IssueLink::Queued)
        }
        None if link.user_id.is_some() => Ok(IssueLink::Stale),
        None => {
            pretend(db, &link.cap.recipient, effects).await?;
            Ok(IssueLink::Nobody)
        }
    }
}

pub(super) async fn change_password(
    db: &Db,
    change: &PasswordChange,
    effects: Effects,
) -> Result<Conditional> {
    let id = change.user_id;
    let (condition, link) = match &change.proof {
        PasswordProof::Verified(hash) => {
            let mut condition = users::active(id);
            condition.insert("hashed_password", hash.as_phc());
            (condition, None)
        }
        PasswordProof::Link(issued_at) => (honouring(id, *issued_at), Some(*issued_at)),
        PasswordProof::Administrator => (users::present(id), None),
    };
    let mut fields = ended(change.now, link);
    fields.insert("hashed_password", literal(change.new_hash.as_phc()));
    if link.is_some() {
        fields.insert("is_verified", true);
    }
    let Some(after) = write(db, condition, fields, Out::of_account(effects)?).await? else {
        return Ok(Conditional::Stale);
    };
    let user = user(&after)?;
    if link.is_some() {
        registration::forget(db, &user.email).await?;
    }
    attempts::succeed(db, &user.email, change.attempt, change.now).await?;
    drop_links(db, id).await?;
    relay(db, &db.users, &after).await?;
    Ok(Conditional::Done(user))
}

/// Changes an account, drops its links that wait to be copied, and adds what tells of it; the account afterwards.
async fn write(
    db: &Db,
    condition: Document,
    fields: Document,
    out: Out,
) -> Result<Option<Document>> {
    let update = vec![doc! { "$set": fields }, out.stage(true)];
    let changed = db.users.find_one_and_update(condition, update);
    db.write(changed.return_document(ReturnDocument::After))
        .await
}

pub(super) async fn change_email(
    db: &Db,
    change: &EmailChange,
    effects: Effects,
) -> Result<Conditional> {
    let mut condition = honouring(change.user_id, change.issued_at);
    let Some(before) = db.read(db.users.find_one(condition.clone())).await? else {
        return Ok(Conditional::Stale);
    };
    let before = user(&before)?;
    let old_email = change.old_email.as_ref();
    if old_email.is_some_and(|old| email_key(old) != email_key(&before.email)) {
        return Ok(Conditional::Stale);
    }
    // Its own address in another spelling is nobody else's.
    let holder = users::by_email(db, &change.new_email).await?;
    if holder.is_some_and(|holder| holder.id != before.id) {
        return Ok(Conditional::EmailTaken);
    }
    condition.insert("email", before.email.as_str());
    let mut fields = ended(change.now, Some(change.issued_at));
    fields.insert("email", literal(change.new_email.as_str()));
    fields.insert("is_verified", true);
    let out = Out::of(effects, Some(before.id), Some(&before.email))?;
    let update = vec![doc! { "$set": fields }, out.stage(true)];
    let changed = db.users.find_one_and_update(condition, update);
    let changed = changed.return_document(ReturnDocument::After);
    // The unique address has the last word.
    let after = match db.write_unique(changed).await? {
        None => return Ok(Conditional::EmailTaken),
        Some(None) => return Ok(Conditional::Stale),
        Some(Some(after)) => after,
    };
    for address in [&before.email, &change.new_email] {
        registration::forget(db, address).await?;
    }
    drop_links(db, before.id).await?;
    relay(db, &db.users, &after).await?;
    Ok(Conditional::Done(user(&after)?))
}

/// The moment from which on an account's links live, as far as a queued one can know.
pub(super) fn outlives(issued_at: Timestamp, account: &User) -> bool {
    account
        .tokens_invalidated_after
        .is_none_or(|cut_off| issued_at > cut_off)
}
