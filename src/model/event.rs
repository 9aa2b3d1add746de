//! The audit trail: what happened, to which account, by whom and from where.

use std::fmt;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::named::names;
use super::{Email, Id, Language, ListItem, ServiceKeyName, UserAgent};

names! {
    /// The kinds of events that are recorded about accounts and keys.
    pub enum EventKind {
        /// An account was created.
        UserRegistered = "user_registered",
        /// An email address was verified.
        UserVerified = "user_verified",
        /// A verification link was requested.
        VerificationRequested = "verification_requested",
        /// A session was issued.
        UserLoggedIn = "user_logged_in",
        /// Someone logged out.
        UserLoggedOut = "user_logged_out",
        /// A session was ended by its holder from another session, or by an administrator.
        SessionRevoked = "session_revoked",
        /// An account holder ended all sessions except the current one.
        OtherSessionsRevoked = "other_sessions_revoked",
        /// A password or code was wrong, or the account isn't allowed to log in.
        LoginFailed = "login_failed",
        /// An email address was locked out after too many failed logins or wrong codes.
        LoginLocked = "login_locked",
        /// Logins were refused because of a lockout, or because of the limit of the client's address. One event covers many
        /// attempts.
        LoginRefused = "login_refused",
        /// A password reset link was requested.
        PasswordResetRequested = "password_reset_requested",
        /// A password was set with a mailed link.
        PasswordResetCompleted = "password_reset_completed",
        /// A password was changed, by its holder or an administrator.
        PasswordChanged = "password_changed",
        /// A link to confirm a new email address was requested.
        EmailChangeRequested = "email_change_requested",
        /// The account holder or an administrator changed the email address.
        EmailChanged = "email_changed",
        /// A change of the email address was undone with the link sent to the old one.
        EmailChangeUndone = "email_change_undone",
        /// A code to confirm a phone number was requested.
        PhoneSetupStarted = "phone_setup_started",
        /// An authenticator app is being set up.
        TotpSetupStarted = "totp_setup_started",
        /// The password was right, and the login is waiting for a code.
        MfaLoginStarted = "mfa_login_started",
        /// A second factor was turned on, or moved to another number or app.
        MfaEnabled = "mfa_enabled",
        /// A second factor was turned off.
        MfaDisabled = "mfa_disabled",
        /// Recovery codes were created and replaced any older ones.
        RecoveryCodesCreated = "recovery_codes_created",
        /// A recovery code was used to log in.
        RecoveryCodeUsed = "recovery_code_used",
        /// A passkey was added.
        PasskeyAdded = "passkey_added",
        /// A passkey got another name.
        PasskeyRenamed = "passkey_renamed",
        /// A passkey was removed, or an administrator removed all of an account.
        PasskeyRemoved = "passkey_removed",
        /// A passkey was refused whose counter went back: there may be a copy of it.
        PasskeyRefused = "passkey_refused",
        /// A person at another provider can log in to the account from now on.
        OauthAccountLinked = "oauth_account_linked",
        /// A person at another provider can no longer log in to the account.
        OauthAccountUnlinked = "oauth_account_unlinked",
        /// All sessions of an account were ended.
        TokensRevoked = "tokens_revoked",
        /// An account was disabled.
        UserDisabled = "user_disabled",
        /// An account was enabled again.
        UserEnabled = "user_enabled",
        /// An administrator changed the name of an account.
        NameChanged = "name_changed",
        /// Everything that is kept about an account was downloaded by its holder, or exported by an operator.
        DataExported = "data_exported",
        /// An account was deleted.
        UserDeleted = "user_deleted",
        /// A person was erased: an account was deleted, and nothing names it any more. Doesn't say whose.
        AccountErased = "account_erased",
        /// An account was made an administrator.
        AdminGranted = "admin_granted",
        /// An account isn't an administrator anymore.
        AdminRevoked = "admin_revoked",
        /// A service key was created.
        ServiceKeyCreated = "service_key_created",
        /// A service key was revoked.
        ServiceKeyRevoked = "service_key_revoked",
        /// The server created a signing key, on schedule or because there was none.
        SigningKeyCreated = "signing_key_created",
        /// An operator created the next signing key.
        SigningKeyRotated = "signing_key_rotated",
        /// A signing key was removed, because its tokens had expired or by an operator.
        SigningKeyRemoved = "signing_key_removed",
        /// An administrator downloaded a backup of the database.
        BackupDownloaded = "backup_downloaded",
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who performed an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Someone without a session.
    Anonymous,
    /// An account: its holder or an administrator.
    User(Id),
    /// Someone with a shell on the machine, with the name of their system account.
    Operator(String),
    /// A program, with the name of its service key.
    Service(ServiceKeyName),
    /// The server itself, on schedule.
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

/// Where an action comes from: its actor, the client's address and the request's id.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Who performed an action.
    pub actor: Actor,
    /// The client's address. Behind trusted proxies, the one that they report.
    pub ip: Option<IpAddr>,
    /// The request's id, as answered in `x-request-id`.
    pub request_id: Option<String>,
    /// The languages that the client prefers, best first.
    pub languages: Vec<Language>,
    /// The client's `User-Agent`.
    pub user_agent: Option<UserAgent>,
}

impl Origin {
    /// Returns the origin of the server's own actions.
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

    /// Returns the same origin with another actor.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self {
            actor,
            ..self.clone()
        }
    }
}

/// An event in the audit trail.
// An event contains no secrets and is published as it is. A caller that can't know `user_id` and `email` leaves them
// empty, and the store fills in those of the account that it changed.
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
    /// The id of the account that it concerns.
    #[schema(value_type = Option<String>, example = "6741c3a08f2b5d1e9c7a4b60")]
    pub user_id: Option<Id>,
    /// The email address that it concerns.
    #[schema(value_type = Option<String>, example = "ada@example.com")]
    pub email: Option<Email>,
    /// Who performed the action: `anonymous`, `user:<id>`, `service:<name>` for a service key, `server`, or
    /// `operator:<name>`, followed by ` (sudo: <name>)` if `sudo` was used.
    #[schema(example = "user:6741c3a08f2b5d1e9c7a4b60")]
    pub actor: String,
    /// The client's address.
    #[schema(value_type = Option<String>, example = "203.0.113.9")]
    pub ip: Option<IpAddr>,
    /// The request's id.
    #[schema(example = "3q2-7wAAAAABAgME")]
    pub request_id: Option<String>,
    /// Details, for some types.
    pub data: serde_json::Map<String, serde_json::Value>,
}

/// The detail that says how often an event happened.
const COUNT: &str = "count";
/// The detail that says when such an event last happened.
const LAST_AT: &str = "last_at";

impl Event {
    /// Returns the event as one that stands for many: it happened `times` times.
    #[must_use]
    pub fn counted(mut self, times: u64) -> Self {
        self.data.insert(COUNT.into(), times.into());
        self.data.insert(LAST_AT.into(), self.at.to_string().into());
        self
    }

    /// Returns how often the event happened.
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
