//! Delivery attempts, by kind, receiver and outcome.

use super::cells::Counter;
use super::logins::labels;
use super::table::{Table, hash};

/// The maximum number of queues: more than anybody configures. Attempts beyond it aren't counted.
const MAX_QUEUES: usize = 128;

labels! {
    /// How a delivery attempt ended.
    Outcome {
        /// The message was sent.
        Sent = "sent",
        /// The message will be tried again.
        Retry = "retry",
        /// The message was given up.
        Failed = "failed",
    }
}

const OUTCOMES: usize = Outcome::TEXTS.len();

/// Delivery attempts.
#[derive(Debug)]
pub struct Deliveries {
    queues: Table<(&'static str, Box<str>), [Counter; OUTCOMES]>,
}

impl Default for Deliveries {
    fn default() -> Self {
        Self {
            queues: Table::of(MAX_QUEUES),
        }
    }
}

impl Deliveries {
    /// Counts a delivery attempt. The receiver is a URL from the settings; empty for email and SMS.
    pub fn count(&self, kind: &'static str, receiver: &str, outcome: Outcome) {
        let receiver = site(receiver);
        let counted = self.queues.entry(
            hash(receiver) ^ kind.len() as u64,
            |(of, held)| *of == kind && **held == *receiver,
            || {
                (
                    (kind, receiver.into()),
                    std::array::from_fn(|_| Counter::default()),
                )
            },
        );
        if let Some(outcomes) = counted {
            outcomes[outcome as usize].count();
        }
    }

    /// Returns kind, receiver's host, outcome and count.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, &str, &'static str, u64)> {
        self.queues.iter().flat_map(|((kind, receiver), outcomes)| {
            let outcomes = Outcome::TEXTS.iter().zip(outcomes);
            outcomes.map(|(outcome, count)| (*kind, &**receiver, *outcome, count.value()))
        })
    }
}

/// Returns the host and port of a receiver's URL. Its path and query may contain a secret.
pub(super) fn site(url: &str) -> &str {
    let (_, rest) = url.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_is_named_by_its_host_alone() {
        for (url, host) in [
            (
                "https://user:canary@a.example:8443/canary?x=canary",
                "a.example:8443",
            ),
            ("https://a.example?canary@b.example", "a.example"),
            ("http://[2001:db8::1]:80/", "[2001:db8::1]:80"),
            ("", ""),
        ] {
            assert_eq!(site(url), host);
        }
    }

    #[test]
    fn receivers_of_one_host_are_one() {
        let deliveries = Deliveries::default();
        deliveries.count("webhook", "https://a.example/1", Outcome::Sent);
        deliveries.count("webhook", "https://a.example/2", Outcome::Sent);
        deliveries.count("email", "", Outcome::Retry);
        let all: Vec<_> = deliveries.all().filter(|(.., count)| *count > 0).collect();
        assert_eq!(all.len(), 2);
        assert!(all.contains(&("webhook", "a.example", "sent", 2)));
        assert!(all.contains(&("email", "", "retry", 1)));
    }
}
