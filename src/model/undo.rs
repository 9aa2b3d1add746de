//! Undoing a change of the email address: for some time, the holder of the old email address can undo it.

use jiff::{SignedDuration, Timestamp};

use super::{Email, ProofHash};

/// How long a change can be undone.
pub const UNDO_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many changes of one account can be undone at a time. Later changes can't be undone, so that nobody can
/// invalidate the owner's link by making more changes.
pub const MAX_UNDOS: u32 = 20;

/// The right to undo one change, to be sent to the old email address.
#[derive(Debug, Clone)]
pub struct NewUndo {
    /// The hash of the token in the link.
    pub proof: ProofHash,
    /// When the right expires.
    pub expires_at: Timestamp,
}

/// A change that can still be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// The email address that the account had.
    pub email: Email,
    /// When the change was made. Undoing it also makes the changes after it final.
    pub changed_at: Timestamp,
}
