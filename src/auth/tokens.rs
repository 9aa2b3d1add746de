//! Signed tokens (JWT, RFC 7519; HMAC, RFC 7518 §3.2) in the Python package's format.

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::{hmac_provider, keys};
use crate::clock::from_millis;
use crate::config::{JwtAlgorithm, Tokens};
use crate::model::{Claims, Email, PhoneNumber, Purpose};
use crate::secret::SecretString;

/// The longest token that is looked at, in bytes.
const MAX_LENGTH: usize = 4096;

/// The token opens nothing. There is one text for every reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is invalid or has expired")]
pub struct InvalidToken;

/// Signs and checks tokens: one key a purpose, one algorithm, no leeway, no clock of its own.
pub struct TokenCodec {
    current: SecretString,
    previous: Vec<SecretString>,
    algorithm: Algorithm,
    audience: Option<String>,
}

/// The claims as they stand in the token.
#[derive(Serialize, Deserialize)]
struct Wire {
    sub: String,
    jti: String,
    /// Float seconds.
    iat: f64,
    /// Whole seconds.
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<Audience>,
    purpose: Purpose,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<PhoneNumber>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn names(&self, wanted: &str) -> bool {
        match self {
            Self::One(name) => name == wanted,
            Self::Several(names) => names.iter().any(|name| name == wanted),
        }
    }
}

impl TokenCodec {
    /// A codec under the configured secrets.
    #[must_use]
    pub fn new(tokens: &Tokens) -> Self {
        hmac_provider::install();
        Self {
            current: tokens.jwt_secret.clone(),
            previous: tokens.jwt_previous_secrets.clone(),
            algorithm: match tokens.jwt_algorithm {
                JwtAlgorithm::HS256 => Algorithm::HS256,
                JwtAlgorithm::HS384 => Algorithm::HS384,
                JwtAlgorithm::HS512 => Algorithm::HS512,
            },
            audience: tokens.jwt_audience.clone(),
        }
    }

    /// Signs. The token dies on a whole second: the one in which `expires_at` lies.
    #[must_use]
    pub fn sign(&self, claims: &Claims) -> SecretString {
        let wire = Wire {
            sub: claims.user_id.to_string(),
            jti: claims.jti.clone(),
            iat: seconds(claims.issued_at),
            exp: claims.expires_at.as_second(),
            nbf: None,
            aud: self.audience.clone().map(Audience::One),
            purpose: claims.purpose,
            new_email: claims.new_email.clone(),
            old_email: claims.old_email.clone(),
            phone: claims.phone.clone(),
        };
        let key = EncodingKey::from_secret(&*keys::derive(&self.current, claims.purpose.as_str()));
        let token = jsonwebtoken::encode(&Header::new(self.algorithm), &wire, &key);
        token
            .expect("plain claims serialise and an HMAC key signs")
            .into()
    }

    /// Checks signature, purpose, audience and times, and nothing that only the store knows.
    pub fn check(
        &self,
        token: &str,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Claims, InvalidToken> {
        if token.len() > MAX_LENGTH {
            return Err(InvalidToken);
        }
        let mut secrets = std::iter::once(&self.current).chain(&self.previous);
        let wire = secrets
            .find_map(|secret| self.open(token, secret, purpose))
            .ok_or(InvalidToken)?;
        let audience_fits = match (&self.audience, &wire.aud) {
            (None, None) => true,
            (Some(wanted), Some(given)) => given.names(wanted),
            (None, Some(_)) | (Some(_), None) => false,
        };
        let too_early = wire.nbf.is_some_and(|from| from > seconds(now));
        if wire.purpose != purpose || !audience_fits || too_early || wire.jti.is_empty() {
            return Err(InvalidToken);
        }
        let issued_at = exact_moment(wire.iat).ok_or(InvalidToken)?;
        let expires_at = Timestamp::from_second(wire.exp).map_err(|_| InvalidToken)?;
        if expires_at <= now {
            return Err(InvalidToken);
        }
        let user_id = wire.sub.parse().map_err(|_| InvalidToken)?;
        Ok(Claims {
            new_email: wire.new_email,
            old_email: wire.old_email,
            phone: wire.phone,
            ..Claims::new(user_id, wire.jti, issued_at, expires_at, purpose)
        })
    }

    fn open(&self, token: &str, secret: &SecretString, purpose: Purpose) -> Option<Wire> {
        // The library's own checks use the system's clock and a minute's leeway: times and audience are ours.
        let mut validation = Validation::new(self.algorithm);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        let key = DecodingKey::from_secret(&*keys::derive(secret, purpose.as_str()));
        let data = jsonwebtoken::decode::<Wire>(token, &key, &validation).ok()?;
        // RFC 7515 §4.1.11: whoever does not understand a critical header refuses the token. None is understood here.
        data.header.crit.is_none().then_some(data.claims)
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 fit a double's 53 bits until the year 287396"
)]
fn seconds(moment: Timestamp) -> f64 {
    moment.as_millisecond() as f64 / 1000.0
}

/// The whole millisecond of a float `iat`: microseconds are rounded, then cut, so that no double falls one short.
#[allow(
    clippy::cast_possible_truncation,
    reason = "guarded by the range above it"
)]
fn exact_moment(iat: f64) -> Option<Timestamp> {
    (0.0..1e11)
        .contains(&iat)
        .then(|| from_millis((iat * 1e6).round() as i64 / 1000))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

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

    /// Signs any header and body under the key of a purpose.
    fn forge(
        header: &serde_json::Value,
        body: &serde_json::Value,
        secret: &str,
        purpose: &str,
    ) -> String {
        hmac_provider::install();
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(body));
        let key = EncodingKey::from_secret(&*keys::derive(&secret.into(), purpose));
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
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
        let all = [
            Purpose::Session,
            Purpose::PasswordReset,
            Purpose::EmailChange,
            Purpose::PhoneSetup,
            Purpose::LoginMfa,
        ];
        let codec = codec(|_| ());
        for made in all {
            let token = codec.sign(&Claims {
                purpose: made,
                ..claims()
            });
            for asked in all {
                let answer = codec.check(
                    crate::secret::ExposeSecret::expose_secret(&token),
                    asked,
                    at(1_795_413_601),
                );
                assert_eq!(answer.is_ok(), made == asked, "{made:?} as {asked:?}");
            }
        }
        // By claim as well as by key: the session's key does not make another purpose's claim a session.
        let mut lying = body();
        lying["purpose"] = json!("login_mfa");
        assert_eq!(
            check(&forge(&header(), &lying, SECRET, "session")),
            Err(InvalidToken)
        );
        // And by key as well as by claim.
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
    fn no_millisecond_is_lost_in_a_float() {
        for millis in (1_795_413_600_000..1_795_413_602_000).chain([0, 1, 999, 4_102_444_800_999]) {
            assert_eq!(
                exact_moment(seconds(from_millis(millis))),
                Some(from_millis(millis))
            );
        }
    }
}
