//! The audit trail: what happened, to whom, by whom, from where.

use std::fmt;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::named::names;
use super::{Email, Id, Language, ListItem, ServiceKeyName, UserAgent};

names! {
    /// Everything that is recorded of an account's life.
    pub enum EventKind {
        /// An account came to be.
        UserRegistered = "user_registered",
        /// An address was proven.
        UserVerified = "user_verified",
        /// A verification link was asked for.
        VerificationRequested = "verification_requested",
        /// A session was issued.
        UserLoggedIn = "user_logged_in",
        /// A session was ended by its holder.
        UserLoggedOut = "user_logged_out",
        /// A session was ended by its holder from another one, or by an administrator.
        SessionRevoked = "session_revoked",
        /// All sessions but the one that asked were ended by their holder.
        OtherSessionsRevoked = "other_sessions_revoked",
        /// A password or code was refused, or the account may not log in.
        LoginFailed = "login_failed",
        /// The failures of an address reached the lockout threshold, or its wrong codes their budget.
        LoginLocked = "login_locked",
        /// A login was refused unseen: of a locked out address, or by the limit of its client's address. One event tells of
        /// many.
        LoginRefused = "login_refused",
        /// A link to set a new password was asked for.
        PasswordResetRequested = "password_reset_requested",
        /// A password was set through a mailed link.
        PasswordResetCompleted = "password_reset_completed",
        /// A password was changed, by its holder or an administrator.
        PasswordChanged = "password_changed",
        /// A link to confirm another address was asked for.
        EmailChangeRequested = "email_change_requested",
        /// The address of an account changed, by its holder or an administrator.
        EmailChanged = "email_changed",
        /// A change of the address was undone from the old one.
        EmailChangeUndone = "email_change_undone",
        /// A code to confirm a phone number was asked for.
        PhoneSetupStarted = "phone_setup_started",
        /// An authenticator app is being set up.
        TotpSetupStarted = "totp_setup_started",
        /// A password was right, and the login waits for a code.
        MfaLoginStarted = "mfa_login_started",
        /// The second factor was switched on, or moved to another number.
        MfaEnabled = "mfa_enabled",
        /// The second factor was switched off.
        MfaDisabled = "mfa_disabled",
        /// Recovery codes were made, and took the place of any older ones.
        RecoveryCodesCreated = "recovery_codes_created",
        /// A recovery code was used to log in.
        RecoveryCodeUsed = "recovery_code_used",
        /// A person at another provider can log in to the account from now on.
        OauthAccountLinked = "oauth_account_linked",
        /// A person at another provider cannot log in to the account any more.
        OauthAccountUnlinked = "oauth_account_unlinked",
        /// All sessions of an account were ended.
        TokensRevoked = "tokens_revoked",
        /// An account was disabled.
        UserDisabled = "user_disabled",
        /// An account was enabled again.
        UserEnabled = "user_enabled",
        /// An administrator changed the name of an account.
        NameChanged = "name_changed",
        /// An account was deleted.
        UserDeleted = "user_deleted",
        /// An account became a superuser.
        AdminGranted = "admin_granted",
        /// An account ceased to be a superuser.
        AdminRevoked = "admin_revoked",
        /// A service key was made.
        ServiceKeyCreated = "service_key_created",
        /// A service key was revoked.
        ServiceKeyRevoked = "service_key_revoked",
        /// The next signing key was made, in time or because there was none.
        SigningKeyCreated = "signing_key_created",
        /// An operator had the next signing key made.
        SigningKeyRotated = "signing_key_rotated",
        /// A signing key was removed, once it was spent or by an operator.
        SigningKeyRemoved = "signing_key_removed",
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody without a session.
    Anonymous,
    /// An account, its holder or an administrator.
    User(Id),
    /// Somebody with a shell on the machine, by the name of the system's account.
    Operator(String),
    /// A program, by the name of its service key.
    Service(ServiceKeyName),
    /// The server itself, in time.
    Server,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::User(id) => write!(f, "user:{id}"),
            Self::Operator(name) => write!(f, "operator:{name}"),
            Self::Service(name) => write!(f, "service:{name}"),
            Self::Server => f.write_str("server"),
        }
    }
}

/// Where an act comes from: its actor, the client's address and the request's id.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Who acts.
    pub actor: Actor,
    /// The client's address, behind trusted proxies the one they vouch for.
    pub ip: Option<IpAddr>,
    /// The request's id, as answered in `x-request-id`.
    pub request_id: Option<String>,
    /// The languages that the client prefers, best first.
    pub languages: Vec<Language>,
    /// What the client says of itself.
    pub user_agent: Option<UserAgent>,
}

impl Origin {
    /// The server itself, which nobody asked.
    #[must_use]
    pub fn server() -> Self {
        Self {
            actor: Actor::Server,
            ip: None,
            request_id: None,
            languages: Vec::new(),
            user_agent: None,
        }
    }

    /// The same origin, acting as `actor`.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self {
            actor,
            ..self.clone()
        }
    }
}

/// One line of the audit trail.
// It carries no secret, and is published as it is. `user_id` and `email` are left empty by a caller who cannot know
// them: the store fills in the account that it changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EventItem)]
pub struct Event {
    /// 24 hexadecimal digits.
    #[schema(value_type = String, example = "6741c3a08f2b5d1e9c7a4b61")]
    pub id: Id,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "user_logged_in")]
    pub kind: EventKind,
    /// The account it happened to.
    #[schema(value_type = Option<String>, example = "6741c3a08f2b5d1e9c7a4b60")]
    pub user_id: Option<Id>,
    /// The address it happened to.
    #[schema(value_type = Option<String>, example = "ada@example.com")]
    pub email: Option<Email>,
    /// Who acted: `anonymous`, `user:<id>`, `service:<name>` of a service key, `server`, or `operator:<name>`, with
    /// ` (sudo: <name>)` behind it where `sudo` was used.
    #[schema(example = "user:6741c3a08f2b5d1e9c7a4b60")]
    pub actor: String,
    /// From which address.
    #[schema(value_type = Option<String>, example = "203.0.113.9")]
    pub ip: Option<IpAddr>,
    /// In which request.
    #[schema(example = "3q2-7wAAAAABAgME")]
    pub request_id: Option<String>,
    /// Details, for some types.
    pub data: serde_json::Map<String, serde_json::Value>,
}

/// The detail of an event that says how often it happened.
const COUNT: &str = "count";
/// The detail of such an event that says when it happened last.
const LAST_AT: &str = "last_at";

impl Event {
    /// The event as the first of those that are counted instead of being recorded one by one: it happened so many times.
    #[must_use]
    pub fn counted(mut self, times: u64) -> Self {
        self.data.insert(COUNT.into(), times.into());
        self.data.insert(LAST_AT.into(), self.at.to_string().into());
        self
    }

    /// How often it happened.
    #[must_use]
    pub fn times(&self) -> u64 {
        let count = self.data.get(COUNT).and_then(serde_json::Value::as_u64);
        count.unwrap_or(1)
    }
}

impl ListItem for Event {
    const PAGE: &'static str = "EventsAnswer";
    const ABOUT_PAGE: &'static str = "One page of the audit trail.";
}
