//! The beginning: a browser is sent to a provider.

use super::{LinkingSession, Step, Underway, browser_hash};
use crate::accounts::{Accounts, Error, Result, Session};
use crate::delivery::providers::{ProviderError, Request};
use crate::model::{Origin, Password, ProviderId};
use crate::random;

/// Where to send the browser, and the cookie it has to keep.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The URL at the provider.
    pub authorization_url: String,
    /// The cookie that identifies the browser when it comes back.
    pub browser: String,
    /// How long the browser needs the cookie, in seconds.
    pub lifetime: u32,
}

impl Accounts {
    /// Begins a login. `browser` is the cookie that the browser already has, if any.
    ///
    /// # Errors
    /// [`Error::NoProvider`], [`Error::ForbiddenRedirect`]; [`Error::ProviderUnavailable`] when the provider can't be
    /// reached.
    pub async fn begin_oauth(
        &self,
        provider: &ProviderId,
        redirect_to: Option<&str>,
        browser: Option<&str>,
    ) -> Result<Begun> {
        self.send_to(provider, redirect_to, browser, None).await
    }

    /// Begins to link an identity at a provider to the account of a session. The session's login must be recent, or the
    /// password given.
    ///
    /// # Errors
    /// Those of [`Self::begin_oauth`], and [`Error::ReauthenticationRequired`].
    pub async fn begin_link(
        &self,
        session: &Session,
        provider: &ProviderId,
        redirect_to: Option<&str>,
        (browser, current): (Option<&str>, Option<&Password>),
        origin: &Origin,
    ) -> Result<Begun> {
        if self.providers.get(provider).is_none() {
            return Err(Error::NoProvider);
        }
        self.check_fresh(session, current, origin).await?;
        let link = LinkingSession::of(&session.claims);
        self.send_to(provider, redirect_to, browser, Some(link))
            .await
    }

    async fn send_to(
        &self,
        id: &ProviderId,
        redirect_to: Option<&str>,
        browser: Option<&str>,
        link: Option<LinkingSession>,
    ) -> Result<Begun> {
        let provider = self.providers.get(id).ok_or(Error::NoProvider)?;
        let redirect_to = match redirect_to {
            Some(address) => self
                .settings
                .destination(address)
                .ok_or(Error::ForbiddenRedirect)?,
            None => self.settings.page_path("me"),
        };
        let browser = match browser {
            Some(known) if is_ours(known) => known.to_owned(),
            _ => random::token::<32>(&*self.random),
        };
        let (nonce, verifier) = (
            random::token::<16>(&*self.random),
            random::token::<48>(&*self.random),
        );
        let settings = &self.settings.oauth;
        // Ask the provider first, so that nothing is stored if it is down.
        let request = Request {
            state: "",
            nonce: &nonce,
            verifier: &verifier,
        };
        let asked = provider.authorization_url(&request).await;
        asked.map_err(|error| unavailable(id, &error))?;
        let underway = Underway {
            browser: browser_hash(&browser),
            provider: id.clone(),
            redirect_to,
            link,
            step: Step::Sent {
                nonce: nonce.clone(),
                verifier: verifier.clone(),
            },
        };
        let state = self
            .put_underway(&underway, settings.state_ttl_seconds)
            .await?;
        let request = Request {
            state: &state,
            ..request
        };
        let authorization_url = provider.authorization_url(&request).await;
        Ok(Begun {
            authorization_url: authorization_url.map_err(|error| unavailable(id, &error))?,
            browser,
            lifetime: settings.state_ttl_seconds + settings.completion_ttl_seconds,
        })
    }
}

fn unavailable(id: &ProviderId, error: &ProviderError) -> Error {
    tracing::warn!(provider = %id, %error, "provider can't be reached");
    Error::ProviderUnavailable
}

/// Returns whether a cookie has the form of ours: 32 bytes as base64url.
fn is_ours(cookie: &str) -> bool {
    let is_good = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_');
    cookie.len() == 43 && cookie.bytes().all(is_good)
}
