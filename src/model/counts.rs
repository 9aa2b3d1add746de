//! Counts that administrators see, as the API and the command line publish them.

use serde::Serialize;
use utoipa::ToSchema;

/// Counts at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[schema(as = StatsAnswer)]
pub struct Counts {
    /// All accounts.
    pub total_users: u64,
    /// Enabled ones.
    pub active_users: u64,
    /// Verified ones.
    pub verified_users: u64,
    /// Those that administer others.
    pub superusers: u64,
    /// Registrations whose link still lives.
    pub pending_registrations: u64,
}

/// One day.
// Accounts are counted by their `created_at`, all else by the events of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DayAnswer)]
pub struct DayCounts {
    /// The day, in UTC.
    #[schema(value_type = String, format = Date)]
    pub date: jiff::civil::Date,
    /// Accounts that came to be.
    pub registered: u64,
    /// Addresses that were proven.
    pub verified: u64,
    /// Sessions that were issued.
    pub logins: u64,
    /// Logins that failed.
    pub failures: u64,
}
