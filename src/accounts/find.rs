//! Finding accounts, and seeing what support needs to see.

use jiff::Timestamp;
use serde::Serialize;

use super::{Accounts, Error, Result, SecondFactors};
use crate::model::{
    Counts, DayCounts, Email, Event, EventFilter, ForeignId, Id, IdentityPublic, LockoutRule,
    LockoutState, Page, PageKey, Passkey, PasskeyPublic, User, UserFilter, UserPublic,
};

/// How many accounts are named when a name fits several.
const CANDIDATES: usize = 10;
/// How many events an overview shows.
const RECENT_EVENTS: u32 = 10;

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

/// An account with what support needs to see beside it, as it is published.
#[derive(Debug, Clone, Serialize)]
pub struct Overview {
    /// The account.
    pub user: UserPublic,
    /// Its second factors.
    pub second_factors: SecondFactors,
    /// Its passkeys, the oldest first.
    pub passkeys: Vec<PasskeyPublic>,
    /// Who its owner is at other providers.
    pub identities: Vec<IdentityPublic>,
    /// How near its address is to the lockout.
    pub lockout: LockoutState,
    /// The newest events, at most ten.
    pub events: Vec<Event>,
}

impl Accounts {
    /// The account of an id.
    pub async fn user(&self, id: Id) -> Result<User> {
        self.store.user(id).await?.ok_or(Error::NotFound)
    }

    /// The account of an address, whatever its state.
    pub async fn user_by_email(&self, email: &Email) -> Result<Option<User>> {
        Ok(self.store.user_by_email(email).await?)
    }

    /// The accounts that an id, an address, or a part of an address names.
    pub async fn find(&self, name: &str) -> Result<Found> {
        // A whole id or address names that account or none: an act on `bob@…` must never hit `jimbob@…`.
        let exact = match (name.parse::<Id>(), Email::parse(name)) {
            (Ok(id), _) => Some(self.store.user(id).await?),
            (_, Ok(email)) => Some(self.store.user_by_email(&email).await?),
            _ => None,
        };
        // An imported account is also known by its id in the other system, unless that looks like an address: it would be
        // somebody else's.
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
        // What stands at the start is meant, unless the search ended early and others may stand there too.
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

    /// One page of accounts, newest first.
    pub async fn users(
        &self,
        filter: &UserFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<User>> {
        Ok(self.store.users(filter, after, limit).await?)
    }

    /// One page of accounts by its place in the list, and how many there are in all.
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

    /// An account with its lockout and its newest events.
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

    /// One page of the audit trail, newest first.
    pub async fn events(
        &self,
        filter: &EventFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<Event>> {
        Ok(self.store.events(filter, after, limit).await?)
    }

    /// Totals.
    pub async fn counts(&self) -> Result<Counts> {
        Ok(self.store.counts(self.now()).await?)
    }

    /// What happened on each of the last `days` days, oldest first.
    pub async fn series(&self, days: u32) -> Result<Vec<DayCounts>> {
        Ok(self.store.series(days, self.now()).await?)
    }
}
