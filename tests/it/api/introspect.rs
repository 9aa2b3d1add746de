//! `POST /introspect` (RFC 7662): what a token is worth at this very moment.

use jiff::SignedDuration;
use regstack::internals::config::JwtAlgorithm;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::actor::{Actor, Answer, PASSWORD, Requests as _};
use crate::support::served::Served;

const FORM: &str = "application/x-www-form-urlencoded";

async fn ask(program: &Actor, token: &str) -> Answer {
    let request = program.request(Method::POST, "/introspect");
    let form = request.form(&[("token", token), ("token_type_hint", "access_token")]);
    program.send(form).await
}

async fn is_active(program: &Actor, token: &str) -> bool {
    let answer = ask(program, token).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let active = answer.is(200).body["active"].as_bool().unwrap();
    if !active {
        assert_eq!(
            answer.body,
            json!({"active": false}),
            "nothing else is told"
        );
    }
    active
}

#[tokio::test]
async fn a_live_token_is_told_of_under_every_algorithm() {
    for algorithm in [
        JwtAlgorithm::HS256,
        JwtAlgorithm::HS512,
        JwtAlgorithm::EdDsa,
    ] {
        let served = Served::with(|settings| {
            settings.tokens.jwt_algorithm = algorithm;
            settings.tokens.jwt_audience = Some("shop".into());
        })
        .await;
        let program = served.service("introspect").await;
        let ada = served.signed_in("ada@example.com").await;
        let answer = ask(&program, ada.token()).await;
        let told = &answer.is(200).body;
        let (now, id) = (served.now(), served.id_of("ada@example.com").await);
        assert_eq!(
            told,
            &json!({
                "active": true,
                "sub": id.to_string(),
                "username": "ada@example.com",
                "email": "ada@example.com",
                "email_verified": true,
                "name": null,
                "admin": false,
                "iat": now.as_second(),
                "exp": now.as_second() + 7200,
                "jti": told["jti"],
                "sid": told["jti"],
                "iss": "http://localhost:8000",
                "aud": "shop",
                "token_type": "Bearer",
            })
        );
        assert!(told["jti"].as_str().is_some_and(|jti| jti.len() == 22));
    }
    let plain = Served::start().await;
    let program = plain.service("introspect").await;
    let ada = plain.signed_in("ada@example.com").await;
    let answer = ask(&program, ada.token()).await;
    assert!(answer.body.get("aud").is_none(), "{answer:?}");
}

#[tokio::test]
async fn what_ends_a_session_is_seen_with_the_next_request() {
    let served = Served::start().await;
    let program = served.service("introspect").await;
    let email = "ada@example.com";
    let operator = served.operator();
    let fresh = async || served.signed_in(email).await;

    let ada = fresh().await;
    assert!(is_active(&program, ada.token()).await);
    ada.log_out().await.is(200);
    assert!(!is_active(&program, ada.token()).await, "logged out");

    let ada = fresh().await;
    operator.revoke_tokens(email).await;
    assert!(!is_active(&program, ada.token()).await, "revoked");

    let ada = fresh().await;
    operator.disable(email).await;
    assert!(!is_active(&program, ada.token()).await, "disabled");
    operator.enable(email).await;
    assert!(!is_active(&program, ada.token()).await, "and it stays so");

    let ada = fresh().await;
    ada.change_password(PASSWORD, "another good password")
        .await
        .is(200);
    assert!(!is_active(&program, ada.token()).await, "another password");

    let ada = served.logged_in(email, "another good password").await;
    served.pass(SignedDuration::from_secs(7199));
    assert!(is_active(&program, ada.token()).await);
    served.pass(SignedDuration::from_secs(2));
    assert!(!is_active(&program, ada.token()).await, "expired");

    let ada = served.logged_in(email, "another good password").await;
    operator.delete(email).await;
    assert!(!is_active(&program, ada.token()).await, "deleted");
}

#[tokio::test]
async fn what_is_no_session_is_inactive_and_no_fault() {
    let served = Served::start().await;
    let program = served.service("introspect").await;
    let ada = served.signed_in("ada@example.com").await;
    served
        .post("/forgot-password", json!({"email": "ada@example.com"}))
        .await
        .is(202);
    let link = served.mailed_token("ada@example.com", 1).await;
    let stranger = Served::start().await;
    let foreign = stranger.signed_in("ada@example.com").await;
    let long = "x".repeat(60_000);
    let (head, _) = ada.token().rsplit_once('.').unwrap();
    let cut = format!("{head}.");
    for token in [
        "",
        " ",
        "x",
        "a.b.c",
        "\0",
        "é",
        program.token(),
        &link,
        foreign.token(),
        &cut,
        &long,
    ] {
        assert!(!is_active(&program, token).await, "{token:.40}");
    }
}

#[tokio::test]
async fn malformed_forms_are_refused() {
    let served = Served::start().await;
    let program = served.service("introspect").await;
    let raw = async |kind: &str, body: Vec<u8>| {
        let request = program.request(Method::POST, "/introspect");
        program
            .send(request.header("content-type", kind).body(body))
            .await
    };
    for kind in ["application/json", "text/plain", "multipart/form-data", ""] {
        let answer = raw(kind, b"token=x".to_vec()).await;
        answer.refused(415, "unsupported_media_type");
    }
    for body in [
        &b""[..],
        b"token_type_hint=access_token",
        b"Token=x",
        b"token=x&token=y",
        b"token=%ff",
        b"{\"token\":\"x\"}",
    ] {
        let answer = raw(FORM, body.to_vec()).await;
        answer.refused(422, "validation_error");
    }
    let huge = [b"token=".to_vec(), vec![b'x'; 70_000]].concat();
    raw(FORM, huge).await.refused(413, "body_too_large");
    let other = b"token=x&client_id=a&client_secret=b".to_vec();
    raw("Application/X-WWW-form-urlencoded; charset=utf-8", other)
        .await
        .is(200);
    program
        .get("/introspect")
        .await
        .refused(405, "method_not_allowed");
}

#[tokio::test]
async fn a_key_comes_as_bearer_or_as_a_basic_password() {
    let served = Served::start().await;
    let program = served.service("introspect").await;
    let basic = |user: &str, password: &str| {
        let request = served.request(Method::POST, "/introspect");
        let request = request.basic_auth(user, Some(password));
        served.send(request.form(&[("token", "x")]))
    };
    for user in ["", "shop"] {
        basic(user, program.token()).await.is(200);
    }
    let wrong = basic("shop", "wrong").await;
    wrong.refused(401, "not_authenticated");
    assert_eq!(wrong.header("www-authenticate"), Some("Bearer"));
    // The user's name is no key.
    basic(program.token(), "")
        .await
        .refused(401, "not_authenticated");
    let in_body = served.request(Method::POST, "/introspect");
    let in_body = in_body.form(&[("token", "x"), ("client_secret", program.token())]);
    served.send(in_body).await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn the_metadata_says_where_to_ask() {
    let served = Served::with(|settings| {
        settings.identity.base_url = "https://accounts.example.com".into();
    })
    .await;
    let metadata = served.get("//.well-known/oauth-authorization-server").await;
    let told: &Value = &metadata.is(200).body;
    assert_eq!(
        told["introspection_endpoint"],
        "https://accounts.example.com/api/auth/introspect"
    );
}
