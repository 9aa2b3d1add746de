//! Parses a DMARC record (RFC 7489 §6.3, RFC 9989), and finds the tags that receivers ignore.

use crate::doctor::dns::{compact, tags};

const POLICIES: [&str; 3] = ["none", "quarantine", "reject"];

/// A valid record.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The policy for the domain that publishes it.
    pub(super) policy: String,
    /// The policy for subdomains.
    pub(super) subdomain_policy: Option<String>,
    /// The policy for subdomains that do not exist.
    pub(super) missing_policy: Option<String>,
    pub(super) percent: u8,
    pub(super) is_test: bool,
    pub(super) strict_spf: bool,
    pub(super) strict_dkim: bool,
    /// The value of `psd`: `y` for a public suffix, `n` for an organizational domain.
    pub(super) suffix: Option<String>,
    /// The email addresses that get reports.
    pub(super) reports: Vec<String>,
    /// The tags that receivers ignore, and why.
    pub(super) ignored: Vec<String>,
}

/// Returns whether a text starts like a DMARC record.
pub(super) fn is_dmarc(text: &str) -> bool {
    let version = text.split(';').next().unwrap_or_default();
    version
        .split_once('=')
        .is_some_and(|(name, value)| name.trim_end() == "v" && value.trim() == "DMARC1")
}

/// Returns why a text that looks like a DMARC record isn't one.
pub(super) fn look_alike(text: &str) -> Option<&'static str> {
    let compact = compact(text);
    if is_dmarc(text)
        || !(compact.starts_with("v=dmarc")
            || compact.contains("v=dmarc1")
            || compact.starts_with("dmarc1"))
    {
        return None;
    }
    Some(if text.starts_with(['"', '\'']) {
        "the quotation marks are a part of it"
    } else if compact.starts_with("v=dmarc1;") {
        "the version has to be written v=DMARC1, in these capitals and at the very beginning"
    } else {
        "it has to begin with v=DMARC1 and a semicolon"
    })
}

/// Parses a record. The error says why receivers ignore its policy.
pub(super) fn parse(text: &str) -> Result<Record, String> {
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
    let mut ignored = Vec::new();
    let mut reports = Vec::new();
    for name in ["rua", "ruf"] {
        let uris = value(name).into_iter().flat_map(|uris| uris.split(','));
        for uri in uris.map(str::trim).filter(|uri| !uri.is_empty()) {
            match report_address(uri) {
                Some(address) if name == "rua" => reports.push(address.to_owned()),
                Some(_) => {}
                None => ignored.push(format!(
                    "{name} has \"{uri}\", which isn't in the form mailto:reports@example.com"
                )),
            }
        }
    }
    let policy = match (one_of("p", &POLICIES), reports.is_empty()) {
        (Ok(Some(policy)), _) => policy,
        // Receivers treat a record that only asks for reports like this.
        (Ok(None), false) => "none".to_owned(),
        (Ok(None), true) => return Err("the tag p is missing".to_owned()),
        (Err(why), _) => return Err(why),
    };
    let subdomain_policy = one_of("sp", &POLICIES)?;
    let mut optional = |name: &str, allowed: &[&str]| {
        one_of(name, allowed).unwrap_or_else(|why| {
            ignored.push(why);
            None
        })
    };
    let missing_policy = optional("np", &POLICIES);
    let suffix = optional("psd", &["y", "n", "u"]);
    let is_test = optional("t", &["y", "n"]).as_deref() == Some("y");
    let strict_spf = optional("aspf", &["r", "s"]).as_deref() == Some("s");
    let strict_dkim = optional("adkim", &["r", "s"]).as_deref() == Some("s");
    let percent = value("pct").unwrap_or("100");
    let percent = percent.parse().ok().filter(|percent| *percent <= 100);
    let percent = percent.unwrap_or_else(|| {
        let text = value("pct").unwrap_or_default();
        ignored.push(format!("pct={text} must be a number from 0 to 100"));
        100
    });
    let is_kind = |kind: &str| matches!(kind.trim(), "0" | "1" | "d" | "s");
    if let Some(kinds) = value("fo")
        && !kinds.split(':').all(is_kind)
    {
        ignored.push(format!("fo={kinds} must only contain 0, 1, d and s"));
    }
    Ok(Record {
        policy,
        subdomain_policy,
        missing_policy,
        percent,
        is_test,
        strict_spf,
        strict_dkim,
        suffix,
        reports,
        ignored,
    })
}

/// Returns the email address of a `mailto:` URI, which may end in `!` and a size.
fn report_address(uri: &str) -> Option<&str> {
    let uri = uri.split('!').next().unwrap_or_default().trim_end();
    let (scheme, address) = uri.split_at_checked(7)?;
    let is_address = address.contains('@') && !address.contains(char::is_whitespace);
    (scheme.eq_ignore_ascii_case("mailto:") && is_address).then_some(address)
}
