//! Logins with external providers: unfinished ones, and the identities that accounts are linked to, in the layout of
//! the Python package.
//!
//! A new account is written after its identity, whose unique index decides. An identity without an account was left
//! behind by a process that died in between, or by the package when it deleted an account; it is deleted when it is
//! found. The row of an unfinished login can't be read by the package, because its content is encrypted.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::ReturnDocument;
use tokio::time::{Instant, sleep};

use super::db::{Db, WHOLE};
use super::documents::{Fields, binary, date, oid, without_nulls};
use super::error::{DEADLINE, timed_out, tolerate};
use super::leases::Lease;
use super::login_method_index::{ACCOUNT, account};
use super::login_methods::identities_of;
use super::out::Out;
use super::relay::{push, relay};
use super::user_documents::{active, by_email, by_id, is_crowded};
use super::{Mongo, caps, known_time, login_methods, promotion, sessions};
use crate::model::{
    Id, Identity, NewSession, OfferedMethods, ProofHash, ProviderId, RemovedMethod, User,
};
use crate::store::{
    CreateWithIdentity, Effects, IdentityLink, IdentityStore, IdentityUse, IssuedSession,
    LinkIdentity, OauthState, Result, UnlinkIdentity,
};

/// The age from which nobody can still be creating the account of an identity: far longer than any write takes.
const LEFT_BEHIND: SignedDuration = SignedDuration::from_secs(60);
/// How often to check while waiting for an account to be created.
const LOOK: Duration = Duration::from_millis(20);

#[async_trait]
impl IdentityStore for Mongo {
    async fn put_oauth_state(&self, state: OauthState) -> Result<()> {
        let db = self.db().await?;
        let document = doc! {
            "_id": state.id.as_str(),
            // The package's collection accepts no other value.
            "mode": if state.is_link { "link" } else { "signin" },
            "created_at": date(state.created_at),
            "expires_at": date(state.expires_at),
            "regstack_sealed": binary(state.sealed),
        };
        db.write(db.oauth_states.insert_one(document)).await?;
        Ok(())
    }

    async fn take_oauth_state(&self, id: &ProofHash, now: Timestamp) -> Result<Option<Vec<u8>>> {
        let db = self.db().await?;
        let key = doc! { "_id": id.as_str() };
        let taken = db
            .write(db.oauth_states.find_one_and_delete(key))
            .await?
            .filter(|taken| taken.contains_key("regstack_sealed"));
        let Some(document) = taken else {
            return Ok(None);
        };
        let fields = Fields::of("oauth_states", &document);
        let is_alive = fields.moment("expires_at")? > now;
        Ok(is_alive
            .then(|| fields.bytes("regstack_sealed"))
            .transpose()?)
    }

    async fn identity_owner(&self, provider: &ProviderId, subject: &str) -> Result<Option<User>> {
        let db = self.db().await?;
        let started = Instant::now();
        loop {
            let Some(identity) = find(db, provider, subject).await? else {
                return Ok(None);
            };
            if let Some(user) = by_id(db, identity.user_id).await? {
                return Ok(Some(user));
            }
            if is_left_behind(db, &identity).await? {
                remove(db, &identity).await?;
                return Ok(None);
            }
            if started.elapsed() >= DEADLINE {
                return Err(timed_out());
            }
            sleep(LOOK).await;
        }
    }

    async fn identities(&self, user_id: Id) -> Result<Vec<Identity>> {
        let db = self.db().await?;
        let found = db.identities.find(identities_of(user_id));
        let found = found.sort(doc! { "linked_at": 1, "provider": 1 });
        db.all(found).await?.iter().map(identity).collect()
    }

    async fn identities_of(&self, user_ids: &[Id]) -> Result<Vec<Identity>> {
        let db = self.db().await?;
        let of = |id: &Id| [Bson::from(id.to_string()), Bson::from(oid(*id))];
        let ids: Vec<Bson> = user_ids.iter().flat_map(of).collect();
        let found = db.identities.find(doc! { "user_id": { "$in": ids } });
        db.all(found.batch_size(WHOLE))
            .await?
            .iter()
            .map(identity)
            .collect()
    }

    async fn create_user_with_identity(
        &self,
        user: User,
        identity: Identity,
        effects: Effects,
    ) -> Result<CreateWithIdentity> {
        let (db, _counts) = self.counted().await?;
        if by_email(db, &user.email).await?.is_some() || is_crowded(db, &user.email).await? {
            // Check the owner of the identity first: the account may have been created for this same person.
            let owner = find(db, &identity.provider, &identity.subject).await?;
            return Ok(match owner {
                Some(_) => CreateWithIdentity::IdentityTaken,
                None => CreateWithIdentity::EmailTaken,
            });
        }
        let mut document = identity_document(&identity);
        document.insert(ACCOUNT, account(&user));
        let inserted = db.write_unique(db.identities.insert_one(&document)).await?;
        if inserted.is_none() {
            return Ok(CreateWithIdentity::IdentityTaken);
        }
        if promotion::insert(db, &user, Out::of_account(effects)?).await? {
            return Ok(CreateWithIdentity::Created);
        }
        remove(db, &identity).await?;
        Ok(CreateWithIdentity::EmailTaken)
    }

    /// The identity carries the effects. If the account changes while it is written, it is deleted again, together with
    /// the effects.
    async fn link_identity(&self, link: IdentityLink, effects: Effects) -> Result<LinkIdentity> {
        let db = self.db().await?;
        let IdentityLink { identity, proof } = link;
        let holds = async || {
            let user = by_id(db, identity.user_id).await?;
            Ok::<_, crate::store::StoreError>(user.filter(|user| proof.holds(user)))
        };
        let Some(user) = holds().await? else {
            return Ok(LinkIdentity::Stale);
        };
        // `identity_owner` also deletes an identity that was left behind.
        if let Some(owner) = self
            .identity_owner(&identity.provider, &identity.subject)
            .await?
        {
            return Ok(if owner.id == user.id {
                LinkIdentity::AlreadyLinked
            } else {
                LinkIdentity::IdentityTaken
            });
        }
        let mut document = identity_document(&identity);
        document.insert(ACCOUNT, account(&user));
        let inserted = db.write_unique(db.identities.insert_one(&document)).await?;
        if inserted.is_none() {
            let there = find(db, &identity.provider, &identity.subject).await?;
            return Ok(match there {
                Some(there) if there.user_id == user.id => LinkIdentity::AlreadyLinked,
                Some(_) => LinkIdentity::IdentityTaken,
                None => LinkIdentity::ProviderTaken,
            });
        }
        if holds().await?.is_none() {
            remove(db, &identity).await?;
            return Ok(LinkIdentity::Stale);
        }
        let effects = caps::afford(db, effects).await?;
        let out = Out::of(effects, Some(user.id), Some(&user.email))?;
        let out = out.mark_messages("account", oid(user.id));
        let mut change = Document::new();
        out.push_into(&mut change);
        if !change.is_empty() {
            let key = doc! { "_id": document.get("_id").cloned().unwrap_or(Bson::Null) };
            let pushed = db.identities.find_one_and_update(key, change);
            let pushed = pushed.return_document(ReturnDocument::After);
            if let Some(pushed) = db.write(pushed).await? {
                document = pushed;
            }
            relay(db, &db.identities, &document).await?;
        }
        Ok(LinkIdentity::Linked)
    }

    async fn unlink_identity(
        &self,
        user_id: Id,
        provider: &ProviderId,
        unless_last: Option<OfferedMethods>,
        effects: Effects,
    ) -> Result<UnlinkIdentity> {
        let db = self.db().await?;
        let Some(user) = by_id(db, user_id).await? else {
            return Ok(UnlinkIdentity::NotLinked);
        };
        // Who has a password keeps it; only others have to wait for their turn.
        let open = unless_last.filter(|_| user.hashed_password.is_none());
        let turn = match open {
            Some(open) => Some((login_methods::turn(db).await?, open)),
            None => None,
        };
        let done = unlink(db, user_id, provider, turn.as_ref()).await;
        if let Some((turn, _)) = turn {
            turn.release(db).await;
        }
        let done = done?;
        if let UnlinkIdentity::Done(_) = &done {
            let effects = caps::afford(db, effects).await?;
            tolerate(push(db, user_id, Out::of_account(effects)?).await)?;
        }
        Ok(done)
    }

    async fn note_identity_use(&self, used: &IdentityUse, at: Timestamp) -> Result<bool> {
        note_use(self.db().await?, used, at).await
    }

    async fn issue_session_for_identity(
        &self,
        used: IdentityUse,
        session: NewSession,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Option<IssuedSession>> {
        let db = self.db().await?;
        if !note_use(db, &used, now).await? {
            return Ok(None);
        }
        let condition = active(used.user_id);
        sessions::write(db, condition, session, None, None, now, effects).await
    }
}

pub(super) fn identity_document(identity: &Identity) -> Document {
    without_nulls(doc! {
        "_id": ObjectId::new(),
        "user_id": identity.user_id.to_string(),
        "provider": identity.provider.as_str(),
        "subject_id": &identity.subject,
        "email": identity.email.as_deref(),
        "linked_at": date(identity.linked_at),
        "last_used_at": identity.last_used_at.map(date),
    })
}

pub(super) fn identity(document: &Document) -> Result<Identity> {
    let fields = Fields::of("oauth_identities", document);
    let owner = fields.optional("user_id", |value| match value {
        Bson::ObjectId(id) => Some(Id::from_bytes(id.bytes())),
        other => other.as_str()?.parse().ok(),
    })?;
    Ok(Identity {
        user_id: fields.required("user_id", owner)?,
        provider: fields.named("provider", ProviderId::parse)?,
        subject: fields.text("subject_id")?,
        email: fields.optional_text("email")?,
        linked_at: fields.moment("linked_at")?,
        last_used_at: fields.optional_moment("last_used_at")?,
    })
}

pub(super) async fn find(
    db: &Db,
    provider: &ProviderId,
    subject: &str,
) -> Result<Option<Identity>> {
    let key = doc! { "provider": provider.as_str(), "subject_id": subject };
    let found = db.read(db.identities.find_one(key)).await?;
    found.as_ref().map(identity).transpose()
}

/// Returns whether nobody can still be creating the account of an identity.
pub(super) async fn is_left_behind(db: &Db, identity: &Identity) -> Result<bool> {
    let now = known_time::get(db).await?;
    Ok(now.is_none_or(|now| now.duration_since(identity.linked_at) > LEFT_BEHIND))
}

/// Deletes an identity, if it still belongs to that account.
pub(super) async fn remove(db: &Db, identity: &Identity) -> Result<()> {
    let mut exact = identities_of(identity.user_id);
    exact.insert("provider", identity.provider.as_str());
    exact.insert("subject_id", &identity.subject);
    db.again(|| db.identities.delete_one(exact.clone())).await?;
    Ok(())
}

/// Deletes the identities of an account that were linked at `from` or later.
pub(super) async fn forget(db: &Db, user_id: Id, from: Timestamp) -> Result<()> {
    let mut late = identities_of(user_id);
    late.insert("linked_at", doc! { "$gte": date(from) });
    db.again(|| db.identities.delete_many(late.clone())).await?;
    Ok(())
}

async fn unlink(
    db: &Db,
    user_id: Id,
    provider: &ProviderId,
    turn: Option<&(Lease, OfferedMethods)>,
) -> Result<UnlinkIdentity> {
    let mut one = identities_of(user_id);
    one.insert("provider", provider.as_str());
    let Some(document) = db.read(db.identities.find_one(one.clone())).await? else {
        return Ok(UnlinkIdentity::NotLinked);
    };
    if let Some((turn, open)) = turn {
        // A password may have come in between.
        if !login_methods::any_left(db, user_id, open, RemovedMethod::Identity(provider)).await? {
            return Ok(UnlinkIdentity::LastLoginMethod);
        }
        if !turn.is_safe() {
            return Err(timed_out());
        }
    }
    // Effects that still wait in it are copied first.
    relay(db, &db.identities, &document).await?;
    let deleted = db.write(db.identities.delete_one(one)).await?;
    Ok(if deleted.deleted_count == 0 {
        UnlinkIdentity::NotLinked
    } else {
        UnlinkIdentity::Done(identity(&document)?)
    })
}

async fn note_use(db: &Db, used: &IdentityUse, at: Timestamp) -> Result<bool> {
    let mut key = identities_of(used.user_id);
    key.insert("provider", used.provider.as_str());
    key.insert("subject_id", &used.subject);
    let later = doc! { "$max": { "last_used_at": date(at) } };
    let noted = db
        .again(|| db.identities.update_one(key.clone(), later.clone()))
        .await?;
    Ok(noted.matched_count > 0)
}
