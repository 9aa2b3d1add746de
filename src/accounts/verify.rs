//! Proof of an address.

use super::{Accounts, Error, Result};
use crate::model::{
    CapPurpose, Email, EventKind, Origin, Password, PendingRegistration, ProofToken, User,
};
use crate::store::{RenewPending, Verify};

impl Accounts {
    /// Uses a mailed link. With `verify_requires_password` the registration's password is needed too; otherwise one is
    /// checked only when it is given. A wrong one leaves the link alive and counts as a guess.
    pub async fn verify(
        &self,
        token: &ProofToken,
        password: Option<&Password>,
        origin: &Origin,
    ) -> Result<User> {
        let proof = token.hash();
        if password.is_some() || self.settings.features.verify_requires_password {
            let pending = self
                .store
                .pending_by_proof(&proof, self.now())
                .await?
                .ok_or(Error::InvalidToken)?;
            self.confirm_registrant(&pending, password.ok_or(Error::WrongPassword)?, origin)
                .await?;
        }
        let effects = self.recorded(EventKind::UserVerified, origin);
        match self
            .store
            .verify(&proof, self.new_id(), self.now(), effects)
            .await?
        {
            Verify::Created(user) | Verify::Marked(user) => Ok(user),
            Verify::AlreadyVerified | Verify::InvalidToken => Err(Error::InvalidToken),
        }
    }

    async fn confirm_registrant(
        &self,
        pending: &PendingRegistration,
        password: &Password,
        origin: &Origin,
    ) -> Result<()> {
        let guess = self.begin_guess(&pending.email, origin).await?;
        // A link to an account that exists asks for that account's password, as it is by now.
        let account = self.store.user_by_email(&pending.email).await?;
        let hash = account.map_or_else(
            || pending.hashed_password.clone(),
            |user| user.hashed_password,
        );
        let verdict = self.evaluate(&guess, password, hash.as_ref()).await?;
        if verdict.matches {
            self.guess_withdrawn(&guess).await
        } else {
            self.guess_failed(&guess, None, origin, Error::WrongPassword)
                .await
        }
    }

    /// Mails a new link to a pending address; an unknown one costs the same and gets nothing.
    pub async fn resend_verification(&self, email: &Email, origin: &Origin) -> Result<()> {
        if !self.settings.features.allow_registration {
            return Ok(());
        }
        let pending = self.store.pending_by_email(email, self.now()).await?;
        // Rendered and sealed in either case: the answer takes as long for a stranger's address.
        let mail = self.verification_mail(
            email,
            pending
                .as_ref()
                .and_then(|pending| pending.full_name.as_ref()),
            &self.language_of(
                pending
                    .as_ref()
                    .and_then(|pending| pending.language.as_ref()),
                origin,
            ),
        )?;
        let effects = self.sending(mail.message, EventKind::VerificationRequested, origin);
        match self
            .store
            .renew_pending(
                email,
                mail.proof,
                mail.expires_at,
                self.mail_cap(email, CapPurpose::Verification),
                effects,
            )
            .await?
        {
            RenewPending::Renewed => self.outbox.wake(),
            RenewPending::NotPending | RenewPending::CapSpent => {}
        }
        Ok(())
    }
}
