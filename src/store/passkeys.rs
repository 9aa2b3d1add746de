//! Passkeys, and the challenges that were used.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, IssuedSession, Result};
use crate::model::{
    Challenge, CredentialId, Id, NewSession, OfferedMethods, Passkey, PasskeyName, PasswordHash,
    User, UserFilter,
};

/// Passkeys. A challenge is used up by the first response that reaches the store, whatever the outcome.
#[async_trait]
pub trait PasskeyStore: Send + Sync + 'static {
    /// Returns the passkeys of an account, oldest first.
    async fn passkeys(&self, user_id: Id) -> Result<Vec<Passkey>>;

    /// Returns the passkey with an authenticator's credential id, and its account.
    async fn passkey(&self, credential_id: &CredentialId) -> Result<Option<(User, Passkey)>>;

    /// Adds a passkey, if the account still accepts the proof and has fewer than [`Passkey::MOST`]. A mailed link is
    /// used up, as by [`super::CredentialStore::change_password`]. A refusal does not use it up.
    async fn add_passkey(&self, adding: AddPasskey, effects: Effects) -> Result<AddedPasskey>;

    /// Renames a passkey of an account. Returns whether the account has it.
    async fn rename_passkey(
        &self,
        user_id: Id,
        id: Id,
        name: PasskeyName,
        effects: Effects,
    ) -> Result<bool>;

    /// Removes a passkey, unless without it nothing that is open leads in to its account.
    async fn remove_passkey(
        &self,
        removal: PasskeyRemoval,
        effects: Effects,
    ) -> Result<RemovePasskey>;

    /// Removes all passkeys of an account on behalf of an administrator. Effects are written if there were any.
    async fn remove_all_passkeys(
        &self,
        user_id: Id,
        only_if: Option<UserFilter>,
        effects: Effects,
    ) -> Result<RemoveAllPasskeys>;

    /// Returns how many passkeys were made for a domain other than this one.
    async fn count_passkeys_elsewhere(&self, rp_id: &str) -> Result<u64>;

    /// Issues a session for a passkey whose signature was verified, if the account is active and still has the passkey,
    /// and the signature counter is acceptable; the counter is updated. Clears the failures of the account's email
    /// address. A counter that went back is recorded.
    async fn issue_session_for_passkey(
        &self,
        presented: PresentedPasskey,
        session: NewSession,
        counter_refused: Effects,
        effects: Effects,
    ) -> Result<UsePasskey>;

    /// Accepts a passkey on the same conditions, and issues no session. Failures stay.
    async fn use_passkey(
        &self,
        presented: PresentedPasskey,
        counter_refused: Effects,
    ) -> Result<UsePasskey<()>>;
}

/// A passkey about to be added.
#[derive(Debug, Clone)]
pub struct AddPasskey {
    /// The account.
    pub user_id: Id,
    /// The passkey.
    pub passkey: Passkey,
    /// The challenge that it responds to.
    pub challenge: Challenge,
    /// What permits adding it.
    pub proof: PasskeyProof,
    /// The current time.
    pub now: Timestamp,
}

/// What permits adding a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyProof {
    /// A session that asked at this moment, which must be later than the account's cut-off.
    Session(Timestamp),
    /// A mailed link issued at this moment, which must be later than the cut-off, for an account that [takes passkeys
    /// by link](User::takes_passkey_by_link). It proves access to the mailbox, so the email address counts as verified
    /// from now on.
    Link(Timestamp),
}

impl PasskeyProof {
    /// Returns when the proof was issued.
    pub(super) const fn issued_at(self) -> Timestamp {
        match self {
            Self::Session(issued_at) | Self::Link(issued_at) => issued_at,
        }
    }

    /// Returns when the link was issued, if the proof is a link.
    pub(super) const fn link(self) -> Option<Timestamp> {
        match self {
            Self::Session(_) => None,
            Self::Link(issued_at) => Some(issued_at),
        }
    }

    /// Returns whether the proof may add a passkey to an account that accepts it.
    pub(super) fn suits(self, user: &User) -> bool {
        self.link().is_none() || user.takes_passkey_by_link()
    }
}

/// Outcome of [`PasskeyStore::add_passkey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddedPasskey {
    /// It can be used from now on.
    Added,
    /// The challenge was already used.
    ChallengeUsed,
    /// The account is disabled, deleted, or no longer accepts the token.
    Stale,
    /// The proof is a link, and the account has a password or a second factor.
    PasswordOnly,
    /// This account or another one already has this passkey.
    Taken,
    /// The account has reached the maximum number of passkeys.
    Full,
}

/// A passkey about to be removed by its owner.
#[derive(Debug, Clone)]
pub struct PasskeyRemoval {
    /// The account.
    pub user_id: Id,
    /// The passkey.
    pub id: Id,
    /// The hash that a password was verified against. It must still be the account's.
    pub verified_hash: Option<PasswordHash>,
    /// The `iat` of the requesting token. It must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// What opens accounts besides passwords.
    pub open: OfferedMethods,
}

impl PasskeyRemoval {
    /// Returns whether the account is still as it was read.
    pub(super) fn is_for(&self, user: &User) -> bool {
        let hash = self.verified_hash.as_ref();
        user.accepts(self.issued_at) && hash.is_none_or(|hash| user.has_hash(hash))
    }
}

/// Outcome of [`PasskeyStore::remove_passkey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemovePasskey {
    /// The passkey was removed.
    Removed,
    /// The account has no such passkey.
    NotFound,
    /// The account has changed since it was read: read it again.
    Stale,
    /// It is the account's last way to log in.
    LastLoginMethod,
}

/// Outcome of [`PasskeyStore::remove_all_passkeys`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoveAllPasskeys {
    /// This many were removed.
    Removed(usize),
    /// No such account.
    NotFound,
    /// The account no longer matches the filter.
    Overtaken,
}

/// A passkey whose signature was verified.
#[derive(Debug, Clone)]
pub struct PresentedPasskey {
    /// The account that it belonged to when it was read.
    pub user_id: Id,
    /// Its id at the authenticator.
    pub credential_id: CredentialId,
    /// The value of the authenticator's signature counter.
    pub sign_count: u32,
    /// The challenge that it responds to.
    pub challenge: Challenge,
    /// The current time.
    pub now: Timestamp,
}

/// Outcome of [`PasskeyStore::issue_session_for_passkey`], and of [`PasskeyStore::use_passkey`].
#[derive(Debug, Clone)]
pub enum UsePasskey<T = IssuedSession> {
    /// The passkey was accepted. The session may be signed.
    Accepted(T),
    /// The challenge was already used.
    ChallengeUsed,
    /// The counter did not increase.
    CounterRefused,
    /// The account is disabled or deleted, or no longer has the passkey.
    Stale,
}

impl<T> UsePasskey<T> {
    /// Goes on with what was accepted.
    pub(super) fn then<U>(self, next: impl FnOnce(T) -> Result<U>) -> Result<UsePasskey<U>> {
        Ok(match self {
            Self::Accepted(accepted) => UsePasskey::Accepted(next(accepted)?),
            Self::ChallengeUsed => UsePasskey::ChallengeUsed,
            Self::CounterRefused => UsePasskey::CounterRefused,
            Self::Stale => UsePasskey::Stale,
        })
    }
}
