//! Sessions, and the tokens that were revoked.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::{Effects, Result};
use crate::model::{
    Id, NewSession, Page, PasswordHash, Revocation, RevocationKey, ServiceKey, SessionKey, User,
    UserSession,
};

/// Sessions.
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Issues a session if the account is active and its hash is still the verified one. Sets `last_login`, keeps the
    /// upgraded hash, settles the reservation, clears the failures of the account's address, and writes the session's row.
    async fn issue_session(&self, issue: SessionIssue, effects: Effects) -> Result<IssueSession>;

    /// The account of a token and whether that token or its session was revoked: the one read of an authenticated request.
    async fn session(
        &self,
        user_id: Id,
        jti: &str,
        session_id: &str,
    ) -> Result<Option<SessionRead>>;

    /// The same for a program that asks, beside its service key: one round trip for both.
    async fn introspection(
        &self,
        service_key: Id,
        user_id: Id,
        jti: &str,
        session_id: &str,
    ) -> Result<(Option<ServiceKey>, Option<SessionRead>)>;

    /// The row of a session of an account, while the session is alive.
    async fn user_session(
        &self,
        user_id: Id,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<UserSession>>;

    /// One page of the live sessions of an account, newest login first; none of nobody. A page may have fewer than `limit`
    /// though another follows.
    async fn user_sessions(
        &self,
        user_id: Id,
        after: Option<SessionKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<UserSession, SessionKey>>;

    /// Lets a session go on with another token, if its row is there, and its account still accepts it.
    async fn renew_session(&self, renewal: SessionRenewal) -> Result<Option<RenewedSession>>;

    /// Ends all sessions of an account but one, those without a row included, if the account still accepts the token that
    /// asks; false, and nothing changed, otherwise. The ids of those that have a row are put on the revocation list as well.
    async fn end_other_sessions(&self, ending: EndOthers, effects: Effects) -> Result<bool>;

    /// Notes that sessions were used at a moment, unless a later one is noted already. Ids without a row are passed over.
    async fn note_sessions_seen(&self, ids: Vec<String>, at: Timestamp) -> Result<()>;

    /// Puts the id of a token or session on the revocation list, where it stays at least as long as the session's last token
    /// lives, and removes the session's row; false if it was there already (then no effect is written).
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
    /// What is kept of the session.
    pub session: NewSession,
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
    /// Whether the token's id, or its session's, is on the revocation list.
    pub revoked: bool,
}

/// A session about to go on with another token.
#[derive(Debug, Clone)]
pub struct SessionRenewal {
    /// Whose.
    pub user_id: Id,
    /// The session's id.
    pub id: String,
    /// The `iat` of the token that asks.
    pub issued_at: Timestamp,
    /// How long the new token lives.
    pub lifetime: SignedDuration,
    /// How long after its login a session may last.
    pub longest: SignedDuration,
    /// The present moment.
    pub now: Timestamp,
}

/// A session that goes on, whose new token may be signed.
#[derive(Debug, Clone)]
pub struct RenewedSession {
    /// The account as it is now.
    pub user: User,
    /// The new token's `iat`: later than every cut-off of the account.
    pub issued_at: Timestamp,
    /// When the new token expires.
    pub expires_at: Timestamp,
}

/// All sessions of an account but one, about to be ended.
#[derive(Debug, Clone)]
pub struct EndOthers {
    /// Whose.
    pub user_id: Id,
    /// The id of the session that is kept.
    pub kept: String,
    /// The `iat` of the token that asks.
    pub issued_at: Timestamp,
    /// The present moment.
    pub now: Timestamp,
}
