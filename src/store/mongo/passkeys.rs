//! Passkeys: a list in the account's document, so that one update decides about them together with the rest of the
//! account.
//!
//! A challenge is used up before anything else. If the process dies then, the person has to touch the authenticator
//! once more, and nobody got in.

use async_trait::async_trait;
use mongodb::bson::{Document, doc};
use mongodb::options::ReturnDocument;

use super::db::Db;
use super::documents::{PASSKEYS, date, literal, oid, user};
use super::error::{timed_out, tolerate};
use super::leases::Lease;
use super::out::Out;
use super::passkey_documents::{changed_where, document, find, kept_where, of, there, use_up};
use super::user_documents::{
    accepting, active, as_read, by_id, ended, present, taking_passkeys_by_link, update,
};
use super::{Mongo, attempts, caps, login_methods, promotion, relay, sessions, user_list};
use crate::model::{
    CredentialId, Id, NewSession, Passkey, PasskeyName, RemovedMethod, User, UserFilter,
};
use crate::store::{
    AddPasskey, AddedPasskey, Effects, PasskeyRemoval, PasskeyStore, PresentedPasskey,
    RemoveAllPasskeys, RemovePasskey, Result, UsePasskey,
};

/// How often an operation is tried if other changes interfere.
const MAX_TRIES: usize = 5;

#[async_trait]
impl PasskeyStore for Mongo {
    async fn passkeys(&self, user_id: Id) -> Result<Vec<Passkey>> {
        let db = self.db().await?;
        let found = db.read(db.users.find_one(present(user_id))).await?;
        found.as_ref().map_or(Ok(Vec::new()), of)
    }

    async fn passkey(&self, credential_id: &CredentialId) -> Result<Option<(User, Passkey)>> {
        find(self.db().await?, credential_id).await
    }

    async fn add_passkey(&self, adding: AddPasskey, effects: Effects) -> Result<AddedPasskey> {
        let (db, _counts) = self.counted().await?;
        let AddPasskey {
            user_id,
            passkey,
            challenge,
            proof,
            now,
        } = adding;
        if !use_up(db, &challenge).await? {
            return Ok(AddedPasskey::ChallengeUsed);
        }
        let condition = accepting(user_id, proof.issued_at());
        let Some(account) = db.read(db.users.find_one(condition.clone())).await? else {
            return Ok(AddedPasskey::Stale);
        };
        if !proof.suits(&user(&account)?) {
            return Ok(AddedPasskey::PasswordOnly);
        }
        if find(db, &passkey.credential_id).await?.is_some() {
            return Ok(AddedPasskey::Taken);
        }
        if of(&account)?.len() >= Passkey::MOST {
            return Ok(AddedPasskey::Full);
        }
        let mut condition = condition;
        condition.insert(
            format!("{PASSKEYS}.{}", Passkey::MOST - 1),
            doc! { "$exists": false },
        );
        // The unique index does not compare the passkeys of one account with each other.
        let name = passkey.credential_id.as_str();
        condition.insert(format!("{PASSKEYS}.credential_id"), doc! { "$ne": name });
        let all = doc! { "$concatArrays": [there(), literal(vec![document(&passkey)])] };
        let mut fields = doc! { PASSKEYS: all };
        let link = proof.link();
        if link.is_some() {
            condition.extend(taking_passkeys_by_link());
            fields.insert("is_verified", true);
            fields.extend(ended(now, link));
        }
        let effects = caps::afford(db, effects).await?;
        let out = Out::of_account(effects)?.stage(link.is_some());
        let added = db
            .users
            .find_one_and_update(condition, vec![doc! { "$set": fields }, out])
            .return_document(ReturnDocument::After);
        // The unique index on the credential id decides.
        match db.write_unique(added).await? {
            None => Ok(AddedPasskey::Taken),
            Some(Some(after)) => {
                if link.is_some() {
                    let owner = user(&after)?;
                    tolerate(promotion::forget(db, &owner.email).await)?;
                    tolerate(attempts::succeed(db, &owner.email, None, now).await)?;
                    tolerate(sessions::drop_links_and_codes(db, user_id).await)?;
                }
                relay::relay(db, &db.users, &after).await?;
                Ok(AddedPasskey::Added)
            }
            Some(None) if find(db, &passkey.credential_id).await?.is_some() => {
                Ok(AddedPasskey::Taken)
            }
            Some(None) => {
                let account = by_id(db, user_id).await?;
                Ok(
                    match account.filter(|user| user.accepts(proof.issued_at())) {
                        Some(user) if proof.suits(&user) => AddedPasskey::Full,
                        Some(_) => AddedPasskey::PasswordOnly,
                        None => AddedPasskey::Stale,
                    },
                )
            }
        }
    }

    async fn rename_passkey(
        &self,
        user_id: Id,
        id: Id,
        name: PasskeyName,
        effects: Effects,
    ) -> Result<bool> {
        let db = self.db().await?;
        let mut condition = present(user_id);
        condition.insert(format!("{PASSKEYS}.id"), oid(id));
        let named = doc! { "$mergeObjects": ["$$this", { "name": literal(name.as_str()) }] };
        let changed = vec![
            doc! { "$set": { PASSKEYS: changed_where(doc! { "$eq": ["$$this.id", oid(id)] }, named) } },
            Out::of_account(effects)?.stage(false),
        ];
        let Some(document) = update(db, condition, changed).await? else {
            return Ok(false);
        };
        relay::relay(db, &db.users, &document).await?;
        Ok(true)
    }

    async fn remove_passkey(
        &self,
        removal: PasskeyRemoval,
        effects: Effects,
    ) -> Result<RemovePasskey> {
        let db = self.db().await?;
        for _ in 0..MAX_TRIES {
            let mut tried = remove(db, &removal, effects.clone(), None).await?;
            if matches!(tried, Tried::NeedsTurn) {
                let turn = login_methods::turn(db).await?;
                let again = remove(db, &removal, effects.clone(), Some(&turn)).await;
                turn.release(db).await;
                tried = again?;
            }
            if let Tried::Done(outcome) = tried {
                return Ok(outcome);
            }
        }
        Ok(RemovePasskey::Stale)
    }

    async fn remove_all_passkeys(
        &self,
        user_id: Id,
        only_if: Option<UserFilter>,
        effects: Effects,
    ) -> Result<RemoveAllPasskeys> {
        let db = self.db().await?;
        for _ in 0..MAX_TRIES {
            let Some(account) = db.read(db.users.find_one(present(user_id))).await? else {
                return Ok(RemoveAllPasskeys::NotFound);
            };
            if !user_list::admits(db, only_if.as_ref(), user_id).await? {
                return Ok(RemoveAllPasskeys::Overtaken);
            }
            let count = of(&account)?.len();
            if count == 0 {
                return Ok(RemoveAllPasskeys::Removed(0));
            }
            let mut condition = as_read(&user(&account)?);
            condition.insert(
                PASSKEYS,
                doc! { "$size": i64::try_from(count).unwrap_or(0) },
            );
            let effects = caps::afford(db, effects.clone()).await?;
            let changed = vec![
                doc! { "$set": { PASSKEYS: "$$REMOVE" } },
                Out::of_account(effects)?.stage(false),
            ];
            if let Some(document) = update(db, condition, changed).await? {
                relay::relay(db, &db.users, &document).await?;
                return Ok(RemoveAllPasskeys::Removed(count));
            }
        }
        Ok(RemoveAllPasskeys::Overtaken)
    }

    async fn count_passkeys_elsewhere(&self, rp_id: &str) -> Result<u64> {
        let db = self.db().await?;
        let elsewhere = doc! { "$elemMatch": { "rp_id": { "$ne": rp_id } } };
        let accounts = db.users.find(doc! { PASSKEYS: elsewhere });
        let accounts = db.all(accounts.projection(doc! { PASSKEYS: 1 })).await?;
        let mut count = 0;
        for account in &accounts {
            let passkeys = of(account)?.into_iter();
            count += passkeys.filter(|passkey| passkey.rp_id != rp_id).count() as u64;
        }
        Ok(count)
    }

    async fn issue_session_for_passkey(
        &self,
        presented: PresentedPasskey,
        session: NewSession,
        counter_refused: Effects,
        effects: Effects,
    ) -> Result<UsePasskey> {
        let db = self.db().await?;
        let has_it = match accept(db, &presented, counter_refused).await? {
            UsePasskey::Accepted(has_it) => has_it,
            UsePasskey::ChallengeUsed => return Ok(UsePasskey::ChallengeUsed),
            UsePasskey::CounterRefused => return Ok(UsePasskey::CounterRefused),
            UsePasskey::Stale => return Ok(UsePasskey::Stale),
        };
        let issued = sessions::write(db, has_it, session, None, None, presented.now, effects);
        let issued = issued.await?;
        Ok(issued.map_or(UsePasskey::Stale, UsePasskey::Accepted))
    }

    async fn use_passkey(
        &self,
        presented: PresentedPasskey,
        counter_refused: Effects,
    ) -> Result<UsePasskey<()>> {
        let db = self.db().await?;
        accept(db, &presented, counter_refused)
            .await?
            .then(|_| Ok(()))
    }
}

/// Uses up the challenge and stores the counter, if the account is active and still has the passkey. Returns the condition
/// that it does.
async fn accept(
    db: &Db,
    presented: &PresentedPasskey,
    counter_refused: Effects,
) -> Result<UsePasskey<Document>> {
    if !use_up(db, &presented.challenge).await? {
        return Ok(UsePasskey::ChallengeUsed);
    }
    let (id, name) = (presented.user_id, presented.credential_id.as_str());
    let mut has_it = active(id);
    has_it.insert(format!("{PASSKEYS}.credential_id"), name);
    let count = i64::from(presented.sign_count);
    // The same rule as in `Passkey::may_count`.
    let before = if count == 0 {
        doc! { "$eq": 0_i64 }
    } else {
        doc! { "$lt": count }
    };
    let mut may_count = active(id);
    let this_one = doc! { "credential_id": name, "sign_count": before };
    may_count.insert(PASSKEYS, doc! { "$elemMatch": this_one });
    let is_it = doc! { "$eq": ["$$this.credential_id", literal(name)] };
    let counted = doc! { "sign_count": count, "last_used_at": date(presented.now) };
    let counted = doc! { "$mergeObjects": ["$$this", counted] };
    let changed = vec![doc! { "$set": { PASSKEYS: changed_where(is_it, counted) } }];
    if update(db, may_count, changed).await?.is_some() {
        return Ok(UsePasskey::Accepted(has_it));
    }
    let told = vec![Out::of_account(counter_refused)?.stage(false)];
    let Some(document) = update(db, has_it, told).await? else {
        return Ok(UsePasskey::Stale);
    };
    relay::relay(db, &db.users, &document).await?;
    Ok(UsePasskey::CounterRefused)
}

/// The outcome of one try to remove a passkey.
enum Tried {
    Done(RemovePasskey),
    /// Without it the account has only identities left, so operations have to take turns.
    NeedsTurn,
    /// The account was changed in between.
    Overtaken,
}

async fn remove(
    db: &Db,
    removal: &PasskeyRemoval,
    effects: Effects,
    turn: Option<&Lease>,
) -> Result<Tried> {
    let mut condition = accepting(removal.user_id, removal.issued_at);
    let Some(account) = db.read(db.users.find_one(condition.clone())).await? else {
        return Ok(Tried::Done(RemovePasskey::Stale));
    };
    let (owner, passkeys) = (user(&account)?, of(&account)?);
    if !removal.is_for(&owner) {
        return Ok(Tried::Done(RemovePasskey::Stale));
    }
    if !passkeys.iter().any(|passkey| passkey.id == removal.id) {
        return Ok(Tried::Done(RemovePasskey::NotFound));
    }
    condition.insert(format!("{PASSKEYS}.id"), oid(removal.id));
    let removed = RemovedMethod::Passkey(removal.id);
    // But for other providers, which another collection has.
    let methods = login_methods::in_document(&account)?;
    match turn {
        None if !removal.open.any_left(&methods, removed) => {
            return Ok(Tried::NeedsTurn);
        }
        None => {
            // What was read has to be so still, or the account keeps nothing to log in with.
            let mut kept = vec![doc! { "hashed_password": { "$type": "string" } }];
            if let Some(rp_id) = &removal.open.rp_id {
                let another = doc! { "id": { "$ne": oid(removal.id) }, "rp_id": rp_id };
                kept.push(doc! { PASSKEYS: { "$elemMatch": another } });
            }
            condition.insert("$or", kept);
        }
        Some(turn) => {
            if !login_methods::any_left(db, owner.id, &removal.open, removed).await? {
                return Ok(Tried::Done(RemovePasskey::LastLoginMethod));
            }
            if !turn.is_safe() {
                return Err(timed_out());
            }
        }
    }
    if let Some(hash) = &removal.verified_hash {
        condition.insert("hashed_password", hash.as_phc());
    }
    let effects = caps::afford(db, effects).await?;
    let kept = doc! { "$ne": ["$$this.id", oid(removal.id)] };
    let changed = vec![
        doc! { "$set": kept_where(kept) },
        Out::of_account(effects)?.stage(false),
    ];
    let Some(document) = update(db, condition, changed).await? else {
        return Ok(Tried::Overtaken);
    };
    relay::relay(db, &db.users, &document).await?;
    Ok(Tried::Done(RemovePasskey::Removed))
}
