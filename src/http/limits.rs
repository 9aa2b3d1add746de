//! Limits per client address: how often one IPv4 address, or one IPv6 /64, may call a route.
//!
//! Counts are kept in the memory of this node, which is bounded. With `shared_rate_limits`, a request that is within the
//! limit here is also counted in the database, together with those of other nodes. These limits don't protect accounts
//! from guessing: the lockout in `accounts` does.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use ipnet::IpNet;
use jiff::Timestamp;

use super::error::ApiError;
use super::refusals::{Refusals, Trail};
use crate::clock::SharedClock;
use crate::config::RateLimit;
use crate::model::Origin;
use crate::model::client_limit::span_end;
use crate::model::client_network::{is_near, network, prefix};

/// The maximum number of requests that one route remembers, in about 30 MB, so that a flood from many addresses can't
/// fill the memory. Above it, neighbouring networks share one count. If the limit is a default rather than configured,
/// new clients are let in uncounted instead.
const MAX_REMEMBERED: usize = 200_000;
/// The minimum time between two searches for requests that can be forgotten, in milliseconds.
const FORGET_EVERY: i64 = 1000;

/// The limit of one route.
///
/// It keeps an exact record of the requests that were let in. With several overlapping quotas, this gives the exact
/// time to wait, which one token bucket per quota can't.
pub(super) struct Limiter {
    limit: RateLimit,
    /// The longest period of the limit, in milliseconds.
    memory: i64,
    clock: SharedClock,
    max_remembered: usize,
    /// Which clients are exempt from the limit.
    spared: Spared,
    history: Mutex<History>,
    /// The refused requests, if they are recorded in the audit trail.
    refusals: Option<Refusals>,
    /// The name of the route in the database, if other nodes share the limit.
    shared: Option<String>,
}

/// A request that is within the limit on this node.
#[derive(Debug, PartialEq, Eq)]
enum LetIn {
    /// The limit doesn't apply to it.
    Uncounted,
    /// It is counted for this client.
    Counted(Option<IpNet>),
}

/// Which clients are exempt from a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spared {
    /// Nobody.
    Nobody,
    /// New clients while the memory is full: a limit that nobody configured should not refuse a real person.
    Crowd,
    /// Also clients in private networks if no proxy is configured: such a client could be a proxy that connects for
    /// everyone.
    Near,
}

/// The requests by the client's network (`None` if unknown).
#[derive(Default)]
struct History {
    clients: HashMap<Option<IpNet>, Requests>,
    remembered: usize,
    forgot_at: i64,
}

/// The requests of one client.
#[derive(Default)]
struct Requests {
    /// When they were let in, in milliseconds, oldest first.
    times: VecDeque<i64>,
    /// Until when requests to all nodes together leave no room, in milliseconds.
    full_until: Option<i64>,
}

impl Requests {
    /// Returns how many entries it has.
    fn len(&self) -> usize {
        self.times.len() + usize::from(self.full_until.is_some())
    }

    /// Treats what is later than possible, because the clock was set back, as from now.
    fn settle(&mut self, now: i64, memory: i64) {
        for time in self.times.iter_mut().rev() {
            if *time <= now {
                break;
            }
            *time = now;
        }
        // The database counts in spans of up to a sixtieth of the period.
        let latest = now + memory + (memory / 60).max(1000);
        self.full_until = self.full_until.map(|until| until.min(latest));
    }
}

impl Limiter {
    /// Returns the limiter of a route, if the settings limit it.
    pub(super) fn new(
        limit: Option<&RateLimit>,
        spared: Spared,
        clock: &SharedClock,
    ) -> Option<Self> {
        limit.map(|limit| Self::remembering(MAX_REMEMBERED, limit, spared, clock))
    }

    /// Returns the same limiter, with refused requests recorded in the audit trail.
    pub(super) fn telling(self) -> Self {
        Self {
            refusals: Some(Refusals::default()),
            ..self
        }
    }

    /// Returns the same limiter, for requests that are also counted in the database under this name of the route.
    pub(super) fn shared_as(self, route: Option<String>) -> Self {
        Self {
            shared: route,
            ..self
        }
    }

    fn remembering(
        max_remembered: usize,
        limit: &RateLimit,
        spared: Spared,
        clock: &SharedClock,
    ) -> Self {
        let memory = limit
            .0
            .iter()
            .map(|quota| i64::from(quota.seconds) * 1000)
            .max()
            .unwrap_or(0);
        Self {
            limit: limit.clone(),
            memory,
            clock: clock.clone(),
            max_remembered,
            spared,
            history: Mutex::default(),
            refusals: None,
            shared: None,
        }
    }

    /// Counts a request that is let in. Otherwise returns the number of seconds to wait.
    fn check(&self, address: Option<IpAddr>) -> Result<LetIn, u64> {
        if self.spared == Spared::Near && address.is_none_or(is_near) {
            return Ok(LetIn::Uncounted);
        }
        let now = self.clock.now().as_millisecond();
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let crowded = self.is_crowded(&mut history, now);
        let client = match address {
            Some(address) if crowded && self.spared == Spared::Nobody => {
                Some(prefix(address, 16, 32))
            }
            address => address.map(network),
        };
        if crowded && self.spared != Spared::Nobody && !history.clients.contains_key(&client) {
            return Ok(LetIn::Uncounted);
        }
        let requests = history.clients.entry(client).or_default();
        requests.settle(now, self.memory);
        let times = &requests.times;
        // A quota has room again when the oldest of the last `count` requests is older than the quota's period.
        let wait = self.limit.0.iter().filter_map(|quota| {
            let count = usize::try_from(quota.count.get()).unwrap_or(usize::MAX);
            let oldest = times[times.len().checked_sub(count)?];
            let length = i64::from(quota.seconds) * 1000;
            // As the database counts it, so that the wait named here is enough there.
            let oldest = match self.shared {
                Some(_) => span_end(oldest, length),
                None => oldest,
            };
            Some(oldest + length - now)
        });
        let elsewhere = requests.full_until.map(|until| until - now);
        let waits = wait.chain(elsewhere).filter(|wait| *wait > 0);
        if let Some(wait) = waits.max() {
            return Err(wait.unsigned_abs().div_ceil(1000));
        }
        let before = requests.len();
        requests.full_until = None;
        requests.times.push_back(now);
        while (requests.times.front()).is_some_and(|time| now - time >= self.memory) {
            requests.times.pop_front();
        }
        let after = requests.len();
        history.remembered = history.remembered + after - before;
        Ok(LetIn::Counted(client))
    }

    /// Takes back a request that was let in here, because it and those to other nodes exceed the limit. Until then, no
    /// further request asks the database. Returns the number of seconds to wait.
    fn full_elsewhere(&self, client: Option<IpNet>, until: Timestamp) -> u64 {
        let now = self.clock.now().as_millisecond();
        let until = until.as_millisecond();
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(requests) = history.clients.get_mut(&client) {
            let before = requests.len();
            requests.times.pop_back();
            requests.full_until = requests.full_until.max(Some(until));
            let after = requests.len();
            history.remembered = history.remembered + after - before;
        }
        let wait = (until - now).max(1);
        wait.unsigned_abs().div_ceil(1000)
    }

    fn is_crowded(&self, history: &mut History, now: i64) -> bool {
        if history.remembered >= self.max_remembered
            && (now - history.forgot_at).abs() >= FORGET_EVERY
        {
            history.forgot_at = now;
            history.clients.retain(|_, requests| {
                let is_recent = |time: &i64| now - time < self.memory;
                requests.times.back().is_some_and(is_recent)
                    || requests.full_until.is_some_and(|until| until > now)
            });
            history.remembered = history.clients.values().map(Requests::len).sum();
        }
        history.remembered >= self.max_remembered
    }
}

/// Refuses a request that exceeds the route's limit, before anything else looks at it.
pub(super) async fn enforce(
    State(limiter): State<Arc<Limiter>>,
    request: Request,
    next: Next,
) -> Response {
    let origin = request.extensions().get::<Origin>();
    let address = origin.and_then(|origin| origin.ip);
    let trail = request.extensions().get::<Trail>();
    let seconds = match (limiter.check(address), trail, &limiter.shared) {
        (Err(seconds), ..) => seconds,
        (Ok(LetIn::Counted(client)), Some(Trail(accounts)), Some(route)) => {
            match accounts.count_request(route, client, &limiter.limit).await {
                Ok(None) => return next.run(request).await,
                Ok(Some(until)) => limiter.full_elsewhere(client, until),
                // A limit that ends when the database is slow would end when it is needed. The request needs the
                // database anyway.
                Err(error) => return ApiError::from(error).into_response(),
            }
        }
        (Ok(_), ..) => return next.run(request).await,
    };
    if let (Some(refusals), Some(origin)) = (&limiter.refusals, origin) {
        let client = address.map(network);
        let tell = refusals.count(client, limiter.clock.now().as_millisecond());
        if let (Some(tell), Some(trail)) = (tell, trail) {
            tell.to(trail, client, origin).await;
        }
    }
    ApiError::rate_limited(seconds).into_response()
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::clock::{Clock as _, ManualClock};
    use crate::config::Quota;

    fn limiter(max_remembered: usize, quotas: &[(u32, u32)]) -> (Arc<ManualClock>, Limiter) {
        sparing(Spared::Nobody, max_remembered, quotas)
    }

    fn sparing(
        spared: Spared,
        max_remembered: usize,
        quotas: &[(u32, u32)],
    ) -> (Arc<ManualClock>, Limiter) {
        let clock = Arc::new(ManualClock::starting_at(
            Timestamp::from_second(1_800_000_000).unwrap(),
        ));
        let quotas = quotas.iter().map(|(count, seconds)| Quota {
            count: (*count).try_into().unwrap(),
            seconds: *seconds,
        });
        let injected: SharedClock = clock.clone();
        (
            clock,
            Limiter::remembering(
                max_remembered,
                &RateLimit(quotas.collect()),
                spared,
                &injected,
            ),
        )
    }

    fn ip(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    fn advance(clock: &ManualClock, seconds: u64) {
        clock.advance(SignedDuration::from_secs(seconds.try_into().unwrap()));
    }

    #[test]
    fn the_wait_that_is_named_is_enough_and_needed() {
        for quotas in [&[(5, 60)][..], &[(5, 60), (7, 3600)], &[(7, 3600), (5, 60)]] {
            let (clock, limiter) = limiter(1000, quotas);
            for second in 0..5 {
                advance(&clock, second);
                limiter.check(ip("192.0.2.1")).unwrap();
            }
            for _ in 0..20 {
                if let Err(wait) = limiter.check(ip("192.0.2.1")) {
                    advance(&clock, wait - 1);
                    assert_eq!(limiter.check(ip("192.0.2.1")), Err(1));
                    advance(&clock, 1);
                    limiter.check(ip("192.0.2.1")).unwrap();
                }
            }
        }
    }

    #[test]
    fn no_window_of_time_holds_more_than_the_quota() {
        let (clock, limiter) = limiter(1000, &[(5, 60)]);
        let mut let_in = Vec::new();
        for second in 0_u64..600 {
            if limiter.check(ip("192.0.2.1")).is_ok() {
                let_in.push(second);
            }
            advance(&clock, 1);
        }
        assert_eq!(let_in.len(), 50);
        assert!(
            let_in.windows(6).all(|six| six[5] - six[0] >= 60),
            "{let_in:?}"
        );
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
        let (clock, limiter) = limiter(100, &[(2, 60)]);
        let remembered = || {
            limiter
                .history
                .lock()
                .unwrap()
                .clients
                .values()
                .map(Requests::len)
                .sum::<usize>()
        };
        for host in 0..10_000_u32 {
            let _ = limiter.check(Some(IpAddr::from((host << 8).to_be_bytes())));
        }
        assert!(remembered() < 200, "{}", remembered());
        advance(&clock, 61);
        limiter.check(ip("192.0.2.1")).unwrap();
        assert_eq!(remembered(), 1, "those who came to rest are forgotten");
    }

    #[test]
    fn a_limit_that_nobody_asked_for_spares_neighbours_and_newcomers_in_a_crowd() {
        let (_, limiter) = sparing(Spared::Near, 1000, &[(1, 60)]);
        for near in [
            "127.0.0.1",
            "::1",
            "10.0.0.1",
            "192.168.7.7",
            "fd00::1",
            "none",
        ] {
            for _ in 0..3 {
                limiter.check(ip(near)).unwrap();
            }
        }
        limiter.check(ip("192.0.2.1")).unwrap();
        limiter.check(ip("192.0.2.1")).unwrap_err();

        let (_, limiter) = sparing(Spared::Crowd, 1000, &[(1, 60)]);
        limiter.check(ip("127.0.0.1")).unwrap();
        limiter.check(ip("127.0.0.1")).unwrap_err();
        for host in 0..1_000_000_u32 {
            let _ = limiter.check(Some(IpAddr::from((host << 8).to_be_bytes())));
        }
        assert_eq!(limiter.history.lock().unwrap().clients.len(), 1000);
        limiter.check(ip("127.0.0.1")).unwrap_err();
        for _ in 0..3 {
            limiter.check(ip("203.0.113.9")).unwrap();
        }
    }

    #[test]
    fn what_all_nodes_refuse_is_refused_here_until_there_is_room() {
        let (clock, limiter) = limiter(1000, &[(5, 60)]);
        let client = ip("192.0.2.1");
        let until = clock.now() + SignedDuration::from_secs(30);
        limiter.check(client).unwrap();
        assert_eq!(limiter.full_elsewhere(client.map(network), until), 30);
        advance(&clock, 29);
        assert_eq!(limiter.check(client), Err(1));
        limiter.check(ip("192.0.2.2")).unwrap();
        advance(&clock, 1);
        for _ in 0..5 {
            limiter.check(client).unwrap();
        }
        assert_eq!(limiter.check(client), Err(60), "it was taken back");
        let remembered = limiter.history.lock().unwrap().remembered;
        assert_eq!(remembered, 6);
    }

    #[test]
    fn a_clock_put_back_makes_no_wait_longer() {
        let (clock, limiter) = limiter(1000, &[(2, 60)]);
        let client = ip("192.0.2.1");
        for _ in 0..2 {
            limiter.check(client).unwrap();
        }
        clock.advance(SignedDuration::from_hours(-24));
        assert_eq!(limiter.check(client), Err(60));
        advance(&clock, 60);
        limiter.check(client).unwrap();
    }
}
