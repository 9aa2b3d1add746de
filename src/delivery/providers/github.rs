//! GitHub, which supports OAuth 2 but not OpenID Connect. Its API returns the person, and their email addresses with
//! whether each is verified. GitHub Enterprise Server has the same API under a path.

use serde::Deserialize;
use url::Url;

use super::request_thread::{Login, RequestThread};
use super::{Client, Found, ProviderError, Request, Response, SELECT_ACCOUNT};
use crate::auth::id_token::ProvenPerson;

const PUBLIC: &str = "https://github.com";
const PUBLIC_API: &str = "https://api.github.com";

pub(super) struct GitHub {
    site: String,
    api: String,
    client: Client,
    requests: RequestThread,
}

/// The response to `GET /user`.
#[derive(Deserialize)]
struct User {
    /// Never changes, unlike `login`.
    id: u64,
    login: String,
    name: Option<String>,
}

/// One entry of the response to `GET /user/emails`.
#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

impl GitHub {
    pub(super) fn new(site: &str, client: Client, requests: RequestThread) -> Self {
        let site = site.trim_end_matches('/').to_owned();
        let api = if site == PUBLIC {
            PUBLIC_API.to_owned()
        } else {
            format!("{site}/api/v3")
        };
        Self {
            site,
            api,
            client,
            requests,
        }
    }

    pub(super) fn authorization_url(&self, request: &Request<'_>) -> Result<String, ProviderError> {
        let url = format!("{}/login/oauth/authorize", self.site);
        let url = Url::parse(&url)
            .map_err(|_| ProviderError::unavailable("the provider's URL is invalid"))?;
        let asking = [("prompt", SELECT_ACCOUNT)];
        Ok(self.client.authorization_url(url, request, &asking))
    }

    /// Accepts a missing issuer, because GitHub sends none. Any other issuer than GitHub itself is an error.
    pub(super) fn check_issuer(&self, issuer: Option<&str>) -> Result<(), ProviderError> {
        let own = [self.site.clone(), format!("{}/login/oauth", self.site)];
        match issuer {
            Some(issuer) if !own.iter().any(|own| own == issuer) => Err(ProviderError::untrusted(
                "the answer is another provider's (iss)",
            )),
            _ => Ok(()),
        }
    }

    pub(super) async fn person(
        &self,
        response: &Response<'_>,
    ) -> Result<ProvenPerson, ProviderError> {
        let endpoint = format!("{}/login/oauth/access_token", self.site);
        let secrets = (response.code, response.verifier);
        let answer = self
            .requests
            .redeem(&endpoint, &self.client, secrets, Login::Form)
            .await?;
        let token = answer.get("access_token").and_then(|token| token.as_str());
        let token = token.ok_or_else(|| {
            ProviderError::untrusted(&format!("{endpoint} didn't return an access token"))
        })?;
        let user: User = self.read("user", token).await?;
        let addresses: Vec<Address> = self.read("user/emails", token).await?;
        let primary = addresses.into_iter().find(|address| address.primary);
        Ok(ProvenPerson {
            subject: user.id.to_string(),
            is_email_verified: primary.as_ref().is_some_and(|primary| primary.verified),
            email: primary.map(|primary| primary.email),
            full_name: user
                .name
                .filter(|name| !name.is_empty())
                .or(Some(user.login)),
        })
    }

    async fn read<T: for<'de> Deserialize<'de>>(
        &self,
        path: &str,
        token: &str,
    ) -> Result<T, ProviderError> {
        let url = format!("{}/{path}", self.api);
        let body = self.requests.fetch(&url, Some(token)).await?;
        serde_json::from_slice(&body).map_err(|_| {
            ProviderError::unavailable(&format!("{url} returned an unexpected response"))
        })
    }

    /// Asks the API for its metadata, which needs no login.
    pub(super) async fn look(&self) -> Result<Found, ProviderError> {
        self.requests
            .fetch(&format!("{}/meta", self.api), None)
            .await?;
        Ok(Found {
            issuer: self.site.clone(),
            keys: None,
            names_itself: false,
        })
    }
}
