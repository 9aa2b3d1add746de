//! What administrators change of an account.

use super::{EventKind, FullName, User};

/// A change to an account by an administrator. `None` and `false` keep.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// Enable or disable. Disabling ends all sessions; enabling clears the lockout of the address and the account's code
    /// budgets, and revives no session.
    pub is_active: Option<bool>,
    /// Grant or revoke the administration of others.
    pub is_superuser: Option<bool>,
    /// Say that the address is proven, or that it is not.
    pub is_verified: Option<bool>,
    /// Give (`Some(Some)`) or clear (`Some(None)`) the name.
    pub full_name: Option<Option<FullName>>,
    /// End all sessions, and with them every mailed link. Always a change.
    pub end_sessions: bool,
    /// Switch the second factor off: number, codes and budgets go.
    pub remove_second_factor: bool,
}

impl UserChange {
    /// Whether an event that came with a change tells what took place: of several wishes, some may have been so already.
    #[must_use]
    pub fn took_place(kind: EventKind, before: &User, after: &User, unlocked: bool) -> bool {
        match kind {
            EventKind::UserEnabled => unlocked || (after.is_active && !before.is_active),
            EventKind::UserDisabled => before.is_active && !after.is_active,
            EventKind::AdminGranted => after.is_superuser && !before.is_superuser,
            EventKind::AdminRevoked => before.is_superuser && !after.is_superuser,
            EventKind::UserVerified => after.is_verified && !before.is_verified,
            _ => true,
        }
    }
}
