//! A queue for password hashing: a limited number of hashes run, a limited number wait, and no client can crowd out
//! others.
//!
//! The next to run is a request from the client address that was served least recently. Among requests from one
//! address, it is one for the account that was served least recently. If the queue is full, a new request replaces the
//! newest one from the address with the most waiting requests, unless that is its own address.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;
use tokio::sync::oneshot;

use crate::model::client_network::network;

/// The client and the account that a hash is computed for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Requester {
    /// The client's address. For IPv6, its /64 network, which belongs to one customer.
    network: Option<IpNet>,
    account: Option<String>,
}

impl Requester {
    /// Creates the requester for a client and an account. Both are `None` for commands that run on the machine itself.
    #[must_use]
    pub fn new(address: Option<IpAddr>, account: Option<String>) -> Self {
        Self {
            network: address.map(network),
            account,
        }
    }
}

/// The queue. Cheap to clone.
#[derive(Clone)]
pub(super) struct HashQueue(Arc<Mutex<State>>);

/// Permission to compute. When it is dropped, the next request gets it.
pub(super) struct Permit(Option<HashQueue>);

/// The queue is full.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

struct State {
    running: usize,
    max_running: usize,
    max_waiting: usize,
    /// In the order of arrival.
    waiting: Vec<Waiter>,
    /// When each recently served network and account was last served, as a number that counts up.
    networks: HashMap<Option<IpNet>, u64>,
    accounts: HashMap<Requester, u64>,
    served: u64,
    /// How many requests were refused, or replaced by others.
    shed: u64,
}

/// How busy the queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashLoad {
    /// Hashes that are being computed.
    pub running: usize,
    /// Hashes that are waiting.
    pub waiting: usize,
    /// Hashes that were admitted so far.
    pub let_in: u64,
    /// Hashes that were refused so far.
    pub shed: u64,
}

struct Waiter {
    requester: Requester,
    leave: oneshot::Sender<Permit>,
}

impl HashQueue {
    pub(super) fn new(max_running: usize, max_waiting: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            running: 0,
            max_running,
            max_waiting,
            waiting: Vec::new(),
            networks: HashMap::new(),
            accounts: HashMap::new(),
            served: 0,
            shed: 0,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for `requester`'s turn. Fails if the queue is full.
    pub(super) async fn enter(&self, requester: Requester) -> Result<Permit, Full> {
        let turn = {
            let mut state = self.state();
            if state.running < state.max_running {
                state.running += 1;
                state.note_served(&requester);
                return Ok(Permit(Some(self.clone())));
            }
            if let Err(full) = state.make_room_for(&requester) {
                state.shed += 1;
                return Err(full);
            }
            let (leave, turn) = oneshot::channel();
            state.waiting.push(Waiter { requester, leave });
            turn
        };
        // The sender is dropped if a new request replaces this one.
        turn.await.map_err(|_| Full)
    }

    /// Returns how busy the queue is.
    pub(super) fn load(&self) -> HashLoad {
        let mut state = self.state();
        state.forget_those_who_left();
        HashLoad {
            running: state.running,
            waiting: state.waiting.len(),
            let_in: state.served,
            shed: state.shed,
        }
    }

    /// Returns how many requests are waiting.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        let mut state = self.state();
        state.forget_those_who_left();
        state.waiting.len()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(queue) = self.0.take() else {
            return;
        };
        let mut state = queue.state();
        while let Some(next) = state.next() {
            match next.leave.send(Self(Some(queue.clone()))) {
                Ok(()) => return,
                // The request was cancelled just now. Its permit is emptied, so that dropping it doesn't pass it on a
                // second time.
                Err(mut unused) => unused.0 = None,
            }
        }
        state.running -= 1;
    }
}

impl State {
    fn forget_those_who_left(&mut self) {
        self.waiting.retain(|waiter| !waiter.leave.is_closed());
    }

    /// Makes room for one more request. If the queue is full, another request may have to leave.
    fn make_room_for(&mut self, newcomer: &Requester) -> Result<(), Full> {
        self.forget_those_who_left();
        if self.waiting.len() < self.max_waiting {
            return Ok(());
        }
        let (crowd, most) = largest(self.waiting.iter(), |of| of.network).ok_or(Full)?;
        let own = self.count(|of| of.network == newcomer.network);
        let leaves = if own + 1 < most {
            self.youngest(|of| of.network == crowd)
        } else {
            // Within one address, an account must not crowd out another.
            let of_network = |waiter: &&Waiter| waiter.requester.network == newcomer.network;
            let neighbours = self.waiting.iter().filter(of_network);
            let (crowd, most) = largest(neighbours, Requester::clone).ok_or(Full)?;
            let own = self.count(|of| of == newcomer);
            let is_crowded = own + 1 < most;
            is_crowded
                .then(|| self.youngest(|of| *of == crowd))
                .flatten()
        };
        self.waiting.remove(leaves.ok_or(Full)?);
        self.shed += 1;
        Ok(())
    }

    fn youngest(&self, of: impl Fn(&Requester) -> bool) -> Option<usize> {
        self.waiting
            .iter()
            .rposition(|waiter| of(&waiter.requester))
    }

    fn count(&self, of: impl Fn(&Requester) -> bool) -> usize {
        let waiting = self.waiting.iter();
        waiting.filter(|waiter| of(&waiter.requester)).count()
    }

    /// Removes and returns the request whose turn it is.
    fn next(&mut self) -> Option<Waiter> {
        self.forget_those_who_left();
        let (networks, accounts) = (&self.networks, &self.accounts);
        let served = |waiter: &Waiter| {
            let requester = &waiter.requester;
            let network = networks.get(&requester.network).copied();
            (network, accounts.get(requester).copied())
        };
        let waiting = self.waiting.iter().enumerate();
        let (index, _) = waiting.min_by_key(|(index, waiter)| (served(waiter), *index))?;
        let waiter = self.waiting.remove(index);
        self.note_served(&waiter.requester);
        Some(waiter)
    }
}

impl State {
    fn note_served(&mut self, requester: &Requester) {
        self.served += 1;
        self.networks.insert(requester.network, self.served);
        self.accounts.insert(requester.clone(), self.served);
        // A requester that was served long ago is treated like a new one.
        let kept = 2 * (self.max_running + self.max_waiting);
        if self.accounts.len() > 2 * kept {
            let oldest = self.served - kept as u64;
            self.networks.retain(|_, at| *at > oldest);
            self.accounts.retain(|_, at| *at > oldest);
        }
    }
}

/// Returns the group with the most waiting requests, and their number.
fn largest<'a, K: Hash + Eq>(
    waiting: impl Iterator<Item = &'a Waiter>,
    group: impl Fn(&Requester) -> K,
) -> Option<(K, usize)> {
    let mut counts: HashMap<K, usize> = HashMap::new();
    for waiter in waiting {
        *counts.entry(group(&waiter.requester)).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(last: u8, account: &str) -> Requester {
        Requester::new(
            Some(IpAddr::from([192, 0, 2, last])),
            Some(account.to_owned()),
        )
    }

    /// Adds `requester` to the queue. Returns the task that waits for its permit.
    async fn join(
        queue: &HashQueue,
        requester: Requester,
    ) -> tokio::task::JoinHandle<Result<Permit, Full>> {
        let waiting = queue.waiting();
        let own = queue.clone();
        let task = tokio::spawn(async move { own.enter(requester).await });
        for _ in 0..100 {
            tokio::task::yield_now().await;
            if queue.waiting() != waiting || task.is_finished() {
                break;
            }
        }
        task
    }

    #[tokio::test]
    async fn a_crowd_of_one_address_keeps_nobody_else_waiting() {
        let queue = HashQueue::new(1, 100);
        let running = queue.enter(from(1, "a")).await.unwrap();
        let mut crowd = Vec::new();
        for _ in 0..100 {
            crowd.push(join(&queue, from(1, "a")).await);
        }
        let other = join(&queue, from(2, "b")).await;
        assert!(!other.is_finished(), "the full queue made room");
        let last = crowd.pop().unwrap();
        assert_eq!(last.await.unwrap().err(), Some(Full), "the youngest left");
        drop(running);
        let served = other.await.unwrap().unwrap();
        assert!(crowd.iter().all(|waiter| !waiter.is_finished()));
        drop(served);
        let first = crowd.remove(0).await.unwrap();
        assert!(first.is_ok(), "then the crowd, in the order of its coming");
    }

    #[tokio::test]
    async fn addresses_and_accounts_take_turns() {
        let queue = HashQueue::new(1, 100);
        let mut running = queue.enter(from(9, "z")).await.unwrap();
        let mut waiting = Vec::new();
        for (last, account) in [(1, "a"), (1, "a"), (1, "b"), (2, "c"), (2, "c"), (3, "d")] {
            let requester = from(last, account);
            waiting.push((last, account, join(&queue, requester).await));
        }
        let mut order = Vec::new();
        while !waiting.is_empty() {
            drop(running);
            loop {
                tokio::task::yield_now().await;
                if let Some(index) = waiting.iter().position(|(.., task)| task.is_finished()) {
                    let (last, account, task) = waiting.remove(index);
                    order.push(format!("{last}{account}"));
                    running = task.await.unwrap().unwrap();
                    break;
                }
            }
        }
        assert_eq!(order, ["1a", "2c", "3d", "1b", "2c", "1a"]);
    }

    #[tokio::test]
    async fn equals_do_not_push_each_other_out() {
        let queue = HashQueue::new(1, 2);
        let _running = queue.enter(from(1, "a")).await.unwrap();
        let first = join(&queue, from(1, "a")).await;
        let second = join(&queue, from(2, "a")).await;
        let third = queue.enter(from(3, "a")).await;
        assert_eq!(third.err(), Some(Full));
        assert!(!first.is_finished() && !second.is_finished());
        // A cancelled request makes room for another.
        first.abort();
        let _ = first.await;
        let fourth = join(&queue, from(3, "a")).await;
        assert!(!fourth.is_finished());
    }

    #[tokio::test]
    async fn within_an_address_no_account_crowds_out_another() {
        let queue = HashQueue::new(1, 3);
        let _running = queue.enter(from(1, "a")).await.unwrap();
        let mut crowd = Vec::new();
        for _ in 0..3 {
            crowd.push(join(&queue, from(1, "a")).await);
        }
        let other = join(&queue, from(1, "b")).await;
        assert!(!other.is_finished());
        assert_eq!(crowd.pop().unwrap().await.unwrap().err(), Some(Full));
    }

    #[tokio::test]
    async fn a_permit_for_somebody_who_left_goes_to_the_next() {
        let queue = HashQueue::new(1, 10);
        let running = queue.enter(from(1, "a")).await.unwrap();
        let (gone, next) = (
            join(&queue, from(2, "a")).await,
            join(&queue, from(3, "a")).await,
        );
        gone.abort();
        let _ = gone.await;
        drop(running);
        drop(next.await.unwrap().unwrap());
        assert!(queue.enter(from(4, "a")).await.is_ok(), "nothing leaked");
    }

    #[test]
    fn a_customer_of_ipv6_is_one_address() {
        let of = |address: &str| Requester::new(Some(address.parse().unwrap()), None);
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
