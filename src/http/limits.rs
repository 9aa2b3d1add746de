//! Limits per client address: how often one IPv4 address, or one IPv6 /64, may call a route.
//!
//! Kept in the memory of this node, and bounded. What protects accounts from guessing is the lockout in `accounts`.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use ipnet::IpNet;

use super::error::ApiError;
use crate::clock::SharedClock;
use crate::config::RateLimit;
use crate::model::Origin;

/// Beyond so many clients, neighbouring networks share one count: a flood from everywhere cannot fill the memory.
const MOST_CLIENTS: usize = 100_000;
/// How long to wait between two searches for clients that can be forgotten, in milliseconds.
const FORGET_EVERY: i64 = 1000;

/// A network, or nobody knows which.
type Client = Option<IpNet>;
type Bucket = RateLimiter<Client, DashMapStateStore<Client>, Injected, NoOpMiddleware<Duration>>;

/// The injected clock, as governor wants it.
struct Injected(SharedClock);

impl governor::clock::Clock for Injected {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now().as_millisecond()).unwrap_or(0))
    }
}

/// The limit of one route: one bucket a quota, all of which must have room.
pub(super) struct Limiter {
    /// The time a bucket needs to win back room for one request, and the bucket; shortest first.
    buckets: Vec<(Duration, Bucket)>,
    clock: Injected,
    most_clients: usize,
    forgot_at: AtomicI64,
}

impl Limiter {
    /// The limiter of a route, if the settings limit it.
    pub(super) fn new(limit: Option<&RateLimit>, clock: &SharedClock) -> Option<Arc<Self>> {
        Self::holding(MOST_CLIENTS, limit?, clock).map(Arc::new)
    }

    fn holding(most_clients: usize, limit: &RateLimit, clock: &SharedClock) -> Option<Self> {
        let bucket = |count: NonZeroU32, seconds: u32| {
            // A period that rounds to nothing limits nothing.
            let refill = Duration::from_secs(seconds.into()) / count.get();
            let quota = Quota::with_period(refill)?.allow_burst(count);
            Some((
                refill,
                RateLimiter::new(quota, DashMapStateStore::default(), Injected(clock.clone())),
            ))
        };
        let mut buckets: Vec<_> = limit
            .0
            .iter()
            .filter_map(|quota| bucket(quota.count, quota.seconds))
            .collect();
        buckets.sort_by_key(|(refill, _)| *refill);
        (!buckets.is_empty()).then(|| Self {
            buckets,
            clock: Injected(clock.clone()),
            most_clients,
            forgot_at: AtomicI64::new(0),
        })
    }

    /// Counts a request, or says after how many seconds one will be let in.
    fn check(&self, address: Option<IpAddr>) -> Result<(), u64> {
        let client = address.map(|address| self.network(address));
        let mut spent = Duration::ZERO;
        for (refill, bucket) in &self.buckets {
            if let Err(refused) = bucket.check_key(&client) {
                // The buckets before this one have just counted a request that is refused here: their room has to
                // come back too before a next one gets through.
                let wait = refused.wait_time_from(self.clock.now()).max(spent);
                return Err(u64::try_from(wait.as_millis().div_ceil(1000))
                    .unwrap_or(u64::MAX)
                    .max(1));
            }
            spent = *refill;
        }
        Ok(())
    }

    /// The network that is counted as one client.
    fn network(&self, address: IpAddr) -> IpNet {
        let (v4, v6) = if self.is_crowded() {
            (16, 32)
        } else {
            (32, 64)
        };
        let prefix = if address.is_ipv4() { v4 } else { v6 };
        IpNet::new(address, prefix)
            .expect("these prefixes fit their addresses")
            .trunc()
    }

    fn is_crowded(&self) -> bool {
        let crowded = || {
            self.buckets
                .iter()
                .any(|(_, bucket)| bucket.len() >= self.most_clients)
        };
        if !crowded() {
            return false;
        }
        let now = self.clock.0.now().as_millisecond();
        if (now - self.forgot_at.swap(now, Ordering::Relaxed)).abs() >= FORGET_EVERY {
            self.buckets
                .iter()
                .for_each(|(_, bucket)| bucket.retain_recent());
        }
        crowded()
    }
}

/// Refuses a request over the route's limit, before anything of it is looked at.
pub(super) async fn enforce(
    State(limiter): State<Option<Arc<Limiter>>>,
    request: Request,
    next: Next,
) -> Response {
    let address = request
        .extensions()
        .get::<Origin>()
        .and_then(|origin| origin.ip);
    match limiter.map_or(Ok(()), |limiter| limiter.check(address)) {
        Ok(()) => next.run(request).await,
        Err(seconds) => ApiError::rate_limited(seconds).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::clock::ManualClock;
    use crate::config::Quota as Allowed;

    fn limiter(most_clients: usize, quotas: &[(u32, u32)]) -> (Arc<ManualClock>, Limiter) {
        let clock = Arc::new(ManualClock::starting_at(
            Timestamp::from_second(1_800_000_000).unwrap(),
        ));
        let quotas = quotas.iter().map(|(count, seconds)| Allowed {
            count: (*count).try_into().unwrap(),
            seconds: *seconds,
        });
        let shared: SharedClock = clock.clone();
        let limiter =
            Limiter::holding(most_clients, &RateLimit(quotas.collect()), &shared).unwrap();
        (clock, limiter)
    }

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn the_wait_that_is_named_is_enough_and_needed() {
        for quotas in [&[(5, 60)][..], &[(5, 60), (7, 3600)], &[(7, 3600), (5, 60)]] {
            let (clock, limiter) = limiter(1000, quotas);
            for _ in 0..5 {
                limiter.check(ip("192.0.2.1")).unwrap();
            }
            for _ in 0..20 {
                let wait = limiter.check(ip("192.0.2.1")).unwrap_err();
                clock.advance(SignedDuration::from_secs(i64::try_from(wait).unwrap() - 1));
                let rest = limiter.check(ip("192.0.2.1")).unwrap_err();
                assert!(rest <= wait, "{rest} after {wait}");
                clock.advance(SignedDuration::from_secs(i64::try_from(rest).unwrap()));
                limiter.check(ip("192.0.2.1")).unwrap();
            }
        }
    }

    #[test]
    fn addresses_are_counted_apart_and_networks_of_64_bits_together() {
        let (_, limiter) = limiter(1000, &[(1, 60)]);
        limiter.check(ip("192.0.2.1")).unwrap();
        limiter.check(ip("192.0.2.2")).unwrap();
        limiter.check(ip("192.0.2.1")).unwrap_err();
        limiter.check(ip("2001:db8:0:1::1")).unwrap();
        limiter.check(ip("2001:db8:0:1:ffff::2")).unwrap_err();
        limiter.check(ip("2001:db8:0:2::1")).unwrap();
        limiter.check(None).unwrap();
        limiter.check(None).unwrap_err();
    }

    #[test]
    fn a_crowd_does_not_fill_the_memory() {
        let (clock, limiter) = limiter(100, &[(1, 60)]);
        for host in 0..10_000_u32 {
            let _ = limiter.check(Some(IpAddr::from((host << 8).to_be_bytes())));
        }
        assert!(
            limiter.buckets[0].1.len() < 200,
            "{}",
            limiter.buckets[0].1.len()
        );
        clock.advance(SignedDuration::from_secs(121));
        limiter.check(ip("192.0.2.1")).unwrap();
        assert!(
            limiter.buckets[0].1.len() <= 2,
            "those who came to rest are forgotten"
        );
    }
}
