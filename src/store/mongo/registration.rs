//! Registrations that wait for their address to be proven.
//!
//! A registration becomes an account in three writes: it is claimed (for a while, and with the id that the account will have),
//! the account is made under that id, the registration is removed. Whoever comes by a claim that is over repeats the second
//! and third: an account of that very id is the one that was made, and the answer is the same.

use async_trait::async_trait;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mongodb::bson::{Document, doc};
use mongodb::options::ReturnDocument;
use tokio::time::{Instant, sleep};

use super::db::Db;
use super::documents::{Fields, after, date, email_key, oid, pending, pending_document, user};
use super::error::{DEADLINE, ServerError};
use super::out::Out;
use super::relay::{pretend, relay};
use super::{Mongo, caps, message_documents, users};
use crate::model::RecipientCap;
use crate::model::{Email, Id, Page, PendingKey, PendingRegistration, ProofHash, User};
use crate::store::page;
use crate::store::{
    Effects, PromotePending, PutPending, RegistrationStore, RenewPending, Result, Reverify,
    StoreError, Verify,
};

#[async_trait]
impl RegistrationStore for Mongo {
    async fn put_pending(
        &self,
        pending: PendingRegistration,
        cap: RecipientCap,
        effects: Effects,
        if_taken: Effects,
    ) -> Result<PutPending> {
        let (db, _counts) = self.counted().await?;
        put(db, &pending, &cap, effects, if_taken).await
    }

    async fn reverify(
        &self,
        id: Id,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        effects: Effects,
    ) -> Result<Reverify> {
        let (db, _counts) = self.counted().await?;
        reverify(db, id, proof, expires_at, &cap, effects).await
    }

    async fn pending(
        &self,
        after: Option<PendingKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<PendingRegistration, PendingKey>> {
        list(self.db().await?, after.as_ref(), limit, now).await
    }

    async fn promote_pending(
        &self,
        email: &Email,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<PromotePending> {
        let (db, _counts) = self.counted().await?;
        promote(db, email, new_id, now, effects).await
    }

    async fn delete_pending(&self, email: &Email, now: Timestamp) -> Result<bool> {
        let (db, _counts) = self.counted().await?;
        delete(db, email, now).await
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
        renew(db, email, &proof, expires_at, &cap, effects).await
    }

    async fn pending_by_email(
        &self,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>> {
        by_email(self.db().await?, email, now).await
    }

    async fn pending_by_proof(
        &self,
        proof: &ProofHash,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>> {
        by_proof(self.db().await?, proof, now).await
    }

    async fn verify(
        &self,
        proof: &ProofHash,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Verify> {
        let (db, _counts) = self.counted().await?;
        verify(db, proof, new_id, now, effects).await
    }
}

/// How long a claim keeps others out: far longer than the writes that follow may take.
const CLAIM: SignedDuration = SignedDuration::from_secs(30);
const CLAIMED_UNTIL: &str = "regstack_claimed_until";
const USER_ID: &str = "regstack_user_id";

/// How often those look who wait for a claim to be settled.
const LOOK: Duration = Duration::from_millis(10);

async fn find(db: &Db, mut key: Document, now: Timestamp) -> Result<Option<PendingRegistration>> {
    key.insert("expires_at", doc! { "$gt": date(now) });
    let found = db.read(db.pending.find_one(key)).await?;
    found.as_ref().map(pending).transpose()
}

pub(super) async fn by_email(
    db: &Db,
    email: &Email,
    now: Timestamp,
) -> Result<Option<PendingRegistration>> {
    find(db, doc! { "email": email_key(email) }, now).await
}

pub(super) async fn by_proof(
    db: &Db,
    proof: &ProofHash,
    now: Timestamp,
) -> Result<Option<PendingRegistration>> {
    find(db, doc! { "token_hash": proof.as_str() }, now).await
}

/// Removes the pending registration of an address.
pub(super) async fn forget(db: &Db, email: &Email) -> Result<()> {
    remove(db, doc! { "email": email_key(email) }).await?;
    Ok(())
}

/// Removes one, and copies what another process left in it; whether there was one.
async fn remove(db: &Db, condition: Document) -> Result<bool> {
    let removed = db.write(db.pending.find_one_and_delete(condition)).await?;
    if let Some(removed) = &removed {
        relay(db, &db.pending, removed).await?;
    }
    Ok(removed.is_some())
}

pub(super) async fn list(
    db: &Db,
    after: Option<&PendingKey>,
    limit: u32,
    now: Timestamp,
) -> Result<Page<PendingRegistration, PendingKey>> {
    let mut condition = doc! { "expires_at": { "$gt": date(now) } };
    if let Some(key) = after {
        let (at, email) = (date(key.at), email_key(&key.email));
        condition.insert("created_at", doc! { "$lte": at });
        let behind = vec![
            doc! { "created_at": { "$lt": at } },
            doc! { "email": { "$lt": email } },
        ];
        condition.insert("$or", behind);
    }
    let found = db.pending.find(condition);
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

pub(super) async fn delete(db: &Db, email: &Email, now: Timestamp) -> Result<bool> {
    let living = doc! { "email": email_key(email), "expires_at": { "$gt": date(now) } };
    if !remove(db, living).await? {
        return Ok(false);
    }
    message_documents::drop_verifications(db, email).await?;
    Ok(true)
}

/// The cap is paid before the change it pays for. An account that was made meanwhile takes the registration away again,
/// as it does with all that it finds.
pub(super) async fn put(
    db: &Db,
    pending: &PendingRegistration,
    cap: &RecipientCap,
    effects: Effects,
    if_taken: Effects,
) -> Result<PutPending> {
    if let Some(owner) = users::by_email(db, &pending.email).await? {
        if if_taken.messages.is_empty() || caps::spend(db, cap).await? {
            users::push(db, owner.id, Out::of_account(if_taken)?).await?;
        }
        return Ok(PutPending::EmailTaken);
    }
    if !caps::spend(db, cap).await? {
        return Ok(PutPending::CapSpent);
    }
    let written = write(db, pending, Out::of(effects, None, Some(&pending.email))?).await?;
    if users::by_email(db, &pending.email).await?.is_some() {
        withdraw(db, pending).await?;
        return Ok(PutPending::EmailTaken);
    }
    relay(db, &db.pending, &written).await?;
    Ok(PutPending::Stored)
}

/// Takes a registration back, with what it would have sent and told.
async fn withdraw(db: &Db, pending: &PendingRegistration) -> Result<()> {
    let own =
        doc! { "email": email_key(&pending.email), "token_hash": pending.token_hash.as_str() };
    db.write(db.pending.delete_one(own)).await?;
    Ok(())
}

pub(super) async fn reverify(
    db: &Db,
    id: Id,
    proof: ProofHash,
    expires_at: Timestamp,
    cap: &RecipientCap,
    effects: Effects,
) -> Result<Reverify> {
    let Some(user) = users::by_id(db, id).await? else {
        return Ok(Reverify::NotFound);
    };
    if user.is_verified {
        return Ok(Reverify::AlreadyVerified);
    }
    if !caps::spend(db, cap).await? {
        return Ok(Reverify::CapSpent);
    }
    let pending = PendingRegistration {
        email: user.email.clone(),
        hashed_password: user.hashed_password.clone(),
        full_name: user.full_name.clone(),
        token_hash: proof,
        created_at: cap.now,
        expires_at,
    };
    let out = Out::of(effects, Some(user.id), Some(&user.email))?;
    let written = write(db, &pending, out).await?;
    // Who went meanwhile, or was verified, has taken older registrations away but not this one.
    let refused = match users::by_id(db, id).await? {
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

/// Puts a registration in place of any older one of its address.
async fn write(db: &Db, pending: &PendingRegistration, out: Out) -> Result<Document> {
    let fields = pending_document(pending);
    let mut gone = doc! { CLAIMED_UNTIL: "", USER_ID: "" };
    for field in ["hashed_password", "full_name"] {
        if !fields.contains_key(field) {
            gone.insert(field, "");
        }
    }
    let mut update = doc! { "$set": fields, "$unset": gone };
    if !out.is_empty() {
        update.insert("$push", out.push());
    }
    let key = doc! { "email": email_key(&pending.email) };
    let written = db.upsert(&db.pending, key, update).await?;
    Ok(written.unwrap_or_default())
}

pub(super) async fn renew(
    db: &Db,
    email: &Email,
    proof: &ProofHash,
    expires_at: Timestamp,
    cap: &RecipientCap,
    effects: Effects,
) -> Result<RenewPending> {
    if !caps::spend(db, cap).await? {
        return Ok(RenewPending::CapSpent);
    }
    let out = Out::of(effects.clone(), None, Some(email))?;
    let living = doc! { "email": email_key(email), "expires_at": { "$gt": date(cap.now) } };
    let mut update = doc! {
        "$set": { "token_hash": proof.as_str(), "expires_at": date(expires_at) },
        "$unset": { CLAIMED_UNTIL: "", USER_ID: "" },
    };
    if !out.is_empty() {
        update.insert("$push", out.push());
    }
    let renewed = db.pending.find_one_and_update(living, update);
    let renewed = db
        .write(renewed.return_document(ReturnDocument::After))
        .await?;
    let Some(renewed) = renewed else {
        pretend(db, &cap.recipient, effects).await?;
        return Ok(RenewPending::NotPending);
    };
    relay(db, &db.pending, &renewed).await?;
    Ok(RenewPending::Renewed)
}

/// A registration under way to an account.
struct Claimed {
    pending: PendingRegistration,
    /// The id that its account has, or will have.
    user_id: Id,
}

/// Claims a live registration; waits while another process makes an account of it. None when there is none (any more).
async fn claim(db: &Db, key: Document, new_id: Id, now: Timestamp) -> Result<Option<Claimed>> {
    let mut living = key;
    living.insert("expires_at", doc! { "$gt": date(now) });
    let mut unclaimed = living.clone();
    unclaimed.insert(CLAIMED_UNTIL, doc! { "$not": { "$gt": date(now) } });
    let update = vec![doc! { "$set": {
        CLAIMED_UNTIL: date(after(now, CLAIM)),
        USER_ID: { "$ifNull": [format!("${USER_ID}"), oid(new_id)] },
    } }];
    let started = Instant::now();
    loop {
        let claimed = db
            .pending
            .find_one_and_update(unclaimed.clone(), update.clone());
        let claimed = db
            .write(claimed.return_document(ReturnDocument::After))
            .await?;
        if let Some(document) = claimed {
            let user_id = Fields::of("pending_registrations", &document).id(USER_ID)?;
            let pending = pending(&document)?;
            return Ok(Some(Claimed { pending, user_id }));
        }
        if db
            .read(db.pending.find_one(living.clone()))
            .await?
            .is_none()
        {
            return Ok(None);
        }
        if started.elapsed() >= DEADLINE {
            return Err(StoreError::Unavailable(Box::new(ServerError::TimedOut)));
        }
        sleep(LOOK).await;
    }
}

impl Claimed {
    /// Makes the account, or finds that it was made; the account of somebody else who has the address otherwise.
    async fn make_account(&self, db: &Db, now: Timestamp, effects: Effects) -> Result<Made> {
        if let Some(user) = users::by_email(db, &self.pending.email).await? {
            return self.judge(db, user).await;
        }
        let user = User {
            id: self.user_id,
            email: self.pending.email.clone(),
            hashed_password: self.pending.hashed_password.clone(),
            is_active: true,
            is_verified: true,
            is_superuser: false,
            full_name: self.pending.full_name.clone(),
            phone_number: None,
            is_mfa_enabled: false,
            created_at: now,
            updated_at: now,
            last_login: None,
            tokens_invalidated_after: None,
        };
        if users::insert(db, &user, Out::of_account(effects)?).await? {
            return Ok(Made::Now(user));
        }
        match users::by_email(db, &self.pending.email).await? {
            Some(user) => self.judge(db, user).await,
            // It was there, and is gone: whoever asks again finds the registration as it was.
            None => Err(StoreError::Unavailable(Box::new(ServerError::TimedOut))),
        }
    }

    async fn judge(&self, db: &Db, user: User) -> Result<Made> {
        if user.id != self.user_id {
            return Ok(Made::Taken(user));
        }
        // What the one who died left behind: the copies, and the registration.
        let document = db.read(db.users.find_one(users::present(user.id))).await?;
        forget(db, &self.pending.email).await?;
        relay(db, &db.users, &document.unwrap_or_default()).await?;
        Ok(Made::Now(user))
    }
}

enum Made {
    Now(User),
    Taken(User),
}

pub(super) async fn verify(
    db: &Db,
    proof: &ProofHash,
    new_id: Id,
    now: Timestamp,
    effects: Effects,
) -> Result<Verify> {
    let key = doc! { "token_hash": proof.as_str() };
    let Some(claimed) = claim(db, key, new_id, now).await? else {
        return Ok(Verify::InvalidToken);
    };
    let owner = match claimed.make_account(db, now, effects.clone()).await? {
        Made::Now(user) => return Ok(Verify::Created(user)),
        Made::Taken(owner) => owner,
    };
    let mut unverified = users::present(owner.id);
    unverified.insert("is_verified", doc! { "$ne": true });
    let out = Out::of_account(effects)?;
    let mut update = doc! { "$set": { "is_verified": true, "updated_at": date(now) } };
    if !out.is_empty() {
        update.insert("$push", out.push());
    }
    let marked = db.users.find_one_and_update(unverified, update);
    let marked = db
        .write(marked.return_document(ReturnDocument::After))
        .await?;
    forget(db, &claimed.pending.email).await?;
    let Some(document) = marked else {
        return Ok(Verify::AlreadyVerified);
    };
    relay(db, &db.users, &document).await?;
    Ok(Verify::Marked(user(&document)?))
}

pub(super) async fn promote(
    db: &Db,
    email: &Email,
    new_id: Id,
    now: Timestamp,
    effects: Effects,
) -> Result<PromotePending> {
    let key = doc! { "email": email_key(email) };
    let Some(claimed) = claim(db, key.clone(), new_id, now).await? else {
        return Ok(PromotePending::NotFound);
    };
    match claimed.make_account(db, now, effects).await? {
        Made::Now(user) => Ok(PromotePending::Created(user)),
        Made::Taken(_) => {
            let unclaim = doc! { "$unset": { CLAIMED_UNTIL: "", USER_ID: "" } };
            db.write(db.pending.update_one(key, unclaim)).await?;
            Ok(PromotePending::EmailTaken)
        }
    }
}

/// Whether any registration holds a proof: a link with it still opens something.
pub(super) async fn holds(db: &Db, proof: &ProofHash) -> Result<bool> {
    let found = db.pending.find_one(doc! { "token_hash": proof.as_str() });
    Ok(db.read(found).await?.is_some())
}
