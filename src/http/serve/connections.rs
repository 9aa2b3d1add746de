//! Limits the number of connections in total and per client. When there are too many, idle connections are closed to
//! make room for new ones.
//!
//! Knows neither sockets nor HTTP.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a condition has to be absent before it is logged again.
const QUIET: Duration = Duration::from_mins(1);

/// The connections that are open at the same time.
pub(super) struct Connections {
    max: usize,
    max_per_client: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    next_id: u64,
    connections: HashMap<u64, Connection>,
    /// Connections without a running request, longest idle first.
    idle: BTreeMap<(Instant, u64), Option<IpNet>>,
    per_client: HashMap<IpNet, usize>,
    full: Burst,
    crowded: Burst,
}

struct Connection {
    /// The client that the connection counts for; `None` if connections from its network aren't limited.
    client: Option<IpNet>,
    /// When its last request finished; `None` while a request is running.
    idle_since: Option<Instant>,
    gives_way: CancellationToken,
}

/// A place among the open connections, which is freed when dropped.
pub(super) struct Place {
    connections: Arc<Connections>,
    id: u64,
    requests: AtomicUsize,
    steps: AtomicU64,
    /// Cancelled when another connection takes the place.
    pub(super) gives_way: CancellationToken,
}

/// A running request. Until it is dropped, its connection isn't closed to make room for another.
pub(super) struct Busy(Arc<Place>);

/// A condition that lasts for a while and is logged only when it begins.
#[derive(Default)]
pub(super) struct Burst(Option<Instant>);

impl Burst {
    /// Returns whether the condition begins: it didn't occur in the last minute.
    pub(super) fn begins(&mut self) -> bool {
        self.begins_at(Instant::now())
    }

    fn begins_at(&mut self, now: Instant) -> bool {
        let last = self.0.replace(now);
        last.is_none_or(|last| now.duration_since(last) > QUIET)
    }
}

impl Connections {
    pub(super) fn new(max: usize, max_per_client: usize) -> Arc<Self> {
        Arc::new(Self {
            max,
            max_per_client,
            open: Mutex::default(),
        })
    }

    /// Gives a place to a new connection. If there is none, the connection that has been idle longest is closed.
    /// Returns `None` if all connections have running requests.
    pub(super) fn admit(self: &Arc<Self>, client: Option<IpNet>) -> Option<Arc<Place>> {
        let mut open = self.open();
        let held = client.and_then(|client| open.per_client.get(&client).copied());
        if held.is_some_and(|held| held >= self.max_per_client) {
            let admitted = open.evict(|of| of == client);
            if open.crowded.begins() {
                let client = client.map(tracing::field::display);
                let limit = self.max_per_client;
                tracing::warn!(client, limit, "a client reached its connection limit");
            }
            if !admitted {
                return None;
            }
        }
        if open.connections.len() >= self.max {
            let admitted = open.evict(|_| true);
            if open.full.begins() {
                let (max, busy) = (self.max, open.connections.len() - open.idle.len());
                tracing::warn!(max, busy, "all connections are in use: closing idle ones");
            }
            if !admitted {
                return None;
            }
        }
        let (id, now, gives_way) = (open.next_id, Instant::now(), CancellationToken::new());
        open.next_id += 1;
        open.idle.insert((now, id), client);
        if let Some(client) = client {
            *open.per_client.entry(client).or_default() += 1;
        }
        let connection = Connection {
            client,
            idle_since: Some(now),
            gives_way: gives_way.clone(),
        };
        open.connections.insert(id, connection);
        Some(Arc::new(Place {
            connections: self.clone(),
            id,
            requests: AtomicUsize::new(0),
            steps: AtomicU64::new(0),
            gives_way,
        }))
    }

    /// Closes the connection that has been idle longest. Returns whether there was one.
    pub(super) fn evict(&self) -> bool {
        self.open().evict(|_| true)
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn evict(&mut self, may: impl Fn(Option<IpNet>) -> bool) -> bool {
        let mut idle = self.idle.iter();
        let Some(((_, id), _)) = idle.find(|(_, client)| may(**client)) else {
            return false;
        };
        let id = *id;
        if let Some(connection) = self.remove(id) {
            connection.gives_way.cancel();
        }
        true
    }

    fn remove(&mut self, id: u64) -> Option<Connection> {
        let connection = self.connections.remove(&id)?;
        if let Some(since) = connection.idle_since {
            self.idle.remove(&(since, id));
        }
        if let Some(client) = connection.client
            && let Some(held) = self.per_client.get_mut(&client)
        {
            *held -= 1;
            if *held == 0 {
                self.per_client.remove(&client);
            }
        }
        Some(connection)
    }
}

impl Place {
    /// Marks that a request is running.
    pub(super) fn busy(self: &Arc<Self>) -> Busy {
        self.steps.fetch_add(1, Ordering::Relaxed);
        self.count(|requests| requests + 1);
        Busy(self.clone())
    }

    /// Returns whether a request is running.
    pub(super) fn is_busy(&self) -> bool {
        self.requests.load(Ordering::Relaxed) > 0
    }

    /// Returns whether there was any request.
    pub(super) fn has_served(&self) -> bool {
        self.steps() > 0
    }

    /// Returns a number that grows as long as requests and responses make progress.
    pub(super) fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    /// Changes the number of running requests. With the first one, the connection becomes busy; after the last one, it
    /// is idle.
    fn count(&self, change: impl Fn(usize) -> usize) {
        let mut open = self.connections.open();
        let requests = change(self.requests.load(Ordering::Relaxed));
        self.requests.store(requests, Ordering::Relaxed);
        let idle_since = (requests == 0).then(Instant::now);
        let Some(connection) = open.connections.get_mut(&self.id) else {
            return;
        };
        let client = connection.client;
        let before = std::mem::replace(&mut connection.idle_since, idle_since);
        if let Some(before) = before {
            open.idle.remove(&(before, self.id));
        }
        if let Some(since) = idle_since {
            open.idle.insert((since, self.id), client);
        }
    }
}

impl Busy {
    /// Marks that the response makes progress.
    pub(super) fn goes_on(&self) {
        self.0.steps.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open().remove(self.id);
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.count(|requests| requests - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Option<IpNet> {
        text.parse().ok()
    }

    #[test]
    fn the_longest_idle_gives_way_and_who_has_a_request_does_not() {
        let connections = Connections::new(3, 100);
        let mut places = Vec::new();
        for _ in 0..3 {
            places.push(connections.admit(None).unwrap());
            std::thread::sleep(Duration::from_millis(2));
        }
        let busy = places[0].busy();
        let fourth = connections.admit(None).unwrap();
        let ended: Vec<_> = places
            .iter()
            .map(|place| place.gives_way.is_cancelled())
            .collect();
        assert_eq!(ended, [false, true, false]);
        let all = [places[2].busy(), fourth.busy()];
        assert!(connections.admit(None).is_none(), "all have requests");
        drop(busy);
        assert!(connections.admit(None).is_some());
        assert!(places[0].gives_way.is_cancelled());
        drop((all, places, fourth));
        let open = connections.open();
        assert!(open.connections.is_empty() && open.idle.is_empty());
    }

    #[test]
    fn one_client_takes_the_places_of_nobody_else() {
        let connections = Connections::new(10, 2);
        let other = connections.admit(net("198.51.100.1/32")).unwrap();
        let held: Vec<_> = (0..5)
            .map(|_| connections.admit(net("192.0.2.1/32")).unwrap())
            .collect();
        let ended = held.iter().filter(|place| place.gives_way.is_cancelled());
        assert_eq!(ended.count(), 3, "its own idle ones give way");
        assert!(!other.gives_way.is_cancelled());
        let busy: Vec<_> = held.iter().map(Place::busy).collect();
        assert!(connections.admit(net("192.0.2.1/32")).is_none());
        assert!(connections.admit(net("192.0.2.2/32")).is_some());
        drop((busy, held, other));
        assert!(connections.open().per_client.is_empty());
    }

    #[test]
    fn what_goes_on_is_said_once() {
        let (mut burst, begun) = (Burst::default(), Instant::now());
        let at = |second: u64| begun + Duration::from_secs(second);
        assert!(burst.begins_at(at(0)));
        assert!((1..600).all(|second| !burst.begins_at(at(second))));
        assert!(burst.begins_at(at(661)));
    }
}
