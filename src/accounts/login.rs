//! Login.

use jiff::SignedDuration;

use super::attempt::Guess;
use super::{Accounts, Error, Result};
use crate::auth::Verdict;
use crate::model::{
    Actor, Claims, Email, EventKind, Id, Origin, Password, PasswordHash, Purpose, User,
};
use crate::secret::SecretString;
use crate::store::{Effects, IssueSession, SessionIssue};

/// How often a login reads again when the account changes between the check of the password and the issue of the session.
pub(super) const ROUNDS: usize = 3;

/// A session that was just issued.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// The signed token.
    pub access_token: SecretString,
    /// Its life, in seconds.
    pub expires_in: u32,
    /// The account.
    pub user: User,
}

impl Accounts {
    /// Proves an account by its password and issues a session.
    ///
    /// Unknown addresses, pending ones, accounts without a password and wrong passwords are refused alike, in content,
    /// in time and in what is counted.
    pub async fn log_in(
        &self,
        email: &Email,
        password: &Password,
        origin: &Origin,
    ) -> Result<LoggedIn> {
        let guess = self.begin_guess(email, origin).await?;
        let mut user_id = None;
        for _ in 0..ROUNDS {
            let user = self.0.store.user_by_email(email).await?;
            user_id = user.as_ref().map(|user| user.id);
            let hash = user.as_ref().and_then(|user| user.hashed_password.as_ref());
            let verdict = self.evaluate(&guess, password, hash).await?;
            let (Some(user), Some(hash), true) = (&user, hash, verdict.matches) else {
                return self
                    .guess_failed(&guess, user_id, origin, Error::InvalidCredentials)
                    .await;
            };
            if !user.is_active {
                return self
                    .guess_failed(&guess, user_id, origin, Error::AccountDisabled)
                    .await;
            }
            if !user.is_verified && self.0.settings.features.require_verification {
                return self
                    .guess_failed(&guess, user_id, origin, Error::EmailUnverified)
                    .await;
            }
            if let Some(session) = self
                .issue_session(user.id, hash, verdict, password, &guess, origin)
                .await?
            {
                return Ok(session);
            }
        }
        self.guess_failed(&guess, user_id, origin, Error::InvalidCredentials)
            .await
    }

    /// The session, unless the account changed since its password was verified.
    async fn issue_session(
        &self,
        user_id: Id,
        verified: &PasswordHash,
        verdict: Verdict,
        password: &Password,
        guess: &Guess,
        origin: &Origin,
    ) -> Result<Option<LoggedIn>> {
        let issue = SessionIssue {
            user_id,
            verified_hash: verified.clone(),
            upgraded_hash: if verdict.outdated {
                self.upgrade(password).await
            } else {
                None
            },
            attempt: guess.attempt.as_ref().map(|attempt| attempt.id),
            now: self.now(),
        };
        let event = self.event(
            EventKind::UserLoggedIn,
            &origin.acting_as(Actor::User(user_id)),
        );
        let effects = Effects {
            events: vec![event],
            ..Effects::default()
        };
        let (user, issued_at) = match self.0.store.issue_session(issue, effects).await? {
            IssueSession::Issued { user, issued_at } => (*user, issued_at),
            IssueSession::HashChanged | IssueSession::Refused => return Ok(None),
        };
        let expires_in = self.0.settings.tokens.jwt_ttl_seconds;
        let expires_at = issued_at + SignedDuration::from_secs(expires_in.into());
        let claims = Claims::new(
            user_id,
            self.new_jti(),
            issued_at,
            expires_at,
            Purpose::Session,
        );
        Ok(Some(LoggedIn {
            access_token: self.0.tokens.sign(&claims),
            expires_in,
            user,
        }))
    }

    /// A hash under today's parameters. That it fails must not fail the login.
    async fn upgrade(&self, password: &Password) -> Option<PasswordHash> {
        let upgraded = self.0.passwords.hash(password).await;
        upgraded
            .inspect_err(
                |error| tracing::warn!(%error, "a weak password hash could not be upgraded"),
            )
            .ok()
    }
}
