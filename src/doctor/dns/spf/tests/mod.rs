//! Tests whole records against tables of names.

mod remedies;
mod setups;
mod suites;

use super::*;
use crate::doctor::dns::tests::{Zone, told};

const RELAY: (&str, &str) = ("mail.d.example", "a 192.0.2.5");

async fn judged(record: &str, others: &[(&str, &str)]) -> Vec<String> {
    let record = format!("txt {record}");
    let records = [&[("d.example", record.as_str()), RELAY], others].concat();
    by(&Relay::Host("mail.d.example".to_owned()), &records).await
}

async fn by(relay: &Relay, records: &[(&str, &str)]) -> Vec<String> {
    let sender = Sender::new("d.example", relay.clone());
    told(&check(&Zone::of(records), &sender).await)
}

/// Returns the only finding that is not ok.
#[track_caller]
fn worst(findings: &[String]) -> &str {
    let mut bad = findings
        .iter()
        .filter(|finding| !finding.starts_with("ok "));
    let worst = bad
        .next()
        .unwrap_or_else(|| panic!("all good: {findings:?}"));
    assert_eq!(bad.next(), None, "{findings:?}");
    worst
}

#[tokio::test]
async fn a_record_that_covers_the_relay_passes() {
    for (record, lookups) in [
        ("v=spf1 a:mail.d.example -all", 1),
        ("v=spf1 ip4:192.0.2.0/24 ~all", 0),
        ("v=spf1 mx -all", 1),
        ("v=spf1 -ip4:192.0.2.6 a:mail.d.example/29 -all", 1),
        ("v=spf1 include:i.example -all", 2),
        ("v=spf1 include:none.example include:i.example -all", 3),
        ("v=spf1 redirect=i.example", 2),
    ] {
        let others = [
            ("d.example", "mx mail.d.example"),
            ("i.example", "txt v=spf1 a:mail.d.example -all"),
            ("none.example", "txt v=spf1 -all"),
        ];
        let found = judged(record, &others).await;
        assert_eq!(
            found,
            [
                format!("ok {record}, {lookups} of 10 look-ups"),
                "ok covers email.smtp_host mail.d.example".to_owned()
            ]
        );
    }
}

#[tokio::test]
async fn no_record_and_several_are_failures_with_the_record_to_publish() {
    let found = by(
        &Relay::Host("mail.d.example".to_owned()),
        &[RELAY, ("d.example", "txt other")],
    )
    .await;
    assert!(worst(&found).starts_with("fail d.example has no SPF record"));
    assert!(
        found[0].contains("-> find out which addresses mail.d.example sends from")
            && found[0].ends_with(": publish d.example TXT \"v=spf1 ip4:ADDRESS ~all\""),
        "{found:?}"
    );
    let found = by(&Relay::Ses, &[("d.example", "txt other")]).await;
    assert!(
        found[0].ends_with("\"v=spf1 include:amazonses.com ~all\""),
        "{found:?}"
    );
    let found = by(&Relay::Nobody, &[("d.example", "txt other")]).await;
    assert!(found[0].ends_with("\"v=spf1 mx ~all\""), "{found:?}");

    let found = judged(
        "v=spf1 mx a:mail.d.example -all",
        &[
            ("d.example", "txt v=spf1 include:x.example mx ~all"),
            ("x.example", "txt v=spf1 -all"),
        ],
    )
    .await;
    assert!(worst(&found).contains("has 2 SPF records"));
    assert!(
        found[0].ends_with(
            "keep one: publish d.example TXT \"v=spf1 mx a:mail.d.example include:x.example ~all\""
        ),
        "{found:?}"
    );
}

#[tokio::test]
async fn terms_that_are_none_are_named() {
    let found = judged("v=spf1 ipv4:192.0.2.5 a:mail.d.example include: -all", &[]).await;
    assert_eq!(found.len(), 2);
    assert!(found[0].starts_with(
        "fail receivers ignore the SPF record of d.example: ipv4:192.0.2.5 isn't a mechanism"
    ));
    assert!(
        found[1].ends_with("without it: publish d.example TXT \"v=spf1 a:mail.d.example -all\""),
        "{found:?}"
    );
}

#[tokio::test]
async fn what_is_said_of_everybody_else_is_judged() {
    for (record, wanted) in [
        (
            "v=spf1 a:mail.d.example +all",
            "fail +all in the SPF record of d.example allows anyone to send mail in its name -> publish d.example TXT \"v=spf1 a:mail.d.example ~all\"",
        ),
        (
            "v=spf1 a:mail.d.example all",
            "fail all in the SPF record of d.example allows anyone to send mail",
        ),
        (
            "v=spf1 a:mail.d.example ?all",
            "warn ?all in the SPF record of d.example doesn't tell receivers to reject forged mail -> publish d.example TXT \"v=spf1 a:mail.d.example ~all\"",
        ),
        (
            "v=spf1 a:mail.d.example",
            "warn the SPF record of d.example has no all, so it says nothing about other senders -> publish d.example TXT \"v=spf1 a:mail.d.example ~all\"",
        ),
    ] {
        let found = judged(record, &[]).await;
        assert!(worst(&found).starts_with(wanted), "{found:?}");
    }
}

/// Returns `count` domains, each of which includes the next.
fn chain(count: usize) -> Vec<(String, String)> {
    (1..=count)
        .map(|index| {
            let next = if index == count {
                String::new()
            } else {
                format!(" include:i{}.example", index + 1)
            };
            (
                format!("i{index}.example"),
                format!("txt v=spf1{next} -all"),
            )
        })
        .collect()
}

#[tokio::test]
async fn receivers_stop_at_the_eleventh_look_up() {
    for (depth, is_good) in [(9, true), (10, false)] {
        let chain = chain(depth);
        let chain: Vec<(&str, &str)> = chain
            .iter()
            .map(|(name, record)| (name.as_str(), record.as_str()))
            .collect();
        let found = judged("v=spf1 a:mail.d.example include:i1.example -all", &chain).await;
        if is_good {
            assert!(found[0].ends_with("10 of 10 look-ups"), "{found:?}");
        } else {
            assert!(
                worst(&found).starts_with("fail the SPF record of d.example needs 11 look-ups, and receivers stop at 10: include:i1.example 10, a:mail.d.example 1"),
                "{found:?}"
            );
        }
    }
}

#[tokio::test]
async fn receivers_stop_at_the_third_void() {
    for (voids, is_good) in [
        ("a:x.example mx:y.example", true),
        ("a:x.example mx:y.example exists:z.example", false),
    ] {
        let record = format!("v=spf1 a:mail.d.example {voids} -all");
        let found = judged(&record, &[("y.example", "txt nothing")]).await;
        if is_good {
            assert!(found[0].starts_with("ok "), "{found:?}");
        } else {
            let worst = worst(&found);
            assert!(
                worst.contains("3 look-ups") && worst.contains("x.example, y.example, z.example"),
                "{found:?}"
            );
            assert!(
                worst.ends_with("publish d.example TXT \"v=spf1 a:mail.d.example -all\""),
                "{found:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_include_that_leads_nowhere_breaks_the_record() {
    for (others, words) in [
        (&[][..], "i.example does not exist (NXDOMAIN)"),
        (&[("i.example", "txt other")], "i.example has no SPF record"),
        (
            &[("i.example", "a 192.0.2.1")],
            "i.example has no SPF record",
        ),
        (
            &[
                ("i.example", "txt v=spf1 -all"),
                ("i.example", "txt v=spf1 ~all"),
            ],
            "i.example has 2 SPF records",
        ),
        (
            &[("i.example", "txt v=spf1 ipx:1 -all")],
            "in the SPF record of i.example, ipx:1 isn't a mechanism",
        ),
        (
            &[("i.example", "txt v=spf1 include:d.example -all")],
            "d.example includes itself",
        ),
    ] {
        let found = judged("v=spf1 a:mail.d.example include:i.example -all", others).await;
        let worst = worst(&found);
        assert!(
            worst.starts_with("fail receivers ignore") && worst.contains(words),
            "{found:?}"
        );
        assert!(worst.ends_with("correct include:i.example, or without it: publish d.example TXT \"v=spf1 a:mail.d.example -all\""), "{found:?}");
    }
    let many: Vec<String> = (0..11)
        .map(|index| format!("mx m{index}.example"))
        .collect();
    let many: Vec<(&str, &str)> = many
        .iter()
        .map(|record| ("many.example", record.as_str()))
        .collect();
    let found = judged("v=spf1 a:mail.d.example mx:many.example -all", &many).await;
    assert!(
        worst(&found).contains("many.example has 11 mail exchangers"),
        "{found:?}"
    );
}

#[tokio::test]
async fn an_unknown_relay_that_is_left_out_is_a_warning() {
    for record in [
        "v=spf1 a:mail.d.example -all",
        "v=spf1 -all",
        "v=spf1 ~ip4:192.0.2.5 ip4:192.0.2.5 -all",
        "v=spf1 include:no.example -all",
    ] {
        let records = [
            ("d.example", format!("txt {record}")),
            ("no.example", "txt v=spf1 -ip4:192.0.2.5 ~all".to_owned()),
            ("mail.d.example", "a 192.0.2.9".to_owned()),
            ("relay.example", "a 192.0.2.5".to_owned()),
            ("relay.example", "a 192.0.2.9".to_owned()),
        ];
        let records: Vec<(&str, &str)> = records
            .iter()
            .map(|(name, record)| (*name, record.as_str()))
            .collect();
        let found = by(&Relay::Host("Relay.example".to_owned()), &records).await;
        let worst = worst(&found);
        assert!(worst.starts_with("warn the SPF record of d.example doesn't cover email.smtp_host Relay.example (192.0.2.5"), "{found:?}");
        assert!(
            worst.contains("-> find out which addresses Relay.example sends from"),
            "{found:?}"
        );
        let amended = record.replace("-all", "ip4:ADDRESS -all");
        assert!(
            worst.ends_with(&format!("publish d.example TXT \"{amended}\"")),
            "{found:?}"
        );
    }
    let found = by(
        &Relay::Host("gone.example".to_owned()),
        &[
            ("d.example", "txt v=spf1 mx -all"),
            ("d.example", "mx m.example"),
        ],
    )
    .await;
    assert!(worst(&found).starts_with("warn email.smtp_host gone.example has no address"));
}

#[tokio::test]
async fn ses_has_to_be_included_at_some_depth() {
    let ses = ("amazonses.com", "txt v=spf1 ip4:199.255.192.0/22 -all");
    for record in [
        "v=spf1 include:amazonses.com -all",
        "v=spf1 include:i.example -all",
        "v=spf1 redirect=i.example",
    ] {
        let record = format!("txt {record}");
        let found = by(
            &Relay::Ses,
            &[
                ("d.example", record.as_str()),
                ("i.example", "txt v=spf1 include:amazonses.com -all"),
                ses,
            ],
        )
        .await;
        assert!(found.len() == 1 && found[0].starts_with("ok "), "{found:?}");
    }
    let found = by(
        &Relay::Ses,
        &[
            ("d.example", "txt v=spf1 mx -all"),
            ("d.example", "mx m.example"),
        ],
    )
    .await;
    assert_eq!(
        worst(&found),
        "fail v=spf1 does not include amazonses.com, but email.backend is \"ses\" -> add include:amazonses.com to the TXT record of d.example: publish d.example TXT \"v=spf1 mx include:amazonses.com -all\""
    );
}

#[tokio::test]
async fn what_cannot_be_told_from_here_is_said() {
    for (record, by) in [
        ("v=spf1 exists:%{i}._spf.d.example -all", "macros"),
        (
            "v=spf1 -exists:%{i}._spf.d.example a:mail.d.example -all",
            "macros",
        ),
        ("v=spf1 ptr -all", "ptr"),
        ("v=spf1 ptr include:%{d}.example -all", "macros and ptr"),
    ] {
        let found = judged(record, &[]).await;
        let wanted = format!(
            "warn whether the SPF record of d.example covers email.smtp_host mail.d.example depends on {by}, for each mail"
        );
        assert!(
            found.iter().any(|line| line.starts_with(&wanted)),
            "{found:?}"
        );
    }
    // A record that receivers ignore decides nothing.
    let found = judged("v=spf1 include:gone.example -all", &[]).await;
    assert!(
        worst(&found).starts_with("fail receivers ignore"),
        "{found:?}"
    );
    let long: Vec<String> = (0..40)
        .map(|index| format!("ip4:198.51.100.{index}"))
        .collect();
    let long = long.join(" ");
    let found = judged(&format!("v=spf1 a:mail.d.example {long} -all"), &[]).await;
    assert!(
        worst(&found).contains("characters; some receivers only read 512"),
        "{found:?}"
    );
    for inside in ["localhost", "127.0.0.1", "10.0.0.1", "::1"] {
        let found = by(
            &Relay::Host(inside.to_owned()),
            &[("d.example", "txt v=spf1 -all")],
        )
        .await;
        assert!(
            found.iter().any(|finding| finding.contains("is inside")),
            "{found:?}"
        );
        assert!(
            found.iter().all(|finding| finding.starts_with("ok ")),
            "{found:?}"
        );
    }
    let found = judged("v=spf1 a:mail.d.example ptr -all", &[]).await;
    assert!(worst(&found).starts_with("warn ptr is slow"), "{found:?}");
}

#[tokio::test]
async fn silence_anywhere_is_told_as_such() {
    for (records, words) in [
        (
            &[("d.example", "silence")][..],
            "no name server answered about d.example in time",
        ),
        (
            &[
                ("d.example", "txt v=spf1 include:i.example -all"),
                ("i.example", "servfail"),
            ],
            "i.example (SERVFAIL)",
        ),
        (
            &[
                ("d.example", "txt v=spf1 a:i.example -all"),
                ("i.example", "refused"),
            ],
            "i.example (REFUSED)",
        ),
        (
            &[
                ("d.example", "txt v=spf1 -all"),
                ("mail.d.example", "silence"),
            ],
            "about mail.d.example in time",
        ),
        (&[], "d.example does not exist (NXDOMAIN)"),
    ] {
        let found = by(&Relay::Host("mail.d.example".to_owned()), records).await;
        assert!(worst(&found).contains(words), "{found:?}");
    }
}

/// A name server with a long response time.
struct Far(Zone);

const FAR: std::time::Duration = std::time::Duration::from_millis(60);

#[async_trait::async_trait]
impl Resolver for Far {
    async fn txt(&self, name: &str) -> crate::doctor::dns::Answer<String> {
        tokio::time::sleep(FAR).await;
        self.0.txt(name).await
    }
    async fn mx(&self, name: &str) -> crate::doctor::dns::Answer<String> {
        tokio::time::sleep(FAR).await;
        self.0.mx(name).await
    }
    async fn addresses(&self, name: &str) -> crate::doctor::dns::Answer<std::net::IpAddr> {
        tokio::time::sleep(FAR).await;
        self.0.addresses(name).await
    }
    async fn alias(&self, name: &str) -> crate::doctor::dns::Answer<String> {
        self.0.alias(name).await
    }
}

#[tokio::test]
async fn what_can_be_asked_at_once_is() {
    let names: Vec<String> = (0..9).map(|index| format!("h{index}.example")).collect();
    let terms: Vec<String> = names.iter().map(|name| format!("a:{name}")).collect();
    let record = format!("txt v=spf1 {} mx -all", terms.join(" "));
    let hosts: Vec<String> = (0..9).map(|index| format!("mx x{index}.example")).collect();
    let mut records = vec![("d.example", record.as_str())];
    records.extend(names.iter().map(|name| (name.as_str(), "a 192.0.2.9")));
    records.extend(hosts.iter().map(|host| ("d.example", host.as_str())));
    records.extend(hosts.iter().map(|host| (&host[3..], "a 192.0.2.5")));
    let zone = Far(Zone::of(&records));
    let started = std::time::Instant::now();
    let sender = Sender::new("d.example", Relay::Nobody);
    let found = told(&check(&zone, &sender).await);
    assert!(found[0].ends_with("10 of 10 look-ups"), "{found:?}");
    // 20 queries in three rounds. One after the other, they would take 1.2 s.
    assert!(started.elapsed() < FAR * 10, "{:?}", started.elapsed());
}

#[tokio::test]
async fn hosts_of_an_mx_are_void_whether_they_exist_or_not() {
    for gone in [
        &[][..],
        &[
            ("x.example", "txt other"),
            ("y.example", "txt other"),
            ("z.example", "txt other"),
        ],
    ] {
        let hosts = [
            ("m.example", "mx x.example"),
            ("m.example", "mx y.example"),
            ("m.example", "mx z.example"),
        ];
        let found = judged(
            "v=spf1 a:mail.d.example mx:m.example -all",
            &[&hosts, gone].concat(),
        )
        .await;
        assert!(
            worst(&found)
                .starts_with("fail 3 look-ups of the SPF record of d.example find nothing"),
            "{found:?}"
        );
    }
}

#[tokio::test]
async fn what_was_meant_to_be_a_record_is_quoted_and_mended() {
    for (text, why) in [
        (
            "v=spf1;a:mail.d.example -all",
            "it has to begin with v=spf1 and a space",
        ),
        (
            "v=spf1, a:mail.d.example -all",
            "it has to begin with v=spf1 and a space",
        ),
        (
            "spf1 a:mail.d.example -all",
            "it has to begin with v=spf1 and a space",
        ),
        (
            " v=spf1 a:mail.d.example -all",
            "it has to begin with v=spf1 and a space",
        ),
        (
            "\"v=spf1 a:mail.d.example -all\"",
            "the quotation marks are a part of it",
        ),
    ] {
        let found = judged(text, &[]).await;
        let quoted = text.replace('"', "\\\"");
        assert_eq!(
            found,
            [format!(
                "fail d.example has no SPF record: \"{quoted}\" doesn't count, because {why} -> replace it: publish d.example TXT \"v=spf1 a:mail.d.example -all\""
            )]
        );
    }
    for other in [
        "v=spf10 -all",
        "spf2.0/pra -all",
        "google-site-verification=x",
    ] {
        let found = judged(other, &[]).await;
        assert!(
            found[0].starts_with("fail d.example has no SPF record"),
            "{found:?}"
        );
    }
}

#[tokio::test]
async fn everybody_by_a_detour_is_everybody() {
    for (record, term) in [
        ("v=spf1 redirect=lax.example", "redirect=lax.example"),
        ("v=spf1 include:lax.example -all", "include:lax.example"),
        ("v=spf1 ip4:0.0.0.0/0 -all", "ip4:0.0.0.0/0"),
        ("v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all", "ip4:0.0.0.0/1"),
        ("v=spf1 ip6:2000::/3 -all", "ip6:2000::/3"),
        ("v=spf1 a:mail.d.example/0 -all", "a:mail.d.example/0"),
        ("v=spf1 exists:mail.d.example -all", "exists:mail.d.example"),
    ] {
        let found = judged(record, &[("lax.example", "txt v=spf1 +all")]).await;
        let wanted = format!(
            "fail {term} in the SPF record of d.example allows anyone to send mail in its name"
        );
        assert!(worst(&found).starts_with(&wanted), "{found:?}");
    }
    let found = judged("v=spf1 a:mail.d.example ip4:8.0.0.0/8 -all", &[]).await;
    assert!(
        found.iter().all(|line| line.starts_with("ok ")),
        "{found:?}"
    );
}
