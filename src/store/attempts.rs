//! Login attempts, and the lockout after failed ones.

use std::net::IpAddr;

use async_trait::async_trait;
use jiff::Timestamp;

use super::Result;
use crate::model::{Email, Event, Id, LockoutRule, LockoutState, Reservation};

/// Login attempts.
#[async_trait]
pub trait AttemptStore: Send + Sync + 'static {
    /// Records an attempt before its password is checked, if the rule allows it beside the recorded attempts for the
    /// email address ([`LockoutRule::judge`]). Otherwise records nothing.
    async fn reserve_attempt(&self, attempt: Attempt, rule: LockoutRule) -> Result<Reservation>;

    /// Turns a reservation into a failure and records `failed`. Also records `locked` if the failures now reach the
    /// threshold.
    async fn fail_attempt(
        &self,
        attempt: &Attempt,
        rule: LockoutRule,
        now: Timestamp,
        failed: Event,
        locked: Event,
    ) -> Result<()>;

    /// Withdraws a reservation whose password was never checked.
    async fn release_attempt(&self, attempt: &Attempt) -> Result<()>;

    /// Returns how close an email address is to a lockout.
    async fn lockout(
        &self,
        email: &Email,
        rule: LockoutRule,
        now: Timestamp,
    ) -> Result<LockoutState>;
}

/// A login attempt whose password is about to be checked.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Identifies the reservation.
    pub id: Id,
    /// The email address tried, whether or not an account has it.
    pub email: Email,
    /// The client's IP address.
    pub ip: Option<IpAddr>,
    /// When the attempt started.
    pub started_at: Timestamp,
}
