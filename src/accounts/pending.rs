//! Pending registrations, managed by administrators.

use super::{Accounts, Error, Mailed, Result};
use crate::model::{
    CapPurpose, Email, EventKind, Id, Origin, Page, PendingKey, PendingPublic, User,
};
use crate::store::{PromotePending, Reverify};

impl Accounts {
    /// Returns one page of registrations with a valid link, newest first. With a text, only those that contain it in
    /// the email address or name.
    pub async fn pending(
        &self,
        q: Option<&str>,
        after: Option<PendingKey>,
        limit: u32,
    ) -> Result<Page<PendingPublic, PendingKey>> {
        let page = self
            .store
            .pending(q.filter(|text| !text.is_empty()), after, limit, self.now())
            .await?;
        Ok(page.map(PendingPublic::from))
    }

    /// Turns a pending registration into an account without its link.
    pub async fn promote_pending(&self, email: &Email, origin: &Origin) -> Result<User> {
        let effects = self.recorded(EventKind::UserVerified, origin);
        match self
            .store
            .promote_pending(email, self.new_id(), self.now(), effects)
            .await?
        {
            PromotePending::Created(user) => Ok(user),
            PromotePending::EmailTaken => Err(Error::EmailTaken),
            PromotePending::NotFound => Err(Error::NotPending),
        }
    }

    /// Deletes a pending registration. Its link stops working.
    pub async fn delete_pending(&self, email: &Email) -> Result<()> {
        if self.store.delete_pending(email, self.now()).await? {
            Ok(())
        } else {
            Err(Error::NotPending)
        }
    }

    /// Mails a verification link to an unverified account. Using it marks the account verified and keeps its password.
    pub async fn reverify(&self, id: Id, origin: &Origin) -> Result<Mailed> {
        let user = self.user(id).await?;
        let language = self.language_of(user.language.as_ref(), origin);
        let mail = self.verification_mail(&user.email, user.full_name.as_ref(), &language)?;
        let effects = self.sending(mail.message, EventKind::VerificationRequested, origin);
        let cap = self.mail_cap(&user.email, CapPurpose::Verification);
        match self
            .store
            .reverify(
                id,
                mail.proof,
                mail.expires_at,
                cap,
                self.condition(),
                effects,
            )
            .await?
        {
            Reverify::Queued => {
                self.outbox.wake();
                Ok(Mailed::Queued)
            }
            Reverify::CapSpent => Ok(Mailed::CapSpent),
            Reverify::AlreadyVerified => Err(Error::AlreadyVerified),
            Reverify::Overtaken => Err(Error::Overtaken),
            Reverify::NotFound => Err(Error::NotFound),
        }
    }
}
