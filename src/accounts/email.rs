//! Another address: asked for with the password, confirmed through a link to the new mailbox.

use super::login::MAX_ROUNDS;
use super::notice::SecurityChange;
use super::{Accounts, Error, Result, Session};
use crate::config::MailLink;
use crate::delivery::templates::EmailChange as EmailChangeMail;
use crate::model::{CapPurpose, Claims, Email, EventKind, Origin, Password, Purpose, User};
use crate::store::{ChangeEmail, EmailChange, IssueLink, LinkIssue};

impl Accounts {
    /// Mails a link to the new address. An address that somebody has is answered alike, and gets nothing.
    pub async fn request_email_change(
        &self,
        session: &Session,
        new_email: &Email,
        current: &Password,
        origin: &Origin,
    ) -> Result<()> {
        for _ in 0..MAX_ROUNDS {
            let (user, _) = self.confirm_password(session, current, origin).await?;
            if user.email.as_str().to_lowercase() == new_email.as_str() {
                return Err(Error::SameEmail);
            }
            match self.mail_change_link(&user, new_email, origin).await? {
                IssueLink::Queued => {
                    self.outbox.wake();
                    return Ok(());
                }
                IssueLink::Nobody | IssueLink::CapSpent => return Ok(()),
                IssueLink::Stale | IssueLink::Overtaken => {}
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
        let is_taken = self.store.user_by_email(new_email).await?.is_some();
        let ttl = self.settings.tokens.email_change_token_ttl_seconds;
        let issued_at = self.moment_of_issue(Some(user));
        let claims = Claims {
            new_email: Some(new_email.clone()),
            old_email: Some(user.email.clone()),
            ..self.claims(user.id, issued_at, ttl, Purpose::EmailChange)
        };
        let content = EmailChangeMail::new(
            &self.settings.identity.app_name,
            // The new address may be a stranger's.
            user.full_name.as_ref().filter(|name| name.is_plain()),
            new_email,
            self.link(MailLink::EmailChange, &claims),
            ttl,
        );
        let language = self.language_of(user.language.as_ref(), origin);
        let message = self.link_mail(
            new_email,
            Some(user.id),
            &content,
            &language,
            claims.expires_at,
        )?;
        let link = LinkIssue {
            user_id: (!is_taken).then_some(user.id),
            email: Some(user.email.clone()),
            // What was proven must still be true when the link is queued: a password change in between ends it.
            verified_hash: user.hashed_password.clone(),
            issued_at,
            cap: self.mail_cap(new_email, CapPurpose::EmailChange),
            only_if: None,
        };
        let effects = self.sending(message, EventKind::EmailChangeRequested, origin);
        Ok(self.store.issue_link(link, effects).await?)
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
        let kind = EventKind::EmailChanged;
        let effects = self.noticed(&user, SecurityChange::Email, kind, origin)?;
        match self.store.change_email(change, effects).await? {
            ChangeEmail::Done(user) => {
                self.outbox.wake();
                Ok(user)
            }
            ChangeEmail::Stale => Err(Error::InvalidToken),
            ChangeEmail::EmailTaken => Err(Error::EmailTaken),
        }
    }
}
