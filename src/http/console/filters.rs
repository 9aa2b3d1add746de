//! Filters that several rooms have: an account, and a client address.

use std::net::IpAddr;

use super::query::ListQuery;
use crate::accounts::{Accounts, Error, Found};
use crate::model::Id;

/// The longest text that names an account, in characters.
const MAX_NAME_LENGTH: usize = 254;

/// The account that a filter names.
pub(super) enum Person {
    /// The filter is empty.
    Anybody,
    /// This account. It may be deleted already.
    One(Id),
    /// Several have a matching email address.
    Several,
    /// There is none.
    Nobody,
}

impl Person {
    /// Returns the id of the account.
    pub(super) fn id(&self) -> Option<Id> {
        match self {
            Self::One(id) => Some(*id),
            Self::Anybody | Self::Several | Self::Nobody => None,
        }
    }

    /// Returns the key of the message that says why the filter finds nothing.
    pub(super) fn trouble(&self) -> Option<&'static str> {
        match self {
            Self::Anybody | Self::One(_) => None,
            Self::Several => Some("console-filter-several"),
            Self::Nobody => Some("console-filter-nobody"),
        }
    }
}

/// Returns the account that the parameter `user` names: by its id, its email address or a unique part of it.
pub(super) async fn person(accounts: &Accounts, query: &ListQuery) -> Result<Person, Error> {
    let name = query.get("user").unwrap_or_default().trim();
    if name.is_empty() {
        return Ok(Person::Anybody);
    }
    // What an account left behind outlives it, so its id need not exist.
    if let Ok(id) = name.parse() {
        return Ok(Person::One(id));
    }
    if name.chars().count() > MAX_NAME_LENGTH {
        return Ok(Person::Nobody);
    }
    Ok(match accounts.find(name).await? {
        Found::One(user) => Person::One(user.id),
        Found::Several(_) => Person::Several,
        Found::None => Person::Nobody,
    })
}

/// Returns the client address that the parameter `ip` names, or the key of the message that says that it isn't one.
pub(super) fn address(query: &ListQuery) -> Result<Option<IpAddr>, &'static str> {
    let given = query.get("ip").unwrap_or_default().trim();
    if given.is_empty() {
        return Ok(None);
    }
    let read = given.parse::<IpAddr>();
    read.map(|ip| Some(ip.to_canonical()))
        .map_err(|_| "console-filter-no-ip")
}
