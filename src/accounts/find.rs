//! Finding accounts, and collecting what support needs to know about one.

use jiff::Timestamp;
use serde::Serialize;

use super::{Accounts, Error, Result, SecondFactors};
use crate::model::{
    Counts, DayCounts, Email, Event, EventFilter, ForeignId, Id, IdentityPublic, LockoutRule,
    LockoutState, Page, PageKey, Passkey, PasskeyPublic, User, UserFilter, UserPublic,
};

/// How many accounts are listed at most when a name is ambiguous.
const CANDIDATES: usize = 10;
/// How many events an overview shows at most.
const RECENT_EVENTS: u32 = 10;

/// Which accounts a name refers to.
#[derive(Debug, Clone)]
pub enum Found {
    /// Exactly one.
    One(Box<User>),
    /// Several, of which at most ten are listed. The caller must be more specific.
    Several(Vec<User>),
    /// None.
    None,
}

/// An account with everything that support needs to see, in its public form.
#[derive(Debug, Clone, Serialize)]
pub struct Overview {
    /// The account.
    pub user: UserPublic,
    /// Its second factors.
    pub second_factors: SecondFactors,
    /// Its passkeys, the oldest first.
    pub passkeys: Vec<PasskeyPublic>,
    /// Its identities at external providers.
    pub identities: Vec<IdentityPublic>,
    /// How close its email address is to a lockout.
    pub lockout: LockoutState,
    /// The newest events, at most ten.
    pub events: Vec<Event>,
}

impl Accounts {
    /// Returns the account with an id.
    pub async fn user(&self, id: Id) -> Result<User> {
        self.store.user(id).await?.ok_or(Error::NotFound)
    }

    /// Returns the account with an email address, whatever its state.
    pub async fn user_by_email(&self, email: &Email) -> Result<Option<User>> {
        Ok(self.store.user_by_email(email).await?)
    }

    /// Finds the accounts that an id, an email address, or a part of an email address refers to.
    pub async fn find(&self, name: &str) -> Result<Found> {
        // A complete id or email address refers to exactly that account or none: a command for `bob@…` must never
        // affect `jimbob@…`.
        let exact = match (name.parse::<Id>(), Email::parse(name)) {
            (Ok(id), _) => Some(self.store.user(id).await?),
            (_, Ok(email)) => Some(self.store.user_by_email(&email).await?),
            _ => None,
        };
        // An imported account can also be found by its id in the other system, unless that id looks like an email
        // address: it could be somebody else's address.
        let exact = match (exact, ForeignId::parse(name)) {
            (missing @ (None | Some(None)), Some(id)) if Email::parse(name).is_err() => {
                let imported = self.store.user_by_foreign_id(&id).await?;
                imported.map(Some).or(missing)
            }
            (exact, _) => exact,
        };
        if let Some(user) = exact {
            return Ok(user.map_or(Found::None, |user| Found::One(Box::new(user))));
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
            let page = self.store.users(&filter, after, 200).await?;
            // The search also matches people's names. Accept only matches in the email address, so that a deletion
            // never hits somebody of the same name.
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
        // Prefer the only match at the start of an address, unless the search stopped early: more such matches might
        // follow.
        let starts = |user: &User| user.email.as_str().to_lowercase().starts_with(&part);
        if found.len() < CANDIDATES && found.iter().filter(|user| starts(user)).count() == 1 {
            found.retain(starts);
        }
        found.truncate(CANDIDATES);
        Ok(match found.len() {
            0 => Found::None,
            1 => Found::One(Box::new(found.remove(0))),
            _ => Found::Several(found),
        })
    }

    /// Returns one page of accounts, newest first.
    pub async fn users(
        &self,
        filter: &UserFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<User>> {
        Ok(self.store.users(filter, after, limit).await?)
    }

    /// Returns one page of accounts by offset, and the total number.
    pub async fn users_from(
        &self,
        filter: &UserFilter,
        skip: u32,
        limit: u32,
    ) -> Result<(Page<User>, u64)> {
        Ok((
            self.store.users_from(filter, skip, limit).await?,
            self.store.count_users(filter).await?,
        ))
    }

    /// What [`UserFilter::locked_out`] takes to mean "locked out by failures at this moment".
    #[must_use]
    pub fn locked_out_now(&self) -> (LockoutRule, Timestamp) {
        (self.lockout_rule(), self.now())
    }

    /// Returns an account with its lockout state and its newest events.
    pub async fn overview(&self, id: Id) -> Result<Overview> {
        let user = self.user(id).await?;
        let lockout = self
            .store
            .lockout(&user.email, self.lockout_rule(), self.now())
            .await?;
        let filter = EventFilter {
            user_id: Some(id),
            ..EventFilter::default()
        };
        let events = self.store.events(&filter, None, RECENT_EVENTS).await?.items;
        let passkeys = self.store.passkeys(id).await?;
        Ok(Overview {
            second_factors: self.second_factors(&user).await?,
            passkeys: passkeys.iter().map(Passkey::public).collect(),
            identities: self.identities(id).await?,
            user: user.public(),
            lockout,
            events,
        })
    }

    /// Returns one page of the audit trail, newest first.
    pub async fn events(
        &self,
        filter: &EventFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<Event>> {
        Ok(self.store.events(filter, after, limit).await?)
    }

    /// Returns the totals over all accounts.
    pub async fn counts(&self) -> Result<Counts> {
        Ok(self.store.counts(self.now()).await?)
    }

    /// Returns the counts of each of the last `days` days, oldest first.
    pub async fn series(&self, days: u32) -> Result<Vec<DayCounts>> {
        Ok(self.store.series(days, self.now()).await?)
    }
}
