//! What fuzz targets run: each function checks on any bytes what always holds. A violation panics.

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;

use super::dns::{Answer, Relay, Resolver, Sender, Trouble, dkim, dmarc, spf};
use super::{Finding, Status};

/// More queries than any record is worth.
const MAX_QUERIES: usize = 400;

/// A name server that answers each name with one of the given lines, so that records can refer to each other.
struct Lines<'a> {
    lines: Vec<&'a str>,
    queries: AtomicUsize,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            lines: text.split('\n').take(16).collect(),
            queries: AtomicUsize::new(0),
        }
    }

    fn line(&self, name: &str) -> &str {
        let queries = self.queries.fetch_add(1, Ordering::Relaxed);
        assert!(queries < MAX_QUERIES, "there is no end to it");
        // The sender's own records are the first line; those of other names are chosen by their length.
        let own = ["d.example", "_dmarc.d.example", "s1._domainkey.d.example"];
        let at = if own.contains(&name) { 0 } else { name.len() };
        self.lines[at % self.lines.len()]
    }
}

#[async_trait]
impl Resolver for Lines<'_> {
    async fn txt(&self, name: &str) -> Answer<String> {
        match self.line(name) {
            "" => Err(Trouble::NoSuchName),
            "-" => Ok(Vec::new()),
            "?" => Err(Trouble::TimedOut),
            line => Ok(vec![line.to_owned()]),
        }
    }

    async fn mx(&self, name: &str) -> Answer<String> {
        let words = self.line(name).split(' ').take(12);
        Ok(words.map(ToOwned::to_owned).collect())
    }

    async fn addresses(&self, name: &str) -> Answer<IpAddr> {
        let length = u8::try_from(self.line(name).len() % 250).unwrap_or(0);
        Ok(vec![[192, 0, 2, length].into()])
    }

    async fn alias(&self, name: &str) -> Answer<String> {
        self.line(name);
        Ok(Vec::new())
    }
}

fn sender() -> Sender {
    Sender {
        selector: Some("s1".to_owned()),
        ..Sender::new("d.example", Relay::Host("192.0.2.25".to_owned()))
    }
}

/// Runs a check. It has findings, each in one line that a terminal can show, and those that ask for a change say which.
/// The same answers give the same findings.
fn check(data: &[u8], run: &impl AsyncFn(&dyn Resolver, &Sender) -> Vec<Finding>) {
    let text = String::from_utf8_lossy(data);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime without threads starts");
    let once = || runtime.block_on(run(&Lines::of(&text), &sender()));
    let findings = once();
    assert!(!findings.is_empty());
    for finding in &findings {
        assert!(finding.detail.len() < 64 * 1024, "{}", finding.detail.len());
        let remedy = finding.remedy.as_deref();
        let asks = matches!(finding.status, Status::Warn | Status::Fail);
        assert!(!asks || remedy.is_some_and(|remedy| !remedy.is_empty()));
    }
    assert_eq!(findings, once());
}

/// SPF records that refer to each other: the check ends after a bounded number of queries.
pub fn spf(data: &[u8]) {
    check(data, &async |resolver, sender| {
        spf::check(resolver, sender).await
    });
}

/// DMARC records, and those of the organization and of addresses for reports.
pub fn dmarc(data: &[u8]) {
    check(data, &async |resolver, sender| {
        dmarc::check(resolver, sender).await
    });
}

/// A DKIM record and its key.
pub fn dkim(data: &[u8]) {
    check(data, &async |resolver, sender| {
        dkim::check(resolver, sender).await
    });
}
