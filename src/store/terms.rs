//! The terms of the store's operations: what goes in, and the typed outcomes that come out.
//!
//! Data only; which step they belong to is said at the operation.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use crate::model::{Email, Event, FullName, Id, PasswordHash, QueuedMessage, User};

/// What is written together with a change: messages to send, and lines of the audit trail.
///
/// An event or message without a `user_id`, or an event without an `email`, is given the account that the operation changed.
/// When the outcome is not the success, no effect is written.
#[derive(Debug, Default, Clone)]
pub struct Effects {
    /// Sealed messages for the outbox.
    pub messages: Vec<QueuedMessage>,
    /// Lines for the audit trail.
    pub events: Vec<Event>,
}

/// At most `limit` messages an hour to one recipient. `None`: no limit, nothing is counted.
#[derive(Debug, Clone)]
pub struct RecipientCap {
    /// Who is written to.
    pub recipient: String,
    /// Messages an hour.
    pub limit: Option<u32>,
    /// The moment of this message.
    pub now: Timestamp,
}

/// How many failed logins lock an address out, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct LockoutRule {
    /// Failures within the window that lock.
    pub threshold: u32,
    /// How long a failure counts.
    pub window: SignedDuration,
}

/// A login about to be evaluated.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Names the reservation.
    pub id: Id,
    /// The address tried, whether or not an account has it.
    pub email: Email,
    /// From where.
    pub ip: Option<IpAddr>,
    /// Since when.
    pub started_at: Timestamp,
}

/// Outcome of [`super::Store::reserve_attempt`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// Evaluate the password, then settle the attempt.
    Granted,
    /// Only attempts still under way are in the way: ask again shortly.
    Busy,
    /// Locked out until this moment, when enough failures have left the window.
    Locked {
        /// The first moment at which an attempt may be granted again.
        until: Timestamp,
    },
}

/// Outcome of [`super::Store::create_user`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateUser {
    /// The account exists now; a pending registration of the address is gone.
    Created,
    /// An account has the address already.
    EmailTaken,
}

/// Outcome of [`super::Store::put_pending`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutPending {
    /// The registration waits now, in place of any older one of the address.
    Stored,
    /// An account has the address already.
    EmailTaken,
    /// The recipient had enough mail this hour: nothing changed.
    CapSpent,
}

/// Outcome of [`super::Store::renew_pending`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenewPending {
    /// The new link lives, the older one is dead.
    Renewed,
    /// No registration waits for this address. The cap was counted all the same.
    NotPending,
    /// The recipient had enough mail this hour: nothing changed.
    CapSpent,
}

/// Outcome of [`super::Store::verify`].
#[derive(Debug, Clone)]
pub enum Verify {
    /// The pending registration became an account.
    Created(User),
    /// An account with the address existed, unverified: it is verified now, its password as it was.
    Marked(User),
    /// The account was verified already; the pending registration is gone.
    AlreadyVerified,
    /// No live registration has this proof.
    InvalidToken,
}

/// A session about to be issued, on the strength of one verified password.
#[derive(Debug, Clone)]
pub struct SessionIssue {
    /// Whose.
    pub user_id: Id,
    /// The hash that the password was verified against.
    pub verified_hash: PasswordHash,
    /// A stronger hash of the same password, to be kept from now on.
    pub upgraded_hash: Option<PasswordHash>,
    /// The reservation to settle, if one was made.
    pub attempt: Option<Id>,
    /// The present moment.
    pub now: Timestamp,
}

/// Outcome of [`super::Store::issue_session`].
#[derive(Debug, Clone)]
pub enum IssueSession {
    /// The session may be signed with this moment of issue; the account as it is now.
    Issued {
        /// The account.
        user: Box<User>,
        /// The token's `iat`: later than every cut-off of the account.
        issued_at: Timestamp,
    },
    /// The hash is not the verified one any more: read and verify again.
    HashChanged,
    /// The account is disabled or gone.
    Refused,
}

/// An account beside the question that every authenticated request asks.
#[derive(Debug, Clone)]
pub struct SessionRead {
    /// The account.
    pub user: User,
    /// Whether the token's id is on the revocation list.
    pub revoked: bool,
}

/// Outcome of the operations on one account that the last active superuser is protected from.
#[derive(Debug, Clone)]
pub enum Administer {
    /// Done; the account as it is now (or, when deleted, was).
    Done(User),
    /// No account has this id.
    NotFound,
    /// The installation would be left without an active superuser.
    LastSuperuser,
}

/// A change to an account by an administrator. `None` keeps.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// Enable or disable. Disabling ends all sessions; enabling clears the lockout of the address and revives no session.
    pub is_active: Option<bool>,
    /// Grant or revoke the administration of others.
    pub is_superuser: Option<bool>,
    /// Give (`Some(Some)`) or clear (`Some(None)`) the name.
    pub full_name: Option<Option<FullName>>,
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

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// Where the next page starts; none on the last one.
    pub next: Option<PageKey>,
}

/// Which events a list shows.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Only those of this account.
    pub user_id: Option<Id>,
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

/// A message taken to be sent. Whoever holds `lease` may settle it.
#[derive(Debug, Clone)]
pub struct ClaimedMessage {
    /// The message; `attempts` counts this try.
    pub message: QueuedMessage,
    /// Names this claim.
    pub lease: Id,
}

/// How a try to send ended.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// Sent: the message leaves the outbox.
    Sent,
    /// To be tried again.
    Retry {
        /// When.
        not_before: Timestamp,
        /// Why it failed, in one line without a secret.
        error: String,
    },
    /// Not to be tried again; kept for inspection.
    Failed {
        /// Why, in one line without a secret.
        error: String,
        /// When.
        at: Timestamp,
    },
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
    /// When the next waiting one may be tried.
    pub next_due: Option<Timestamp>,
}

/// What [`super::Store::sweep`] removes, besides everything whose own expiry has passed.
#[derive(Debug, Clone, Copy)]
pub struct SweepRule {
    /// The present moment.
    pub now: Timestamp,
    /// Login failures older than this.
    pub lockout_window: SignedDuration,
    /// Events older than this.
    pub events: SignedDuration,
    /// Failed messages older than this.
    pub failed_messages: SignedDuration,
}
