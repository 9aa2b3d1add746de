//! Logging people in after they verified the email address that they signed up with.
//!
//! A mailed link proves only who reads the mail: it may have been forwarded, or belong to somebody else's sign-up. A
//! session is only for the person who chose the password. They type it, or their browser still holds the ticket that it
//! got at sign-up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

use super::login::LoggedIn;
use super::{Accounts, Result};
use crate::auth::Sealer;
use crate::model::{
    Email, Origin, OwnMethod, Password, PasswordHash, PendingRegistration, ProofToken, User,
};
use crate::secret::SecretString;
use crate::store::SessionIssue;

/// The longest lifetime of a ticket.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// The ticket that a browser keeps from sign-up until the link is opened. It is useless without the link.
#[derive(Debug, Clone)]
pub struct SignUpTicket {
    /// Opaque text that is safe in a cookie.
    pub sealed: SecretString,
    /// Lifetime in seconds.
    pub lifetime: u32,
}

/// The result of a verified email address.
#[derive(Debug)]
pub struct Verified {
    /// The account.
    pub user: User,
    /// The session of the person who signed up. `None` if nobody showed that they chose the password, or if a login
    /// needs more than the password.
    pub session: Option<LoggedIn>,
}

impl Accounts {
    /// Uses a mailed link as [`Self::verify`] does, and logs in the person who signed up: whoever sends the right
    /// password or the ticket of this registration. Disabled accounts and accounts with a second factor are not logged
    /// in.
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
            // The link is used up, so report success without a session: the person can still log in.
            tracing::warn!(%error, "logging in after the sign-up failed");
            None
        });
        let user = session
            .as_ref()
            .map_or(proven.user, |session| session.user.clone());
        Ok(Verified { user, session })
    }

    /// Issues a session with the password from the registration, if a login needs no more than that.
    async fn session_of_new(
        &self,
        user: &User,
        chosen: &PasswordHash,
        origin: &Origin,
    ) -> Result<Option<LoggedIn>> {
        if self.must_verify(user) || self.offered_factors(user).await?.is_some() {
            return Ok(None);
        }
        let issue = SessionIssue {
            user_id: user.id,
            verified_hash: chosen.clone(),
            upgraded_hash: None,
            attempt: None,
            session: self.new_session(OwnMethod::Password, origin),
            now: self.now(),
        };
        let effects = self.logged_in(user.id, origin);
        self.issue_session(issue, effects).await
    }

    /// Returns the ticket of a registration. A taken email address also gets one, so that nobody can tell the
    /// difference; it opens nothing.
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

    /// Returns whether a ticket belongs to a registration and has not expired.
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

/// Returns what a ticket is bound to: the email address and the password hash. Registering the address again
/// invalidates older tickets.
fn bound_to(email: &Email, hash: &PasswordHash) -> Vec<u8> {
    format!("{}\n{}", email.key(), hash.as_phc()).into_bytes()
}
