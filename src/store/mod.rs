//! The store: what can happen to accounts, as atomic steps.
//!
//! Each method of [`Store`] is one domain operation and one atomic step: it happens whole, with the messages and events
//! that belong to it ([`Effects`]), or not at all. Expected outcomes are typed values; [`StoreError`] is what nobody expected.
//! Engines live below; they know neither HTTP nor the terminal, nor why a step is taken. `conformance` is the list of
//! behaviours that every engine's tests run through.
//!
//! Written with a database without multi-document transactions in mind: no operation needs to see two users at once,
//! and every moment, id and hash comes from the caller, so that a step can be repeated.

mod codes;
#[cfg(test)]
mod conformance;
mod inspection;
pub mod mongo;
mod page;
pub mod sqlite;
mod terms;
mod views;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::model::{
    Email, Event, EventKind, Id, PasswordHash, PendingRegistration, PhoneNumber, ProofHash,
    QueuedMessage, User,
};

pub use codes::*;
pub use inspection::{Inspection, Pulse, RowCount, SchemaPart, SchemaState, Survey};
pub use terms::*;
pub use views::*;

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
    /// The database does not let us in: its user name, password or rights are wrong. The cause is for the log.
    #[error("the database refuses the login: {0}")]
    Denied(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another program has kept the database locked for as long as was waited. Holds the file.
    #[error("another program has locked {0} for more than 5 seconds")]
    Locked(String),
    /// The database is not for this program: it belongs to another one, or to a newer version. Says what to do instead.
    #[error("{0}")]
    Refused(String),
    /// A search takes too long: so much would match, or so much had to be looked at.
    #[error("the search takes too long: narrow it")]
    TooBroad,
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

/// Tells others of what is recorded. `user` is the account as the step leaves it, where there is one still.
pub trait Announcer: Send + Sync + 'static {
    /// Whether anybody wants to hear of such events; of others the two below are not asked.
    fn listens(&self, kind: EventKind) -> bool;

    /// The messages that tell of an event: they are queued in the same step. Asked twice, it must give them the same ids:
    /// an engine may have to repeat itself.
    fn announce(&self, event: &Event, user: Option<&User>) -> Vec<QueuedMessage>;

    /// The event is written, by this process: said at most once. Must not wait for anything.
    fn recorded(&self, event: Event, user: Option<User>);
}

/// An announcer that every part of a store may use; none announces nothing.
pub type SharedAnnouncer = Option<Arc<dyn Announcer>>;

/// An address as it is looked up: in lower case, so that legacy spellings are found.
fn email_key(email: &Email) -> String {
    email.as_str().to_lowercase()
}

/// The part of the store that sending messages needs.
#[async_trait]
pub trait MessageStore: Send + Sync + 'static {
    /// Takes up to `limit` due messages of a lane, those due longest first, under `lease` until `lease_until`.
    /// Links whose pending registration has moved on are dropped instead; messages that expired are marked as failed.
    async fn claim_messages(
        &self,
        lane: Lane<'_>,
        lease: Id,
        lease_until: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedMessage>>;

    /// Prolongs a claim; false when it is not held any more: stop sending.
    async fn renew_lease(&self, message: Id, lease: Id, lease_until: Timestamp) -> Result<bool>;

    /// Settles a claimed message; false when the claim is not held any more.
    async fn settle_message(&self, message: Id, lease: Id, delivery: Delivery) -> Result<bool>;

    /// When the next message of a lane comes due that is not due yet. Read along an index, however much waits.
    async fn next_due(&self, lane: Lane<'_>, now: Timestamp) -> Result<Option<Timestamp>>;

    /// Depth and age. Counts, and takes as long as that takes.
    async fn outbox(&self) -> Result<OutboxState>;
}

/// The operations. See the module's documentation for what they have in common.
#[async_trait]
pub trait Store: MessageStore {
    /// Engine and version, as in `SQLite 3.54.1`.
    fn engine(&self) -> String;

    /// Asks the database for a sign of life.
    async fn ping(&self) -> Result<()>;

    /// What the database is, and whether its schema is what this program needs. Changes nothing.
    async fn inspect(&self) -> Result<Inspection>;

    /// Asks for a sign of life, and who gives it. Changes nothing, and needs no schema.
    async fn pulse(&self) -> Result<Pulse>;

    /// What its accounts are like: at most `addresses` in mixed case, and at most `hashes`. Ends within a few seconds,
    /// however many accounts there are. Changes nothing.
    async fn survey(&self, addresses: u32, hashes: u32) -> Result<Survey>;

    /// Brings the schema up to date: what was done, one line each; none when it was current. What cannot be mended
    /// without losing data stays as it is, for [`Store::inspect`] to show.
    async fn migrate(&self) -> Result<Vec<String>>;

    // Registration.

    /// Makes an account, and removes a pending registration of its address.
    async fn create_user(&self, user: User, effects: Effects) -> Result<CreateUser>;

    /// Puts a registration in place of any older one of its address, if no account has it and the recipient's cap allows.
    /// When an account has it, `if_taken` is written instead (to tell its owner), and costs the cap as well; an empty
    /// `if_taken` costs nothing.
    async fn put_pending(
        &self,
        pending: PendingRegistration,
        cap: RecipientCap,
        effects: Effects,
        if_taken: Effects,
    ) -> Result<PutPending>;

    /// Gives an unverified account a pending registration with its own hash (or none) and this proof, in place of any
    /// older one of its address: using it marks the account verified.
    async fn reverify(
        &self,
        id: Id,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        effects: Effects,
    ) -> Result<Reverify>;

    /// One page of live pending registrations, newest first.
    async fn pending(
        &self,
        after: Option<PendingKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<PendingRegistration, PendingKey>>;

    /// Makes the live pending registration of an address an account under `new_id`, without its link.
    async fn promote_pending(
        &self,
        email: &Email,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<PromotePending>;

    /// Removes the live pending registration of an address with its queued link; false when there is none.
    async fn delete_pending(&self, email: &Email, now: Timestamp) -> Result<bool>;

    /// Gives the live pending registration of `email` a new proof that lives until `expires_at`.
    /// When there is none, the cap is counted and as much work is done all the same, so that both cases take as long.
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

    /// The same page by its place: `skip` accounts are passed over. What it costs grows with `skip`.
    async fn users_from(&self, filter: &UserFilter, skip: u32, limit: u32) -> Result<Page<User>>;

    /// How many accounts a filter lets through; without a filter it is read, not counted.
    async fn count_users(&self, filter: &UserFilter) -> Result<u64>;

    /// Changes an account; `force` overrides the protection of the last active superuser.
    /// `now` becomes `updated_at`, and where sessions end the cut-off is raised to it or beyond.
    /// A change to what is already so succeeds, writes nothing and records nothing; clearing a lockout is a change.
    /// Of several events, those are recorded whose change took place.
    async fn change_user(
        &self,
        id: Id,
        change: UserChange,
        force: bool,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Administer>;

    /// Deletes an account with its codes and their budgets, failures, pending registration, queued mail and SMS; webhooks stay.
    async fn delete_user(&self, id: Id, deletion: Deletion, effects: Effects)
    -> Result<Administer>;

    // Recovery and change of credentials.

    /// Queues a mail with a signed link, if the account's cut-off is earlier than the link: later changes will end it.
    /// For nobody, the cap is counted and as much work is done all the same.
    async fn issue_link(&self, link: LinkIssue, effects: Effects) -> Result<IssueLink>;

    /// Writes a new password if its proof still holds and the account is active (for an administrator: whenever it
    /// exists). Raises the cut-off beyond the link used, clears failures and codes of the account, settles the
    /// reservation, and drops queued messages that die with a change.
    async fn change_password(
        &self,
        change: PasswordChange,
        effects: Effects,
    ) -> Result<Conditional>;

    /// Writes a proven address if the link still holds, nobody else has the address and the account is active; it counts
    /// as verified. Raises the cut-off, removes pending registrations of both addresses, and drops queued messages that
    /// die with a change. Its own address in another spelling is not taken. Events name the old address.
    async fn change_email(&self, change: EmailChange, effects: Effects) -> Result<Conditional>;

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

    /// Puts a token's id on the revocation list; false if it was there already (then no effect is written).
    async fn revoke_token(&self, revocation: Revocation, effects: Effects) -> Result<bool>;

    /// One page of revocations that still have an effect, those that last longest first.
    async fn revocations(
        &self,
        after: Option<RevocationKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Revocation, RevocationKey>>;

    /// Removes the revocations of tokens that have expired; how many.
    async fn purge_revocations(&self, now: Timestamp) -> Result<u64>;

    /// How near an address is to its lockout.
    async fn lockout(
        &self,
        email: &Email,
        rule: LockoutRule,
        now: Timestamp,
    ) -> Result<LockoutState>;

    // Codes and the second factor. At most one code of each kind waits for an account. What is evaluated is paid for before:
    // one attempt of the code, and one unit of the account's budget, which wrong codes use up whatever code they were tried
    // on, and which only a right one and an administrator's unlocking or removal of the factor give back. An engine where
    // another program writes codes without a `jti` lets those serve a token that was issued within five seconds of them.

    /// Puts a code in place of any older one of its account and kind, queues the SMS that carries it, and keeps the upgraded
    /// hash, if the account is active and still as it was read, its budget allows a guess and the number's cap an SMS. For a
    /// login the second factor must be on, with the number of the cap.
    async fn issue_code(&self, code: CodeIssue, effects: Effects) -> Result<IssueCode>;

    /// Uses the code of a login: the right one issues the session, once, and clears the failures of the account's address. A
    /// wrong one is recorded.
    async fn issue_session_for_code(
        &self,
        check: CodeCheck,
        failure: CodeFailure,
        effects: Effects,
    ) -> Result<UseCode<IssuedSession>>;

    /// Uses the code that was sent to `number`: the right one makes it the account's number, switches the second factor on,
    /// and ends all other codes, those sent to an older number included.
    async fn enable_second_factor(
        &self,
        check: CodeCheck,
        number: &PhoneNumber,
        effects: Effects,
    ) -> Result<UseCode<User>>;

    /// Switches the second factor off, if it is on, the account active and its hash still the verified one: number, codes
    /// and budgets go.
    async fn disable_second_factor(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Conditional>;

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

    /// What happened on each of the last `days` days up to `now`'s, oldest first, days without events included.
    /// Kept as accounts and events are written, so that it costs nothing to read and outlives their retention.
    async fn series(&self, days: u32, now: Timestamp) -> Result<Vec<DayCounts>>;

    // Outbox. Sending is in [`MessageStore`].

    /// What waits, at a glance.
    async fn backlog(&self) -> Result<Backlog>;

    /// One page of messages, newest first.
    async fn messages(
        &self,
        state: Option<MessageState>,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<MessageEntry>>;

    /// Makes a message due at once, one that was given up too (it then has a day more to live); false when there is none.
    async fn retry_message(&self, id: Id, now: Timestamp) -> Result<bool>;

    /// Removes a message unsent; false when there is none.
    async fn delete_message(&self, id: Id) -> Result<bool>;

    // Housekeeping.

    /// Removes what has expired; the number of rows removed.
    async fn sweep(&self, rule: SweepRule) -> Result<u64>;
}
