//! What is counted of the server's work, and its text for Prometheus.
//!
//! Counting takes no lock and allocates nothing: a few atomic additions, in cells that are found by what the program is
//! made of. All labels come from the program or its settings, and none from a request. Knows no other part of the program:
//! each hands in what it saw.

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
pub use logins::{LoginOutcome, LoginWay, Logins};
pub use requests::Requests;
pub use store_times::StoreTimes;
pub use text::{CONTENT_TYPE, Moment, Waiting};

use std::sync::Arc;

/// Everything that one instance counts.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Requests, by route.
    pub requests: Requests,
    /// Logins, by how and with what outcome.
    pub logins: Logins,
    /// Lockouts, of passwords and of codes.
    pub lockouts: Counter,
    /// Sessions that go on with a new token.
    pub renewals: Counter,
    /// Attempts to deliver messages.
    pub deliveries: Deliveries,
    /// What the store does.
    pub store: Arc<StoreTimes>,
}
