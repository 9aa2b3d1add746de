//! Changing the email address: requested with the password, confirmed through a link mailed to the new address.

use super::login::MAX_ROUNDS;
use super::notice::SecurityChange;
use super::{Accounts, Error, Result, Session};
use crate::config::MailLink;
use crate::delivery::templates::EmailChange as EmailChangeMail;
use crate::model::{
    CapPurpose, Claims, Email, EventKind, NewUndo, Origin, Password, ProofToken, Purpose,
    UNDO_LIFE, User,
};
use crate::random;
use crate::store::{ChangeEmail, Effects, EmailChange, IssueLink, LinkIssue, UndoEmailChange};

impl Accounts {
    /// Mails a link to the new email address. If the address is taken, the answer is the same and no mail is sent.
    pub async fn request_email_change(
        &self,
        session: &Session,
        new_email: &Email,
        current: &Password,
        origin: &Origin,
    ) -> Result<()> {
        self.check_reach(new_email).await?;
        for _ in 0..MAX_ROUNDS {
            let (user, _) = self.confirm_password(session, current, origin).await?;
            if user.email.as_str().to_lowercase() == new_email.as_str() {
                return Err(Error::SameEmail);
            }
            match self.mail_change_link(&user, new_email, origin).await? {
                // Wake the worker even if nothing was queued: the time must not reveal whether the email address is
                // taken.
                IssueLink::Queued | IssueLink::Nobody | IssueLink::CapSpent => {
                    self.outbox.wake();
                    return Ok(());
                }
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
        let issued_at = user.next_issue_time(self.now());
        let claims = Claims {
            new_email: Some(new_email.clone()),
            old_email: Some(user.email.clone()),
            ..self.claims(user.id, issued_at, ttl, Purpose::EmailChange)
        };
        let content = EmailChangeMail::new(
            &self.settings.identity.app_name,
            // The new email address may belong to a stranger.
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
            // The password must still be the same when the link is queued: a password change in between cancels it.
            verified_hash: user.hashed_password.clone(),
            issued_at,
            cap: self
                .mail_cap(new_email, CapPurpose::EmailChange)
                .asked_by(origin.ip),
            only_if: None,
        };
        let effects = self.sending(message, EventKind::EmailChangeRequested, origin);
        Ok(self.store.issue_link(link, effects).await?)
    }

    /// Uses a mailed link: the account gets the new email address, verified, and all its sessions end.
    pub async fn confirm_email_change(&self, token: &str, origin: &Origin) -> Result<User> {
        let (claims, user) = self.open_link(token, Purpose::EmailChange).await?;
        let change = EmailChange {
            user_id: user.id,
            old_email: claims.old_email,
            new_email: claims.new_email.ok_or(Error::InvalidToken)?,
            issued_at: claims.issued_at,
            undo: None,
            now: self.now(),
        };
        // The notice goes to the old email address: an owner whose account was taken over learns of it there, and can
        // undo it.
        let undo = self.undo_of(&user, &change.new_email);
        let change = EmailChange {
            undo: undo.as_ref().map(|(undo, _)| undo.clone()),
            ..change
        };
        let url = undo.map(|(_, url)| url);
        let effects = Effects {
            // Without a limit, which somebody could use up with other changes first. Each change needs a link that was
            // mailed, and those are limited.
            messages: self.moved_notice(&user, &change.new_email, url, origin)?,
            ..self.recorded(EventKind::EmailChanged, origin)
        };
        match self.store.change_email(change, effects).await? {
            ChangeEmail::Done(user) => {
                self.outbox.wake();
                Ok(user)
            }
            ChangeEmail::Stale => Err(Error::InvalidToken),
            ChangeEmail::EmailTaken => Err(Error::EmailTaken),
        }
    }

    /// Returns the right to undo a change of the email address, and the link that does it. Returns `None` if owners are
    /// not told of changes, or no page is configured to open the link.
    pub(super) fn undo_of(&self, user: &User, new_email: &Email) -> Option<(NewUndo, String)> {
        // A different spelling of the same address needs no undo.
        if !self.sends_notices() || user.email.is_same_as(new_email) {
            return None;
        }
        let token = ProofToken::of_account(user.id, random::bytes(&*self.random));
        let undo = NewUndo {
            proof: token.hash(),
            expires_at: self.now() + UNDO_LIFE,
        };
        Some((undo, self.settings.undo_link(token.expose())?))
    }

    /// Uses the undo link from the notice to the old email address. The account gets that address back and all its
    /// sessions end. Its password stops working, provided that a new one can be set by mail.
    pub async fn undo_email_change(&self, token: &ProofToken, origin: &Origin) -> Result<User> {
        let user_id = token.account().ok_or(Error::InvalidToken)?;
        for _ in 0..MAX_ROUNDS {
            let user = self.store.user(user_id).await?;
            let user = user.filter(|user| user.is_active);
            let user = user.ok_or(Error::InvalidToken)?;
            let now = self.now();
            if self
                .store
                .undo(user_id, &token.hash(), now)
                .await?
                .is_none()
            {
                break;
            }
            let undo = UndoEmailChange {
                user_id,
                proof: token.hash(),
                email: user.email.clone(),
                forgets_password: self.password_links_work(),
                now,
            };
            let kind = EventKind::EmailChangeUndone;
            let effects = self.noticed(&user, SecurityChange::Email, kind, origin)?;
            match self.store.undo_email_change(undo, effects).await? {
                ChangeEmail::Done(user) => {
                    self.outbox.wake();
                    return Ok(user);
                }
                ChangeEmail::EmailTaken => return Err(Error::EmailTaken),
                // The account changed in the meantime; the link stays valid.
                ChangeEmail::Stale => {}
            }
        }
        Err(Error::InvalidToken)
    }
}
