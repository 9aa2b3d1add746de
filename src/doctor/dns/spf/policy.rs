//! What an SPF record, its names resolved, says of an address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::record::Qualifier;

/// A record, its names resolved.
#[derive(Debug, Default, Clone)]
pub(super) struct Policy {
    pub(super) steps: Vec<Step>,
    pub(super) redirect: Option<Box<Policy>>,
}

#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) qualifier: Qualifier,
    pub(super) matcher: Matcher,
    /// The term as it is written.
    pub(super) text: String,
}

#[derive(Debug, Clone)]
pub(super) enum Matcher {
    Everybody,
    Networks(Vec<IpNet>),
    Included(Policy),
    /// It depends on more than an address.
    Unknown,
}

/// What a policy says of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It may send.
    Pass,
    /// It may not, or nothing is said.
    NoPass,
    /// A receiver alone can tell: macros or reverse names decide.
    Unknown,
}

impl Policy {
    pub(super) fn outcome(&self, ip: IpAddr) -> Outcome {
        // Whether a term that is not decided here might let pass, and whether one might refuse.
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

    /// How much of the Internet may send, in hundredths: of IPv4 or of IPv6, whichever is more.
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

    /// Whether so much of the Internet may send that nobody is kept out.
    pub(super) fn is_open(&self) -> bool {
        self.breadth() >= OPEN
    }

    /// The term that lets in the most.
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

    /// The networks that may send, as far as the record names any.
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

/// From this share on, in hundredths, a record keeps nobody out: `0.0.0.0/2` is enough.
const OPEN: usize = 25;

/// One public address in each network of eight bits.
fn probes_v4() -> Vec<IpAddr> {
    let first = (1..224).filter(|first| !matches!(first, 10 | 127));
    let probes = first.map(|first| IpAddr::V4(Ipv4Addr::new(first, 77, 88, 99)));
    probes.collect()
}

/// Addresses all over what is given out of IPv6 (`2000::/3`).
fn probes_v6() -> Vec<IpAddr> {
    let first = (0x2000..0x4000).step_by(0x80).map(|first| first + 0x11);
    let probes = first.map(|first| IpAddr::V6(Ipv6Addr::new(first, 0x77, 0, 0, 0, 0, 0, 0x99)));
    probes.collect()
}
