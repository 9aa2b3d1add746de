//! Tests the records that the providers' documentation asks for, and the same without an essential one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::doctor::dns::dmarc;
use crate::doctor::dns::provider::Need;

/// A provider, how it is reached, and what its documentation asks domain owners to publish.
struct SetUp {
    relay: Relay,
    selector: Option<&'static str>,
    /// Records by name below `d.example`, which itself is the empty name. `KEY` stands for a key.
    asked_for: &'static [(&'static str, &'static str)],
    /// The records of the provider itself.
    of_provider: &'static [(&'static str, &'static str)],
}

fn host(name: &str) -> Relay {
    Relay::Host(name.to_owned())
}

fn set_up(
    relay: Relay,
    selector: Option<&'static str>,
    asked_for: &'static [(&'static str, &'static str)],
    of_provider: &'static [(&'static str, &'static str)],
) -> SetUp {
    SetUp {
        relay,
        selector,
        asked_for,
        of_provider,
    }
}

#[allow(clippy::too_many_lines, reason = "it is a table")]
fn set_ups() -> Vec<SetUp> {
    let amazon: &[_] = &[("amazonses.com", "txt v=spf1 ip4:199.255.192.0/22 -all")];
    vec![
        set_up(
            host("smtp-relay.gmail.com"),
            None,
            &[
                ("", "txt v=spf1 include:_spf.google.com ~all"),
                ("google._domainkey", "txt v=DKIM1; k=rsa; p=KEY"),
            ],
            &[
                (
                    "_spf.google.com",
                    "txt v=spf1 ip4:35.190.247.0/24 ip6:2001:4860:4000::/36 ~all",
                ),
                ("smtp-relay.gmail.com", "a 142.250.1.28"),
            ],
        ),
        set_up(
            host("smtp.office365.com"),
            None,
            &[
                ("", "txt v=spf1 include:spf.protection.outlook.com -all"),
                ("selector1._domainkey", "txt v=DKIM1; k=rsa; p=KEY"),
            ],
            &[
                (
                    "spf.protection.outlook.com",
                    "txt v=spf1 ip4:40.92.0.0/15 -all",
                ),
                ("smtp.office365.com", "a 52.98.1.1"),
            ],
        ),
        // By API and by SMTP, with an include and with Easy DKIM alone.
        set_up(
            Relay::Ses,
            None,
            &[("", "txt v=spf1 include:amazonses.com ~all")],
            amazon,
        ),
        set_up(
            host("email-smtp.eu-west-1.amazonaws.com"),
            None,
            &[("", "txt v=spf1 include:amazonses.com ~all")],
            amazon,
        ),
        set_up(
            Relay::Ses,
            Some("tok1"),
            &[("", "txt v=spf1 -all"), ("tok1._domainkey", "txt p=KEY")],
            amazon,
        ),
        set_up(
            host("email-smtp.eu-west-1.amazonaws.com"),
            Some("tok1"),
            &[("", "txt v=spf1 -all"), ("tok1._domainkey", "txt p=KEY")],
            amazon,
        ),
        set_up(
            host("smtp.sendgrid.net"),
            None,
            &[
                ("em1234", "cname u1234.wl.sendgrid.net"),
                ("s1._domainkey", "txt k=rsa; t=s; p=KEY"),
                ("s2._domainkey", "txt k=rsa; t=s; p=KEY"),
            ],
            &[("smtp.sendgrid.net", "a 167.89.1.1")],
        ),
        set_up(
            host("smtp.eu.mailgun.org"),
            None,
            &[
                ("", "txt v=spf1 include:mailgun.org ~all"),
                ("pdk1._domainkey", "txt k=rsa; p=KEY"),
            ],
            &[
                ("mailgun.org", "txt v=spf1 ip4:69.72.32.0/20 ~all"),
                ("smtp.eu.mailgun.org", "a 34.160.1.1"),
            ],
        ),
        set_up(
            host("smtp.postmarkapp.com"),
            Some("20261101pm"),
            &[
                ("20261101pm._domainkey", "txt k=rsa; p=KEY"),
                ("pm-bounces", "cname pm.mtasv.net"),
            ],
            &[("smtp.postmarkapp.com", "a 50.31.1.1")],
        ),
        set_up(
            host("smtp-relay.brevo.com"),
            None,
            &[
                ("", "txt brevo-code:0123456789abcdef"),
                ("brevo1._domainkey", "txt k=rsa; p=KEY"),
            ],
            &[("smtp-relay.brevo.com", "a 1.179.1.1")],
        ),
        set_up(
            host("in-v3.mailjet.com"),
            None,
            &[
                ("", "txt v=spf1 include:spf.mailjet.com ~all"),
                ("mailjet._domainkey", "txt k=rsa; p=KEY"),
            ],
            &[
                ("spf.mailjet.com", "txt v=spf1 ip4:87.253.232.0/21 ~all"),
                ("in-v3.mailjet.com", "a 104.199.1.1"),
            ],
        ),
        set_up(
            host("smtp.fastmail.com"),
            None,
            &[
                ("", "txt v=spf1 include:spf.messagingengine.com ?all"),
                ("fm1._domainkey", "txt v=DKIM1; k=rsa; p=KEY"),
            ],
            &[
                (
                    "spf.messagingengine.com",
                    "txt v=spf1 ip4:103.168.172.128/27 -all",
                ),
                ("smtp.fastmail.com", "a 103.168.1.1"),
            ],
        ),
        set_up(
            host("smtp.zoho.eu"),
            None,
            &[
                ("", "txt v=spf1 include:zohomail.eu ~all"),
                ("zmail._domainkey", "txt v=DKIM1; k=rsa; p=KEY"),
            ],
            &[
                ("zohomail.eu", "txt v=spf1 ip4:185.230.212.0/24 -all"),
                ("zoho.eu", "txt v=spf1 ip4:185.230.212.0/24 -all"),
                ("smtp.zoho.eu", "a 185.20.1.1"),
            ],
        ),
        set_up(
            host("mail.d.example"),
            Some("s1"),
            &[
                ("", "txt v=spf1 a:mail.d.example -all"),
                ("s1._domainkey", "txt v=DKIM1; k=rsa; p=KEY"),
            ],
            &[("mail.d.example", "a 198.51.100.7")],
        ),
    ]
}

/// Returns an RSA key with 2048 bits, in the form of DKIM.
fn key() -> String {
    let der = |kind: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[kind, 0x82], &length[..], content].concat()
    };
    let modulus = [&[0][..], &[0xa5; 256]].concat();
    STANDARD.encode(der(0x30, &[der(2, &modulus), der(2, &[1, 0, 1])].concat()))
}

/// Returns the findings of SPF, DKIM and DMARC with all records except `but`.
async fn told_of(set_up: &SetUp, but: Option<&str>) -> Vec<String> {
    let key = key();
    let mut records = vec![
        ("d.example".to_owned(), "mx mx.d.example".to_owned()),
        (
            "_dmarc.d.example".to_owned(),
            "txt v=DMARC1; p=reject; rua=mailto:a@d.example".to_owned(),
        ),
    ];
    for (name, record) in set_up.asked_for {
        let kind = if name.ends_with("_domainkey") {
            "key"
        } else {
            "spf"
        };
        if but != Some(kind) && but != Some("all") {
            let dot = if name.is_empty() { "" } else { "." };
            records.push((format!("{name}{dot}d.example"), record.replace("KEY", &key)));
        }
    }
    let of_provider = set_up.of_provider.iter();
    records.extend(of_provider.map(|(name, record)| ((*name).to_owned(), (*record).to_owned())));
    let records: Vec<(&str, &str)> = records
        .iter()
        .map(|(name, record)| (name.as_str(), record.as_str()))
        .collect();
    let zone = Zone::of(&records);
    let sender = Sender {
        selector: set_up.selector.map(ToOwned::to_owned),
        ..Sender::new("d.example", set_up.relay.clone())
    };
    let mut told_all = told(&check(&zone, &sender).await);
    let dkim = told(&dkim::check(&zone, &sender).await);
    let has_key = set_up
        .asked_for
        .iter()
        .any(|(name, _)| name.ends_with("_domainkey"));
    if has_key {
        told_all.extend(dkim);
    }
    told_all.extend(told(&dmarc::check(&zone, &sender).await));
    told_all
}

#[tokio::test]
async fn what_a_provider_asks_for_is_right_and_the_same_without_it_is_not() {
    for set_up in set_ups() {
        let whole = told_of(&set_up, None).await;
        assert!(
            whole.iter().all(|line| line.starts_with("ok ")),
            "{:?}: {whole:#?}",
            set_up.relay
        );
        let without = told_of(&set_up, Some("all")).await;
        assert!(
            without
                .iter()
                .any(|line| !line.starts_with("ok ") && !line.starts_with("skip ")),
            "{:?}: {without:#?}",
            set_up.relay
        );
        for line in whole.iter().chain(&without) {
            let remedy = line.split(" -> ").nth(1).unwrap_or_default();
            let Relay::Host(host) = &set_up.relay else {
                continue;
            };
            assert!(
                !remedy.contains(&format!("a:{host}"))
                    && !remedy.contains(&format!("include:{host}")),
                "{line}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_asked_for_is_missed_record_by_record() {
    for set_up in set_ups() {
        let has = |end: &str| set_up.asked_for.iter().any(|(name, _)| name.ends_with(end));
        let provider = Sender::new("d.example", set_up.relay.clone()).provider();
        let needs_record = match provider.map(|provider| provider.need) {
            None | Some(Need::Include | Need::IncludeAndKey) => true,
            Some(Need::IncludeOrKey) => !has("_domainkey"),
            Some(Need::Key) => false,
        };
        for (kind, is_needed) in [("spf", needs_record), ("key", has("_domainkey"))] {
            let told = told_of(&set_up, Some(kind)).await;
            let is_fine = told.iter().all(|line| line.starts_with("ok "));
            assert!(
                !is_needed || !is_fine,
                "{:?} {kind}: {told:#?}",
                set_up.relay
            );
        }
    }
}

#[tokio::test]
async fn following_the_remedy_of_a_provider_ends_well_and_lets_only_it_send_too() {
    for set_up in set_ups() {
        let sender = Sender {
            selector: set_up.selector.map(ToOwned::to_owned),
            ..Sender::new("d.example", set_up.relay.clone())
        };
        let zone = |record: Option<&str>| {
            let own = ("d.example".to_owned(), "mx mx.d.example".to_owned());
            let mut records = vec![own];
            let key = key();
            for (name, text) in set_up.asked_for {
                if name.ends_with("_domainkey") {
                    records.push((format!("{name}.d.example"), text.replace("KEY", &key)));
                }
            }
            records.extend(record.map(|text| ("d.example".to_owned(), format!("txt {text}"))));
            let of_provider = set_up.of_provider.iter();
            records
                .extend(of_provider.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
            let records: Vec<(&str, &str)> = records
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str()))
                .collect();
            Zone::of(&records)
        };
        for before in [
            None,
            Some("v=spf1 -all"),
            Some("v=spf1 ip4:192.0.2.1 ~all"),
            Some("v=spf1 ip4:192.0.2.1 -all"),
        ] {
            let told_before = told(&check(&zone(before), &sender).await);
            let remedies = told_before
                .iter()
                .filter_map(|line| line.split_once("TXT \""));
            let advice: Vec<&str> = remedies
                .map(|(_, advice)| advice.split('"').next().unwrap())
                .collect();
            let is_failed = told_before.iter().any(|line| line.starts_with("fail "));
            assert!(
                !is_failed || advice.len() == 1,
                "{:?}: {told_before:#?}",
                set_up.relay
            );
            let Some(advice) = advice.first() else {
                continue;
            };
            // The operator has to fill in the address that mail is sent from.
            let advice = advice.replace("ADDRESS", "198.51.100.7");
            let told_after = told(&check(&zone(Some(&advice)), &sender).await);
            assert!(
                !told_after.iter().any(|line| line.starts_with("fail ")),
                "{before:?} -> {advice}: {told_after:#?}"
            );
            // Only the provider's term or the mail server's address may be new.
            let known: Vec<&str> = before.unwrap_or("v=spf1").split(' ').collect();
            let provider = sender.provider();
            for word in advice.split(' ').filter(|word| !known.contains(word)) {
                let is_providers = provider.is_some_and(|provider| word == provider.term());
                let is_own =
                    provider.is_none() && ["a:mail.d.example", "ip4:198.51.100.7"].contains(&word);
                let is_end = before.is_none() && ["-all", "~all", "?all"].contains(&word);
                assert!(
                    is_providers || is_own || is_end,
                    "{word} of {advice}: {told_before:#?}"
                );
            }
        }
    }
}

/// Judges a domain with a valid record that doesn't cover its provider.
async fn beside(relay: &str, record: &str, others: &[(&str, &str)]) -> Vec<String> {
    let record = format!("txt {record}");
    let records = [
        &[("d.example", record.as_str()), (relay, "a 203.0.113.9")],
        others,
    ]
    .concat();
    by(&host(relay), &records).await
}

#[tokio::test]
async fn the_address_that_mail_is_handed_to_says_nothing_of_a_known_provider() {
    let google = ("_spf.google.com", "txt v=spf1 ip4:35.190.247.0/24 -all");
    let found = beside("smtp.gmail.com", "v=spf1 a:smtp.gmail.com -all", &[google]).await;
    assert_eq!(
        worst(&found),
        "fail v=spf1 does not include _spf.google.com, but email.smtp_host smtp.gmail.com belongs to Google Workspace -> add include:_spf.google.com to the TXT record of d.example: publish d.example TXT \"v=spf1 a:smtp.gmail.com include:_spf.google.com -all\""
    );
    // An include that doesn't pass doesn't count.
    for record in [
        "v=spf1 -include:_spf.google.com ~all",
        "v=spf1 ?include:_spf.google.com ~all",
    ] {
        let found = beside("smtp.gmail.com", record, &[google]).await;
        assert!(
            worst(&found)
                .ends_with("publish d.example TXT \"v=spf1 include:_spf.google.com ~all\""),
            "{found:?}"
        );
    }
    // Some domains list the addresses instead.
    let found = beside("smtp.gmail.com", "v=spf1 ip4:35.190.0.0/16 -all", &[google]).await;
    assert_eq!(
        found[1],
        "ok covers Google Workspace: every address of _spf.google.com"
    );
    let found = beside(
        "smtp.gmail.com",
        "v=spf1 include:%{d}.flat.example -all",
        &[google],
    )
    .await;
    assert!(
        worst(&found).starts_with(
            "warn whether the SPF record of d.example covers Google Workspace depends on macros"
        ),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_provider_that_signs_needs_no_include() {
    let found = beside(
        "smtp.postmarkapp.com",
        "v=spf1 mx -all",
        &[("d.example", "mx m.example"), ("m.example", "a 192.0.2.1")],
    )
    .await;
    assert!(
        found[1].starts_with("ok Postmark needs no SPF record of d.example"),
        "{found:?}"
    );
    let key = format!("txt p={}", key());
    let mailjet = [
        ("spf.mailjet.com", "txt v=spf1 ip4:87.253.232.0/21 ~all"),
        ("mailjet._domainkey.d.example", key.as_str()),
    ];
    let found = beside("in-v3.mailjet.com", "v=spf1 -all", &mailjet).await;
    assert!(
        worst(&found).starts_with("warn v=spf1 does not include spf.mailjet.com"),
        "{found:?}"
    );
    let found = beside("in-v3.mailjet.com", "v=spf1 -all", &mailjet[..1]).await;
    assert!(
        worst(&found).starts_with("fail v=spf1 does not include spf.mailjet.com"),
        "{found:?}"
    );
}
