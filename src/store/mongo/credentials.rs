//! Links that reset a password or change an email address, and those changes.
//!
//! Each change is one conditional update of the account. The writes that follow only clean up failures, registrations
//! and queued links that are no longer valid. If the process dies before them, a login clears the failures, a
//! registration's proof finds nobody to verify, and claiming a message drops the link.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Document, doc};
use mongodb::options::ReturnDocument;

use super::db::Db;
use super::documents::{date, literal, user};
use super::error::tolerate;
use super::out::Out;
use super::relay::{pretend, relay};
use super::sessions::drop_links_and_codes;
use super::user_documents::{
    LAST_IAT, accepting, active, as_read, by_email, ended, find, present, update,
};
use super::{
    Mongo, attempts, caps, factor_documents, identities, passkey_documents, promotion, undos,
    user_list,
};
use crate::model::{Email, Id, ProofHash, Undo, User};
use crate::store::{
    ChangeEmail, Conditional, CredentialStore, Effects, EmailChange, IssueLink, LinkIssue,
    PasswordChange, PasswordProof, Result, UndoEmailChange,
};

/// An id that no account has.
const NOBODY: Id = Id::from_bytes([0; 12]);

#[async_trait]
impl CredentialStore for Mongo {
    async fn issue_link(&self, link: LinkIssue, effects: Effects) -> Result<IssueLink> {
        let db = self.db().await?;
        let mut condition = accepting(link.user_id.unwrap_or(NOBODY), link.issued_at);
        let account = find(db, condition.clone()).await?;
        let account = account.filter(|user| link.is_for(user));
        if link.user_id.is_some() && account.is_none() {
            return Ok(IssueLink::Stale);
        }
        if let Some(account) = &account
            && !user_list::admits(db, link.only_if.as_ref(), account.id).await?
        {
            return Ok(IssueLink::Overtaken);
        }
        let cap = link.cap.clone();
        let cap = if account.is_some() {
            cap
        } else {
            cap.pretended()
        };
        if !caps::spend(db, &cap).await? {
            return Ok(IssueLink::CapSpent);
        }
        // What was read must still be the case.
        if let Some(account) = &account {
            condition.insert("email", account.email.as_str());
            if link.only_if.is_some() {
                condition.extend(as_read(account));
            }
            if let Some(hash) = &link.verified_hash {
                condition.insert("hashed_password", hash.as_phc());
            }
        }
        let out =
            Out::of_account(effects.clone())?.mark_messages("issued_at", date(link.issued_at));
        let mut issue = doc! { "$max": { LAST_IAT: date(link.issued_at) } };
        out.push_into(&mut issue);
        match update(db, condition, issue).await? {
            Some(document) => {
                relay(db, &db.users, &document).await?;
                Ok(IssueLink::Queued)
            }
            None if link.user_id.is_some() => Ok(IssueLink::Stale),
            None => {
                pretend(db, &cap.key(), effects).await?;
                Ok(IssueLink::Nobody)
            }
        }
    }

    async fn change_password(
        &self,
        change: PasswordChange,
        effects: Effects,
    ) -> Result<Conditional> {
        let (db, _counts) = self.counted().await?;
        let id = change.user_id;
        let link = change.proof.link();
        let condition = match &change.proof {
            PasswordProof::Verified(hash) => {
                let mut condition = active(id);
                condition.insert("hashed_password", hash.as_phc());
                condition
            }
            PasswordProof::Link(issued_at) => accepting(id, *issued_at),
            PasswordProof::Administrator => present(id),
        };
        let mut fields = ended(change.now, link);
        fields.insert("hashed_password", literal(change.new_hash.as_phc()));
        if link.is_some() {
            fields.insert("is_verified", true);
        }
        let effects = caps::afford(db, effects).await?;
        let out = Out::of_account(effects)?.stage(true);
        let Some(after) = update(db, condition, vec![doc! { "$set": fields }, out]).await? else {
            return Ok(Conditional::Stale);
        };
        let user = user(&after)?;
        if link.is_some() {
            tolerate(promotion::forget(db, &user.email).await)?;
        }
        tolerate(attempts::succeed(db, &user.email, change.attempt, change.now).await)?;
        tolerate(drop_links_and_codes(db, id).await)?;
        relay(db, &db.users, &after).await?;
        Ok(Conditional::Done(user))
    }

    async fn change_email(&self, change: EmailChange, effects: Effects) -> Result<ChangeEmail> {
        let (db, _counts) = self.counted().await?;
        let mut condition = accepting(change.user_id, change.issued_at);
        let account = find(db, condition.clone()).await?;
        let Some(before) = account.filter(|user| change.is_for(user)) else {
            return Ok(ChangeEmail::Stale);
        };
        condition.insert("email", before.email.as_str());
        let mut fields = ended(change.now, Some(change.issued_at));
        if let Some(undo) = &change.undo {
            fields.extend(undos::kept(undo, &before, change.now));
        }
        move_user(db, &before, &change.new_email, condition, fields, effects).await
    }

    async fn undo(&self, user_id: Id, proof: &ProofHash, now: Timestamp) -> Result<Option<Undo>> {
        let db = self.db().await?;
        let account = db.read(db.users.find_one(present(user_id))).await?;
        let undo = account.map(|account| undos::of(&account, proof, now));
        Ok(undo.transpose()?.flatten())
    }

    async fn undo_email_change(
        &self,
        undo: UndoEmailChange,
        effects: Effects,
    ) -> Result<ChangeEmail> {
        let (db, _counts) = self.counted().await?;
        let mut condition = active(undo.user_id);
        let Some(account) = db.read(db.users.find_one(condition.clone())).await? else {
            return Ok(ChangeEmail::Stale);
        };
        let (before, change) = (user(&account)?, undos::of(&account, &undo.proof, undo.now)?);
        let Some(change) = change.filter(|_| undo.is_for(&before)) else {
            return Ok(ChangeEmail::Stale);
        };
        condition.insert("email", before.email.as_str());
        condition.extend(undos::undoes(&undo.proof, undo.now));
        let mut fields = ended(undo.now, None);
        if undo.forgets_password {
            fields.insert("hashed_password", "$$REMOVE");
        }
        fields.extend(undos::forgotten(change.changed_at));
        // Whoever controlled the account then may have added some.
        fields.extend(passkey_documents::forgotten(change.changed_at));
        fields.extend(factor_documents::restored(&change));
        // Before the change, because a process that dies in between leaves the link usable. And after it, because
        // another identity may be linked in the meantime.
        identities::forget(db, before.id, change.changed_at).await?;
        let moved = move_user(db, &before, &change.email, condition, fields, effects).await?;
        if matches!(moved, ChangeEmail::Done(_)) {
            identities::forget(db, before.id, change.changed_at).await?;
        }
        Ok(moved)
    }
}

/// Writes a new email address and `fields` into the account that meets a condition, if no other account has the
/// address, and deletes what belonged to the old or the new address.
async fn move_user(
    db: &Db,
    before: &User,
    email: &Email,
    condition: Document,
    mut fields: Document,
    effects: Effects,
) -> Result<ChangeEmail> {
    // A different spelling of the account's own email address does not count as taken.
    let holder = by_email(db, email).await?;
    if holder.is_some_and(|holder| holder.id != before.id) {
        return Ok(ChangeEmail::EmailTaken);
    }
    fields.insert("email", literal(email.as_str()));
    fields.insert("is_verified", true);
    let effects = caps::afford(db, effects).await?;
    let out = Out::of(effects, Some(before.id), Some(&before.email))?.stage(true);
    let changed = db
        .users
        .find_one_and_update(condition, vec![doc! { "$set": fields }, out]);
    let changed = changed.return_document(ReturnDocument::After);
    // The unique index on the email address decides.
    let after = match db.write_unique(changed).await? {
        None => return Ok(ChangeEmail::EmailTaken),
        Some(None) => return Ok(ChangeEmail::Stale),
        Some(Some(after)) => after,
    };
    for address in [&before.email, email] {
        tolerate(promotion::forget(db, address).await)?;
    }
    tolerate(drop_links_and_codes(db, before.id).await)?;
    relay(db, &db.users, &after).await?;
    Ok(ChangeEmail::Done(user(&after)?))
}
