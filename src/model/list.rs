//! Filters of lists.

use std::borrow::Cow;
use std::net::IpAddr;

use jiff::Timestamp;

use super::{EventKind, Id, LockoutRule, MessageKind, MessageState, ProviderId};

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
    /// Only those with a second factor, or without one.
    pub has_second_factor: Option<bool>,
    /// Only those with this login method.
    pub login_method: Option<LoginMethod>,
}

/// A method to log in that an account may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginMethod {
    /// It has a password.
    Password,
    /// It has a passkey.
    Passkey,
    /// It is linked to a provider.
    Provider(ProviderId),
}

impl LoginMethod {
    /// The prefix of a provider's id in the name.
    const PROVIDER: &str = "oidc:";

    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Password => Cow::Borrowed("password"),
            Self::Passkey => Cow::Borrowed("passkey"),
            Self::Provider(provider) => Cow::Owned(format!("{}{provider}", Self::PROVIDER)),
        }
    }

    /// Returns the method with this name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match (name, name.strip_prefix(Self::PROVIDER)) {
            ("password", _) => Some(Self::Password),
            ("passkey", _) => Some(Self::Passkey),
            (_, provider) => ProviderId::parse(provider?).map(Self::Provider),
        }
    }
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
