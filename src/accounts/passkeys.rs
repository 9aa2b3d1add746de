//! Passkeys: adding, renaming and removing them.
//!
//! The pending state of a challenge is a signed token, so challenges that are never answered take no storage. The
//! token's id is the challenge; the store accepts each one once.

use serde_json::json;

use super::login::MAX_ROUNDS;
use super::notice::SecurityChange;
use super::{Accounts, Error, Result, Session};
use crate::auth::passkeys::{Attestation, RelyingParty};
use crate::model::{
    Actor, Challenge, Claims, CredentialId, Event, EventKind, Id, Origin, OwnMethod,
    PASSKEY_MOMENT, Passkey, PasskeyName, Password, PasswordHash, Purpose, User,
};
use crate::secret::SecretString;
use crate::store::{
    AddPasskey, AddedPasskey, Effects, PasskeyProof, PasskeyRemoval, RemoveAllPasskeys,
    RemovePasskey,
};

/// A challenge that waits for a passkey.
#[derive(Debug, Clone)]
pub struct PasskeyWait {
    /// The challenge that the passkey signs, as base64url.
    pub challenge: String,
    /// The domain of the site (relying party id).
    pub rp_id: String,
    /// The signed token to present with the response.
    pub pending_token: SecretString,
    /// How long the challenge can be answered, in seconds.
    pub expires_in: u32,
}

/// A passkey that is about to be created.
#[derive(Debug, Clone)]
pub struct PasskeySetup {
    /// The challenge for it.
    pub wait: PasskeyWait,
    /// The account, whose data authenticators display.
    pub user: User,
    /// The name of the application.
    pub app_name: String,
    /// The passkeys that the account already has, so that an authenticator does not create a second one.
    pub existing: Vec<CredentialId>,
}

impl Accounts {
    /// Returns the passkeys of an account, the oldest first.
    pub async fn passkeys(&self, id: Id) -> Result<Vec<Passkey>> {
        Ok(self.store.passkeys(id).await?)
    }

    /// Returns how many passkeys were made for a domain other than the configured one. No browser offers those.
    pub async fn dead_passkeys(&self) -> Result<u64> {
        let rp_id = &self.settings.passkeys.rp_id;
        Ok(self.store.count_passkeys_elsewhere(rp_id).await?)
    }

    /// Returns whether a session began with a passkey.
    pub(super) async fn is_by_passkey(&self, session: &Session) -> Result<bool> {
        let id = session.claims.session_id();
        let row = self
            .store
            .user_session(session.user.id, id, self.now())
            .await?;
        Ok(row.is_some_and(|row| row.method == OwnMethod::Passkey.into()))
    }

    /// Begins to add a passkey. Needs the password, or a recent login by passkey.
    pub async fn start_passkey(
        &self,
        session: &Session,
        current: Option<&Password>,
        origin: &Origin,
    ) -> Result<PasskeySetup> {
        let (user, _) = self.confirm_owner(session, current, origin).await?;
        let issued_at = user.next_issue_time(self.now());
        let claims = Claims {
            sid: Some(session.claims.session_id().to_owned()),
            ..self.claims(user.id, issued_at, lifetime(), Purpose::PasskeySetup)
        };
        self.passkey_setup(user, &claims).await
    }

    /// Returns the setup of a new passkey, unless the account has reached the maximum number.
    pub(super) async fn passkey_setup(&self, user: User, claims: &Claims) -> Result<PasskeySetup> {
        let existing = self.store.passkeys(user.id).await?;
        if existing.len() >= Passkey::MOST {
            return Err(Error::TooManyPasskeys);
        }
        Ok(PasskeySetup {
            wait: self.wait_for_passkey(claims),
            user,
            app_name: self.settings.identity.app_name.clone(),
            existing: existing.into_iter().map(|one| one.credential_id).collect(),
        })
    }

    /// Adds the new passkey, for the same session that asked for it. The owner is told.
    pub async fn finish_passkey(
        &self,
        session: &Session,
        pending_token: &str,
        name: PasskeyName,
        made: &Attestation,
        origin: &Origin,
    ) -> Result<Passkey> {
        let claims = self.passkey_claims(pending_token, Purpose::PasskeySetup)?;
        let asked = (claims.user_id, claims.sid.as_deref());
        if asked != (session.user.id, Some(session.claims.session_id())) {
            return Err(Error::InvalidPendingToken);
        }
        let passkey = self.passkey_made(&claims, name, made)?;
        let (change, kind) = (SecurityChange::PasskeyAdded, EventKind::PasskeyAdded);
        let owner = origin.acting_as(Actor::User(session.user.id));
        let effects = self.noticed_of_passkey(&session.user, change, kind, &passkey, &owner)?;
        let proof = PasskeyProof::Session(claims.issued_at);
        self.write_passkey(&claims, passkey, proof, effects).await
    }

    /// Returns the new passkey, if it was created as the claims require.
    pub(super) fn passkey_made(
        &self,
        claims: &Claims,
        name: PasskeyName,
        made: &Attestation,
    ) -> Result<Passkey> {
        let credential = self.relying_party().register(&claims.jti, made);
        let credential = credential.map_err(|fault| {
            tracing::info!(user_id = %claims.user_id, %fault, "passkey not added");
            Error::InvalidPasskey
        })?;
        Ok(Passkey {
            id: self.new_id(),
            credential_id: credential.id,
            name,
            public_key: credential.public_key,
            sign_count: credential.sign_count,
            is_synced: credential.is_synced,
            rp_id: self.settings.passkeys.rp_id.clone(),
            created_at: self.now(),
            last_used_at: None,
        })
    }

    /// Adds a passkey, provided that its proof and the request for it are still valid.
    pub(super) async fn write_passkey(
        &self,
        claims: &Claims,
        passkey: Passkey,
        proof: PasskeyProof,
        effects: Effects,
    ) -> Result<Passkey> {
        let adding = AddPasskey {
            user_id: claims.user_id,
            passkey: passkey.clone(),
            challenge: challenge_of(claims),
            proof,
            now: self.now(),
        };
        match self.store.add_passkey(adding, effects).await? {
            AddedPasskey::Added => {
                self.outbox.wake();
                Ok(passkey)
            }
            AddedPasskey::ChallengeUsed | AddedPasskey::Stale => Err(Error::InvalidPendingToken),
            AddedPasskey::PasswordOnly => Err(Error::PasswordOnly),
            AddedPasskey::Taken => Err(Error::PasskeyTaken),
            AddedPasskey::Full => Err(Error::TooManyPasskeys),
        }
    }

    /// Renames a passkey of a session's account.
    pub async fn rename_passkey(
        &self,
        session: &Session,
        id: Id,
        name: PasskeyName,
        origin: &Origin,
    ) -> Result<Passkey> {
        let told = json!({ "passkey_id": id.to_string(), "name": name.as_str() });
        let effects = self.recorded_with(EventKind::PasskeyRenamed, told, origin);
        let user_id = session.user.id;
        if !self
            .store
            .rename_passkey(user_id, id, name, effects)
            .await?
        {
            return Err(Error::NoPasskey);
        }
        let passkeys = self.store.passkeys(user_id).await?;
        let renamed = passkeys.into_iter().find(|passkey| passkey.id == id);
        renamed.ok_or(Error::NoPasskey)
    }

    /// Removes a passkey of a session's account, unless it is the last way to log in. The owner is told. Sessions
    /// continue.
    pub async fn remove_passkey(
        &self,
        session: &Session,
        id: Id,
        current: Option<&Password>,
        origin: &Origin,
    ) -> Result<()> {
        for _ in 0..MAX_ROUNDS {
            let (user, verified_hash) = self.confirm_owner(session, current, origin).await?;
            let mut passkeys = self.store.passkeys(user.id).await?.into_iter();
            let passkey = passkeys.find(|passkey| passkey.id == id);
            let passkey = passkey.ok_or(Error::NoPasskey)?;
            let (change, kind) = (SecurityChange::PasskeyRemoved, EventKind::PasskeyRemoved);
            let owner = origin.acting_as(Actor::User(user.id));
            let effects = self.noticed_of_passkey(&user, change, kind, &passkey, &owner)?;
            let removal = PasskeyRemoval {
                user_id: user.id,
                id,
                verified_hash,
                issued_at: session.claims.issued_at,
                open: self.offered_methods(),
            };
            match self.store.remove_passkey(removal, effects).await? {
                RemovePasskey::Removed => {
                    self.outbox.wake();
                    return Ok(());
                }
                RemovePasskey::NotFound => return Err(Error::NoPasskey),
                RemovePasskey::LastLoginMethod => return Err(Error::LastLoginMethod),
                RemovePasskey::Stale => {}
            }
        }
        Err(Error::NotAuthenticated)
    }

    /// Removes all passkeys of an account on behalf of an administrator, even if they are the only way to log in. The
    /// owner is told. Returns how many there were.
    pub async fn remove_passkeys(&self, id: Id, origin: &Origin) -> Result<usize> {
        let user = self.user(id).await?;
        let (change, kind) = (SecurityChange::PasskeysRemoved, EventKind::PasskeyRemoved);
        let effects = self.noticed(&user, change, kind, origin)?;
        let removed = self
            .store
            .remove_all_passkeys(id, self.condition(), effects);
        match removed.await? {
            RemoveAllPasskeys::Removed(count) => {
                self.outbox.wake();
                Ok(count)
            }
            RemoveAllPasskeys::NotFound => Err(Error::NotFound),
            RemoveAllPasskeys::Overtaken => Err(Error::Overtaken),
        }
    }

    /// Returns the account of a session after its owner proved again who they are: with the password, or with a recent
    /// login by passkey. Also returns the hash that a password was verified against.
    async fn confirm_owner(
        &self,
        session: &Session,
        current: Option<&Password>,
        origin: &Origin,
    ) -> Result<(User, Option<PasswordHash>)> {
        if let Some(current) = current {
            let (user, hash) = self.confirm_password(session, current, origin).await?;
            return Ok((user, Some(hash)));
        }
        let id = session.claims.session_id();
        let row = self
            .store
            .user_session(session.user.id, id, self.now())
            .await?;
        let is_fresh = row.is_some_and(|row| {
            // The absolute difference, because a clock may have been set back.
            let age = self.now().duration_since(row.created_at).abs();
            // An account without a password has no stronger proof than a recent login.
            let is_proof =
                row.method == OwnMethod::Passkey.into() || session.user.hashed_password.is_none();
            is_proof && age < PASSKEY_MOMENT
        });
        if is_fresh {
            Ok((session.user.clone(), None))
        } else {
            Err(Error::ReauthenticationRequired)
        }
    }

    /// Returns an event about a passkey.
    pub(super) fn about_passkey(
        &self,
        kind: EventKind,
        user: &User,
        passkey: &Passkey,
        origin: &Origin,
    ) -> Event {
        let mut event = Event {
            user_id: Some(user.id),
            email: Some(user.email.clone()),
            ..self.event(kind, origin)
        };
        let told = &mut event.data;
        told.insert("passkey_id".into(), passkey.id.to_string().into());
        told.insert("name".into(), passkey.name.as_str().into());
        event
    }

    /// Returns the event about a passkey and the notice to the owner.
    pub(super) fn noticed_of_passkey(
        &self,
        user: &User,
        change: SecurityChange,
        kind: EventKind,
        passkey: &Passkey,
        origin: &Origin,
    ) -> Result<Effects> {
        let mut effects = self.noticed(user, change, kind, origin)?;
        effects.events = vec![self.about_passkey(kind, user, passkey, origin)];
        Ok(effects)
    }

    pub(super) fn wait_for_passkey(&self, claims: &Claims) -> PasskeyWait {
        PasskeyWait {
            challenge: claims.jti.clone(),
            rp_id: self.settings.passkeys.rp_id.clone(),
            pending_token: self.tokens.sign(claims),
            expires_in: lifetime(),
        }
    }

    pub(super) fn passkey_claims(&self, pending_token: &str, purpose: Purpose) -> Result<Claims> {
        let checked = self.tokens.check(pending_token, purpose, self.now());
        checked.map_err(|_| Error::InvalidPendingToken)
    }

    pub(super) fn relying_party(&self) -> RelyingParty {
        let passkeys = &self.settings.passkeys;
        RelyingParty::new(passkeys.rp_id.clone(), passkeys.origins.clone())
    }
}

/// Returns how long a challenge can be answered, in seconds.
pub(super) fn lifetime() -> u32 {
    u32::try_from(PASSKEY_MOMENT.as_secs()).unwrap_or(0)
}

pub(super) fn challenge_of(claims: &Claims) -> Challenge {
    Challenge {
        text: claims.jti.clone(),
        expires_at: claims.expires_at,
    }
}
