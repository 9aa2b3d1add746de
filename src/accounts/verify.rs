//! Proof of an address.

use super::{Accounts, Error, Result};
use crate::model::{
    CapPurpose, Email, EventKind, Origin, Password, PendingRegistration, ProofToken, User,
};
use crate::store::{LinkIssue, Verify};

impl Accounts {
    /// Uses a mailed link. With `verify_requires_password` the registration's password is needed too; otherwise one is
    /// checked only when it is given. A wrong one leaves the link alive and counts as a guess.
    pub async fn verify(
        &self,
        token: &ProofToken,
        password: Option<&Password>,
        origin: &Origin,
    ) -> Result<User> {
        let token = self.without_return(token.expose())?;
        let proof = ProofToken::presented(token.to_owned().into()).hash();
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

    /// Mails a new link to an address that waits for one: of an unverified account, or of a pending registration while
    /// people may register. Any other costs the same and gets nothing.
    pub async fn resend_verification(&self, email: &Email, origin: &Origin) -> Result<()> {
        let pending = self.store.pending_by_email(email, self.now()).await?;
        let account = self.store.user_by_email(email).await?;
        let waiting = account
            .as_ref()
            .filter(|user| user.is_active && !user.is_verified);
        let registrant = pending
            .as_ref()
            .and_then(|pending| pending.full_name.as_ref());
        let name = waiting.map_or(registrant, |user| user.full_name.as_ref());
        // Rendered and sealed in any case: the answer takes as long for a stranger's address.
        let registrants = pending
            .as_ref()
            .and_then(|pending| pending.language.as_ref());
        let own = waiting.map_or(registrants, |user| user.language.as_ref());
        let language = self.language_of(own, origin);
        let mail = self.verification_mail(email, name, &language)?;
        let effects = self.sending(mail.message, EventKind::VerificationRequested, origin);
        let cap = self
            .mail_cap(email, CapPurpose::Verification)
            .asked_by(origin.ip);
        if let Some(user) = waiting {
            self.store
                .reverify(user.id, mail.proof, mail.expires_at, cap, None, effects)
                .await?;
        } else if self.settings.features.allow_registration {
            self.store
                .renew_pending(email, mail.proof, mail.expires_at, cap, effects)
                .await?;
        } else {
            let nobody = LinkIssue {
                user_id: None,
                email: None,
                verified_hash: None,
                issued_at: self.now(),
                cap,
                only_if: None,
            };
            self.store.issue_link(nobody, effects).await?;
        }
        // Where nothing was queued the worker looks all the same: that must not tell who waits for a link.
        self.outbox.wake();
        Ok(())
    }
}
