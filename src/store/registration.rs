//! Registrations that wait for their email address to be verified.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, Result};
use crate::model::{
    Email, Id, Page, PendingKey, PendingRegistration, ProofHash, RecipientCap, User, UserFilter,
};

/// Pending registrations.
#[async_trait]
pub trait RegistrationStore: Send + Sync + 'static {
    /// Stores a registration in place of any older one of its email address, if no account has the address and the
    /// recipient's limit allows it. If an account has it, writes `if_taken` instead (to tell the owner), which also
    /// counts towards the limit unless it is empty. If no registration of the address is live, a reached limit lets one
    /// more through, so that somebody who waits always has one link that works.
    async fn put_pending(
        &self,
        pending: PendingRegistration,
        cap: RecipientCap,
        effects: Effects,
        if_taken: Effects,
    ) -> Result<PutPending>;

    /// Gives an unverified account a pending registration with its own hash (or none) and this proof, in place of any
    /// older one of its email address. Using it marks the account verified. With `only_if`, the account must match that
    /// filter.
    async fn reverify(
        &self,
        id: Id,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        only_if: Option<UserFilter>,
        effects: Effects,
    ) -> Result<Reverify>;

    /// Returns one page of live pending registrations, newest first. With a text, only those that have it in the email
    /// address or name, searched as accounts are ([`super::UserStore::users`]).
    async fn pending(
        &self,
        q: Option<&str>,
        after: Option<PendingKey>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Page<PendingRegistration, PendingKey>>;

    /// Turns the live pending registration of an email address into an account with the id `new_id`, without its link.
    async fn promote_pending(
        &self,
        email: &Email,
        new_id: Id,
        now: Timestamp,
        effects: Effects,
    ) -> Result<PromotePending>;

    /// Deletes the live pending registration of an email address with its queued link. Returns false if there is none.
    async fn delete_pending(&self, email: &Email, now: Timestamp) -> Result<bool>;

    /// Gives the live pending registration of `email` a new proof that expires at `expires_at`. If there is none,
    /// counts the message as pretended and does as much work, so that both cases take as long.
    async fn renew_pending(
        &self,
        email: &Email,
        proof: ProofHash,
        expires_at: Timestamp,
        cap: RecipientCap,
        effects: Effects,
    ) -> Result<RenewPending>;

    /// Returns the live pending registration of an email address.
    async fn pending_by_email(
        &self,
        email: &Email,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>>;

    /// Returns the live pending registration with a proof.
    async fn pending_by_proof(
        &self,
        proof: &ProofHash,
        now: Timestamp,
    ) -> Result<Option<PendingRegistration>>;

    /// Uses a proof: creates the account with the id `new_id`, or verifies the one that has the email address.
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
    /// The registration is stored, in place of any older one of the email address.
    Stored,
    /// An account already has the email address.
    EmailTaken,
    /// Too much mail to the recipient in the last hour: nothing changed.
    CapSpent,
}

/// Outcome of [`super::RegistrationStore::reverify`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reverify {
    /// The link is queued; using it marks the account verified.
    Queued,
    /// No account has this id.
    NotFound,
    /// The account is already verified.
    AlreadyVerified,
    /// The account no longer matches the filter.
    Overtaken,
    /// Too much mail to the recipient in the last hour: nothing changed.
    CapSpent,
}

/// Outcome of [`super::RegistrationStore::promote_pending`].
#[derive(Debug, Clone)]
pub enum PromotePending {
    /// The registration became an account.
    Created(User),
    /// An account has the email address. The registration is unchanged.
    EmailTaken,
    /// There is no live registration of this email address.
    NotFound,
}

/// Outcome of [`super::RegistrationStore::renew_pending`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenewPending {
    /// The new link is valid, the older one is not.
    Renewed,
    /// No registration waits for this email address. It counted towards the limit all the same.
    NotPending,
    /// Too much mail to the recipient in the last hour: nothing changed.
    CapSpent,
}

/// Outcome of [`super::RegistrationStore::verify`].
#[derive(Debug, Clone)]
pub enum Verify {
    /// The pending registration became an account.
    Created(User),
    /// The account with the email address was unverified: it is verified now, with its password unchanged.
    Marked(User),
    /// The account was already verified. The pending registration was deleted.
    AlreadyVerified,
    /// No live registration has this proof.
    InvalidToken,
}
