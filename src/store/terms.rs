//! The terms of the store's operations: what goes in, and the typed outcomes that come out.
//!
//! Data only; which step they belong to is said at the operation.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use crate::model::{
    Email, Event, EventKind, FullName, Id, MessageKind, PasswordHash, QueuedMessage, User,
};

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

/// A token that is dead before it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// The token's own id.
    pub jti: String,
    /// The account that it was issued to, where that is known.
    pub user_id: Option<Id>,
    /// When the token expires, and the revocation has no effect any more.
    pub expires_at: Timestamp,
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

/// Outcome of [`super::Store::reverify`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reverify {
    /// The link is queued; using it marks the account verified.
    Queued,
    /// No account has this id.
    NotFound,
    /// The account is verified already.
    AlreadyVerified,
    /// The recipient had enough mail this hour: nothing changed.
    CapSpent,
}

/// Outcome of [`super::Store::promote_pending`].
#[derive(Debug, Clone)]
pub enum PromotePending {
    /// The registration became an account.
    Created(User),
    /// An account has the address; the registration stays as it was.
    EmailTaken,
    /// No live registration of this address.
    NotFound,
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

/// A signed link about to be mailed.
#[derive(Debug, Clone)]
pub struct LinkIssue {
    /// Whose link; `None` for an address nobody has, which pays the cap all the same.
    pub user_id: Option<Id>,
    /// The address the account was found by or shown with: it must still be the account's.
    pub email: Option<Email>,
    /// The hash that a password was verified against to get the link: it must still be the account's.
    pub verified_hash: Option<PasswordHash>,
    /// The token's `iat`. It must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// What the mail costs.
    pub cap: RecipientCap,
}

/// Outcome of [`super::Store::issue_link`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueLink {
    /// The link is queued.
    Queued,
    /// Nobody to send it to. The cap was counted all the same.
    Nobody,
    /// The account is not as it was read any more (its cut-off has passed `issued_at`, its address or hash is another, it
    /// is disabled or gone): read it again. Nothing changed.
    Stale,
    /// The recipient had enough mail this hour: nothing changed.
    CapSpent,
}

/// What entitles to write a new password.
#[derive(Debug, Clone)]
pub enum PasswordProof {
    /// The current password was verified against this hash, which must still be the stored one.
    Verified(PasswordHash),
    /// A mailed link issued at this moment, later than the account's cut-off. It proves the mailbox too: the address
    /// counts as verified from now on.
    Link(Timestamp),
    /// An administrator's word.
    Administrator,
}

/// A new password about to be written.
#[derive(Debug, Clone)]
pub struct PasswordChange {
    /// Whose.
    pub user_id: Id,
    /// The new hash.
    pub new_hash: PasswordHash,
    /// What entitles to it.
    pub proof: PasswordProof,
    /// The reservation to settle, if the current password was evaluated under one.
    pub attempt: Option<Id>,
    /// The present moment.
    pub now: Timestamp,
}

/// A proven address about to become an account's.
#[derive(Debug, Clone)]
pub struct EmailChange {
    /// Whose.
    pub user_id: Id,
    /// The address the link was issued from; the account must still have it. `None`: the Python package's tokens do
    /// not say, and are bound by the cut-off alone.
    pub old_email: Option<Email>,
    /// The new address.
    pub new_email: Email,
    /// The link's `iat`, which must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// The present moment.
    pub now: Timestamp,
}

/// Outcome of a change that is conditional on what was proven before.
#[derive(Debug, Clone)]
pub enum Conditional {
    /// Done; the account as it is now.
    Done(User),
    /// The account is not as it was when the proof was made, is disabled or gone: nothing changed.
    Stale,
    /// Another account has the new address: nothing changed.
    EmailTaken,
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
    /// The hash that the deletion was conditional on is not the account's any more.
    Stale,
}

/// Under which conditions an account is deleted.
#[derive(Debug, Clone, Default)]
pub struct Deletion {
    /// Also the last active superuser.
    pub force: bool,
    /// Only while this is still the account's hash.
    pub verified_hash: Option<PasswordHash>,
}

/// A change to an account by an administrator. `None` and `false` keep.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// Enable or disable. Disabling ends all sessions; enabling clears the lockout of the address and the account's code
    /// budgets, and revives no session.
    pub is_active: Option<bool>,
    /// Grant or revoke the administration of others.
    pub is_superuser: Option<bool>,
    /// Say that the address is proven, or that it is not.
    pub is_verified: Option<bool>,
    /// Give (`Some(Some)`) or clear (`Some(None)`) the name.
    pub full_name: Option<Option<FullName>>,
    /// End all sessions, and with them every mailed link. Always a change.
    pub end_sessions: bool,
    /// Switch the second factor off: number, codes and budgets go.
    pub remove_second_factor: bool,
}

impl UserChange {
    /// Whether an event that came with a change tells what took place: of several wishes, some may have been so already.
    pub(super) fn took_place(kind: EventKind, before: &User, after: &User, unlocked: bool) -> bool {
        match kind {
            EventKind::UserEnabled => unlocked || (after.is_active && !before.is_active),
            EventKind::UserDisabled => before.is_active && !after.is_active,
            EventKind::AdminGranted => after.is_superuser && !before.is_superuser,
            EventKind::AdminRevoked => before.is_superuser && !after.is_superuser,
            EventKind::UserVerified => after.is_verified && !before.is_verified,
            _ => true,
        }
    }
}

/// Messages that wait for one another. One lane never waits for another, however much stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane<'a> {
    /// To people: mail and SMS, as far as they are of these kinds.
    People(&'a [MessageKind]),
    /// To one receiver of webhooks, by its URL.
    Receiver(&'a str),
}

impl Lane<'_> {
    /// The receiver; empty for people.
    #[must_use]
    pub const fn receiver(&self) -> &str {
        match self {
            Self::People(_) => "",
            Self::Receiver(url) => url,
        }
    }

    /// The kinds that are meant.
    #[must_use]
    pub const fn kinds(&self) -> &[MessageKind] {
        match self {
            Self::People(kinds) => kinds,
            Self::Receiver(_) => &[MessageKind::Webhook],
        }
    }
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

/// What [`super::Store::sweep`] removes, besides everything whose own expiry has passed.
#[derive(Debug, Clone, Copy)]
pub struct SweepRule {
    /// The present moment.
    pub now: Timestamp,
    /// Login failures and wrong codes older than this.
    pub lockout_window: SignedDuration,
    /// Events older than this.
    pub events: SignedDuration,
    /// Failed messages older than this.
    pub failed_messages: SignedDuration,
}
