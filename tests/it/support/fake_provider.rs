//! A provider that says what a test wants it to, right or wrong; and the browser that goes there and back.
//!
//! It speaks OpenID Connect, and answers as GitHub does besides. It checks what a real one checks: the secret, and that the
//! verifier is of the challenge that came with the browser (PKCE).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use regstack::internals::config::{Provider, ProviderKind, Settings};
use regstack::internals::model::ProviderId;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};

use super::actor::{Answer, NULL, Requests};
use super::served::Served;

pub(crate) const SECRET: &str = "the secret of the client: 100% & more";

/// Answers until the test's runtime ends.
#[derive(Clone)]
pub(crate) struct FakeProvider {
    pub(crate) issuer: String,
    pub(crate) says: Arc<Mutex<Says>>,
}

/// What it says.
pub(crate) struct Says {
    pair: Ed25519KeyPair,
    /// What the next ID token says besides; null leaves a claim out.
    pub(crate) claims: Value,
    /// The header of the next ID token.
    pub(crate) header: Value,
    /// Who signs it: another key pair than the published one, if this is set.
    pub(crate) is_forged: bool,
    /// Whether the signature is left out.
    pub(crate) is_unsigned: bool,
    /// What the discovery document says besides.
    pub(crate) metadata: Value,
    /// What the endpoint of more claims says.
    pub(crate) userinfo: Value,
    /// What `GET /user` and `GET /user/emails` say.
    pub(crate) github: (Value, Value),
    /// Where a real browser is sent back to.
    pub(crate) back_to: String,
    /// Paths that answer 503.
    pub(crate) down: Vec<&'static str>,
    /// Paths whose answers are a redirect to the same answer elsewhere.
    pub(crate) moved: Vec<&'static str>,
    /// Paths whose answers begin with more spaces than are read.
    pub(crate) huge: Vec<&'static str>,
    /// How many codes it has given out.
    codes: u32,
    /// What the browser came with, by the code that it went with.
    sent: HashMap<String, (String, String)>,
    /// By what the moment of the server differs from ours, in seconds.
    pub(crate) now: i64,
    /// The paths that were asked for.
    pub(crate) asked: Vec<String>,
}

fn new_pair() -> Ed25519KeyPair {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap()
}

impl FakeProvider {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let says = Says {
            pair: new_pair(),
            claims: json!({}),
            header: json!({ "alg": "EdDSA", "kid": "1" }),
            is_forged: false,
            is_unsigned: false,
            metadata: json!({}),
            userinfo: NULL,
            github: (NULL, NULL),
            back_to: String::new(),
            down: Vec::new(),
            moved: Vec::new(),
            huge: Vec::new(),
            codes: 0,
            sent: HashMap::new(),
            now: 0,
            asked: Vec::new(),
        };
        let provider = Self {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            says: Arc::new(Mutex::new(says)),
        };
        let router = Router::new().fallback(answer).with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// Its settings under this name.
    pub(crate) fn settings(&self, id: &str) -> Provider {
        let id = ProviderId::parse(id).unwrap();
        let kind = if id.as_str() == "github" {
            ProviderKind::GitHub
        } else {
            ProviderKind::OpenId
        };
        Provider {
            name: id.to_string().to_uppercase(),
            kind,
            issuer: self.issuer.clone(),
            client_id: "regstack".to_owned(),
            client_secret: SECRET.into(),
            scopes: ["openid", "email"].map(str::to_owned).to_vec(),
            redirect_uri: format!("https://app.example/api/auth/oauth/{id}/callback"),
            id,
        }
    }

    /// Who comes back next.
    pub(crate) fn is(&self, claims: Value) {
        self.change(|says| says.claims = claims);
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().unwrap());
    }

    /// What a browser goes back with that was sent to this address.
    pub(crate) fn accept(&self, authorization_url: &str) -> HashMap<String, String> {
        let url = Url::parse(authorization_url).unwrap();
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let mut says = self.says.lock().unwrap();
        says.codes += 1;
        let code = format!("code-{}", says.codes);
        let nonce = asked.get("nonce").cloned().unwrap_or_default();
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["response_type"], "code");
        let challenge = asked["code_challenge"].clone();
        says.sent.insert(code.clone(), (nonce, challenge));
        let back = [
            ("code".to_owned(), code),
            ("state".to_owned(), asked["state"].clone()),
        ];
        back.into()
    }
}

impl Says {
    fn token(&self, issuer: &str, nonce: &str) -> String {
        let mut claims = json!({
            "iss": issuer, "sub": "1", "aud": "regstack", "nonce": nonce, "iat": self.now, "exp": self.now + 300,
            "email": "ada@idp.example", "email_verified": true, "name": "Ada Lovelace",
        });
        for (name, value) in self.claims.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", part(&self.header), part(&claims));
        let pair = self.is_forged.then(new_pair);
        let signature = pair.as_ref().unwrap_or(&self.pair).sign(message.as_bytes());
        let signature = if self.is_unsigned {
            String::new()
        } else {
            URL_SAFE_NO_PAD.encode(signature)
        };
        format!("{message}.{signature}")
    }
}

fn reply(status: u16, body: &Value) -> Response {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(body.to_string().into())
        .unwrap()
}

async fn answer(State(provider): State<FakeProvider>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let (is_moved, is_huge) = {
        let says = provider.says.lock().unwrap();
        let has = |paths: &[&'static str]| paths.iter().any(|one| *one == path);
        (has(&says.moved), has(&says.huge))
    };
    if is_moved {
        let location = format!("{}/moved{path}", provider.issuer);
        let answer = Response::builder().status(307).header("location", location);
        return answer.body(axum::body::Body::empty()).unwrap();
    }
    let answer = usual(provider, request).await;
    if !is_huge {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    head.headers.remove("content-length");
    let spaces = " ".repeat(128 * 1024).into_bytes();
    let said = to_bytes(body, 1024 * 1024).await.unwrap();
    Response::from_parts(head, [&spaces[..], &said].concat().into())
}

async fn usual(provider: FakeProvider, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1024 * 1024).await.unwrap();
    let path = head.uri.path().trim_start_matches("/moved").to_owned();
    let mut says = provider.says.lock().unwrap();
    says.asked.push(head.uri.path().to_owned());
    if says.down.iter().any(|down| *down == path) {
        return reply(503, &json!({ "error": "down" }));
    }
    let issuer = &provider.issuer;
    let header = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap());
    let by_token = header("authorization") == Some("Bearer the-access-token");
    match &*path {
        "/.well-known/openid-configuration" => {
            let mut document = json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/keys"),
                "userinfo_endpoint": format!("{issuer}/userinfo"),
            });
            let more = says.metadata.as_object().unwrap().clone();
            document.as_object_mut().unwrap().extend(more);
            reply(200, &document)
        }
        "/authorize" => {
            let query = head.uri.query().unwrap_or_default().as_bytes();
            let asked: HashMap<String, String> =
                form_urlencoded::parse(query).into_owned().collect();
            says.codes += 1;
            let code = format!("code-{}", says.codes);
            let sent = (asked["nonce"].clone(), asked["code_challenge"].clone());
            says.sent.insert(code.clone(), sent);
            let location = format!("{}?code={code}&state={}", says.back_to, asked["state"]);
            Response::builder()
                .status(302)
                .header("location", location)
                .body(axum::body::Body::empty())
                .unwrap()
        }
        "/keys" => {
            let x = URL_SAFE_NO_PAD.encode(says.pair.public_key().as_ref());
            let key = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "1", "alg": "EdDSA", "use": "sig", "x": x });
            reply(200, &json!({ "keys": [key] }))
        }
        "/token" | "/login/oauth/access_token" => {
            let form: HashMap<String, String> =
                form_urlencoded::parse(&body).into_owned().collect();
            let encoded = |text: &str| -> String {
                form_urlencoded::byte_serialize(text.as_bytes()).collect()
            };
            let pair = format!("{}:{}", encoded("regstack"), encoded(SECRET));
            let basic = format!("Basic {}", STANDARD.encode(pair));
            let is_known = header("authorization") == Some(basic.as_str())
                || form.get("client_secret").map(String::as_str) == Some(SECRET);
            let Some((nonce, challenge)) = says.sent.remove(&form["code"]) else {
                let status = if path == "/token" { 400 } else { 200 };
                return reply(status, &json!({ "error": "invalid_grant" }));
            };
            let verifier = Sha256::digest(form["code_verifier"].as_bytes());
            if !is_known || URL_SAFE_NO_PAD.encode(verifier) != challenge {
                return reply(400, &json!({ "error": "invalid_grant" }));
            }
            let token = says.token(issuer, &nonce);
            reply(
                200,
                &json!({ "access_token": "the-access-token", "token_type": "bearer", "id_token": token }),
            )
        }
        "/userinfo" if by_token => reply(200, &says.userinfo),
        "/api/v3/user" if by_token => reply(200, &says.github.0),
        "/api/v3/user/emails" if by_token => reply(200, &says.github.1),
        "/api/v3/meta" => reply(200, &json!({})),
        _ => reply(404, &json!({})),
    }
}

/// A server that people can log in to with fake providers of these names.
pub(crate) async fn served_with(
    ids: &[&str],
    change: impl FnOnce(&mut Settings),
) -> (Served, Vec<FakeProvider>) {
    let mut providers = Vec::new();
    for _ in ids {
        providers.push(FakeProvider::new().await);
    }
    let settings = ids.iter().zip(&providers);
    let settings: Vec<Provider> = settings
        .map(|(id, provider)| provider.settings(id))
        .collect();
    let served = Served::with(|all| {
        all.oauth.providers = settings;
        all.oauth.enforce_mfa_on_oauth_signin = true;
        all.oauth.state_ttl_seconds = 300;
        all.oauth.completion_ttl_seconds = 30;
        all.features.enable_ui_router = true;
        change(all);
    })
    .await;
    for provider in &providers {
        provider.change(|says| says.now = served.now().as_second());
    }
    (served, providers)
}

/// A browser, which holds one cookie.
pub(crate) struct Browser<'a> {
    served: &'a Served,
    pub(crate) cookie: Option<String>,
}

impl<'a> Browser<'a> {
    pub(crate) fn at(served: &'a Served) -> Self {
        Self {
            served,
            cookie: None,
        }
    }

    fn with_cookie(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.cookie {
            Some(cookie) => {
                request.header("cookie", format!("theme=dark; regstack_oauth={cookie}"))
            }
            None => request,
        }
    }

    fn keep_cookie(&mut self, answer: &Answer) {
        if let Some(line) = answer.header("set-cookie") {
            assert!(line.contains("; HttpOnly; SameSite=Lax"), "{line}");
            let value = line.strip_prefix("regstack_oauth=").unwrap();
            self.cookie = Some(value.split(';').next().unwrap().to_owned());
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let nobody = self.served.unled();
        let request = self.with_cookie(nobody.request(reqwest::Method::GET, path));
        let answer = nobody.send(request).await;
        self.keep_cookie(&answer);
        answer
    }

    /// Begins a login; where the browser is sent.
    pub(crate) async fn start(&mut self, id: &str) -> String {
        let answer = self.get(&format!("/oauth/{id}/start")).await;
        answer.is(302).header("location").unwrap().to_owned()
    }

    /// Begins to link for somebody who is logged in; where the browser is sent.
    pub(crate) async fn start_link(&mut self, person: &impl Requests, id: &str) -> String {
        let request = person.request(reqwest::Method::POST, &format!("/oauth/{id}/link/start"));
        let request = self.with_cookie(request);
        let answer = person.send(request).await;
        self.keep_cookie(&answer);
        answer.is(200).text("authorization_url").to_owned()
    }

    /// Comes back; where that leads.
    pub(crate) async fn come_back(&mut self, id: &str, with: &HashMap<String, String>) -> String {
        let query: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(with)
            .finish();
        let answer = self.get(&format!("/oauth/{id}/callback?{query}")).await;
        assert!(answer.header("set-cookie").is_none());
        answer.is(302).header("location").unwrap().to_owned()
    }

    /// There and back; where that leads.
    pub(crate) async fn go(&mut self, id: &str, provider: &FakeProvider) -> String {
        let address = self.start(id).await;
        let back = provider.accept(&address);
        self.come_back(id, &back).await
    }

    /// Fetches the session.
    pub(crate) async fn exchange(&self, id: &str) -> Answer {
        let actor = self.served.actor();
        let request = actor.request(reqwest::Method::POST, "/oauth/exchange");
        let request = self.with_cookie(request).json(&json!({ "id": id }));
        actor.send(request).await
    }

    /// Logs in, all the way.
    pub(crate) async fn log_in(&mut self, id: &str, provider: &FakeProvider) -> Answer {
        let page = self.go(id, provider).await;
        self.exchange(&completed(&page)).await
    }
}

/// The name of what is to be fetched, out of the address of the page.
#[track_caller]
pub(crate) fn completed(page: &str) -> String {
    let id = page.strip_prefix("/account/oauth-complete?id=");
    id.unwrap_or_else(|| panic!("refused: {page}")).to_owned()
}
