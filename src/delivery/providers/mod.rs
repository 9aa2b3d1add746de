//! Other providers that people log in with: where to send the browser, and who the person is when it comes back with a
//! code.
//! Supports OpenID Connect, and OAuth 2 with GitHub's API. It knows no accounts, and keeps only what a provider
//! publishes about itself. Responses are limited in size and time, and redirects are not followed.

mod cache;
mod github;
mod openid;
mod request_thread;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use url::Url;

use self::github::GitHub;
use self::openid::OpenId;
use self::request_thread::RequestThread;
use crate::auth::id_token::ProvenPerson;
use crate::clock::SharedClock;
use crate::config::{self, ProviderKind, SettingError};
use crate::delivery::text;
use crate::model::ProviderId;
use crate::secret::SecretString;

/// The configured providers. Cheap to clone.
#[derive(Clone, Default)]
pub struct Providers(Arc<[Provider]>);

impl Providers {
    /// Creates the providers, without a request to any of them.
    ///
    /// # Errors
    /// The system's certificates cannot be read.
    pub fn new(settings: &config::Oauth, clock: &SharedClock) -> Result<Self, SettingError> {
        if settings.providers.is_empty() {
            return Ok(Self::default());
        }
        let fault = |reason: String| SettingError::new("enable_oauth", reason);
        let requests = RequestThread::open().map_err(fault)?;
        let providers = settings.providers.iter();
        let providers = providers.map(|settings| Provider::new(settings, &requests, clock));
        Ok(Self(providers.collect()))
    }

    /// Returns all providers, in the order of the configuration.
    #[must_use]
    pub fn all(&self) -> &[Provider] {
        &self.0
    }

    /// Returns the provider with this id.
    #[must_use]
    pub fn get(&self, id: &ProviderId) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.id == *id)
    }
}

/// A provider.
pub struct Provider {
    /// Its id in paths.
    pub id: ProviderId,
    /// Its name as people see it.
    pub name: String,
    protocol: Protocol,
}

enum Protocol {
    OpenId(OpenId),
    GitHub(GitHub),
}

/// The parameters of an authorization request, which are checked when the browser comes back.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The `state` that the browser brings back.
    pub state: &'a str,
    /// The nonce that the ID token must contain.
    pub nonce: &'a str,
    /// The PKCE verifier. The provider gets its hash (RFC 7636).
    pub verifier: &'a str,
}

/// The parameters that a browser brings back, with those that were kept.
#[derive(Debug, Clone)]
pub struct Response<'a> {
    /// The authorization code, which the provider exchanges for the person's identity.
    pub code: &'a str,
    /// The issuer of the response (`iss`, RFC 9207).
    pub issuer: Option<&'a str>,
    /// The nonce that the ID token must contain.
    pub nonce: &'a str,
    /// The PKCE verifier whose hash the provider got.
    pub verifier: &'a str,
}

/// Why a person could not be identified. For the log and operators, in one line; never for the browser.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The provider gives no usable response.
    #[error("{0}")]
    Unavailable(String),
    /// The provider refuses the code or this application.
    #[error("{0}")]
    Refused(String),
    /// The response cannot be trusted.
    #[error("{0}")]
    Untrusted(String),
}

impl ProviderError {
    fn unavailable(reason: &str) -> Self {
        Self::Unavailable(text::escaped(reason))
    }

    fn refused(reason: &str) -> Self {
        Self::Refused(text::escaped(reason))
    }

    fn untrusted(reason: &str) -> Self {
        Self::Untrusted(text::escaped(reason))
    }
}

/// The result of a check of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The issuer, or the URL of the provider.
    pub issuer: String,
    /// The number of keys that it publishes. `None` if it signs nothing.
    pub keys: Option<usize>,
    /// Whether it identifies itself in authorization responses (RFC 9207).
    pub names_itself: bool,
}

impl Provider {
    fn new(settings: &config::Provider, requests: &RequestThread, clock: &SharedClock) -> Self {
        let (requests, clock) = (requests.clone(), Arc::clone(clock));
        let client = Client {
            id: settings.client_id.clone(),
            secret: settings.client_secret.clone(),
            redirect_uri: settings.redirect_uri.clone(),
            scope: settings.scopes.join(" "),
        };
        Self {
            id: settings.id.clone(),
            name: settings.name.clone(),
            protocol: match settings.kind {
                ProviderKind::OpenId => Protocol::OpenId(OpenId::new(
                    settings.issuer.clone(),
                    client,
                    requests,
                    clock,
                )),
                ProviderKind::GitHub => {
                    Protocol::GitHub(GitHub::new(&settings.issuer, client, requests))
                }
            },
        }
    }

    /// Returns the URL to send the browser to.
    pub async fn authorization_url(&self, request: &Request<'_>) -> Result<String, ProviderError> {
        match &self.protocol {
            Protocol::OpenId(protocol) => protocol.authorization_url(request).await,
            Protocol::GitHub(protocol) => protocol.authorization_url(request),
        }
    }

    /// Checks that a response is from this provider, as far as it names one (RFC 9207 §2.4). Called before any secret
    /// is sent.
    pub async fn check_issuer(&self, issuer: Option<&str>) -> Result<(), ProviderError> {
        match &self.protocol {
            Protocol::OpenId(protocol) => protocol.check_issuer(issuer).await,
            Protocol::GitHub(protocol) => protocol.check_issuer(issuer),
        }
    }

    /// Returns the person that a response is about.
    pub async fn person(&self, response: &Response<'_>) -> Result<ProvenPerson, ProviderError> {
        self.check_issuer(response.issuer).await?;
        match &self.protocol {
            Protocol::OpenId(protocol) => protocol.person(response).await,
            Protocol::GitHub(protocol) => protocol.person(response).await,
        }
    }

    /// Fetches what the provider publishes about itself.
    pub async fn look(&self) -> Result<Found, ProviderError> {
        match &self.protocol {
            Protocol::OpenId(protocol) => protocol.look().await,
            Protocol::GitHub(protocol) => protocol.look().await,
        }
    }
}

/// The `prompt` value that makes a provider ask which account to use.
const SELECT_ACCOUNT: &str = "select_account";

/// This application as a client of a provider.
struct Client {
    id: String,
    secret: SecretString,
    redirect_uri: String,
    scope: String,
}

impl Client {
    /// Returns the URL of an authorization request (RFC 6749 §4.1.1) with PKCE (RFC 7636 §4.3), and these further
    /// parameters.
    fn authorization_url(
        &self,
        mut endpoint: Url,
        request: &Request<'_>,
        further: &[(&str, &str)],
    ) -> String {
        endpoint
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", &self.scope)
            .append_pair("state", request.state)
            .append_pair("code_challenge", &challenge(request.verifier))
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(further);
        endpoint.into()
    }
}

/// Returns the PKCE code challenge for a verifier, with method `S256` (RFC 7636 §4.2).
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}
