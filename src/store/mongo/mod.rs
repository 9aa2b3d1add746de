//! The engine for many machines: one MongoDB database, in the layout of the Python package, which may run over it as well.
//!
//! Each operation of the [`Store`] is one function of a themed module below. On a server without transactions over several
//! documents a step is one conditional update of one document, which carries its messages and events along (`relay`);
//! what else belongs to a step is written before or after it so that any process may repeat it. Each module says in which
//! order and why that is safe; in tests a failpoint stops between any two writes.

mod administer;
mod attempts;
mod audit;
mod caps;
mod codes;
mod connection;
mod credentials;
mod documents;
#[cfg(test)]
mod failpoint;
mod indexes;
mod inspect;
mod leases;
mod outbox;
mod registration;
mod relay;
mod revocations;
mod sessions;
mod sweep;
mod tally;
mod users;

#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use self::connection::{Connection, Db, Place as Server};
use self::users::{Forgetting, Place, RecentCounts};
use super::{
    Administer, Attempt, Backlog, CodeCheck, CodeFailure, CodeIssue, Conditional, Counts,
    CreateUser, DayCounts, Deletion, Effects, EmailChange, EventFilter, Inspection, IssueCode,
    IssueLink, IssueSession, IssuedSession, LinkIssue, LockoutRule, LockoutState, MessageEntry,
    MessageState, Page, PageKey, PasswordChange, PendingKey, PromotePending, Pulse, PutPending,
    RecipientCap, RenewPending, Reservation, Result, Reverify, Revocation, RevocationKey,
    SessionIssue, SessionRead, SharedAnnouncer, Store, Survey, SweepRule, UseCode, UserChange,
    UserFilter, Verify,
};
use crate::config::Database as Settings;
use crate::model::{
    Email, Event, Id, PasswordHash, PendingRegistration, PhoneNumber, ProofHash, User,
};
use crate::secret::SecretString;

/// One MongoDB database as a [`Store`].
pub struct Mongo {
    connection: Connection,
    counts: RecentCounts,
}

impl Mongo {
    /// A store at `url`, in `database`. Nothing is asked of the server yet: the first operation that finds it makes the
    /// indexes that are missing. Failed logins are removed when they are `lockout_window` old.
    ///
    /// # Errors
    /// [`super::StoreError::Refused`] when the URL cannot be used.
    pub fn new(
        url: SecretString,
        database: String,
        settings: &Settings,
        lockout_window: Duration,
    ) -> Result<Self> {
        Self::announcing(url, database, settings, lockout_window, None)
    }

    /// The same, for a store that tells others of what is recorded.
    pub fn announcing(
        url: SecretString,
        database: String,
        settings: &Settings,
        lockout_window: Duration,
        announcer: SharedAnnouncer,
    ) -> Result<Self> {
        Self::over(Server {
            url,
            database,
            settings: settings.clone(),
            lockout_window,
            makes_indexes: true,
            announcer,
        })
    }

    /// The same store to be looked at as it is: no index is made.
    pub fn as_it_is(&self) -> Result<Self> {
        Self::over(Server {
            makes_indexes: false,
            ..self.connection.place().clone()
        })
    }

    fn over(server: Server) -> Result<Self> {
        Ok(Self {
            connection: Connection::to(server)?,
            counts: RecentCounts::default(),
        })
    }

    async fn db(&self) -> Result<&Db> {
        self.connection.ready().await
    }

    /// The collections, for a write after which counts are others.
    async fn counted(&self) -> Result<(&Db, Forgetting<'_>)> {
        Ok((self.db().await?, Forgetting(&self.counts)))
    }
}

#[async_trait]
impl Store for Mongo {
    fn engine(&self) -> String {
        inspect::engine(self.connection.version().unwrap_or("not reached yet"))
    }

    async fn ping(&self) -> Result<()> {
        let db = self.db().await?;
        db.read(db.database.run_command(connection::ping())).await?;
        Ok(())
    }

    async fn pulse(&self) -> Result<Pulse> {
        inspect::pulse(&self.connection).await
    }

    async fn survey(&self, addresses: u32, hashes: u32) -> Result<Survey> {
        inspect::survey(&self.connection.connect().await?, addresses, hashes).await
    }

    async fn inspect(&self) -> Result<Inspection> {
        inspect::inspect(&self.connection).await
    }

    async fn migrate(&self) -> Result<Vec<String>> {
        let db = self.connection.connect().await?;
        indexes::ensure(&db, self.connection.place()).await
    }

    async fn create_user(&self, user: User, effects: Effects) -> Result<CreateUser> {
        let (db, _counts) = self.counted().await?;
        users::create(db, &user, effects).await
    }

    async fn put_pending(
        &self,
        pending: PendingRegistration,
        cap: RecipientCap,
        effects: Effects,
        if_taken: Effects,
    ) -> Result<PutPending> {
        let (db, _counts) = self.counted().await?;
        registration::put(db, &pending, &cap, effects, if_taken).await
    }

    async fn reverify(
        &self,
        id: Id,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        effects: Effects,
    ) -> Result<Reverify> {
        let (db, _counts) = self.counted().await?;
        registration::reverify(db, id, proof, expires_at, &cap, effects).await
    }

    async fn pending(
        &self,
        after: Option<PendingKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<PendingRegistration, PendingKey>> {
        registration::list(self.db().await?, after.as_ref(), limit, now).await
    }

    async fn promote_pending(
        &self,
        email: &Email,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<PromotePending> {
        let (db, _counts) = self.counted().await?;
        registration::promote(db, email, new_id, now, effects).await
    }

    async fn delete_pending(&self, email: &Email, now: Timestamp) -> Result<bool> {
        let (db, _counts) = self.counted().await?;
        registration::delete(db, email, now).await
    }

    async fn renew_pending(
        &self,
        email: &Email,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        effects: Effects,
    ) -> Result<RenewPending> {
        let db = self.db().await?;
        registration::renew(db, email, &proof, expires_at, &cap, effects).await
    }

    async fn pending_by_email(
        &self,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>> {
        registration::by_email(self.db().await?, email, now).await
    }

    async fn pending_by_proof(
        &self,
        proof: &ProofHash,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>> {
        registration::by_proof(self.db().await?, proof, now).await
    }

    async fn verify(
        &self,
        proof: &ProofHash,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Verify> {
        let (db, _counts) = self.counted().await?;
        registration::verify(db, proof, new_id, now, effects).await
    }

    async fn user(&self, id: Id) -> Result<Option<User>> {
        users::by_id(self.db().await?, id).await
    }

    async fn user_by_email(&self, email: &Email) -> Result<Option<User>> {
        users::by_email(self.db().await?, email).await
    }

    async fn users(
        &self,
        filter: &UserFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<User>> {
        users::list(self.db().await?, filter, &Place::After(after), limit).await
    }

    async fn users_from(&self, filter: &UserFilter, skip: u32, limit: u32) -> Result<Page<User>> {
        users::list(self.db().await?, filter, &Place::Skip(skip), limit).await
    }

    async fn count_users(&self, filter: &UserFilter) -> Result<u64> {
        users::count(self.db().await?, filter).await
    }

    async fn change_user(
        &self,
        id: Id,
        change: UserChange,
        force: bool,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Administer> {
        let (db, _counts) = self.counted().await?;
        administer::change(db, id, &change, force, now, effects).await
    }

    async fn delete_user(
        &self,
        id: Id,
        deletion: Deletion,
        effects: Effects,
    ) -> Result<Administer> {
        let (db, _counts) = self.counted().await?;
        administer::delete(db, id, &deletion, effects).await
    }

    async fn issue_link(&self, link: LinkIssue, effects: Effects) -> Result<IssueLink> {
        credentials::issue_link(self.db().await?, &link, effects).await
    }

    async fn change_password(
        &self,
        change: PasswordChange,
        effects: Effects,
    ) -> Result<Conditional> {
        let (db, _counts) = self.counted().await?;
        credentials::change_password(db, &change, effects).await
    }

    async fn change_email(&self, change: EmailChange, effects: Effects) -> Result<Conditional> {
        let (db, _counts) = self.counted().await?;
        credentials::change_email(db, &change, effects).await
    }

    async fn issue_code(&self, code: CodeIssue, effects: Effects) -> Result<IssueCode> {
        codes::issue(self.db().await?, &code, effects).await
    }

    async fn issue_session_for_code(
        &self,
        check: CodeCheck,
        failure: CodeFailure,
        effects: Effects,
    ) -> Result<UseCode<IssuedSession>> {
        codes::issue_session(self.db().await?, &check, failure, effects).await
    }

    async fn enable_second_factor(
        &self,
        check: CodeCheck,
        number: &PhoneNumber,
        effects: Effects,
    ) -> Result<UseCode<User>> {
        codes::enable_second_factor(self.db().await?, &check, number, effects).await
    }

    async fn disable_second_factor(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Conditional> {
        codes::disable_second_factor(self.db().await?, id, verified_hash, now, effects).await
    }

    async fn reserve_attempt(&self, attempt: Attempt, rule: LockoutRule) -> Result<Reservation> {
        attempts::reserve(self.db().await?, &attempt, rule).await
    }

    async fn fail_attempt(
        &self,
        attempt: &Attempt,
        rule: LockoutRule,
        now: Timestamp,
        failed: Event,
        locked: Event,
    ) -> Result<()> {
        attempts::fail(self.db().await?, attempt, rule, now, failed, locked).await
    }

    async fn release_attempt(&self, attempt: &Attempt) -> Result<()> {
        attempts::release(self.db().await?, attempt).await
    }

    async fn issue_session(&self, issue: SessionIssue, effects: Effects) -> Result<IssueSession> {
        sessions::issue(self.db().await?, &issue, effects).await
    }

    async fn session(&self, user_id: Id, jti: &str) -> Result<Option<SessionRead>> {
        sessions::read(self.db().await?, user_id, jti).await
    }

    async fn revoke_token(&self, revocation: Revocation, effects: Effects) -> Result<bool> {
        sessions::revoke(self.db().await?, &revocation, effects).await
    }

    async fn revocations(
        &self,
        after: Option<RevocationKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Revocation, RevocationKey>> {
        revocations::list(self.db().await?, after, limit, now).await
    }

    async fn purge_revocations(&self, now: Timestamp) -> Result<u64> {
        sweep::revocations(self.db().await?, now).await
    }

    async fn lockout(
        &self,
        email: &Email,
        rule: LockoutRule,
        now: Timestamp,
    ) -> Result<LockoutState> {
        attempts::lockout(self.db().await?, email, rule, now).await
    }

    async fn record(&self, event: Event) -> Result<()> {
        audit::record(self.db().await?, &event).await
    }

    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<Event>> {
        audit::list(self.db().await?, filter, after, limit).await
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts> {
        users::counts(self.db().await?, &self.counts, now).await
    }

    async fn series(&self, days: u32, now: Timestamp) -> Result<Vec<DayCounts>> {
        audit::series(self.db().await?, days, now).await
    }

    async fn backlog(&self) -> Result<Backlog> {
        outbox::backlog(self.db().await?).await
    }

    async fn messages(
        &self,
        state: Option<MessageState>,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<MessageEntry>> {
        outbox::list(self.db().await?, state, after, limit).await
    }

    async fn retry_message(&self, id: Id, now: Timestamp) -> Result<bool> {
        outbox::retry(self.db().await?, id, now).await
    }

    async fn delete_message(&self, id: Id) -> Result<bool> {
        outbox::delete(self.db().await?, id).await
    }

    async fn sweep(&self, rule: SweepRule) -> Result<u64> {
        sweep::run(self.db().await?, rule).await
    }
}
