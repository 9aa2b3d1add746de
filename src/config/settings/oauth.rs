//! Logging in with other providers.

use crate::config::key::section;
use crate::model::ProviderId;
use crate::secret::SecretString;

section! {
    /// The keys outside any section: whether this is on, its MongoDB collections, and its limit.
    pub(in crate::config) struct OauthKeys at oauth, named "" field "" {
        enable_oauth: bool = false, Any, "Log in with other providers; needs `[[oauth.providers]]`, or `oauth.google_client_id` and its secret.";
        oauth_identity_collection: String = "oauth_identities".into(), COLLECTION, "MongoDB collection of the providers that accounts are linked to.";
        oauth_state_collection: String = "oauth_states".into(), COLLECTION, "MongoDB collection of logins with providers in progress.";
        oauth_exchange_rate_limit: Option<crate::config::RateLimit> = None, Any, "Logins with other providers per client address.";
    }
}

section! {
    /// The keys of the section. The first ones configure the only provider of the Python package.
    pub(in crate::config) struct ProviderKeys at providers, named "oauth." field "" {
        google_client_id: Option<String> = None, OPTIONAL_LINE, "Client ID of your app at Google; a short form of an entry in `[[oauth.providers]]`.";
        google_client_secret: Option<SecretString> = None, Any, "Its client secret.";
        google_redirect_uri: Option<String> = None, WEB_URL, "Redirect URI of your app at Google, if it isn't `{base_url}{api_prefix}/oauth/google/callback`.";
        auto_link_verified_emails: bool = false, Any, "Link a provider to the account with the same email address, if both sides have verified it. Anyone who gets the email address at the provider later gets the account.";
        enforce_mfa_on_oauth_signin: bool = true, Any, "Also ask for the second factor after a login with a provider.";
        state_ttl_seconds: u32 = 300, Range(30, 3600), "Seconds that a login with a provider can take.";
        completion_ttl_seconds: u32 = 30, Range(5, 300), "Seconds in which the browser must get its session after it returns.";
    }
}

/// Logging in with other providers.
#[derive(Debug, Clone, Default)]
pub struct Oauth {
    /// The providers. Empty if this is turned off.
    pub providers: Vec<Provider>,
    /// Whether a person is linked to the account with their email address if both sides have verified it.
    pub auto_link_verified_emails: bool,
    /// Whether a login also needs the second factor.
    pub enforce_mfa_on_oauth_signin: bool,
    /// How long a login may take, in seconds.
    pub state_ttl_seconds: u32,
    /// How long the browser may take to fetch its session, in seconds.
    pub completion_ttl_seconds: u32,
}

impl Oauth {
    /// Returns the provider with this id.
    #[must_use]
    pub fn provider(&self, id: &ProviderId) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id == *id)
    }
}

/// A provider that people can log in with.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its id in paths and rows.
    pub id: ProviderId,
    /// The name that people see.
    pub name: String,
    /// The protocol that it uses.
    pub kind: ProviderKind,
    /// Its issuer (OpenID Connect) or its URL (GitHub), exactly as configured, with or without a slash at the end.
    pub issuer: String,
    /// The client id of this application.
    pub client_id: String,
    /// The client secret of this application.
    pub client_secret: SecretString,
    /// The scopes that are requested.
    pub scopes: Vec<String>,
    /// The URL that it redirects people back to.
    pub redirect_uri: String,
}

/// The protocol of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderKind {
    /// OpenID Connect with discovery.
    OpenId,
    /// OAuth 2 and GitHub's API for users and their email addresses.
    GitHub,
}
