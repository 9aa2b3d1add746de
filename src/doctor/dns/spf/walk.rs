//! Walks through a record and all records it refers to, counting look-ups and limits like a receiver.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::facts::{Answers, Facts, Questions};
use super::name::Domain;
use super::policy::{Matcher, Policy, Step};
use super::record::{self, Lengths, Mechanism, Qualifier, Record, Term};
use crate::doctor::dns::{Resolver, Trouble};

/// The number of look-ups after which a receiver stops (RFC 7208 §4.6.4).
pub(super) const MAX_LOOKUPS: usize = 10;
/// The number of look-ups without a result after which a receiver stops.
pub(super) const MAX_VOIDS: usize = 2;
/// The number of hosts of one `mx` after which a receiver stops.
const MAX_HOSTS: usize = 10;
/// More rounds than any record needs that receivers can evaluate.
const MAX_ROUNDS: usize = 14;
/// We stop after this many look-ups, because the result is clear.
const ENOUGH: usize = 30;

/// The result of a walk.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// The number of look-ups, as a receiver counts them.
    pub(super) lookups: usize,
    /// The terms of the first record, with the number of look-ups of each.
    pub(super) costs: Vec<(String, usize)>,
    /// The names without a result, with the term of the first record that leads there.
    pub(super) voids: Vec<(String, String)>,
    /// All domains whose record counts as part of this one: included by terms that pass, or redirected to.
    pub(super) included: Vec<String>,
    /// Errors at which a receiver stops: the term of the first record that leads there, and the reason.
    pub(super) faults: Vec<(String, String)>,
    /// Whether there is a `ptr` term, which is deprecated.
    pub(super) has_ptr: bool,
    /// Whether a name depends on the mail.
    pub(super) has_macros: bool,
    /// A query that failed, with its name.
    pub(super) trouble: Option<(String, Trouble)>,
    /// The record with resolved names.
    pub(super) policy: Policy,
    /// The queries that are needed to continue.
    open_questions: Questions,
    /// The domains on the current path, starting with the first.
    path: Vec<String>,
    /// The term of the first record that leads to the current one.
    origin: String,
    /// Whether a match here passes.
    is_passing: bool,
}

impl Walk {
    /// Walks through the record of a domain completely, and makes the queries that it needs.
    pub(super) async fn to_the_end(
        facts: &mut Facts,
        resolver: &dyn Resolver,
        domain: &str,
        record: &Record,
    ) -> Self {
        for _ in 0..MAX_ROUNDS {
            let walk = Self::over(facts, domain, record);
            if walk.open_questions == Questions::default() {
                return walk;
            }
            facts.ask(resolver, walk.open_questions).await;
        }
        Self::over(facts, domain, record)
    }

    /// Walks through the record of a domain as far as the known answers go.
    pub(super) fn over(facts: &Facts, domain: &str, record: &Record) -> Self {
        let mut walk = Self {
            is_passing: true,
            ..Self::default()
        };
        walk.policy = walk.follow(facts, domain, record);
        walk
    }

    fn follow(&mut self, facts: &Facts, domain: &str, record: &Record) -> Policy {
        self.path.push(domain.to_owned());
        let was_passing = self.is_passing;
        let mut policy = Policy::default();
        for term in &record.terms {
            self.is_passing = was_passing && term.qualifier == Qualifier::Pass;
            let matcher = self.counted(&term.text, |walk| walk.matcher(facts, domain, term));
            policy.steps.push(Step {
                qualifier: term.qualifier,
                matcher,
                text: term.text.clone(),
            });
            if self.trouble.is_some() || self.lookups > ENOUGH {
                break;
            }
        }
        self.is_passing = was_passing;
        if let Some((redirect, text)) = &record.redirect
            && self.trouble.is_none()
        {
            match self.counted(text, |walk| walk.included(facts, redirect)) {
                Matcher::Included(redirect) => policy.redirect = Some(Box::new(redirect)),
                matcher => policy.steps.push(Step {
                    qualifier: Qualifier::Pass,
                    matcher,
                    text: text.clone(),
                }),
            }
        }
        self.path.pop();
        policy
    }

    /// Records the number of look-ups of a term of the first record.
    fn counted<T>(&mut self, text: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        if self.path.len() > 1 {
            return work(self);
        }
        text.clone_into(&mut self.origin);
        let before = self.lookups;
        let done = work(self);
        if self.lookups > before {
            self.costs.push((text.to_owned(), self.lookups - before));
        }
        done
    }

    fn matcher(&mut self, facts: &Facts, domain: &str, term: &Term) -> Matcher {
        let mut named = |name: Option<&Domain>| {
            self.lookups += 1;
            self.named(name, domain)
        };
        match &term.mechanism {
            Mechanism::All => Matcher::Everybody,
            Mechanism::Network(network) => Matcher::Networks(vec![*network]),
            Mechanism::Ptr => {
                self.lookups += 1;
                self.has_ptr = true;
                Matcher::Unknown
            }
            Mechanism::Include(included) => self.included(facts, included),
            Mechanism::Exists(name) => match named(Some(name)) {
                // Any IPv4 address is a match, whoever sends, so the term matches every mail.
                Some(name) if self.addresses(facts, &name).iter().any(IpAddr::is_ipv4) => {
                    Matcher::Everybody
                }
                Some(_) => Matcher::Networks(Vec::new()),
                None => Matcher::Unknown,
            },
            Mechanism::A(name, lengths) => match named(name.as_ref()) {
                Some(name) => Matcher::Networks(around(&self.addresses(facts, &name), *lengths)),
                None => Matcher::Unknown,
            },
            Mechanism::Mx(name, lengths) => match named(name.as_ref()) {
                Some(name) => self.exchangers(facts, &name, *lengths),
                None => Matcher::Unknown,
            },
        }
    }

    /// Returns the name that a term refers to, or `None` if it contains macros.
    fn named(&mut self, name: Option<&Domain>, own: &str) -> Option<String> {
        match name {
            None => Some(own.to_owned()),
            Some(Domain::Named(name)) => Some(name.clone()),
            Some(Domain::Computed) => {
                self.has_macros = true;
                None
            }
        }
    }

    /// Returns the addresses of a name. A name without any counts as a look-up without a result.
    fn addresses(&mut self, facts: &Facts, name: &str) -> Vec<IpAddr> {
        self.found(name, &facts.addresses, |open| &mut open.addresses)
    }

    fn exchangers(&mut self, facts: &Facts, name: &str, lengths: Lengths) -> Matcher {
        let mut hosts = self.found(name, &facts.exchangers, |open| &mut open.exchangers);
        // A null MX (RFC 7505) names no host.
        hosts.retain(|host| !host.is_empty());
        if hosts.len() > MAX_HOSTS {
            self.fault(format!(
                "{name} has {} mail exchangers, and receivers stop at {MAX_HOSTS}",
                hosts.len()
            ));
        }
        let mut networks = Vec::new();
        for host in hosts.iter().take(MAX_HOSTS) {
            networks.extend(around(&self.addresses(facts, host), lengths));
        }
        Matcher::Networks(networks)
    }

    fn found<T: Clone>(
        &mut self,
        name: &str,
        answers: &Answers<T>,
        open: fn(&mut Questions) -> &mut BTreeSet<String>,
    ) -> Vec<T> {
        let found = match answers.get(name) {
            None => {
                open(&mut self.open_questions).insert(name.to_owned());
                return Vec::new();
            }
            Some(Ok(found)) => found.clone(),
            Some(Err(Trouble::NoSuchName)) => Vec::new(),
            Some(Err(trouble)) => {
                self.trouble = Some((name.to_owned(), trouble.clone()));
                return Vec::new();
            }
        };
        if found.is_empty() {
            self.voids.push((name.to_owned(), self.origin.clone()));
        }
        found
    }

    fn included(&mut self, facts: &Facts, domain: &Domain) -> Matcher {
        self.lookups += 1;
        let Some(domain) = self.named(Some(domain), "") else {
            return Matcher::Unknown;
        };
        if self.path.contains(&domain) {
            self.fault(format!("{domain} includes itself endlessly"));
            return Matcher::Unknown;
        }
        let answer = match facts.texts.get(&domain) {
            Some(Err(Trouble::NoSuchName)) => {
                self.fault(format!("{domain} does not exist (NXDOMAIN)"));
                return Matcher::Unknown;
            }
            Some(Err(trouble)) => {
                self.trouble = Some((domain, trouble.clone()));
                return Matcher::Unknown;
            }
            Some(Ok(texts)) => texts,
            None => {
                self.open_questions.texts.insert(domain);
                return Matcher::Unknown;
            }
        };
        let records: Vec<&String> = answer.iter().filter(|text| record::is_spf(text)).collect();
        match records.as_slice() {
            [text] => match record::parse(text) {
                Ok(record) => {
                    if self.is_passing {
                        self.included.push(domain.clone());
                    }
                    let was_passing = self.is_passing;
                    let policy = self.follow(facts, &domain, &record);
                    self.is_passing = was_passing;
                    return Matcher::Included(policy);
                }
                Err(faults) => {
                    let (term, why) = &faults[0];
                    self.fault(format!("in the SPF record of {domain}, {term} {why}"));
                }
            },
            [] => self.fault(format!("{domain} has no SPF record")),
            records => self.fault(format!("{domain} has {} SPF records", records.len())),
        }
        Matcher::Unknown
    }

    fn fault(&mut self, why: String) {
        self.faults.push((self.origin.clone(), why));
    }
}

fn around(addresses: &[IpAddr], lengths: Lengths) -> Vec<IpNet> {
    let networks = addresses.iter().filter_map(|ip| lengths.around(*ip));
    networks.collect()
}
