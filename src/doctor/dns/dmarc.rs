//! DMARC (RFC 7489, RFC 9989): what receivers do with mail that does not prove to be the domain's, and whether ours does.

use super::{Finding, Relay, Resolver, Sender, Trouble, publish, tags, trouble};

/// So many names are asked at most, from the sender's domain up.
const MOST_NAMES: usize = 8;

const POLICIES: [&str; 3] = ["none", "quarantine", "reject"];

/// A record that can be used.
#[derive(Debug, PartialEq, Eq)]
struct Record {
    /// For the domain that publishes it.
    policy: String,
    /// For the domains below.
    subdomain_policy: Option<String>,
    percent: u8,
    is_test: bool,
    strict_spf: bool,
    strict_dkim: bool,
}

pub(in crate::doctor) async fn check(resolver: &dyn Resolver, sender: &Sender) -> Vec<Finding> {
    let domain = &sender.domain;
    let suggestion = publish(
        &format!("_dmarc.{domain}"),
        &format!("v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}"),
    );
    for place in places(domain) {
        let name = format!("_dmarc.{place}");
        let texts = match resolver.txt(&name).await {
            Ok(texts) => texts,
            Err(Trouble::NoSuchName) => continue,
            Err(kind) => return vec![trouble(&name, &kind, suggestion)],
        };
        let records: Vec<&String> = texts.iter().filter(|text| is_dmarc(text)).collect();
        match records.as_slice() {
            [] => {}
            [record] => {
                return match parse(record) {
                    Ok(record) => judge(&record, sender, place),
                    Err(why) => vec![Finding::fail(
                        format!(
                            "the DMARC record of {place} is malformed, and receivers ignore it: {why}"
                        ),
                        suggestion,
                    )],
                };
            }
            records => {
                return vec![Finding::fail(
                    format!(
                        "{name} has {} DMARC records, and receivers ignore them all",
                        records.len()
                    ),
                    format!("keep one: {suggestion}"),
                )];
            }
        }
    }
    vec![Finding::fail(
        format!(
            "no DMARC record for {domain}: anybody can write in its name, and large receivers want one"
        ),
        suggestion,
    )]
}

/// The domain and those above it that may speak for it; a domain of one label speaks for nobody.
fn places(domain: &str) -> Vec<&str> {
    let mut places = vec![domain];
    let mut rest = domain;
    while let Some((_, above)) = rest.split_once('.') {
        if above.contains('.') {
            places.push(above);
        }
        rest = above;
    }
    // Of a very deep name the middle is left out.
    let excess = places.len().saturating_sub(MOST_NAMES);
    places.drain(1..=excess);
    places
}

fn is_dmarc(text: &str) -> bool {
    let version = text.split(';').next().unwrap_or_default();
    version
        .split_once('=')
        .is_some_and(|(name, value)| name.trim() == "v" && value.trim() == "DMARC1")
}

fn parse(text: &str) -> Result<Record, String> {
    let tags = tags(text)?;
    let value = |name: &str| {
        tags.iter()
            .find(|(tag, _)| *tag == name)
            .map(|(_, value)| *value)
    };
    let one_of = |name: &str, allowed: &[&str]| match value(name) {
        None => Ok(None),
        Some(value) => {
            let lower = value.to_lowercase();
            if allowed.contains(&lower.as_str()) {
                Ok(Some(lower))
            } else {
                Err(format!(
                    "{name}={value} must be one of {}",
                    allowed.join(", ")
                ))
            }
        }
    };
    for name in ["rua", "ruf"] {
        let uris = value(name).into_iter().flat_map(|uris| uris.split(','));
        if let Some(bad) = uris.map(str::trim).find(|uri| !is_report_address(uri)) {
            return Err(format!(
                "{name} has \"{bad}\", which is not as mailto:reports@example.com"
            ));
        }
    }
    let policy = match (one_of("p", &POLICIES)?, value("rua")) {
        (Some(policy), _) => policy,
        // As a receiver does that only wants to report.
        (None, Some(_)) => "none".to_owned(),
        (None, None) => return Err("the tag p is missing".to_owned()),
    };
    let percent = match value("pct") {
        None => 100,
        Some(text) => text
            .parse()
            .ok()
            .filter(|percent| *percent <= 100)
            .ok_or_else(|| format!("pct={text} must be a number from 0 to 100"))?,
    };
    let is_strict = |name| Ok::<_, String>(one_of(name, &["r", "s"])?.as_deref() == Some("s"));
    one_of("np", &POLICIES)?;
    one_of("psd", &["y", "n", "u"])?;
    Ok(Record {
        policy,
        subdomain_policy: one_of("sp", &POLICIES)?,
        percent,
        is_test: one_of("t", &["y", "n"])?.as_deref() == Some("y"),
        strict_spf: is_strict("aspf")?,
        strict_dkim: is_strict("adkim")?,
    })
}

/// A size may follow, after `!`.
fn is_report_address(uri: &str) -> bool {
    let address = uri.split('!').next().unwrap_or_default();
    let mailto = address
        .get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    mailto && address.contains('@') && !address.contains(char::is_whitespace)
}

fn judge(record: &Record, sender: &Sender, place: &str) -> Vec<Finding> {
    let domain = &sender.domain;
    let is_below = place != domain;
    let policy = match &record.subdomain_policy {
        Some(policy) if is_below => policy,
        _ => &record.policy,
    };
    let tag = if is_below && record.subdomain_policy.is_some() {
        "sp"
    } else {
        "p"
    };
    let mut findings = vec![Finding::ok(format!(
        "{tag}={policy} at {place}; {}",
        alignment(record, sender)
    ))];
    let stronger = |what: &str| {
        format!(
            "once reports show that all mail passes, {what} in the TXT record of _dmarc.{place}"
        )
    };
    if policy == "none" {
        findings.push(Finding::warn(
            format!("{tag}=none asks receivers to let forged mail pass"),
            stronger(&format!("write {tag}=quarantine or {tag}=reject")),
        ));
    } else if record.percent < 100 || record.is_test {
        let (what, remedy) = if record.is_test {
            ("t=y".to_owned(), "take out t=y")
        } else {
            (format!("pct={}", record.percent), "take out pct")
        };
        findings.push(Finding::warn(
            format!("{what}: the policy holds for a part of the mail only"),
            stronger(remedy),
        ));
    }
    findings
}

/// By what our mail proves to be the domain's.
fn alignment(record: &Record, sender: &Sender) -> String {
    let domain = &sender.domain;
    let signed = if record.strict_dkim {
        format!("d={domain} exactly")
    } else {
        format!("d={domain}")
    };
    match sender.relay {
        Relay::Nobody | Relay::Host(_) => {
            let strictly = if record.strict_spf { " (strict)" } else { "" };
            format!(
                "SPF aligns{strictly}, the envelope names {domain} too; DKIM aligns if signed with {signed}"
            )
        }
        Relay::Ses => format!(
            "SES's envelope names amazonses.com unless a MAIL FROM domain is set up, so DKIM has to align: signed with {signed}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::dns::tests::{Zone, told};

    fn sender(domain: &str) -> Sender {
        Sender {
            domain: domain.to_owned(),
            relay: Relay::Host("mail.d.example".to_owned()),
        }
    }

    async fn judged(domain: &str, records: &[(&str, &str)]) -> Vec<String> {
        told(&check(&Zone::of(records), &sender(domain)).await)
    }

    #[tokio::test]
    async fn a_policy_that_protects_passes() {
        let told = judged(
            "d.example",
            &[(
                "_dmarc.d.example",
                "txt v=DMARC1; p=Reject; rua=mailto:a@d.example!10m",
            )],
        )
        .await;
        assert_eq!(
            told,
            [
                "ok p=reject at d.example; SPF aligns, the envelope names d.example too; DKIM aligns if signed with d=d.example"
            ]
        );
        let strict = judged(
            "d.example",
            &[(
                "_dmarc.d.example",
                "txt v=DMARC1;p=quarantine;adkim=s;aspf=s",
            )],
        )
        .await;
        assert!(
            strict[0].contains("SPF aligns (strict)") && strict[0].ends_with("d=d.example exactly")
        );
        let ses = Sender {
            relay: Relay::Ses,
            ..sender("d.example")
        };
        let zone = Zone::of(&[("_dmarc.d.example", "txt v=DMARC1; p=reject")]);
        assert!(told_of(&check(&zone, &ses).await).contains("DKIM has to align"));
    }

    fn told_of(findings: &[Finding]) -> String {
        told(findings).join("\n")
    }

    #[tokio::test]
    async fn a_policy_that_protects_little_is_a_warning() {
        for (record, words) in [
            (
                "v=DMARC1; p=none",
                "warn p=none asks receivers to let forged mail pass -> once reports show that all mail passes, write p=quarantine",
            ),
            ("v=DMARC1; rua=mailto:a@d.example", "warn p=none"),
            ("v=DMARC1; p=reject; pct=20", "warn pct=20"),
            ("v=DMARC1; p=reject; t=y", "warn t=y"),
        ] {
            let told = judged(
                "d.example",
                &[("_dmarc.d.example", &format!("txt {record}"))],
            )
            .await;
            assert!(told.len() == 2 && told[1].starts_with(words), "{told:?}");
        }
    }

    #[tokio::test]
    async fn the_organisation_speaks_for_what_is_below() {
        let records = [("_dmarc.d.example", "txt v=DMARC1; p=reject; sp=none")];
        let told = judged("mail.app.d.example", &records).await;
        assert!(
            told[0].starts_with("ok sp=none at d.example") && told[1].starts_with("warn sp=none"),
            "{told:?}"
        );
        let nearer = [
            records[0],
            ("_dmarc.app.d.example", "txt v=DMARC1; p=quarantine"),
        ];
        let told = judged("mail.app.d.example", &nearer).await;
        assert!(
            told[0].starts_with("ok p=quarantine at app.d.example"),
            "{told:?}"
        );
        assert_eq!(
            places("a.b.d.example"),
            ["a.b.d.example", "b.d.example", "d.example"]
        );
        let deep = places("1.2.3.4.5.6.7.8.9.d.example");
        assert_eq!(
            (deep.len(), deep[0], deep[1]),
            (8, "1.2.3.4.5.6.7.8.9.d.example", "4.5.6.7.8.9.d.example")
        );
    }

    #[tokio::test]
    async fn what_receivers_ignore_is_a_failure() {
        let remedy = "-> publish _dmarc.d.example TXT \"v=DMARC1; p=quarantine; rua=mailto:postmaster@d.example\"";
        for (record, words) in [
            ("v=DMARC1", "the tag p is missing"),
            (
                "v=DMARC1; p=strict",
                "p=strict must be one of none, quarantine, reject",
            ),
            ("v=DMARC1; p=none; p=reject", "the tag p is there twice"),
            ("v=DMARC1; p=none; pct=101", "pct=101"),
            ("v=DMARC1; p=none; aspf=x", "aspf=x"),
            (
                "v=DMARC1; p=none; rua=a@d.example",
                "rua has \"a@d.example\"",
            ),
            ("v=DMARC1; p", "\"p\" is not tag=value"),
            ("v=DMARC1 p=none", "no DMARC record for d.example"),
            ("v=dmarc1; p=none", "no DMARC record for d.example"),
        ] {
            let told = judged(
                "d.example",
                &[("_dmarc.d.example", &format!("txt {record}"))],
            )
            .await;
            assert!(
                told.len() == 1
                    && told[0].starts_with("fail ")
                    && told[0].contains(words)
                    && told[0].ends_with(remedy),
                "{told:?}"
            );
        }
        let two = [
            ("_dmarc.d.example", "txt v=DMARC1; p=none"),
            ("_dmarc.d.example", "txt v=DMARC1; p=reject"),
        ];
        assert!(judged("d.example", &two).await[0].contains("has 2 DMARC records"));
        assert!(
            judged("d.example", &[]).await[0].starts_with("fail no DMARC record for d.example")
        );
        assert!(
            judged("d.example", &[("_dmarc.d.example", "refused")]).await[0].contains("REFUSED")
        );
    }
}
