//! Sessions, and revoked tokens.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::{Effects, Result};
use crate::model::{
    Id, NewSession, Page, PasswordHash, Revocation, RevocationKey, ServiceKey, SessionFilter,
    SessionKey, User, UserSession,
};

/// Sessions.
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Issues a session if the account is active and its hash is still the verified one. Sets `last_login`, stores the
    /// upgraded hash, settles the reservation, clears the failures of the account's email address, and writes the
    /// session's row.
    async fn issue_session(&self, issue: SessionIssue, effects: Effects) -> Result<IssueSession>;

    /// Returns the account of a token, and whether the token or its session was revoked. This is the one read of an
    /// authenticated request.
    async fn session(
        &self,
        user_id: Id,
        jti: &str,
        session_id: &str,
    ) -> Result<Option<SessionRead>>;

    /// Returns the same together with the service key of the program that asks, in one round trip.
    async fn introspection(
        &self,
        service_key: Id,
        user_id: Id,
        jti: &str,
        session_id: &str,
    ) -> Result<(Option<ServiceKey>, Option<SessionRead>)>;

    /// Returns the row of a session of an account, if the session is live.
    async fn user_session(
        &self,
        user_id: Id,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<UserSession>>;

    /// Returns one page of the live sessions of an account, newest login first; empty if there is no such account. A
    /// page may have fewer than `limit` items although another one follows.
    async fn user_sessions(
        &self,
        user_id: Id,
        after: Option<SessionKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<UserSession, SessionKey>>;

    /// Returns one page of the live sessions of all accounts, each with its account, newest login first. A page may have
    /// fewer than `limit` items although another one follows.
    async fn sessions_of_all(
        &self,
        filter: &SessionFilter,
        after: Option<SessionKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<(UserSession, User), SessionKey>>;

    /// Renews a session with another token, if its row exists and its account still accepts it.
    async fn renew_session(&self, renewal: SessionRenewal) -> Result<Option<RenewedSession>>;

    /// Ends all sessions of an account except one, including those without a row, if the account still accepts the
    /// requesting token. Otherwise changes nothing and returns false. The ids of sessions with a row are also put on
    /// the revocation list.
    async fn end_other_sessions(&self, ending: EndOthers, effects: Effects) -> Result<bool>;

    /// Records when sessions were used, unless a later time is already recorded. Ignores ids without a row.
    async fn note_sessions_seen(&self, ids: Vec<String>, at: Timestamp) -> Result<()>;

    /// Puts the id of a token or session on the revocation list, where it stays at least until the session's last token
    /// expires, and removes the session's row. Returns false if it was already on the list; then no effect is written.
    async fn revoke_token(&self, revocation: Revocation, effects: Effects) -> Result<bool>;

    /// Returns one page of revocations that still have an effect, longest-lasting first.
    async fn revocations(
        &self,
        after: Option<RevocationKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<Revocation, RevocationKey>>;

    /// Deletes the revocations of expired tokens. Returns how many.
    async fn purge_revocations(&self, now: Timestamp) -> Result<u64>;
}

/// A session about to be issued after a password was verified.
#[derive(Debug, Clone)]
pub struct SessionIssue {
    /// The account.
    pub user_id: Id,
    /// The hash that the password was verified against.
    pub verified_hash: PasswordHash,
    /// A stronger hash of the same password, to be stored.
    pub upgraded_hash: Option<PasswordHash>,
    /// The reservation to settle, if one was made.
    pub attempt: Option<Id>,
    /// The session's row.
    pub session: NewSession,
    /// The current time.
    pub now: Timestamp,
}

/// Outcome of [`super::SessionStore::issue_session`].
#[derive(Debug, Clone)]
pub enum IssueSession {
    /// The session may be signed.
    Issued(IssuedSession),
    /// The hash is no longer the verified one: read and verify again.
    HashChanged,
    /// The account is disabled or deleted.
    Refused,
}

/// A session that may be signed.
#[derive(Debug, Clone)]
pub struct IssuedSession {
    /// The account after the change.
    pub user: Box<User>,
    /// The token's `iat`: later than every cut-off of the account.
    pub issued_at: Timestamp,
}

/// What every authenticated request reads.
#[derive(Debug, Clone)]
pub struct SessionRead {
    /// The account.
    pub user: User,
    /// Whether the token's id, or its session's, is on the revocation list.
    pub revoked: bool,
}

/// A session about to be renewed.
#[derive(Debug, Clone)]
pub struct SessionRenewal {
    /// The account.
    pub user_id: Id,
    /// The session's id.
    pub id: String,
    /// The `iat` of the requesting token.
    pub issued_at: Timestamp,
    /// The lifetime of the new token.
    pub lifetime: SignedDuration,
    /// How long after its login a session may last.
    pub longest: SignedDuration,
    /// The current time.
    pub now: Timestamp,
}

/// A renewed session, whose new token may be signed.
#[derive(Debug, Clone)]
pub struct RenewedSession {
    /// The account in its current state.
    pub user: User,
    /// The new token's `iat`: later than every cut-off of the account.
    pub issued_at: Timestamp,
    /// When the new token expires.
    pub expires_at: Timestamp,
}

/// All sessions of an account except one, about to be ended.
#[derive(Debug, Clone)]
pub struct EndOthers {
    /// The account.
    pub user_id: Id,
    /// The id of the session that is kept.
    pub kept: String,
    /// The `iat` of the requesting token.
    pub issued_at: Timestamp,
    /// The current time.
    pub now: Timestamp,
}
