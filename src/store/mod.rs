//! The store: what can happen to accounts, as atomic steps.
//!
//! Each method of [`Store`] is one domain operation and one atomic step: it happens whole, with the messages and events
//! that belong to it ([`Effects`]), or not at all. Expected outcomes are typed values; [`StoreError`] is what nobody expected.
//! Engines live below; they know neither HTTP nor the terminal, nor why a step is taken. `conformance` is the list of
//! behaviours that every engine's tests run through.
//!
//! Written with a database without multi-document transactions in mind: no operation needs to see two users at once,
//! and every moment, id and hash comes from the caller, so that a step can be repeated.

#[cfg(test)]
mod conformance;
pub mod sqlite;

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::model::{
    Email, Event, FullName, Id, MessageKind, PasswordHash, PendingRegistration, ProofHash,
    QueuedMessage, User,
};

/// A store that can be handed to every part of one application.
pub type SharedStore = Arc<dyn Store>;

/// What an operation answers when nothing unexpected happened.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// How long a login attempt may be under way before it counts as failed.
pub const RESERVATION_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// What nobody expected.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer, or refused the work. The cause is for the log, never for a client.
    #[error("the database is out of reach: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database is not for this program: it belongs to another one, or to a newer version. Says what to do instead.
    #[error("{0}")]
    Refused(String),
    /// A row is there, but cannot be read as what it should be.
    #[error("{table} row {id}: the field {field} cannot be read")]
    Unreadable {
        /// Table or collection.
        table: &'static str,
        /// The row's key.
        id: String,
        /// The field.
        field: &'static str,
    },
}

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

/// Outcome of [`Store::reserve_attempt`].
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

/// Outcome of [`Store::create_user`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateUser {
    /// The account exists now; a pending registration of the address is gone.
    Created,
    /// An account has the address already.
    EmailTaken,
}

/// Outcome of [`Store::put_pending`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutPending {
    /// The registration waits now, in place of any older one of the address.
    Stored,
    /// An account has the address already.
    EmailTaken,
    /// The recipient had enough mail this hour: nothing changed.
    CapSpent,
}

/// Outcome of [`Store::renew_pending`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenewPending {
    /// The new link lives, the older one is dead.
    Renewed,
    /// No registration waits for this address. The cap was counted all the same.
    NotPending,
    /// The recipient had enough mail this hour: nothing changed.
    CapSpent,
}

/// Outcome of [`Store::verify`].
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

/// Outcome of [`Store::issue_session`].
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

/// What [`Store::sweep`] removes, besides everything whose own expiry has passed.
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

/// The operations. See the module's documentation for what they have in common.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Engine and version, as in `SQLite 3.54.1`.
    fn engine(&self) -> String;

    /// Asks the database for a sign of life.
    async fn ping(&self) -> Result<()>;

    // Registration.

    /// Makes an account, and removes a pending registration of its address.
    async fn create_user(&self, user: User, effects: Effects) -> Result<CreateUser>;

    /// Puts a registration in place of any older one of its address, if no account has it and the recipient's cap allows.
    async fn put_pending(
        &self,
        pending: PendingRegistration,
        cap: RecipientCap,
        effects: Effects,
    ) -> Result<PutPending>;

    /// Gives the live pending registration of `email` a new proof that lives until `expires_at`.
    /// The cap is counted also when there is none, so that both cases cost one write.
    async fn renew_pending(
        &self,
        email: &Email,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        effects: Effects,
    ) -> Result<RenewPending>;

    /// The live pending registration of an address.
    async fn pending_by_email(
        &self,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>>;

    /// The live pending registration that a proof belongs to.
    async fn pending_by_proof(
        &self,
        proof: &ProofHash,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>>;

    /// Uses a proof: makes the account under `new_id`, or verifies the one that has the address.
    async fn verify(
        &self,
        proof: &ProofHash,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Verify>;

    // Accounts.

    /// An account by id.
    async fn user(&self, id: Id) -> Result<Option<User>>;

    /// An account by address, legacy spellings included.
    async fn user_by_email(&self, email: &Email) -> Result<Option<User>>;

    /// One page of accounts, newest first; at most `limit`, starting behind `after`.
    async fn users(
        &self,
        filter: &UserFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<User>>;

    /// Changes an account; `force` overrides the protection of the last active superuser.
    /// `now` becomes `updated_at`, and where sessions end the cut-off is raised to it or beyond.
    /// A change to what is already so succeeds, writes nothing and records nothing; clearing a lockout is a change.
    async fn change_user(
        &self,
        id: Id,
        change: UserChange,
        force: bool,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Administer>;

    /// Deletes an account with its codes, failures, pending registration, queued mail and SMS; webhooks stay.
    async fn delete_user(&self, id: Id, force: bool, effects: Effects) -> Result<Administer>;

    // Login and sessions.

    /// Records an attempt before its password is looked at, unless that many already failed.
    /// Attempts under way for longer than [`RESERVATION_LIFETIME`] count as failed at their start.
    async fn reserve_attempt(&self, attempt: Attempt, rule: LockoutRule) -> Result<Reservation>;

    /// Turns a reservation into a failure and records `failed`; when the failures now reach the threshold, `locked` too.
    async fn fail_attempt(
        &self,
        attempt: &Attempt,
        rule: LockoutRule,
        now: Timestamp,
        failed: Event,
        locked: Event,
    ) -> Result<()>;

    /// Withdraws a reservation whose password was never evaluated.
    async fn release_attempt(&self, attempt: &Attempt) -> Result<()>;

    /// Issues a session if the account is active and its hash is still the verified one. Sets `last_login`, keeps the
    /// upgraded hash, settles the reservation and clears the failures of the account's address.
    async fn issue_session(&self, issue: SessionIssue, effects: Effects) -> Result<IssueSession>;

    /// The account of a token and whether that token was revoked: the one read of an authenticated request.
    async fn session(&self, user_id: Id, jti: &str) -> Result<Option<SessionRead>>;

    /// Puts a token's id on the revocation list until `expires_at`; false if it was there already (then no effect is written).
    async fn revoke_token(
        &self,
        jti: &str,
        expires_at: Timestamp,
        effects: Effects,
    ) -> Result<bool>;

    /// How near an address is to its lockout.
    async fn lockout(
        &self,
        email: &Email,
        rule: LockoutRule,
        now: Timestamp,
    ) -> Result<LockoutState>;

    // Audit and counts.

    /// Records an event that belongs to no change.
    async fn record(&self, event: Event) -> Result<()>;

    /// One page of events, newest first.
    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<Event>>;

    /// Counts at a glance.
    async fn counts(&self, now: Timestamp) -> Result<Counts>;

    // Outbox.

    /// Takes up to `limit` due messages, those due longest first, under `lease` until `lease_until`.
    /// Links whose pending registration has moved on are dropped instead; messages that expired are marked as failed.
    async fn claim_messages(
        &self,
        kinds: &[MessageKind],
        lease: Id,
        lease_until: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedMessage>>;

    /// Prolongs a claim; false when it is not held any more: stop sending.
    async fn renew_lease(&self, message: Id, lease: Id, lease_until: Timestamp) -> Result<bool>;

    /// Settles a claimed message; false when the claim is not held any more.
    async fn settle_message(&self, message: Id, lease: Id, delivery: Delivery) -> Result<bool>;

    /// Depth and age.
    async fn outbox(&self) -> Result<OutboxState>;

    // Housekeeping.

    /// Removes what has expired; the number of rows removed.
    async fn sweep(&self, rule: SweepRule) -> Result<u64>;
}
