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
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use serde_json::json;
    use sha2::Sha256;

    use super::*;
    use crate::clock::from_millis;
    use crate::model::PhoneNumber;

    const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF";
    /// Made by the Python package 0.1.0 under `SECRET`, at 2026-11-23T06:00:00.123456Z, for two hours.
    const FROM_PYTHON: &str = concat!(
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
        "eyJzdWIiOiI2NWEwMDAwMDAwMDAwMDAwMDAwMDAwYWEiLCJqdGkiOiJyTjd6MFlfel8tdUl2NFBkUmwxQTVRIiwiaWF0IjoxNzk1NDEzNjAwLjEyMzQ1NiwiZXhwIjoxNzk1NDIwODAwLCJwdXJwb3NlIjoic2Vzc2lvbiJ9.",
        "eZh2KD_kYQAzJ-FF41spk7RqQVq9I2_BW_p40C66V1A"
    );

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn codec(change: impl FnOnce(&mut Tokens)) -> TokenCodec {
        let mut tokens = Tokens {
            jwt_secret: SECRET.into(),
            ..Tokens::default()
        };
        change(&mut tokens);
        TokenCodec::new(&tokens)
    }

    fn claims() -> Claims {
        let user_id = "65a0000000000000000000aa".parse().unwrap();
        Claims::new(
            user_id,
            "rN7z0Y_z_-uIv4PdRl1A5Q".into(),
            from_millis(1_795_413_600_123),
            at(1_795_420_800),
            Purpose::Session,
        )
    }

    /// Signs any header and body with the key of a purpose.
    fn forge(
        header: &serde_json::Value,
        body: &serde_json::Value,
        secret: &str,
        purpose: &str,
    ) -> String {
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(body));
        let key = derived_keys::derive(&secret.into(), purpose);
        let mut mac = Hmac::<Sha256>::new_from_slice(&*key).unwrap();
        mac.update(message.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        format!("{message}.{signature}")
    }

    fn header() -> serde_json::Value {
        json!({"alg": "HS256", "typ": "JWT"})
    }

    fn body() -> serde_json::Value {
        json!({"sub": "65a0000000000000000000aa", "jti": "j", "iat": 1_795_413_600.5, "exp": 1_795_420_800, "purpose": "session"})
    }

    fn check(token: &str) -> Result<Claims, InvalidToken> {
        codec(|_| ()).check(token, Purpose::Session, at(1_795_413_601))
    }

    #[test]
    fn the_python_packages_token_is_accepted_and_ours_looks_alike() {
        assert_eq!(check(FROM_PYTHON), Ok(claims()));
        let ours = codec(|_| ()).sign(&claims());
        let ours = crate::secret::ExposeSecret::expose_secret(&ours);
        assert_eq!(check(ours), Ok(claims()));
        let decoded = |token: &str, part| {
            URL_SAFE_NO_PAD
                .decode(token.split('.').nth(part).unwrap())
                .unwrap()
        };
        let parse = |bytes: Vec<u8>| serde_json::from_slice::<serde_json::Value>(&bytes).unwrap();
        let mut expected = parse(decoded(FROM_PYTHON, 1));
        expected["iat"] = json!(1_795_413_600.123);
        assert_eq!(parse(decoded(ours, 1)), expected);
        assert_eq!(parse(decoded(ours, 0)), parse(decoded(FROM_PYTHON, 0)));
    }

    #[test]
    fn a_token_dies_in_its_last_second_without_leeway() {
        let codec = codec(|_| ());
        assert!(
            codec
                .check(
                    FROM_PYTHON,
                    Purpose::Session,
                    from_millis(1_795_420_799_999)
                )
                .is_ok()
        );
        assert_eq!(
            codec.check(FROM_PYTHON, Purpose::Session, at(1_795_420_800)),
            Err(InvalidToken)
        );
    }

    #[test]
    fn no_purpose_opens_another() {
        let codec = codec(|_| ());
        for &made in Purpose::ALL {
            let token = codec.sign(&Claims {
                purpose: made,
                ..claims()
            });
            for &asked in Purpose::ALL {
                let answer = codec.check(
                    crate::secret::ExposeSecret::expose_secret(&token),
                    asked,
                    at(1_795_413_601),
                );
                assert_eq!(answer.is_ok(), made == asked, "{made:?} as {asked:?}");
            }
        }
        // The claim counts as well as the key: another purpose's claim signed with the session's key is refused.
        let mut lying = body();
        lying["purpose"] = json!("login_mfa");
        assert_eq!(
            check(&forge(&header(), &lying, SECRET, "session")),
            Err(InvalidToken)
        );
        // The key counts as well as the claim.
        assert_eq!(
            check(&forge(&header(), &body(), SECRET, "login_mfa")),
            Err(InvalidToken)
        );
    }

    #[test]
    fn the_wait_for_a_phones_code_names_its_number() {
        let phone = PhoneNumber::parse("+14155550123").unwrap();
        let mut waiting = body();
        waiting["purpose"] = json!("phone_setup");
        waiting["phone"] = json!(phone);
        let check = |body: &serde_json::Value| {
            let token = forge(&header(), body, SECRET, "phone_setup");
            codec(|_| ()).check(&token, Purpose::PhoneSetup, at(1_795_413_601))
        };
        let claims = check(&waiting).unwrap();
        assert_eq!(claims.phone.as_ref(), Some(&phone));
        let ours = codec(|_| ()).sign(&claims);
        let ours = crate::secret::ExposeSecret::expose_secret(&ours);
        let again = codec(|_| ()).check(ours, Purpose::PhoneSetup, at(1_795_413_601));
        assert_eq!(again, Ok(claims));
        waiting["phone"] = json!("0414155550123");
        assert_eq!(check(&waiting), Err(InvalidToken));
    }

    #[test]
    fn an_old_secret_verifies_until_it_is_removed() {
        let later = Tokens {
            jwt_secret: "another secret of sufficient length".into(),
            ..Tokens::default()
        };
        let with_old = Tokens {
            jwt_previous_secrets: vec![SECRET.into()],
            ..later.clone()
        };
        let now = at(1_795_413_601);
        assert!(
            TokenCodec::new(&with_old)
                .check(FROM_PYTHON, Purpose::Session, now)
                .is_ok()
        );
        assert_eq!(
            TokenCodec::new(&later).check(FROM_PYTHON, Purpose::Session, now),
            Err(InvalidToken)
        );
    }

    #[test]
    fn the_audience_must_be_the_configured_one_and_none_when_none_is() {
        let with = |audience: serde_json::Value| {
            let mut body = body();
            body["aud"] = audience;
            forge(&header(), &body, SECRET, "session")
        };
        let app = codec(|tokens| tokens.jwt_audience = Some("app".into()));
        let asks = |token: &str| {
            app.check(token, Purpose::Session, at(1_795_413_601))
                .is_ok()
        };
        assert!(asks(&with(json!("app"))) && asks(&with(json!(["x", "app"]))));
        assert!(!asks(&with(json!("other"))) && !asks(FROM_PYTHON));
        assert_eq!(check(&with(json!("app"))), Err(InvalidToken));
    }

    #[test]
    fn forged_and_malformed_tokens_are_refused() {
        assert!(
            check(&forge(&header(), &body(), SECRET, "session")).is_ok(),
            "the forge makes good tokens when asked to"
        );
        let with = |field: &str, value: serde_json::Value| {
            let mut body = body();
            body[field] = value;
            forge(&header(), &body, SECRET, "session")
        };
        let without = |field: &str| {
            let mut body = body();
            body.as_object_mut().unwrap().remove(field);
            forge(&header(), &body, SECRET, "session")
        };
        let headed = |extra: serde_json::Value| forge(&extra, &body(), SECRET, "session");
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let mut bad = vec![
            with("exp", json!("1795420800")),
            with("exp", json!(i64::MAX)),
            with("exp", json!(1e300)),
            with("iat", json!("now")),
            with("iat", json!(-1.0)),
            with("iat", json!(1e300)),
            with("nbf", json!(1_795_413_601.5)),
            with("sub", json!("not-an-id")),
            with("sub", json!(7)),
            with("jti", json!("")),
            with("purpose", json!("admin")),
            headed(json!({"alg": "HS256", "crit": ["exp"]})),
            headed(json!({"alg": "HS512"})),
            headed(json!({"alg": "RS256"})),
            format!(
                "{}.{}.",
                part(r#"{"alg":"none"}"#),
                part(&body().to_string())
            ),
            format!(
                "{}.{}.x",
                part(r#"{"alg":"none"}"#),
                part(&body().to_string())
            ),
            format!("{FROM_PYTHON}="),
            format!("{FROM_PYTHON} "),
            format!("{FROM_PYTHON}.x"),
            format!(" {FROM_PYTHON}"),
            format!("{}B", &FROM_PYTHON[..FROM_PYTHON.len() - 1]),
            FROM_PYTHON.replacen("eyJ", "eyK", 1),
            "a.b.c".into(),
            "...".into(),
            String::new(),
            "é".repeat(100),
            "x".repeat(5000),
            forge(
                &header(),
                &body(),
                "some other secret of enough length!",
                "session",
            ),
        ];
        bad.extend(["sub", "jti", "iat", "exp", "purpose"].map(without));
        for token in bad {
            assert_eq!(check(&token), Err(InvalidToken), "{token}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_apart() {
        let now = at(1_795_413_601);
        let with = |field: &str, value: serde_json::Value| {
            let mut body = body();
            body[field] = value;
            forge(&header(), &body, SECRET, "session")
        };
        let signed_as = |key: &str, secret: &str| forge(&header(), &body(), secret, key);
        let headed = |header: serde_json::Value| forge(&header, &body(), SECRET, "session");
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let other = |claimed, signed| TokenFault::OtherPurpose { claimed, signed };
        let cases = [
            ("x".repeat(5000), TokenFault::NoToken),
            (String::new(), TokenFault::NoToken),
            ("a.b.c".into(), TokenFault::NoToken),
            (
                format!(
                    "{}.{}.",
                    part(r#"{"alg":"none"}"#),
                    part(&body().to_string())
                ),
                TokenFault::NoToken,
            ),
            (
                headed(json!({"alg": "HS512"})),
                TokenFault::Algorithm("HS256"),
            ),
            (
                headed(json!({"alg": "RS256"})),
                TokenFault::Algorithm("HS256"),
            ),
            (
                headed(json!({"alg": "HS256", "crit": ["exp"]})),
                TokenFault::Critical,
            ),
            (
                signed_as("session", "some other secret of enough length!"),
                TokenFault::Signature,
            ),
            (
                signed_as("login_mfa", SECRET),
                other("session", "login_mfa"),
            ),
            (
                with("purpose", json!("login_mfa")),
                other("login_mfa", "session"),
            ),
            (with("purpose", json!("admin")), TokenFault::Claims),
            (with("sub", json!("nobody")), TokenFault::Claims),
            (with("jti", json!("")), TokenFault::Claims),
            (with("aud", json!("app")), TokenFault::Audience),
            (with("nbf", json!(1_795_413_602)), TokenFault::TooEarly),
            (with("exp", json!(1_795_413_601)), TokenFault::Expired),
        ];
        for (token, fault) in cases {
            let examined = codec(|_| ()).examine_claimed(&token, now);
            assert_eq!(examined, Err(fault), "{token}");
        }
        assert_eq!(
            codec(|_| ()).examine_claimed(FROM_PYTHON, now),
            Ok(claims())
        );
    }

    #[test]
    fn what_a_token_says_is_read_without_proof() {
        let mut body = body();
        body["aud"] = json!(["app", "other"]);
        let said = UnverifiedClaims::read(&forge(&header(), &body, "whoever", "whatever"));
        assert_eq!(
            (said.algorithm.as_deref(), said.purpose, said.jti.as_deref()),
            (Some("HS256"), Some(Purpose::Session), Some("j"))
        );
        assert_eq!(said.expires_at, Some(at(1_795_420_800)));
        assert_eq!(said.issued_at, Some(from_millis(1_795_413_600_500)));
        assert_eq!(said.audience, ["app", "other"]);
        for nothing in ["", "a.b.c", "é", "e30.e30."] {
            let said = UnverifiedClaims::read(nothing);
            assert!(said.jti.is_none() && said.purpose.is_none(), "{nothing}");
        }
    }

    #[test]
    fn no_millisecond_is_lost_in_a_float() {
        for millis in (1_795_413_600_000..1_795_413_602_000).chain([0, 1, 999, 4_102_444_800_999]) {
            assert_eq!(
                exact_moment(seconds(from_millis(millis))),
                Some(from_millis(millis))
            );
        }
    }
}
