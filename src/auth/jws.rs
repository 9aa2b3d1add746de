//! Signed tokens in compact form (JWS, RFC 7515), signed with HMAC (RFC 7518 §3.2) or with a key pair.
//!
//! `jsonwebtoken` provides the header and the algorithms. Its `encode` and `decode` aren't used: they take their
//! cryptography from a provider that is installed once per process, and choosing it is up to the program that mounts
//! regstack.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::digest::CtOutput;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, Header};
use serde::Serialize;
use sha2::{Sha256, Sha384, Sha512};

/// Why a token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It isn't a token in compact form.
    Form,
    /// It requires an extension that isn't supported (`crit`, RFC 7515 §4.1.11).
    Critical,
    /// Its signature doesn't match the key.
    Signature,
}

/// Signs `claims` with the key pair named `kid`.
pub(super) fn sign_with_pair<T: Serialize>(
    algorithm: Algorithm,
    kid: &str,
    claims: &T,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> Result<String, serde_json::Error> {
    let mut header = Header::new(algorithm);
    header.kid = Some(kid.to_owned());
    let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header)?);
    let claims = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?);
    let message = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    Ok(format!("{message}.{signature}"))
}

/// Signs `claims` under `key`.
pub(super) fn sign<T: Serialize>(
    algorithm: Algorithm,
    key: &[u8],
    claims: &T,
) -> Result<String, serde_json::Error> {
    let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&Header::new(algorithm))?);
    let claims = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?);
    let message = format!("{header}.{claims}");
    let signature = match algorithm {
        Algorithm::HS384 => signature::<Hmac<Sha384>>(key, &message),
        Algorithm::HS512 => signature::<Hmac<Sha512>>(key, &message),
        _ => signature::<Hmac<Sha256>>(key, &message),
    };
    Ok(format!("{message}.{signature}"))
}

fn mac<M: Mac + KeyInit>(key: &[u8], message: &str) -> M {
    <M as KeyInit>::new_from_slice(key)
        .expect("HMAC takes keys of any length")
        .chain_update(message)
}

fn signature<M: Mac + KeyInit>(key: &[u8], message: &str) -> String {
    let output: CtOutput<M> = mac::<M>(key, message).finalize();
    URL_SAFE_NO_PAD.encode(output.into_bytes())
}

/// A parsed token whose signature hasn't been verified.
pub(super) struct Unverified<'a> {
    header: Header,
    message: &'a str,
    claims: &'a str,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Parses a token.
    pub(super) fn parse(token: &'a str) -> Result<Self, Fault> {
        let (message, signature) = token.rsplit_once('.').ok_or(Fault::Form)?;
        let (header, claims) = message.split_once('.').ok_or(Fault::Form)?;
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| Fault::Form)?;
        Ok(Self {
            header,
            message,
            claims,
            signature: decode(signature)?,
        })
    }

    /// Returns the algorithm that the token names. It is unverified: the caller decides which algorithms to accept.
    pub(super) fn algorithm(&self) -> Algorithm {
        self.header.alg
    }

    /// Returns the name of the key that the token names.
    pub(super) fn kid(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    /// Returns the claims as JSON text if `verifies` accepts the message and the signature.
    pub(super) fn verify_with_pair(
        &self,
        verifies: impl FnOnce(&[u8], &[u8]) -> bool,
    ) -> Result<Vec<u8>, Fault> {
        if !verifies(self.message.as_bytes(), &self.signature) {
            return Err(Fault::Signature);
        }
        self.proven_claims()
    }

    /// Returns the claims as JSON text if `key` signed them with the token's HMAC algorithm. Compares in constant
    /// time.
    pub(super) fn verify(&self, key: &[u8]) -> Result<Vec<u8>, Fault> {
        let verified = match self.header.alg {
            Algorithm::HS256 => {
                mac::<Hmac<Sha256>>(key, self.message).verify_slice(&self.signature)
            }
            Algorithm::HS384 => {
                mac::<Hmac<Sha384>>(key, self.message).verify_slice(&self.signature)
            }
            Algorithm::HS512 => {
                mac::<Hmac<Sha512>>(key, self.message).verify_slice(&self.signature)
            }
            _ => return Err(Fault::Signature),
        };
        verified.map_err(|_| Fault::Signature)?;
        self.proven_claims()
    }

    fn proven_claims(&self) -> Result<Vec<u8>, Fault> {
        if self.header.crit.is_some() {
            return Err(Fault::Critical);
        }
        decode(self.claims)
    }
}

/// Returns whether an algorithm is an HMAC.
pub(super) fn is_hmac(algorithm: Algorithm) -> bool {
    matches!(
        algorithm,
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512
    )
}

fn decode(part: &str) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Fault::Form)
}
