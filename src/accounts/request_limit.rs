//! Limits per client address that all servers on one database share.

use std::collections::BTreeMap;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};

use super::{Accounts, Result};
use crate::config::RateLimit;
use crate::model::ClientLimit;
use crate::model::window::SlidingWindow;

impl Accounts {
    /// Counts a request of a client to a route, together with all other servers. If it exceeds the limit, counts
    /// nothing, and returns when the next one is allowed.
    ///
    /// # Errors
    /// The store fails. The request isn't counted then, so don't let it in.
    pub async fn count_request(
        &self,
        route: &str,
        client: Option<IpNet>,
        limit: &RateLimit,
    ) -> Result<Option<Timestamp>> {
        let client = client.map_or_else(|| "unknown".to_owned(), |client| client.to_string());
        // Of several quotas for the same period, the smallest one applies.
        let mut windows = BTreeMap::new();
        for quota in &limit.0 {
            let count = windows.entry(quota.seconds).or_insert(quota.count.get());
            *count = quota.count.get().min(*count);
        }
        let windows = windows.into_iter().map(|(seconds, limit)| SlidingWindow {
            limit,
            length: SignedDuration::from_secs(seconds.into()),
        });
        let limit = ClientLimit {
            key: format!("{route} {client}"),
            windows: windows.collect(),
            now: self.now(),
        };
        Ok(self.store.count_request(limit).await?)
    }
}
