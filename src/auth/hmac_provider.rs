//! The HMAC algorithms (RFC 7518 §3.2) for `jsonwebtoken`, over `hmac` and `sha2` alone.
//!
//! The crate's own providers bring RSA and a second crypto library along, which nothing here would use.

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey};
use sha2::{Sha256, Sha384, Sha512};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes the provider the process's. Repeating it, also from a second application in the process, is harmless.
pub(super) fn install() {
    // An embedding program may have installed a provider of its own; it knows these algorithms too.
    let _ = PROVIDER.install_default();
}

struct Keyed<M> {
    mac: M,
    algorithm: Algorithm,
}

impl<M: Mac + Clone> Signer<Vec<u8>> for Keyed<M> {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        Ok(self
            .mac
            .clone()
            .chain_update(message)
            .finalize()
            .into_bytes()
            .to_vec())
    }
}

impl<M: Mac + Clone> Verifier<Vec<u8>> for Keyed<M> {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        // Compares in constant time.
        self.mac
            .clone()
            .chain_update(message)
            .verify_slice(signature)
            .map_err(|_| SignatureError::new())
    }
}

impl<M: Mac + Clone> JwtSigner for Keyed<M> {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl<M: Mac + Clone> JwtVerifier for Keyed<M> {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

fn keyed<M: Mac + KeyInit + Clone>(
    algorithm: Algorithm,
    key: &[u8],
) -> Result<Box<Keyed<M>>, Error> {
    let mac = <M as KeyInit>::new_from_slice(key).map_err(|_| ErrorKind::InvalidKeyFormat)?;
    Ok(Box::new(Keyed { mac, algorithm }))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the library's signature")]
fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    if key.family() != AlgorithmFamily::Hmac {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    match algorithm {
        Algorithm::HS256 => Ok(keyed::<Hmac<Sha256>>(*algorithm, key.as_bytes())?),
        Algorithm::HS384 => Ok(keyed::<Hmac<Sha384>>(*algorithm, key.as_bytes())?),
        Algorithm::HS512 => Ok(keyed::<Hmac<Sha512>>(*algorithm, key.as_bytes())?),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the library's signature")]
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    if key.family() != AlgorithmFamily::Hmac {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    match algorithm {
        Algorithm::HS256 => Ok(keyed::<Hmac<Sha256>>(*algorithm, key.try_get_as_bytes()?)?),
        Algorithm::HS384 => Ok(keyed::<Hmac<Sha384>>(*algorithm, key.try_get_as_bytes()?)?),
        Algorithm::HS512 => Ok(keyed::<Hmac<Sha512>>(*algorithm, key.try_get_as_bytes()?)?),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}
