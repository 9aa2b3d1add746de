//! Another address: asked for with the password, confirmed through a link to the new mailbox.

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
    /// Mails a link to the new address. An address that somebody has is answered alike, and gets nothing.
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
                // Where nothing was queued the worker looks all the same: that must not tell who has an account.
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
            cap: self
                .mail_cap(new_email, CapPurpose::EmailChange)
                .asked_by(origin.ip),
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
            undo: None,
            now: self.now(),
        };
        // To the old address: whoever lost the account must hear of it there, and can undo it from there.
        let undo = self.undo_of(&user, &change.new_email);
        let change = EmailChange {
            undo: undo.as_ref().map(|(undo, _)| undo.clone()),
            ..change
        };
        let url = undo.map(|(_, url)| url);
        let effects = Effects {
            messages: self.moved_notice(&user, &change.new_email, url, origin)?,
            messages_cap: Some(self.notice_cap(&user)),
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

    /// The right to undo a change of the address, and the link that carries it. None where owners are not told, or no page
    /// is there to open it.
    pub(super) fn undo_of(&self, user: &User, new_email: &Email) -> Option<(NewUndo, String)> {
        // Another spelling takes nothing away from anybody.
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

    /// Uses the link of the notice that went to the old address: the account has that address again, all its sessions end,
    /// and its password works no longer where a new one can be set by mail.
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
                // Changed meanwhile: the link outlives that.
                ChangeEmail::Stale => {}
            }
        }
        Err(Error::InvalidToken)
    }
}
