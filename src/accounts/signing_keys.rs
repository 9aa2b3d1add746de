//! Signing keys: making the next one in time, letting spent ones go, and telling others which there are.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Accounts, Error, Result};
use crate::model::{EventKind, Origin, SigningKey};
use crate::store::{Effects, StoreError};

/// How often the keys are read again because somebody presented a token of an unknown one.
const REREAD_AFTER: Duration = Duration::from_secs(5);

/// A signing key, and what it does now.
#[derive(Debug, Clone)]
pub struct SigningKeyState {
    /// The key.
    pub key: SigningKey,
    /// What it does.
    pub duty: Duty,
    /// From when on it verifies nothing, where a later key has taken its place.
    pub spent_at: Option<Timestamp>,
}

/// What a signing key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// It is published, and signs later.
    Announced,
    /// It signs.
    Signs,
    /// Tokens that it signed are still alive.
    Verifies,
}

/// What came of removing a signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoveSigningKey {
    /// It is gone.
    Done,
    /// There is none of the name.
    NotFound,
    /// Tokens that it signed may be alive, and die with it.
    InUse(Duty),
}

impl Accounts {
    /// Reads the keys; makes the next one when it is due, seals anew what an earlier secret seals, and removes those that
    /// verify nothing any more. Where two servers do it at once, one key comes of it.
    pub async fn tend_signing_keys(&self) -> Result<()> {
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

    /// Makes the next key and reads which there are: another server may have been first.
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

    /// Makes sure that there is a key that signs, where the configuration asks for one.
    pub(super) async fn ready_to_sign(&self) -> Result<()> {
        let keys = &self.signing_keys;
        if keys.are_used() && keys.signer(self.now()).is_none() {
            self.tend_signing_keys().await?;
        }
        Ok(())
    }

    /// Reads the keys again where a token names one that is not known, a few times a minute at most; whether it is known now.
    pub(super) async fn learn_key_of(&self, token: &str) -> Result<bool> {
        if !self.tokens.names_unknown_key(token) {
            return Ok(false);
        }
        let mut last = self.keys_read_at.lock().await;
        // Whoever waited for the lock may find that it is known by now.
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

    /// Makes the next signing key: it signs once it has been published for the overlap, or at once. None where the
    /// configuration asks for no signing keys.
    pub async fn rotate_signing_key(
        &self,
        at_once: bool,
        origin: &Origin,
    ) -> Result<Option<SigningKey>> {
        if !self.signing_keys.are_used() {
            return Ok(None);
        }
        self.tend_signing_keys().await?;
        let newest = |keys: Vec<SigningKey>| keys.last().map_or(0, |key| key.number);
        let before = newest(self.signing_keys.all());
        let overlap = self.signing_keys.schedule().overlap;
        let signs_from = if at_once {
            self.now()
        } else {
            self.now() + overlap
        };
        // Another server's next key of the same moment is not the one that was asked for.
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

    /// Removes a signing key. One whose tokens may be alive goes by `force` alone: it signs them all out.
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
