//! What a domain says about its mail: MX, SPF, DMARC and DKIM, judged and not only found.
//!
//! Knows no network: answers come from a [`Resolver`], which in tests is a table.

pub(super) mod dkim;
pub(super) mod dmarc;
pub(super) mod hello;
pub(super) mod mx;
mod organisation;
mod provider;
pub(super) mod spf;

use std::net::IpAddr;

use async_trait::async_trait;

use provider::Provider;

use super::Finding;

/// Why a name server gave no answer that says what there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// There is no such name, whatever is asked about it.
    NoSuchName,
    /// It tried and failed (SERVFAIL).
    Failed,
    /// It does not answer us, or not about this.
    Refused,
    /// Nothing came in time.
    TimedOut,
    /// Something else, in words.
    Other(String),
}

/// What there is; nothing where the name has records of other kinds only.
pub(super) type Answer<T> = Result<Vec<T>, Trouble>;

/// Who answers questions about names. Names are without a dot at their end; the root is empty.
#[async_trait]
pub(super) trait Resolver: Send + Sync {
    /// Texts, the strings of each joined.
    async fn txt(&self, name: &str) -> Answer<String>;
    /// Mail exchangers, in whatever order.
    async fn mx(&self, name: &str) -> Answer<String>;
    /// Addresses of both families.
    async fn addresses(&self, name: &str) -> Answer<IpAddr>;
    /// The name that this one is an alias of, if it is one (CNAME).
    async fn alias(&self, name: &str) -> Answer<String>;
    /// Addresses of the mail server that mail is handed to, found the way the mail transport finds them.
    async fn relay(&self, host: &str) -> Answer<IpAddr> {
        self.addresses(host).await
    }
}

/// From whom mail comes, and by whom it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sender {
    /// The domain of the sender's address, in lower case and ASCII form.
    pub(super) domain: String,
    /// Who hands mail to the world.
    pub(super) relay: Relay,
    /// The selector of the key that mail is signed with, if it is known.
    pub(super) selector: Option<String>,
    /// The domain that mail is signed for, if it is known.
    pub(super) signing_domain: Option<String>,
}

impl Sender {
    /// A sender of whose signature nothing is known.
    pub(super) fn new(domain: impl Into<String>, relay: Relay) -> Self {
        Self {
            domain: domain.into(),
            relay,
            selector: None,
            signing_domain: None,
        }
    }

    /// The provider that mail is handed to, if it is one that we know.
    fn provider(&self) -> Option<&'static Provider> {
        match &self.relay {
            Relay::Nobody => None,
            Relay::Ses => provider::ses(),
            Relay::Host(host) => provider::of_host(host),
        }
    }
}

/// Who hands mail to the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Relay {
    /// Nobody: mail stays here.
    Nobody,
    /// A mail server, by its name or address.
    Host(String),
    /// Amazon SES.
    Ses,
}

/// Whether an address is of this machine or of a network behind a gateway.
pub(super) fn is_inside(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// A text from a name server, fit to be shown in a line.
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

/// A text without the marks and spaces that do not belong into a record, in lower case: to see what was meant.
fn compact(text: &str) -> String {
    let is_mark = |c: char| c == '"' || c == '\'' || c == '\\' || c.is_whitespace();
    let bare = text.trim_start_matches(is_mark).to_lowercase();
    bare.split_whitespace().collect()
}

/// The record to publish.
fn publish(name: &str, text: &str) -> String {
    format!("publish {name} TXT \"{text}\"")
}

/// What to do where no name server answers at all.
pub(super) const SILENT: &str =
    "see whether this machine reaches its name server, or name another: --dns-server ADDRESS";
/// What to do where one answers nobody, or not us.
const UNWILLING: &str =
    "name one that answers everybody: --dns-server ADDRESS, or resolver in [dns]";
/// What to do where what one answers cannot be used.
pub(super) const UNUSABLE: &str = "name another server: --dns-server ADDRESS, or resolver in [dns]";

/// Whether the name server is at fault, and not what it was asked about.
pub(super) fn blames_server(finding: &Finding) -> bool {
    let remedy = finding.remedy.as_deref();
    remedy.is_some_and(|remedy| [SILENT, UNWILLING, UNUSABLE].contains(&remedy))
}

/// A question that got no answer. `missing` is what to do where the name is not there.
fn trouble(name: &str, trouble: &Trouble, missing: impl Into<String>) -> Finding {
    let (detail, remedy) = match trouble {
        Trouble::NoSuchName => (format!("{name} does not exist (NXDOMAIN)"), missing.into()),
        Trouble::Failed => (
            format!("the name server cannot find out about {name} (SERVFAIL)"),
            format!(
                "see whether the servers of the zone answer, and its DNSSEC signatures hold: dig {name} TXT"
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
            format!("{name} cannot be looked up: {why}"),
            UNUSABLE.to_owned(),
        ),
    };
    Finding::fail(detail, remedy)
}

/// The parts of a list of `tag=value`, as DMARC and DKIM have it, or which part is none. An empty one may end the list.
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
            return Err(format!("the tag {name} is there twice"));
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

    /// Names and what they have, written as `kind value`; `trouble` in place of a kind, `late` where there is no answer
    /// about other kinds than those that are there.
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

    /// The status, detail and remedy of findings, one line each.
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
