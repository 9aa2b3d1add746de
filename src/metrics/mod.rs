//! What the server counts, and its text format for Prometheus.
//!
//! Counting takes no lock and allocates nothing: it's a few atomic additions, in counters whose labels come from the
//! program or its settings, never from a request. This module knows no other part of the program: the others report to
//! it.

mod cells;
mod deliveries;
mod logins;
mod process;
mod requests;
mod store_times;
mod table;
mod text;

use cells::Counter;

pub use deliveries::{Deliveries, Outcome};
pub use logins::{LoginFactor, LoginOutcome, Logins};
pub use requests::Requests;
pub use store_times::{StoreTimes, method as method_of};
pub use text::{CONTENT_TYPE, Moment, Waiting};

use std::sync::Arc;

/// All metrics that one instance counts.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Requests, by route.
    pub requests: Requests,
    /// Logins, by method and outcome.
    pub logins: Logins,
    /// Lockouts, for passwords and for codes.
    pub lockouts: Counter,
    /// Renewed sessions.
    pub renewals: Counter,
    /// Delivery attempts.
    pub deliveries: Deliveries,
    /// Operations of the store.
    pub store: Arc<StoreTimes>,
}
