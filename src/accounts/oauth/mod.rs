//! Logging in with external providers: a browser is sent to one, comes back, and fetches its session.
//!
//! The state of such a login is an encrypted row that can be used once. The browser carries the row's name in the URL,
//! and a cookie binds the row to the browser that began it. So nobody can be logged in to, or linked with, what
//! somebody else began.

mod begin;
mod callback;
mod exchange;
mod identities;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Accounts, Error, Result, Session};
use crate::auth::Sealer;
use crate::model::{Claims, Id, Origin, Password, ProofToken, ProviderId, Purpose};
use crate::random;
use crate::secret;
use crate::store::OauthState;

pub use begin::Begun;
pub use callback::{CallbackOutcome, CallbackParameters, OauthRefusal};
pub use exchange::{Exchanged, Fetched};

/// The longest accepted name of a state, in bytes.
const MAX_NAME: usize = 128;

/// The state of a login or link that is not finished yet.
#[derive(Serialize, Deserialize)]
struct Underway {
    /// The hash of the browser's cookie.
    browser: String,
    provider: ProviderId,
    redirect_to: String,
    /// The session whose account the identity is to be linked to.
    link: Option<LinkingSession>,
    step: Step,
}

#[derive(Serialize, Deserialize)]
enum Step {
    /// The browser was sent to the provider.
    Sent { nonce: String, verifier: String },
    /// The browser came back and may fetch the session.
    Back {
        subject: String,
        user_id: Id,
        was_new: bool,
    },
}

/// The session that asked to link an identity, with the claims of its token.
#[derive(Clone, Serialize, Deserialize)]
struct LinkingSession {
    user_id: Id,
    jti: String,
    sid: Option<String>,
    issued_at: Timestamp,
    expires_at: Timestamp,
}

impl LinkingSession {
    fn of(claims: &Claims) -> Self {
        Self {
            user_id: claims.user_id,
            jti: claims.jti.clone(),
            sid: claims.sid.clone(),
            issued_at: claims.issued_at,
            expires_at: claims.expires_at,
        }
    }

    fn claims(&self) -> Claims {
        let purpose = Purpose::Session;
        Claims {
            sid: self.sid.clone(),
            ..Claims::new(
                self.user_id,
                self.jti.clone(),
                self.issued_at,
                self.expires_at,
                purpose,
            )
        }
    }
}

impl Accounts {
    /// Stores the state, and returns its name.
    async fn put_underway(&self, underway: &Underway, seconds: u32) -> Result<String> {
        let name = random::token::<32>(&*self.random);
        let id = ProofToken::presented(name.clone().into()).hash();
        let plain = serde_json::to_vec(underway).map_err(|error| {
            Error::Internal(format!("serializing an unfinished login failed: {error}"))
        })?;
        let now = self.now();
        let state = OauthState {
            sealed: self.oauth_sealer().seal(&plain, id.as_str().as_bytes()),
            id,
            is_link: underway.link.is_some(),
            created_at: now,
            expires_at: now + SignedDuration::from_secs(seconds.into()),
        };
        self.store.put_oauth_state(state).await?;
        Ok(name)
    }

    /// Takes the state if it belongs to this browser. It is used up even if it does not.
    async fn take_underway(&self, name: &str, browser: Option<&str>) -> Result<Option<Underway>> {
        if name.is_empty() || name.len() > MAX_NAME {
            return Ok(None);
        }
        let id = ProofToken::presented(name.into()).hash();
        let Some(sealed) = self.store.take_oauth_state(&id, self.now()).await? else {
            return Ok(None);
        };
        let plain = self.oauth_sealer().open(&sealed, id.as_str().as_bytes());
        let underway = plain
            .ok()
            .and_then(|plain| serde_json::from_slice::<Underway>(&plain).ok());
        let browser = browser.map(browser_hash);
        Ok(underway.filter(|underway| {
            browser.is_some_and(|browser| {
                secret::equal(browser.as_bytes(), underway.browser.as_bytes())
            })
        }))
    }

    fn oauth_sealer(&self) -> Sealer {
        Sealer::new(&self.settings.tokens, "oauth_state", self.random.clone())
    }

    /// Refuses to change the ways to log in on the strength of an old session: the login must be recent, or the
    /// password given again.
    async fn check_fresh(
        &self,
        session: &Session,
        current: Option<&Password>,
        origin: &Origin,
    ) -> Result<()> {
        if let Some(current) = current {
            self.confirm_password(session, current, origin).await?;
            return Ok(());
        }
        if self.began_recently(session).await? {
            Ok(())
        } else {
            Err(Error::ReauthenticationRequired)
        }
    }
}

/// Returns the hash of a browser's cookie, which is what the state stores.
fn browser_hash(cookie: &str) -> String {
    let hash = ProofToken::presented(cookie.into()).hash();
    hash.as_str().to_owned()
}
