//! Evaluates an SPF record with resolved names for an IP address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::record::Qualifier;

/// A record with resolved names.
#[derive(Debug, Default, Clone)]
pub(super) struct Policy {
    pub(super) steps: Vec<Step>,
    pub(super) redirect: Option<Box<Policy>>,
}

#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) qualifier: Qualifier,
    pub(super) matcher: Matcher,
    /// The term as written.
    pub(super) text: String,
}

#[derive(Debug, Clone)]
pub(super) enum Matcher {
    Everybody,
    Networks(Vec<IpNet>),
    Included(Policy),
    /// The result depends on more than the IP address.
    Unknown,
}

/// The result for an IP address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The address may send.
    Pass,
    /// The address may not send, or the record doesn't say.
    NoPass,
    /// Only a receiver can tell, because macros or reverse DNS decide.
    Unknown,
}

impl Policy {
    pub(super) fn outcome(&self, ip: IpAddr) -> Outcome {
        // Whether an undecided term might pass, and whether one might refuse.
        let (mut may_pass, mut may_refuse) = (false, false);
        let outcome = |passes: bool, may_pass: bool, may_refuse: bool| match passes {
            true if !may_refuse => Outcome::Pass,
            false if !may_pass => Outcome::NoPass,
            _ => Outcome::Unknown,
        };
        for step in &self.steps {
            let is_pass = step.qualifier == Qualifier::Pass;
            let matches = match &step.matcher {
                Matcher::Everybody => Outcome::Pass,
                Matcher::Networks(networks) => {
                    if networks.iter().any(|network| network.contains(&ip)) {
                        Outcome::Pass
                    } else {
                        Outcome::NoPass
                    }
                }
                Matcher::Included(policy) => policy.outcome(ip),
                Matcher::Unknown => Outcome::Unknown,
            };
            match matches {
                Outcome::Pass => return outcome(is_pass, may_pass, may_refuse),
                Outcome::NoPass => {}
                Outcome::Unknown if is_pass => may_pass = true,
                Outcome::Unknown => may_refuse = true,
            }
        }
        match self.redirect.as_ref().map(|policy| policy.outcome(ip)) {
            Some(Outcome::Unknown) => Outcome::Unknown,
            redirected => outcome(redirected == Some(Outcome::Pass), may_pass, may_refuse),
        }
    }

    /// Returns the share of the Internet that may send, in percent: of IPv4 or IPv6, whichever is larger.
    fn breadth(&self) -> usize {
        let share = |probes: Vec<IpAddr>| {
            let passing = probes
                .iter()
                .filter(|ip| self.outcome(**ip) == Outcome::Pass)
                .count();
            passing * 100 / probes.len()
        };
        share(probes_v4()).max(share(probes_v6()))
    }

    /// Returns whether the record allows so much of the Internet that it excludes nobody.
    pub(super) fn is_open(&self) -> bool {
        self.breadth() >= OPEN
    }

    /// Returns the term that allows the most addresses.
    pub(super) fn widest(&self) -> Option<&str> {
        let alone = |step: &Step| {
            let policy = Self {
                steps: vec![step.clone()],
                redirect: None,
            };
            policy.breadth()
        };
        let redirect = self
            .redirect
            .iter()
            .map(|policy| (policy.breadth(), "redirect"));
        let steps = self
            .steps
            .iter()
            .map(|step| (alone(step), step.text.as_str()));
        let widest = steps.chain(redirect).max_by_key(|(breadth, _)| *breadth);
        widest
            .filter(|(breadth, _)| *breadth > 0)
            .map(|(_, text)| text)
    }

    /// Returns the networks that may send, as far as the record lists them.
    pub(super) fn networks(&self) -> Vec<IpNet> {
        let passing = self
            .steps
            .iter()
            .filter(|step| step.qualifier == Qualifier::Pass);
        let mut networks: Vec<IpNet> = passing
            .flat_map(|step| match &step.matcher {
                Matcher::Networks(networks) => networks.clone(),
                Matcher::Included(policy) => policy.networks(),
                Matcher::Everybody | Matcher::Unknown => Vec::new(),
            })
            .collect();
        networks.extend(self.redirect.iter().flat_map(|policy| policy.networks()));
        networks
    }
}

/// From this share on, in percent, a record excludes nobody: `0.0.0.0/2` is enough.
const OPEN: usize = 25;

/// Returns one public address in each network with an 8-bit prefix.
fn probes_v4() -> Vec<IpAddr> {
    let first = (1..224).filter(|first| !matches!(first, 10 | 127));
    let probes = first.map(|first| IpAddr::V4(Ipv4Addr::new(first, 77, 88, 99)));
    probes.collect()
}

/// Returns addresses from all parts of the allocated IPv6 space (`2000::/3`).
fn probes_v6() -> Vec<IpAddr> {
    let first = (0x2000..0x4000).step_by(0x80).map(|first| first + 0x11);
    let probes = first.map(|first| IpAddr::V6(Ipv6Addr::new(first, 0x77, 0, 0, 0, 0, 0, 0x99)));
    probes.collect()
}
