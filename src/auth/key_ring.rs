//! The signing keys that this process knows: the one that signs, those that verify, and the published set.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::Algorithm;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::jws;
use super::key_pairs::{self, BadKey, PrivateKey};
use super::sealing::Sealer;
use super::wire::{Wire, exact_moment};
use crate::config::{JwtAlgorithm, Settings, TokenClaim};
use crate::model::{KeySchedule, SigningAlgorithm, SigningKey, User};
use crate::random::SharedRandom;
use crate::secret::SecretString;

/// The signing keys of one installation.
pub struct KeyRing {
    algorithm: Option<SigningAlgorithm>,
    schedule: KeySchedule,
    issuer: String,
    claims: Vec<TokenClaim>,
    sealer: Sealer,
    known: RwLock<Arc<Known>>,
}

/// The keys as last read.
#[derive(Default)]
struct Known {
    keys: Vec<SigningKey>,
    /// The private key of each, if one of our secrets can decrypt it.
    private: Vec<Option<PrivateKey>>,
}

/// The claims of a session token, including those that every token has.
#[derive(Serialize)]
struct SessionWire<'a> {
    #[serde(flatten)]
    common: &'a Wire,
    iss: &'a str,
    #[serde(flatten)]
    account: Map<String, Value>,
}

impl KeyRing {
    /// Creates a key ring without keys.
    #[must_use]
    pub fn new(settings: &Settings, random: SharedRandom) -> Self {
        let tokens = &settings.tokens;
        let seconds = |count: u32| SignedDuration::from_secs(count.into());
        Self {
            algorithm: match tokens.jwt_algorithm {
                JwtAlgorithm::EdDsa => Some(SigningAlgorithm::EdDsa),
                JwtAlgorithm::Es256 => Some(SigningAlgorithm::Es256),
                JwtAlgorithm::HS256 | JwtAlgorithm::HS384 | JwtAlgorithm::HS512 => None,
            },
            schedule: KeySchedule {
                rotation: SignedDuration::from_hours(
                    24 * i64::from(tokens.signing_key_rotation_days),
                ),
                overlap: seconds(tokens.signing_key_overlap_seconds),
                token_life: seconds(tokens.jwt_ttl_seconds),
            },
            issuer: settings.identity.base_url.trim_end_matches('/').to_owned(),
            claims: tokens.token_claims.clone(),
            sealer: Sealer::new(tokens, "signing-key", random),
            known: RwLock::default(),
        }
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the known keys with `keys`.
    pub fn learn(&self, keys: Vec<SigningKey>) {
        let private = keys.iter().map(|key| self.open(key)).collect();
        let known = Arc::new(Known { keys, private });
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
    }

    fn open(&self, key: &SigningKey) -> Option<PrivateKey> {
        let pkcs8 = self.sealer.open(&key.sealed, key.kid.as_bytes()).ok()?;
        PrivateKey::read(key.algorithm, &zeroize::Zeroizing::new(pkcs8)).ok()
    }

    /// Returns the known keys, ordered by their numbers.
    #[must_use]
    pub fn all(&self) -> Vec<SigningKey> {
        self.known().keys.clone()
    }

    /// Returns whether the configuration asks for session tokens signed by a key pair.
    #[must_use]
    pub fn are_used(&self) -> bool {
        self.algorithm.is_some()
    }

    /// Returns the configured algorithm, if it uses key pairs.
    #[must_use]
    pub fn used_algorithm(&self) -> Option<SigningAlgorithm> {
        self.algorithm
    }

    /// Returns the schedule by which keys are created, sign and are removed.
    #[must_use]
    pub fn schedule(&self) -> &KeySchedule {
        &self.schedule
    }

    /// Returns the algorithm of a token's header, if it uses key pairs.
    pub(super) fn algorithm(algorithm: Algorithm) -> Option<SigningAlgorithm> {
        match algorithm {
            Algorithm::EdDSA => Some(SigningAlgorithm::EdDsa),
            Algorithm::ES256 => Some(SigningAlgorithm::Es256),
            _ => None,
        }
    }

    /// Returns when the next key starts to sign, if it has to be created now.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let known = self.known();
        // A key that can't be decrypted can't sign, so it counts as absent.
        let usable: Vec<SigningKey> = known.usable().cloned().collect();
        self.schedule.next(&usable, self.algorithm?, now)
    }

    /// Creates the next key.
    ///
    /// # Errors
    /// [`BadKey`] if the operating system gives no randomness, or the configuration doesn't use key pairs.
    pub fn make(&self, signs_from: Timestamp, now: Timestamp) -> Result<SigningKey, BadKey> {
        let algorithm = self.algorithm.ok_or(BadKey)?;
        let pkcs8 = key_pairs::generate(algorithm)?;
        let private = PrivateKey::read(algorithm, &pkcs8)?;
        let kid = key_pairs::thumbprint(algorithm, private.public());
        Ok(SigningKey {
            number: self.known().keys.last().map_or(1, |last| last.number + 1),
            algorithm,
            public_key: private.public().to_vec(),
            sealed: self.sealer.seal(&pkcs8, kid.as_bytes()),
            created_at: now,
            signs_from,
            kid,
        })
    }

    /// Encrypts the keys that are still encrypted under an earlier secret with the current one. Returns each with its
    /// earlier ciphertext.
    #[must_use]
    pub fn resealed(&self) -> Vec<(SigningKey, Vec<u8>)> {
        let known = self.known();
        let earlier = known.keys.iter().filter_map(|key| {
            let context = key.kid.as_bytes();
            if self.sealer.is_current(&key.sealed, context) {
                return None;
            }
            let pkcs8 = zeroize::Zeroizing::new(self.sealer.open(&key.sealed, context).ok()?);
            let anew = SigningKey {
                sealed: self.sealer.seal(&pkcs8, context),
                ..key.clone()
            };
            Some((anew, key.sealed.clone()))
        });
        earlier.collect()
    }

    /// Returns whether a key of this name is known.
    pub(super) fn knows(&self, kid: &str) -> bool {
        self.known().keys.iter().any(|key| key.kid == kid)
    }

    /// Returns whether a signature was made with the key of this name and algorithm.
    pub(super) fn verifies(
        &self,
        kid: &str,
        algorithm: SigningAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let known = self.known();
        let key = known
            .keys
            .iter()
            .find(|key| key.kid == kid && key.algorithm == algorithm);
        key.is_some_and(|key| key_pairs::verifies(algorithm, &key.public_key, message, signature))
    }

    /// Returns whether a session token signed with `jwt_secret` is accepted.
    pub(super) fn takes_secret(&self, iat: f64, exp: i64) -> bool {
        let (Some(issued_at), Ok(expires_at)) = (exact_moment(iat), Timestamp::from_second(exp))
        else {
            return false;
        };
        !self.are_used()
            || self
                .schedule
                .takes_secret(&self.known().keys, issued_at, expires_at)
    }

    /// Signs the claims of a session. Returns `None` if no key can sign now.
    pub(super) fn sign(&self, common: &Wire, user: &User, now: Timestamp) -> Option<SecretString> {
        let known = self.known();
        let signer = self.schedule.signer(known.usable(), self.algorithm?, now)?;
        let private = known.private_of(signer)?;
        let algorithm = match signer.algorithm {
            SigningAlgorithm::EdDsa => Algorithm::EdDSA,
            SigningAlgorithm::Es256 => Algorithm::ES256,
        };
        let claims = SessionWire {
            common,
            iss: &self.issuer,
            account: self.claims_of(user),
        };
        let token = jws::sign_with_pair(algorithm, &signer.kid, &claims, |text| private.sign(text));
        Some(token.expect("plain claims serialise").into())
    }

    fn claims_of(&self, user: &User) -> Map<String, Value> {
        let claim = |claim: &TokenClaim| {
            let value = match claim {
                TokenClaim::Email => json!(user.email),
                TokenClaim::EmailVerified => json!(user.is_verified),
                TokenClaim::Name => json!(user.full_name),
                TokenClaim::Admin => json!(user.is_superuser),
            };
            (claim.as_str().to_owned(), value)
        };
        self.claims.iter().map(claim).collect()
    }

    /// Returns the set of public keys to publish (JWKS, RFC 7517 §5).
    #[must_use]
    pub fn key_set(&self) -> Value {
        let known = self.known();
        let keys = known.keys.iter();
        let keys: Vec<Value> = keys
            .map(|key| key_pairs::jwk(key.algorithm, &key.public_key, &key.kid))
            .collect();
        json!({ "keys": keys })
    }

    /// Returns the name of the key that signs at `now`.
    #[must_use]
    pub fn signer(&self, now: Timestamp) -> Option<String> {
        let known = self.known();
        let signer = self.schedule.signer(known.usable(), self.algorithm?, now)?;
        Some(signer.kid.clone())
    }
}

impl Known {
    /// Returns the keys that can sign.
    fn usable(&self) -> impl DoubleEndedIterator<Item = &SigningKey> {
        let keys = self.keys.iter().zip(&self.private);
        keys.filter(|(_, private)| private.is_some())
            .map(|(key, _)| key)
    }

    fn private_of(&self, signer: &SigningKey) -> Option<&PrivateKey> {
        let mut keys = self.keys.iter().zip(&self.private);
        keys.find(|(key, _)| key.kid == signer.kid)?.1.as_ref()
    }
}
