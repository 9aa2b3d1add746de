//! A provider that supports OpenID Connect: discovery (OpenID Connect Discovery §4), the authorization code flow with
//! PKCE and a nonce (OpenID Connect Core §3.1), its keys, and the `UserInfo` endpoint (§5.3).

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};
use url::{Host, Url};

use super::cache::Cache;
use super::request_thread::{Login, RequestThread};
use super::{Client, Found, ProviderError, Request, Response, SELECT_ACCOUNT};
use crate::auth::id_token::{Expected, IdTokenFault, ProvenPerson, ProviderKeys, TENANT};
use crate::clock::SharedClock;

pub(super) struct OpenId {
    issuer: String,
    client: Client,
    requests: RequestThread,
    clock: SharedClock,
    metadata: Cache<Metadata>,
    keys: Cache<ProviderKeys>,
}

/// The discovery document of a provider.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    prompt_values_supported: Vec<String>,
}

struct Metadata {
    /// The issuer in ID tokens. May contain a placeholder for the tenant.
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    names_itself: bool,
    /// Whether the provider can ask people to select an account. Providers that can't refuse the parameter.
    asks_which: bool,
    login: Login,
}

/// Issuers that support this but don't announce it.
const ASKING: [&str; 2] = [
    "https://accounts.google.com",
    "https://login.microsoftonline.com/",
];

impl OpenId {
    pub(super) fn new(
        issuer: String,
        client: Client,
        requests: RequestThread,
        clock: SharedClock,
    ) -> Self {
        Self {
            issuer,
            client,
            requests,
            metadata: Cache::new(Arc::clone(&clock)),
            keys: Cache::new(Arc::clone(&clock)),
            clock,
        }
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        self.metadata.get(|| self.discover()).await
    }

    async fn discover(&self) -> Result<Metadata, ProviderError> {
        let issuer = self.issuer.trim_end_matches('/');
        let url = format!("{issuer}/.well-known/openid-configuration");
        let body = self.requests.fetch(&url, None).await?;
        let document: Document = serde_json::from_slice(&body).map_err(|_| {
            ProviderError::unavailable(&format!("{url} isn't a discovery document"))
        })?;
        if !is_own(&document.issuer, &self.issuer) {
            let said = &document.issuer;
            let expected = &self.issuer;
            let reason = format!("{url} is for the issuer {said}, not {expected}");
            return Err(ProviderError::untrusted(&reason));
        }
        let endpoint = |text: String| {
            let url = Url::parse(&text).ok();
            let reason = format!("{issuer} names an endpoint that isn't safe to ask: {text}");
            url.filter(|url| is_safe(url, &self.issuer))
                .ok_or_else(|| ProviderError::untrusted(&reason))
        };
        let methods = document.token_endpoint_auth_methods_supported;
        let takes = |method: &str| {
            let methods = methods.as_ref();
            methods.is_some_and(|methods| methods.iter().any(|one| one == method))
        };
        Ok(Metadata {
            authorization_endpoint: endpoint(document.authorization_endpoint)?,
            token_endpoint: endpoint(document.token_endpoint)?.into(),
            jwks_uri: endpoint(document.jwks_uri)?.into(),
            userinfo_endpoint: match document.userinfo_endpoint {
                Some(text) => Some(endpoint(text)?.into()),
                None => None,
            },
            names_itself: document.authorization_response_iss_parameter_supported,
            asks_which: ASKING.iter().any(|known| self.issuer.starts_with(known))
                || document
                    .prompt_values_supported
                    .iter()
                    .any(|value| value == SELECT_ACCOUNT),
            login: if takes("client_secret_post") && !takes("client_secret_basic") {
                Login::Form
            } else {
                Login::Basic
            },
            issuer: document.issuer,
        })
    }

    async fn fetch_keys(&self, url: &str) -> Result<ProviderKeys, ProviderError> {
        let body = self.requests.fetch(url, None).await?;
        ProviderKeys::parse(&body)
            .ok_or_else(|| ProviderError::unavailable(&format!("{url} isn't a key set (JWKS)")))
    }

    pub(super) async fn authorization_url(
        &self,
        request: &Request<'_>,
    ) -> Result<String, ProviderError> {
        let metadata = self.metadata().await?;
        let endpoint = metadata.authorization_endpoint.clone();
        let mut further = vec![("nonce", request.nonce)];
        if metadata.asks_which {
            further.push(("prompt", SELECT_ACCOUNT));
        }
        Ok(self.client.authorization_url(endpoint, request, &further))
    }

    pub(super) async fn check_issuer(&self, issuer: Option<&str>) -> Result<(), ProviderError> {
        let metadata = self.metadata().await?;
        let is_own = match issuer {
            // With a placeholder, each response names its tenant instead, so only the ID token can be checked.
            Some(_) if metadata.issuer.contains(TENANT) => true,
            Some(issuer) => issuer == metadata.issuer,
            None => !metadata.names_itself,
        };
        let reason = "the answer is another provider's (iss)";
        is_own
            .then_some(())
            .ok_or_else(|| ProviderError::untrusted(reason))
    }

    pub(super) async fn person(
        &self,
        response: &Response<'_>,
    ) -> Result<ProvenPerson, ProviderError> {
        let metadata = self.metadata().await?;
        let secrets = (response.code, response.verifier);
        let endpoint = &metadata.token_endpoint;
        let answer = self
            .requests
            .redeem(endpoint, &self.client, secrets, metadata.login)
            .await?;
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        let no_token =
            || ProviderError::untrusted(&format!("{endpoint} didn't return an ID token"));
        let token = text("id_token").ok_or_else(no_token)?;
        let expected = Expected {
            issuer: &metadata.issuer,
            client_id: &self.client.id,
            nonce: response.nonce,
            access_token: text("access_token"),
            now: self.clock.now(),
        };
        let mut person = self.prove(token, &expected, &metadata.jwks_uri).await?;
        if person.email.is_none()
            && let (Some(url), Some(access)) = (&metadata.userinfo_endpoint, text("access_token"))
        {
            let more = self.more(url, access).await?;
            // The subjects must be equal (OpenID Connect Core §5.3.2).
            if more.subject != person.subject {
                let reason = format!("{url} is about another person than the ID token");
                return Err(ProviderError::untrusted(&reason));
            }
            person.email = more.email;
            person.is_email_verified = more.is_email_verified;
            person.full_name = person.full_name.or(more.full_name);
        }
        Ok(person)
    }

    async fn prove(
        &self,
        token: &str,
        expected: &Expected<'_>,
        url: &str,
    ) -> Result<ProvenPerson, ProviderError> {
        let keys = self.keys.get(|| self.fetch_keys(url)).await?;
        let proven = match keys.verify(token, expected) {
            Err(IdTokenFault::UnknownKey) => {
                let keys = self.keys.newer(|| self.fetch_keys(url)).await?;
                keys.verify(token, expected)
            }
            proven => proven,
        };
        proven.map_err(|fault| {
            ProviderError::untrusted(&format!("the ID token of {}: {fault}", self.issuer))
        })
    }

    async fn more(&self, url: &str, access_token: &str) -> Result<ProvenPerson, ProviderError> {
        let body = self.requests.fetch(url, Some(access_token)).await?;
        let claims: Option<Map<String, Value>> = serde_json::from_slice(&body).ok();
        claims
            .and_then(|claims| ProvenPerson::of_claims(&claims))
            .ok_or_else(|| ProviderError::untrusted(&format!("{url} doesn't identify a person")))
    }

    pub(super) async fn look(&self) -> Result<Found, ProviderError> {
        let metadata = self.metadata().await?;
        let keys = self
            .keys
            .get(|| self.fetch_keys(&metadata.jwks_uri))
            .await?;
        Ok(Found {
            issuer: metadata.issuer.clone(),
            keys: Some(keys.count()),
            names_itself: metadata.names_itself,
        })
    }
}

/// Returns whether an endpoint is at least as safe as the issuer, so that a provider can't direct requests to machines
/// in this network. The endpoint must have a domain name and use TLS. An issuer with an IP address or `localhost`, or
/// with plain HTTP, is the operator's choice, and permits the same for endpoints.
fn is_safe(endpoint: &Url, issuer: &str) -> bool {
    let Ok(issuer) = Url::parse(issuer) else {
        return false;
    };
    let has_name = |url: &Url| match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name != "localhost" && !name.ends_with(".localhost")
        }
        _ => false,
    };
    let is_plain = endpoint.username().is_empty() && endpoint.password().is_none();
    let scheme = endpoint.scheme();
    is_plain
        && (scheme == "https" || scheme == "http" && issuer.scheme() == "http")
        && (has_name(endpoint) || !has_name(&issuer))
}

/// Returns whether a discovery document is from the configured issuer. Microsoft's document for many tenants has a
/// placeholder for the tenant.
fn is_own(said: &str, configured: &str) -> bool {
    let many = ["/common/", "/organizations/", "/consumers/"];
    let is_template = said.contains(TENANT)
        && many.iter().any(|one| {
            said == configured.replace(one, &format!("/{TENANT}/")) && configured.contains(one)
        });
    said == configured || is_template
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_as_safe_as_the_issuer() {
        let public = "https://id.example.com";
        for (endpoint, issuer, is) in [
            ("https://id.example.com/token", public, true),
            ("https://other.example.net/token", public, true),
            ("https://id.example.com:8443/token", public, true),
            ("http://id.example.com/token", public, false),
            ("ftp://id.example.com/token", public, false),
            ("file:///etc/passwd", public, false),
            ("https://u:p@id.example.com/token", public, false),
            ("https://127.0.0.1/token", public, false),
            ("https://10.0.0.7/token", public, false),
            ("https://169.254.169.254/latest/meta-data", public, false),
            ("https://[::1]/token", public, false),
            ("https://[::ffff:10.0.0.7]/token", public, false),
            ("https://0x7f000001/token", public, false),
            ("https://localhost:2379/v2/keys", public, false),
            ("https://localhost./token", public, false),
            ("https://a.localhost/token", public, false),
            ("http://127.0.0.1:4000/token", "http://127.0.0.1:4000", true),
            ("http://localhost:4000/token", "http://localhost:4000", true),
            ("https://10.0.0.7/token", "https://10.0.0.7", true),
        ] {
            let url = Url::parse(endpoint).unwrap();
            assert_eq!(is_safe(&url, issuer), is, "{endpoint} {issuer}");
        }
    }

    #[test]
    fn a_document_is_of_the_very_issuer_or_of_its_tenants() {
        for (said, configured, is) in [
            ("https://a.example", "https://a.example", true),
            ("https://a.example/", "https://a.example", false),
            ("https://b.example", "https://a.example", false),
            (
                "https://login.microsoftonline.com/{tenantid}/v2.0",
                "https://login.microsoftonline.com/common/v2.0",
                true,
            ),
            (
                "https://evil.example/{tenantid}/v2.0",
                "https://login.microsoftonline.com/common/v2.0",
                false,
            ),
            ("https://a.example/{tenantid}", "https://a.example/x", false),
        ] {
            assert_eq!(is_own(said, configured), is, "{said} {configured}");
        }
    }
}
