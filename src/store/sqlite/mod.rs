//! The embedded engine: one SQLite file, a few reading threads, one that writes in groups.
//!
//! Each operation of the [`Store`] is one function of a themed module below, over one connection: a read sees the last
//! commit, a write is a step of its own inside the writer's transaction. Several processes may use the file at once.

mod administer;
mod attempts;
mod audit;
mod caps;
mod codes;
mod credentials;
mod effects;
mod inspect;
mod open;
mod outbox;
mod registration;
mod revocations;
mod rows;
mod schema;
mod sessions;
mod survey;
mod sweep;
mod threads;
mod users;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use jiff::Timestamp;

use self::threads::Threads;
use self::users::Place;
use super::{
    Administer, Attempt, Backlog, CodeCheck, CodeFailure, CodeIssue, Conditional, Counts,
    CreateUser, DayCounts, Deletion, Effects, EmailChange, EventFilter, Inspection, IssueCode,
    IssueLink, IssueSession, IssuedSession, LinkIssue, LockoutRule, LockoutState, MessageEntry,
    MessageState, Page, PageKey, PasswordChange, PendingKey, PromotePending, Pulse, PutPending,
    RecipientCap, RenewPending, Reservation, Result, Reverify, Revocation, RevocationKey,
    SessionIssue, SessionRead, Store, Survey, SweepRule, UseCode, UserChange, UserFilter, Verify,
};
use crate::model::{
    Email, Event, Id, PasswordHash, PendingRegistration, PhoneNumber, ProofHash, User,
};

/// One SQLite file as a [`Store`]. Dropping it waits for queued writes and closes the file.
pub struct Sqlite {
    threads: Threads,
}

#[async_trait]
impl Store for Sqlite {
    fn engine(&self) -> String {
        format!("SQLite {}", rusqlite::version())
    }

    async fn ping(&self) -> Result<()> {
        self.threads
            .read(|db| rows::value::<i64>(db, "select total from user_counts", []).map(drop))
            .await
    }

    async fn inspect(&self) -> Result<Inspection> {
        let (engine, path) = (self.engine(), self.threads.path().to_owned());
        self.threads
            .read(move |db| inspect::inspect(db, engine, &path))
            .await
    }

    async fn pulse(&self) -> Result<Pulse> {
        survey::pulse(&self.threads, self.engine()).await
    }

    async fn survey(&self, addresses: u32, hashes: u32) -> Result<Survey> {
        survey::survey(&self.threads, addresses, hashes).await
    }

    async fn migrate(&self) -> Result<Vec<String>> {
        open::blocking(self.threads.path(), inspect::migrate).await
    }

    async fn create_user(&self, user: User, effects: Effects) -> Result<CreateUser> {
        self.threads
            .write(move |db| users::create(db, &user, effects))
            .await
    }

    async fn put_pending(
        &self,
        pending: PendingRegistration,
        cap: RecipientCap,
        effects: Effects,
        if_taken: Effects,
    ) -> Result<PutPending> {
        self.threads
            .write(move |db| registration::put(db, &pending, &cap, effects, if_taken))
            .await
    }

    async fn reverify(
        &self,
        id: Id,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        effects: Effects,
    ) -> Result<Reverify> {
        self.threads
            .write(move |db| registration::reverify(db, id, proof, expires_at, &cap, effects))
            .await
    }

    async fn pending(
        &self,
        after: Option<PendingKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<PendingRegistration, PendingKey>> {
        self.threads
            .read(move |db| registration::list(db, after.as_ref(), limit, now))
            .await
    }

    async fn promote_pending(
        &self,
        email: &Email,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<PromotePending> {
        let email = email.clone();
        self.threads
            .write(move |db| registration::promote(db, &email, new_id, now, effects))
            .await
    }

    async fn delete_pending(&self, email: &Email, now: Timestamp) -> Result<bool> {
        let email = email.clone();
        self.threads
            .write(move |db| registration::delete(db, &email, now))
            .await
    }

    async fn renew_pending(
        &self,
        email: &Email,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        effects: Effects,
    ) -> Result<RenewPending> {
        let email = email.clone();
        self.threads
            .write(move |db| registration::renew(db, &email, &proof, expires_at, &cap, effects))
            .await
    }

    async fn pending_by_email(
        &self,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>> {
        let email = email.clone();
        self.threads
            .read(move |db| registration::by_email(db, &email, now))
            .await
    }

    async fn pending_by_proof(
        &self,
        proof: &ProofHash,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>> {
        let proof = proof.clone();
        self.threads
            .read(move |db| registration::by_proof(db, &proof, now))
            .await
    }

    async fn verify(
        &self,
        proof: &ProofHash,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Verify> {
        let proof = proof.clone();
        self.threads
            .write(move |db| registration::verify(db, &proof, new_id, now, effects))
            .await
    }

    async fn user(&self, id: Id) -> Result<Option<User>> {
        self.threads.read(move |db| users::by_id(db, id)).await
    }

    async fn user_by_email(&self, email: &Email) -> Result<Option<User>> {
        let email = email.clone();
        self.threads
            .read(move |db| users::by_email(db, &email))
            .await
    }

    async fn users(
        &self,
        filter: &UserFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<User>> {
        let filter = filter.clone();
        self.threads
            .read(move |db| users::list(db, &filter, &Place::After(after), limit))
            .await
    }

    async fn users_from(&self, filter: &UserFilter, skip: u32, limit: u32) -> Result<Page<User>> {
        let filter = filter.clone();
        self.threads
            .read(move |db| users::list(db, &filter, &Place::Skip(skip), limit))
            .await
    }

    async fn count_users(&self, filter: &UserFilter) -> Result<u64> {
        let filter = filter.clone();
        self.threads.read(move |db| users::count(db, &filter)).await
    }

    async fn change_user(
        &self,
        id: Id,
        change: UserChange,
        force: bool,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Administer> {
        self.threads
            .write(move |db| administer::change(db, id, &change, force, now, effects))
            .await
    }

    async fn delete_user(
        &self,
        id: Id,
        deletion: Deletion,
        effects: Effects,
    ) -> Result<Administer> {
        self.threads
            .write(move |db| administer::delete(db, id, &deletion, effects))
            .await
    }

    async fn issue_link(&self, link: LinkIssue, effects: Effects) -> Result<IssueLink> {
        self.threads
            .write(move |db| credentials::issue_link(db, &link, effects))
            .await
    }

    async fn change_password(
        &self,
        change: PasswordChange,
        effects: Effects,
    ) -> Result<Conditional> {
        self.threads
            .write(move |db| credentials::change_password(db, &change, effects))
            .await
    }

    async fn change_email(&self, change: EmailChange, effects: Effects) -> Result<Conditional> {
        self.threads
            .write(move |db| credentials::change_email(db, &change, effects))
            .await
    }

    async fn reserve_attempt(&self, attempt: Attempt, rule: LockoutRule) -> Result<Reservation> {
        self.threads
            .write(move |db| attempts::reserve(db, &attempt, rule))
            .await
    }

    async fn fail_attempt(
        &self,
        attempt: &Attempt,
        rule: LockoutRule,
        now: Timestamp,
        failed: Event,
        locked: Event,
    ) -> Result<()> {
        let attempt = attempt.clone();
        self.threads
            .write(move |db| attempts::fail(db, &attempt, rule, now, failed, locked))
            .await
    }

    async fn release_attempt(&self, attempt: &Attempt) -> Result<()> {
        let id = attempt.id;
        self.threads
            .write(move |db| attempts::release(db, id))
            .await
    }

    async fn issue_session(&self, issue: SessionIssue, effects: Effects) -> Result<IssueSession> {
        self.threads
            .write(move |db| sessions::issue(db, &issue, effects))
            .await
    }

    async fn session(&self, user_id: Id, jti: &str) -> Result<Option<SessionRead>> {
        let jti = jti.to_owned();
        self.threads
            .read(move |db| sessions::read(db, user_id, &jti))
            .await
    }

    async fn revoke_token(&self, revocation: Revocation, effects: Effects) -> Result<bool> {
        self.threads
            .write(move |db| sessions::revoke(db, &revocation, effects))
            .await
    }

    async fn revocations(
        &self,
        after: Option<RevocationKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Revocation, RevocationKey>> {
        self.threads
            .read(move |db| revocations::list(db, after, limit, now))
            .await
    }

    async fn purge_revocations(&self, now: Timestamp) -> Result<u64> {
        sweep::remove(&self.threads, sweep::revocations(now)).await
    }

    async fn lockout(
        &self,
        email: &Email,
        rule: LockoutRule,
        now: Timestamp,
    ) -> Result<LockoutState> {
        let email = email.clone();
        self.threads
            .read(move |db| attempts::lockout(db, &email, rule, now))
            .await
    }

    async fn issue_code(&self, code: CodeIssue, effects: Effects) -> Result<IssueCode> {
        self.threads
            .write(move |db| codes::issue(db, &code, effects))
            .await
    }

    async fn issue_session_for_code(
        &self,
        check: CodeCheck,
        failure: CodeFailure,
        effects: Effects,
    ) -> Result<UseCode<IssuedSession>> {
        self.threads
            .write(move |db| codes::issue_session(db, &check, failure, effects))
            .await
    }

    async fn enable_second_factor(
        &self,
        check: CodeCheck,
        number: &PhoneNumber,
        effects: Effects,
    ) -> Result<UseCode<User>> {
        let number = number.clone();
        self.threads
            .write(move |db| codes::enable_second_factor(db, &check, &number, effects))
            .await
    }

    async fn disable_second_factor(
        &self,
        id: Id,
        verified_hash: &PasswordHash,
        now: Timestamp,
        effects: Effects,
    ) -> Result<Conditional> {
        let hash = verified_hash.clone();
        self.threads
            .write(move |db| codes::disable_second_factor(db, id, &hash, now, effects))
            .await
    }

    async fn record(&self, event: Event) -> Result<()> {
        self.threads
            .write(move |db| effects::record(db, event))
            .await
    }

    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<Event>> {
        let filter = filter.clone();
        self.threads
            .read(move |db| audit::list(db, &filter, after, limit))
            .await
    }

    async fn counts(&self, now: Timestamp) -> Result<Counts> {
        self.threads.read(move |db| users::counts(db, now)).await
    }

    async fn series(&self, days: u32, now: Timestamp) -> Result<Vec<DayCounts>> {
        self.threads
            .read(move |db| audit::series(db, days, now))
            .await
    }

    async fn backlog(&self) -> Result<Backlog> {
        self.threads.read(outbox::backlog).await
    }

    async fn messages(
        &self,
        state: Option<MessageState>,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<MessageEntry>> {
        self.threads
            .read(move |db| outbox::list(db, state, after, limit))
            .await
    }

    async fn retry_message(&self, id: Id, now: Timestamp) -> Result<bool> {
        self.threads
            .write(move |db| outbox::retry(db, id, now))
            .await
    }

    async fn delete_message(&self, id: Id) -> Result<bool> {
        self.threads.write(move |db| outbox::delete(db, id)).await
    }

    async fn sweep(&self, rule: SweepRule) -> Result<u64> {
        let mut removed = 0;
        for expired in sweep::expired(rule) {
            removed += sweep::remove(&self.threads, expired).await?;
        }
        Ok(removed)
    }
}
