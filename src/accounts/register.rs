//! Registration.

use jiff::Timestamp;

use super::sign_up::SignUpTicket;
use super::{Accounts, Error, Result, notice};
use crate::config::MailLink;
use crate::delivery::templates::{AlreadyRegistered, Verification};
use crate::model::{
    CapPurpose, Email, EventKind, FullName, Language, NewPassword, Origin, PasswordHash,
    PendingRegistration, ProofHash, ProofToken, QueuedMessage, User,
};
use crate::random;
use crate::store::{CreateUser, Effects, PutPending};

/// A registration request.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The email address.
    pub email: Email,
    /// The new account's password.
    pub password: NewPassword,
    /// The person's name.
    pub full_name: Option<FullName>,
    /// The language for mails to this person.
    pub language: Option<Language>,
}

/// The outcome of a registration.
#[derive(Debug, Clone)]
pub enum Registered {
    /// An account that can log in.
    Active(Box<User>),
    /// A registration that has to be verified through a mailed link.
    Pending {
        /// The email address that the link was mailed to.
        email: Email,
        /// When the link expires.
        expires_at: Timestamp,
        /// The ticket for the browser that signs up.
        ticket: SignUpTicket,
    },
}

/// A new verification token, and the mail that carries it.
pub(super) struct VerificationMail {
    pub(super) proof: ProofHash,
    pub(super) expires_at: Timestamp,
    pub(super) message: QueuedMessage,
}

impl Accounts {
    /// Registers an email address. With `require_verification`, the account is created when the mailed link is used.
    /// Registering a pending address again replaces its password, name and link.
    pub async fn register(&self, new: Registration, origin: &Origin) -> Result<Registered> {
        let features = &self.settings.features;
        if !features.allow_registration {
            return Err(Error::RegistrationDisabled);
        }
        self.check_reach(&new.email).await?;
        let hash = self
            .hash_of_new(&new.password, &new.email, new.full_name.as_ref(), origin)
            .await?;
        if features.require_verification {
            self.register_pending(new, hash, origin).await
        } else {
            self.register_active(new, hash, origin).await
        }
    }

    async fn register_active(
        &self,
        new: Registration,
        hash: PasswordHash,
        origin: &Origin,
    ) -> Result<Registered> {
        let user = User {
            language: new.language,
            ..self.new_user(new.email, Some(hash), new.full_name)
        };
        let effects = self.recorded(EventKind::UserRegistered, origin);
        match self.store.create_user(user.clone(), effects).await? {
            CreateUser::Created => Ok(Registered::Active(Box::new(user))),
            CreateUser::EmailTaken => Err(Error::EmailTaken),
        }
    }

    async fn register_pending(
        &self,
        new: Registration,
        hash: PasswordHash,
        origin: &Origin,
    ) -> Result<Registered> {
        let Registration {
            email,
            full_name,
            language,
            ..
        } = new;
        let written_in = self.language_of(language.as_ref(), origin);
        let mail = self.verification_mail(&email, full_name.as_ref(), &written_in)?;
        let ticket = self.sign_up_ticket(&email, &hash, mail.expires_at);
        let pending = PendingRegistration {
            email: email.clone(),
            hashed_password: Some(hash),
            full_name,
            language,
            token_hash: mail.proof,
            created_at: self.now(),
            expires_at: mail.expires_at,
        };
        let effects = self.sending(mail.message, EventKind::VerificationRequested, origin);
        let hidden = self.settings.features.hide_registered_emails;
        let if_taken = if hidden {
            self.already_registered(&email, origin).await?
        } else {
            Effects::default()
        };
        let cap = self
            .mail_cap(&email, CapPurpose::Verification)
            .asked_by(origin.ip);
        match self
            .store
            .put_pending(pending, cap, effects, if_taken)
            .await?
        {
            PutPending::Stored => self.outbox.wake(),
            // Answer as if the mail was sent: the older link in the mailbox stays valid.
            PutPending::CapSpent => tracing::warn!(
                "verification email not sent: mail_per_recipient_per_hour reached for this recipient"
            ),
            PutPending::EmailTaken if hidden => self.outbox.wake(),
            PutPending::EmailTaken => return Err(Error::EmailTaken),
        }
        Ok(Registered::Pending {
            email,
            expires_at: mail.expires_at,
            ticket,
        })
    }

    /// Returns the mail that tells an owner that somebody tried to register their email address. It is rendered for
    /// every address, so that the answer takes as long.
    async fn already_registered(&self, email: &Email, origin: &Origin) -> Result<Effects> {
        let owner = self.store.user_by_email(email).await?;
        let name = owner.as_ref().and_then(|user| user.full_name.as_ref());
        let content = AlreadyRegistered::new(
            &self.settings.identity.app_name,
            name,
            email,
            self.request_details(owner.as_ref(), origin),
        );
        let message = self.outbox.mail(
            email,
            owner.as_ref().map(|user| user.id),
            &content,
            &self.language_of(
                owner.as_ref().and_then(|user| user.language.as_ref()),
                origin,
            ),
            self.now() + notice::LIFE,
        )?;
        Ok(Effects {
            messages: vec![message],
            ..Effects::default()
        })
    }

    /// Returns an active, verified account that is not stored yet.
    pub(super) fn new_user(
        &self,
        email: Email,
        hashed_password: Option<PasswordHash>,
        full_name: Option<FullName>,
    ) -> User {
        User {
            hashed_password,
            full_name,
            ..User::new(self.new_id(), email, self.now())
        }
    }

    pub(super) fn verification_mail(
        &self,
        email: &Email,
        full_name: Option<&FullName>,
        language: &Language,
    ) -> Result<VerificationMail> {
        let settings = &self.settings;
        let ttl = settings.tokens.verification_token_ttl_seconds;
        let expires_at = self.now() + jiff::SignedDuration::from_secs(ttl.into());
        let token = ProofToken::from_bytes(random::bytes(&*self.random));
        let url = settings.link(MailLink::Verify, &self.with_return(token.expose()));
        // The person who typed the name may not be the one who reads the mail.
        let name = full_name.filter(|name| name.is_plain());
        let content = Verification::new(&settings.identity.app_name, name, email, url, ttl);
        let mut message = self
            .outbox
            .mail(email, None, &content, language, expires_at)?;
        message.pending_proof = Some(token.hash());
        Ok(VerificationMail {
            proof: token.hash(),
            expires_at,
            message,
        })
    }
}
