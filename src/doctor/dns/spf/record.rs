//! Parses an SPF record (RFC 7208 §4.6, §5, §12), and finds its invalid terms.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::name::{self, Domain};

/// A valid record.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The terms up to `all`. Those after it have no effect.
    pub(super) terms: Vec<Term>,
    /// The domain to use if no term matches, and the term as written. `None` if there is an `all`.
    pub(super) redirect: Option<(Domain, String)>,
}

/// A mechanism with its qualifier.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) qualifier: Qualifier,
    pub(super) mechanism: Mechanism,
    /// The term as written.
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
    /// Without a domain, the record's own domain is used.
    A(Option<Domain>, Lengths),
    Mx(Option<Domain>, Lengths),
    Ptr,
    Network(IpNet),
    Exists(Domain),
}

/// Prefix lengths for IPv4 and IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lengths {
    v4: u8,
    v6: u8,
}

impl Lengths {
    const WHOLE: Self = Self { v4: 32, v6: 128 };

    /// Returns the network with this prefix length that contains an address.
    pub(super) fn around(self, ip: IpAddr) -> Option<IpNet> {
        let length = if ip.is_ipv4() { self.v4 } else { self.v6 };
        IpNet::new(ip, length).ok()
    }
}

/// Returns whether a text starts like an SPF record.
pub(super) fn is_spf(text: &str) -> bool {
    let version = text.split(' ').next().unwrap_or_default();
    version.eq_ignore_ascii_case("v=spf1")
}

/// Parses a record.
///
/// # Errors
/// All invalid terms, as written, each with the reason.
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
                fault("appears twice");
            } else if is_known {
                match name::domain(value) {
                    Ok(domain) if name == "redirect" => {
                        record.redirect = Some((domain, text.to_owned()));
                    }
                    Ok(_) => {}
                    Err(why) => fault(why),
                }
            } else if let Err(why) = name::text(value) {
                fault(why);
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

/// Splits `name=value` if the name is a valid one: `a=b` is a modifier, `a:b=c` is not.
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
        _ => return Err("isn't a mechanism: all, include, a, mx, ip4, ip6, exists, ptr"),
    };
    Ok(Term {
        qualifier,
        mechanism,
        text: text.to_owned(),
    })
}

/// Parses a required domain.
fn needed(value: &str) -> Result<Domain, &'static str> {
    name::domain(
        value
            .strip_prefix(':')
            .ok_or("needs a domain after a colon")?,
    )
}

/// Parses the argument of `a` and `mx`: an optional domain and optional prefix lengths (`dual-cidr-length`).
fn target(value: &str) -> Result<(Option<Domain>, Lengths), &'static str> {
    let (rest, v6) = ending(value, "//");
    // In `a/24/64`, only the last part looks like a length, and the rest is invalid.
    let (rest, v4) = ending(rest, "/");
    let name = match (rest, rest.strip_prefix(':')) {
        ("", _) => None,
        (_, Some(name)) => Some(name::domain(name)?),
        (_, None) => return Err(BAD_LENGTH),
    };
    let whole = Lengths::WHOLE;
    let lengths = Lengths {
        v4: v4.map_or(Ok(whole.v4), |text| length(text, whole.v4))?,
        v6: v6.map_or(Ok(whole.v6), |text| length(text, whole.v6))?,
    };
    Ok((name, lengths))
}

const BAD_LENGTH: &str = "has an invalid prefix length";

/// Splits digits at the end off, if `mark` is before them. A domain may contain slashes.
fn ending<'a>(text: &'a str, mark: &str) -> (&'a str, Option<&'a str>) {
    let before = text.trim_end_matches(|c: char| c.is_ascii_digit());
    match before.strip_suffix(mark) {
        Some(rest) if before.len() < text.len() => (rest, Some(&text[before.len()..])),
        _ => (text, None),
    }
}

/// Parses a prefix length. A leading zero or sign is invalid.
fn length(text: &str, most: u8) -> Result<u8, &'static str> {
    let is_plain = text == "0" || !text.starts_with(['0', '+']);
    text.parse()
        .ok()
        .filter(|length| is_plain && *length <= most)
        .ok_or(BAD_LENGTH)
}

fn network<T: std::str::FromStr + Into<IpAddr>>(
    value: &str,
    most: u8,
) -> Result<IpNet, &'static str> {
    let text = value
        .strip_prefix(':')
        .ok_or("needs an address after a colon")?;
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, length(bits, most)?),
        None => (text, most),
    };
    let address: T = address.parse().map_err(|_| "has an invalid address")?;
    IpNet::new(address.into(), bits).map_err(|_| BAD_LENGTH)
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
        let slashed = parse("v=spf1 a:a:b/c.d.example/24").unwrap();
        assert_eq!(
            slashed.terms[0].mechanism,
            Mechanism::A(Some(named("a:b/c.d.example")), Lengths { v4: 24, v6: 128 })
        );
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
        let redirect = (
            named("_spf.d.example"),
            "redirect=_spf.d.example".to_owned(),
        );
        assert_eq!(redirected.redirect, Some(redirect));
    }

    #[test]
    fn nothing_counts_behind_all() {
        let record = parse("v=spf1 -all a mx redirect=x.example").unwrap();
        assert_eq!((record.terms.len(), record.redirect), (1, None));
    }

    #[test]
    fn every_term_that_is_none_is_named() {
        for (term, why) in [
            ("ipv4:192.0.2.1", "isn't a mechanism"),
            ("include", "needs a domain"),
            ("include:", "invalid domain"),
            ("include:localhost", "invalid domain"),
            ("include:a..example", "invalid domain"),
            ("include:192.0.2.1", "invalid domain"),
            ("ip4:192.0.2.256", "invalid address"),
            ("ip4:192.0.2.0/33", "prefix length"),
            ("ip4:192.0.2.0/", "prefix length"),
            ("ip4:2001:db8::1", "invalid address"),
            ("ip6:192.0.2.1", "invalid address"),
            ("ip4", "needs an address"),
            ("a/33", "prefix length"),
            ("a/024", "prefix length"),
            ("a/", "prefix length"),
            ("a/24/64", "prefix length"),
            ("ip4:192.0.2.0/024", "prefix length"),
            ("ip4:192.0.2.0/+24", "prefix length"),
            ("ip6:2001:db8::/064", "prefix length"),
            ("a:d.example//129", "prefix length"),
            ("all:d.example", "takes no value"),
            ("exists:%{x}.example", "doesn't start a macro"),
            ("exists:%{d0}.example", "doesn't start a macro"),
            ("exists:%(d).example", "doesn't start a macro"),
            ("exists:%{c}.example", "only allowed in explanations"),
            ("exists:%{i}/24", "invalid domain"),
            ("include:d.-example", "invalid domain"),
            ("a:d.example\u{7f}", "invalid domain"),
            ("x-own=\u{e4}", "non-ASCII"),
            ("redirect=", "invalid domain"),
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
