//! Accounts that an administrator creates.

use super::{Accounts, Error, Result};
use crate::config::MailLink;
use crate::delivery::templates::Invite;
use crate::model::{
    Email, EventKind, FullName, NewPassword, Origin, Purpose, QueuedMessage, User, UserChange,
};
use crate::store::CreateUser;

/// An account that an administrator wants to create.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its email address.
    pub email: Email,
    /// Its password. Without one, nobody can log in until a password is set through a mailed link.
    pub password: Option<NewPassword>,
    /// The owner's name.
    pub full_name: Option<FullName>,
    /// Whether the account is an administrator.
    pub is_superuser: bool,
    /// Whether its email address counts as verified.
    pub is_verified: bool,
    /// Whether to mail its owner an invitation to choose a password.
    pub send_invite: bool,
}

/// What `create_admin` did.
#[derive(Debug, Clone)]
pub enum CreateAdmin {
    /// A new account was created.
    Created(User),
    /// An existing account was promoted. Its password is unchanged.
    Promoted(User),
    /// The account was already an administrator.
    Unchanged(User),
}

impl Accounts {
    /// Creates an account. Fails with [`Error::InvitationsDisabled`] if an invitation is wanted and
    /// `enable_password_reset` is off.
    pub async fn create_user(&self, account: NewAccount, origin: &Origin) -> Result<User> {
        let NewAccount {
            email,
            password,
            full_name,
            is_superuser,
            is_verified,
            send_invite,
        } = account;
        if send_invite && !self.password_links_work() {
            return Err(Error::InvitationsDisabled);
        }
        self.check_reach(&email).await?;
        let hash = match &password {
            Some(password) => Some(
                self.hash_of_new(password, &email, full_name.as_ref(), origin)
                    .await?,
            ),
            None => None,
        };
        let user = User {
            is_verified,
            is_superuser,
            ..self.new_user(email, hash, full_name)
        };
        let mut effects = self.recorded(EventKind::UserRegistered, origin);
        if is_superuser {
            effects
                .events
                .push(self.event(EventKind::AdminGranted, origin));
        }
        if send_invite {
            effects.messages.push(self.invitation(&user, origin)?);
        }
        match self.store.create_user(user.clone(), effects).await? {
            CreateUser::EmailTaken => Err(Error::EmailTaken),
            CreateUser::Created => {
                self.outbox.wake();
                Ok(user)
            }
        }
    }

    /// Creates an active, verified administrator, or promotes the account with that email address. Fails with
    /// [`Error::NotFound`] if there is no such account and no password was given to create one.
    pub async fn create_admin(
        &self,
        email: Email,
        password: Option<NewPassword>,
        origin: &Origin,
    ) -> Result<CreateAdmin> {
        if self.store.user_by_email(&email).await?.is_none() {
            let password = Some(password.ok_or(Error::NotFound)?);
            let account = NewAccount {
                email: email.clone(),
                password,
                full_name: None,
                is_superuser: true,
                is_verified: true,
                send_invite: false,
            };
            match self.create_user(account, origin).await {
                // Somebody else registered the email address in between: promote that account.
                Err(Error::EmailTaken) => {}
                created => return created.map(CreateAdmin::Created),
            }
        }
        let user = self
            .store
            .user_by_email(&email)
            .await?
            .ok_or(Error::NotFound)?;
        if user.is_superuser {
            return Ok(CreateAdmin::Unchanged(user));
        }
        let promotion = UserChange {
            is_superuser: Some(true),
            ..UserChange::default()
        };
        self.patch(user.id, promotion, false, origin)
            .await
            .map(CreateAdmin::Promoted)
    }

    /// Returns whether mailed links can set a password. While `enable_password_reset` is off, neither reset links nor
    /// invitations work.
    #[must_use]
    pub fn password_links_work(&self) -> bool {
        self.settings.features.enable_password_reset
    }

    /// Returns the mail that invites the owner of a new account to choose a password.
    pub(super) fn invitation(&self, user: &User, origin: &Origin) -> Result<QueuedMessage> {
        let ttl = self.settings.tokens.invite_token_ttl_seconds;
        let claims = self.claims(user.id, user.created_at, ttl, Purpose::PasswordReset);
        let content = Invite::new(
            &self.settings.identity.app_name,
            user.full_name.as_ref(),
            &user.email,
            self.link(MailLink::Invite, &claims),
            ttl,
        );
        let language = self.language_of(user.language.as_ref(), origin);
        self.link_mail(
            &user.email,
            Some(user.id),
            &content,
            &language,
            claims.expires_at,
        )
    }
}
