//! Adds the source of the settings that a finding mentions: the file, variable or flag in which to change them.

use super::{Finding, Status};
use crate::config::Effective;

/// Adds the source of each mentioned setting to the remedies of warnings and failures.
pub(super) fn add(findings: &mut [Finding], values: &[Effective]) {
    for finding in findings {
        let Some(remedy) = finding.remedy.as_mut() else {
            continue;
        };
        if finding.status < Status::Warn {
            continue;
        }
        let text = format!("{} {remedy}", finding.detail);
        let places: Vec<String> = values
            .iter()
            .filter(|value| value.layer != "default" && !text.contains(&value.layer))
            .filter(|value| names(&text, &value.key))
            .map(|value| format!("{} is set by {}", value.key, value.layer))
            .collect();
        if !places.is_empty() {
            let told = format!("{remedy} ({})", places.join(", "));
            *remedy = told;
        }
    }
}

/// Returns whether a text mentions a key. Keys that are plain words are never recognised.
fn names(text: &str, key: &str) -> bool {
    let is_inside = |c: char| c.is_alphanumeric() || c == '_';
    let is_whole = |(at, _): (usize, &str)| {
        let (before, after) = (&text[..at], &text[at + key.len()..]);
        !before.ends_with(|c| is_inside(c) || c == '.') && !after.starts_with(is_inside)
    };
    key.contains(['.', '_']) && text.match_indices(key).any(is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layer_of_each_named_key_is_told() {
        let value = |key: &str, layer: &str| Effective {
            key: key.to_owned(),
            value: "x".to_owned(),
            layer: layer.to_owned(),
        };
        let values = [
            value("email.smtp_host", "environment REGSTACK_EMAIL__SMTP_HOST"),
            value("email.smtp_port", "regstack.toml:7"),
            value("email.from_address", "default"),
            value("host", "regstack.toml:8"),
            value("mongodb_url", "environment REGSTACK_MONGODB_URL"),
        ];
        let told = |mut finding: Finding| {
            add(std::slice::from_mut(&mut finding), &values);
            finding.remedy.unwrap_or_default()
        };
        let fault = Finding::fail("no host (email.smtp_host, email.smtp_port)", "correct it");
        assert_eq!(
            told(fault),
            "correct it (email.smtp_host is set by environment REGSTACK_EMAIL__SMTP_HOST, email.smtp_port is set by regstack.toml:7)"
        );
        for (detail, remedy) in [
            (
                "away (mongodb_url: environment REGSTACK_MONGODB_URL)",
                "start it",
            ),
            ("x", "correct email.from_address"),
            ("x", "correct email.smtp_hosts and my_mongodb_url"),
        ] {
            assert_eq!(told(Finding::fail(detail, remedy)), remedy);
        }
        assert_eq!(told(Finding::ok("email.smtp_host")), "");
    }
}
