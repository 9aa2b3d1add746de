//! Sessions, and the tokens that were revoked.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, Result};
use crate::model::{Id, Page, PasswordHash, Revocation, RevocationKey, ServiceKey, User};

/// Sessions.
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Issues a session if the account is active and its hash is still the verified one. Sets `last_login`, keeps the
    /// upgraded hash, settles the reservation and clears the failures of the account's address.
    async fn issue_session(&self, issue: SessionIssue, effects: Effects) -> Result<IssueSession>;

    /// The account of a token and whether that token was revoked: the one read of an authenticated request.
    async fn session(&self, user_id: Id, jti: &str) -> Result<Option<SessionRead>>;

    /// The same for a program that asks, beside its service key: one round trip for both.
    async fn introspection(
        &self,
        service_key: Id,
        user_id: Id,
        jti: &str,
    ) -> Result<(Option<ServiceKey>, Option<SessionRead>)>;

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

/// Outcome of [`super::SessionStore::issue_session`].
#[derive(Debug, Clone)]
pub enum IssueSession {
    /// The session may be signed.
    Issued(IssuedSession),
    /// The hash is not the verified one any more: read and verify again.
    HashChanged,
    /// The account is disabled or gone.
    Refused,
}

/// A session that may be signed.
#[derive(Debug, Clone)]
pub struct IssuedSession {
    /// The account as it is now.
    pub user: Box<User>,
    /// The token's `iat`: later than every cut-off of the account.
    pub issued_at: Timestamp,
}

/// An account beside the question that every authenticated request asks.
#[derive(Debug, Clone)]
pub struct SessionRead {
    /// The account.
    pub user: User,
    /// Whether the token's id is on the revocation list.
    pub revoked: bool,
}
