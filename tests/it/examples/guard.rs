//! Who may pass a protected route, and who may not.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use regstack::internals::config::{JwtAlgorithm, Transport};
use serde_json::{Value, json};

use super::{part, served, status_for, token_at, visit, with_header, with_hmac};
use crate::support::actor::Requests as _;
use crate::support::database::Kind;
use crate::support::example::{Example, With};
use crate::support::served::Served;

/// Makes a test of each engine for each application.
macro_rules! applications {
    ($($name:ident = $with:ident)+) => {
        $(mod $name {
            crate::support::on_both_engines! { lets_live_sessions_pass_and_nobody_else }

            async fn lets_live_sessions_pass_and_nobody_else(kind: crate::support::database::Kind) {
                super::lets_live_sessions_pass_and_nobody_else(super::With::$with, kind).await;
            }
        })+
    };
}

const ADA: &str = "ada@example.com";

applications! {
    fastapi = FastApi
    express = Express
    go = Go
    axum = Axum
}

/// The engines differ in the algorithm, too: the applications take either.
pub(super) fn algorithm_on(kind: Kind) -> JwtAlgorithm {
    match kind {
        Kind::Sqlite => JwtAlgorithm::EdDsa,
        Kind::Mongo => JwtAlgorithm::Es256,
    }
}

async fn lets_live_sessions_pass_and_nobody_else(with: With, kind: Kind) {
    let (served, front) = served(kind, |settings| {
        settings.tokens.jwt_algorithm = algorithm_on(kind);
        settings.tokens.jwt_audience = Some("shop".into());
        settings.tokens.jwt_ttl_seconds = 60;
    })
    .await;
    let ada = served.signed_in(ADA).await;
    let example = Example::start(with, &front.origin, &[("REGSTACK_AUDIENCE", "shop")]);
    let token = ada.token();

    let answer = visit(&example).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let orders: Value = answer.json().await.unwrap();
    let id = served.id_of(ADA).await;
    assert_eq!(orders, json!({ "orders_of": id.to_string() }));
    let cookie = format!("theme=dark; regstack_session={token}");
    let answer = visit(&example).header("cookie", cookie).send().await;
    assert_eq!(answer.unwrap().status(), 200, "by the cookie");

    nobody_is_led_to_the_login(&example, &front.origin).await;
    for (bad, why) in bad_tokens(&served, token).await {
        assert_eq!(status_for(&example, &bad).await, 401, "{why}");
        let cookie = format!("regstack_session={bad}");
        let answer = visit(&example).header("cookie", cookie).send().await;
        assert_eq!(answer.unwrap().status(), 401, "{why}, in the cookie");
    }
    assert_eq!(status_for(&example, token).await, 200, "still");
    assert_eq!(front.key_reads(), 1, "the keys are kept");

    // The price of asking nobody: the account is disabled, and the token lives until it expires.
    served.operator().disable(ADA).await;
    ada.me().await.is(401);
    assert_eq!(status_for(&example, token).await, 200);
}

/// Programs get 401, people the login page.
pub(super) async fn nobody_is_led_to_the_login(example: &Example, regstack: &str) {
    let answer = visit(example).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["www-authenticate"], "Bearer");
    for accept in ["application/json", "*/*"] {
        let answer = visit(example).header("accept", accept).send().await;
        assert_eq!(answer.unwrap().status(), 401, "{accept}");
    }
    let navigation = "text/html,application/xhtml+xml,*/*;q=0.8";
    let answer = visit(example).header("accept", navigation).send().await;
    let answer = answer.unwrap();
    assert_eq!(answer.status(), 303);
    let login = answer.headers()["location"].to_str().unwrap();
    let login = url::Url::parse(login).unwrap();
    assert!(
        login
            .as_str()
            .starts_with(&format!("{regstack}/account/login?"))
    );
    let query: Vec<_> = login.query_pairs().into_owned().collect();
    let here = format!("{}/orders?page=2", example.origin);
    assert_eq!(query, [("next".to_owned(), here)]);
}

/// Tokens that nobody may pass with, and what is wrong with each.
async fn bad_tokens(served: &Served, token: &str) -> Vec<(String, &'static str)> {
    // The clock as it was when this one was made: it ended a minute ago.
    served.pass(SignedDuration::from_secs(-120));
    let expired = token_at(served, ADA).await;
    served.pass(SignedDuration::from_secs(120));
    let issuer = served
        .sibling_with(|settings| settings.identity.base_url = "https://other.example".into())
        .await;
    let audience = served
        .sibling_with(|settings| settings.tokens.jwt_audience = Some("bank".into()))
        .await;
    let no_audience = served
        .sibling_with(|settings| settings.tokens.jwt_audience = None)
        .await;
    let secret = served
        .sibling_with(|settings| settings.tokens.jwt_algorithm = JwtAlgorithm::HS256)
        .await;
    let stranger = Served::with(|settings| {
        settings.tokens.jwt_algorithm = served.app.settings.tokens.jwt_algorithm;
        settings.tokens.jwt_audience = Some("shop".into());
        let issuer = &served.app.settings.identity.base_url;
        settings.identity.base_url.clone_from(issuer);
    })
    .await;
    stranger.account(ADA, |_| ()).await;
    let strange = token_at(&stranger, ADA).await;

    let own_header = part(token, 0);
    let mut bad = vec![
        (expired, "expired"),
        (token_at(&issuer, ADA).await, "another issuer"),
        (token_at(&audience, ADA).await, "another audience"),
        (token_at(&no_audience, ADA).await, "no audience"),
        (token_at(&secret, ADA).await, "under the secret of regstack"),
        (
            with_header(&strange, &own_header),
            "another's under our key's name",
        ),
        (strange, "under a key of another regstack"),
    ];
    bad.extend(forged_tokens(served, token).await);
    bad
}

/// The token, tampered with in the ways of old.
pub(super) async fn forged_tokens(served: &Served, token: &str) -> Vec<(String, &'static str)> {
    let header = part(token, 0);
    let (alg, kid) = (&header["alg"], &header["kid"]);
    let keys = served.get("//.well-known/jwks.json").await;
    let key = &keys.body["keys"][0];
    let public = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    // The form in which libraries of old took a public key for a secret.
    let spki = [
        b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".as_slice(),
        &public,
    ]
    .concat();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        STANDARD.encode(spki)
    );
    let hs256 = json!({"alg": "HS256", "typ": "JWT", "kid": kid});
    let (message, signature) = token.rsplit_once('.').unwrap();
    let mut claims = part(token, 1);
    claims["sub"] = json!("0".repeat(24));
    let others = format!(
        "{}.{}",
        token.split('.').next().unwrap(),
        super::encode(&claims)
    );
    vec![
        (
            with_hmac(token, &hs256, &public),
            "the public key as a secret",
        ),
        (
            with_hmac(token, &hs256, pem.as_bytes()),
            "its PEM as a secret",
        ),
        (
            with_hmac(token, &json!({"alg": alg, "kid": kid}), &public),
            "an HMAC under our algorithm's name",
        ),
        (
            with_hmac(
                token,
                &json!({"alg": "HS256", "kid": "../../../dev/null"}),
                b"",
            ),
            "a path as the key's name",
        ),
        (
            with_header(token, &json!({"alg": "none", "kid": kid})),
            "none",
        ),
        (with_header(token, &json!({"alg": alg})), "no key's name"),
        (
            with_header(token, &json!({"alg": alg, "kid": 7})),
            "a number as the key's name",
        ),
        (format!("{message}."), "no signature"),
        (format!("{others}.{signature}"), "another account"),
        (token.replacen('.', "", 1), "two parts"),
        ("null".to_owned(), "no token at all"),
    ]
}

/// Where nobody can read the keys, nobody is told to log in again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_of_regstack_is_no_end_of_sessions() {
    let (served, _front) = served(Kind::Sqlite, |settings| {
        settings.tokens.jwt_algorithm = JwtAlgorithm::EdDsa;
        settings.tokens.transport = Transport::Bearer;
    })
    .await;
    let ada = served.signed_in(ADA).await;
    for with in With::ALL {
        // Nobody listens there.
        let example = Example::start(with, "http://127.0.0.1:1", &[]);
        let status = status_for(&example, ada.token()).await;
        assert!(status.is_server_error(), "{with:?}: {status}");
    }
}
