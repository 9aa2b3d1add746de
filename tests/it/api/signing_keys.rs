//! Session tokens that others verify with the published keys (`jwt_algorithm` of EdDSA or ES256).

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use regstack::internals::auth::key_pairs;
use regstack::internals::config::{JwtAlgorithm, Settings, TokenClaim};
use regstack::internals::model::{Actor, Origin, SigningAlgorithm};
use serde_json::{Value, json};

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::served::{Served, at_once};

fn ed_dsa(settings: &mut Settings) {
    settings.tokens.jwt_algorithm = JwtAlgorithm::EdDsa;
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

async fn key_set(served: &Served) -> Vec<Value> {
    let answer = served.anonymous().get("//.well-known/jwks.json").await;
    answer.is(200).body["keys"].as_array().unwrap().clone()
}

/// Whether one of the keys verifies the token, as a program that has nothing but the set finds out.
fn verifies(keys: &[Value], token: &str) -> bool {
    let header = part(token, 0);
    let Some(key) = keys.iter().find(|key| key["kid"] == header["kid"]) else {
        return false;
    };
    let decode = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let (algorithm, public_key) = match key["alg"].as_str().unwrap() {
        "EdDSA" => (SigningAlgorithm::EdDsa, decode("x")),
        _ => (
            SigningAlgorithm::Es256,
            [vec![4], decode("x"), decode("y")].concat(),
        ),
    };
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    header["alg"] == key["alg"]
        && key_pairs::verifies(algorithm, &public_key, message.as_bytes(), &signature)
}

async fn token_of(served: &Served, email: &str) -> String {
    let answer = served.log_in(email, PASSWORD).await;
    answer.is(200).text("access_token").to_owned()
}

async fn status_of(served: &Served, token: &str) -> u16 {
    served.bearer(token).me().await.status.as_u16()
}

#[tokio::test]
async fn a_session_is_verified_with_the_published_key_alone() {
    for algorithm in [JwtAlgorithm::EdDsa, JwtAlgorithm::Es256] {
        let served = Served::with(|settings| {
            settings.tokens.jwt_algorithm = algorithm;
            settings.tokens.jwt_audience = Some("shop".into());
            settings.tokens.token_claims = vec![TokenClaim::Email, TokenClaim::Admin];
        })
        .await;
        served.signed_up("ada@example.com").await;
        let token = token_of(&served, "ada@example.com").await;
        let keys = key_set(&served).await;
        assert_eq!(keys.len(), 1);
        assert!(verifies(&keys, &token));
        assert_eq!(part(&token, 0)["alg"], algorithm.as_str());
        let claims = part(&token, 1);
        assert_eq!(
            (&claims["email"], &claims["admin"], &claims["aud"]),
            (&json!("ada@example.com"), &json!(false), &json!("shop"))
        );
        assert_eq!(claims["sid"], claims["jti"]);
        let metadata = served
            .anonymous()
            .get("//.well-known/oauth-authorization-server")
            .await;
        assert_eq!(claims["iss"], metadata.is(200).body["issuer"]);
        assert!(claims.get("name").is_none(), "only what was asked for");
        assert_eq!(status_of(&served, &token).await, 200);
        served.bearer(&token).log_out().await.is(200);
        assert_eq!(status_of(&served, &token).await, 401);
    }
}

#[tokio::test]
async fn two_servers_that_start_at_once_make_one_key() {
    let one = Served::with(ed_dsa).await;
    let other = one.sibling().await;
    one.account("ada@example.com", |_| ()).await;
    let tokens = at_once(8, |index| {
        token_of([&one, &other][index % 2], "ada@example.com")
    })
    .await;
    let keys = key_set(&one).await;
    assert_eq!(keys.len(), 1, "{keys:?}");
    assert_eq!(keys, key_set(&other).await);
    for token in &tokens {
        for served in [&one, &other] {
            assert_eq!(status_of(served, token).await, 200);
        }
    }
}

#[tokio::test]
async fn a_change_of_the_algorithm_signs_nobody_out() {
    let before = Served::start().await;
    before.account("ada@example.com", |_| ()).await;
    let old = token_of(&before, "ada@example.com").await;
    let after = before.sibling_with(ed_dsa).await;
    assert_eq!(status_of(&after, &old).await, 200);
    let new = token_of(&after, "ada@example.com").await;
    assert_eq!(
        status_of(&after, &old).await,
        200,
        "once there is a key, too"
    );
    assert_eq!(status_of(&before, &new).await, 200, "and the way back");
    // Once every server must know the key, the secret alone makes no session.
    before.pass(SignedDuration::from_hours(2));
    let late = token_of(&before, "ada@example.com").await;
    assert_eq!(status_of(&before, &late).await, 200);
    assert_eq!(status_of(&after, &late).await, 401);
}

/// Sessions and servers of before a change of the algorithm, and of an hour later.
async fn signs_nobody_out(before: JwtAlgorithm, after: JwtAlgorithm) {
    let how = format!("{before:?} to {after:?}");
    let one = Served::with(|settings| settings.tokens.jwt_algorithm = before).await;
    one.account("ada@example.com", |_| ()).await;
    let old = token_of(&one, "ada@example.com").await;
    one.post("/forgot-password", json!({"email": "ada@example.com"}))
        .await
        .is(202);
    let link = one.mailed_token("ada@example.com", 1).await;
    // A minute later the servers start anew, one after the other.
    one.pass(SignedDuration::from_mins(1));
    let other = one
        .sibling_with(|settings| settings.tokens.jwt_algorithm = after)
        .await;
    one.pass(SignedDuration::from_mins(1));
    assert_eq!(status_of(&other, &old).await, 200, "{how}");
    let late = token_of(&one, "ada@example.com").await;
    assert_eq!(status_of(&other, &late).await, 200, "{how}: a server later");
    let new = token_of(&other, "ada@example.com").await;
    assert_eq!(status_of(&other, &new).await, 200, "{how}");
    // An hour on nobody signs so any more.
    one.pass(SignedDuration::from_mins(61));
    let forged = token_of(&one, "ada@example.com").await;
    let taken = status_of(&other, &forged).await;
    let by_key = before == JwtAlgorithm::EdDsa;
    assert_eq!(
        taken,
        if by_key { 200 } else { 401 },
        "{how}: an hour later"
    );
    let wish = json!({"token": link, "new_password": "another good password"});
    let reset = other.post("/reset-password", wish).await;
    let is_over = reset.status == 400;
    assert!(is_over, "a mailed link has expired by now: {reset:?}");
}

mod a_change_of_the_hmac_signs_nobody_out {
    use super::JwtAlgorithm::{EdDsa, Es256, HS256, HS384, HS512};
    use super::signs_nobody_out;

    #[tokio::test]
    async fn hs256_to_hs512() {
        signs_nobody_out(HS256, HS512).await;
    }

    #[tokio::test]
    async fn hs512_to_hs256() {
        signs_nobody_out(HS512, HS256).await;
    }

    #[tokio::test]
    async fn hs384_to_hs512() {
        signs_nobody_out(HS384, HS512).await;
    }

    #[tokio::test]
    async fn hs512_to_eddsa() {
        signs_nobody_out(HS512, EdDsa).await;
    }

    #[tokio::test]
    async fn hs384_to_es256() {
        signs_nobody_out(HS384, Es256).await;
    }

    #[tokio::test]
    async fn eddsa_to_hs512() {
        signs_nobody_out(EdDsa, HS512).await;
    }
}

#[tokio::test]
async fn a_mailed_link_outlives_a_change_of_the_hmac() {
    let one = Served::start().await;
    one.account("ada@example.com", |_| ()).await;
    one.post("/forgot-password", json!({"email": "ada@example.com"}))
        .await
        .is(202);
    let link = one.mailed_token("ada@example.com", 1).await;
    let other = one
        .sibling_with(|settings| settings.tokens.jwt_algorithm = JwtAlgorithm::HS512)
        .await;
    let wish = json!({"token": link, "new_password": "another good password"});
    other.post("/reset-password", wish).await.is(200);
}

#[tokio::test]
async fn keys_leave_their_traces_in_the_audit_trail() {
    let served = Served::with(|settings| {
        ed_dsa(settings);
        settings.features.enable_admin_router = true;
        settings.tokens.signing_key_rotation_days = 0;
    })
    .await;
    let admin = served.admin().await;
    let accounts = &served.app.accounts;
    let operator = Origin {
        actor: Actor::Operator("root".into()),
        ..Origin::server()
    };
    let rotated = accounts.rotate_signing_key(true, &operator).await.unwrap();
    let first = &served.app.accounts.signing_keys().await.unwrap()[0].key.kid;
    accounts
        .remove_signing_key(first, true, &operator)
        .await
        .unwrap();
    served.pass(SignedDuration::from_mins(1));
    let admin = served
        .logged_in("root@example.com", PASSWORD)
        .await
        .at(&admin);
    let kid = rotated.unwrap().kid;
    for (kind, by, named) in [
        ("signing_key_created", "server", first),
        ("signing_key_rotated", "operator:root", &kid),
        ("signing_key_removed", "operator:root", first),
    ] {
        let events = admin.get(&format!("/admin/events?type={kind}")).await;
        let [event] = events.is(200).items() else {
            panic!("{kind}: {events:?}");
        };
        assert_eq!(event["actor"], by);
        assert_eq!(event["data"]["kid"].as_str(), Some(named.as_str()));
        assert_eq!(event["data"]["algorithm"], "EdDSA");
    }
}

#[tokio::test]
async fn rotation_refuses_no_live_token() {
    let served = Served::with(|settings| {
        ed_dsa(settings);
        settings.tokens.signing_key_rotation_days = 1;
    })
    .await;
    served.account("ada@example.com", |_| ()).await;
    let mut seen = HashSet::new();
    // What a client keeps for five minutes, read just before each step.
    let mut kept = key_set(&served).await;
    let mut alive: Vec<(u32, String)> = Vec::new();
    for step in 0..160_u32 {
        served.app.accounts.maintain_signing_keys().await.unwrap();
        let token = token_of(&served, "ada@example.com").await;
        seen.insert(part(&token, 0)["kid"].to_string());
        alive.push((step, token));
        // Two hours of life, half an hour a step.
        alive.retain(|(born, _)| step - born < 4);
        for (born, token) in &alive {
            assert!(
                verifies(&kept, token),
                "step {step}: a token of step {born}"
            );
        }
        kept = key_set(&served).await;
        assert!(kept.len() <= 2, "spent keys leave");
        served.pass(SignedDuration::from_mins(30));
    }
    assert!(seen.len() >= 3, "{} keys signed", seen.len());
}

#[tokio::test]
async fn a_copy_of_the_database_alone_signs_nothing() {
    let served = Served::with(ed_dsa).await;
    served.account("ada@example.com", |_| ()).await;
    let token = token_of(&served, "ada@example.com").await;
    let [own] = key_set(&served).await.try_into().unwrap();
    let thief = served
        .sibling_with(|settings| {
            ed_dsa(settings);
            settings.tokens.jwt_secret = "another secret of at least 32 characters".into();
        })
        .await;
    let stolen = token_of(&thief, "ada@example.com").await;
    assert_ne!(part(&stolen, 0)["kid"], own["kid"], "it cannot use the key");
    assert_eq!(status_of(&served, &token).await, 200);
}

#[tokio::test]
async fn a_secret_that_is_replaced_keeps_the_keys() {
    let served = Served::with(ed_dsa).await;
    served.account("ada@example.com", |_| ()).await;
    let token = token_of(&served, "ada@example.com").await;
    let set = key_set(&served).await;
    let old = served.app.settings.tokens.jwt_secret.clone();
    let new = "the next secret of at least 32 characters, long";
    let rotated = served
        .sibling_with(|settings| {
            ed_dsa(settings);
            settings.tokens.jwt_secret = new.into();
            settings.tokens.jwt_previous_secrets = vec![old];
        })
        .await;
    rotated.app.accounts.maintain_signing_keys().await.unwrap();
    let only_new = served
        .sibling_with(|settings| {
            ed_dsa(settings);
            settings.tokens.jwt_secret = new.into();
        })
        .await;
    assert_eq!(status_of(&only_new, &token).await, 200);
    let next = token_of(&only_new, "ada@example.com").await;
    assert_eq!(
        part(&next, 0)["kid"],
        set[0]["kid"],
        "sealed anew, and used"
    );
    assert_eq!(key_set(&only_new).await, set);
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let served = Served::with(ed_dsa).await;
    served.account("ada@example.com", |_| ()).await;
    let token = token_of(&served, "ada@example.com").await;
    let [key] = key_set(&served).await.try_into().unwrap();
    let public = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    let claims = token.split('.').nth(1).unwrap();
    let encode = |header: &Value| URL_SAFE_NO_PAD.encode(header.to_string());
    let hmac = |header: &Value, secret: &[u8]| {
        use hmac::{KeyInit as _, Mac as _};
        let message = format!("{}.{claims}", encode(header));
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
        mac.update(message.as_bytes());
        let mac = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        format!("{message}.{mac}")
    };
    let kid = &key["kid"];
    let stranger = key_pairs::PrivateKey::read(
        SigningAlgorithm::EdDsa,
        &key_pairs::generate(SigningAlgorithm::EdDsa).unwrap(),
    )
    .unwrap();
    let strange_key = key_pairs::jwk(SigningAlgorithm::EdDsa, stranger.public(), "strange");
    let by_stranger = |header: &Value| {
        let message = format!("{}.{claims}", encode(header));
        let signature = URL_SAFE_NO_PAD.encode(stranger.sign(message.as_bytes()));
        format!("{message}.{signature}")
    };
    let signature = token.rsplit('.').next().unwrap();
    let with_header = |header: &Value| format!("{}.{claims}.{signature}", encode(header));
    for (forged, how) in [
        (
            hmac(&json!({"alg": "HS256", "kid": kid}), &public),
            "the public key as a secret",
        ),
        (
            hmac(&json!({"alg": "EdDSA", "kid": kid}), &public),
            "an HMAC called EdDSA",
        ),
        (
            by_stranger(&json!({"alg": "EdDSA", "kid": kid})),
            "another's key under the name",
        ),
        (by_stranger(&json!({"alg": "EdDSA"})), "no name"),
        (
            by_stranger(&json!({"alg": "EdDSA", "kid": "../../dev/null"})),
            "a path as name",
        ),
        (
            by_stranger(&json!({"alg": "EdDSA", "kid": kid, "jwk": strange_key})),
            "a key in the header",
        ),
        (
            by_stranger(&json!({"alg": "EdDSA", "kid": "strange", "jwk": strange_key})),
            "a key in the header, under its own name",
        ),
        (
            by_stranger(
                &json!({"alg": "EdDSA", "kid": kid, "jku": "http://127.0.0.1:1/jwks.json"}),
            ),
            "a key set elsewhere",
        ),
        (
            by_stranger(&json!({"alg": "EdDSA", "kid": ""})),
            "an empty name",
        ),
        (
            with_header(&json!({"alg": "ES256", "kid": kid})),
            "another algorithm",
        ),
        (with_header(&json!({"alg": "none", "kid": kid})), "none"),
        (
            with_header(&json!({"alg": "EdDSA", "kid": kid, "crit": ["b64"]})),
            "crit",
        ),
        (
            format!("{}.{claims}.", encode(&json!({"alg": "EdDSA", "kid": kid}))),
            "no signature",
        ),
    ] {
        assert_eq!(status_of(&served, &forged).await, 401, "{how}");
    }
    assert_eq!(status_of(&served, &token).await, 200);
}

#[tokio::test]
async fn the_key_set_is_kept_for_five_minutes_and_told_by_its_tag() {
    let served = Served::with(ed_dsa).await;
    let first = served.anonymous().get("//.well-known/jwks.json").await;
    assert_eq!(first.header("cache-control"), Some("public, max-age=300"));
    let tag = first.header("etag").unwrap().to_owned();
    let url = format!("{}/.well-known/jwks.json", served.origin);
    let again = reqwest::Client::new()
        .get(url)
        .header("if-none-match", tag)
        .header("host", "evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 304);
    let metadata = reqwest::Client::new()
        .get(format!(
            "{}/.well-known/oauth-authorization-server",
            served.origin
        ))
        .header("host", "evil.example")
        .send()
        .await
        .unwrap();
    assert!(!metadata.text().await.unwrap().contains("evil"));
    let under_prefix = served.anonymous().get("/.well-known/jwks.json").await;
    assert_eq!(under_prefix.is(200).body, first.body);
    let plain = Served::start().await;
    assert_eq!(
        key_set(&plain).await,
        Vec::<Value>::new(),
        "an HMAC has none"
    );
}
