//! Tests of ID tokens: which are accepted, and why others are refused.

use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::json;

use super::*;

const NOW: i64 = 1_795_413_600;

fn pair() -> Ed25519KeyPair {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap()
}

fn published(pair: &Ed25519KeyPair) -> ProviderKeys {
    let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    let set = json!({ "keys": [
            { "kty": "oct", "k": "c2VjcmV0", "kid": "one" },
            { "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "one", "x": x },
        ] });
    ProviderKeys::parse(set.to_string().as_bytes()).unwrap()
}

fn claims() -> Value {
    json!({
        "iss": "https://idp.example", "sub": "248289761001", "aud": "client", "nonce": "n-0S6",
        "exp": NOW + 300, "iat": NOW, "email": "ada@example.com", "email_verified": true, "name": "Ada",
    })
}

fn signed(pair: &Ed25519KeyPair, header: &Value, claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(pair.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "kid": "one" })
}

fn expected(issuer: &str) -> Expected<'_> {
    Expected {
        issuer,
        client_id: "client",
        nonce: "n-0S6",
        access_token: Some("an access token"),
        now: Timestamp::from_second(NOW).unwrap(),
    }
}

#[test]
fn a_token_in_order_tells_who_somebody_is() {
    let pair = pair();
    let person = published(&pair).verify(
        &signed(&pair, &header(), &claims()),
        &expected("https://idp.example"),
    );
    let ada = ProvenPerson {
        subject: "248289761001".to_owned(),
        email: Some("ada@example.com".to_owned()),
        is_email_verified: true,
        full_name: Some("Ada".to_owned()),
    };
    assert_eq!(person, Ok(ada));
}

#[test]
fn each_claim_that_is_wrong_is_refused() {
    use IdTokenFault::{
        AccessToken, Audience, Expired, Form, Issuer, Nonce, Subject, TooEarly, TooOld,
    };
    let (pair, keys) = {
        let pair = pair();
        let keys = published(&pair);
        (pair, keys)
    };
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value;
        }
        keys.verify(
            &signed(&pair, &header(), &claims),
            &expected("https://idp.example"),
        )
    };
    for (name, value, fault) in [
        ("iss", json!("https://idp.example/"), Issuer),
        ("iss", json!("https://evil.example"), Issuer),
        ("iss", json!(null), Issuer),
        ("aud", json!("other"), Audience),
        ("aud", json!(["client", "other"]), Audience),
        ("aud", json!(["other"]), Audience),
        ("aud", json!(null), Audience),
        ("azp", json!("other"), Audience),
        ("azp", json!(7), Audience),
        ("nonce", json!("n-0S7"), Nonce),
        ("nonce", json!(""), Nonce),
        ("nonce", json!(null), Nonce),
        ("exp", json!(NOW - 60), Expired),
        ("exp", json!(null), Expired),
        ("exp", json!("1795413900"), Form),
        ("exp", json!(1e300), Form),
        ("iat", json!(NOW + 61), TooEarly),
        ("iat", json!(null), Form),
        ("iat", json!(NOW - 30 * 60 - 1), TooOld),
        (
            "at_hash",
            json!(half_hash(&digest::SHA512, "another")),
            AccessToken,
        ),
        (
            "at_hash",
            json!(half_hash(&digest::SHA256, "an access token")),
            AccessToken,
        ),
        ("at_hash", json!(7), AccessToken),
        ("nbf", json!(NOW + 61), TooEarly),
        ("sub", json!(""), Subject),
        ("sub", json!(7), Subject),
        ("sub", json!("x".repeat(256)), Subject),
        ("sub", json!(null), Subject),
    ] {
        assert_eq!(with(name, value.clone()), Err(fault), "{name} {value}");
    }
    for (name, value) in [
        ("exp", json!(NOW - 59)),
        ("iat", json!(NOW + 60)),
        ("iat", json!(1_795_413_600.5)),
        ("nbf", json!(NOW + 60)),
        ("azp", json!("client")),
        (
            "at_hash",
            json!(half_hash(&digest::SHA512, "an access token")),
        ),
        ("iat", json!(NOW - 30 * 60)),
        ("aud", json!(["client"])),
    ] {
        assert!(with(name, value.clone()).is_ok(), "{name} {value}");
    }
    let mut several = claims();
    several["aud"] = json!(["client", "other"]);
    several["azp"] = json!("client");
    let told = signed(&pair, &header(), &several);
    assert!(keys.verify(&told, &expected("https://idp.example")).is_ok());
}

#[test]
fn only_a_published_key_signs_and_nothing_goes_unsigned() {
    let (ours, other) = (pair(), pair());
    let keys = published(&ours);
    let verify = |token: &str| keys.verify(token, &expected("https://idp.example"));
    let good = signed(&ours, &header(), &claims());
    assert!(verify(&good).is_ok());
    assert!(verify(&signed(&ours, &json!({ "alg": "EdDSA" }), &claims())).is_ok());
    let forged = signed(&other, &header(), &claims());
    assert_eq!(verify(&forged), Err(IdTokenFault::Signature));
    for (header, fault) in [
        (
            json!({ "alg": "EdDSA", "kid": "two" }),
            IdTokenFault::UnknownKey,
        ),
        (
            json!({ "alg": "RS256", "kid": "one" }),
            IdTokenFault::UnknownKey,
        ),
        (
            json!({ "alg": "HS256", "kid": "one" }),
            IdTokenFault::Algorithm,
        ),
        (json!({ "alg": "none" }), IdTokenFault::Form),
        (json!({ "alg": "None" }), IdTokenFault::Form),
        (
            json!({ "alg": "EdDSA", "kid": "one", "crit": ["x"], "x": 1 }),
            IdTokenFault::Signature,
        ),
    ] {
        let token = signed(&ours, &header, &claims());
        assert_eq!(verify(&token), Err(fault), "{header}");
    }
    let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
    assert_eq!(verify(&unsigned), Err(IdTokenFault::Signature));
    for nonsense in ["", "a.b.c", "é", &"x".repeat(20_000)] {
        assert_eq!(verify(nonsense), Err(IdTokenFault::Form));
    }
}

/// A public key must never work as the secret of an HMAC, whatever the token's header says.
#[test]
fn a_header_changes_neither_the_kind_of_a_key_nor_which_one_it_is() {
    use hmac::{KeyInit as _, Mac as _};
    let (ours, other) = (pair(), pair());
    let keys = published(&ours);
    let verify = |token: &str| keys.verify(token, &expected("https://idp.example"));
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let raw = ours.public_key().as_ref().to_vec();
    let text = URL_SAFE_NO_PAD.encode(&raw).into_bytes();
    // The last one is the key in the set that can't verify signatures of others.
    for key in [raw, text, b"secret".to_vec()] {
        let header = json!({ "alg": "HS256", "kid": "one" });
        let message = format!("{}.{}", part(&header), part(&claims()));
        let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
        let mac = mac.chain_update(&message).finalize().into_bytes();
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac));
        assert_eq!(verify(&token), Err(IdTokenFault::Algorithm));
    }
    // A key inside the token's header is ignored.
    let x = URL_SAFE_NO_PAD.encode(other.public_key().as_ref());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
    let header =
        json!({ "alg": "EdDSA", "kid": "one", "jwk": jwk, "jku": "https://evil.example/keys" });
    let brought = signed(&other, &header, &claims());
    assert_eq!(verify(&brought), Err(IdTokenFault::Signature));
    // If two keys are published, the one that the token names is used.
    let key = |pair: &Ed25519KeyPair, kid: &str, purpose: &str| {
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        json!({ "kty": "OKP", "crv": "Ed25519", "use": purpose, "kid": kid, "x": x })
    };
    let set = json!({ "keys": [key(&ours, "one", "sig"), key(&other, "two", "sig")] });
    let two = ProviderKeys::parse(set.to_string().as_bytes()).unwrap();
    let verify =
        |keys: &ProviderKeys, token: &str| keys.verify(token, &expected("https://idp.example"));
    let confused = signed(&other, &json!({ "alg": "EdDSA", "kid": "one" }), &claims());
    assert_eq!(verify(&two, &confused), Err(IdTokenFault::Signature));
    let named = signed(&other, &json!({ "alg": "EdDSA", "kid": "two" }), &claims());
    assert!(verify(&two, &named).is_ok());
    // A key for encryption can't verify signatures.
    let set = json!({ "keys": [key(&ours, "one", "enc")] });
    let encrypting = ProviderKeys::parse(set.to_string().as_bytes()).unwrap();
    let token = signed(&ours, &json!({ "alg": "EdDSA", "kid": "one" }), &claims());
    assert_eq!(verify(&encrypting, &token), Err(IdTokenFault::UnknownKey));
}

#[test]
fn a_tenants_issuer_is_that_of_the_very_tenant() {
    let (pair, tenant) = (pair(), "9188040d-6c67-4c5b-b112-36a304b66dad");
    let keys = published(&pair);
    let template = "https://login.example/{tenantid}/v2.0";
    let verify = |issuer: &str, tenant: Value| {
        let mut claims = claims();
        claims["iss"] = json!(issuer);
        claims["tid"] = tenant;
        keys.verify(&signed(&pair, &header(), &claims), &expected(template))
    };
    let own = format!("https://login.example/{tenant}/v2.0");
    assert!(verify(&own, json!(tenant)).is_ok());
    let other = "00000000-0000-0000-0000-000000000000";
    for (issuer, tenant) in [
        (&*own, json!(other)),
        (&*own, json!(null)),
        (template, json!("{tenantid}")),
        ("https://login.example/x/v2.0", json!("x")),
    ] {
        let refused = verify(issuer, tenant.clone());
        assert_eq!(refused, Err(IdTokenFault::Issuer), "{issuer} {tenant}");
    }
}

#[test]
fn an_address_counts_as_verified_only_where_the_provider_says_so() {
    let says = |more: Value| {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove("email_verified");
        claims
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        ProvenPerson::of_claims(claims.as_object().unwrap())
            .unwrap()
            .is_email_verified
    };
    for yes in [
        json!({"email_verified": true}),
        json!({"email_verified": "true"}),
        json!({"xms_edov": 1}),
        json!({"xms_edov": "1"}),
    ] {
        assert!(says(yes.clone()), "{yes}");
    }
    for no in [
        json!({}),
        json!({"email_verified": false}),
        json!({"email_verified": "false"}),
        json!({"email_verified": "yes"}),
        json!({"email_verified": null}),
        json!({"email_verified": false, "xms_edov": true}),
        json!({"xms_edov": 0}),
    ] {
        assert!(!says(no.clone()), "{no}");
    }
}
