//! What the program that runs a server tells the console, in tests.

use std::pin::Pin;

use regstack::internals::app::{Finding, Insight, Severity};
use regstack::internals::config::Effective;

/// Settings and findings of which some quote a stranger.
pub(crate) struct Quoting;

impl Insight for Quoting {
    fn settings(&self) -> Vec<Effective> {
        let setting = |key: &str, value: &str, layer: &str| Effective {
            key: key.to_owned(),
            value: value.to_owned(),
            layer: layer.to_owned(),
        };
        vec![
            setting(
                "app_name",
                "<script>alert(1)</script> \u{202e}",
                "regstack.toml:1",
            ),
            setting("base_url", "http://127.0.0.1:8000", "default"),
        ]
    }

    fn examine(&self) -> Pin<Box<dyn Future<Output = Vec<Finding>> + Send>> {
        let finding = |check, severity, detail: &str| Finding {
            check,
            severity,
            detail: detail.to_owned(),
            remedy: Some("set <b>this</b>".to_owned()),
        };
        let findings = vec![
            finding("config", Severity::Ok, "all well here"),
            finding(
                "smtp",
                Severity::Warning,
                "<script>alert(1)</script> 220 \"hi\"",
            ),
            finding("tls", Severity::Failure, "expired"),
        ];
        Box::pin(std::future::ready(findings))
    }
}
