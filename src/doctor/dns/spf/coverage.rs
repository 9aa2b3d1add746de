//! Checks whether a record covers our mail: by the requirements of a known provider, or by the IP addresses of the mail
//! server.

use std::net::IpAddr;

use super::facts::{Facts, Questions};
use super::policy::{Outcome, Policy};
use super::walk::Walk;
use super::{Change, Note, record};
use crate::doctor::dns::provider::{Need, Provider};
use crate::doctor::dns::{Relay, Resolver, Sender, Trouble, is_inside, trouble};
use crate::doctor::{Finding, Status};

/// The SPF term for a sender whose IP address the operator has to find out.
pub(super) const ADDRESS: &str = "ip4:ADDRESS";

/// Returns how an operator can find out which hosts send.
pub(super) fn find_out(host: &str) -> String {
    format!(
        "find out which addresses {host} sends from (ask its operator, or send yourself a message with --send-test and read its Received lines), and list each of them"
    )
}

/// Returns whether mail passes without an SPF record of the sender's domain.
pub(super) fn needs_no_spf(provider: &Provider, has_key: bool) -> bool {
    match provider.need {
        Need::Key => true,
        Need::IncludeOrKey => has_key,
        Need::Include | Need::IncludeAndKey => false,
    }
}

/// Returns the explanation for that.
pub(super) fn by_dkim(provider: &Provider, domain: &str) -> String {
    match provider.envelope {
        Some(name) => format!(
            "the envelope names {name} or a subdomain of yours, and DKIM proves that mail is from {domain}"
        ),
        None => format!("DKIM proves that mail is from {domain}"),
    }
}

pub(super) async fn judged(
    resolver: &dyn Resolver,
    facts: &mut Facts,
    sender: &Sender,
    walk: &Walk,
    has_key: bool,
) -> Result<Option<Note>, Finding> {
    match (sender.provider(), &sender.relay) {
        (Some(provider), _) => {
            Ok(by_provider(resolver, facts, sender, provider, walk, has_key).await)
        }
        (None, Relay::Host(host)) => by_addresses(resolver, sender, host, walk).await.map(Some),
        (None, Relay::Nobody | Relay::Ses) => Ok(None),
    }
}

async fn by_provider(
    resolver: &dyn Resolver,
    facts: &mut Facts,
    sender: &Sender,
    provider: &Provider,
    walk: &Walk,
    has_key: bool,
) -> Option<Note> {
    let domain = &sender.domain;
    let mut included = walk.included.iter();
    if let Some(included) = included.find(|name| provider.is_listed_by(name)) {
        let is_by_host = matches!(sender.relay, Relay::Host(_));
        return is_by_host
            .then(|| Note::ok(format!("covers {}: include:{included}", provider.name)));
    }
    if needs_no_spf(provider, has_key) {
        return Some(Note::ok(format!(
            "{} needs no SPF record of {domain}: {}",
            provider.name,
            by_dkim(provider, domain)
        )));
    }
    let include = provider.include();
    match outcome_of_all(resolver, facts, include, &walk.policy).await {
        Outcome::Pass => {
            return Some(Note::ok(format!(
                "covers {}: every address of {include}",
                provider.name
            )));
        }
        Outcome::Unknown => {
            return Some(undecided(domain, provider.name, walk, &provider.term()));
        }
        Outcome::NoPass => {}
    }
    let who = match &sender.relay {
        Relay::Ses => "email.backend is \"ses\"".to_owned(),
        Relay::Host(host) => format!("email.smtp_host {host} belongs to {}", provider.name),
        Relay::Nobody => return None,
    };
    let status = if provider.need == Need::IncludeAndKey && has_key {
        Status::Warn
    } else {
        Status::Fail
    };
    let add = format!("add {} to the TXT record of {domain}", provider.term());
    Some(Note::mended(
        status,
        format!("v=spf1 does not include {include}, but {who}"),
        add.clone(),
        add,
    ))
}

/// Returns the outcome for all addresses that a provider sends from. Some domains list the addresses instead of
/// including them.
async fn outcome_of_all(
    resolver: &dyn Resolver,
    facts: &mut Facts,
    include: &str,
    policy: &Policy,
) -> Outcome {
    let question = Questions {
        texts: [include.to_owned()].into(),
        ..Questions::default()
    };
    facts.ask(resolver, question).await;
    let Some(Ok(texts)) = facts.texts.get(include) else {
        return Outcome::NoPass;
    };
    let Some(Ok(listed)) = texts
        .iter()
        .find(|text| record::is_spf(text))
        .map(|text| record::parse(text))
    else {
        return Outcome::NoPass;
    };
    let listed = Walk::to_the_end(facts, resolver, include, &listed).await;
    let networks = listed.policy.networks();
    let ends = networks
        .iter()
        .flat_map(|network| [network.network(), network.broadcast()]);
    let mut outcomes: Vec<Outcome> = ends.map(|ip| policy.outcome(ip)).collect();
    outcomes.dedup();
    match outcomes.as_slice() {
        [Outcome::Pass] => Outcome::Pass,
        [] => Outcome::NoPass,
        outcomes if outcomes.contains(&Outcome::NoPass) => Outcome::NoPass,
        _ => Outcome::Unknown,
    }
}

/// Returns the note for a record whose result depends on each mail.
fn undecided(domain: &str, who: &str, walk: &Walk, term: &str) -> Note {
    let by = match (walk.has_macros, walk.has_ptr) {
        (true, true) => "macros and ptr",
        (false, true) => "ptr",
        _ => "macros",
    };
    Note {
        status: Status::Warn,
        detail: format!(
            "whether the SPF record of {domain} covers {who} depends on {by}, for each mail"
        ),
        change: Change::None(format!(
            "send yourself a message with --send-test and look for spf=pass; if it isn't there, add {term}"
        )),
    }
}

async fn by_addresses(
    resolver: &dyn Resolver,
    sender: &Sender,
    host: &str,
    walk: &Walk,
) -> Result<Note, Finding> {
    let domain = &sender.domain;
    let addresses = match host.parse() {
        Ok(ip) => vec![ip],
        Err(_) if host == "localhost" => vec![IpAddr::from([127, 0, 0, 1])],
        Err(_) => match resolver.relay(&host.to_lowercase()).await {
            Ok(addresses) => addresses,
            Err(Trouble::NoSuchName) => Vec::new(),
            Err(kind) => return Err(trouble(host, &kind, "")),
        },
    };
    if addresses.is_empty() {
        return Ok(Note {
            status: Status::Warn,
            detail: format!("email.smtp_host {host} has no address, so SPF can't be checked"),
            change: Change::None("correct email.smtp_host".to_owned()),
        });
    }
    let addresses: Vec<IpAddr> = addresses.iter().map(IpAddr::to_canonical).collect();
    if addresses.iter().all(is_inside) {
        return Ok(Note::ok(format!(
            "{host} is inside your network, so the address its mail is sent from can't be seen from here"
        )));
    }
    let of = |outcome: Outcome| -> Vec<String> {
        let found = addresses
            .iter()
            .filter(|ip| walk.policy.outcome(**ip) == outcome);
        found.map(ToString::to_string).collect()
    };
    let left_out = of(Outcome::NoPass);
    Ok(if !left_out.is_empty() {
        Note {
            status: Status::Warn,
            detail: format!(
                "the SPF record of {domain} doesn't cover email.smtp_host {host} ({}); mail sent from there fails SPF",
                left_out.join(", ")
            ),
            change: Change::With(ADDRESS, find_out(host)),
        }
    } else if of(Outcome::Unknown).is_empty() {
        Note::ok(format!("covers email.smtp_host {host}"))
    } else {
        undecided(
            domain,
            &format!("email.smtp_host {host}"),
            walk,
            "the addresses it sends from",
        )
    })
}
