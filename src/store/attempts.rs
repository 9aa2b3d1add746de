//! Login attempts, and the lockout that failed ones lead to.

use std::net::IpAddr;

use async_trait::async_trait;
use jiff::Timestamp;

use super::Result;
use crate::model::{Email, Event, Id, LockoutRule, LockoutState, Reservation};

/// Login attempts.
#[async_trait]
pub trait AttemptStore: Send + Sync + 'static {
    /// Records an attempt before its password is looked at, if the rule grants it beside the attempts of the address that
    /// are recorded ([`LockoutRule::judge`]). Nothing is recorded otherwise.
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
