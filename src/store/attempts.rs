//! Login attempts, and the lockout that failed ones lead to.

use std::net::IpAddr;

use async_trait::async_trait;
use jiff::Timestamp;

use super::Result;
use crate::model::{Email, Event, Id, LockoutRule, LockoutState};

/// Login attempts.
#[async_trait]
pub trait AttemptStore: Send + Sync + 'static {
    /// Records an attempt before its password is looked at, unless that many already failed.
    /// Attempts under way for longer than [`RESERVATION_LIFETIME`] count as failed at their start.
    async fn reserve_attempt(&self, attempt: Attempt, rule: LockoutRule) -> Result<Reservation>;

    /// Turns a reservation into a failure and records `failed`; when the failures now reach the threshold, `locked` too.
    async fn fail_attempt(
        &self,
        attempt: &Attempt,
        rule: LockoutRule,
        now: Timestamp,
        failed: Event,
        locked: Event,
    ) -> Result<()>;

    /// Withdraws a reservation whose password was never evaluated.
    async fn release_attempt(&self, attempt: &Attempt) -> Result<()>;

    /// How near an address is to its lockout.
    async fn lockout(
        &self,
        email: &Email,
        rule: LockoutRule,
        now: Timestamp,
    ) -> Result<LockoutState>;
}

/// A login about to be evaluated.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Names the reservation.
    pub id: Id,
    /// The address tried, whether or not an account has it.
    pub email: Email,
    /// From where.
    pub ip: Option<IpAddr>,
    /// Since when.
    pub started_at: Timestamp,
}

/// Outcome of [`super::Store::reserve_attempt`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// Evaluate the password, then settle the attempt.
    Granted,
    /// Only attempts still under way are in the way: ask again shortly.
    Busy,
    /// Locked out until this moment, when enough failures have left the window.
    Locked {
        /// The first moment at which an attempt may be granted again.
        until: Timestamp,
    },
}
