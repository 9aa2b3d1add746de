//! Checks whether the configuration loads, and whether its signing secret is strong.

use std::net::IpAddr;

use url::{Host, Url};

use super::dns::is_inside;
use super::{Finding, Subject, Task};
use crate::config::{self, Fault, Settings};

/// A secret with fewer distinct characters is easy to guess, however long it is.
const MIN_DISTINCT_CHARACTERS: usize = 10;

/// Host names that are only known in a local network.
const NEARBY: [&str; 6] = [
    "localhost",
    ".localhost",
    ".local",
    ".internal",
    ".test",
    ".home.arpa",
];

/// Returns whether a fault is about the signing secret, which has its own check.
pub(super) fn is_of_secret(fault: &Fault) -> bool {
    matches!(fault.key.as_str(), "jwt_secret" | "jwt_previous_secrets")
}

/// Returns whether a fault is about the certificate or its key, which have their own check.
pub(super) fn is_of_tls(fault: &Fault) -> bool {
    matches!(fault.key.as_str(), "tls_cert" | "tls_key")
}

/// Returns whether another check covers a setting in more detail.
pub(super) fn has_own_check(key: &str) -> bool {
    key.starts_with("email.")
        || key.starts_with("sms.")
        || matches!(
            key,
            "extra_template_dirs" | "database_url" | "mongodb_url" | "mongodb_database"
        )
}

pub(super) fn tasks(subject: &Subject) -> Vec<Task> {
    vec![
        Task::done("config", configuration(subject)),
        Task::done("jwt secret", secret(subject)),
    ]
}

fn configuration(subject: &Subject) -> Vec<Finding> {
    let mut findings = failures(subject, |fault| {
        // If nothing loads, there is no certificate check.
        let has_own_row = is_of_secret(fault) || (is_of_tls(fault) && subject.loaded.is_some());
        !has_own_row
    });
    if findings.is_empty() {
        findings.push(Finding::ok(sources(subject)));
    }
    let warnings = subject.warnings.iter();
    findings.extend(warnings.map(|fault| Finding::warn(fault.to_string(), remedy(fault))));
    if let Some(loaded) = &subject.loaded {
        findings.extend(plain_http(&loaded.settings));
    }
    findings
}

pub(super) fn failures(subject: &Subject, is_meant: impl Fn(&Fault) -> bool) -> Vec<Finding> {
    let faults = subject.faults.iter().filter(|fault| is_meant(fault));
    faults
        .map(|fault| Finding::fail(fault.to_string(), remedy(fault)))
        .collect()
}

/// Formats the sources like `regstack.toml, regstack.secrets.env, 2 from the environment`.
fn sources(subject: &Subject) -> String {
    let name = |file: &std::path::PathBuf| config::shown(file, &subject.working_dir);
    let mut sources: Vec<String> = subject.files.iter().map(name).collect();
    if sources.is_empty() {
        sources.push("no file".to_owned());
    }
    let values = subject.loaded.iter().flat_map(|loaded| &loaded.values);
    let from_environment = values
        .filter(|value| value.layer.starts_with("environment "))
        .count();
    if from_environment > 0 {
        sources.push(format!("{from_environment} from the environment"));
    }
    sources.join(", ")
}

fn remedy(fault: &Fault) -> String {
    fault.hint.clone().unwrap_or_else(|| {
        let place = match fault.layer.as_str() {
            "default" => "in regstack.toml".to_owned(),
            layer if layer.starts_with("environment ") => format!("in the {layer}"),
            layer if layer.starts_with("flag ") => format!("by {}", &layer[5..]),
            layer => format!("in {layer}"),
        };
        let key = match fault.key.as_str() {
            "" => "it",
            key => key,
        };
        format!("change {key} {place}, then check it with regstack config check")
    })
}

/// Warns if people's passwords would be sent over a network unencrypted.
fn plain_http(settings: &Settings) -> Option<Finding> {
    let url = Url::parse(&settings.identity.base_url).ok()?;
    if url.scheme() != "http" || !is_public(&url.host()?) {
        return None;
    }
    let secure = settings.identity.base_url.replacen("http:", "https:", 1);
    Some(Finding::warn(
        format!(
            "base_url is {}: links in mail lead there, and passwords are sent unencrypted",
            settings.identity.base_url
        ),
        format!(
            "serve it with https (tls_cert and tls_key, or a proxy), and set base_url to {secure}"
        ),
    ))
}

fn is_public(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name.contains('.') && !NEARBY.iter().any(|nearby| name.ends_with(nearby))
        }
        Host::Ipv4(ip) => !is_inside(&IpAddr::V4(*ip)),
        Host::Ipv6(ip) => !is_inside(&IpAddr::V6(*ip)),
    }
}

fn secret(subject: &Subject) -> Vec<Finding> {
    let failures = failures(subject, is_of_secret);
    if !failures.is_empty() {
        return failures;
    }
    let Some(loaded) = &subject.loaded else {
        return vec![Finding::skipped("needs a configuration that loads")];
    };
    let (characters, different) = loaded.settings.tokens.secret_characters();
    if different < MIN_DISTINCT_CHARACTERS {
        return vec![Finding::warn(
            format!(
                "{characters} characters, but only {different} different ones: it may be guessed"
            ),
            "use one from regstack secret generate; every session then ends",
        )];
    }
    vec![Finding::ok(format!("{characters} characters"))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_hosts_are_told_from_those_nearby() {
        let public = |url: &str| is_public(&Url::parse(url).unwrap().host().unwrap());
        for url in [
            "http://example.com",
            "http://app.example.com:8000",
            "http://8.8.8.8",
            "http://[2001:db8::1]",
        ] {
            assert!(public(url), "{url}");
        }
        for url in [
            "http://localhost:8000",
            "http://app.localhost",
            "http://box",
            "http://box.local",
            "http://db.internal",
            "http://app.test",
            "http://127.0.0.1",
            "http://10.1.2.3",
            "http://192.168.0.1",
            "http://[::1]",
            "http://[fd00::1]",
        ] {
            assert!(!public(url), "{url}");
        }
    }
}
