//! Verifies the session tokens of a regstack server with its published keys. Copy it into your program.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{FromRef, FromRequestParts};
use axum::http::{Method, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Redirect, Response};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::Url;
use serde::Deserialize;
use tokio::sync::Mutex;

/// How long keys are cached: as long as the server allows.
const KEEP_KEYS: Duration = Duration::from_secs(300);
/// The minimum time between two requests for keys, however many unknown keys tokens name.
const ASK_AGAIN: Duration = Duration::from_secs(30);

/// A session, as its token describes it. Add it to the parameters of handlers that need a logged-in person.
#[derive(Debug, Deserialize)]
pub struct Session {
    /// The id of the account.
    #[serde(rename = "sub")]
    pub account: String,
    purpose: String,
}

/// Verifies session tokens.
#[derive(Clone)]
pub struct Verifier {
    server: Arc<str>,
    audience: Option<Arc<str>>,
    client: reqwest::Client,
    keys: Arc<Mutex<Keys>>,
}

#[derive(Default)]
struct Keys {
    set: Option<Arc<JwkSet>>,
    read_at: Option<Instant>,
    next_at: Option<Instant>,
}

/// Why there is no session.
pub enum Refusal {
    /// There is no token, or it isn't valid.
    Refused,
    /// The keys can't be read, so it's unknown whether the token is valid.
    Unavailable,
}

impl<E: Into<jsonwebtoken::errors::Error>> From<E> for Refusal {
    fn from(_: E) -> Self {
        Self::Refused
    }
}

impl Verifier {
    /// Returns a verifier for tokens of the server with this `base_url`, and for this audience (`jwt_audience`), if
    /// any.
    #[must_use]
    pub fn new(client: reqwest::Client, server: &str, audience: Option<&str>) -> Self {
        Self {
            server: server.into(),
            audience: audience.map(Into::into),
            client,
            keys: Arc::default(),
        }
    }

    /// Returns the session of a token if the server issued it and it hasn't expired.
    ///
    /// # Errors
    /// [`Refusal`] if the token isn't valid, or if the keys can't be read.
    pub async fn verify(&self, token: &str) -> Result<Session, Refusal> {
        let kid = decode_header(token)?.kid.ok_or(Refusal::Refused)?;
        let set = self.keys(&kid).await?;
        let key = set.find(&kid).ok_or(Refusal::Refused)?;
        // The algorithm comes from the key, never from the token.
        let algorithm = key.common.key_algorithm.ok_or(Refusal::Refused)?;
        let algorithm: Algorithm = algorithm.to_string().parse()?;
        let mut checks = Validation::new(algorithm);
        checks.leeway = 10;
        checks.set_required_spec_claims(&["exp", "iss", "sub"]);
        checks.set_issuer(&[&self.server]);
        if let Some(audience) = &self.audience {
            checks.required_spec_claims.insert("aud".to_owned());
            checks.set_audience(&[audience]);
        }
        let session: Session = decode(token, &DecodingKey::from_jwk(key)?, &checks)?.claims;
        if session.purpose != "session" {
            return Err(Refusal::Refused);
        }
        Ok(session)
    }

    /// Returns the keys. Reads them again if they are old or `kid` isn't among them.
    async fn keys(&self, kid: &str) -> Result<Arc<JwkSet>, Refusal> {
        let mut keys = self.keys.lock().await;
        let now = Instant::now();
        let is_old = keys.read_at.is_none_or(|at| now - at > KEEP_KEYS);
        let is_known = keys.set.as_ref().is_some_and(|set| set.find(kid).is_some());
        if (is_old || !is_known) && keys.next_at.is_none_or(|at| now > at) {
            keys.next_at = Some(now + Duration::from_secs(1));
            if let Ok(set) = self.read().await {
                *keys = Keys {
                    set: Some(Arc::new(set)),
                    read_at: Some(now),
                    next_at: Some(now + ASK_AGAIN),
                };
            }
        }
        keys.set.clone().ok_or(Refusal::Unavailable)
    }

    async fn read(&self) -> reqwest::Result<JwkSet> {
        let url = format!("{}/.well-known/jwks.json", self.server);
        let request = self.client.get(url).timeout(Duration::from_secs(5));
        request.send().await?.error_for_status()?.json().await
    }

    /// Redirects people to the login page, which leads back to where they were. Programs get 401.
    fn refuse(&self, parts: &Parts) -> Response {
        let text = |name| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let accepts_pages = text(header::ACCEPT).is_some_and(|types| types.contains("text/html"));
        if let (&Method::GET, true, Some(host)) = (&parts.method, accepts_pages, text(header::HOST))
        {
            // Use `https://` if people reach your application over HTTPS.
            let here = format!("http://{host}{}", parts.uri);
            let login = format!("{}/account/login", self.server);
            if let Ok(login) = Url::parse_with_params(&login, [("next", here)]) {
                return Redirect::to(login.as_str()).into_response();
            }
        }
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
        (StatusCode::UNAUTHORIZED, challenge, "log in first").into_response()
    }
}

fn token(parts: &Parts) -> Option<&str> {
    let text = |name| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let cookies = text(header::COOKIE).unwrap_or_default().split(';');
    let mut cookies = cookies.filter_map(|cookie| cookie.trim().strip_prefix("regstack_session="));
    let bearer = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    bearer.or_else(|| cookies.next())
}

impl<S> FromRequestParts<S> for Session
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let verifier = Verifier::from_ref(state);
        let verified = verifier.verify(token(parts).unwrap_or_default()).await;
        verified.map_err(|refusal| match refusal {
            Refusal::Refused => verifier.refuse(parts),
            Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        })
    }
}
