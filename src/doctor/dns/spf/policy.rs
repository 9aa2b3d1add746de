//! A record with all it leads to: includes followed, names resolved, look-ups counted as a receiver counts them.

use std::net::IpAddr;
use std::pin::Pin;

use ipnet::IpNet;

use super::record::{self, Domain, Lengths, Mechanism, Qualifier, Record};
use crate::doctor::dns::{Resolver, Trouble};

/// A receiver stops after so many (RFC 7208 §4.6.4).
pub(super) const MOST_LOOKUPS: usize = 10;
/// A receiver stops after so many that found nothing.
pub(super) const MOST_VOIDS: usize = 2;
/// A receiver looks at so many hosts of one `mx`.
const MOST_HOSTS: usize = 10;
/// We stop after so many: it is clear by then.
const ENOUGH: usize = 30;

/// A record, its names resolved.
#[derive(Debug, Default)]
pub(super) struct Policy {
    steps: Vec<Step>,
    redirect: Option<Box<Policy>>,
}

#[derive(Debug)]
struct Step {
    qualifier: Qualifier,
    matcher: Matcher,
}

#[derive(Debug)]
enum Matcher {
    Everybody,
    Networks(Vec<IpNet>),
    Included(Box<Policy>),
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
        let mut is_sure = true;
        for step in &self.steps {
            let matches = match &step.matcher {
                Matcher::Everybody => true,
                Matcher::Networks(networks) => networks.iter().any(|network| network.contains(&ip)),
                Matcher::Included(policy) => match policy.outcome(ip) {
                    Outcome::Pass => true,
                    Outcome::NoPass => false,
                    Outcome::Unknown => {
                        is_sure = false;
                        false
                    }
                },
                Matcher::Unknown => {
                    is_sure = false;
                    false
                }
            };
            if matches {
                return match step.qualifier {
                    Qualifier::Pass => Outcome::Pass,
                    _ if is_sure => Outcome::NoPass,
                    _ => Outcome::Unknown,
                };
            }
        }
        match &self.redirect {
            Some(redirect) => match redirect.outcome(ip) {
                Outcome::NoPass if !is_sure => Outcome::Unknown,
                outcome => outcome,
            },
            None if is_sure => Outcome::NoPass,
            None => Outcome::Unknown,
        }
    }
}

/// What was met on the way through a record and all it leads to.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Look-ups as a receiver counts them.
    pub(super) lookups: usize,
    /// The terms of the first record, with what each costs.
    pub(super) costs: Vec<(String, usize)>,
    /// The names that had nothing.
    pub(super) voids: Vec<String>,
    /// Every domain that is included or redirected to.
    pub(super) included: Vec<String>,
    /// What a receiver stops at: the term of the first record that leads there, and why.
    pub(super) faults: Vec<(String, String)>,
    /// A term that is not to be used any more.
    pub(super) has_ptr: bool,
    /// A question that got no answer: the name, and why.
    pub(super) trouble: Option<(String, Trouble)>,
    /// The domains that are being followed, from the first one.
    path: Vec<String>,
    /// The term of the first record that is being followed.
    origin: String,
}

type Following<'a> = Pin<Box<dyn Future<Output = Policy> + Send + 'a>>;

impl Walk {
    /// Follows the record of a domain.
    pub(super) fn follow<'a>(
        &'a mut self,
        resolver: &'a dyn Resolver,
        domain: &'a str,
        record: &'a Record,
    ) -> Following<'a> {
        Box::pin(async move {
            self.path.push(domain.to_owned());
            let is_first = self.path.len() == 1;
            let mut policy = Policy::default();
            for term in &record.terms {
                let before = self.lookups;
                if is_first {
                    self.origin.clone_from(&term.text);
                }
                let matcher = self.matcher(resolver, domain, &term.mechanism).await;
                let cost = self.lookups - before;
                if is_first && cost > 0 {
                    self.costs.push((term.text.clone(), cost));
                }
                policy.steps.push(Step {
                    qualifier: term.qualifier,
                    matcher,
                });
                if self.trouble.is_some() || self.lookups > ENOUGH {
                    break;
                }
            }
            if let Some(redirect) = &record.redirect {
                let before = self.lookups;
                if is_first {
                    "redirect".clone_into(&mut self.origin);
                }
                match self.included(resolver, redirect).await {
                    Matcher::Included(redirect) => policy.redirect = Some(redirect),
                    matcher => policy.steps.push(Step {
                        qualifier: Qualifier::Pass,
                        matcher,
                    }),
                }
                if is_first {
                    self.costs
                        .push(("redirect".to_owned(), self.lookups - before));
                }
            }
            self.path.pop();
            policy
        })
    }

    async fn matcher(
        &mut self,
        resolver: &dyn Resolver,
        domain: &str,
        mechanism: &Mechanism,
    ) -> Matcher {
        match mechanism {
            Mechanism::All => Matcher::Everybody,
            Mechanism::Network(network) => Matcher::Networks(vec![*network]),
            Mechanism::Ptr => {
                self.lookups += 1;
                self.has_ptr = true;
                Matcher::Unknown
            }
            Mechanism::Include(included) => self.included(resolver, included).await,
            Mechanism::Exists(name) => {
                self.lookups += 1;
                match name {
                    Domain::Computed => Matcher::Unknown,
                    // Any address will do: then it matches every mail.
                    Domain::Named(name) => match self.addresses(resolver, name).await {
                        addresses if addresses.is_empty() => Matcher::Networks(Vec::new()),
                        _ => Matcher::Everybody,
                    },
                }
            }
            Mechanism::A(name, lengths) => {
                self.lookups += 1;
                match name_or(name.as_ref(), domain) {
                    None => Matcher::Unknown,
                    Some(name) => {
                        let addresses = self.addresses(resolver, name).await;
                        Matcher::Networks(around(&addresses, *lengths))
                    }
                }
            }
            Mechanism::Mx(name, lengths) => {
                self.lookups += 1;
                match name_or(name.as_ref(), domain) {
                    None => Matcher::Unknown,
                    Some(name) => self.exchangers(resolver, name, *lengths).await,
                }
            }
        }
    }

    /// The addresses of a name; one that has none was asked in vain.
    async fn addresses(&mut self, resolver: &dyn Resolver, name: &str) -> Vec<IpAddr> {
        let answer = resolver.addresses(name).await;
        self.found(name, answer)
    }

    async fn exchangers(
        &mut self,
        resolver: &dyn Resolver,
        name: &str,
        lengths: Lengths,
    ) -> Matcher {
        let answer = resolver.mx(name).await;
        let hosts = self.found(name, answer);
        if hosts.len() > MOST_HOSTS {
            let why = format!(
                "{name} has {} mail exchangers, and receivers stop at {MOST_HOSTS}",
                hosts.len()
            );
            self.faults.push((self.origin.clone(), why));
        }
        let mut networks = Vec::new();
        for host in hosts.iter().take(MOST_HOSTS) {
            let addresses = match resolver.addresses(host).await {
                Err(Trouble::NoSuchName) => Vec::new(),
                answer => self.found(host, answer),
            };
            networks.extend(around(&addresses, lengths));
        }
        Matcher::Networks(networks)
    }

    fn found<T>(&mut self, name: &str, answer: Result<Vec<T>, Trouble>) -> Vec<T> {
        let found = match answer {
            Ok(found) => found,
            Err(Trouble::NoSuchName) => Vec::new(),
            Err(trouble) => {
                self.trouble = Some((name.to_owned(), trouble));
                return Vec::new();
            }
        };
        if found.is_empty() {
            self.voids.push(name.to_owned());
        }
        found
    }

    async fn included(&mut self, resolver: &dyn Resolver, domain: &Domain) -> Matcher {
        self.lookups += 1;
        let Domain::Named(domain) = domain else {
            return Matcher::Unknown;
        };
        self.included.push(domain.clone());
        if self.path.contains(domain) {
            self.fault(format!("{domain} is included by itself, without end"));
            return Matcher::Unknown;
        }
        let texts = match resolver.txt(domain).await {
            Ok(texts) => texts,
            Err(Trouble::NoSuchName) => {
                self.voids.push(domain.clone());
                self.fault(format!("{domain} does not exist (NXDOMAIN)"));
                return Matcher::Unknown;
            }
            Err(trouble) => {
                self.trouble = Some((domain.clone(), trouble));
                return Matcher::Unknown;
            }
        };
        let records: Vec<&String> = texts.iter().filter(|text| record::is_spf(text)).collect();
        match records.as_slice() {
            [text] => match record::parse(text) {
                Ok(record) => {
                    let policy = self.follow(resolver, domain, &record).await;
                    return Matcher::Included(Box::new(policy));
                }
                Err(faults) => {
                    let (term, why) = &faults[0];
                    self.fault(format!("in the SPF record of {domain}, {term} {why}"));
                }
            },
            [] => {
                if texts.is_empty() {
                    self.voids.push(domain.clone());
                }
                self.fault(format!("{domain} has no SPF record"));
            }
            records => self.fault(format!("{domain} has {} SPF records", records.len())),
        }
        Matcher::Unknown
    }

    fn fault(&mut self, why: String) {
        self.faults.push((self.origin.clone(), why));
    }
}

fn name_or<'a>(name: Option<&'a Domain>, own: &'a str) -> Option<&'a str> {
    match name {
        None => Some(own),
        Some(Domain::Named(name)) => Some(name),
        Some(Domain::Computed) => None,
    }
}

fn around(addresses: &[IpAddr], lengths: Lengths) -> Vec<IpNet> {
    let networks = addresses.iter().filter_map(|ip| lengths.around(*ip));
    networks.collect()
}
