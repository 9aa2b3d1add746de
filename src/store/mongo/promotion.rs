//! Creating accounts: new ones, or from a pending registration.
//!
//! A registration becomes an account in three writes: it is claimed (for a limited time, and with the id that the
//! account will have), the account is created with that id, and the registration is deleted. A process that takes over
//! an expired claim repeats the second and third write. An account with that id is the one that was created, and the
//! result is the same.

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

/// How long a claim keeps others out: far longer than the writes that follow take.
const CLAIM: SignedDuration = SignedDuration::from_secs(30);
const CLAIMED_UNTIL: &str = "regstack_claimed_until";
const CLAIMED_BY: &str = "regstack_claimed_by";
const USER_ID: &str = "regstack_user_id";

/// How often to check while waiting for a claim to be settled.
const LOOK: Duration = Duration::from_millis(10);

/// Writes a new account and deletes pending registrations of its email address. Returns false if the address is taken.
///
/// The unique index on the email address decides. If the process dies after that, the remaining registration no longer
/// works.
pub(super) async fn insert(db: &Db, user: &User, out: Out) -> Result<bool> {
    let mut document = user_document(user);
    // The account may have an invitation that was issued at the moment of its creation.
    document.insert(LAST_IAT, date(user.created_at));
    out.put_into(&mut document);
    match db.write_unique(db.users.insert_one(&document)).await {
        Ok(Some(_)) => {}
        Ok(None) => return Ok(false),
        // If an account with this id exists, it was created here, although that was not confirmed.
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

/// Deletes the pending registration of an email address.
pub(super) async fn forget(db: &Db, email: &Email) -> Result<()> {
    let of_address = || doc! { "email": email.key() };
    let removed = match remove(db, of_address()).await {
        // It may be gone already; deleting it once more does no harm.
        Err(StoreError::Unavailable(_) | StoreError::Unconfirmed(_)) => {
            remove(db, of_address()).await
        }
        removed => removed,
    };
    removed.map(drop)
}

/// Deletes the pending registrations of email addresses.
pub(super) async fn forget_all(db: &Db, emails: &[&Email]) -> Result<()> {
    let keys: Vec<String> = emails.iter().map(|email| email.key()).collect();
    let found = db.pending.find(doc! { "email": { "$in": keys } });
    for document in db.all(found.projection(doc! { "email": 1 })).await? {
        let email = Fields::of("pending_registrations", &document).text("email")?;
        forget(db, &Email::from_stored(email)).await?;
    }
    Ok(())
}

/// Deletes a pending registration, and copies the effects that another process left in it. Returns whether there was
/// one.
pub(super) async fn remove(db: &Db, condition: Document) -> Result<bool> {
    let removed = db.write(db.pending.find_one_and_delete(condition)).await?;
    if let Some(removed) = &removed {
        relay(db, &db.pending, removed).await?;
    }
    Ok(removed.is_some())
}

/// Returns whether any registration has a proof, so that a link with it still works.
pub(super) async fn holds(db: &Db, proof: &ProofHash) -> Result<bool> {
    let found = db.pending.find_one(doc! { "token_hash": proof.as_str() });
    Ok(db.read(found).await?.is_some())
}

/// Returns the fields of a claim, for an update to remove.
pub(super) fn unclaimed() -> Document {
    doc! { CLAIMED_UNTIL: "", CLAIMED_BY: "", USER_ID: "" }
}

/// A claimed registration, which is becoming an account.
pub(super) struct Claimed {
    pub(super) pending: PendingRegistration,
    /// The id that its account has, or will have.
    user_id: Id,
    /// The claim's own id.
    claim: ObjectId,
}

/// The outcome for a claimed registration.
pub(super) enum Made {
    /// Its account.
    Now(User),
    /// The account of somebody else with this email address.
    Taken(User),
}

impl Claimed {
    /// Claims a live registration. Waits while another process creates its account. Returns `None` if there is none
    /// (any more).
    pub(super) async fn of(
        db: &Db,
        key: Document,
        new_id: Id,
        now: Timestamp,
    ) -> Result<Option<Self>> {
        let mut living = key;
        living.insert("expires_at", doc! { "$gt": date(now) });
        let mut unclaimed = living.clone();
        // Also accept our own claim, whose confirmation was lost. A claim that lasts much longer than any claim can was
        // made before the clock was set back.
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

    /// Creates the account, or finds that it was created, or returns the account of somebody else with the email
    /// address. After an error the claim is released, so that a retry need not wait until it expires.
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
            // It existed and was deleted in the meantime: a retry finds the registration unchanged.
            None => Err(timed_out()),
        }
    }

    async fn judge(&self, db: &Db, user: User) -> Result<Made> {
        if user.id != self.user_id {
            return Ok(Made::Taken(user));
        }
        // Finish what the process that died left: copying the effects, and deleting the registration.
        let document = db.read(db.users.find_one(present(user.id))).await?;
        forget(db, &self.pending.email).await?;
        relay(db, &db.users, &document.unwrap_or_default()).await?;
        Ok(Made::Now(user))
    }
}
