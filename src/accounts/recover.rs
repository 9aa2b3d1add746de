//! A forgotten password: a link by mail, and a new password on the strength of it.

use jiff::{SignedDuration, Timestamp};

use super::login::ROUNDS;
use super::notice::{Change, Mailed};
use super::{Accounts, Error, Result};
use crate::config::MailLink;
use crate::delivery::templates::{Invite, PasswordReset};
use crate::model::{
    Claims, Email, EventKind, Id, NewPassword, Origin, Purpose, QueuedMessage, User,
};
use crate::secret::ExposeSecret as _;
use crate::store::{Conditional, Effects, IssueLink, LinkIssue, PasswordChange, PasswordProof};

impl Accounts {
    /// Mails a link that sets a new password, if an active account has the address; a stranger's costs the same and gets
    /// nothing.
    pub async fn forgot_password(&self, email: &Email, origin: &Origin) -> Result<()> {
        for _ in 0..ROUNDS {
            let user = self
                .0
                .store
                .user_by_email(email)
                .await?
                .filter(|user| user.is_active);
            if self.mail_reset_link(email, user.as_ref(), origin).await? != IssueLink::Stale {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Mails the same link on an administrator's word.
    pub async fn send_password_reset(&self, id: Id, origin: &Origin) -> Result<Mailed> {
        for _ in 0..ROUNDS {
            let user = self.0.store.user(id).await?.ok_or(Error::NotFound)?;
            if !user.is_active {
                return Err(Error::AccountDisabled);
            }
            match self
                .mail_reset_link(&user.email, Some(&user), origin)
                .await?
            {
                IssueLink::Queued => return Ok(Mailed::Queued),
                IssueLink::CapSpent => return Ok(Mailed::CapSpent),
                IssueLink::Nobody | IssueLink::Stale => {}
            }
        }
        Err(Error::NotFound)
    }

    async fn mail_reset_link(
        &self,
        email: &Email,
        user: Option<&User>,
        origin: &Origin,
    ) -> Result<IssueLink> {
        let ttl = self.0.settings.tokens.password_reset_token_ttl_seconds;
        let issued_at = self.moment_of_issue(user);
        // Signed, rendered and sealed for a stranger's address too: the answer takes as long.
        let (url, expires_at) = self.password_link(
            user.map_or_else(|| self.new_id(), |user| user.id),
            issued_at,
            ttl,
        );
        let name = user.and_then(|user| user.full_name.as_ref());
        let content = PasswordReset::new(&self.0.settings.identity.app_name, name, email, url, ttl);
        let mut message =
            self.0
                .outbox
                .mail(email, user.map(|user| user.id), &content, expires_at)?;
        message.dies_with_change = true;
        let link = LinkIssue {
            user_id: user.map(|user| user.id),
            email: Some(email.clone()),
            verified_hash: None,
            issued_at,
            cap: self.mail_cap(email),
        };
        let effects = Effects {
            messages: vec![message],
            events: vec![self.event(EventKind::PasswordResetRequested, origin)],
        };
        let issued = self.0.store.issue_link(link, effects).await?;
        if issued == IssueLink::Queued {
            self.0.outbox.wake();
        }
        Ok(issued)
    }

    /// The mail that invites the holder of a new account to choose a password.
    pub(super) fn invitation(&self, user: &User) -> Result<QueuedMessage> {
        let ttl = self.0.settings.tokens.invite_token_ttl_seconds;
        let (url, expires_at) = self.password_link(user.id, user.created_at, ttl);
        let content = Invite::new(
            &self.0.settings.identity.app_name,
            user.full_name.as_ref(),
            &user.email,
            url,
            ttl,
        );
        let mut message = self
            .0
            .outbox
            .mail(&user.email, Some(user.id), &content, expires_at)?;
        message.dies_with_change = true;
        Ok(message)
    }

    /// A link that sets the password of an account, and when it dies.
    fn password_link(
        &self,
        user_id: Id,
        issued_at: Timestamp,
        ttl_seconds: u32,
    ) -> (String, Timestamp) {
        let expires_at = issued_at + SignedDuration::from_secs(ttl_seconds.into());
        let claims = Claims::new(
            user_id,
            self.new_jti(),
            issued_at,
            expires_at,
            Purpose::PasswordReset,
        );
        let token = self.0.tokens.sign(&claims);
        (
            self.0
                .settings
                .link(MailLink::PasswordReset, token.expose_secret()),
            expires_at,
        )
    }

    /// The `iat` of a token that no cut-off of the account has passed yet.
    pub(super) fn moment_of_issue(&self, user: Option<&User>) -> Timestamp {
        user.map_or_else(|| self.now(), |user| user.next_issue_time(self.now()))
    }

    /// Sets a new password through a mailed link. The link proves the mailbox: the address counts as verified, and a
    /// lockout ends. All sessions end. A refused password does not use up the link.
    pub async fn reset_password(
        &self,
        token: &str,
        new: &NewPassword,
        origin: &Origin,
    ) -> Result<()> {
        let (claims, user) = self.open_link(token, Purpose::PasswordReset).await?;
        self.check_strength_for(new, &user)?;
        let change = PasswordChange {
            user_id: user.id,
            new_hash: self.0.passwords.hash(new.as_password()).await?,
            proof: PasswordProof::Link(claims.issued_at),
            attempt: None,
            now: self.now(),
        };
        let effects = Effects {
            messages: self.notice(&user, Change::Password, origin)?,
            events: vec![self.event(EventKind::PasswordResetCompleted, origin)],
        };
        match self.0.store.change_password(change, effects).await? {
            Conditional::Done(_) => self.0.outbox.wake(),
            Conditional::Stale => return Err(Error::InvalidToken),
        }
        Ok(())
    }
}
