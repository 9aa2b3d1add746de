//! Records logins refused by the limit per client address in the audit trail: one event per client and hour, for a
//! limited number of clients, with fewer writes than refusals.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;
use jiff::Timestamp;

use crate::accounts::Accounts;
use crate::model::Origin;

/// How long the refusals of one client count as one event, in milliseconds.
const EPISODE: i64 = 3_600_000;
/// The maximum number of clients that have an event at a time. Refusals of further clients are only logged.
const MAX_CLIENTS: usize = 100;

/// The audit trail, attached to requests so that refused logins can be recorded.
#[derive(Clone)]
pub(super) struct Trail(pub(super) Arc<Accounts>);

/// Recent refusals, in the memory of this node.
#[derive(Default)]
pub(super) struct Refusals(Mutex<HashMap<Option<IpNet>, Episode>>);

/// The refusals of one client that count as one event.
struct Episode {
    began: i64,
    count: u64,
    /// How many of them the event already includes.
    told: u64,
}

/// The update of an event that has to be written now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tell {
    began: i64,
    times: u64,
}

impl Refusals {
    /// Counts a refusal at this time, in milliseconds. Returns an update at the first refusal, the tenth, the hundredth
    /// and so on, each including those before it, so that a flood causes almost no writes.
    pub(super) fn count(&self, client: Option<IpNet>, now: i64) -> Option<Tell> {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lives = |episode: &Episode| (now - episode.began).abs() < EPISODE;
        if clients.get(&client).is_none_or(|episode| !lives(episode))
            && clients.len() >= MAX_CLIENTS
        {
            clients.retain(|_, episode| lives(episode));
            if clients.len() >= MAX_CLIENTS {
                return None;
            }
        }
        let new = || Episode {
            began: now,
            count: 0,
            told: 0,
        };
        let episode = clients.entry(client).or_insert_with(new);
        if !lives(episode) {
            *episode = new();
        }
        episode.count += 1;
        let is_told = 10_u64.pow(episode.count.ilog10()) == episode.count;
        is_told.then(|| {
            let times = episode.count - episode.told;
            episode.told = episode.count;
            Tell {
                began: episode.began,
                times,
            }
        })
    }
}

impl Tell {
    pub(super) async fn to(self, trail: &Trail, client: Option<IpNet>, origin: &Origin) {
        let client = client.map(|client| client.to_string()).unwrap_or_default();
        let began = Timestamp::from_millisecond(self.began).unwrap_or_default();
        trail
            .0
            .client_refused(&client, began, self.times, origin)
            .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(number: u32) -> IpNet {
        IpNet::from(std::net::IpAddr::from(number.to_be_bytes()))
    }

    #[test]
    fn a_flood_is_told_by_powers_of_ten_and_all_of_it_counts() {
        let refusals = Refusals::default();
        let told: Vec<Tell> = (0..25_000)
            .filter_map(|now| refusals.count(Some(client(1)), now))
            .collect();
        let times: Vec<u64> = told.iter().map(|tell| tell.times).collect();
        assert_eq!(times, [1, 9, 90, 900, 9000]);
        assert!(told.iter().all(|tell| tell.began == 0));
        let later = Tell {
            began: EPISODE,
            times: 1,
        };
        assert_eq!(refusals.count(Some(client(1)), EPISODE), Some(later));
    }

    #[test]
    fn a_crowd_has_so_many_events_an_hour() {
        let refusals = Refusals::default();
        let told = |from: u32, now: i64| {
            let clients = from..from + 10_000;
            clients
                .filter_map(|number| refusals.count(Some(client(number)), now))
                .count()
        };
        assert_eq!(told(0, 0), MAX_CLIENTS);
        assert_eq!(told(20_000, EPISODE - 1), 0);
        assert_eq!(told(40_000, EPISODE), MAX_CLIENTS);
        assert!(refusals.0.lock().unwrap().len() <= MAX_CLIENTS);
        // If the clock is set back, counting starts again, and updates don't stop for long.
        assert_eq!(told(60_000, -EPISODE), MAX_CLIENTS);
    }
}
