//! Counts that administrators see.

/// Counts at a glance. Kept, not scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All accounts.
    pub total_users: u64,
    /// Enabled ones.
    pub active_users: u64,
    /// Verified ones.
    pub verified_users: u64,
    /// Superusers.
    pub superusers: u64,
    /// Registrations whose link still lives.
    pub pending_registrations: u64,
}

/// What happened on one day (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCounts {
    /// The day.
    pub date: jiff::civil::Date,
    /// Accounts that came to be in whatever way, by their `created_at`.
    pub registered: u64,
    /// Addresses that were proven: `user_verified` events.
    pub verified: u64,
    /// Sessions that were issued: `user_logged_in` events.
    pub logins: u64,
    /// Logins that failed: `login_failed` events.
    pub failures: u64,
}
