//! Changes of passwords and email addresses, and the mailed links for them.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, Result};
use crate::model::{
    Email, Id, NewUndo, PasswordHash, ProofHash, RecipientCap, Undo, User, UserFilter,
};

/// Password resets, and changes of credentials.
#[async_trait]
pub trait CredentialStore: Send + Sync + 'static {
    /// Queues a mail with a signed link, if the account's cut-off is earlier than the link, so that later changes end
    /// it. For an unknown email address, it counts the message as pretended and does as much work.
    async fn issue_link(&self, link: LinkIssue, effects: Effects) -> Result<IssueLink>;

    /// Stores a new password if its proof is still valid and the account is active (for an administrator, it only has
    /// to exist). Raises the cut-off beyond the link used, clears the account's failures and codes, settles the
    /// reservation, and drops queued messages that die with a change.
    async fn change_password(
        &self,
        change: PasswordChange,
        effects: Effects,
    ) -> Result<Conditional>;

    /// Stores a verified email address if the link is still valid, no other account has the address, and the account is
    /// active. The address counts as verified. Raises the cut-off, removes pending registrations of both addresses, and
    /// drops queued messages that die with a change. A different spelling of the account's own address does not count
    /// as taken. Events name the old address.
    async fn change_email(&self, change: EmailChange, effects: Effects) -> Result<ChangeEmail>;

    /// Returns the change that a proof can still undo.
    async fn undo(&self, user_id: Id, proof: &ProofHash, now: Timestamp) -> Result<Option<Undo>>;

    /// Restores the email address that an active account had before a change, as verified, if no other account has it
    /// now. The proof works once. Later changes can't be undone any more, earlier ones still can. Ends all sessions,
    /// removes the password if asked to, and drops queued messages that die with a change. Events name the address that
    /// the account had until now.
    async fn undo_email_change(
        &self,
        undo: UndoEmailChange,
        effects: Effects,
    ) -> Result<ChangeEmail>;
}

/// A signed link about to be mailed.
#[derive(Debug, Clone)]
pub struct LinkIssue {
    /// The account; `None` for an unknown email address, which counts towards the limit all the same.
    pub user_id: Option<Id>,
    /// The email address that the account was found by or displayed with. It must still be the account's.
    pub email: Option<Email>,
    /// The hash that a password was verified against to get the link. It must still be the account's.
    pub verified_hash: Option<PasswordHash>,
    /// The token's `iat`. It must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// The limit that the mail counts towards.
    pub cap: RecipientCap,
    /// The account must match this filter.
    pub only_if: Option<UserFilter>,
}

impl LinkIssue {
    /// Returns whether the account would accept the link and still has the email address and the hash.
    pub(super) fn is_for(&self, user: &User) -> bool {
        let (email, hash) = (self.email.as_ref(), self.verified_hash.as_ref());
        user.accepts(self.issued_at)
            && email.is_none_or(|email| email.is_same_as(&user.email))
            && hash.is_none_or(|hash| user.has_hash(hash))
    }
}

/// Outcome of [`super::CredentialStore::issue_link`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueLink {
    /// The link is queued.
    Queued,
    /// There is nobody to send it to. It counted towards the limit all the same.
    Nobody,
    /// The account no longer matches the filter.
    Overtaken,
    /// The account has changed since it was read (its cut-off has passed `issued_at`, its email address or hash is
    /// different), is disabled or deleted: read it again. Nothing changed.
    Stale,
    /// Too much mail to the recipient in the last hour: nothing changed.
    CapSpent,
}

/// What permits setting a new password.
#[derive(Debug, Clone)]
pub enum PasswordProof {
    /// The current password was verified against this hash, which must still be the account's.
    Verified(PasswordHash),
    /// A mailed link issued at this moment, which must be later than the account's cut-off. It proves access to the
    /// mailbox, so the email address counts as verified from now on.
    Link(Timestamp),
    /// An administrator's request.
    Administrator,
}

impl PasswordProof {
    /// Returns when the link was issued, if the proof is a link.
    pub(super) fn link(&self) -> Option<Timestamp> {
        match self {
            Self::Link(issued_at) => Some(*issued_at),
            Self::Verified(_) | Self::Administrator => None,
        }
    }
}

/// A new password about to be stored.
#[derive(Debug, Clone)]
pub struct PasswordChange {
    /// The account.
    pub user_id: Id,
    /// The new hash.
    pub new_hash: PasswordHash,
    /// What permits the change.
    pub proof: PasswordProof,
    /// The reservation to settle, if the current password was checked under one.
    pub attempt: Option<Id>,
    /// The current time.
    pub now: Timestamp,
}

/// A verified email address about to become an account's.
#[derive(Debug, Clone)]
pub struct EmailChange {
    /// The account.
    pub user_id: Id,
    /// The email address that the link was issued for; the account must still have it. `None` for the Python package's
    /// tokens, which don't name it: only the cut-off applies.
    pub old_email: Option<Email>,
    /// The new email address.
    pub new_email: Email,
    /// The link's `iat`, which must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// The right to undo the change, if the owner gets one.
    pub undo: Option<NewUndo>,
    /// The current time.
    pub now: Timestamp,
}

/// A change of the email address about to be undone.
#[derive(Debug, Clone)]
pub struct UndoEmailChange {
    /// The account.
    pub user_id: Id,
    /// The hash of the token in the link.
    pub proof: ProofHash,
    /// The email address that the account was read with. It must still have it.
    pub email: Email,
    /// Whether to remove the password, because whoever took over the account knows it.
    pub forgets_password: bool,
    /// The current time.
    pub now: Timestamp,
}

impl UndoEmailChange {
    /// Returns whether the account is active and still as it was read.
    pub(super) fn is_for(&self, user: &User) -> bool {
        user.is_active && user.email == self.email
    }
}

impl EmailChange {
    /// Returns whether the link is still valid for this account: it accepts the link and has the email address that the
    /// link was issued for.
    pub(super) fn is_for(&self, user: &User) -> bool {
        let old_email = self.old_email.as_ref();
        user.accepts(self.issued_at) && old_email.is_none_or(|old| old.is_same_as(&user.email))
    }
}

/// Outcome of a change that is conditional on an earlier proof.
#[derive(Debug, Clone)]
pub enum Conditional {
    /// The account after the change.
    Done(User),
    /// The account has changed since the proof, is disabled or deleted: nothing changed.
    Stale,
}

/// Outcome of [`super::CredentialStore::change_email`].
#[derive(Debug, Clone)]
pub enum ChangeEmail {
    /// The account after the change.
    Done(User),
    /// The link is no longer valid for the account: nothing changed.
    Stale,
    /// Another account has the new email address: nothing changed.
    EmailTaken,
}
