//! Verifying an email address.

use super::{Accounts, Error, Result};
use crate::model::{
    CapPurpose, Email, EventKind, Origin, Password, PasswordHash, PendingRegistration, ProofToken,
    User,
};
use crate::store::{LinkIssue, Verify};

/// The result of a verified email address.
pub(super) struct Proven {
    pub(super) user: User,
    /// The hash of the registration's password, if the person showed that they chose it.
    pub(super) chosen: Option<PasswordHash>,
}

impl Accounts {
    /// Uses a mailed link. With `verify_requires_password`, the registration's password is required; otherwise it is
    /// checked only if given. A wrong one does not use up the link and counts as a failed attempt.
    pub async fn verify(
        &self,
        token: &ProofToken,
        password: Option<&Password>,
        origin: &Origin,
    ) -> Result<User> {
        let proven = self.prove(token, password, None, origin).await?;
        Ok(proven.user)
    }

    /// Does the same. A valid ticket also shows that the person chose the password.
    pub(super) async fn prove(
        &self,
        token: &ProofToken,
        password: Option<&Password>,
        ticket: Option<&str>,
        origin: &Origin,
    ) -> Result<Proven> {
        let token = self.without_return(token.expose())?;
        let proof = ProofToken::presented(token.to_owned().into()).hash();
        let needs_password = password.is_some() || self.settings.features.verify_requires_password;
        let mut chosen = None;
        if needs_password || ticket.is_some() {
            let pending = self.store.pending_by_proof(&proof, self.now()).await?;
            let pending = pending.ok_or(Error::InvalidToken)?;
            if needs_password {
                let password = password.ok_or(Error::WrongPassword)?;
                chosen = self.confirm_registrant(&pending, password, origin).await?;
            } else if ticket.is_some_and(|ticket| self.is_ticket_of(ticket, &pending)) {
                chosen = pending.hashed_password;
            }
        }
        let effects = self.recorded(EventKind::UserVerified, origin);
        match self
            .store
            .verify(&proof, self.new_id(), self.now(), effects)
            .await?
        {
            Verify::Created(user) | Verify::Marked(user) => Ok(Proven { user, chosen }),
            Verify::AlreadyVerified | Verify::InvalidToken => Err(Error::InvalidToken),
        }
    }

    /// Checks the password of the person who registered. Returns the hash that it was checked against.
    async fn confirm_registrant(
        &self,
        pending: &PendingRegistration,
        password: &Password,
        origin: &Origin,
    ) -> Result<Option<PasswordHash>> {
        let guess = self.begin_guess(&pending.email, origin).await?;
        // A link for an existing account needs that account's current password.
        let account = self.store.user_by_email(&pending.email).await?;
        let hash = account.map_or_else(
            || pending.hashed_password.clone(),
            |user| user.hashed_password,
        );
        let verdict = self.evaluate(&guess, password, hash.as_ref()).await?;
        if verdict.matches {
            self.guess_withdrawn(&guess).await?;
            Ok(hash)
        } else {
            self.guess_failed(&guess, None, origin, Error::WrongPassword)
                .await
        }
    }

    /// Mails a new link to an email address that waits for one: of an unverified account, or of a pending registration
    /// while registration is enabled. For any other address, the work is the same and no mail is sent.
    pub async fn resend_verification(&self, email: &Email, origin: &Origin) -> Result<()> {
        let pending = self.store.pending_by_email(email, self.now()).await?;
        let account = self.store.user_by_email(email).await?;
        let waiting = account
            .as_ref()
            .filter(|user| user.is_active && !user.is_verified);
        // It may still wait for an older link.
        let is_disabled = account
            .as_ref()
            .is_some_and(|user| !user.is_active && !user.is_verified);
        let registrant = pending
            .as_ref()
            .and_then(|pending| pending.full_name.as_ref());
        let name = waiting.map_or(registrant, |user| user.full_name.as_ref());
        // Render and encrypt in any case, so that the answer takes as long for an unknown email address.
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
        } else if self.settings.features.allow_registration && !is_disabled {
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
        // Wake the worker even if nothing was queued: that must not reveal who waits for a link.
        self.outbox.wake();
        Ok(())
    }
}
