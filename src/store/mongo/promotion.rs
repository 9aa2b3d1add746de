//! How accounts come to be: written anew, or out of a pending registration.
//!
//! A registration becomes an account in three writes: it is claimed (for a while, and with the id that the account will have),
//! the account is made under that id, the registration is removed. Whoever comes by a claim that is over repeats the second
//! and third: an account of that very id is the one that was made, and the answer is the same.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Document, doc};
use mongodb::options::ReturnDocument;
use tokio::time::{Instant, sleep};

use super::days;
use super::db::Db;
use super::documents::{Fields, after, date, oid, pending, user_document};
use super::error::{DEADLINE, timed_out, tolerate};
use super::out::Out;
use super::relay::relay;
use super::user_documents::{LAST_IAT, by_email, present};
use crate::model::{Email, Id, PendingRegistration, ProofHash, User};
use crate::store::{Effects, Result, StoreError};

/// How long a claim keeps others out: far longer than the writes that follow may take.
const CLAIM: SignedDuration = SignedDuration::from_secs(30);
const CLAIMED_UNTIL: &str = "regstack_claimed_until";
const CLAIMED_BY: &str = "regstack_claimed_by";
const USER_ID: &str = "regstack_user_id";

/// How often those look who wait for a claim to be settled.
const LOOK: Duration = Duration::from_millis(10);

/// Writes a new account and takes its address out of the pending registrations; false when somebody has the address.
///
/// The unique address decides. Should nothing follow, the registration that is left opens nothing any more.
pub(super) async fn insert(db: &Db, user: &User, out: Out) -> Result<bool> {
    let mut document = user_document(user);
    // An invitation to it may have been issued at the moment it was made.
    document.insert(LAST_IAT, date(user.created_at));
    out.put_into(&mut document);
    match db.write_unique(db.users.insert_one(&document)).await {
        Ok(Some(_)) => {}
        Ok(None) => return Ok(false),
        // An account of this id is the one, whether that was confirmed or not.
        Err(error @ (StoreError::Unavailable(_) | StoreError::Unconfirmed(_))) => {
            let found = db.users.find_one(doc! { "_id": oid(user.id) });
            if db.read(found).await?.is_none() {
                return Err(error);
            }
        }
        Err(error) => return Err(error),
    }
    // The account is made: nothing that follows may say otherwise. None of it waits for another.
    let (counted, forgotten, copied) = tokio::join!(
        days::count_account(db, user),
        forget(db, &user.email),
        relay(db, &db.users, &document),
    );
    tolerate(counted)?;
    tolerate(forgotten)?;
    copied?;
    Ok(true)
}

/// Removes the pending registration of an address.
pub(super) async fn forget(db: &Db, email: &Email) -> Result<()> {
    let of_address = || doc! { "email": email.key() };
    let removed = match remove(db, of_address()).await {
        // It may be gone; once more does no harm.
        Err(StoreError::Unavailable(_) | StoreError::Unconfirmed(_)) => {
            remove(db, of_address()).await
        }
        removed => removed,
    };
    removed.map(drop)
}

/// Removes a pending registration, and copies what another process left in it; whether there was one.
pub(super) async fn remove(db: &Db, condition: Document) -> Result<bool> {
    let removed = db.write(db.pending.find_one_and_delete(condition)).await?;
    if let Some(removed) = &removed {
        relay(db, &db.pending, removed).await?;
    }
    Ok(removed.is_some())
}

/// Whether any registration holds a proof: a link with it still opens something.
pub(super) async fn holds(db: &Db, proof: &ProofHash) -> Result<bool> {
    let found = db.pending.find_one(doc! { "token_hash": proof.as_str() });
    Ok(db.read(found).await?.is_some())
}

/// The fields of a claim, for an update to take away.
pub(super) fn unclaimed() -> Document {
    doc! { CLAIMED_UNTIL: "", CLAIMED_BY: "", USER_ID: "" }
}

/// A registration under way to an account.
pub(super) struct Claimed {
    pub(super) pending: PendingRegistration,
    /// The id that its account has, or will have.
    user_id: Id,
    /// The claim's own.
    claim: ObjectId,
}

/// What came of a claimed registration.
pub(super) enum Made {
    /// Its account.
    Now(User),
    /// The account of somebody else who has the address.
    Taken(User),
}

impl Claimed {
    /// Claims a live registration; waits while another process makes an account of it. None when there is none (any more).
    pub(super) async fn of(
        db: &Db,
        key: Document,
        new_id: Id,
        now: Timestamp,
    ) -> Result<Option<Self>> {
        let mut living = key;
        living.insert("expires_at", doc! { "$gt": date(now) });
        let mut unclaimed = living.clone();
        // Ours, too: its confirmation was lost. A claim of much longer than any is from before the clock was put back.
        let claim = ObjectId::new();
        let latest = date(after(now, CLAIM * 2));
        let held = doc! { "$gt": date(now), "$lte": latest };
        let free = doc! { CLAIMED_UNTIL: { "$not": held } };
        unclaimed.insert("$or", vec![free, doc! { CLAIMED_BY: claim }]);
        let update = vec![doc! { "$set": {
            CLAIMED_UNTIL: date(after(now, CLAIM)),
            CLAIMED_BY: claim,
            USER_ID: { "$ifNull": [format!("${USER_ID}"), oid(new_id)] },
        } }];
        let started = Instant::now();
        loop {
            let claimed = || {
                db.pending
                    .find_one_and_update(unclaimed.clone(), update.clone())
                    .return_document(ReturnDocument::After)
            };
            if let Some(document) = db.again(claimed).await? {
                return Ok(Some(Self {
                    user_id: Fields::of("pending_registrations", &document).id(USER_ID)?,
                    pending: pending(&document)?,
                    claim,
                }));
            }
            let found = db.read(db.pending.find_one(living.clone())).await?;
            if found.is_none() {
                return Ok(None);
            }
            if started.elapsed() >= DEADLINE {
                return Err(timed_out());
            }
            sleep(LOOK).await;
        }
    }

    /// Makes the account, or finds that it was made; the account of somebody else who has the address otherwise.
    /// After an error the claim is let go, so that whoever asks again need not wait until it is over.
    pub(super) async fn make_account(
        &self,
        db: &Db,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Made> {
        let made = self.make(db, now, effects).await;
        if made.is_err() {
            let mine = doc! { CLAIMED_BY: self.claim, "email": self.pending.email.key() };
            let free = doc! { "$unset": { CLAIMED_UNTIL: "", CLAIMED_BY: "" } };
            if let Err(error) = db.write(db.pending.update_one(mine, free)).await {
                tracing::warn!(%error, "releasing a claim failed; it will expire");
            }
        }
        made
    }

    async fn make(&self, db: &Db, now: Timestamp, effects: Effects) -> Result<Made> {
        if let Some(user) = by_email(db, &self.pending.email).await? {
            return self.judge(db, user).await;
        }
        let user = self.pending.clone().into_user(self.user_id, now);
        if insert(db, &user, Out::of_account(effects)?).await? {
            return Ok(Made::Now(user));
        }
        match by_email(db, &self.pending.email).await? {
            Some(user) => self.judge(db, user).await,
            // It was there, and is gone: whoever asks again finds the registration as it was.
            None => Err(timed_out()),
        }
    }

    async fn judge(&self, db: &Db, user: User) -> Result<Made> {
        if user.id != self.user_id {
            return Ok(Made::Taken(user));
        }
        // What the one who died left behind: the copies, and the registration.
        let document = db.read(db.users.find_one(present(user.id))).await?;
        forget(db, &self.pending.email).await?;
        relay(db, &db.users, &document.unwrap_or_default()).await?;
        Ok(Made::Now(user))
    }
}
