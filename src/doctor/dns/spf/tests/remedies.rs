//! Whatever is published, following the advice once leaves no failure, and allows nobody to send whom the published
//! record did not allow, except the mail server.

use std::net::IpAddr;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::*;
use crate::doctor::dns::Resolver;
use crate::doctor::dns::spf::policy::Outcome;

/// The records of other names.
const WORLD: &[(&str, &str)] = &[
    ("d.example", "a 192.0.2.80"),
    ("d.example", "mx m1.d.example"),
    ("d.example", "mx m2.d.example"),
    ("m1.d.example", "a 192.0.2.1"),
    ("m2.d.example", "a 192.0.2.2"),
    ("m2.d.example", "a 2001:db8::2"),
    ("mail.d.example", "a 198.51.100.7"),
    (
        "one.example",
        "txt v=spf1 ip4:203.0.113.0/25 ip6:2001:db8:1::/48 -all",
    ),
    (
        "two.example",
        "txt v=spf1 include:one.example a:m1.d.example ?all",
    ),
    (
        "deep.example",
        "txt v=spf1 a:m1.d.example a:m2.d.example a:mail.d.example include:two.example mx:d.example -all",
    ),
    ("lax.example", "txt v=spf1 ip4:203.0.113.200 +all"),
    (
        "wide.example",
        "txt v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all",
    ),
    ("bad.example", "txt v=spf1 ipv4:1.2.3.4 -all"),
    ("twice.example", "txt v=spf1 -all"),
    ("twice.example", "txt v=spf1 ~all"),
    (
        "voids.example",
        "txt v=spf1 a:gone1.example a:gone2.example a:gone3.example ip4:203.0.113.210 -all",
    ),
    ("loop.example", "txt v=spf1 include:loop.example -all"),
    ("self.example", "txt v=spf1 include:d.example -all"),
    ("plain.example", "a 203.0.113.220"),
    ("_spf.google.com", "txt v=spf1 ip4:35.190.247.0/24 ~all"),
    ("amazonses.com", "txt v=spf1 ip4:199.255.192.0/22 -all"),
    ("spf.mailjet.com", "txt v=spf1 ip4:87.253.232.0/21 ~all"),
];

/// Terms that somebody may have written.
const WORDS: &[&str] = &[
    "a",
    "mx",
    "a:mail.d.example",
    "a:mail.d.example/28",
    "mx:d.example",
    "mx/30",
    "+mx",
    "ptr",
    "ptr:d.example",
    "?ptr",
    "ip4:192.0.2.80",
    "ip4:203.0.113.0/24",
    "-ip4:203.0.113.5",
    "~ip4:192.0.2.0/29",
    "?mx",
    "ip6:2001:db8::/32",
    "ip4:0.0.0.0/0",
    "ip4:0.0.0.0/1",
    "ip4:128.0.0.0/1",
    "ip6:::/0",
    "ip6:2000::/3",
    "a/0",
    "exists:m1.d.example",
    "exists:%{i}.d.example",
    "exists:gone.example",
    "a:gone.example",
    "mx:gone.example",
    "a:gone2.example",
    "mx:plain.example",
    "include:one.example",
    "include:two.example",
    "include:deep.example",
    "include:lax.example",
    "include:wide.example",
    "include:bad.example",
    "include:twice.example",
    "include:voids.example",
    "include:loop.example",
    "include:self.example",
    "include:gone.example",
    "-include:one.example",
    "-include:gone.example",
    "?include:lax.example",
    "include:_spf.google.com",
    "include:amazonses.com",
    "-include:amazonses.com",
    "redirect=one.example",
    "redirect=lax.example",
    "redirect=gone.example",
    "redirect=two.example",
    "exp=why.example",
    "ipv4:192.0.2.9",
    "ip4:192.0.2.300",
    "ip4:192.0.2.0/024",
    "include:",
    "a:",
    "foo",
    "exists:%{c}.example",
    "include:%{d}.flat.example",
    "=",
    "\u{2013}ip4:192.0.2.7",
];

/// Terms at the end.
const ENDS: &[&str] = &[
    "-all",
    "~all",
    "?all",
    "+all",
    "all",
    "",
    "- all",
    "~ all",
    "-al",
    "alll",
    "\u{2013}all",
    "-all;",
    "-all.",
    "ALL",
    "-ALL",
    "redirect=one.example",
    "redirect=lax.example",
    "+all -all",
    "-all include:one.example",
];

fn record(random: &mut StdRng) -> String {
    let mut text = ["v=spf1", "V=SPF1"][random.random_range(0..2)].to_owned();
    for _ in 0..random.random_range(0..7) {
        let space = if random.random_bool(0.1) { "  " } else { " " };
        text += space;
        text += WORDS[random.random_range(0..WORDS.len())];
    }
    format!("{text} {}", ENDS[random.random_range(0..ENDS.len())])
}

/// Returns addresses in and around all networks above.
fn addresses() -> Vec<IpAddr> {
    let named = [
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.3",
        "192.0.2.7",
        "192.0.2.9",
        "192.0.2.80",
        "198.51.100.7",
        "198.51.100.1",
        "203.0.113.1",
        "203.0.113.5",
        "203.0.113.200",
        "203.0.113.210",
        "203.0.113.220",
        "35.190.247.1",
        "199.255.192.9",
        "87.253.232.7",
        "8.8.8.8",
        "150.1.1.1",
        "2001:db8::2",
        "2001:db8:1::5",
        "2001:db8:2::1",
        "2a00::1",
        "3fff::1",
    ];
    named.iter().map(|ip| ip.parse().unwrap()).collect()
}

/// Returns who may send according to these texts without their invalid terms, which is what their author wanted.
async fn meant(zone: &Zone, texts: &[String], counts: &[Outcome]) -> Vec<IpAddr> {
    let mut facts = Facts::default();
    let mut passing = Vec::new();
    for text in texts {
        let mut terms: Vec<String> = vec!["v=spf1".to_owned()];
        let mut words = text
            .split(' ')
            .filter(|word| !word.is_empty())
            .skip(1)
            .peekable();
        while let Some(word) = words.next() {
            // A separate qualifier belongs to the next term.
            let joined = match (word, words.peek()) {
                ("-" | "~" | "?" | "+", Some(next)) => format!("{word}{next}"),
                _ => word.to_owned(),
            };
            if joined != word {
                words.next();
            }
            if record::parse(&format!("v=spf1 {joined}")).is_ok() {
                terms.push(joined);
            }
        }
        let mut seen = Vec::new();
        terms.retain(|term| {
            let name = term.split('=').next().unwrap_or_default().to_owned();
            let is_modifier = term.contains('=') && !term.starts_with("v=");
            let is_second = is_modifier && seen.contains(&name);
            seen.push(name);
            !is_second
        });
        // A term that leads to a broken record is ignored, because this is about what the author wanted.
        let policy = loop {
            let record = record::parse(&terms.join(" ")).unwrap();
            let walk = Walk::to_the_end(&mut facts, zone, "d.example", &record).await;
            let Some((origin, _)) = walk.faults.first() else {
                break walk.policy;
            };
            terms.retain(|term| term != origin);
        };
        passing.extend(
            addresses()
                .into_iter()
                .filter(|ip| counts.contains(&policy.outcome(*ip))),
        );
    }
    passing
}

/// Returns the addresses that the mail server sends from.
fn of_relay(relay: &Relay) -> Vec<IpAddr> {
    let address = match relay {
        Relay::Host(host) if host == "smtp.gmail.com" => "35.190.247.1",
        Relay::Host(host) if host == "in-v3.mailjet.com" => "87.253.232.7",
        Relay::Host(_) => "198.51.100.7",
        Relay::Ses => "199.255.192.9",
        Relay::Nobody => return Vec::new(),
    };
    vec![address.parse().unwrap()]
}

fn published(told: &[String]) -> Vec<String> {
    let remedies = told.iter().filter_map(|line| line.split_once(" -> "));
    let records = remedies.flat_map(|(_, remedy)| {
        let parts = remedy.split("publish d.example TXT \"").skip(1);
        parts.map(|part| {
            part.split('"')
                .next()
                .unwrap()
                .replace("ADDRESS", "198.51.100.7")
        })
    });
    records.collect()
}

fn zone(texts: &[String]) -> Zone {
    let own: Vec<String> = texts.iter().map(|text| format!("txt {text}")).collect();
    let own = own.iter().map(|record| ("d.example", record.as_str()));
    let records: Vec<(&str, &str)> = WORLD.iter().copied().chain(own).collect();
    Zone::of(&records)
}

/// Follows the advice for these records. Returns whether there was any that can be followed.
async fn follow(relay: &Relay, texts: &[String]) -> bool {
    let sender = Sender::new("d.example", relay.clone());
    let before = zone(texts);
    let told_before = told(&check(&before, &sender).await);
    let advice = published(&told_before);
    assert!(
        advice.len() < 2,
        "two records in one answer: {texts:?} {told_before:#?}"
    );
    let is_failed = told_before.iter().any(|line| line.starts_with("fail "));
    let Some(advised) = advice.first() else {
        let may_be_without = told_before
            .iter()
            .any(|line| line.contains("receivers stop at 10"));
        assert!(
            !is_failed || may_be_without,
            "no advice: {texts:?} {told_before:#?}"
        );
        return false;
    };
    assert!(
        !texts.contains(advised) || texts.len() > 1,
        "advised what is there: {told_before:#?}"
    );
    let after = zone(std::slice::from_ref(advised));
    let told_after = told(&check(&after, &sender).await);
    assert!(
        !told_after.iter().any(|line| line.starts_with("fail ")),
        "{texts:?}\n{told_before:#?}\n{told_after:#?}"
    );
    let maybe = &[Outcome::Pass, Outcome::Unknown][..];
    for counts in [&maybe[..1], maybe] {
        let mut allowed = meant(&before, texts, counts).await;
        allowed.extend(of_relay(relay));
        if texts.is_empty() && *relay == Relay::Nobody {
            // As long as no mail is sent, the domain's own mail servers are suggested.
            allowed.extend(before.addresses("m1.d.example").await.unwrap());
            allowed.extend(before.addresses("m2.d.example").await.unwrap());
        }
        for ip in meant(&after, std::slice::from_ref(advised), counts).await {
            assert!(
                allowed.contains(&ip),
                "{ip} may send now: {texts:?} -> {advised}"
            );
        }
    }
    true
}

fn relays() -> Vec<Relay> {
    let host = |name: &str| Relay::Host(name.to_owned());
    vec![
        Relay::Nobody,
        Relay::Ses,
        host("smtp.gmail.com"),
        host("in-v3.mailjet.com"),
        host("smtp.sendgrid.net"),
        host("mail.d.example"),
    ]
}

#[tokio::test]
async fn advice_mends_in_one_round_and_opens_nothing() {
    let mut random = StdRng::seed_from_u64(20_261_128);
    let relays = relays();
    let mut followed = 0;
    for round in 0..4000 {
        let count = [1, 1, 1, 2, 2, 3][random.random_range(0..6)];
        let texts: Vec<String> = (0..count).map(|_| record(&mut random)).collect();
        followed += usize::from(follow(&relays[round % relays.len()], &texts).await);
    }
    assert!(followed > 2600, "advice in {followed} cases only");
    for relay in &relays {
        follow(relay, &[]).await;
    }
}

#[tokio::test]
async fn every_word_and_every_end_alone() {
    for relay in relays() {
        for word in WORDS.iter().chain(ENDS) {
            follow(&relay, &[format!("v=spf1 {word}")]).await;
            follow(&relay, &[format!("v=spf1 {word} -all")]).await;
            follow(&relay, &[format!("v=spf1 {word} +all")]).await;
            follow(
                &relay,
                &[format!("v=spf1 {word}"), "v=spf1 mx -all".to_owned()],
            )
            .await;
        }
    }
}

#[tokio::test]
async fn what_harmed_once() {
    for (texts, wanted) in [
        (&["v=spf1 a - all"][..], "v=spf1 a -all"),
        (&["v=spf1 a -al"], "v=spf1 a -all"),
        (&["v=spf1 a \u{2013}all"], "v=spf1 a -all"),
        (&["v=spf1 a all."], "v=spf1 a ~all"),
        (&["v=spf1 a -all/8"], "v=spf1 a -all"),
        (&["v=spf1 a redirect=lax.example"], "v=spf1 a ~all"),
        (&["v=spf1 a include:lax.example -all"], "v=spf1 a -all"),
        (&["v=spf1 a ip4:0.0.0.0/0 -all"], "v=spf1 a -all"),
        (
            &["v=spf1 a ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"],
            "v=spf1 a -all",
        ),
        (&["v=spf1 include:voids.example a -all"], "v=spf1 a -all"),
        (&["v=spf1 ptr:d.example a -all"], "v=spf1 a -all"),
        (
            &["v=spf1 a ipv4:1.2.3.4 include:gone.example -all"],
            "v=spf1 a -all",
        ),
        (
            &["v=spf1 a redirect=one.example", "v=spf1 mx -all"],
            "v=spf1 a include:one.example mx ~all",
        ),
        (
            &["v=spf1 a mx a mx a mx a mx a mx a -all"],
            "v=spf1 a mx -all",
        ),
        (&["v=spf1; a -all"], "v=spf1 a -all"),
        (&["\"v=spf1 a -all\""], "v=spf1 a -all"),
    ] {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let found = told(&check(&zone(&texts), &Sender::new("d.example", Relay::Nobody)).await);
        assert_eq!(published(&found), [wanted], "{found:#?}");
    }
}
