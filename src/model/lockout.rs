//! The lockout after failed login attempts: when it begins and when it ends.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// How long a login attempt may be under way before it counts as failed.
pub const RESERVATION_LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// How many failed logins lock an address out, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct LockoutRule {
    /// Failures within the window that lock.
    pub threshold: u32,
    /// How long a failure counts.
    pub window: SignedDuration,
}

/// How near an address is to its lockout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LockoutState {
    /// Failures that count now.
    pub failures: u32,
    /// Until when attempts are refused, if they are.
    pub locked_until: Option<Timestamp>,
}

/// How many wrong codes an account may enter, of one kind, and for how long each counts.
#[derive(Debug, Clone, Copy)]
pub struct CodeBudget {
    /// Wrong codes within the window after which none is evaluated.
    pub limit: u32,
    /// How long a wrong code counts.
    pub window: SignedDuration,
}
