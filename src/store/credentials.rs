//! Passwords and email addresses, and the mailed links that change them.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Effects, Result};
use crate::model::{
    Email, Id, NewUndo, PasswordHash, ProofHash, RecipientCap, Undo, User, UserFilter,
};

/// Recovery, and changes of credentials.
#[async_trait]
pub trait CredentialStore: Send + Sync + 'static {
    /// Queues a mail with a signed link, if the account's cut-off is earlier than the link: later changes will end it.
    /// For nobody, the cap's counter of pretended messages is raised, and as much work is done all the same.
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
    async fn change_email(&self, change: EmailChange, effects: Effects) -> Result<ChangeEmail>;

    /// The change that a proof undoes, while it can.
    async fn undo(&self, user_id: Id, proof: &ProofHash, now: Timestamp) -> Result<Option<Undo>>;

    /// Gives an active account back the address that it had before a change, which counts as verified, if nobody else has it
    /// now. The proof works once; changes made since cannot be undone any more, earlier ones still can. Ends all sessions,
    /// takes the password away if asked to, and drops queued messages that die with a change. Events name the address that
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
    /// Whose link; `None` for an address nobody has, which pays the cap all the same.
    pub user_id: Option<Id>,
    /// The address the account was found by or shown with: it must still be the account's.
    pub email: Option<Email>,
    /// The hash that a password was verified against to get the link: it must still be the account's.
    pub verified_hash: Option<PasswordHash>,
    /// The token's `iat`. It must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// What the mail costs.
    pub cap: RecipientCap,
    /// Only while the account is one that this filter lets through.
    pub only_if: Option<UserFilter>,
}

impl LinkIssue {
    /// Whether the link is for this account as it is: it would accept the link, and has the address and the hash still.
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
    /// Nobody to send it to. The cap was counted all the same.
    Nobody,
    /// The filter that the link was conditional on lets the account through no more.
    Overtaken,
    /// The account is not as it was read any more (its cut-off has passed `issued_at`, its address or hash is another, it
    /// is disabled or gone): read it again. Nothing changed.
    Stale,
    /// The recipient had enough mail this hour: nothing changed.
    CapSpent,
}

/// What entitles to write a new password.
#[derive(Debug, Clone)]
pub enum PasswordProof {
    /// The current password was verified against this hash, which must still be the stored one.
    Verified(PasswordHash),
    /// A mailed link issued at this moment, later than the account's cut-off. It proves the mailbox too: the address
    /// counts as verified from now on.
    Link(Timestamp),
    /// An administrator's word.
    Administrator,
}

impl PasswordProof {
    /// The moment of issue of the link that it is, if it is one.
    pub(super) fn link(&self) -> Option<Timestamp> {
        match self {
            Self::Link(issued_at) => Some(*issued_at),
            Self::Verified(_) | Self::Administrator => None,
        }
    }
}

/// A new password about to be written.
#[derive(Debug, Clone)]
pub struct PasswordChange {
    /// Whose.
    pub user_id: Id,
    /// The new hash.
    pub new_hash: PasswordHash,
    /// What entitles to it.
    pub proof: PasswordProof,
    /// The reservation to settle, if the current password was evaluated under one.
    pub attempt: Option<Id>,
    /// The present moment.
    pub now: Timestamp,
}

/// A proven address about to become an account's.
#[derive(Debug, Clone)]
pub struct EmailChange {
    /// Whose.
    pub user_id: Id,
    /// The address the link was issued from; the account must still have it. `None`: the Python package's tokens do
    /// not say, and are bound by the cut-off alone.
    pub old_email: Option<Email>,
    /// The new address.
    pub new_email: Email,
    /// The link's `iat`, which must be later than the account's cut-off.
    pub issued_at: Timestamp,
    /// The right to undo the change, if it is given to anybody.
    pub undo: Option<NewUndo>,
    /// The present moment.
    pub now: Timestamp,
}

/// A change of the email address about to be undone.
#[derive(Debug, Clone)]
pub struct UndoEmailChange {
    /// Whose.
    pub user_id: Id,
    /// The hash of the token in the link.
    pub proof: ProofHash,
    /// The address that the account was read with; it must have it still.
    pub email: Email,
    /// Whether the password goes: whoever had the account knows it.
    pub forgets_password: bool,
    /// The present moment.
    pub now: Timestamp,
}

impl UndoEmailChange {
    /// Whether the account is as it was read, and may act.
    pub(super) fn is_for(&self, user: &User) -> bool {
        user.is_active && user.email == self.email
    }
}

impl EmailChange {
    /// Whether the link still opens this account: it accepts the link, and has the address it was issued from.
    pub(super) fn is_for(&self, user: &User) -> bool {
        let old_email = self.old_email.as_ref();
        user.accepts(self.issued_at) && old_email.is_none_or(|old| old.is_same_as(&user.email))
    }
}

/// Outcome of a change that is conditional on what was proven before.
#[derive(Debug, Clone)]
pub enum Conditional {
    /// The account as it is now.
    Done(User),
    /// The account is not as it was when the proof was made, is disabled or gone: nothing changed.
    Stale,
}

/// Outcome of [`super::CredentialStore::change_email`].
#[derive(Debug, Clone)]
pub enum ChangeEmail {
    /// The account as it is now.
    Done(User),
    /// The link opens no account as it is now: nothing changed.
    Stale,
    /// Another account has the new address: nothing changed.
    EmailTaken,
}
