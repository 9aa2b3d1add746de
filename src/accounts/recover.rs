//! Resetting a forgotten password through a mailed link.

use jiff::SignedDuration;

use super::login::MAX_ROUNDS;
use super::notice::{Mailed, SecurityChange};
use super::{Accounts, Error, Result};
use crate::config::MailLink;
use crate::delivery::templates::PasswordReset;
use crate::model::{
    CapPurpose, Email, EventKind, Id, NewPassword, Origin, Purpose, RecipientCap, User,
};
use crate::store::{Conditional, IssueLink, LinkIssue, PasswordChange, PasswordProof};

impl Accounts {
    /// Mails a link that sets a new password, if an active account has the email address. For any other address, the
    /// work is the same and no mail is sent.
    pub async fn forgot_password(&self, email: &Email, origin: &Origin) -> Result<()> {
        for _ in 0..MAX_ROUNDS {
            let user = self
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

    /// Mails the same link on behalf of an administrator.
    pub async fn send_password_reset(&self, id: Id, origin: &Origin) -> Result<Mailed> {
        for _ in 0..MAX_ROUNDS {
            let user = self.store.user(id).await?.ok_or(Error::NotFound)?;
            if !user.is_active {
                return Err(Error::AccountDisabled);
            }
            match self
                .mail_reset_link(&user.email, Some(&user), origin)
                .await?
            {
                IssueLink::Queued => return Ok(Mailed::Queued),
                IssueLink::CapSpent => return Ok(Mailed::CapSpent),
                IssueLink::Overtaken => return Err(Error::Overtaken),
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
        let ttl = self.settings.tokens.password_reset_token_ttl_seconds;
        let now = self.now();
        let issued_at = user.map_or(now, |user| user.next_issue_time(now));
        // Sign, render and encrypt for unknown email addresses too, so that the answer takes as long.
        let user_id = user.map_or_else(|| self.new_id(), |user| user.id);
        let claims = self.claims(user_id, issued_at, ttl, Purpose::PasswordReset);
        let content = PasswordReset::new(
            &self.settings.identity.app_name,
            user.and_then(|user| user.full_name.as_ref()),
            email,
            self.link(MailLink::PasswordReset, &claims),
            ttl,
        )
        .requested(self.request_details(user, origin));
        let user_id = user.map(|user| user.id);
        let language = self.language_of(user.and_then(|user| user.language.as_ref()), origin);
        let message = self.link_mail(email, user_id, &content, &language, claims.expires_at)?;
        // Links issued before this moment have expired or died with the last change. If none is newer, a reached limit
        // lets one more through, so that an owner can always get a link that works.
        let cut_off = user.and_then(|user| user.tokens_invalidated_after);
        let cut_off = cut_off.filter(|cut_off| *cut_off < now);
        let cap = RecipientCap {
            useless_until: cut_off.max(Some(now - SignedDuration::from_secs(ttl.into()))),
            ..self
                .mail_cap(email, CapPurpose::PasswordReset)
                .asked_by(origin.ip)
        };
        let link = LinkIssue {
            user_id,
            email: Some(email.clone()),
            verified_hash: None,
            issued_at,
            cap,
            only_if: self.condition(),
        };
        let effects = self.sending(message, EventKind::PasswordResetRequested, origin);
        let issued = self.store.issue_link(link, effects).await?;
        // Wake the worker even if nothing was queued: it writes when it looks into the outbox, and that must not reveal
        // who has an account.
        self.outbox.wake();
        Ok(issued)
    }

    /// Sets a new password through a mailed link. The link proves access to the mailbox, so the email address counts as
    /// verified and a lockout ends. All sessions end. A refused password does not use up the link.
    pub async fn reset_password(
        &self,
        token: &str,
        new: &NewPassword,
        origin: &Origin,
    ) -> Result<User> {
        let (claims, user) = self
            .open_link(self.without_return(token)?, Purpose::PasswordReset)
            .await?;
        let proof = PasswordProof::Link(claims.issued_at);
        let kind = EventKind::PasswordResetCompleted;
        let changed = self.write_password(&user, new, proof, kind, origin).await?;
        changed.ok_or(Error::InvalidToken)
    }

    /// Stores a new password on the strength of a proof other than the current one, and tells the owner. Returns `None`
    /// if the proof is no longer valid.
    pub(super) async fn write_password(
        &self,
        user: &User,
        new: &NewPassword,
        proof: PasswordProof,
        kind: EventKind,
        origin: &Origin,
    ) -> Result<Option<User>> {
        let change = PasswordChange {
            user_id: user.id,
            new_hash: self
                .hash_of_new(new, &user.email, user.full_name.as_ref(), origin)
                .await?,
            proof,
            attempt: None,
            now: self.now(),
        };
        let effects = self.noticed(user, SecurityChange::Password, kind, origin)?;
        match self.store.change_password(change, effects).await? {
            Conditional::Done(user) => {
                self.outbox.wake();
                Ok(Some(user))
            }
            Conditional::Stale => Ok(None),
        }
    }
}
