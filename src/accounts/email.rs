//! Another address: asked for with the password, confirmed through a link to the new mailbox.

use jiff::SignedDuration;

use super::login::ROUNDS;
use super::notice::Change;
use super::{Accounts, Error, Result, Session};
use crate::config::MailLink;
use crate::delivery::templates::EmailChange as EmailChangeMail;
use crate::model::{Claims, Email, EventKind, Origin, Password, Purpose, User};
use crate::secret::ExposeSecret as _;
use crate::store::{ChangeEmail, Effects, EmailChange, IssueLink, LinkIssue};

impl Accounts {
    /// Mails a link to the wished-for address. An address that somebody has is answered alike, and gets nothing.
    pub async fn request_email_change(
        &self,
        session: &Session,
        new_email: &Email,
        current: &Password,
        origin: &Origin,
    ) -> Result<()> {
        for _ in 0..ROUNDS {
            let proven = self.prove(session, current, origin).await?;
            self.guess_withdrawn(&proven.guess).await?;
            if proven.user.email.as_str().to_lowercase() == new_email.as_str() {
                return Err(Error::SameEmail);
            }
            match self
                .mail_change_link(&proven.user, new_email, origin)
                .await?
            {
                IssueLink::Queued => {
                    self.0.outbox.wake();
                    return Ok(());
                }
                IssueLink::Nobody | IssueLink::CapSpent => return Ok(()),
                IssueLink::Stale => {}
            }
        }
        Err(Error::WrongPassword)
    }

    async fn mail_change_link(
        &self,
        user: &User,
        new_email: &Email,
        origin: &Origin,
    ) -> Result<IssueLink> {
        let is_taken = self.0.store.user_by_email(new_email).await?.is_some();
        let ttl = self.0.settings.tokens.email_change_token_ttl_seconds;
        let issued_at = self.moment_of_issue(Some(user));
        let expires_at = issued_at + SignedDuration::from_secs(ttl.into());
        let claims = Claims {
            new_email: Some(new_email.clone()),
            old_email: Some(user.email.clone()),
            ..Claims::new(
                user.id,
                self.new_jti(),
                issued_at,
                expires_at,
                Purpose::EmailChange,
            )
        };
        let token = self.0.tokens.sign(&claims);
        let url = self
            .0
            .settings
            .link(MailLink::EmailChange, token.expose_secret());
        let content = EmailChangeMail::new(
            &self.0.settings.identity.app_name,
            user.full_name.as_ref(),
            new_email,
            url,
            ttl,
        );
        let mut message = self
            .0
            .outbox
            .mail(new_email, Some(user.id), &content, expires_at)?;
        message.dies_with_change = true;
        let link = LinkIssue {
            user_id: (!is_taken).then_some(user.id),
            email: Some(user.email.clone()),
            // What was proven must still be true when the link is queued: a password change in between ends it.
            verified_hash: user.hashed_password.clone(),
            issued_at,
            cap: self.mail_cap(new_email),
        };
        let effects = Effects {
            messages: vec![message],
            events: vec![self.event(EventKind::EmailChangeRequested, origin)],
        };
        Ok(self.0.store.issue_link(link, effects).await?)
    }

    /// Uses a mailed link: the account has the new address from now on, verified, and all its sessions end.
    pub async fn confirm_email_change(&self, token: &str, origin: &Origin) -> Result<User> {
        let (claims, user) = self.open_link(token, Purpose::EmailChange).await?;
        let change = EmailChange {
            user_id: user.id,
            old_email: claims.old_email,
            new_email: claims.new_email.ok_or(Error::InvalidToken)?,
            issued_at: claims.issued_at,
            now: self.now(),
        };
        // To the old address: whoever lost the account must hear of it there.
        let messages = self.notice(&user, Change::Email, origin)?;
        let effects = Effects {
            messages,
            events: vec![self.event(EventKind::EmailChanged, origin)],
        };
        match self.0.store.change_email(change, effects).await? {
            ChangeEmail::Done(user) => {
                self.0.outbox.wake();
                Ok(user)
            }
            ChangeEmail::Stale => Err(Error::InvalidToken),
            ChangeEmail::EmailTaken => Err(Error::EmailTaken),
        }
    }
}
