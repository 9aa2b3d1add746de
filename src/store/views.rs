//! The terms of the store's reads: filters, pages, counts.

use jiff::Timestamp;

use super::LockoutRule;
use crate::model::{Email, EventKind, Id, MessageKind};

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

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T, K = PageKey> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// Where the next page starts; none on the last one.
    pub next: Option<K>,
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

/// What happened on one day (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCounts {
    /// The day.
    pub date: jiff::civil::Date,
    /// Accounts that came to be in whatever way, by their `created_at`.
    pub registered: u64,
    /// Addresses that were proven: `user_verified` events.
    pub verified: u64,
    /// Sessions that were issued: `user_logged_in` events.
    pub logins: u64,
    /// Logins that failed: `login_failed` events.
    pub failures: u64,
}

/// How near an address is to its lockout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockoutState {
    /// Failures that count now.
    pub failures: u32,
    /// Until when attempts are refused, if they are.
    pub locked_until: Option<Timestamp>,
}

/// Counts at a glance. Kept, not scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All accounts.
    pub total_users: u64,
    /// Enabled ones.
    pub active_users: u64,
    /// Verified ones.
    pub verified_users: u64,
    /// Superusers.
    pub superusers: u64,
    /// Registrations whose link still lives.
    pub pending_registrations: u64,
}

/// Where a message in the outbox stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// Waiting for its first or next try, or being sent.
    Waiting,
    /// Given up.
    Failed,
}

/// A message as the outbox lists it: never its payload.
#[derive(Debug, Clone)]
pub struct MessageEntry {
    /// Its id.
    pub id: Id,
    /// How it travels.
    pub kind: MessageKind,
    /// To whom.
    pub recipient: String,
    /// Where it stands.
    pub state: MessageState,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub not_before: Timestamp,
}

/// The outbox as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxState {
    /// Messages waiting or being sent.
    pub waiting: u64,
    /// Messages that were given up.
    pub failed: u64,
    /// When the oldest waiting one was queued.
    pub oldest: Option<Timestamp>,
}

/// What waits in the outbox, at a glance: it costs no more however much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Messages waiting or being sent, [`Self::MOST`] for that many or more.
    pub waiting: u32,
    /// When the oldest of them was queued.
    pub oldest: Option<Timestamp>,
}

impl Backlog {
    /// As far as is counted.
    pub const MOST: u32 = 1000;
}
