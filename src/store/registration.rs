//! Registrations that wait for their email address to be proven.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, Result};
use crate::model::{
    Email, Id, Page, PendingKey, PendingRegistration, ProofHash, RecipientCap, User, UserFilter,
};

/// Pending registrations.
#[async_trait]
pub trait RegistrationStore: Send + Sync + 'static {
    /// Puts a registration in place of any older one of its address, if no account has it and the recipient's cap allows.
    /// When an account has it, `if_taken` is written instead (to tell its owner), and costs the cap as well; an empty
    /// `if_taken` costs nothing. Where no registration of the address is alive, a spent cap lets one more through: who waits
    /// has always one link that works.
    async fn put_pending(
        &self,
        pending: PendingRegistration,
        cap: RecipientCap,
        effects: Effects,
        if_taken: Effects,
    ) -> Result<PutPending>;

    /// Gives an unverified account a pending registration with its own hash (or none) and this proof, in place of any
    /// older one of its address: using it marks the account verified. With `only_if`, only while that filter lets it through.
    async fn reverify(
        &self,
        id: Id,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        only_if: Option<UserFilter>,
        effects: Effects,
    ) -> Result<Reverify>;

    /// One page of live pending registrations, newest first; with a text those that have it in the address or name, found as
    /// accounts are ([`super::UserStore::users`]).
    async fn pending(
        &self,
        q: Option<&str>,
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
    /// When there is none, the cap's counter of pretended messages is raised, and as much work is done all the same, so that both cases take as long.
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
}

/// Outcome of [`super::RegistrationStore::put_pending`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutPending {
    /// The registration waits now, in place of any older one of the address.
    Stored,
    /// An account has the address already.
    EmailTaken,
    /// The recipient had enough mail this hour: nothing changed.
    CapSpent,
}

/// Outcome of [`super::RegistrationStore::reverify`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reverify {
    /// The link is queued; using it marks the account verified.
    Queued,
    /// No account has this id.
    NotFound,
    /// The account is verified already.
    AlreadyVerified,
    /// The filter that the link was conditional on lets the account through no more.
    Overtaken,
    /// The recipient had enough mail this hour: nothing changed.
    CapSpent,
}

/// Outcome of [`super::RegistrationStore::promote_pending`].
#[derive(Debug, Clone)]
pub enum PromotePending {
    /// The registration became an account.
    Created(User),
    /// An account has the address; the registration stays as it was.
    EmailTaken,
    /// No live registration of this address.
    NotFound,
}

/// Outcome of [`super::RegistrationStore::renew_pending`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenewPending {
    /// The new link lives, the older one is dead.
    Renewed,
    /// No registration waits for this address. The cap was counted all the same.
    NotPending,
    /// The recipient had enough mail this hour: nothing changed.
    CapSpent,
}

/// Outcome of [`super::RegistrationStore::verify`].
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
