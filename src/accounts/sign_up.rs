//! Who signed up, and a session for them once their email address is proven.
//!
//! A mailed link proves who reads the mail, and no more: it may have been forwarded, or belong to somebody else's sign-up. A
//! session is only for who chose the password: they type it, or their browser still holds the ticket that signing up gave it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

use super::login::LoggedIn;
use super::{Accounts, Result};
use crate::auth::Sealer;
use crate::model::{
    Email, LoginMethod, Origin, Password, PasswordHash, PendingRegistration, ProofToken, User,
};
use crate::secret::SecretString;
use crate::store::SessionIssue;

/// The longest that a ticket is good for.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// What the browser of who signs up keeps until the link is opened. Of no use without the link.
#[derive(Debug, Clone)]
pub struct SignUpTicket {
    /// Opaque text, of characters that a cookie can have.
    pub sealed: SecretString,
    /// How long it is good for, in seconds.
    pub lifetime: u32,
}

/// An email address that was proven.
#[derive(Debug)]
pub struct Verified {
    /// Whose.
    pub user: User,
    /// The session of who signed up. None where nobody showed that it was them, and where more is needed than that.
    pub session: Option<LoggedIn>,
}

impl Accounts {
    /// Uses a mailed link as [`Self::verify`] does, and logs in who signed up: whoever sends the right password, or the
    /// ticket of this very registration. An account with a second factor is left to the login, as is a disabled one.
    pub async fn verify_and_log_in(
        &self,
        token: &ProofToken,
        password: Option<&Password>,
        ticket: Option<&str>,
        origin: &Origin,
    ) -> Result<Verified> {
        let proven = self.prove(token, password, ticket, origin).await?;
        let session = match &proven.chosen {
            Some(hash) => self.session_of_new(&proven.user, hash, origin).await,
            None => Ok(None),
        };
        let session = session.unwrap_or_else(|error| {
            // The link is used up: what is left to do is to log in.
            tracing::warn!(%error, "logging in after the sign-up failed");
            None
        });
        let user = session
            .as_ref()
            .map_or(proven.user, |session| session.user.clone());
        Ok(Verified { user, session })
    }

    /// A session on the strength of the password that an account was registered with, if that is enough.
    async fn session_of_new(
        &self,
        user: &User,
        chosen: &PasswordHash,
        origin: &Origin,
    ) -> Result<Option<LoggedIn>> {
        if self.must_verify(user) || self.asked_of(user).await?.is_some() {
            return Ok(None);
        }
        let issue = SessionIssue {
            user_id: user.id,
            verified_hash: chosen.clone(),
            upgraded_hash: None,
            attempt: None,
            session: self.new_session(LoginMethod::Password, origin),
            now: self.now(),
        };
        let effects = self.logged_in(user.id, origin);
        self.issue_session(issue, effects).await
    }

    /// The ticket of a registration. Made for a taken address, too: it opens nothing there, and tells nobody.
    pub(super) fn sign_up_ticket(
        &self,
        email: &Email,
        hash: &PasswordHash,
        link_dies: Timestamp,
    ) -> SignUpTicket {
        let dies = link_dies.min(self.now() + LONGEST);
        let lifetime = dies.duration_since(self.now()).as_secs();
        let plain = dies.as_millisecond().to_be_bytes();
        let sealed = self.ticket_sealer().seal(&plain, &bound_to(email, hash));
        SignUpTicket {
            sealed: URL_SAFE_NO_PAD.encode(sealed).into(),
            lifetime: u32::try_from(lifetime).unwrap_or(0),
        }
    }

    /// Whether a ticket is that of a registration, and still good.
    pub(super) fn is_ticket_of(&self, ticket: &str, pending: &PendingRegistration) -> bool {
        let dies = || {
            let hash = pending.hashed_password.as_ref()?;
            let sealed = URL_SAFE_NO_PAD.decode(ticket).ok()?;
            let bound = bound_to(&pending.email, hash);
            let plain = self.ticket_sealer().open(&sealed, &bound).ok()?;
            Timestamp::from_millisecond(i64::from_be_bytes(plain.try_into().ok()?)).ok()
        };
        dies().is_some_and(|dies| self.now() < dies)
    }

    fn ticket_sealer(&self) -> Sealer {
        Sealer::new(&self.settings.tokens, "sign_up", self.random.clone())
    }
}

/// The address and the very password: whoever registers the address again makes older tickets useless.
fn bound_to(email: &Email, hash: &PasswordHash) -> Vec<u8> {
    format!("{}\n{}", email.key(), hash.as_phc()).into_bytes()
}
