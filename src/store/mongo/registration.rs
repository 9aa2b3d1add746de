//! Registrations that wait for their email address to be verified.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Document, doc};
use mongodb::options::ReturnDocument;

use super::db::Db;
use super::documents::{LANGUAGE, date, pending, pending_document, user};
use super::error::tolerate;
use super::out::Out;
use super::promotion::{self, Claimed, Made, unclaimed};
use super::relay::{pretend, push, relay};
use super::user_documents::{by_email, by_id, present, update};
use super::{Mongo, caps, message_documents, user_list};
use crate::model::{
    Email, Id, Page, PendingKey, PendingRegistration, ProofHash, RecipientCap, UserFilter,
};
use crate::store::page;
use crate::store::{
    Effects, PromotePending, PutPending, RegistrationStore, RenewPending, Result, Reverify, Verify,
};

#[async_trait]
impl RegistrationStore for Mongo {
    /// The cap is paid before the change it pays for, and given back where nobody is written to. An account that was made
    /// meanwhile takes the registration away again, as it does with all that it finds; its link is no longer sent.
    async fn put_pending(
        &self,
        pending: PendingRegistration,
        cap: RecipientCap,
        effects: Effects,
        if_taken: Effects,
    ) -> Result<PutPending> {
        let (db, _counts) = self.counted().await?;
        let (holder, alive, paid) = tokio::join!(
            by_email(db, &pending.email),
            find(db, doc! { "email": pending.email.key() }, cap.now),
            caps::pay(db, &cap),
        );
        let (holder, alive, paid) = (holder?, alive?, paid?);
        if let Some(owner) = holder {
            let is_told = match paid {
                Some(paid) if if_taken.messages.is_empty() => {
                    tolerate(paid.give_back(db).await)?;
                    true
                }
                Some(_) => true,
                None => if_taken.messages.is_empty() || caps::spend(db, &cap).await?,
            };
            if is_told {
                push(db, owner.id, Out::of_account(if_taken)?).await?;
            }
            return Ok(PutPending::EmailTaken);
        }
        if paid.is_none() && !caps::spend(db, &with_link(alive.as_ref(), cap)).await? {
            return Ok(PutPending::CapSpent);
        }
        let written = write(db, &pending, Out::of(effects, None, Some(&pending.email))?).await?;
        let (holder, copied) = tokio::join!(
            by_email(db, &pending.email),
            relay(db, &db.pending, &written),
        );
        if holder?.is_some() {
            withdraw(db, &pending).await?;
            // Others may have stored or renewed a registration in the meantime: none may stay beside an account.
            promotion::forget(db, &pending.email).await?;
            tolerate(message_documents::drop_verifications(db, &pending.email).await)?;
            return Ok(PutPending::EmailTaken);
        }
        copied?;
        Ok(PutPending::Stored)
    }

    async fn reverify(
        &self,
        id: Id,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        only_if: Option<UserFilter>,
        effects: Effects,
    ) -> Result<Reverify> {
        let (db, _counts) = self.counted().await?;
        let Some(user) = by_id(db, id).await? else {
            return Ok(Reverify::NotFound);
        };
        if user.is_verified {
            return Ok(Reverify::AlreadyVerified);
        }
        if !user_list::admits(db, only_if.as_ref(), id).await? {
            return Ok(Reverify::Overtaken);
        }
        let alive = find(db, doc! { "email": user.email.key() }, cap.now).await?;
        let cap = with_link(alive.as_ref(), cap);
        if !caps::spend(db, &cap).await? {
            return Ok(Reverify::CapSpent);
        }
        let pending = user.reverification(proof, cap.now, expires_at);
        let out = Out::of(effects, Some(user.id), Some(&user.email))?;
        let written = write(db, &pending, out).await?;
        // If the account was deleted or verified in the meantime, older registrations were deleted with it, but not
        // this one.
        let refused = match by_id(db, id).await? {
            None => Reverify::NotFound,
            Some(user) if user.is_verified => Reverify::AlreadyVerified,
            Some(_) => {
                relay(db, &db.pending, &written).await?;
                return Ok(Reverify::Queued);
            }
        };
        withdraw(db, &pending).await?;
        Ok(refused)
    }

    async fn pending(
        &self,
        q: Option<&str>,
        after: Option<PendingKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<PendingRegistration, PendingKey>> {
        let db = self.db().await?;
        let mut condition = living(doc! {}, now);
        if let Some(key) = after {
            let at = date(key.at);
            condition.insert("created_at", doc! { "$lte": at });
            let earlier = doc! { "created_at": { "$lt": at } };
            let beside = doc! { "email": { "$lt": key.email.key() } };
            condition.insert("$or", [earlier, beside]);
        }
        if let Some(text) = q {
            condition = doc! { "$and": [condition, user_list::search(text)] };
        }
        let mut found = db.pending.find(condition);
        if q.is_some() {
            found = found.max_time(user_list::SEARCH_LIMIT);
        }
        let newest_first = found.sort(doc! { "created_at": -1, "email": -1 });
        let documents = db.all(newest_first.limit(page::rows(limit))).await?;
        let waiting = documents.iter().map(pending).collect::<Result<_>>()?;
        Ok(page::of(waiting, limit, |pending: &PendingRegistration| {
            PendingKey {
                at: pending.created_at,
                email: pending.email.clone(),
            }
        }))
    }

    async fn promote_pending(
        &self,
        email: &Email,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<PromotePending> {
        let (db, _counts) = self.counted().await?;
        let key = doc! { "email": email.key() };
        let Some(claimed) = Claimed::of(db, key.clone(), new_id, now).await? else {
            return Ok(PromotePending::NotFound);
        };
        match claimed.make_account(db, now, effects).await? {
            Made::Now(user) => Ok(PromotePending::Created(user)),
            Made::Taken(_) => {
                let unclaim = doc! { "$unset": unclaimed() };
                db.write(db.pending.update_one(key, unclaim)).await?;
                Ok(PromotePending::EmailTaken)
            }
        }
    }

    async fn delete_pending(&self, email: &Email, now: Timestamp) -> Result<bool> {
        let (db, _counts) = self.counted().await?;
        if !promotion::remove(db, living(doc! { "email": email.key() }, now)).await? {
            return Ok(false);
        }
        message_documents::drop_verifications(db, email).await?;
        Ok(true)
    }

    async fn renew_pending(
        &self,
        email: &Email,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        effects: Effects,
    ) -> Result<RenewPending> {
        let db = self.db().await?;
        let lives = find(db, doc! { "email": email.key() }, cap.now).await?;
        let cap = match lives {
            Some(_) => cap,
            None => cap.pretended(),
        };
        if !caps::spend(db, &cap).await? {
            return Ok(RenewPending::CapSpent);
        }
        let out = Out::of(effects.clone(), None, Some(email))?;
        let mut renewal = doc! {
            "$set": { "token_hash": proof.as_str(), "expires_at": date(expires_at) },
            "$unset": unclaimed(),
        };
        out.push_into(&mut renewal);
        let condition = living(doc! { "email": email.key() }, cap.now);
        let renewed = db.pending.find_one_and_update(condition, renewal);
        let renewed = renewed.return_document(ReturnDocument::After);
        let Some(renewed) = db.write(renewed).await? else {
            pretend(db, &cap.key(), effects).await?;
            return Ok(RenewPending::NotPending);
        };
        relay(db, &db.pending, &renewed).await?;
        Ok(RenewPending::Renewed)
    }

    async fn pending_by_email(
        &self,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>> {
        find(self.db().await?, doc! { "email": email.key() }, now).await
    }

    async fn pending_by_proof(
        &self,
        proof: &ProofHash,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>> {
        find(self.db().await?, doc! { "token_hash": proof.as_str() }, now).await
    }

    async fn verify(
        &self,
        proof: &ProofHash,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Verify> {
        let (db, _counts) = self.counted().await?;
        let key = doc! { "token_hash": proof.as_str() };
        let Some(claimed) = Claimed::of(db, key, new_id, now).await? else {
            return Ok(Verify::InvalidToken);
        };
        let owner = match claimed.make_account(db, now, effects.clone()).await? {
            Made::Now(user) => return Ok(Verify::Created(user)),
            Made::Taken(owner) => owner,
        };
        let mut unverified = present(owner.id);
        unverified.insert("is_verified", doc! { "$ne": true });
        let out = Out::of_account(effects)?;
        let mut mark = doc! { "$set": { "is_verified": true, "updated_at": date(now) } };
        out.push_into(&mut mark);
        let marked = update(db, unverified, mark).await?;
        promotion::forget(db, &claimed.pending.email).await?;
        let Some(document) = marked else {
            return Ok(Verify::AlreadyVerified);
        };
        relay(db, &db.users, &document).await?;
        Ok(Verify::Marked(user(&document)?))
    }
}

/// Returns the condition, extended by the condition that a registration's link is still valid.
fn living(mut condition: Document, now: Timestamp) -> Document {
    condition.insert("expires_at", doc! { "$gt": date(now) });
    condition
}

async fn find(db: &Db, key: Document, now: Timestamp) -> Result<Option<PendingRegistration>> {
    let found = db.read(db.pending.find_one(living(key, now))).await?;
    found.as_ref().map(pending).transpose()
}

/// The cap of a link to an address: a spent one lets it through where no older link is alive.
fn with_link(alive: Option<&PendingRegistration>, cap: RecipientCap) -> RecipientCap {
    match alive {
        Some(_) => cap,
        None => cap.with_nothing_alive(),
    }
}

/// Stores a registration in place of any older one of its email address.
async fn write(db: &Db, pending: &PendingRegistration, out: Out) -> Result<Document> {
    let fields = pending_document(pending);
    let mut gone = unclaimed();
    for field in ["hashed_password", "full_name", LANGUAGE] {
        if !fields.contains_key(field) {
            gone.insert(field, "");
        }
    }
    let mut update = doc! { "$set": fields, "$unset": gone };
    out.push_into(&mut update);
    let key = doc! { "email": pending.email.key() };
    let written = db.upsert(&db.pending, key, update).await?;
    Ok(written.unwrap_or_default())
}

/// Deletes a registration again, with the effects that it carries.
async fn withdraw(db: &Db, pending: &PendingRegistration) -> Result<()> {
    let own = doc! { "email": pending.email.key(), "token_hash": pending.token_hash.as_str() };
    db.write(db.pending.delete_one(own)).await?;
    Ok(())
}
