//! Lists: which items they show, and where a page of them starts.

use crate::model::LockoutRule;
use jiff::Timestamp;

use super::{Email, EventKind, Id};

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T, K = PageKey> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// Where the next page starts; none on the last one.
    pub next: Option<K>,
}

/// A place in a list ordered by time and id, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageKey {
    /// The time of the last item of the page before.
    pub at: Timestamp,
    /// Its id.
    pub id: Id,
}

/// A place in the list of pending registrations, which have no id but their address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingKey {
    /// The time of the last item of the page before.
    pub at: Timestamp,
    /// Its address.
    pub email: Email,
}

/// A place in the list of revoked tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationKey {
    /// When the last token of the page before expires.
    pub at: Timestamp,
    /// Its id.
    pub jti: String,
}

/// Which accounts a list shows.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// Part of the address or name, in any case; one or two characters are looked for at their beginning only.
    pub q: Option<String>,
    /// Only enabled (true) or disabled (false) ones.
    pub is_active: Option<bool>,
    /// Only verified or unverified ones.
    pub is_verified: Option<bool>,
    /// Only superusers, or none of them.
    pub is_superuser: Option<bool>,
    /// Only those created at this moment or later.
    pub since: Option<Timestamp>,
    /// Only those created before this moment.
    pub before: Option<Timestamp>,
    /// Only those whose address is locked out by failures at this moment.
    pub throttled: Option<(LockoutRule, Timestamp)>,
}

/// Which events a list shows.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Only those of this account.
    pub user_id: Option<Id>,
    /// Only those of this kind.
    pub kind: Option<EventKind>,
    /// Only those at this moment or later.
    pub since: Option<Timestamp>,
}
