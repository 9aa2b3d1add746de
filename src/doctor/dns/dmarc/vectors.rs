//! Typical records, with the result that RFC 7489 §6.3 and RFC 9989 §4.7 require for each. They cover the kinds of
//! cases in other programs' DMARC test suites.

use super::check;
use crate::doctor::dns::tests::{Zone, told};
use crate::doctor::dns::{Relay, Sender};

const ABSENT: &str = "fail no DMARC record for d.example";
const MALFORMED: &str = "fail the DMARC record of d.example is malformed";

/// Returns the findings about the record of an existing domain, without a mail server.
async fn said(text: &str) -> Vec<String> {
    let record = format!("txt {text}");
    let zone = Zone::of(&[("d.example", "a 192.0.2.1"), ("_dmarc.d.example", &record)]);
    let sender = Sender::new("d.example", Relay::Nobody);
    told(&check(&zone, &sender).await)
}

#[tokio::test]
async fn records_count_as_receivers_read_them() {
    for (text, first) in [
        // Syntax: tags in any order after the version, white space everywhere, and a semicolon at the end.
        ("v=DMARC1;p=none", "ok p=none"),
        ("v=DMARC1; p=quarantine;", "ok p=quarantine"),
        ("v=DMARC1 ; p=reject ; ", "ok p=reject"),
        ("v = DMARC1;  p  =  reject", "ok p=reject"),
        ("v=DMARC1;\tp=reject", "ok p=reject"),
        ("v=DMARC1; adkim=r; aspf=r; p=reject", "ok p=reject"),
        ("v=DMARC1; p=Reject", "ok p=reject"),
        // Unregistered tags, and tags that RFC 9989 removed.
        ("v=DMARC1; p=reject; x=y; zz=1", "ok p=reject"),
        ("v=DMARC1; p=reject; ri=86400; rf=afrf", "ok p=reject"),
        ("v=DMARC1; p=reject; pct=100", "ok p=reject"),
        // All tags at once.
        (
            "v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=s; aspf=s; fo=1:d:s; psd=n; t=n; rua=mailto:a@d.example!10m,mailto:b@d.example; ruf=mailto:c@d.example",
            "ok p=reject",
        ),
        // Only reports.
        ("v=DMARC1; rua=mailto:a@d.example", "ok p=none"),
        // Not DMARC records.
        ("", ABSENT),
        ("p=reject", ABSENT),
        ("v=DMARC2; p=reject", ABSENT),
        ("v=DMARC; p=reject", ABSENT),
        ("v=DMARC10; p=reject", ABSENT),
        ("V=DMARC1; p=reject", ABSENT),
        ("v=dmarc1; p=reject", ABSENT),
        (" v=DMARC1; p=reject", ABSENT),
        ("p=reject; v=DMARC1", ABSENT),
        ("v=DMARC1 p=reject", ABSENT),
        ("v=DMARC1, p=reject", ABSENT),
        ("v=spf1 -all", ABSENT),
        ("\"v=DMARC1; p=reject\"", ABSENT),
        // Quoted as in some zone files.
        ("v=DMARC1\\; p=reject", ABSENT),
        // Records without a valid policy.
        ("v=DMARC1", MALFORMED),
        ("v=DMARC1;", MALFORMED),
        ("v=DMARC1; p=", MALFORMED),
        ("v=DMARC1; p=monitor", MALFORMED),
        ("v=DMARC1; sp=reject", MALFORMED),
        ("v=DMARC1; p=reject; sp=all", MALFORMED),
        ("v=DMARC1; p=reject; p=reject", MALFORMED),
        ("v=DMARC1;; p=reject", MALFORMED),
        ("v=DMARC1; p=reject; =x", MALFORMED),
        ("v=DMARC1; reject", MALFORMED),
    ] {
        let said = said(text).await;
        assert!(said[0].starts_with(first), "{text:?}: {said:#?}");
    }
}

#[tokio::test]
async fn what_a_record_lacks_is_told_beside_its_policy() {
    for (text, words) in [
        (
            "v=DMARC1; p=none; rua=mailto:a@d.example",
            "warn p=none asks receivers to accept forged mail",
        ),
        ("v=DMARC1; p=reject", "ok nobody gets reports"),
        (
            "v=DMARC1; p=reject; pct=50; rua=mailto:a@d.example",
            "warn pct=50: the policy applies to only part",
        ),
        (
            "v=DMARC1; p=reject; pct=0; rua=mailto:a@d.example",
            "warn pct=0: the policy applies to only part",
        ),
        (
            "v=DMARC1; p=reject; t=y; rua=mailto:a@d.example",
            "warn t=y: the policy applies to only part",
        ),
        (
            "v=DMARC1; p=reject; psd=y; rua=mailto:a@d.example",
            "warn psd=y means that d.example is a public suffix",
        ),
        (
            "v=DMARC1; p=reject; rua=a@d.example",
            "warn receivers ignore a tag",
        ),
        (
            "v=DMARC1; p=reject; rua=mailto:a@other.example",
            "warn no reports are sent to other.example",
        ),
        (
            "v=DMARC1; p=reject; ruf=http://d.example",
            "warn receivers ignore a tag",
        ),
        (
            "v=DMARC1; p=reject; adkim=strict",
            "warn receivers ignore a tag",
        ),
        ("v=DMARC1; p=reject; pct=-1", "warn receivers ignore a tag"),
        ("v=DMARC1; p=reject; fo=2", "warn receivers ignore a tag"),
    ] {
        let said = said(text).await;
        let is_told = said.iter().any(|line| line.starts_with(words));
        assert!(
            said[0].starts_with("ok p=") && is_told,
            "{text:?}: {said:#?}"
        );
    }
}

#[tokio::test]
async fn the_policy_is_that_of_the_nearest_who_may_set_it() {
    let policy = |name: &'static str, text: &'static str| (name, text);
    for (domain, records, first) in [
        // Subdomains that exist and that don't.
        (
            "a.d.example",
            vec![
                policy("_dmarc.d.example", "txt v=DMARC1; p=reject"),
                policy("a.d.example", "a 192.0.2.1"),
            ],
            "ok p=reject at d.example",
        ),
        (
            "a.d.example",
            vec![
                policy("_dmarc.d.example", "txt v=DMARC1; p=reject; sp=none"),
                policy("a.d.example", "a 192.0.2.1"),
            ],
            "ok sp=none at d.example",
        ),
        (
            "a.d.example",
            vec![policy(
                "_dmarc.d.example",
                "txt v=DMARC1; p=none; sp=none; np=reject",
            )],
            "ok np=reject at d.example",
        ),
        // A domain's own record takes precedence.
        (
            "a.d.example",
            vec![
                policy("_dmarc.a.d.example", "txt v=DMARC1; p=none"),
                policy("_dmarc.d.example", "txt v=DMARC1; p=reject"),
            ],
            "ok p=none at a.d.example",
        ),
        // Other TXT records at the name do not stop the search.
        (
            "a.d.example",
            vec![
                policy("_dmarc.a.d.example", "txt google-site-verification=x"),
                policy("_dmarc.d.example", "txt v=DMARC1; p=reject"),
                policy("a.d.example", "a 192.0.2.1"),
            ],
            "ok p=reject at d.example",
        ),
        (
            "d.example",
            vec![
                policy("_dmarc.d.example", "txt x"),
                policy("_dmarc.d.example", "txt v=DMARC1; p=reject"),
            ],
            "ok p=reject at d.example",
        ),
        // Two records count as none.
        (
            "d.example",
            vec![
                policy("_dmarc.d.example", "txt v=DMARC1; p=none"),
                policy("_dmarc.d.example", "txt v=DMARC1; p=none"),
            ],
            "fail _dmarc.d.example has 2 DMARC records",
        ),
    ] {
        let sender = Sender::new(domain, Relay::Nobody);
        let said = told(&check(&Zone::of(&records), &sender).await);
        assert!(
            said[0].starts_with(first),
            "{domain} {records:?}: {said:#?}"
        );
    }
}
