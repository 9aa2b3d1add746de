//! Signing keys: creating the next one in time, removing those no longer needed, and publishing the set.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Accounts, Error, Result};
use crate::model::{EventKind, Origin, SigningKey};
use crate::store::{Effects, StoreError};

/// How often the keys may be re-read because a token names an unknown one.
const REREAD_AFTER: Duration = Duration::from_secs(5);

/// A signing key and its current role.
#[derive(Debug, Clone)]
pub struct SigningKeyState {
    /// The key.
    pub key: SigningKey,
    /// Its role.
    pub duty: Duty,
    /// When it stops verifying tokens, if a later key has replaced it.
    pub spent_at: Option<Timestamp>,
}

/// The role of a signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// It is published and will sign later.
    Announced,
    /// It signs new tokens.
    Signs,
    /// It no longer signs, but tokens that it signed are still valid.
    Verifies,
}

/// The outcome of removing a signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoveSigningKey {
    /// It was removed.
    Done,
    /// There is no key with that name.
    NotFound,
    /// Tokens that it signed may still be valid, and removing it would end them.
    InUse(Duty),
}

impl Accounts {
    /// Reads the keys, creates the next one when it is due, re-encrypts those under an earlier secret, and removes
    /// those that no longer verify anything. If two servers do it at once, only one key is created.
    pub async fn maintain_signing_keys(&self) -> Result<()> {
        self.read_signing_keys().await?;
        let keys = self.signing_keys.as_ref();
        while let Some(signs_from) = keys.next(self.now()) {
            let made = EventKind::SigningKeyCreated;
            self.add_signing_key(signs_from, made, &Origin::server())
                .await?;
        }
        for (anew, before) in keys.resealed() {
            let kid = anew.kid.clone();
            if self.store.reseal_signing_key(anew, before).await? {
                tracing::info!(
                    kid,
                    "a signing key is now encrypted with the current jwt_secret"
                );
            }
        }
        let (all, now) = (keys.all(), self.now());
        let spent = |key: &&SigningKey| keys.schedule().is_spent(key, &all, now);
        for key in all.iter().filter(spent) {
            if self.forget_signing_key(key, &Origin::server()).await? {
                tracing::info!(
                    kid = key.kid,
                    "a signing key was removed: all its tokens have expired"
                );
            }
        }
        Ok(())
    }

    async fn read_signing_keys(&self) -> Result<()> {
        let keys = self.store.signing_keys().await?;
        self.signing_keys.learn(keys);
        Ok(())
    }

    /// Creates the next key and re-reads all keys, because another server may have been first.
    async fn add_signing_key(
        &self,
        signs_from: Timestamp,
        why: EventKind,
        origin: &Origin,
    ) -> Result<()> {
        let key = self.signing_keys.make(signs_from, self.now());
        let key = key.map_err(|cause| StoreError::Failed(Box::new(cause)))?;
        let (kid, algorithm) = (key.kid.clone(), key.algorithm.as_str());
        let effects = self.about_signing_key(why, &key, origin);
        if self.store.add_signing_key(key, effects).await? {
            tracing::info!(kid, algorithm, %signs_from, "a signing key was created");
        }
        self.read_signing_keys().await
    }

    /// Removes a key, and records it.
    async fn forget_signing_key(&self, key: &SigningKey, origin: &Origin) -> Result<bool> {
        let effects = self.about_signing_key(EventKind::SigningKeyRemoved, key, origin);
        Ok(self.store.remove_signing_key(&key.kid, effects).await?)
    }

    fn about_signing_key(&self, kind: EventKind, key: &SigningKey, origin: &Origin) -> Effects {
        let details = json!({
            "kid": key.kid,
            "algorithm": key.algorithm,
            "signs_from": key.signs_from,
        });
        self.recorded_with(kind, details, origin)
    }

    /// Makes sure that there is a key to sign with, if the configuration asks for signing keys.
    pub(super) async fn ready_to_sign(&self) -> Result<()> {
        let keys = &self.signing_keys;
        if keys.are_used() && keys.signer(self.now()).is_none() {
            self.maintain_signing_keys().await?;
        }
        Ok(())
    }

    /// Re-reads the keys if a token names an unknown one, at most every [`REREAD_AFTER`]. Returns whether the key was
    /// unknown before and is known now.
    pub(super) async fn learn_key_of(&self, token: &str) -> Result<bool> {
        if !self.tokens.names_unknown_key(token) {
            return Ok(false);
        }
        let mut last = self.keys_read_at.lock().await;
        // Another request may have read it while this one waited for the lock.
        let is_recent = last.is_some_and(|at: Instant| at.elapsed() < REREAD_AFTER);
        if !is_recent && self.tokens.names_unknown_key(token) {
            *last = Some(Instant::now());
            self.read_signing_keys().await?;
        }
        Ok(!self.tokens.names_unknown_key(token))
    }

    /// Returns the set of public keys (JWKS, RFC 7517).
    pub async fn key_set(&self) -> Result<Value> {
        self.ready_to_sign().await?;
        Ok(self.signing_keys.key_set())
    }

    /// Returns every signing key and what it does, oldest first.
    pub async fn signing_keys(&self) -> Result<Vec<SigningKeyState>> {
        self.read_signing_keys().await?;
        let keys = self.signing_keys.all();
        let (now, schedule) = (self.now(), self.signing_keys.schedule());
        let signer = self.signing_keys.signer(now);
        let states = keys.iter().map(|key| {
            let later = keys.iter().find(|later| later.number > key.number);
            SigningKeyState {
                key: key.clone(),
                duty: match () {
                    () if signer.as_ref() == Some(&key.kid) => Duty::Signs,
                    () if key.signs_from > now => Duty::Announced,
                    () => Duty::Verifies,
                },
                spent_at: later.map(|later| later.signs_from + schedule.token_life),
            }
        });
        Ok(states.collect())
    }

    /// Creates the next signing key. It starts to sign after it has been published for the overlap, or immediately with
    /// `at_once`. Returns `None` if the configuration asks for no signing keys.
    pub async fn rotate_signing_key(
        &self,
        at_once: bool,
        origin: &Origin,
    ) -> Result<Option<SigningKey>> {
        if !self.signing_keys.are_used() {
            return Ok(None);
        }
        self.maintain_signing_keys().await?;
        let newest = |keys: Vec<SigningKey>| keys.last().map_or(0, |key| key.number);
        let before = newest(self.signing_keys.all());
        let overlap = self.signing_keys.schedule().overlap;
        let signs_from = if at_once {
            self.now()
        } else {
            self.now() + overlap
        };
        // Another server may create a key at the same moment that starts later than was asked for: then try again.
        for _ in 0..3 {
            let rotated = EventKind::SigningKeyRotated;
            self.add_signing_key(signs_from, rotated, origin).await?;
            let made = self.signing_keys.all();
            let made = made
                .into_iter()
                .find(|key| key.number > before && key.signs_from <= signs_from);
            if let Some(key) = made {
                return Ok(Some(key));
            }
        }
        Err(Error::Overtaken)
    }

    /// Removes a signing key. A key whose tokens may still be valid is removed only with `force`, because that ends
    /// their sessions.
    pub async fn remove_signing_key(
        &self,
        kid: &str,
        force: bool,
        origin: &Origin,
    ) -> Result<RemoveSigningKey> {
        let states = self.signing_keys().await?;
        let Some(state) = states.iter().find(|state| state.key.kid == kid) else {
            return Ok(RemoveSigningKey::NotFound);
        };
        let is_spent = state.spent_at.is_some_and(|at| at < self.now());
        if !is_spent && !force {
            return Ok(RemoveSigningKey::InUse(state.duty));
        }
        let removed = self.forget_signing_key(&state.key, origin).await?;
        Ok(if removed {
            RemoveSigningKey::Done
        } else {
            RemoveSigningKey::NotFound
        })
    }
}
