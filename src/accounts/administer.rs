//! Administration: what is done to accounts by others.

use jiff::Timestamp;

use super::{Accounts, Error, Result};
use crate::model::{Email, Event, EventKind, FullName, Id, NewPassword, Origin, User};
use crate::store::{
    Administer, Counts, CreateUser, Effects, EventFilter, LockoutRule, LockoutState, Page, PageKey,
    UserChange, UserFilter,
};

/// How many accounts are named when a name fits several.
const CANDIDATES: usize = 10;
/// How many events an overview shows.
const RECENT_EVENTS: u32 = 10;

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

/// Which accounts a name stands for.
#[derive(Debug, Clone)]
pub enum Found {
    /// Exactly one.
    One(Box<User>),
    /// Several (at most ten are given): the caller must be more exact.
    Several(Vec<User>),
    /// None.
    None,
}

/// An account with what support needs to see beside it.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The account.
    pub user: User,
    /// How near its address is to the lockout.
    pub lockout: LockoutState,
    /// The newest events, at most ten.
    pub events: Vec<Event>,
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
        match self
            .0
            .store
            .create_user(
                user.clone(),
                Effects {
                    events,
                    ..Effects::default()
                },
            )
            .await?
        {
            CreateUser::Created => Ok(user),
            CreateUser::EmailTaken => Err(Error::EmailTaken),
        }
    }

    /// The account of an address, whatever its state.
    pub async fn user_by_email(&self, email: &Email) -> Result<Option<User>> {
        Ok(self.0.store.user_by_email(email).await?)
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
        let change = UserChange {
            is_superuser: Some(true),
            ..UserChange::default()
        };
        self.change(user.id, change, false, EventKind::AdminGranted, origin)
            .await
            .map(CreateAdmin::Promoted)
    }

    /// The accounts that an id, an address, or a part of an address names.
    pub async fn find(&self, name: &str) -> Result<Found> {
        let exact = match (name.parse::<Id>(), Email::parse(name)) {
            (Ok(id), _) => self.0.store.user(id).await?,
            (_, Ok(email)) => self.0.store.user_by_email(&email).await?,
            _ => None,
        };
        if let Some(user) = exact {
            return Ok(Found::One(Box::new(user)));
        }
        let part = name.trim().to_lowercase();
        if part.is_empty() {
            return Ok(Found::None);
        }
        let filter = UserFilter {
            q: Some(part.clone()),
            ..UserFilter::default()
        };
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = self.0.store.users(&filter, after, 200).await?;
            // The search looks at names too; an account is named by its address only, lest a deletion hit a namesake.
            found.extend(
                page.items
                    .into_iter()
                    .filter(|user| user.email.as_str().to_lowercase().contains(&part)),
            );
            after = page.next;
            if after.is_none() || found.len() >= CANDIDATES {
                break;
            }
        }
        found.truncate(CANDIDATES);
        Ok(match found.len() {
            0 => Found::None,
            1 => Found::One(Box::new(found.remove(0))),
            _ => Found::Several(found),
        })
    }

    /// One page of accounts, newest first.
    pub async fn users(
        &self,
        filter: &UserFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<User>> {
        Ok(self.0.store.users(filter, after, limit).await?)
    }

    /// What [`UserFilter::throttled`] takes to mean "locked out by failures at this moment".
    #[must_use]
    pub fn throttled_now(&self) -> (LockoutRule, Timestamp) {
        (self.lockout_rule(), self.now())
    }

    /// An account with its lockout and its newest events.
    pub async fn overview(&self, id: Id) -> Result<Overview> {
        let user = self.0.store.user(id).await?.ok_or(Error::NotFound)?;
        let lockout = self
            .0
            .store
            .lockout(&user.email, self.lockout_rule(), self.now())
            .await?;
        let events = self
            .0
            .store
            .events(&EventFilter { user_id: Some(id) }, None, RECENT_EVENTS)
            .await?
            .items;
        Ok(Overview {
            user,
            lockout,
            events,
        })
    }

    /// Disables an account and ends its sessions.
    pub async fn lock(&self, id: Id, force: bool, origin: &Origin) -> Result<User> {
        let change = UserChange {
            is_active: Some(false),
            ..UserChange::default()
        };
        self.change(id, change, force, EventKind::UserDisabled, origin)
            .await
    }

    /// Enables an account and clears its lockout.
    pub async fn unlock(&self, id: Id, origin: &Origin) -> Result<User> {
        let change = UserChange {
            is_active: Some(true),
            ..UserChange::default()
        };
        self.change(id, change, false, EventKind::UserEnabled, origin)
            .await
    }

    /// Deletes an account and what belongs to it.
    pub async fn delete(&self, id: Id, force: bool, origin: &Origin) -> Result<User> {
        let effects = Effects {
            events: vec![self.event(EventKind::UserDeleted, origin)],
            ..Effects::default()
        };
        administered(self.0.store.delete_user(id, force, effects).await?)
    }

    /// Counts at a glance.
    pub async fn counts(&self) -> Result<Counts> {
        Ok(self.0.store.counts(self.now()).await?)
    }

    async fn change(
        &self,
        id: Id,
        change: UserChange,
        force: bool,
        kind: EventKind,
        origin: &Origin,
    ) -> Result<User> {
        let effects = Effects {
            events: vec![self.event(kind, origin)],
            ..Effects::default()
        };
        administered(
            self.0
                .store
                .change_user(id, change, force, self.now(), effects)
                .await?,
        )
    }
}

fn administered(outcome: Administer) -> Result<User> {
    match outcome {
        Administer::Done(user) => Ok(user),
        Administer::NotFound => Err(Error::NotFound),
        Administer::LastSuperuser => Err(Error::LastSuperuser),
    }
}
