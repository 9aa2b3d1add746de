//! Other providers that people log in with: where a browser is sent, and who somebody is that comes back with a code.
//!
//! Speaks OpenID Connect, and OAuth 2 with GitHub's API. Knows no account, and keeps nothing but what a provider publishes of
//! itself. What a provider says is bounded in size and time, and nobody is followed anywhere.

mod desk;
mod fresh;
mod github;
mod openid;

use std::sync::Arc;

use self::desk::Desk;
use self::github::GitHub;
use self::openid::OpenId;
use crate::auth::id_token::ProvenPerson;
use crate::clock::SharedClock;
use crate::config::{self, ProviderKind, SettingError};
use crate::delivery::text;
use crate::model::ProviderId;
use crate::secret::SecretString;

/// The providers that are configured. Cheap to clone.
#[derive(Clone, Default)]
pub struct Providers(Arc<[Provider]>);

impl Providers {
    /// Returns the providers, none of which is asked anything yet.
    ///
    /// # Errors
    /// The system's certificates cannot be read.
    pub fn new(settings: &config::Oauth, clock: &SharedClock) -> Result<Self, SettingError> {
        if settings.providers.is_empty() {
            return Ok(Self::default());
        }
        let fault = |reason: String| SettingError::new("enable_oauth", reason);
        let desk = Desk::open().map_err(fault)?;
        let providers = settings.providers.iter();
        let providers = providers.map(|settings| Provider::new(settings, &desk, clock));
        Ok(Self(providers.collect()))
    }

    /// Returns all of them, in the order of the configuration.
    #[must_use]
    pub fn all(&self) -> &[Provider] {
        &self.0
    }

    /// Returns the one of a name.
    #[must_use]
    pub fn get(&self, id: &ProviderId) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.id == *id)
    }
}

/// One provider.
pub struct Provider {
    /// Its name in paths.
    pub id: ProviderId,
    /// What people call it.
    pub name: String,
    way: Way,
}

enum Way {
    OpenId(OpenId),
    GitHub(GitHub),
}

/// What goes along with a browser that is sent to a provider, and is asked for when it comes back.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// What the browser brings back.
    pub state: &'a str,
    /// What the ID token has to say.
    pub nonce: &'a str,
    /// The secret of which the provider is told the hash (PKCE, RFC 7636).
    pub verifier: &'a str,
}

/// What a browser brings back.
#[derive(Debug, Clone)]
pub struct Response<'a> {
    /// What the provider gives the person's name for.
    pub code: &'a str,
    /// Who says so (RFC 9207).
    pub issuer: Option<&'a str>,
    /// What the ID token has to say.
    pub nonce: &'a str,
    /// The secret of which the provider was told the hash.
    pub verifier: &'a str,
}

/// Why nobody is known to be somebody. For the log and for operators, in one line; never for the browser.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The provider gives no sensible answer.
    #[error("{0}")]
    Unavailable(String),
    /// The provider does not take the code, or this application.
    #[error("{0}")]
    Refused(String),
    /// What the provider says, or what is said in its name, is not to be believed.
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

/// What is found of a provider that is asked whether all is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The issuer, or where the provider is.
    pub issuer: String,
    /// How many keys it publishes; none where it signs nothing.
    pub keys: Option<usize>,
    /// Whether it says its name when it sends somebody back (RFC 9207).
    pub names_itself: bool,
}

impl Provider {
    fn new(settings: &config::Provider, desk: &Desk, clock: &SharedClock) -> Self {
        let (desk, clock) = (desk.clone(), Arc::clone(clock));
        let client = Client {
            id: settings.client_id.clone(),
            secret: settings.client_secret.clone(),
            redirect_uri: settings.redirect_uri.clone(),
            scope: settings.scopes.join(" "),
        };
        Self {
            id: settings.id.clone(),
            name: settings.name.clone(),
            way: match settings.kind {
                ProviderKind::OpenId => {
                    Way::OpenId(OpenId::new(settings.issuer.clone(), client, desk, clock))
                }
                ProviderKind::GitHub => Way::GitHub(GitHub::new(&settings.issuer, client, desk)),
            },
        }
    }

    /// Where a browser is sent to.
    pub async fn authorization_url(&self, request: &Request<'_>) -> Result<String, ProviderError> {
        match &self.way {
            Way::OpenId(way) => way.authorization_url(request).await,
            Way::GitHub(way) => way.authorization_url(request),
        }
    }

    /// Whether what a browser brings back is of this provider, as far as it says (RFC 9207 §2.4). Asked before anything is
    /// sent anywhere.
    pub async fn check_issuer(&self, issuer: Option<&str>) -> Result<(), ProviderError> {
        match &self.way {
            Way::OpenId(way) => way.check_issuer(issuer).await,
            Way::GitHub(way) => way.check_issuer(issuer),
        }
    }

    /// Who somebody is that came back.
    pub async fn person(&self, response: &Response<'_>) -> Result<ProvenPerson, ProviderError> {
        self.check_issuer(response.issuer).await?;
        match &self.way {
            Way::OpenId(way) => way.person(response).await,
            Way::GitHub(way) => way.person(response).await,
        }
    }

    /// Asks the provider what it publishes of itself.
    pub async fn look(&self) -> Result<Found, ProviderError> {
        match &self.way {
            Way::OpenId(way) => way.look().await,
            Way::GitHub(way) => way.look().await,
        }
    }
}

/// This application, as a provider knows it.
struct Client {
    id: String,
    secret: SecretString,
    redirect_uri: String,
    scope: String,
}
