//! Requests, by method and route, with their statuses and durations.

use std::time::Duration;

use super::cells::{Counter, Histogram, Scale};
use super::table::{Table, hash};

/// In microseconds: from a millisecond to half a minute, the default time limit of a request.
static SCALE: Scale = Scale {
    bounds: &[
        1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
        5_000_000, 10_000_000, 30_000_000,
    ],
    step: 1e-6,
};

/// The maximum number of routes: more than regstack has. Routes of a host application aren't counted.
const MAX_ROUTES: usize = 512;

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// The statuses that are counted separately, in order; others count as `other`.
const STATUSES: [u16; 34] = [
    200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 408, 409,
    410, 411, 412, 413, 414, 415, 416, 422, 429, 431, 500, 501, 502, 503, 504,
];
const OTHER: usize = STATUSES.len();
const CLIENT_LEFT: usize = OTHER + 1;

/// Requests by route.
#[derive(Debug)]
pub struct Requests {
    routes: Table<(&'static str, Box<str>), Route>,
}

#[derive(Debug)]
struct Route {
    statuses: [Counter; CLIENT_LEFT + 1],
    times: Histogram,
}

impl Route {
    fn new() -> Self {
        Self {
            statuses: std::array::from_fn(|_| Counter::default()),
            times: Histogram::new(&SCALE),
        }
    }
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            routes: Table::of(MAX_ROUTES),
        }
    }
}

impl Requests {
    /// Counts a request for a route, which is a template rather than a path. Without a status, the client disconnected
    /// before the response.
    pub fn count(&self, method: &str, route: &str, status: Option<u16>, took: Duration) {
        let method = METHODS.iter().find(|known| **known == method);
        let method = method.copied().unwrap_or("other");
        let entry = self.routes.entry(
            hash(route) ^ method.len() as u64,
            |(of, held)| *of == method && **held == *route,
            || ((method, route.into()), Route::new()),
        );
        let Some(counted) = entry else { return };
        counted.times.observe_time(took);
        let status = status.map_or(CLIENT_LEFT, |status| {
            STATUSES.binary_search(&status).unwrap_or(OTHER)
        });
        counted.statuses[status].count();
    }

    /// Returns method, route, status and count of all responses.
    pub(super) fn answers(&self) -> impl Iterator<Item = ([&str; 2], String, u64)> {
        self.routes.iter().flat_map(|((method, route), counted)| {
            let statuses = counted.statuses.iter().enumerate();
            let occurred = statuses.filter(|(_, count)| count.value() > 0);
            occurred.map(|(at, count)| {
                let status = match (STATUSES.get(at), at) {
                    (Some(status), _) => status.to_string(),
                    (None, OTHER) => "other".to_owned(),
                    (None, _) => "client_left".to_owned(),
                };
                ([*method, &**route], status, count.value())
            })
        })
    }

    /// Returns method, route and durations.
    pub(super) fn times(&self) -> impl Iterator<Item = ([&str; 2], &Histogram)> {
        self.routes
            .iter()
            .map(|((method, route), counted)| ([*method, &**route], &counted.times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_clients_send_the_number_of_series_is_bounded() {
        let requests = Requests::default();
        for number in 0..10_000_u16 {
            let (method, status) = (format!("METHOD{number}"), number);
            requests.count(&method, "(none)", Some(status), Duration::from_millis(3));
        }
        requests.count("GET", "/me", None, Duration::ZERO);
        assert_eq!(requests.times().count(), 2);
        let answers: Vec<_> = requests.answers().collect();
        assert_eq!(answers.len(), STATUSES.len() + 2);
        assert!(
            answers
                .iter()
                .all(|([method, _], ..)| ["GET", "other"].contains(method))
        );
        assert!(answers.contains(&(["GET", "/me"], "client_left".to_owned(), 1)));
        let counted: u64 = answers.iter().map(|(.., count)| count).sum();
        assert_eq!(counted, 10_001);
    }

    #[test]
    fn the_statuses_are_in_order() {
        assert!(STATUSES.is_sorted());
    }
}
