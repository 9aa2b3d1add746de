//! The secrets of second factors in the database. Secrets of authenticator apps are encrypted. Recovery codes are
//! hashed with a key of the account, which is encrypted as well. Both survive a change of `jwt_secret`, because they
//! are encrypted again under the new secret.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::derived_keys::derive;
use super::sealing::{CannotOpen, Sealer};
use super::totp::{SECRET_LENGTH, TotpSecret};
use crate::config::Tokens;
use crate::model::{FactorSecret, Id, ProofHash, RecoveryCode, RecoverySet, Sealed};
use crate::random::{self, SharedRandom};
use crate::secret::{self, SecretString};

/// The purpose that the encryption key is derived for.
const PURPOSE: &str = "second-factor";
/// The purpose that a secret's name is derived for, and the length of that name in bytes: enough to tell secrets
/// apart.
const NAME_PURPOSE: &str = "second-factor-name";
const NAME_LENGTH: usize = 8;

/// Creates, encrypts and decrypts the secrets of second factors.
pub struct FactorSecrets {
    sealer: Sealer,
    current: String,
    earlier: Vec<String>,
    known: Vec<String>,
    random: SharedRandom,
}

impl FactorSecrets {
    /// Creates an instance that encrypts under `jwt_secret` and decrypts under every accepted secret.
    #[must_use]
    pub fn new(tokens: &Tokens, random: SharedRandom) -> Self {
        let name =
            |secret: &SecretString| hex::encode(&derive(secret, NAME_PURPOSE)[..NAME_LENGTH]);
        let current = name(&tokens.jwt_secret);
        let known = std::iter::once(current.clone()).chain(tokens.also_accepted().map(name));
        let earlier = tokens.jwt_previous_secrets.iter().map(name);
        Self {
            sealer: Sealer::new(tokens, PURPOSE, SharedRandom::clone(&random)),
            earlier: earlier.filter(|name| *name != current).collect(),
            known: known.collect(),
            current,
            random,
        }
    }

    /// Returns the names of the secrets that preceded the current one. `jwt_next_secret` isn't one of them.
    #[must_use]
    pub fn earlier(&self) -> &[String] {
        &self.earlier
    }

    /// Returns the names of all secrets that can decrypt.
    #[must_use]
    pub fn known(&self) -> &[String] {
        &self.known
    }

    /// Encrypts a secret of an account.
    #[must_use]
    pub fn seal(&self, owner: Id, kind: FactorSecret, plain: &[u8]) -> Sealed {
        Sealed {
            bytes: self.sealer.seal(plain, &context(owner, kind)),
            under: self.current.clone(),
        }
    }

    /// Decrypts a secret of an account. It must have been encrypted for the same account and kind.
    ///
    /// # Errors
    /// [`CannotOpen`] if it was encrypted under an unknown secret or for another account, or is damaged.
    pub fn open(
        &self,
        owner: Id,
        kind: FactorSecret,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let opened = self.sealer.open(sealed, &context(owner, kind))?;
        Ok(Zeroizing::new(opened))
    }

    /// Decrypts the secret of an authenticator app.
    ///
    /// # Errors
    /// [`CannotOpen`] if it was encrypted under an unknown secret or for another account, or is damaged.
    pub fn open_totp(&self, owner: Id, sealed: &[u8]) -> Result<TotpSecret, CannotOpen> {
        let opened = self.open(owner, FactorSecret::Totp, sealed)?;
        Ok(TotpSecret::from_bytes(opened.to_vec()))
    }

    /// Creates a secret for an authenticator app.
    #[must_use]
    pub fn new_totp(&self) -> TotpSecret {
        TotpSecret::from_bytes(random::bytes::<SECRET_LENGTH>(&*self.random).to_vec())
    }

    /// Creates recovery codes for an account. Returns the codes and the set to store.
    #[must_use]
    pub fn new_recovery_codes(&self, owner: Id) -> (Vec<RecoveryCode>, RecoverySet) {
        let key: Zeroizing<[u8; 32]> = Zeroizing::new(random::bytes(&*self.random));
        let mut codes: Vec<RecoveryCode> = Vec::with_capacity(RecoveryCode::COUNT);
        while codes.len() < RecoveryCode::COUNT {
            let code = RecoveryCode::from_bytes(random::bytes(&*self.random));
            let is_new = |code: &RecoveryCode| {
                let same = |other: &RecoveryCode| {
                    secret::equal(other.plain().as_bytes(), code.plain().as_bytes())
                };
                !codes.iter().any(same)
            };
            codes.extend(code.filter(is_new));
        }
        let hashes = codes.iter().map(|code| hash(&*key, code)).collect();
        let set = RecoverySet {
            key: self.seal(owner, FactorSecret::RecoveryKey, &*key),
            codes: hashes,
        };
        (codes, set)
    }

    /// Hashes a recovery code with the key of a set.
    ///
    /// # Errors
    /// [`CannotOpen`] if the key of the set can't be decrypted.
    pub fn hash(
        &self,
        owner: Id,
        set: &RecoverySet,
        code: &RecoveryCode,
    ) -> Result<ProofHash, CannotOpen> {
        let key = self.open(owner, FactorSecret::RecoveryKey, &set.key.bytes)?;
        Ok(hash(&key, code))
    }
}

/// Returns the context that a secret is encrypted with, so that it can't be decrypted for another account.
fn context(owner: Id, kind: FactorSecret) -> Vec<u8> {
    format!("{}:{owner}", kind.as_str()).into_bytes()
}

fn hash(key: &[u8], code: &RecoveryCode) -> ProofHash {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(code.plain().as_bytes());
    ProofHash::from_stored(hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::random::SystemRandom;

    fn secrets(current: &str, previous: &[&str]) -> FactorSecrets {
        let previous = previous.iter().map(|secret| SecretString::from(*secret));
        let tokens = Tokens {
            jwt_secret: current.into(),
            jwt_previous_secrets: previous.collect(),
            ..Tokens::default()
        };
        FactorSecrets::new(&tokens, Arc::new(SystemRandom))
    }

    const ADA: Id = Id::from_bytes([1; 12]);
    const BOB: Id = Id::from_bytes([2; 12]);

    #[test]
    fn a_secret_opens_for_its_account_and_purpose_under_secrets_that_are_known() {
        let before = secrets("one", &[]);
        let sealed = before.seal(ADA, FactorSecret::Totp, b"shared");
        let opens =
            |secrets: &FactorSecrets, owner, kind| secrets.open(owner, kind, &sealed.bytes).is_ok();
        let after = secrets("two", &["one"]);
        for holder in [&before, &after] {
            assert!(opens(holder, ADA, FactorSecret::Totp));
            assert!(!opens(holder, BOB, FactorSecret::Totp), "another account's");
            assert!(!opens(holder, ADA, FactorSecret::RecoveryKey));
        }
        assert!(!opens(&secrets("two", &[]), ADA, FactorSecret::Totp));
        assert!(before.known().contains(&sealed.under) && after.known().contains(&sealed.under));
        assert_eq!(after.earlier(), std::slice::from_ref(&sealed.under));
        assert_eq!(
            before.earlier(),
            [""; 0],
            "what is sealed now is not sealed anew"
        );
        assert!(!secrets("two", &[]).known().contains(&sealed.under));
    }

    #[test]
    fn ten_codes_are_made_and_only_their_keyed_hashes_are_kept() {
        let before = secrets("one", &[]);
        let (codes, set) = before.new_recovery_codes(ADA);
        assert_eq!((codes.len(), set.codes.len()), (10, 10));
        let after = secrets("two", &["one"]);
        for (code, kept) in codes.iter().zip(&set.codes) {
            assert_eq!(after.hash(ADA, &set, code).unwrap(), *kept);
            assert_ne!(ProofHash::from_stored(code.plain().into()), *kept);
            after.hash(BOB, &set, code).unwrap_err();
        }
        let (_, other) = before.new_recovery_codes(ADA);
        assert_ne!(before.hash(ADA, &other, &codes[0]).unwrap(), set.codes[0]);
    }
}
