//! Verifies ID tokens of other providers (OpenID Connect Core §3.1.3.7): signature, issuer, audience, times, nonce and
//! access token.
//!
//! Only signatures by key pairs are accepted, whose public keys the provider publishes. Neither `none` nor an HMAC is
//! accepted: the key of an HMAC would be a secret that both sides know. `jsonwebtoken` parses keys (RFC 7517) and
//! headers, and `ring` verifies.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use ring::digest::{self, digest};
use ring::signature::{
    self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::jws::Unverified;
use crate::model::identity::MAX_SUBJECT;
use crate::secret;

/// The longest token that is parsed, in bytes. Providers put many claims into them.
const MAX_LENGTH: usize = 16 * 1024;
/// How many keys of a provider are kept at most.
const MAX_KEYS: usize = 64;
/// How far the clocks of a provider and this server may differ.
pub const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);
/// How old a token may be. It was made for the code a moment ago, but some providers backdate it by minutes.
const MAX_AGE: SignedDuration = SignedDuration::from_mins(30);
/// The placeholder for the tenant's id in the issuer of a provider with one issuer for each tenant. Microsoft writes
/// it this way.
pub const TENANT: &str = "{tenantid}";

/// Why an ID token was refused. The reason goes to the log only, not to the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenFault {
    /// It isn't a signed token, or it requires an unknown extension.
    #[error("it can't be read")]
    Form,
    /// It is signed with an algorithm that isn't accepted.
    #[error("its algorithm (alg) isn't accepted")]
    Algorithm,
    /// It is signed with a key that the provider doesn't publish.
    #[error("the provider doesn't publish its key (kid)")]
    UnknownKey,
    /// Its signature doesn't match the key.
    #[error("its signature is wrong")]
    Signature,
    /// It is from another issuer.
    #[error("it is from another issuer (iss)")]
    Issuer,
    /// It is for another application.
    #[error("it is for another application (aud, azp)")]
    Audience,
    /// It belongs to another login.
    #[error("it belongs to another login (nonce)")]
    Nonce,
    /// It has expired.
    #[error("it has expired (exp), or this server's clock is fast")]
    Expired,
    /// It isn't valid yet.
    #[error("it isn't valid yet (iat, nbf), or this server's clock is slow")]
    TooEarly,
    /// It was issued long before the login.
    #[error("it is too old (iat), or this server's clock is fast")]
    TooOld,
    /// It belongs to another access token.
    #[error("it belongs to another access token (at_hash)")]
    AccessToken,
    /// It doesn't say who logged in.
    #[error("it doesn't say who logged in (sub)")]
    Subject,
}

/// What an ID token must contain.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The issuer, compared exactly. It may contain [`TENANT`].
    pub issuer: &'a str,
    /// This application's client id at the provider.
    pub client_id: &'a str,
    /// The nonce that was sent with the login.
    pub nonce: &'a str,
    /// The access token that was received together with the ID token.
    pub access_token: Option<&'a str>,
    /// The present moment.
    pub now: Timestamp,
}

/// A person at a provider, according to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenPerson {
    /// The person's permanent id at the provider (`sub`).
    pub subject: String,
    /// Their email address.
    pub email: Option<String>,
    /// Whether the provider has verified it.
    pub is_email_verified: bool,
    /// Their full name.
    pub full_name: Option<String>,
}

impl ProvenPerson {
    /// Reads the claims about a person (OpenID Connect Core §5.1). Returns `None` without a valid `sub`.
    #[must_use]
    pub fn of_claims(claims: &Map<String, Value>) -> Option<Self> {
        let subject = claims.get("sub")?.as_str()?;
        if subject.is_empty() || subject.len() > MAX_SUBJECT {
            return None;
        }
        let text = |name: &str| {
            let text = claims.get(name)?.as_str()?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        // Some providers write it as text.
        let is_true = |value: &Value| match value {
            Value::Bool(flag) => *flag,
            Value::String(text) => matches!(text.as_str(), "true" | "1"),
            Value::Number(number) => number.as_u64() == Some(1),
            _ => false,
        };
        // Microsoft's claim says whether the owner of the domain has verified it. The standard claim has precedence.
        let verified = claims.get("email_verified").or(claims.get("xms_edov"));
        Some(Self {
            subject: subject.to_owned(),
            email: text("email"),
            is_email_verified: verified.is_some_and(is_true),
            full_name: text("name"),
        })
    }
}

/// A key that verifies signatures.
struct ProviderKey {
    kid: Option<String>,
    /// The only algorithm that it may be used with, if it names one.
    only_for: Option<Algorithm>,
    key: DecodingKey,
}

impl ProviderKey {
    /// Reads a key. Returns `None` for a key that can't verify anything here.
    fn of(jwk: &Value) -> Option<Self> {
        let jwk = Jwk::deserialize(jwk).ok()?;
        let signs = matches!(
            jwk.common.public_key_use,
            None | Some(PublicKeyUse::Signature)
        );
        let is_known = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => true,
            AlgorithmParameters::EllipticCurve(key) => {
                matches!(key.curve, EllipticCurve::P256 | EllipticCurve::P384)
            }
            AlgorithmParameters::OctetKeyPair(key) => key.curve == EllipticCurve::Ed25519,
            _ => false,
        };
        let only_for = match jwk.common.key_algorithm {
            None => None,
            Some(only) => Some(only.to_string().parse().ok()?),
        };
        let key = DecodingKey::from_jwk(&jwk)
            .ok()
            .filter(|_| signs && is_known)?;
        Some(Self {
            kid: jwk.common.key_id,
            only_for,
            key,
        })
    }

    fn suits(&self, kid: Option<&str>, algorithm: Algorithm) -> bool {
        kid.is_none_or(|kid| self.kid.as_deref() == Some(kid))
            && self.only_for.is_none_or(|only| only == algorithm)
            && self.key.family() == algorithm.family()
    }

    fn verifies(&self, how: How, message: &[u8], signature: &[u8]) -> bool {
        let verified = match (self.key.kind(), how) {
            (DecodingKeyKind::SecretOrDer(point), How::Plain(how)) => {
                UnparsedPublicKey::new(how, point).verify(message, signature)
            }
            (DecodingKeyKind::RsaModulusExponent { n, e }, How::Rsa(how)) => {
                RsaPublicKeyComponents { n, e }.verify(how, message, signature)
            }
            _ => return false,
        };
        verified.is_ok()
    }
}

#[derive(Clone, Copy)]
enum How {
    Plain(&'static dyn VerificationAlgorithm),
    Rsa(&'static RsaParameters),
}

/// Returns how a signature is verified, and the hash for the access token (OpenID Connect Core §3.1.3.6). HMAC isn't
/// supported.
fn how(algorithm: Algorithm) -> Option<(How, &'static digest::Algorithm)> {
    Some(match algorithm {
        Algorithm::RS256 => (
            How::Rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
            &digest::SHA256,
        ),
        Algorithm::RS384 => (
            How::Rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
            &digest::SHA384,
        ),
        Algorithm::RS512 => (
            How::Rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
            &digest::SHA512,
        ),
        Algorithm::PS256 => (
            How::Rsa(&signature::RSA_PSS_2048_8192_SHA256),
            &digest::SHA256,
        ),
        Algorithm::PS384 => (
            How::Rsa(&signature::RSA_PSS_2048_8192_SHA384),
            &digest::SHA384,
        ),
        Algorithm::PS512 => (
            How::Rsa(&signature::RSA_PSS_2048_8192_SHA512),
            &digest::SHA512,
        ),
        Algorithm::ES256 => (
            How::Plain(&signature::ECDSA_P256_SHA256_FIXED),
            &digest::SHA256,
        ),
        Algorithm::ES384 => (
            How::Plain(&signature::ECDSA_P384_SHA384_FIXED),
            &digest::SHA384,
        ),
        Algorithm::EdDSA => (How::Plain(&signature::ED25519), &digest::SHA512),
        _ => return None,
    })
}

/// The keys that a provider publishes (JWKS, RFC 7517).
pub struct ProviderKeys(Vec<ProviderKey>);

impl ProviderKeys {
    /// Reads the keys that can verify signatures and skips keys of unknown kinds. Returns `None` if `json` isn't a set
    /// of keys.
    #[must_use]
    pub fn parse(json: &[u8]) -> Option<Self> {
        let set: Value = serde_json::from_slice(json).ok()?;
        let keys = set.get("keys")?.as_array()?;
        let keys = keys.iter().filter_map(ProviderKey::of).take(MAX_KEYS);
        Some(Self(keys.collect()))
    }

    /// Returns the number of keys.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Verifies a token and returns the person that it is about.
    ///
    /// # Errors
    /// The first fault found. After [`IdTokenFault::UnknownKey`], fetching the provider's keys again may help.
    pub fn verify(
        &self,
        token: &str,
        expected: &Expected<'_>,
    ) -> Result<ProvenPerson, IdTokenFault> {
        if token.len() > MAX_LENGTH {
            return Err(IdTokenFault::Form);
        }
        let token = Unverified::parse(token).map_err(|_| IdTokenFault::Form)?;
        let algorithm = token.algorithm();
        let (how, hash) = how(algorithm).ok_or(IdTokenFault::Algorithm)?;
        let keys = self.0.iter();
        let mut suitable = keys
            .filter(|key| key.suits(token.kid(), algorithm))
            .peekable();
        if suitable.peek().is_none() {
            return Err(IdTokenFault::UnknownKey);
        }
        let claims = suitable.find_map(|key| {
            let verifies = |message: &[u8], signature: &[u8]| key.verifies(how, message, signature);
            token.verify_with_pair(verifies).ok()
        });
        let claims = claims.ok_or(IdTokenFault::Signature)?;
        let claims: Map<String, Value> =
            serde_json::from_slice(&claims).map_err(|_| IdTokenFault::Form)?;
        let person = judge(&claims, expected)?;
        match (claims.get("at_hash"), expected.access_token) {
            (Some(told), Some(access)) if told.as_str() != Some(&*half_hash(hash, access)) => {
                Err(IdTokenFault::AccessToken)
            }
            _ => Ok(person),
        }
    }
}

/// Returns the left half of an access token's hash, as base64url.
fn half_hash(hash: &'static digest::Algorithm, access_token: &str) -> String {
    let hash = digest(hash, access_token.as_bytes());
    let (half, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    URL_SAFE_NO_PAD.encode(half)
}

fn judge(
    claims: &Map<String, Value>,
    expected: &Expected<'_>,
) -> Result<ProvenPerson, IdTokenFault> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss").is_none_or(|issuer| !is_issuer(issuer, expected.issuer, text("tid"))) {
        return Err(IdTokenFault::Issuer);
    }
    let audiences: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is_for_us = audiences.contains(&expected.client_id);
    let party = claims.get("azp").map(Value::as_str);
    let is_party = match party {
        Some(party) => party == Some(expected.client_id),
        None => audiences.len() == 1,
    };
    if !is_for_us || !is_party {
        return Err(IdTokenFault::Audience);
    }
    let moment = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => {
            let seconds = value
                .as_f64()
                .filter(|seconds| (0.0..1e11).contains(seconds));
            #[allow(
                clippy::cast_possible_truncation,
                reason = "guarded by the range above it"
            )]
            let moment = seconds.and_then(|seconds| Timestamp::from_second(seconds as i64).ok());
            moment.map(Some).ok_or(IdTokenFault::Form)
        }
    };
    let expires_at = moment("exp")?.ok_or(IdTokenFault::Expired)?;
    if expires_at
        .saturating_add(CLOCK_SKEW)
        .is_ok_and(|end| end <= expected.now)
    {
        return Err(IdTokenFault::Expired);
    }
    let issued_at = moment("iat")?.ok_or(IdTokenFault::Form)?;
    let latest = expected.now + CLOCK_SKEW;
    if issued_at > latest || moment("nbf")?.is_some_and(|from| from > latest) {
        return Err(IdTokenFault::TooEarly);
    }
    if expected.now.duration_since(issued_at) > MAX_AGE {
        return Err(IdTokenFault::TooOld);
    }
    let nonce = text("nonce").unwrap_or_default();
    if !secret::equal(nonce.as_bytes(), expected.nonce.as_bytes()) || nonce.is_empty() {
        return Err(IdTokenFault::Nonce);
    }
    ProvenPerson::of_claims(claims).ok_or(IdTokenFault::Subject)
}

/// Returns whether an issuer is the expected one. If the expected issuer has a placeholder for a tenant, the token
/// must name the tenant as well.
#[must_use]
pub fn is_issuer(issuer: &str, expected: &str, tenant: Option<&str>) -> bool {
    if !expected.contains(TENANT) {
        return issuer == expected;
    }
    let is_id = |tenant: &&str| {
        tenant.len() == 36 && tenant.bytes().all(|c| c.is_ascii_hexdigit() || c == b'-')
    };
    tenant
        .filter(is_id)
        .is_some_and(|tenant| issuer == expected.replace(TENANT, tenant))
}

#[cfg(test)]
mod tests;
