//! Key pairs that sign session tokens (EdDSA, RFC 8037; ES256, RFC 7518 §3.4), and their public keys as published
//! (JWKS, RFC 7517).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair as _, UnparsedPublicKey,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::model::SigningAlgorithm;

/// The key pair can't be created or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this isn't a private key of its algorithm")]
pub struct BadKey;

/// A key pair that can sign.
pub struct PrivateKey {
    pair: Pair,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
}

/// Creates a key pair, encoded as PKCS #8. It always uses the operating system's randomness, so that no key can be
/// reproduced.
pub fn generate(algorithm: SigningAlgorithm) -> Result<Zeroizing<Vec<u8>>, BadKey> {
    let random = SystemRandom::new();
    let document = match algorithm {
        SigningAlgorithm::EdDsa => Ed25519KeyPair::generate_pkcs8(&random),
        SigningAlgorithm::Es256 => {
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
        }
    };
    let document = document.map_err(|_| BadKey)?;
    Ok(Zeroizing::new(document.as_ref().to_vec()))
}

impl PrivateKey {
    /// Reads a key pair from PKCS #8.
    pub fn read(algorithm: SigningAlgorithm, pkcs8: &[u8]) -> Result<Self, BadKey> {
        let pair = match algorithm {
            SigningAlgorithm::EdDsa => Ed25519KeyPair::from_pkcs8(pkcs8).map(Pair::Ed25519),
            SigningAlgorithm::Es256 => EcdsaKeyPair::from_pkcs8(
                &ECDSA_P256_SHA256_FIXED_SIGNING,
                pkcs8,
                &SystemRandom::new(),
            )
            .map(Pair::P256),
        };
        Ok(Self {
            pair: pair.map_err(|_| BadKey)?,
        })
    }

    /// Returns the public key in the form in which it is stored.
    #[must_use]
    pub fn public(&self) -> &[u8] {
        match &self.pair {
            Pair::Ed25519(pair) => pair.public_key().as_ref(),
            Pair::P256(pair) => pair.public_key().as_ref(),
        }
    }

    /// Signs a message.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::P256(pair) => pair
                .sign(&SystemRandom::new(), message)
                .expect("the operating system gives randomness")
                .as_ref()
                .to_vec(),
        }
    }
}

/// Returns whether a signature was made with the key.
#[must_use]
pub fn verifies(
    algorithm: SigningAlgorithm,
    public_key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let verified = match algorithm {
        SigningAlgorithm::EdDsa => {
            UnparsedPublicKey::new(&ED25519, public_key).verify(message, signature)
        }
        SigningAlgorithm::Es256 => {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public_key).verify(message, signature)
        }
    };
    verified.is_ok()
}

/// Returns the public key as a JSON Web Key, without its `kid`.
fn parameters(algorithm: SigningAlgorithm, public_key: &[u8]) -> Value {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    match algorithm {
        // The members are in the order of RFC 7638 §3.2, because the thumbprint hashes this text.
        SigningAlgorithm::EdDsa => {
            json!({"crv": "Ed25519", "kty": "OKP", "x": encode(public_key)})
        }
        SigningAlgorithm::Es256 => {
            let (x, y) = public_key
                .get(1..)
                .unwrap_or_default()
                .split_at(public_key.len().saturating_sub(1) / 2);
            json!({"crv": "P-256", "kty": "EC", "x": encode(x), "y": encode(y)})
        }
    }
}

/// Returns the `kid` of a key: the thumbprint of its public key (RFC 7638, SHA-256), as base64url.
#[must_use]
pub fn thumbprint(algorithm: SigningAlgorithm, public_key: &[u8]) -> String {
    let text = parameters(algorithm, public_key).to_string();
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

/// Returns the public key as a JSON Web Key (RFC 7517).
#[must_use]
pub fn jwk(algorithm: SigningAlgorithm, public_key: &[u8], kid: &str) -> Value {
    let mut key = parameters(algorithm, public_key);
    key["kid"] = kid.into();
    key["alg"] = algorithm.as_str().into();
    key["use"] = "sig".into();
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_of_rfc_8037() {
        // RFC 8037, appendix A.3.
        let x = URL_SAFE_NO_PAD
            .decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
            .unwrap();
        assert_eq!(
            thumbprint(SigningAlgorithm::EdDsa, &x),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }

    #[test]
    fn what_one_key_signs_only_that_key_verifies() {
        for algorithm in [SigningAlgorithm::EdDsa, SigningAlgorithm::Es256] {
            let make = || PrivateKey::read(algorithm, &generate(algorithm).unwrap()).unwrap();
            let (key, other) = (make(), make());
            let signature = key.sign(b"message");
            assert_eq!(signature.len(), 64);
            assert!(verifies(algorithm, key.public(), b"message", &signature));
            assert!(!verifies(algorithm, key.public(), b"Message", &signature));
            assert!(!verifies(algorithm, other.public(), b"message", &signature));
            assert!(!verifies(algorithm, key.public(), b"message", &[]));
            assert!(!verifies(algorithm, &[], b"message", &signature));
            assert_eq!(
                thumbprint(algorithm, key.public()).len(),
                43,
                "SHA-256 as base64url"
            );
        }
        let ed = generate(SigningAlgorithm::EdDsa).unwrap();
        assert!(PrivateKey::read(SigningAlgorithm::Es256, &ed).is_err());
    }

    #[test]
    fn a_published_key_has_the_members_that_clients_read() {
        let key = PrivateKey::read(
            SigningAlgorithm::Es256,
            &generate(SigningAlgorithm::Es256).unwrap(),
        )
        .unwrap();
        let jwk = jwk(SigningAlgorithm::Es256, key.public(), "name");
        for (member, value) in [
            ("kty", "EC"),
            ("crv", "P-256"),
            ("alg", "ES256"),
            ("use", "sig"),
            ("kid", "name"),
        ] {
            assert_eq!(jwk[member], value);
        }
        for coordinate in ["x", "y"] {
            let text = jwk[coordinate].as_str().unwrap();
            assert_eq!(URL_SAFE_NO_PAD.decode(text).unwrap().len(), 32);
        }
        assert!(jwk.get("d").is_none());
    }
}
