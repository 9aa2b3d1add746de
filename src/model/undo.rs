//! Undoing a change of the email address: for a while, whoever reads the mail of the old one can have it back.

use jiff::{SignedDuration, Timestamp};

use super::{Email, ProofHash};

/// How long a change can be undone.
pub const UNDO_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many changes of one account can be undone at a time. Those that come after them cannot, so that nobody gets rid of
/// an owner's link by more changes.
pub const MAX_UNDOS: u32 = 20;

/// The right to undo one change, about to be given to whoever reads the mail of the old address.
#[derive(Debug, Clone)]
pub struct NewUndo {
    /// The hash of the token in the link.
    pub proof: ProofHash,
    /// From this moment on it undoes nothing.
    pub expires_at: Timestamp,
}

/// A change that can still be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// The address that the account had.
    pub email: Email,
    /// When the change was made. Changes made since cannot be undone any more once this one was.
    pub changed_at: Timestamp,
}
