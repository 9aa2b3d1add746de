//! Filters of lists.

use std::net::IpAddr;

use jiff::Timestamp;

use super::{EventKind, Id, LockoutRule, MessageKind, MessageState};

/// Which accounts a list shows.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// Part of the email address or name, in any case. One or two characters only match at the beginning.
    pub q: Option<String>,
    /// Only enabled (true) or disabled (false) ones.
    pub is_active: Option<bool>,
    /// Only verified or unverified ones.
    pub is_verified: Option<bool>,
    /// Only administrators, or only others.
    pub is_superuser: Option<bool>,
    /// Only those created at this moment or later.
    pub since: Option<Timestamp>,
    /// Only those created before this moment.
    pub before: Option<Timestamp>,
    /// Only those whose email address is locked out at this moment.
    pub locked_out: Option<(LockoutRule, Timestamp)>,
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
    /// Only those from this client address.
    pub ip: Option<IpAddr>,
    /// Only those of this request.
    pub request_id: Option<String>,
}

/// Which messages of the outbox a list shows.
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    /// Only the one with this id.
    pub id: Option<Id>,
    /// Only those in this state.
    pub state: Option<MessageState>,
    /// Only those of this kind.
    pub kind: Option<MessageKind>,
    /// Only those to exactly this recipient.
    pub recipient: Option<String>,
}

impl From<Option<MessageState>> for MessageFilter {
    fn from(state: Option<MessageState>) -> Self {
        Self {
            state,
            ..Self::default()
        }
    }
}

/// Which sessions a list shows.
#[derive(Debug, Clone, Default)]
pub struct SessionFilter {
    /// Only those of this account.
    pub user_id: Option<Id>,
    /// Only those that began at this client address.
    pub ip: Option<IpAddr>,
}
