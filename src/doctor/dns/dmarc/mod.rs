//! Checks DMARC (RFC 7489, RFC 9989): what receivers do with mail that fails authentication, and whether our mail
//! passes.

mod discovery;
mod record;
#[cfg(test)]
mod vectors;

use futures_util::future::join_all;

use discovery::Place;
use record::Record;

use super::{
    Answer, Finding, Relay, Resolver, Sender, Trouble, organizational_domain, publish, quoted,
    trouble,
};

pub(in crate::doctor) async fn check(resolver: &dyn Resolver, sender: &Sender) -> Vec<Finding> {
    let domain = &sender.domain;
    let suggestion = publish(
        &format!("_dmarc.{domain}"),
        &format!("v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}"),
    );
    let (places, own_texts) =
        tokio::join!(discovery::places(resolver, domain), resolver.txt(domain));
    let found = match places.found() {
        Ok(found) => found,
        Err((name, kind)) => return vec![trouble(&name, &kind, suggestion)],
    };
    let Some(found) = found else {
        let misplaced = own_texts
            .iter()
            .flatten()
            .find(|text| record::is_dmarc(text));
        let misplaced =
            misplaced.map(|text| (domain.clone(), text, "DMARC records are at the name _dmarc"));
        let look_alike = places.look_alikes().next();
        let look_alike =
            look_alike.map(|(place, text, why)| (format!("_dmarc.{place}"), text, why));
        let detail = match look_alike.or(misplaced) {
            Some((name, text, why)) => format!(
                "no DMARC record for {domain}: {} at {name} doesn't count, because {why}",
                quoted(text)
            ),
            None => format!(
                "no DMARC record for {domain}: anyone can send mail in its name, and large receivers require one"
            ),
        };
        return vec![Finding::fail(detail, suggestion)];
    };
    let place = found.place;
    let text = match place.records().as_slice() {
        [text] => (*text).clone(),
        records => {
            return vec![Finding::fail(
                format!(
                    "_dmarc.{} has {} DMARC records, and receivers ignore them all",
                    place.domain,
                    records.len()
                ),
                format!("keep one: {suggestion}"),
            )];
        }
    };
    let record = match record::parse(&text) {
        Ok(record) => record,
        Err(why) => {
            return vec![Finding::fail(
                format!(
                    "the DMARC record of {} is malformed, and receivers ignore its policy: {why}",
                    place.domain
                ),
                suggestion,
            )];
        }
    };
    let exists = !matches!(own_texts, Err(Trouble::NoSuchName));
    let mut findings = judge(&record, sender, place, exists);
    if let Some(older) = found.older {
        findings.push(Finding::warn(
            format!(
                "receivers that use the public suffix list (RFC 7489) look at _dmarc.{domain} and _dmarc.{older}, and find no usable record"
            ),
            publish(&format!("_dmarc.{older}"), &text),
        ));
    } else {
        findings.extend(unwelcome_reports(resolver, &record, place.domain).await);
    }
    findings
}

/// Returns whether the record that applies to a domain requires DKIM signatures of exactly this domain.
pub(super) async fn is_strict_about_dkim(resolver: &dyn Resolver, domain: &str) -> bool {
    let places = discovery::places(resolver, domain).await;
    let found = places.found().ok().flatten();
    let record = found.and_then(|found| record::parse(found.place.records().first()?).ok());
    record.is_some_and(|record| record.strict_dkim)
}

fn judge(record: &Record, sender: &Sender, place: &Place<'_>, exists: bool) -> Vec<Finding> {
    let domain = &sender.domain;
    let place = place.domain;
    let is_below = place != domain;
    let (tag, policy) = match (&record.missing_policy, &record.subdomain_policy) {
        (Some(policy), _) if is_below && !exists => ("np", policy),
        (_, Some(policy)) if is_below => ("sp", policy),
        _ => ("p", &record.policy),
    };
    let mut findings = vec![Finding::ok(format!(
        "{tag}={policy} at {place}; {}",
        alignment(record, sender)
    ))];
    let record_of = format!("the TXT record of _dmarc.{place}");
    let reports = if record.reports.is_empty() {
        format!(" (you get reports after you add rua=mailto:ADDRESS to {record_of})")
    } else {
        String::new()
    };
    let stronger = |what: &str| {
        format!("when reports show that all mail passes, {what} in {record_of}{reports}")
    };
    if policy == "none" {
        findings.push(Finding::warn(
            format!("{tag}=none asks receivers to accept forged mail"),
            stronger(&format!("write {tag}=quarantine or {tag}=reject")),
        ));
    } else if record.percent < 100 || record.is_test {
        let (what, remedy) = if record.is_test {
            ("t=y".to_owned(), "remove t=y")
        } else {
            (format!("pct={}", record.percent), "remove pct")
        };
        findings.push(Finding::warn(
            format!("{what}: the policy applies to only part of the mail"),
            stronger(remedy),
        ));
    } else if record.reports.is_empty() {
        findings.push(Finding::ok(format!(
            "nobody gets reports about mail that fails; to get them, add rua=mailto:ADDRESS to {record_of}"
        )));
    }
    if record.suffix.as_deref() == Some("y") && organizational_domain::of(place).is_some() {
        findings.push(Finding::warn(
            format!("psd=y means that {place} is a public suffix, like com"),
            format!("remove psd=y from {record_of}"),
        ));
    }
    findings.extend(record.ignored.iter().map(|why| {
        Finding::warn(
            format!("receivers ignore a tag of the DMARC record of {place}, but the policy applies: {why}"),
            format!("correct the tag in {record_of}, or remove it"),
        )
    }));
    findings
}

/// Warns about reports to another organization that doesn't accept them. Receivers then send none (RFC 7489 §7.1).
async fn unwelcome_reports(resolver: &dyn Resolver, record: &Record, place: &str) -> Vec<Finding> {
    let domains = record
        .reports
        .iter()
        .filter_map(|address| address.rsplit_once('@'));
    let mut others: Vec<String> = domains
        .map(|(_, domain)| domain.to_lowercase())
        .filter(|domain| !organizational_domain::is_shared(domain, place))
        .collect();
    others.dedup();
    let names: Vec<String> = others
        .iter()
        .map(|other| format!("{place}._report._dmarc.{other}"))
        .collect();
    let answers = join_all(names.iter().map(|name| resolver.txt(name))).await;
    let missing = |((other, name), answer): ((&String, &String), Answer<String>)| {
        let is_missing = match answer {
            Ok(texts) => !texts.iter().any(|text| record::is_dmarc(text)),
            Err(kind) => kind == Trouble::NoSuchName,
        };
        is_missing.then(|| {
            Finding::warn(
                format!("no reports are sent to {other}: it doesn't say that it accepts those about {place}"),
                format!("ask {other} to publish {name} TXT \"v=DMARC1\", or use an address of {place} in rua"),
            )
        })
    };
    others
        .iter()
        .zip(&names)
        .zip(answers)
        .filter_map(missing)
        .collect()
}

/// Describes how our mail can align.
fn alignment(record: &Record, sender: &Sender) -> String {
    let domain = &sender.domain;
    let signed = if record.strict_dkim {
        format!("d={domain} exactly")
    } else {
        format!("d={domain}")
    };
    let strictly = if record.strict_spf { " (strict)" } else { "" };
    let by_dkim_too = format!("DKIM aligns if signed with {signed}");
    let provider = sender.provider();
    if let Some(provider) = provider
        && let Some(name) = provider.envelope
    {
        return format!(
            "the envelope of {} names {name} unless you set up your own domain for bounces, so DKIM has to align: signed with {signed}",
            provider.name
        );
    }
    match &sender.relay {
        Relay::Host(host)
            if provider.is_none() && !organizational_domain::is_shared(host, domain) =>
        {
            format!(
                "SPF aligns{strictly} if {host} keeps the envelope, which names {domain}; {by_dkim_too}"
            )
        }
        _ => format!("SPF aligns{strictly}, the envelope names {domain} too; {by_dkim_too}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::dns::tests::{Zone, told};

    fn sender(domain: &str) -> Sender {
        Sender::new(domain, Relay::Host("mail.d.example".to_owned()))
    }

    async fn judged(domain: &str, records: &[(&str, &str)]) -> Vec<String> {
        told(&check(&Zone::of(records), &sender(domain)).await)
    }

    #[tokio::test]
    async fn a_policy_that_protects_passes() {
        let told = judged(
            "d.example",
            &[(
                "_dmarc.d.example",
                "txt v=DMARC1; p=Reject; rua=mailto:a@d.example!10m",
            )],
        )
        .await;
        assert_eq!(
            told,
            [
                "ok p=reject at d.example; SPF aligns, the envelope names d.example too; DKIM aligns if signed with d=d.example"
            ]
        );
        for record in [
            "v=DMARC1;p=ReJect;rua=mailto:a@d.example ! 2G , mailto:b%20@d.example;",
            "v=DMARC1; rua=mailto:a@d.example,; xyz=foo; fo=1:d:s; rf = AfrF; ri=3600; pct=100; p=reject; psd=n",
        ] {
            let told = judged(
                "d.example",
                &[("_dmarc.d.example", &format!("txt {record}"))],
            )
            .await;
            assert!(
                told.len() == 1 && told[0].starts_with("ok p=reject"),
                "{told:?}"
            );
        }
        let strict = judged(
            "d.example",
            &[(
                "_dmarc.d.example",
                "txt v=DMARC1;p=quarantine;adkim=s;aspf=s",
            )],
        )
        .await;
        assert!(
            strict[0].contains("SPF aligns (strict)") && strict[0].ends_with("d=d.example exactly")
        );
        let ses = Sender {
            relay: Relay::Ses,
            ..sender("d.example")
        };
        let zone = Zone::of(&[("_dmarc.d.example", "txt v=DMARC1; p=reject")]);
        assert!(told_of(&check(&zone, &ses).await).contains("DKIM has to align"));
    }

    fn told_of(findings: &[Finding]) -> String {
        told(findings).join("\n")
    }

    #[tokio::test]
    async fn a_policy_that_protects_little_is_a_warning() {
        for (record, words) in [
            (
                "v=DMARC1; p=none",
                "warn p=none asks receivers to accept forged mail -> when reports show that all mail passes, write p=quarantine",
            ),
            ("v=DMARC1; rua=mailto:a@d.example", "warn p=none"),
            ("v=DMARC1; p=reject; pct=20", "warn pct=20"),
            ("v=DMARC1; p=reject; t=y", "warn t=y"),
        ] {
            let told = judged(
                "d.example",
                &[("_dmarc.d.example", &format!("txt {record}"))],
            )
            .await;
            assert!(told.len() == 2 && told[1].starts_with(words), "{told:?}");
        }
    }

    #[tokio::test]
    async fn the_organization_speaks_for_what_is_below() {
        let records = [("_dmarc.d.example", "txt v=DMARC1; p=reject; sp=none")];
        let told = judged("mail.app.d.example", &records).await;
        assert!(
            told[0].starts_with("ok sp=none at d.example") && told[1].starts_with("warn sp=none"),
            "{told:?}"
        );
        // A record between the author's domain and the organizational domain only counts for `psd`.
        let between = |record: &'static str| [records[0], ("_dmarc.app.d.example", record)];
        for (record, wanted) in [
            ("txt v=DMARC1; p=quarantine", "ok sp=none at d.example"),
            (
                "txt v=DMARC1; p=quarantine; psd=n",
                "ok p=quarantine at app.d.example",
            ),
            (
                "txt v=DMARC1; p=quarantine; sp=reject; psd=n",
                "ok sp=reject at app.d.example",
            ),
        ] {
            let told = judged("mail.app.d.example", &between(record)).await;
            assert!(told[0].starts_with(wanted), "{told:?}");
        }
        // Only receivers of the newer standard find this record.
        let told = judged(
            "mail.app.d.example",
            &[("_dmarc.app.d.example", "txt v=DMARC1; p=reject")],
        )
        .await;
        assert!(
            told[0].starts_with("ok p=reject at app.d.example")
                && told.iter().any(|line| line.starts_with("warn receivers that use the public suffix list (RFC 7489) look at _dmarc.mail.app.d.example and _dmarc.d.example")),
            "{told:?}"
        );
        let own = [
            records[0],
            ("_dmarc.mail.app.d.example", "txt v=DMARC1; p=quarantine"),
        ];
        let told = judged("mail.app.d.example", &own).await;
        assert!(
            told[0].starts_with("ok p=quarantine at mail.app.d.example"),
            "{told:?}"
        );
    }

    #[tokio::test]
    async fn a_public_suffix_may_speak_for_those_below() {
        let suffix = (
            "_dmarc.bank.example",
            "txt v=DMARC1; p=reject; sp=quarantine; psd=y",
        );
        let told = judged("mail.acme.bank.example", &[suffix]).await;
        assert!(
            told[0].starts_with("ok sp=quarantine at bank.example"),
            "{told:?}"
        );
        let acme = ("_dmarc.acme.bank.example", "txt v=DMARC1; p=none");
        let told = judged("mail.acme.bank.example", &[suffix, acme]).await;
        assert!(
            told[0].starts_with("ok p=none at acme.bank.example"),
            "{told:?}"
        );
        let told = judged("bank.example", &[suffix]).await;
        assert!(
            told.iter()
                .any(|line| line
                    .starts_with("warn psd=y means that bank.example is a public suffix")),
            "{told:?}"
        );
    }

    #[tokio::test]
    async fn names_that_do_not_exist_have_a_policy_of_their_own() {
        let policy = (
            "_dmarc.d.example",
            "txt v=DMARC1; p=reject; sp=quarantine; np=none; rua=mailto:a@d.example",
        );
        let told = judged("app.d.example", &[policy]).await;
        assert!(
            told[0].starts_with("ok np=none at d.example") && told[1].starts_with("warn np=none"),
            "{told:?}"
        );
        let told = judged("app.d.example", &[policy, ("app.d.example", "a 192.0.2.1")]).await;
        assert!(
            told.len() == 1 && told[0].starts_with("ok sp=quarantine at d.example"),
            "{told:?}"
        );
    }

    #[tokio::test]
    async fn a_tag_that_receivers_ignore_is_a_warning() {
        for (tags, words) in [
            ("pct=101", "pct=101 must be a number"),
            ("aspf=x", "aspf=x must be one of r, s"),
            ("adkim=strict", "adkim=strict must be one of r, s"),
            ("np=maybe", "np=maybe must be one of"),
            ("psd=x", "psd=x must be one of"),
            ("t=x", "t=x must be one of"),
            ("fo=d:x", "fo=d:x must only contain 0, 1, d and s"),
            ("rua=a@d.example", "rua has \"a@d.example\""),
            ("ruf=https://d.example", "ruf has \"https://d.example\""),
        ] {
            let record = format!("txt v=DMARC1; p=reject; {tags}");
            let told = judged("d.example", &[("_dmarc.d.example", record.as_str())]).await;
            let last = told.last().unwrap();
            assert!(
                told[0].starts_with("ok p=reject")
                    && last.starts_with("warn receivers ignore a tag")
                    && last.contains("the policy applies")
                    && last.contains(words),
                "{told:?}"
            );
        }
    }

    #[tokio::test]
    async fn what_was_meant_to_be_a_record_is_quoted() {
        for (name, text, words) in [
            (
                "_dmarc.d.example",
                "v=dmarc1; p=none",
                "\"v=dmarc1; p=none\" at _dmarc.d.example doesn't count, because the version has to be written v=DMARC1",
            ),
            (
                "_dmarc.d.example",
                "\"v=DMARC1; p=none\"",
                "the quotation marks are a part of it",
            ),
            (
                "_dmarc.d.example",
                "v=DMARC1 p=none",
                "it has to begin with v=DMARC1 and a semicolon",
            ),
            (
                "_dmarc.d.example",
                "p=none; v=DMARC1",
                "it has to begin with v=DMARC1 and a semicolon",
            ),
            (
                "d.example",
                "v=DMARC1; p=none",
                "\"v=DMARC1; p=none\" at d.example doesn't count, because DMARC records are at the name _dmarc",
            ),
        ] {
            let record = format!("txt {text}");
            let told = judged("d.example", &[(name, record.as_str())]).await;
            assert!(
                told.len() == 1
                    && told[0].starts_with("fail no DMARC record for d.example: ")
                    && told[0].contains(words),
                "{told:?}"
            );
        }
    }

    #[tokio::test]
    async fn reports_go_only_to_who_wants_them() {
        let record = (
            "_dmarc.d.example",
            "txt v=DMARC1; p=reject; rua=mailto:a@reports.example",
        );
        let told = judged("d.example", &[record]).await;
        assert!(
            told[1].starts_with("warn no reports are sent to reports.example")
                && told[1].contains("d.example._report._dmarc.reports.example TXT \"v=DMARC1\""),
            "{told:?}"
        );
        let wanted = ("d.example._report._dmarc.reports.example", "txt v=DMARC1;");
        assert_eq!(judged("d.example", &[record, wanted]).await.len(), 1);
        let told = judged(
            "d.example",
            &[("_dmarc.d.example", "txt v=DMARC1; p=reject")],
        )
        .await;
        assert!(told[1].starts_with("ok nobody gets reports"), "{told:?}");
    }

    #[tokio::test]
    async fn what_aligns_depends_on_who_sends() {
        let zone = Zone::of(&[("_dmarc.d.example", "txt v=DMARC1; p=reject")]);
        for (host, words) in [
            (
                "smtp.gmail.com",
                "SPF aligns, the envelope names d.example too",
            ),
            (
                "smtp.postmarkapp.com",
                "the envelope of Postmark names mtasv.net unless you set up your own domain for bounces, so DKIM has to align",
            ),
            ("email-smtp.eu-west-1.amazonaws.com", "so DKIM has to align"),
            (
                "mx.other.example",
                "SPF aligns if mx.other.example keeps the envelope",
            ),
        ] {
            let sender = Sender::new("d.example", Relay::Host(host.to_owned()));
            let told = told_of(&check(&zone, &sender).await);
            assert!(told.contains(words), "{told}");
        }
    }

    #[tokio::test]
    async fn what_receivers_ignore_is_a_failure() {
        let remedy = "-> publish _dmarc.d.example TXT \"v=DMARC1; p=quarantine; rua=mailto:postmaster@d.example\"";
        for (record, words) in [
            ("v=DMARC1", "the tag p is missing"),
            (
                "v=DMARC1; p=strict",
                "p=strict must be one of none, quarantine, reject",
            ),
            ("v=DMARC1; p=none; p=reject", "the tag p appears twice"),
            ("v=DMARC1; p=none; sp=strict", "sp=strict must be one of"),
            ("v=DMARC1; p", "\"p\" is not tag=value"),
            ("v=DMARC1 p=none", "no DMARC record for d.example"),
            ("v=dmarc1; p=none", "no DMARC record for d.example"),
        ] {
            let told = judged(
                "d.example",
                &[("_dmarc.d.example", &format!("txt {record}"))],
            )
            .await;
            assert!(
                told.len() == 1
                    && told[0].starts_with("fail ")
                    && told[0].contains(words)
                    && told[0].ends_with(remedy),
                "{told:?}"
            );
        }
        let two = [
            ("_dmarc.d.example", "txt v=DMARC1; p=none"),
            ("_dmarc.d.example", "txt v=DMARC1; p=reject"),
        ];
        assert!(judged("d.example", &two).await[0].contains("has 2 DMARC records"));
        assert!(
            judged("d.example", &[]).await[0].starts_with("fail no DMARC record for d.example")
        );
        assert!(
            judged("d.example", &[("_dmarc.d.example", "refused")]).await[0].contains("REFUSED")
        );
    }

    /// Publishes each suggested record and checks again. Returns how many there were.
    async fn followed(domain: &str, records: &[(&str, String)]) -> usize {
        let mut zone: Vec<(String, String)> = records
            .iter()
            .map(|(name, text)| ((*name).to_owned(), format!("txt {text}")))
            .collect();
        let judge = async |zone: &[(String, String)]| {
            let zone: Vec<(&str, &str)> = zone
                .iter()
                .map(|(name, record)| (name.as_str(), record.as_str()))
                .collect();
            told(&check(&Zone::of(&zone), &sender(domain)).await)
        };
        let before = judge(&zone).await;
        let mut count = 0;
        for line in &before {
            let remedy = line.split(" -> ").nth(1).unwrap_or_default();
            let Some((_, rest)) = remedy.split_once("publish ") else {
                continue;
            };
            let (name, rest) = rest.split_once(" TXT \"").unwrap();
            let text = rest.split('"').next().unwrap();
            zone.retain(|(other, _)| other != name);
            zone.push((name.to_owned(), format!("txt {text}")));
            count += 1;
        }
        let after = judge(&zone).await;
        let is_mended = |line: &String| !line.starts_with("fail ") && !before.contains(line);
        let after = after
            .into_iter()
            .filter(|line| line.contains("publish "))
            .collect::<Vec<_>>();
        assert!(after.iter().all(is_mended), "{before:#?}\n{after:#?}");
        count
    }

    #[tokio::test]
    async fn advice_mends_in_one_round() {
        let texts = [
            "",
            "v=DMARC1",
            "v=DMARC1; p=none",
            "v=DMARC1; p=strict",
            "v=DMARC1; p=reject; sp=x",
            "v=DMARC1; p=reject; p=none",
            "v=DMARC1; p",
            "v=dmarc1; p=none",
            "\"v=DMARC1; p=none\"",
            "v=DMARC1 p=none",
            "v=DMARC1; p=reject; psd=n",
            "v=DMARC1; p=reject; psd=y",
            "v=DMARC1; p=reject; rua=mailto:a@reports.example,mailto:b@other.example",
            "v=DMARC1; p=reject; pct=x; np=x; rua=a@d.example",
        ];
        let mut count = 0;
        for own in texts {
            for above in texts {
                for top in ["", "v=DMARC1; p=reject", "v=DMARC1; p=none; psd=y"] {
                    let records = [
                        ("_dmarc.mail.app.d.example", own),
                        ("_dmarc.app.d.example", above),
                        ("_dmarc.d.example", top),
                    ];
                    let records: Vec<(&str, String)> = records
                        .iter()
                        .map(|(name, text)| (*name, (*text).to_owned()))
                        .collect();
                    count += followed("mail.app.d.example", &records).await;
                }
            }
            let two = [
                ("_dmarc.d.example", own.to_owned()),
                ("_dmarc.d.example", "v=DMARC1; p=reject".to_owned()),
            ];
            count += followed("d.example", &two).await;
        }
        assert!(count > 100, "{count} only");
    }
}
