//! Administration: what is done to accounts by others.

use super::notice::Change;
use super::{Accounts, Error, Result};
use crate::model::{
    Email, EventKind, FullName, Id, NewPassword, Origin, QueuedMessage, User, UserChange,
    UserFilter,
};
use crate::store::{
    Administer, Conditional, CreateUser, Deletion, Effects, PasswordChange, PasswordProof,
};

/// An account to be made by an administrator.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its address.
    pub email: Email,
    /// Without one nobody can log in until a password is set by mail.
    pub password: Option<NewPassword>,
    /// Its holder's name.
    pub full_name: Option<FullName>,
    /// Whether it administers others.
    pub is_superuser: bool,
    /// Whether its address counts as proven.
    pub is_verified: bool,
    /// Whether a mail invites its holder to choose a password.
    pub send_invite: bool,
}

/// What `create_admin` did.
#[derive(Debug, Clone)]
pub enum CreateAdmin {
    /// A new account.
    Created(User),
    /// An existing one, promoted; its password stays.
    Promoted(User),
    /// It was a superuser already.
    Unchanged(User),
}

/// Several changes to one account at once. `None` keeps.
#[derive(Debug, Clone, Default)]
pub struct AccountPatch {
    /// Enable or disable.
    pub is_active: Option<bool>,
    /// Grant or revoke the administration of others.
    pub is_superuser: Option<bool>,
    /// Say whether the address is proven.
    pub is_verified: Option<bool>,
    /// Give or clear the name.
    pub full_name: Option<Option<FullName>>,
}

impl Accounts {
    /// Makes an account.
    pub async fn create_user(&self, account: NewAccount, origin: &Origin) -> Result<User> {
        let NewAccount {
            email,
            password,
            full_name,
            is_superuser,
            is_verified,
            send_invite,
        } = account;
        let hash = match &password {
            Some(password) => {
                self.check_strength(
                    password,
                    &[
                        email.as_str(),
                        full_name.as_ref().map_or("", FullName::as_str),
                    ],
                )?;
                Some(self.0.passwords.hash(password.as_password()).await?)
            }
            None => None,
        };
        let user = User {
            is_verified,
            is_superuser,
            ..self.new_user(email, hash, full_name)
        };
        let mut events = vec![self.event(EventKind::UserRegistered, origin)];
        if is_superuser {
            events.push(self.event(EventKind::AdminGranted, origin));
        }
        let messages = if send_invite {
            vec![self.invitation(&user)?]
        } else {
            Vec::new()
        };
        match self
            .0
            .store
            .create_user(user.clone(), Effects { messages, events })
            .await?
        {
            CreateUser::EmailTaken => Err(Error::EmailTaken),
            CreateUser::Created => {
                self.0.outbox.wake();
                Ok(user)
            }
        }
    }

    /// Makes an active, verified superuser, or promotes the existing account of that address.
    /// [`Error::NotFound`] when there is no such account and no password was given to make one.
    pub async fn create_admin(
        &self,
        email: Email,
        password: Option<NewPassword>,
        origin: &Origin,
    ) -> Result<CreateAdmin> {
        if self.0.store.user_by_email(&email).await?.is_none() {
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
                // Somebody else registered the address in between: promote that account.
                Err(Error::EmailTaken) => {}
                created => return created.map(CreateAdmin::Created),
            }
        }
        let user = self
            .0
            .store
            .user_by_email(&email)
            .await?
            .ok_or(Error::NotFound)?;
        if user.is_superuser {
            return Ok(CreateAdmin::Unchanged(user));
        }
        let promotion = AccountPatch {
            is_superuser: Some(true),
            ..AccountPatch::default()
        };
        self.patch(user.id, promotion, false, origin)
            .await
            .map(CreateAdmin::Promoted)
    }

    /// Changes an account. Each change that is one is an event of its own; `force` overrides the protection of the last
    /// active superuser.
    pub async fn patch(
        &self,
        id: Id,
        patch: AccountPatch,
        force: bool,
        origin: &Origin,
    ) -> Result<User> {
        let either =
            |wanted: Option<bool>, on, off| wanted.map(|wanted| if wanted { on } else { off });
        // The store keeps those that tell what took place.
        let kinds = [
            either(
                patch.is_active,
                EventKind::UserEnabled,
                EventKind::UserDisabled,
            ),
            either(
                patch.is_superuser,
                EventKind::AdminGranted,
                EventKind::AdminRevoked,
            ),
            patch
                .is_verified
                .filter(|verified| *verified)
                .map(|_| EventKind::UserVerified),
        ];
        let events = kinds.into_iter().flatten();
        let effects = Effects {
            events: events.map(|kind| self.event(kind, origin)).collect(),
            ..Effects::default()
        };
        let AccountPatch {
            is_active,
            is_superuser,
            is_verified,
            full_name,
        } = patch;
        self.change(
            id,
            UserChange {
                is_active,
                is_superuser,
                is_verified,
                full_name,
                ..UserChange::default()
            },
            force,
            effects,
        )
        .await
    }

    /// Disables an account and ends its sessions.
    pub async fn lock(&self, id: Id, force: bool, origin: &Origin) -> Result<User> {
        self.patch(
            id,
            AccountPatch {
                is_active: Some(false),
                ..AccountPatch::default()
            },
            force,
            origin,
        )
        .await
    }

    /// Enables an account and clears its lockout.
    pub async fn unlock(&self, id: Id, origin: &Origin) -> Result<User> {
        let change = UserChange {
            is_active: Some(true),
            ..UserChange::default()
        };
        self.change(id, change, false, self.only(EventKind::UserEnabled, origin))
            .await
    }

    /// Ends all sessions of an account, and every mailed link with them.
    pub async fn revoke_tokens(&self, id: Id, origin: &Origin) -> Result<User> {
        let change = UserChange {
            end_sessions: true,
            ..UserChange::default()
        };
        self.change(
            id,
            change,
            false,
            self.only(EventKind::TokensRevoked, origin),
        )
        .await
    }

    /// Switches the second factor of an account off; its owner is told.
    pub async fn remove_second_factor(&self, id: Id, origin: &Origin) -> Result<User> {
        let user = self.user(id).await?;
        let change = UserChange {
            remove_second_factor: true,
            ..UserChange::default()
        };
        let effects = Effects {
            messages: self.notice(&user, Change::SecondFactorRemoved, origin)?,
            ..self.only(EventKind::MfaDisabled, origin)
        };
        let user = self.change(id, change, false, effects).await?;
        self.0.outbox.wake();
        Ok(user)
    }

    /// The same for an account that may have none, nor a number for one: whether there was anything to remove.
    pub async fn reset_second_factor(&self, user: &User, origin: &Origin) -> Result<bool> {
        if !user.is_mfa_enabled && user.phone_number.is_none() {
            return Ok(false);
        }
        self.remove_second_factor(user.id, origin).await?;
        Ok(true)
    }

    /// Sets the password of an account and ends its sessions; its owner is told.
    pub async fn set_password(&self, id: Id, new: &NewPassword, origin: &Origin) -> Result<User> {
        let user = self.user(id).await?;
        self.check_strength_for(new, &user)?;
        let change = PasswordChange {
            user_id: id,
            new_hash: self.0.passwords.hash(new.as_password()).await?,
            proof: PasswordProof::Administrator,
            attempt: None,
            now: self.now(),
        };
        let messages: Vec<QueuedMessage> = self.notice(&user, Change::Password, origin)?;
        let effects = Effects {
            messages,
            ..self.only(EventKind::PasswordChanged, origin)
        };
        match self.0.store.change_password(change, effects).await? {
            Conditional::Done(user) => {
                self.0.outbox.wake();
                Ok(user)
            }
            Conditional::Stale | Conditional::EmailTaken => Err(Error::NotFound),
        }
    }

    /// Deletes an account and what belongs to it.
    pub async fn delete(&self, id: Id, force: bool, origin: &Origin) -> Result<User> {
        let deletion = Deletion {
            force,
            verified_hash: None,
        };
        administered(
            self.0
                .store
                .delete_user(id, deletion, self.only(EventKind::UserDeleted, origin))
                .await?,
        )
    }

    /// Refuses with [`Error::LastSuperuser`] what [`Accounts::delete`] would refuse without `force`, so that nobody is
    /// asked to consent to it. The deletion itself decides.
    pub async fn check_deletion(&self, user: &User) -> Result<()> {
        let superusers = UserFilter {
            is_active: Some(true),
            is_superuser: Some(true),
            ..UserFilter::default()
        };
        match self.users(&superusers, None, 2).await?.items.as_slice() {
            [last] if last.id == user.id => Err(Error::LastSuperuser),
            _ => Ok(()),
        }
    }

    /// Whether mailed links can set a password: while `enable_password_reset` is off, nothing answers them, nor invitations.
    #[must_use]
    pub fn password_links_work(&self) -> bool {
        self.0.settings.features.enable_password_reset
    }

    async fn change(
        &self,
        id: Id,
        change: UserChange,
        force: bool,
        effects: Effects,
    ) -> Result<User> {
        administered(
            self.0
                .store
                .change_user(id, change, force, self.now(), effects)
                .await?,
        )
    }

    /// One event and nothing to send.
    fn only(&self, kind: EventKind, origin: &Origin) -> Effects {
        Effects {
            events: vec![self.event(kind, origin)],
            ..Effects::default()
        }
    }
}

fn administered(outcome: Administer) -> Result<User> {
    match outcome {
        Administer::Done(user) => Ok(user),
        Administer::NotFound | Administer::Stale => Err(Error::NotFound),
        Administer::LastSuperuser => Err(Error::LastSuperuser),
    }
}
