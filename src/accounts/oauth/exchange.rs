//! The end: the browser fetches its session, or is asked for the second factor.

use serde_json::json;

use super::{LinkingSession, Step, Underway};
use crate::accounts::first_step::FirstStep;
use crate::accounts::login::LoggedIn;
use crate::accounts::{Accounts, Error, Login, Result};
use crate::metrics::LoginFactor;
use crate::model::{Actor, Claims, EventKind, Origin, SessionMethod};
use crate::store::IdentityUse;

/// What a browser fetches after it came back from a provider.
#[derive(Debug, Clone)]
pub struct Exchanged {
    /// The session, or the wait for the second factor.
    pub fetched: Fetched,
    /// Where the browser goes next.
    pub redirect_to: String,
    /// Whether the account was created for this login.
    pub was_new: bool,
}

/// The outcome of a login or of a link.
#[derive(Debug, Clone)]
pub enum Fetched {
    /// The result of a login.
    Login(Login),
    /// Another token of the session that asked for the link.
    SameSession(LoggedIn),
}

impl Accounts {
    /// Gives the session to the browser that came back. This works once.
    ///
    /// # Errors
    /// [`Error::NoOauthState`] if there is nothing to fetch (any more) or it belongs to another browser; the errors of
    /// the second step.
    pub async fn exchange_oauth(
        &self,
        name: &str,
        browser: Option<&str>,
        origin: &Origin,
    ) -> Result<Exchanged> {
        let underway = self.take_underway(name, browser).await?;
        let Some(Underway {
            provider,
            redirect_to,
            link,
            step:
                Step::Back {
                    subject,
                    user_id,
                    was_new,
                },
            ..
        }) = underway
        else {
            return Err(Error::NoOauthState);
        };
        let fetched = if let Some(link) = link {
            Fetched::SameSession(self.one_more_token(&link).await?)
        } else {
            let by = IdentityUse {
                user_id,
                provider,
                subject,
            };
            let login = self.log_in_by(by, origin).await;
            self.count_login(LoginFactor::Provider, &login);
            Fetched::Login(login?)
        };
        Ok(Exchanged {
            fetched,
            redirect_to,
            was_new,
        })
    }

    async fn log_in_by(&self, by: IdentityUse, origin: &Origin) -> Result<Login> {
        let user = self.store.user(by.user_id).await?;
        let user = user.filter(|user| user.is_active && !self.must_verify(user));
        let user = user.ok_or(Error::NoOauthState)?;
        let offered = if self.settings.oauth.enforce_mfa_on_oauth_signin {
            self.offered_factors(&user).await?
        } else {
            None
        };
        if let Some(offered) = offered {
            if !self.store.note_identity_use(&by, self.now()).await? {
                return Err(Error::NoOauthState);
            }
            let first = FirstStep {
                verified_hash: user.hashed_password.clone(),
                upgraded_hash: None,
                provider: Some(by.provider),
            };
            let begun = self.begin_second_step((&user, &offered), first, origin);
            return Ok(Login::Waits(begun.await?.ok_or(Error::NoOauthState)?));
        }
        let session = self.new_session(SessionMethod::Provider(by.provider.clone()), origin);
        let id = session.id.clone();
        let acting = origin.acting_as(Actor::User(user.id));
        let told = json!({ "provider": by.provider });
        let effects = self.recorded_with(EventKind::UserLoggedIn, told, &acting);
        let issued = self
            .store
            .issue_session_for_identity(by, session, self.now(), effects)
            .await?;
        let issued = issued.ok_or(Error::NoOauthState)?;
        Ok(Login::Done(self.sign_session(id, issued).await?))
    }

    /// Returns a new token for the session that asked for the link. It expires when that session's token would have.
    async fn one_more_token(&self, link: &LinkingSession) -> Result<LoggedIn> {
        let user = self.still_logged_in(link).await?;
        let user = user.ok_or(Error::NoOauthState)?;
        let given = link.claims();
        let claims = Claims {
            sid: Some(given.session_id().to_owned()),
            jti: self.new_jti(),
            ..given
        };
        let left = claims.expires_at.duration_since(self.now()).as_secs();
        let issued = self.signed(&claims, user).await?;
        Ok(LoggedIn {
            expires_in: u32::try_from(left).unwrap_or(0),
            ..issued
        })
    }
}
