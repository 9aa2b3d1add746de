//! Checks what a domain publishes about its mail: MX, SPF, DMARC and DKIM.
//!
//! Independent of the network: answers come from a [`Resolver`], which is a table in tests.

pub(super) mod dkim;
pub(super) mod dmarc;
pub(super) mod ehlo;
pub(super) mod mx;
mod organizational_domain;
mod provider;
pub(super) mod spf;

use std::net::IpAddr;

use async_trait::async_trait;

use provider::Provider;

use super::Finding;

/// Why a query failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The name does not exist (NXDOMAIN).
    NoSuchName,
    /// The server failed to resolve it (SERVFAIL).
    Failed,
    /// The server refuses to answer us, or this query (REFUSED).
    Refused,
    /// There was no answer in time.
    TimedOut,
    /// Another reason, as text.
    Other(String),
}

/// The answer to a query. Empty if the name only has records of other types.
pub(super) type Answer<T> = Result<Vec<T>, Trouble>;

/// Answers DNS queries. Names have no dot at the end; the root is empty.
#[async_trait]
pub(super) trait Resolver: Send + Sync {
    /// Returns TXT records, with the strings of each joined.
    async fn txt(&self, name: &str) -> Answer<String>;
    /// Returns the hosts of the MX records, in any order.
    async fn mx(&self, name: &str) -> Answer<String>;
    /// Returns the IPv4 and IPv6 addresses.
    async fn addresses(&self, name: &str) -> Answer<IpAddr>;
    /// Returns the target of a CNAME record, if there is one.
    async fn alias(&self, name: &str) -> Answer<String>;
    /// Returns the IP addresses of the mail server, resolved like the mail transport does.
    async fn relay(&self, host: &str) -> Answer<IpAddr> {
        self.addresses(host).await
    }
}

/// The sender of mail, and the service that delivers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sender {
    /// The domain of the sender's email address, in lower case and ASCII form.
    pub(super) domain: String,
    /// The service that delivers mail to the Internet.
    pub(super) relay: Relay,
    /// The DKIM selector, if it is known.
    pub(super) selector: Option<String>,
    /// The domain of DKIM signatures, if it is known.
    pub(super) signing_domain: Option<String>,
}

impl Sender {
    /// Creates a sender whose DKIM signature is unknown.
    pub(super) fn new(domain: impl Into<String>, relay: Relay) -> Self {
        Self {
            domain: domain.into(),
            relay,
            selector: None,
            signing_domain: None,
        }
    }

    /// Returns the mail provider, if it is a known one.
    fn provider(&self) -> Option<&'static Provider> {
        match &self.relay {
            Relay::Nobody => None,
            Relay::Ses => provider::ses(),
            Relay::Host(host) => provider::of_host(host),
        }
    }
}

/// The service that delivers mail to the Internet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Relay {
    /// None: email is only logged.
    Nobody,
    /// A mail server, by host name or IP address.
    Host(String),
    /// Amazon SES.
    Ses,
}

/// Returns whether an IP address belongs to this machine or a private network.
pub(super) fn is_inside(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// Quotes a text from a name server, escaped and shortened for one line.
fn quoted(text: &str) -> String {
    const MOST: usize = 160;
    let shown: String = text
        .chars()
        .flat_map(char::escape_debug)
        .take(MOST)
        .collect();
    let more = if text.chars().count() > MOST {
        "…"
    } else {
        ""
    };
    format!("\"{shown}{more}\"")
}

/// Returns a text in lower case, without quotes, backslashes and spaces, to recognise what was meant.
fn compact(text: &str) -> String {
    let is_mark = |c: char| c == '"' || c == '\'' || c == '\\' || c.is_whitespace();
    let bare = text.trim_start_matches(is_mark).to_lowercase();
    bare.split_whitespace().collect()
}

/// Returns the advice to publish a record.
fn publish(name: &str, text: &str) -> String {
    format!("publish {name} TXT \"{text}\"")
}

/// The remedy if no name server answers.
pub(super) const SILENT: &str = "check whether this machine can reach its name server, or use another one: --dns-server ADDRESS";
/// The remedy if the name server refuses to answer.
const UNWILLING: &str = "use a public one: --dns-server ADDRESS, or resolver in [dns]";
/// The remedy if the answer of the name server can't be used.
pub(super) const UNUSABLE: &str = "use another server: --dns-server ADDRESS, or resolver in [dns]";

/// Returns whether the finding is about the name server, not the domain.
pub(super) fn blames_server(finding: &Finding) -> bool {
    let remedy = finding.remedy.as_deref();
    remedy.is_some_and(|remedy| [SILENT, UNWILLING, UNUSABLE].contains(&remedy))
}

/// Returns the finding for a failed query. `missing` is the remedy if the name does not exist.
fn trouble(name: &str, trouble: &Trouble, missing: impl Into<String>) -> Finding {
    let (detail, remedy) = match trouble {
        Trouble::NoSuchName => (format!("{name} does not exist (NXDOMAIN)"), missing.into()),
        Trouble::Failed => (
            format!("the name server can't resolve {name} (SERVFAIL)"),
            format!(
                "check whether the zone's servers answer and its DNSSEC signatures are valid: dig {name} TXT"
            ),
        ),
        Trouble::Refused => (
            format!("the name server refuses to answer about {name} (REFUSED)"),
            UNWILLING.to_owned(),
        ),
        Trouble::TimedOut => (
            format!("no name server answered about {name} in time"),
            SILENT.to_owned(),
        ),
        Trouble::Other(why) => (
            format!("{name} can't be looked up: {why}"),
            UNUSABLE.to_owned(),
        ),
    };
    Finding::fail(detail, remedy)
}

/// Parses a list of `tag=value` as in DMARC and DKIM. The error names the invalid part. The list may end in a
/// semicolon.
fn tags(text: &str) -> Result<Vec<(&str, &str)>, String> {
    let mut tags: Vec<(&str, &str)> = Vec::new();
    let mut parts: Vec<&str> = text.split(';').map(str::trim).collect();
    if parts.last() == Some(&"") {
        parts.pop();
    }
    for part in parts {
        let (name, value) = part
            .split_once('=')
            .map(|(name, value)| (name.trim(), value.trim()))
            .filter(|(name, _)| is_tag(name))
            .ok_or_else(|| format!("\"{part}\" is not tag=value"))?;
        if tags.iter().any(|(other, _)| *other == name) {
            return Err(format!("the tag {name} appears twice"));
        }
        tags.push((name, value));
    }
    Ok(tags)
}

fn is_tag(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::doctor::Status;

    /// Names with their records, written as `kind value`. `trouble` instead of a kind is an error, and `late` means
    /// that queries for other kinds time out.
    #[derive(Default)]
    pub(super) struct Zone(BTreeMap<String, Vec<String>>);

    impl Zone {
        pub(super) fn of(records: &[(&str, &str)]) -> Self {
            let mut zone = Self::default();
            for (name, record) in records {
                let records = zone.0.entry((*name).to_owned()).or_default();
                records.push((*record).to_owned());
            }
            zone
        }

        fn find(&self, name: &str, kind: &str) -> Answer<String> {
            let records = self.0.get(name).ok_or(Trouble::NoSuchName)?;
            for record in records {
                match record.as_str() {
                    "servfail" => return Err(Trouble::Failed),
                    "refused" => return Err(Trouble::Refused),
                    "silence" => return Err(Trouble::TimedOut),
                    _ => {}
                }
            }
            let of_kind = records.iter().filter_map(|record| {
                let (found, value) = record.split_once(' ')?;
                (found == kind).then(|| value.to_owned())
            });
            let found: Vec<String> = of_kind.collect();
            if found.is_empty() && records.iter().any(|record| record == "late") {
                return Err(Trouble::TimedOut);
            }
            Ok(found)
        }
    }

    #[async_trait]
    impl Resolver for Zone {
        async fn txt(&self, name: &str) -> Answer<String> {
            self.find(name, "txt")
        }
        async fn mx(&self, name: &str) -> Answer<String> {
            self.find(name, "mx")
        }
        async fn addresses(&self, name: &str) -> Answer<IpAddr> {
            let found = self.find(name, "a")?;
            Ok(found.iter().map(|ip| ip.parse().unwrap()).collect())
        }
        async fn alias(&self, name: &str) -> Answer<String> {
            self.find(name, "cname")
        }
    }

    /// Returns the status, detail and remedy of findings, one line each.
    pub(super) fn told(findings: &[Finding]) -> Vec<String> {
        let line = |finding: &Finding| {
            let status = match finding.status {
                Status::Ok => "ok",
                Status::Warn => "warn",
                Status::Fail => "fail",
                Status::Skipped => "skip",
            };
            let remedy = finding.remedy.iter().map(|remedy| format!(" -> {remedy}"));
            format!("{status} {}{}", finding.detail, remedy.collect::<String>())
        };
        findings.iter().map(line).collect()
    }

    #[test]
    fn lists_of_tags_are_read_as_they_are_written() {
        assert_eq!(
            tags("v=DMARC1; p = none ;rua=mailto:a@b.example,mailto:c;"),
            Ok(vec![
                ("v", "DMARC1"),
                ("p", "none"),
                ("rua", "mailto:a@b.example,mailto:c")
            ])
        );
        for bad in ["v=DMARC1; p", "v=DMARC1;; p=none", "=x", "v=1; v=1", "1a=b"] {
            assert!(tags(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn troubles_are_told_apart() {
        let of = |kind: Trouble| trouble("x.example", &kind, "make it");
        for (kind, words) in [
            (Trouble::NoSuchName, "NXDOMAIN"),
            (Trouble::Failed, "SERVFAIL"),
            (Trouble::Refused, "REFUSED"),
            (Trouble::TimedOut, "in time"),
            (Trouble::Other("odd".to_owned()), "odd"),
        ] {
            let finding = of(kind);
            assert!(finding.detail.contains(words) && finding.detail.contains("x.example"));
            assert!(finding.status == Status::Fail && finding.remedy.is_some());
        }
    }
}
