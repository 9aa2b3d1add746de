//! SPF (RFC 7208): whether receivers let pass what our relay sends in the domain's name, and nobody else's.

mod policy;
mod record;

use std::net::IpAddr;

use self::policy::{MOST_LOOKUPS, MOST_VOIDS, Outcome, Policy, Walk};
use self::record::{Mechanism, Qualifier, Record};
use super::{Finding, Relay, Resolver, Sender, Trouble, publish, trouble};
use crate::doctor::Status;

/// What SES says of itself.
const SES: &str = "amazonses.com";

pub(in crate::doctor) async fn check(resolver: &dyn Resolver, sender: &Sender) -> Vec<Finding> {
    let domain = sender.domain.as_str();
    let suggestion = || publish(domain, &format!("v=spf1 {} ~all", term_for(&sender.relay)));
    let texts = match resolver.txt(domain).await {
        Ok(texts) => texts,
        Err(kind) => {
            return vec![trouble(
                domain,
                &kind,
                format!("register {domain}, or correct email.from_address"),
            )];
        }
    };
    let records: Vec<&str> = texts
        .iter()
        .map(String::as_str)
        .filter(|text| record::is_spf(text))
        .collect();
    let text = match records.as_slice() {
        [] => {
            return vec![Finding::fail(
                format!(
                    "{domain} has no SPF record: receivers cannot tell its mail from forged mail"
                ),
                suggestion(),
            )];
        }
        [text] => *text,
        records => {
            return vec![Finding::fail(
                format!(
                    "{domain} has {} SPF records, and receivers use none of them",
                    records.len()
                ),
                format!("keep one: {}", publish(domain, &merged(records))),
            )];
        }
    };
    let record = match record::parse(text) {
        Ok(record) => record,
        Err(faults) => {
            let terms: Vec<&str> = faults.iter().map(|(term, _)| term.as_str()).collect();
            let without = publish(domain, &without(text, &terms));
            let malformed = |(term, why): &(String, String)| {
                Finding::fail(
                    format!("receivers ignore the SPF record of {domain}: {term} {why}"),
                    format!("correct the term, or without it: {without}"),
                )
            };
            return faults.iter().map(malformed).collect();
        }
    };
    let mut walk = Walk::default();
    let policy = walk.follow(resolver, domain, &record).await;
    if let Some((name, kind)) = &walk.trouble {
        return vec![trouble(name, kind, "")];
    }
    let mut findings = limits(domain, text, &walk);
    findings.extend(default(domain, text, &record));
    findings.extend(coverage(resolver, sender, text, &policy, &walk).await);
    if walk.has_ptr {
        findings.push(Finding::warn(
            "ptr is slow, and many receivers ignore it (RFC 7208 §5.5)",
            format!(
                "name addresses by ip4 and ip6: {}",
                publish(domain, &without(text, &["ptr", "+ptr"]))
            ),
        ));
    }
    if findings
        .iter()
        .any(|finding| finding.status == Status::Fail)
    {
        // What is good in a record that receivers do not use says nothing.
        findings.retain(|finding| finding.status != Status::Ok);
    } else {
        let found = format!("{text}, {} of {MOST_LOOKUPS} look-ups", walk.lookups);
        findings.insert(0, Finding::ok(found));
    }
    findings
}

/// The mechanism that lets a relay pass.
fn term_for(relay: &Relay) -> String {
    match relay {
        Relay::Nobody => "mx".to_owned(),
        Relay::Ses => format!("include:{SES}"),
        Relay::Host(host) => match host.parse() {
            Ok(IpAddr::V4(ip)) => format!("ip4:{ip}"),
            Ok(IpAddr::V6(ip)) => format!("ip6:{ip}"),
            Err(_) => format!("a:{host}"),
        },
    }
}

/// What a receiver stops at.
fn limits(domain: &str, text: &str, walk: &Walk) -> Vec<Finding> {
    let mut findings: Vec<Finding> = walk
        .faults
        .iter()
        .map(|(term, why)| {
            Finding::fail(
                format!("receivers ignore the SPF record of {domain}: {why}"),
                format!(
                    "correct {term}, or without it: {}",
                    publish(domain, &without(text, &[term]))
                ),
            )
        })
        .collect();
    if walk.lookups > MOST_LOOKUPS {
        let mut costs = walk.costs.clone();
        costs.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
        let costs: Vec<String> = costs
            .iter()
            .map(|(term, cost)| format!("{term} {cost}"))
            .collect();
        findings.push(Finding::fail(
            format!(
                "the SPF record of {domain} needs {} look-ups, and receivers stop at {MOST_LOOKUPS}: {}",
                walk.lookups,
                costs.join(", ")
            ),
            "take out what sends no more mail; name addresses by ip4 and ip6 instead of a, mx and include; or send from a subdomain with a record of its own",
        ));
    }
    if walk.voids.len() > MOST_VOIDS {
        findings.push(Finding::fail(
            format!(
                "{} look-ups of the SPF record of {domain} find nothing, and receivers stop at {MOST_VOIDS}: {}",
                walk.voids.len(),
                walk.voids.join(", ")
            ),
            format!("take them out, as far as they are yours: {}", publish(domain, &without_names(text, &walk.voids))),
        ));
    }
    findings
}

/// What the record says of everybody else.
fn default(domain: &str, text: &str, record: &Record) -> Option<Finding> {
    let all = record
        .terms
        .iter()
        .find(|term| term.mechanism == Mechanism::All);
    let Some(all) = all else {
        return record.redirect.is_none().then(|| {
            Finding::warn(
                format!("the SPF record of {domain} has no all: of whom it does not name it says nothing"),
                publish(domain, &format!("{text} ~all")),
            )
        });
    };
    let stricter = || publish(domain, &replaced(text, &all.text, "~all"));
    match all.qualifier {
        Qualifier::Pass => Some(Finding::fail(
            format!(
                "{} in the SPF record of {domain} lets everybody send in its name",
                all.text
            ),
            stricter(),
        )),
        Qualifier::Neutral => Some(Finding::warn(
            format!("?all in the SPF record of {domain} says nothing of forged mail"),
            stricter(),
        )),
        Qualifier::Fail | Qualifier::SoftFail => None,
    }
}

/// Whether what we send passes.
async fn coverage(
    resolver: &dyn Resolver,
    sender: &Sender,
    text: &str,
    policy: &Policy,
    walk: &Walk,
) -> Option<Finding> {
    let domain = &sender.domain;
    let add = || {
        let term = term_for(&sender.relay);
        format!(
            "add {term} to the TXT record of {domain}: {}",
            publish(domain, &with(text, &term))
        )
    };
    match &sender.relay {
        Relay::Nobody => None,
        Relay::Ses => (!walk.included.iter().any(|included| included == SES)).then(|| {
            Finding::fail(
                format!("v=spf1 does not include {SES}, but email.backend is \"ses\""),
                add(),
            )
        }),
        Relay::Host(host) => {
            let addresses = match host.parse() {
                Ok(ip) => vec![ip],
                Err(_) if host == "localhost" => vec![IpAddr::from([127, 0, 0, 1])],
                Err(_) => match resolver.addresses(&host.to_lowercase()).await {
                    Ok(addresses) => addresses,
                    Err(Trouble::NoSuchName) => Vec::new(),
                    Err(kind) => return Some(trouble(host, &kind, "")),
                },
            };
            if addresses.is_empty() {
                return Some(Finding::fail(
                    format!("email.smtp_host {host} has no address"),
                    "correct email.smtp_host",
                ));
            }
            if addresses.iter().all(is_inside) {
                return Some(Finding::ok(format!(
                    "{host} is inside: by which address mail leaves from there cannot be told"
                )));
            }
            Some(judge_addresses(host, domain, &addresses, policy, add))
        }
    }
}

fn judge_addresses(
    host: &str,
    domain: &str,
    addresses: &[IpAddr],
    policy: &Policy,
    add: impl Fn() -> String,
) -> Finding {
    let of = |outcome: Outcome| -> Vec<String> {
        let found = addresses
            .iter()
            .filter(|ip| policy.outcome(**ip) == outcome);
        found.map(ToString::to_string).collect()
    };
    let (left_out, unknown) = (of(Outcome::NoPass), of(Outcome::Unknown));
    if !left_out.is_empty() {
        return Finding::fail(
            format!(
                "the SPF record of {domain} does not cover email.smtp_host {host} ({})",
                left_out.join(", ")
            ),
            add(),
        );
    }
    if unknown.is_empty() {
        Finding::ok(format!("covers email.smtp_host {host}"))
    } else {
        Finding::warn(
            format!(
                "whether the SPF record of {domain} covers email.smtp_host {host} is decided by macros or ptr, with each mail"
            ),
            format!("to be sure, {}", add()),
        )
    }
}

/// Whether an address is of this machine or of a network behind a gateway.
fn is_inside(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// The record with one more mechanism, where it counts.
fn with(text: &str, term: &str) -> String {
    let mut terms: Vec<&str> = text.split(' ').filter(|term| !term.is_empty()).collect();
    let is_last = |text: &&str| is_all(text) || text.to_lowercase().starts_with("redirect=");
    let at = terms.iter().position(is_last).unwrap_or(terms.len());
    terms.insert(at, term);
    terms.join(" ")
}

/// The record without some of its terms.
fn without(text: &str, unwanted: &[&str]) -> String {
    let is_wanted = |term: &&str| {
        let is_redirect =
            unwanted.contains(&"redirect") && term.to_lowercase().starts_with("redirect=");
        !(term.is_empty() || unwanted.contains(term) || is_redirect)
    };
    let terms: Vec<&str> = text.split(' ').filter(is_wanted).collect();
    terms.join(" ")
}

/// The record without the terms that name one of these.
fn without_names(text: &str, names: &[String]) -> String {
    let is_wanted = |term: &&str| {
        let value = term
            .split_once([':', '='])
            .map(|(_, value)| value.to_lowercase());
        let value = value.unwrap_or_default();
        !(term.is_empty()
            || names
                .iter()
                .any(|name| value.split('/').next() == Some(name)))
    };
    let terms: Vec<&str> = text.split(' ').filter(is_wanted).collect();
    terms.join(" ")
}

fn replaced(text: &str, old: &str, new: &str) -> String {
    let terms = text.split(' ').filter(|term| !term.is_empty());
    let terms: Vec<&str> = terms
        .map(|term| if term == old { new } else { term })
        .collect();
    terms.join(" ")
}

fn is_all(term: &str) -> bool {
    let name = term.trim_start_matches(['+', '-', '~', '?']);
    name.eq_ignore_ascii_case("all")
}

/// One record that says what several say.
fn merged(records: &[&str]) -> String {
    let mut terms: Vec<&str> = vec!["v=spf1"];
    for term in records.iter().flat_map(|record| record.split(' ').skip(1)) {
        if !term.is_empty() && !is_all(term) && !terms.contains(&term) {
            terms.push(term);
        }
    }
    let is_strict = records
        .iter()
        .all(|record| record.split(' ').any(|term| term == "-all"));
    terms.push(if is_strict { "-all" } else { "~all" });
    terms.join(" ")
}

#[cfg(test)]
mod tests;
