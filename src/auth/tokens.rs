//! Signed tokens (JWT, RFC 7519): signed with HMAC in the Python package's format, or session tokens signed with a key
//! pair.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::Algorithm;

use super::jws::{Fault, Unverified};
use super::key_ring::KeyRing;
use super::wire::{Audience, Wire, exact_moment, seconds};
use super::{UnverifiedClaims, derived_keys, jws, short_tokens};
use crate::config::{JwtAlgorithm, Tokens};
use crate::model::{Claims, Purpose, User};
use crate::secret::SecretString;

/// The longest token that is parsed, in bytes.
pub(super) const MAX_LENGTH: usize = 4096;

/// How long after this process has started other servers may still sign with the earlier settings.
const SUCCESSION: SignedDuration = SignedDuration::from_hours(1);

/// The token isn't accepted. The text is the same for every reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is invalid or has expired")]
pub struct InvalidToken;

/// Why a token isn't accepted. Only administrators may see the reason, never the client that presents the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// It isn't a signed token, or it is too long.
    #[error("this isn't a signed token (a JWT of at most {MAX_LENGTH} bytes)")]
    NoToken,
    /// It is signed with another algorithm. Holds the configured one.
    #[error("it is signed with a different algorithm than jwt_algorithm, {0}")]
    Algorithm(&'static str),
    /// It requires an extension that isn't supported (`crit`, RFC 7515 §4.1.11).
    #[error("its header requires an unknown extension (crit)")]
    Critical,
    /// It is signed with an unknown key, or was changed.
    #[error(
        "its signature matches neither jwt_secret, nor any of jwt_previous_secrets, nor a signing key"
    )]
    Signature,
    /// It is signed with the key of another purpose than the one that it claims.
    #[error("it claims to be for {claimed}, but is signed with the key for {signed}")]
    OtherPurpose {
        /// The purpose that the token claims.
        claimed: &'static str,
        /// The purpose of the key that signed it.
        signed: &'static str,
    },
    /// The signature is right, but claims are missing or malformed.
    #[error("its claims aren't those of a regstack token")]
    Claims,
    /// It is for another audience.
    #[error("its audience isn't jwt_audience")]
    Audience,
    /// `nbf` is in the future.
    #[error("it isn't valid yet")]
    TooEarly,
    /// `exp` is in the past.
    #[error("it has expired")]
    Expired,
}

/// Signs and checks tokens. It has one key for each purpose and one algorithm, allows no leeway, and reads no clock.
pub struct TokenCodec {
    current: SecretString,
    previous: Vec<SecretString>,
    /// The HMAC algorithm for tokens signed with a secret.
    hmac: Algorithm,
    /// Tokens issued before this moment are also accepted with another HMAC algorithm.
    others_until: Option<Timestamp>,
    audience: Option<String>,
    /// The key pairs that sign session tokens instead of the secrets, and verify them.
    keys: Option<Arc<KeyRing>>,
    /// Whether mailed links contain short tokens.
    has_short_links: bool,
}

impl TokenCodec {
    /// Creates a codec with the configured secrets.
    #[must_use]
    pub fn new(tokens: &Tokens) -> Self {
        Self {
            current: tokens.jwt_secret.clone(),
            previous: tokens.also_accepted().cloned().collect(),
            hmac: match tokens.jwt_algorithm {
                JwtAlgorithm::HS384 => Algorithm::HS384,
                JwtAlgorithm::HS512 => Algorithm::HS512,
                JwtAlgorithm::HS256 | JwtAlgorithm::EdDsa | JwtAlgorithm::Es256 => Algorithm::HS256,
            },
            others_until: None,
            audience: tokens.jwt_audience.clone(),
            keys: None,
            has_short_links: false,
        }
    }

    /// Returns the codec for a process that starts now. Until now, `jwt_algorithm` may have had another value, and
    /// servers that restart later may use it for another hour. Tokens that they issue with another HMAC algorithm stay
    /// valid until they expire. This is no less secure, because signing them takes the same secret.
    #[must_use]
    pub fn starting(self, now: Timestamp) -> Self {
        Self {
            others_until: Some(now + SUCCESSION),
            ..self
        }
    }

    /// Returns the codec with key pairs that sign and verify session tokens.
    #[must_use]
    pub fn with_keys(self, keys: Arc<KeyRing>) -> Self {
        Self {
            keys: Some(keys),
            ..self
        }
    }

    /// Returns the codec with mailed links in the short form or in the Python package's. It always accepts both forms.
    #[must_use]
    pub fn with_short_links(self, has_short_links: bool) -> Self {
        Self {
            has_short_links,
            ..self
        }
    }

    /// Signs the token of a mailed link.
    #[must_use]
    pub fn sign_link(&self, claims: &Claims) -> SecretString {
        self.has_short_links
            .then(|| short_tokens::sign(&self.current, self.audience.as_deref(), claims))
            .flatten()
            .map_or_else(|| self.sign(claims), SecretString::from)
    }

    /// Signs a session token of an account, with a key pair if the configuration asks for one. Returns `None` if no
    /// key pair can sign.
    #[must_use]
    pub fn sign_session(&self, claims: &Claims, user: &User) -> Option<SecretString> {
        let Some(keys) = self.keys.as_ref().filter(|keys| keys.are_used()) else {
            return Some(self.sign(claims));
        };
        let wire = Wire {
            sid: Some(claims.session_id().to_owned()),
            ..self.wire(claims)
        };
        keys.sign(&wire, user, claims.issued_at)
    }

    /// Returns whether a token names a signing key that isn't known here. Another server may have created it.
    #[must_use]
    pub fn names_unknown_key(&self, token: &str) -> bool {
        let unverified = (token.len() <= MAX_LENGTH).then(|| Unverified::parse(token).ok());
        match (&self.keys, unverified.flatten()) {
            (Some(keys), Some(token)) => {
                KeyRing::algorithm(token.algorithm()).is_some()
                    && token.kid().is_some_and(|kid| !keys.knows(kid))
            }
            _ => false,
        }
    }

    /// Signs the claims. The token expires at the start of the second that contains `expires_at`.
    #[must_use]
    pub fn sign(&self, claims: &Claims) -> SecretString {
        let wire = self.wire(claims);
        let key = derived_keys::derive(&self.current, claims.purpose.as_str());
        jws::sign(self.hmac, &*key, &wire)
            .expect("plain claims serialise")
            .into()
    }

    fn wire(&self, claims: &Claims) -> Wire {
        Wire {
            sub: claims.user_id.to_string(),
            jti: claims.jti.clone(),
            sid: claims.sid.clone(),
            iat: seconds(claims.issued_at),
            exp: claims.expires_at.as_second(),
            nbf: None,
            aud: self.audience.clone().map(Audience::One),
            purpose: claims.purpose,
            new_email: claims.new_email.clone(),
            old_email: claims.old_email.clone(),
            phone: claims.phone.clone(),
            sealed: claims.sealed.clone(),
            browser: claims.browser.clone(),
            provider: claims.provider.clone(),
        }
    }

    /// Checks signature, purpose, audience and times, but nothing that only the store knows, such as revocations.
    pub fn check(
        &self,
        token: &str,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Claims, InvalidToken> {
        self.examine(token, purpose, now).map_err(|_| InvalidToken)
    }

    /// Checks a token like [`Self::check`], and says why it isn't accepted.
    pub fn examine(
        &self,
        token: &str,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Claims, TokenFault> {
        if token.len() > MAX_LENGTH {
            return Err(TokenFault::NoToken);
        }
        let wire = self.open(token, purpose)?;
        if wire.purpose != purpose {
            return Err(TokenFault::OtherPurpose {
                claimed: wire.purpose.as_str(),
                signed: purpose.as_str(),
            });
        }
        match (&self.audience, &wire.aud) {
            (None, None) => {}
            (Some(wanted), Some(given)) if given.names(wanted) => {}
            _ => return Err(TokenFault::Audience),
        }
        if wire.nbf.is_some_and(|from| from > seconds(now)) {
            return Err(TokenFault::TooEarly);
        }
        let issued_at = exact_moment(wire.iat).ok_or(TokenFault::Claims)?;
        let expires_at = Timestamp::from_second(wire.exp).map_err(|_| TokenFault::Claims)?;
        if expires_at <= now {
            return Err(TokenFault::Expired);
        }
        let user_id = wire.sub.parse().map_err(|_| TokenFault::Claims)?;
        if wire.jti.is_empty() {
            return Err(TokenFault::Claims);
        }
        Ok(Claims {
            // The first token of a session may leave it out, like the tokens of the Python package.
            sid: wire.sid.filter(|sid| *sid != wire.jti),
            new_email: wire.new_email,
            old_email: wire.old_email,
            phone: wire.phone,
            sealed: wire.sealed,
            browser: wire.browser,
            provider: wire.provider,
            ..Claims::new(user_id, wire.jti, issued_at, expires_at, purpose)
        })
    }

    /// Returns the claims if one of the secrets, or for sessions a key pair, signed them for the purpose.
    fn open(&self, token: &str, purpose: Purpose) -> Result<Wire, TokenFault> {
        if short_tokens::is_short(token) {
            let secrets = std::iter::once(&self.current).chain(&self.previous);
            let audience = self.audience.as_deref();
            return short_tokens::open(secrets, audience, token, purpose).map_err(fault);
        }
        let token = Unverified::parse(token).map_err(fault)?;
        let keys = self.keys.as_ref().filter(|_| purpose == Purpose::Session);
        let is_other = token.algorithm() != self.hmac;
        if !is_other || self.others_until.is_some() && jws::is_hmac(token.algorithm()) {
            let wire = self.open_with_secrets(&token, purpose)?;
            let issued_at = exact_moment(wire.iat);
            if is_other && issued_at.is_none_or(|at| self.others_until.is_none_or(|end| end <= at))
            {
                return Err(self.other_algorithm());
            }
            // Once key pairs sign, new session tokens signed with a secret are no longer accepted.
            let is_late = keys.is_some_and(|keys| !keys.takes_secret(wire.iat, wire.exp));
            return if is_late {
                Err(self.other_algorithm())
            } else {
                Ok(wire)
            };
        }
        let (Some(keys), Some(algorithm)) = (keys, KeyRing::algorithm(token.algorithm())) else {
            return Err(self.other_algorithm());
        };
        let verifies = |message: &[u8], signature: &[u8]| {
            token
                .kid()
                .is_some_and(|kid| keys.verifies(kid, algorithm, message, signature))
        };
        let claims = token.verify_with_pair(verifies).map_err(fault)?;
        serde_json::from_slice(&claims).map_err(|_| TokenFault::Claims)
    }

    fn open_with_secrets(
        &self,
        token: &Unverified<'_>,
        purpose: Purpose,
    ) -> Result<Wire, TokenFault> {
        for secret in std::iter::once(&self.current).chain(&self.previous) {
            match token.verify(&*derived_keys::derive(secret, purpose.as_str())) {
                // The claims are parsed only after the signature was verified.
                Ok(claims) => {
                    return serde_json::from_slice(&claims).map_err(|_| TokenFault::Claims);
                }
                Err(Fault::Signature) => {}
                Err(other) => return Err(fault(other)),
            }
        }
        Err(TokenFault::Signature)
    }

    /// Checks a token for the purpose that it claims to have, like [`Self::examine`]. A signature for another purpose
    /// is distinguished from one with an unknown key.
    pub fn examine_claimed(&self, token: &str, now: Timestamp) -> Result<Claims, TokenFault> {
        let Some(claimed) = UnverifiedClaims::read(token).purpose else {
            // Without a readable purpose, a wrong signature is reported first, whatever purpose is asked for.
            let fault = self.examine(token, Purpose::Session, now).err();
            return Err(fault.unwrap_or(TokenFault::Claims));
        };
        let examined = self.examine(token, claimed, now);
        if examined != Err(TokenFault::Signature) {
            return examined;
        }
        let signed = Purpose::ALL
            .iter()
            .find(|&&purpose| self.open(token, purpose).is_ok());
        Err(
            signed.map_or(TokenFault::Signature, |signed| TokenFault::OtherPurpose {
                claimed: claimed.as_str(),
                signed: signed.as_str(),
            }),
        )
    }

    fn other_algorithm(&self) -> TokenFault {
        let keys = self.keys.as_ref().and_then(|keys| keys.used_algorithm());
        TokenFault::Algorithm(match (keys, self.hmac) {
            (Some(algorithm), _) => algorithm.as_str(),
            (None, Algorithm::HS384) => "HS384",
            (None, Algorithm::HS512) => "HS512",
            (None, _) => "HS256",
        })
    }
}

fn fault(fault: Fault) -> TokenFault {
    match fault {
        Fault::Form => TokenFault::NoToken,
        Fault::Critical => TokenFault::Critical,
        Fault::Signature => TokenFault::Signature,
    }
}

#[cfg(test)]
mod tests;
