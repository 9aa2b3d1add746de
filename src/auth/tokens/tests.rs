//! Tests of signed tokens, including those of the Python package.

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
