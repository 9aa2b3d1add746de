//! One SPF record (RFC 7208 §4.6, §5, §12): its terms, or which of them are none.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// A record that can be evaluated.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Up to `all`: what follows it counts for nothing.
    pub(super) terms: Vec<Term>,
    /// Who decides when no term does; never beside `all`.
    pub(super) redirect: Option<Domain>,
}

/// A mechanism, and what it means where it matches.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) qualifier: Qualifier,
    pub(super) mechanism: Mechanism,
    /// As it is written.
    pub(super) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Qualifier {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mechanism {
    All,
    Include(Domain),
    /// The domain's own name, where none is given.
    A(Option<Domain>, Lengths),
    Mx(Option<Domain>, Lengths),
    Ptr,
    Network(IpNet),
    Exists(Domain),
}

/// Whose records are asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Domain {
    /// A name, in lower case and without a dot at its end.
    Named(String),
    /// One that depends on the mail, by macros.
    Computed,
}

/// How many bits of an address have to be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lengths {
    v4: u8,
    v6: u8,
}

impl Lengths {
    const WHOLE: Self = Self { v4: 32, v6: 128 };

    /// The network of this size around an address.
    pub(super) fn around(self, ip: IpAddr) -> Option<IpNet> {
        let length = if ip.is_ipv4() { self.v4 } else { self.v6 };
        IpNet::new(ip, length).ok()
    }
}

/// Whether a text claims to be an SPF record.
pub(super) fn is_spf(text: &str) -> bool {
    let version = text.split(' ').next().unwrap_or_default();
    version.eq_ignore_ascii_case("v=spf1")
}

/// Reads a record.
///
/// # Errors
/// Every term that is none, as it is written, and why.
pub(super) fn parse(text: &str) -> Result<Record, Vec<(String, String)>> {
    let mut faults = Vec::new();
    let mut record = Record {
        terms: Vec::new(),
        redirect: None,
    };
    let mut modifiers: Vec<String> = Vec::new();
    for text in text.split(' ').skip(1).filter(|text| !text.is_empty()) {
        let mut fault = |why: &str| faults.push((text.to_owned(), why.to_owned()));
        if let Some((name, value)) = modifier(text) {
            let name = name.to_lowercase();
            let is_known = matches!(name.as_str(), "redirect" | "exp");
            if is_known && modifiers.contains(&name) {
                fault("is there twice");
            } else if is_known {
                match domain(value) {
                    Ok(domain) if name == "redirect" => record.redirect = Some(domain),
                    Ok(_) => {}
                    Err(why) => fault(why),
                }
            } else if !has_good_macros(value) {
                fault("has a % that begins no macro");
            }
            modifiers.push(name);
            continue;
        }
        match term(text) {
            Ok(term) => record.terms.push(term),
            Err(why) => fault(why),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let all = record
        .terms
        .iter()
        .position(|term| term.mechanism == Mechanism::All);
    if let Some(all) = all {
        record.terms.truncate(all + 1);
        record.redirect = None;
    }
    Ok(record)
}

/// `name=value`, where the name is one: `a=b` is a modifier, `a:b=c` is not.
fn modifier(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    is_name.then_some((name, value))
}

fn term(text: &str) -> Result<Term, &'static str> {
    let (qualifier, rest) = match text.chars().next() {
        Some('+') => (Qualifier::Pass, &text[1..]),
        Some('-') => (Qualifier::Fail, &text[1..]),
        Some('~') => (Qualifier::SoftFail, &text[1..]),
        Some('?') => (Qualifier::Neutral, &text[1..]),
        _ => (Qualifier::Pass, text),
    };
    let end = rest.find([':', '/']).unwrap_or(rest.len());
    let (name, value) = rest.split_at(end);
    let mechanism = match name.to_ascii_lowercase().as_str() {
        "all" if value.is_empty() => Mechanism::All,
        "all" => return Err("takes no value"),
        "include" => Mechanism::Include(needed(value)?),
        "exists" => Mechanism::Exists(needed(value)?),
        "a" => {
            let (domain, lengths) = target(value)?;
            Mechanism::A(domain, lengths)
        }
        "mx" => {
            let (domain, lengths) = target(value)?;
            Mechanism::Mx(domain, lengths)
        }
        "ptr" => {
            if !value.is_empty() {
                needed(value)?;
            }
            Mechanism::Ptr
        }
        "ip4" => Mechanism::Network(network::<Ipv4Addr>(value, 32)?),
        "ip6" => Mechanism::Network(network::<Ipv6Addr>(value, 128)?),
        _ => return Err("is no mechanism: all, include, a, mx, ip4, ip6, exists, ptr"),
    };
    Ok(Term {
        qualifier,
        mechanism,
        text: text.to_owned(),
    })
}

/// A domain that has to be there.
fn needed(value: &str) -> Result<Domain, &'static str> {
    domain(
        value
            .strip_prefix(':')
            .ok_or("needs a domain after a colon")?,
    )
}

/// What `a` and `mx` take: a domain or none, and lengths or none.
fn target(value: &str) -> Result<(Option<Domain>, Lengths), &'static str> {
    let (name, lengths) = match value.find('/') {
        // A macro may hold a slash as its delimiter.
        Some(slash) if !value[slash..].contains('}') => value.split_at(slash),
        _ => (value, ""),
    };
    let name = match name.strip_prefix(':') {
        Some(name) => Some(domain(name)?),
        None => None,
    };
    let number = |text: &str, most: u8| {
        let plain = text == "0" || !text.starts_with('0');
        let number = text.parse::<u8>().ok().filter(|length| *length <= most);
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        number
            .filter(|_| plain && digits)
            .ok_or("has a prefix length that is none")
    };
    let mut found = Lengths::WHOLE;
    let (v4, v6) = match lengths.split_once("//") {
        Some((v4, v6)) => (v4, Some(v6)),
        None => (lengths, None),
    };
    if let Some(v4) = v4.strip_prefix('/') {
        found.v4 = number(v4, 32)?;
    }
    if let Some(v6) = v6 {
        found.v6 = number(v6, 128)?;
    }
    Ok((name, found))
}

fn network<T: std::str::FromStr + Into<IpAddr>>(
    value: &str,
    most: u8,
) -> Result<IpNet, &'static str> {
    let text = value
        .strip_prefix(':')
        .ok_or("needs an address after a colon")?;
    let (address, length) = text.split_once('/').unwrap_or((text, ""));
    let address: T = address.parse().map_err(|_| "has an address that is none")?;
    let length = if text.contains('/') {
        length.parse().ok().filter(|length| *length <= most)
    } else {
        Some(most)
    };
    let length = length.ok_or("has a prefix length that is none")?;
    IpNet::new(address.into(), length).map_err(|_| "has a prefix length that is none")
}

/// A name, or a text with macros that computes one (RFC 7208 §7.1).
fn domain(text: &str) -> Result<Domain, &'static str> {
    if text.contains('%') {
        return if has_good_macros(text) {
            Ok(Domain::Computed)
        } else {
            Err("has a % that begins no macro")
        };
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    let labels: Vec<&str> = name.split('.').collect();
    let last = labels.last().copied().unwrap_or_default();
    let is_good = labels.len() > 1
        && name.len() <= 253
        && name.chars().all(|c| c.is_ascii_graphic())
        && labels.iter().all(|label| (1..=63).contains(&label.len()))
        && last.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !last.chars().all(|c| c.is_ascii_digit());
    if is_good {
        Ok(Domain::Named(name.to_lowercase()))
    } else {
        Err("has a domain that is none")
    }
}

fn has_good_macros(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(['%', '_', '-']) {
            rest = after;
            continue;
        }
        let inner = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let Some((inner, after)) = inner else {
            return false;
        };
        let Some(transformers) = inner.strip_prefix(|c: char| "slodiphcrtvSLODIPHCRTV".contains(c))
        else {
            return false;
        };
        let delimiters = transformers.trim_start_matches(|c: char| c.is_ascii_digit());
        let delimiters = delimiters.strip_prefix(['r', 'R']).unwrap_or(delimiters);
        if !delimiters.chars().all(|c| ".-+,/_=".contains(c)) {
            return false;
        }
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_every_form_are_read() {
        let record = parse(
            "v=spf1  +a MX:Mail.D.example/24//64 a/16 include:_spf.d.example. ?exists:%{ir}.%{v}._spf.d.example \
             ip4:192.0.2.0/24 ip6:2001:db8::/32 ptr exp=why.d.example x-own=%{d} ~all",
        )
        .unwrap();
        let named = |name: &str| Domain::Named(name.to_owned());
        let mechanisms: Vec<&Mechanism> = record.terms.iter().map(|term| &term.mechanism).collect();
        assert_eq!(
            mechanisms,
            [
                &Mechanism::A(None, Lengths::WHOLE),
                &Mechanism::Mx(Some(named("mail.d.example")), Lengths { v4: 24, v6: 64 }),
                &Mechanism::A(None, Lengths { v4: 16, v6: 128 }),
                &Mechanism::Include(named("_spf.d.example")),
                &Mechanism::Exists(Domain::Computed),
                &Mechanism::Network("192.0.2.0/24".parse().unwrap()),
                &Mechanism::Network("2001:db8::/32".parse().unwrap()),
                &Mechanism::Ptr,
                &Mechanism::All,
            ]
        );
        assert_eq!(record.terms[4].qualifier, Qualifier::Neutral);
        assert_eq!(record.terms[8].qualifier, Qualifier::SoftFail);
        assert_eq!(record.terms[1].text, "MX:Mail.D.example/24//64");
        let redirected = parse("v=spf1 redirect=_spf.d.example").unwrap();
        assert_eq!(redirected.redirect, Some(named("_spf.d.example")));
    }

    #[test]
    fn nothing_counts_behind_all() {
        let record = parse("v=spf1 -all a mx redirect=x.example").unwrap();
        assert_eq!((record.terms.len(), record.redirect), (1, None));
    }

    #[test]
    fn every_term_that_is_none_is_named() {
        for (term, why) in [
            ("ipv4:192.0.2.1", "is no mechanism"),
            ("include", "needs a domain"),
            ("include:", "domain that is none"),
            ("include:localhost", "domain that is none"),
            ("include:a..example", "domain that is none"),
            ("include:192.0.2.1", "domain that is none"),
            ("ip4:192.0.2.256", "address that is none"),
            ("ip4:192.0.2.0/33", "prefix length"),
            ("ip4:192.0.2.0/", "prefix length"),
            ("ip4:2001:db8::1", "address that is none"),
            ("ip6:192.0.2.1", "address that is none"),
            ("ip4", "needs an address"),
            ("a/33", "prefix length"),
            ("a/024", "prefix length"),
            ("a:d.example//129", "prefix length"),
            ("all:d.example", "takes no value"),
            ("exists:%{x}.example", "begins no macro"),
            ("exists:%(d).example", "begins no macro"),
            ("redirect=", "domain that is none"),
            ("v=spf1", ""),
        ] {
            let parsed = parse(&format!("v=spf1 {term} ~all"));
            if why.is_empty() {
                assert!(parsed.is_ok(), "an unknown modifier is let pass");
                continue;
            }
            let faults = parsed.unwrap_err();
            assert_eq!(faults.len(), 1, "{term}");
            assert!(
                faults[0].0 == term && faults[0].1.contains(why),
                "{faults:?}"
            );
        }
        let both =
            parse("v=spf1 redirect=a.example redirect=b.example exp=c.example exp=d.example");
        assert_eq!(both.unwrap_err().len(), 2);
    }

    #[test]
    fn records_are_told_from_other_texts() {
        for text in ["v=spf1", "v=spf1 -all", "V=SPF1 a"] {
            assert!(is_spf(text), "{text}");
        }
        for text in ["v=spf10 -all", "v=spf2.0/pra", "", "spf1", "v=spf1;a"] {
            assert!(!is_spf(text), "{text}");
        }
    }
}
