//! MX (RFC 5321 §5.1, RFC 7505): whether answers and bounces to the sender reach anybody.

use super::{Finding, Resolver, Trouble, trouble};

pub(in crate::doctor) async fn check(resolver: &dyn Resolver, domain: &str) -> Vec<Finding> {
    let example =
        format!("publish {domain} MX 10 mail.{domain}, with the host that takes its mail");
    let hosts = match resolver.mx(domain).await {
        Ok(hosts) => hosts,
        Err(kind) => {
            let missing = format!("register {domain}, or correct email.from_address");
            return vec![trouble(domain, &kind, missing)];
        }
    };
    if hosts.is_empty() {
        return vec![match resolver.addresses(domain).await {
            Ok(addresses) if !addresses.is_empty() => Finding::warn(
                format!("{domain} has no MX: mail to it goes to its own address"),
                example,
            ),
            Ok(_) | Err(Trouble::NoSuchName) => Finding::fail(
                format!(
                    "{domain} has neither MX nor address: answers and bounces reach nobody, and receivers refuse such senders"
                ),
                example,
            ),
            Err(kind) => trouble(domain, &kind, ""),
        }];
    }
    if hosts.iter().any(String::is_empty) {
        return vec![Finding::fail(
            format!(
                "{domain} has a null MX (RFC 7505): it takes no mail, and receivers refuse such senders"
            ),
            example,
        )];
    }
    let mut lost = Vec::new();
    for host in &hosts {
        match resolver.addresses(host).await {
            Ok(addresses) if !addresses.is_empty() => {}
            Ok(_) | Err(Trouble::NoSuchName) => lost.push(host.as_str()),
            Err(kind) => return vec![trouble(host, &kind, "")],
        }
    }
    let count = match hosts.len() {
        1 => "1 host".to_owned(),
        count => format!("{count} hosts"),
    };
    if lost.is_empty() {
        return vec![Finding::ok(format!("{count} for {domain}"))];
    }
    let detail = format!(
        "of {count} for {domain}, these have no address: {}",
        lost.join(", ")
    );
    let remedy = format!(
        "publish {} A ADDRESS, or take it out of the MX of {domain}",
        lost[0]
    );
    vec![if lost.len() == hosts.len() {
        Finding::fail(detail, remedy)
    } else {
        Finding::warn(detail, remedy)
    }]
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
                &[],
                "fail d.example does not exist (NXDOMAIN) -> register d.example",
            ),
            (
                &[("d.example", "servfail")],
                "fail the name server cannot find out about d.example (SERVFAIL)",
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
