//! Login: with the password, followed by a code if the account has a second factor.

use super::first_step::{FirstStep, method_after};
use super::login_metrics::log_account;
use super::{Accounts, Error, LoginWait, Result};
use crate::metrics::LoginFactor;
use crate::model::{
    Actor, Claims, Code, CodeKind, Email, EventKind, Id, Origin, OwnMethod, Password, PasswordHash,
    Purpose, User,
};
use crate::secret::SecretString;
use crate::store::{Effects, IssueSession, IssuedSession, SessionIssue, StoreError};

/// How often a login starts again when the account changes between the password check and the issue of the session.
pub(super) const MAX_ROUNDS: usize = 3;

/// A session that was just issued.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// The signed token.
    pub access_token: SecretString,
    /// Lifetime in seconds.
    pub expires_in: u32,
    /// The account.
    pub user: User,
}

/// The result of a right password.
#[derive(Debug, Clone)]
pub enum Login {
    /// A session.
    Done(LoggedIn),
    /// A wait for the second step.
    Waits(LoginWait),
}

impl Accounts {
    /// Verifies the password, and issues a session or begins the second step. With both `enable_totp` and
    /// `enable_sms_2fa` off, there is no second step.
    ///
    /// Unknown and pending email addresses, accounts without a password, and wrong passwords all get the same answer,
    /// take the same time, and count the same.
    pub async fn log_in(
        &self,
        email: &Email,
        password: &Password,
        origin: &Origin,
    ) -> Result<Login> {
        let login = self.try_password(email, password, origin).await;
        self.count_login(LoginFactor::Password, &login);
        login
    }

    async fn try_password(
        &self,
        email: &Email,
        password: &Password,
        origin: &Origin,
    ) -> Result<Login> {
        // At once, as neither depends on the other; the password is looked at when both are there.
        let (guess, read) = tokio::join!(
            self.begin_guess(email, origin),
            self.store.user_by_email(email),
        );
        let guess = guess?;
        let mut read = (!guess.has_waited).then_some(read?);
        let mut user_id = None;
        for _ in 0..MAX_ROUNDS {
            let user = match read.take() {
                Some(user) => user,
                None => self.store.user_by_email(email).await?,
            };
            user_id = user.as_ref().map(|user| user.id);
            user_id.into_iter().for_each(log_account);
            let hash = user.as_ref().and_then(|user| user.hashed_password.as_ref());
            let verdict = self.evaluate(&guess, password, hash).await?;
            let (Some(user), Some(hash), true) = (&user, hash, verdict.matches) else {
                break;
            };
            let refusal = if user.is_active {
                self.must_verify(user).then_some(Error::EmailUnverified)
            } else {
                Some(Error::AccountDisabled)
            };
            if let Some(refusal) = refusal {
                return self.guess_failed(&guess, user_id, origin, refusal).await;
            }
            let upgraded_hash = if verdict.outdated {
                self.upgrade(password, email, origin).await
            } else {
                None
            };
            let Some(offered) = self.offered_factors(user).await? else {
                let issue = SessionIssue {
                    user_id: user.id,
                    verified_hash: hash.clone(),
                    upgraded_hash,
                    attempt: guess.attempt_id(),
                    session: self.new_session(OwnMethod::Password, origin),
                    now: self.now(),
                };
                let effects = self.logged_in(user.id, origin);
                match self.issue_session(issue, effects).await? {
                    Some(session) => return Ok(Login::Done(session)),
                    None => continue,
                }
            };
            let step = (user, &offered);
            let first = FirstStep {
                verified_hash: Some(hash.clone()),
                upgraded_hash,
                provider: None,
            };
            let begun = self.begin_second_step(step, first, origin);
            if let Some(waits) = begun.await.transpose() {
                // The password was right. Earlier failures are cleared only when the login is complete.
                self.guess_withdrawn(&guess).await?;
                return waits.map(Login::Waits);
            }
        }
        self.guess_failed(&guess, user_id, origin, Error::InvalidCredentials)
            .await
    }

    /// Returns whether an account can't log in until its email address is verified.
    #[must_use]
    pub fn must_verify(&self, user: &User) -> bool {
        !user.is_verified && self.settings.features.require_verification
    }

    /// Issues the session, unless the account changed since its password was verified.
    pub(super) async fn issue_session(
        &self,
        issue: SessionIssue,
        effects: Effects,
    ) -> Result<Option<LoggedIn>> {
        let id = issue.session.id.clone();
        match self.store.issue_session(issue, effects).await? {
            IssueSession::Issued(issued) => self.sign_session(id, issued).await.map(Some),
            IssueSession::HashChanged | IssueSession::Refused => Ok(None),
        }
    }

    /// Ends the wait for an SMS code. The right code issues the session and can be used once.
    pub(super) async fn confirm_by_sms(
        &self,
        pending_token: &str,
        code: &Code,
        origin: &Origin,
    ) -> Result<LoggedIn> {
        let claims = self.pending_claims(pending_token)?;
        log_account(claims.user_id);
        let failure = self.second_step_failure(CodeKind::LoginMfa, origin);
        let check = self.code_check(&claims, code);
        let effects = self.logged_in(claims.user_id, origin);
        let method = method_after(&claims, OwnMethod::PasswordSms);
        let session = self.new_session(method, origin);
        let id = session.id.clone();
        let issued = self
            .store
            .issue_session_for_code(check, session, failure, effects)
            .await?;
        match issued {
            Ok(issued) => self.sign_session(id, issued).await,
            Err(refusal) => Err(self.second_step_refused(&claims, refusal, origin).await?),
        }
    }

    pub(super) fn logged_in(&self, user_id: Id, origin: &Origin) -> Effects {
        let origin = origin.acting_as(Actor::User(user_id));
        self.recorded(EventKind::UserLoggedIn, &origin)
    }

    /// Signs the first token of a session, whose `jti` is the session's id.
    pub(super) async fn sign_session(&self, id: String, issued: IssuedSession) -> Result<LoggedIn> {
        let IssuedSession { user, issued_at } = issued;
        let expires_at = issued_at + self.session_lifetime();
        let claims = Claims::new(user.id, id, issued_at, expires_at, Purpose::Session);
        self.signed(&claims, *user).await
    }

    /// Signs a session token.
    pub(super) async fn signed(&self, claims: &Claims, user: User) -> Result<LoggedIn> {
        let life = claims.expires_at.duration_since(claims.issued_at);
        self.ready_to_sign().await?;
        let token = self.tokens.sign_session(claims, &user);
        Ok(LoggedIn {
            access_token: token
                .ok_or_else(|| StoreError::Failed("there is no signing key".into()))?,
            expires_in: u32::try_from(life.as_secs()).unwrap_or(0),
            user,
        })
    }

    /// Returns a new hash with the current parameters. A failure here must not fail the login.
    async fn upgrade(
        &self,
        password: &Password,
        email: &Email,
        origin: &Origin,
    ) -> Option<PasswordHash> {
        let upgraded = self.hasher(email, origin).hash(password).await;
        upgraded
            .inspect_err(|error| tracing::warn!(%error, "upgrading a weak password hash failed"))
            .ok()
    }
}
