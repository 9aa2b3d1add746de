//! Checks the validity and hosts of the TLS certificate.
//!
//! Whether it can be used at all and matches its key is checked when the server loads it.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::{Host, Url};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

use super::Finding;
use crate::config::{Settings, Tls};

/// How long before its expiry a certificate causes a warning.
const NOTICE: SignedDuration = SignedDuration::from_hours(30 * 24);

const RENEW: &str = "renew it (for example with certbot renew), then send SIGHUP to regstack serve";

/// Checks the configured certificate. Returns nothing if there is none, or none that can be read.
pub(super) fn check(settings: &Settings, now: Timestamp) -> Vec<Finding> {
    let Some(tls) = &settings.server.tls else {
        return Vec::new();
    };
    let identity = &settings.identity;
    // A proxy may use another name for this server than people do.
    let url = Url::parse(&identity.base_url).ok();
    let url = url.filter(|url| url.scheme() == "https" && !identity.behind_proxy);
    read(tls).map_or_else(Vec::new, |chain| {
        judge(tls, &chain, url.as_ref().and_then(Url::host), now)
    })
}

fn read(tls: &Tls) -> Option<Vec<CertificateDer<'static>>> {
    let chain = CertificateDer::pem_file_iter(&tls.cert).ok()?;
    chain.collect::<Result<_, _>>().ok()
}

fn judge(
    tls: &Tls,
    chain: &[CertificateDer<'_>],
    host: Option<Host<&str>>,
    now: Timestamp,
) -> Vec<Finding> {
    let chain = chain.iter().map(|der| X509Certificate::from_der(der));
    let Ok(chain) = chain.collect::<Result<Vec<_>, _>>() else {
        return vec![Finding::fail(
            format!("tls_cert {} can't be read", tls.cert.display()),
            "put the certificate there in PEM format, followed by those of its issuers",
        )];
    };
    let mut findings: Vec<Finding> = chain
        .iter()
        .enumerate()
        .filter_map(|(index, (_, certificate))| judge_dates(tls, index, certificate, now))
        .collect();
    if let (Some((_, leaf)), Some(host)) = (chain.first(), host) {
        findings.extend(judge_host(tls, leaf, &host));
    }
    if let (Some((_, leaf)), true) = (chain.first(), findings.is_empty()) {
        let (_, end) = dates(leaf);
        findings.push(Finding::ok(format!(
            "good until {}, for {}",
            day(end),
            names(leaf).join(", ")
        )));
    }
    findings
}

/// Checks the validity period of a certificate. The first certificate is the server's, the others are its issuers'.
fn judge_dates(
    tls: &Tls,
    index: usize,
    certificate: &X509Certificate<'_>,
    now: Timestamp,
) -> Option<Finding> {
    let (start, end) = dates(certificate);
    let file = tls.cert.display();
    let which = match index {
        0 => format!("the certificate in {file}"),
        _ => format!("an issuer's certificate in {file}"),
    };
    let left = end.duration_since(now);
    // A certificate that is renewed every few days must not cause permanent warnings.
    let notice = NOTICE.min(end.duration_since(start) / 3);
    if now < start {
        let detail = format!(
            "{which} isn't valid before {}: browsers reject it",
            day(start)
        );
        let remedy = "check whether this machine's clock is right (timedatectl); otherwise use the previous certificate";
        Some(Finding::fail(detail, remedy))
    } else if left.is_negative() {
        let detail = format!("{which} expired on {}: browsers reject it", day(end));
        Some(Finding::fail(detail, RENEW))
    } else if left < notice {
        let days = left.as_hours() / 24;
        let detail = format!("{which} expires in {days} days, on {}", day(end));
        Some(Finding::warn(detail, RENEW))
    } else {
        None
    }
}

/// Reports if a certificate is not valid for the host in `base_url`.
fn judge_host(tls: &Tls, leaf: &X509Certificate<'_>, host: &Host<&str>) -> Option<Finding> {
    let names = names(leaf);
    let asked = host.to_string();
    let asked = asked.trim_matches(['[', ']']);
    if names.iter().any(|name| covers(name, asked)) {
        return None;
    }
    let names = match names.as_slice() {
        // Browsers no longer use the common name.
        [] => "names no host (a common name alone doesn't count)".to_owned(),
        names => format!("is for {}", names.join(", ")),
    };
    Some(Finding::fail(
        format!(
            "the certificate in {} {names}, but base_url's host is {asked}: browsers reject it",
            tls.cert.display()
        ),
        format!("use a certificate for {asked}, or correct base_url"),
    ))
}

fn dates(certificate: &X509Certificate<'_>) -> (Timestamp, Timestamp) {
    let validity = certificate.validity();
    let moment = |second| Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
    (
        moment(validity.not_before.timestamp()),
        moment(validity.not_after.timestamp()),
    )
}

/// Returns the hosts that a certificate is valid for (RFC 9525 §2: no other field counts).
fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.iter().flat_map(|names| &names.value.general_names);
    names
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            GeneralName::IPAddress(bytes) => ip(bytes).map(|ip| ip.to_string()),
            _ => None,
        })
        .collect()
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from).ok();
    v4.or_else(|| <[u8; 16]>::try_from(bytes).map(IpAddr::from).ok())
}

/// Returns whether a name is the host, or a wildcard that covers the host's first label (RFC 9525 §6.3).
fn covers(name: &str, host: &str) -> bool {
    let is_below = |zone: &str| host.split_once('.').is_some_and(|(_, rest)| rest == zone);
    name == host || name.strip_prefix("*.").is_some_and(is_below)
}

/// Formats a date like `2026-12-24`.
fn day(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;
    use crate::doctor::Status;

    const NOW: &str = "2026-06-15T12:00:00Z";

    /// Returns the findings about a certificate for these names, valid between two days of 2026, for a host.
    fn said(names: &[&str], from: (u8, u8), to: (u8, u8), host: &str) -> Vec<(Status, String)> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = date_time_ymd(2026, from.0, from.1);
        params.not_after = date_time_ymd(2026, to.0, to.1);
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let tls = Tls {
            cert: "c.pem".into(),
            key: "k.pem".into(),
        };
        let url = Url::parse(host).unwrap();
        let findings = judge(
            &tls,
            &[certificate.der().clone()],
            url.host(),
            NOW.parse().unwrap(),
        );
        let told = |finding: Finding| (finding.status, finding.detail);
        findings.into_iter().map(told).collect()
    }

    #[test]
    fn a_certificate_is_warned_of_before_it_ends_and_fails_after() {
        let of = |from, to| said(&["a.example"], from, to, "https://a.example");
        for (from, to, status, words) in [
            (
                (1, 1),
                (12, 31),
                Status::Ok,
                "good until 2026-12-31, for a.example",
            ),
            ((1, 1), (7, 16), Status::Ok, "good until"),
            (
                (1, 1),
                (7, 15),
                Status::Warn,
                "expires in 29 days, on 2026-07-15",
            ),
            ((1, 1), (6, 16), Status::Warn, "expires in 0 days"),
            ((1, 1), (6, 15), Status::Fail, "expired on 2026-06-15"),
            (
                (6, 16),
                (12, 31),
                Status::Fail,
                "isn't valid before 2026-06-16",
            ),
            // For a short-lived certificate, the warning starts later.
            ((6, 14), (6, 20), Status::Ok, "good until"),
            ((6, 10), (6, 16), Status::Warn, "expires in 0 days"),
        ] {
            let said = of(from, to);
            assert!(
                said.len() == 1 && said[0].0 == status && said[0].1.contains(words),
                "{from:?} {to:?}: {said:?}"
            );
        }
    }

    #[test]
    fn a_certificate_has_to_be_for_the_host_of_base_url() {
        let of = |names: &[&str], host: &str| said(names, (1, 1), (12, 31), host);
        for (names, host) in [
            (&["a.example"][..], "https://A.example/x"),
            (&["b.example", "a.example"], "https://a.example:8443"),
            (&["*.example.com"], "https://a.example.com"),
            (&["192.0.2.1"], "https://192.0.2.1"),
            (&["2001:db8::1"], "https://[2001:db8::1]"),
        ] {
            assert_eq!(of(names, host)[0].0, Status::Ok, "{names:?} {host}");
        }
        for (names, host, words) in [
            (
                &["b.example"][..],
                "https://a.example",
                "is for b.example, but base_url's host is a.example",
            ),
            (
                &["*.example.com"],
                "https://example.com",
                "is for *.example.com",
            ),
            (&["*.example.com"], "https://a.b.example.com", "is for"),
            (&["a.example"], "https://192.0.2.1", "host is 192.0.2.1"),
            (&[], "https://a.example", "names no host"),
        ] {
            let said = of(names, host);
            assert!(
                said[0].0 == Status::Fail && said[0].1.contains(words),
                "{said:?}"
            );
        }
    }
}
