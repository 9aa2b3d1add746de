//! Checks MX (RFC 5321 §5.1, RFC 7505): whether replies and bounces to the sender are delivered.

use std::net::{IpAddr, Ipv4Addr};

use futures_util::future::join_all;

use super::{Finding, Resolver, Trouble, is_inside, trouble};
use crate::doctor::{Status, counted};

pub(in crate::doctor) async fn check(resolver: &dyn Resolver, domain: &str) -> Vec<Finding> {
    let example =
        format!("publish {domain} MX 10 mail.{domain}, with the host that receives its mail");
    let hosts = match resolver.mx(domain).await {
        Ok(hosts) => hosts,
        Err(kind) => {
            let missing = format!("register {domain}, or correct email.from_address");
            return vec![trouble(domain, &kind, missing)];
        }
    };
    if hosts.is_empty() {
        return vec![without_mx(resolver, domain, example).await];
    }
    if hosts.iter().any(String::is_empty) {
        return vec![Finding::fail(
            format!(
                "{domain} has a null MX (RFC 7505): it accepts no mail, and receivers refuse such senders"
            ),
            example,
        )];
    }
    let judged = join_all(hosts.iter().map(|host| state(resolver, host))).await;
    let found = match judged.into_iter().collect::<Result<Vec<State>, Finding>>() {
        Ok(states) => states,
        Err(finding) => return vec![finding],
    };
    let count = counted(hosts.len() as u64, "host");
    let is_reached = |state: &State| matches!(state, State::Good | State::Alias);
    let status = if found.iter().any(is_reached) {
        Status::Warn
    } else {
        Status::Fail
    };
    let mut findings = Vec::new();
    let mut tell = |wanted: State, fault: &str, remedy: &dyn Fn(&str) -> String| {
        let of_kind = hosts.iter().zip(&found);
        let of_kind = of_kind.filter(|(_, state)| **state == wanted);
        let named: Vec<&str> = of_kind.map(|(host, _)| host.as_str()).collect();
        if let Some(first) = named.first() {
            let named = named.join(", ");
            let detail = format!("of {count} for {domain}, {fault}: {named}");
            findings.push(Finding::new(status, detail, Some(remedy(first))));
        }
    };
    tell(State::Lost, "these have no address", &|host| {
        format!("publish {host} A ADDRESS, or remove it from the MX of {domain}")
    });
    tell(
        State::Inside,
        "these can't be reached from outside",
        &|host| {
            format!("replace {host} in the MX of {domain} with a host that has a public address")
        },
    );
    tell(
        State::Alias,
        "these are aliases (CNAME), which some senders refuse",
        &|host| format!("replace {host} in the MX of {domain} with the host itself"),
    );
    if findings.is_empty() {
        return vec![Finding::ok(format!("{count} for {domain}"))];
    }
    findings
}

/// Judges a domain without MX records, whose own IP address is used instead.
async fn without_mx(resolver: &dyn Resolver, domain: &str, example: String) -> Finding {
    match resolver.addresses(domain).await {
        Ok(addresses) if addresses.iter().any(is_public) => Finding::warn(
            format!("{domain} has no MX: mail to it goes to its own address"),
            example,
        ),
        Ok(addresses) if !addresses.is_empty() => Finding::fail(
            format!(
                "{domain} has no MX, and its own address can't be reached from outside: replies and bounces don't arrive"
            ),
            example,
        ),
        Ok(_) | Err(Trouble::NoSuchName) => Finding::fail(
            format!(
                "{domain} has neither MX nor address: replies and bounces don't arrive, and receivers refuse such senders"
            ),
            example,
        ),
        Err(kind) => trouble(domain, &kind, ""),
    }
}

/// How a mail exchanger can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// Through a CNAME, which the standard forbids (RFC 2181 §10.3).
    Alias,
    /// It has no IP address.
    Lost,
    /// Only through private IP addresses, or the MX record has an IP address instead of a host name.
    Inside,
}

async fn state(resolver: &dyn Resolver, host: &str) -> Result<State, Finding> {
    if host == "localhost" || host.parse::<IpAddr>().is_ok() {
        return Ok(State::Inside);
    }
    let (addresses, alias) = tokio::join!(resolver.addresses(host), resolver.alias(host));
    let is_alias = alias.is_ok_and(|names| !names.is_empty());
    match addresses {
        Ok(addresses) if addresses.is_empty() => Ok(State::Lost),
        Ok(addresses) if !addresses.iter().any(is_public) => Ok(State::Inside),
        Ok(_) if is_alias => Ok(State::Alias),
        Ok(_) => Ok(State::Good),
        Err(Trouble::NoSuchName) => Ok(State::Lost),
        Err(kind) => Err(trouble(host, &kind, "")),
    }
}

pub(super) fn is_public(ip: &IpAddr) -> bool {
    let ip = ip.to_canonical();
    let is_broadcast = ip == IpAddr::V4(Ipv4Addr::BROADCAST);
    !(is_inside(&ip) || ip.is_unspecified() || ip.is_multicast() || is_broadcast)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::dns::tests::{Zone, told};

    #[tokio::test]
    async fn answers_to_the_sender_must_reach_somebody() {
        for (records, wanted) in [
            (
                &[("d.example", "mx m.example"), ("m.example", "a 192.0.2.1")][..],
                "ok 1 host for d.example",
            ),
            (
                &[("d.example", "a 192.0.2.1")],
                "warn d.example has no MX: mail to it goes to its own address -> publish d.example MX 10",
            ),
            (
                &[("d.example", "txt x")],
                "fail d.example has neither MX nor address",
            ),
            (
                &[("d.example", "mx ")],
                "fail d.example has a null MX (RFC 7505)",
            ),
            (
                &[("d.example", "mx m.example")],
                "fail of 1 host for d.example, these have no address: m.example -> publish m.example A",
            ),
            (
                &[
                    ("d.example", "mx m.example"),
                    ("d.example", "mx n.example"),
                    ("n.example", "a 192.0.2.1"),
                ],
                "warn of 2 hosts for d.example, these have no address: m.example",
            ),
            (
                &[("d.example", "a 127.0.0.1")],
                "fail d.example has no MX, and its own address can't be reached from outside",
            ),
            (
                &[("d.example", "mx localhost")],
                "fail of 1 host for d.example, these can't be reached from outside: localhost -> replace localhost in the MX of d.example with a host",
            ),
            (
                &[("d.example", "mx 192.0.2.1")],
                "fail of 1 host for d.example, these can't be reached from outside: 192.0.2.1",
            ),
            (
                &[
                    ("d.example", "mx m.example"),
                    ("d.example", "mx n.example"),
                    ("m.example", "a 10.0.0.1"),
                    ("m.example", "a fd00::1"),
                    ("n.example", "a 192.0.2.1"),
                ],
                "warn of 2 hosts for d.example, these can't be reached from outside: m.example",
            ),
            (
                &[
                    ("d.example", "mx m.example"),
                    ("m.example", "cname n.example"),
                    ("m.example", "a 192.0.2.1"),
                ],
                "warn of 1 host for d.example, these are aliases (CNAME), which some senders refuse: m.example",
            ),
            (
                &[],
                "fail d.example does not exist (NXDOMAIN) -> register d.example",
            ),
            (
                &[("d.example", "servfail")],
                "fail the name server can't resolve d.example (SERVFAIL)",
            ),
            (
                &[("d.example", "mx m.example"), ("m.example", "silence")],
                "fail no name server answered about m.example in time",
            ),
        ] {
            let findings = told(&check(&Zone::of(records), "d.example").await);
            assert_eq!(findings.len(), 1);
            assert!(findings[0].starts_with(wanted), "{findings:?}");
        }
    }
}
