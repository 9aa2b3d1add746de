//! Checks DKIM (RFC 6376, RFC 8301, RFC 8463): whether the key of a selector can be used.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::RSAPublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::{
    Answer, Finding, Resolver, Sender, Trouble, dmarc, organizational_domain, publish, quoted,
    tags, trouble,
};
use crate::doctor::Status;

/// The shortest RSA key that receivers accept (RFC 8301 §3.2), in bits.
const MIN_BITS: usize = 1024;
/// The recommended length of an RSA key, in bits.
const GOOD_BITS: usize = 2048;
/// The length of an Ed25519 key, in bytes.
const ED25519: usize = 32;

/// The result for one name.
struct Key {
    /// The domain whose mail it signs.
    domain: String,
    findings: Vec<Finding>,
    /// Whether the name has any records.
    is_there: bool,
}

impl Key {
    fn is_usable(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.all(|finding| finding.status != Status::Fail)
    }
}

pub(in crate::doctor) async fn check(resolver: &dyn Resolver, sender: &Sender) -> Vec<Finding> {
    let domain = &sender.domain;
    if let Some(signing) = &sender.signing_domain
        && !organizational_domain::is_shared(signing, domain)
    {
        return vec![Finding::fail(
            format!(
                "a signature of {signing} doesn't prove that mail is from {domain}: they belong to different organizations"
            ),
            format!("sign mail for {domain}, or for a domain of the same organization"),
        )];
    }
    let selectors = selectors(sender);
    if selectors.is_empty() {
        return vec![unasked(sender)];
    }
    let keys = keys(resolver, sender, &selectors).await;
    let (usable, mut others): (Vec<Key>, Vec<Key>) = keys.into_iter().partition(Key::is_usable);
    if usable.is_empty() {
        if sender.selector.is_none() && others.iter().all(|key| !key.is_there) {
            return vec![none_of(sender, &selectors)];
        }
        // Of the names without a usable key, one with records tells the most.
        others.sort_by_key(|key| !key.is_there);
        return others
            .into_iter()
            .next()
            .map(|key| key.findings)
            .unwrap_or_default();
    }
    let exact = usable.iter().any(|key| key.domain == *domain);
    let signing = usable[0].domain.clone();
    let mut findings: Vec<Finding> = usable
        .into_iter()
        .filter(|key| !exact || key.domain == *domain)
        .flat_map(|key| key.findings)
        .collect();
    if !exact && dmarc::is_strict_about_dkim(resolver, domain).await {
        findings.push(Finding::warn(
            format!("adkim=s in the DMARC record requires signatures of {domain}, but these are of {signing}"),
            format!("remove adkim=s, or sign mail for {domain}"),
        ));
    }
    findings
}

/// Returns whether mail is signed with a key that receivers can find.
pub(super) async fn has_key(resolver: &dyn Resolver, sender: &Sender) -> bool {
    let keys = keys(resolver, sender, &selectors(sender)).await;
    let is_shared = |key: &Key| organizational_domain::is_shared(&key.domain, &sender.domain);
    keys.iter().any(|key| key.is_usable() && is_shared(key))
}

/// Returns the given selector, or else those that the provider uses for all customers.
fn selectors(sender: &Sender) -> Vec<&str> {
    match (&sender.selector, sender.provider()) {
        (Some(selector), _) => vec![selector],
        (None, Some(provider)) => provider.selectors.to_vec(),
        (None, None) => Vec::new(),
    }
}

/// Returns the domains whose signature aligns with the sender: its own and the organizational domain (relaxed
/// alignment).
fn domains(sender: &Sender) -> Vec<&str> {
    if let Some(signing) = &sender.signing_domain {
        return vec![signing];
    }
    let domain = sender.domain.as_str();
    let organization =
        organizational_domain::of(domain).filter(|organization| *organization != domain);
    std::iter::once(domain).chain(organization).collect()
}

async fn keys(resolver: &dyn Resolver, sender: &Sender, selectors: &[&str]) -> Vec<Key> {
    let domains = domains(sender);
    let names: Vec<(&str, String)> = domains
        .iter()
        .flat_map(|domain| {
            let name = move |selector: &&str| (*domain, format!("{selector}._domainkey.{domain}"));
            selectors.iter().map(name)
        })
        .collect();
    let answers = join_all(names.iter().map(|(_, name)| resolver.txt(name))).await;
    let key = |((domain, name), answer): (&(&str, String), Answer<String>)| {
        let remedy = publish(name, "v=DKIM1; k=rsa; p=PUBLIC-KEY-OF-YOUR-SIGNER");
        let is_there = !matches!(&answer, Err(Trouble::NoSuchName)) && answer != Ok(Vec::new());
        Key {
            domain: (*domain).to_owned(),
            findings: found(name, answer, remedy),
            is_there,
        }
    };
    names.iter().zip(answers).map(key).collect()
}

fn found(name: &str, answer: Answer<String>, remedy: String) -> Vec<Finding> {
    let texts = match answer {
        Ok(texts) => texts,
        Err(kind) => return vec![trouble(name, &kind, remedy)],
    };
    match texts.as_slice() {
        [] => vec![Finding::fail(format!("{name} has no TXT record"), remedy)],
        [text] => judge(name, text, &remedy),
        texts => vec![Finding::fail(
            format!(
                "{name} has {} TXT records, and it's undefined which one counts",
                texts.len()
            ),
            "keep the record of the key that signs",
        )],
    }
}

/// Reports that no selector is known.
fn unasked(sender: &Sender) -> Finding {
    match sender.provider() {
        Some(provider) if provider.relies_on_dkim() => Finding::warn(
            format!(
                "{} needs a DKIM key of {}, which can only be found by its selector",
                provider.name, sender.domain
            ),
            format!(
                "add the selector that {} shows for the domain: --dkim-selector NAME",
                provider.name
            ),
        ),
        _ => Finding::skipped("a key can only be found by its selector: add --dkim-selector NAME"),
    }
}

/// Reports that there is no key at any of the provider's selectors.
fn none_of(sender: &Sender, selectors: &[&str]) -> Finding {
    let Some(provider) = sender.provider() else {
        return unasked(sender);
    };
    let detail = format!(
        "no key of {} under {}, which {} uses",
        sender.domain,
        selectors.join(", "),
        provider.name
    );
    if provider.relies_on_dkim() {
        Finding::warn(
            detail,
            format!(
                "publish the DKIM records that {} shows for the domain, or name another selector: --dkim-selector NAME",
                provider.name
            ),
        )
    } else {
        Finding::skipped(format!(
            "{detail}; for another one, add --dkim-selector NAME"
        ))
    }
}

fn judge(name: &str, text: &str, remedy: &str) -> Vec<Finding> {
    let fail = |why: String| vec![Finding::fail(format!("{name}: {why}"), remedy)];
    let tags = match tags(text) {
        Ok(tags) => tags,
        Err(why) => return fail(format!("malformed: {why} in {}", quoted(text))),
    };
    let value = |name: &str| {
        tags.iter()
            .find(|(tag, _)| *tag == name)
            .map(|(_, value)| *value)
    };
    match tags.iter().position(|(tag, _)| *tag == "v") {
        Some(0) if tags[0].1 == "DKIM1" => {}
        None => {}
        _ => return fail("must begin with v=DKIM1, otherwise receivers ignore it".to_owned()),
    }
    let lists = |tag: &str, wanted: &[&str]| {
        let mut items = value(tag).map(|list| list.split(':').map(str::trim));
        items
            .as_mut()
            .map(|items| items.any(|item| wanted.contains(&item)))
    };
    if lists("h", &["sha256"]) == Some(false) {
        return fail("h lacks sha256, which signs mail".to_owned());
    }
    if lists("s", &["*", "email"]) == Some(false) {
        return fail("s lacks email".to_owned());
    }
    let key: String = match value("p") {
        None => return fail("has no key (p)".to_owned()),
        Some(key) => key.split_whitespace().collect(),
    };
    if key.is_empty() {
        return fail("p is empty: this key was revoked".to_owned());
    }
    let Ok(key) = STANDARD.decode(&key) else {
        return fail("p isn't base64".to_owned());
    };
    let mut findings = match value("k").unwrap_or("rsa") {
        "rsa" => match rsa_bits(&key) {
            None => return fail("p isn't an RSA key".to_owned()),
            Some(bits) if bits < MIN_BITS => {
                return fail(format!(
                    "the RSA key has {bits} bits, and receivers ignore it"
                ));
            }
            Some(bits) if bits < GOOD_BITS => vec![Finding::warn(
                format!("{name}: the RSA key has only {bits} bits"),
                "use a key of 2048 bits, with a new selector",
            )],
            Some(bits) => vec![Finding::ok(format!("{name}: RSA key of {bits} bits"))],
        },
        "ed25519" if key.len() == ED25519 => vec![Finding::ok(format!("{name}: Ed25519 key"))],
        "ed25519" => {
            return fail(format!(
                "an Ed25519 key has {ED25519} bytes, but this one has {}",
                key.len()
            ));
        }
        other => {
            return fail(format!("k={other} is a key type that receivers don't know"));
        }
    };
    if lists("t", &["y"]) == Some(true) {
        findings.push(Finding::warn(
            "t=y means that signing is only being tested: receivers treat mail as unsigned",
            format!("remove t=y from the TXT record of {name}"),
        ));
    }
    findings
}

/// Returns the length of an RSA key's modulus in bits. The key is a `SubjectPublicKeyInfo` (RFC 5280) or a bare
/// `RSAPublicKey` (RFC 8017).
fn rsa_bits(key: &[u8]) -> Option<usize> {
    let wrapped = SubjectPublicKeyInfo::from_der(key).ok();
    let (inner, rest) = match &wrapped {
        Some((rest, info)) => (&*info.subject_public_key.data, *rest),
        None => (key, &[][..]),
    };
    let (after, key) = RSAPublicKey::from_der(inner).ok()?;
    let first = key.modulus.iter().position(|byte| *byte != 0)?;
    let leading = key.modulus[first].leading_zeros() as usize;
    (rest.is_empty() && after.is_empty()).then(|| (key.modulus.len() - first) * 8 - leading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::dns::Relay;
    use crate::doctor::dns::tests::{Zone, told};

    /// Returns an RSA key with this many bits, optionally as a `SubjectPublicKeyInfo`.
    fn rsa(bits: usize, wrapped: bool) -> String {
        let der = |kind: u8, content: &[u8]| {
            let length = u16::try_from(content.len()).unwrap().to_be_bytes();
            [&[kind, 0x82], &length[..], content].concat()
        };
        let mut modulus = vec![0xff; bits / 8];
        modulus[0] = 0x80;
        modulus.insert(0, 0);
        let key = der(0x30, &[der(2, &modulus), der(2, &[1, 0, 1])].concat());
        if !wrapped {
            return STANDARD.encode(key);
        }
        let algorithm = der(0x30, &[6, 1, 1, 5, 0]);
        let bits = der(3, &[&[0], &key[..]].concat());
        STANDARD.encode(der(0x30, &[algorithm, bits].concat()))
    }

    /// Returns a sender whose mail is signed with this selector.
    fn signed(domain: &str, selector: Option<&str>) -> Sender {
        Sender {
            selector: selector.map(ToOwned::to_owned),
            ..Sender::new(domain, Relay::Nobody)
        }
    }

    async fn judged(text: &str) -> Vec<String> {
        let zone = Zone::of(&[("s1._domainkey.d.example", &format!("txt {text}"))]);
        told(&check(&zone, &signed("d.example", Some("s1"))).await)
    }

    #[tokio::test]
    async fn keys_are_weighed() {
        for (text, wanted) in [
            (
                format!("v=DKIM1; k=rsa; p={}", rsa(2048, true)),
                "ok s1._domainkey.d.example: RSA key of 2048 bits",
            ),
            (
                format!("p={}", rsa(4096, false)),
                "ok s1._domainkey.d.example: RSA key of 4096 bits",
            ),
            (
                format!(
                    "v=DKIM1; h=sha1:sha256; s=email; t=s; p={}",
                    rsa(2048, true)
                ),
                "ok ",
            ),
            (
                format!("v=DKIM1; p={}", rsa(1024, true)),
                "warn s1._domainkey.d.example: the RSA key has only 1024 bits",
            ),
            (
                format!("v=DKIM1; p={}", rsa(1016, true)),
                "fail s1._domainkey.d.example: the RSA key has 1016 bits, and receivers ignore it",
            ),
            (
                format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode([7; 32])),
                "ok s1._domainkey.d.example: Ed25519 key",
            ),
            (
                format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode([7; 31])),
                "fail s1._domainkey.d.example: an Ed25519 key has 32 bytes, but this one has 31",
            ),
            (
                format!("v=DKIM1; k=dsa; p={}", rsa(2048, true)),
                "fail s1._domainkey.d.example: k=dsa",
            ),
        ] {
            let told = judged(&text).await;
            assert!(told.len() == 1 && told[0].starts_with(wanted), "{told:?}");
        }
        let tried = judged(&format!("v=DKIM1; t=s:y; p={}", rsa(2048, true))).await;
        assert!(tried[1].starts_with("warn t=y means"), "{tried:?}");
    }

    /// Typical records, with the result that RFC 6376 §3.6.1 requires for each.
    #[tokio::test]
    async fn records_count_as_receivers_read_them() {
        const OK: &str = "ok s1._domainkey.d.example: RSA key of 2048 bits";
        const NO_VERSION: &str = "must begin with v=DKIM1";
        let key = rsa(2048, true);
        let key = key.as_str();
        let (half, rest) = key.split_at(200);
        for (text, words) in [
            // Syntax: the version is first or missing, and white space is allowed everywhere, also in the key.
            (format!("v=DKIM1; p={key}"), OK),
            (format!("v=DKIM1;k=rsa;p={key}"), OK),
            (format!("v = DKIM1 ; k = rsa ; p = {key} ;"), OK),
            (format!("v=DKIM1; k=rsa; p={half} {rest}"), OK),
            (format!("v=DKIM1; k=rsa; p={half}\t\r\n {rest}"), OK),
            (format!("k=rsa; p={key}"), OK),
            (format!("p={key}; k=rsa"), OK),
            // Notes, and unregistered tags.
            (format!("v=DKIM1; n=key of 2026, do not touch; p={key}"), OK),
            (format!("v=DKIM1; x=y; g=*; p={key}"), OK),
            // Lists that include the value for mail.
            (format!("v=DKIM1; h=sha256; s=*; p={key}"), OK),
            (
                format!("v=DKIM1; h=sha1 : sha256; s=tlsrpt:email; p={key}"),
                OK,
            ),
            (format!("v=DKIM1; t=s; p={key}"), OK),
            // The example of RFC 8463 §A.2.
            (
                "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=".to_owned(),
                "ok s1._domainkey.d.example: Ed25519 key",
            ),
            (format!("v=DKIM2; p={key}"), NO_VERSION),
            (format!("v=dkim1; p={key}"), NO_VERSION),
            (format!("p={key}; v=DKIM1"), NO_VERSION),
            // Quoted as in some zone files.
            (format!("v=DKIM1\\; k=rsa\\; p={key}"), NO_VERSION),
            (format!("\"v=DKIM1; p={key}\""), "malformed"),
            (
                format!("v=DKIM1; p={key}; p={key}"),
                "the tag p appears twice",
            ),
            (format!("v=DKIM1;; p={key}"), "malformed"),
            (format!("v=DKIM1 k=rsa p={key}"), NO_VERSION),
            ("v=DKIM1; k=rsa".to_owned(), "has no key (p)"),
            ("v=DKIM1; k=rsa; p=".to_owned(), "this key was revoked"),
            (
                format!("v=DKIM1; p=-----BEGIN PUBLIC KEY-----{key}"),
                "p isn't base64",
            ),
            (format!("v=DKIM1; p={half}"), "p isn't an RSA key"),
            (format!("v=DKIM1; h=sha1; p={key}"), "h lacks sha256"),
            (format!("v=DKIM1; s=tlsrpt; p={key}"), "s lacks email"),
            (
                format!("v=DKIM1; k=ed25519; p={key}"),
                "an Ed25519 key has 32 bytes",
            ),
            (format!("v=DKIM1; k=RSA1; p={key}"), "k=RSA1 is a key type"),
        ] {
            let said = judged(&text).await;
            assert!(said[0].contains(words), "{text:?}: {said:#?}");
        }
    }

    #[tokio::test]
    async fn what_receivers_cannot_use_is_a_failure() {
        let remedy = "-> publish s1._domainkey.d.example TXT \"v=DKIM1; k=rsa; p=PUBLIC-KEY-OF-YOUR-SIGNER\"";
        for (text, words) in [
            ("v=DKIM1; p=", "p is empty: this key was revoked"),
            ("v=DKIM1", "has no key (p)"),
            ("v=DKIM2; p=AAAA", "must begin with v=DKIM1"),
            ("p=AAAA; v=DKIM1", "must begin with v=DKIM1"),
            ("v=DKIM1; p=***", "p isn't base64"),
            ("v=DKIM1; p=AAAA", "p isn't an RSA key"),
            ("v=DKIM1; h=sha1; p=AAAA", "h lacks sha256"),
            ("v=DKIM1; s=tlsrpt; p=AAAA", "s lacks email"),
            ("v=DKIM1; p=AAAA; p=AAAA", "the tag p appears twice"),
            ("nonsense", "malformed"),
        ] {
            let told = judged(text).await;
            assert!(
                told.len() == 1
                    && told[0].starts_with("fail ")
                    && told[0].contains(words)
                    && told[0].ends_with(remedy),
                "{told:?}"
            );
        }
        let name = "s1._domainkey.d.example";
        for (records, words) in [
            (&[][..], "does not exist (NXDOMAIN)"),
            (&[(name, "a 192.0.2.1")], "has no TXT record"),
            (&[(name, "txt p="), (name, "txt p=")], "has 2 TXT records"),
            (&[(name, "silence")], "in time"),
        ] {
            let told = told(&check(&Zone::of(records), &signed("d.example", Some("s1"))).await);
            assert!(
                told[0].starts_with("fail ") && told[0].contains(words),
                "{told:?}"
            );
        }
        // The suggested record is valid with the signer's key in it.
        let advised = remedy.split('"').nth(1).unwrap();
        let advised = advised.replace("PUBLIC-KEY-OF-YOUR-SIGNER", &rsa(2048, true));
        assert_eq!(
            judged(&advised).await,
            ["ok s1._domainkey.d.example: RSA key of 2048 bits"]
        );
        let unasked = check(&Zone::of(&[]), &signed("d.example", None)).await;
        assert_eq!(
            told(&unasked),
            ["skip a key can only be found by its selector: add --dkim-selector NAME"]
        );
    }

    #[tokio::test]
    async fn a_key_of_the_organization_will_do() {
        let good = format!("txt v=DKIM1; p={}", rsa(2048, true));
        let zone = [("s1._domainkey.d.example", good.as_str())];
        let below = signed("app.d.example", Some("s1"));
        let found = told(&check(&Zone::of(&zone), &below).await);
        assert_eq!(found, ["ok s1._domainkey.d.example: RSA key of 2048 bits"]);
        let strict = [
            zone[0],
            ("_dmarc.app.d.example", "txt v=DMARC1; p=none; adkim=s"),
        ];
        let found = told(&check(&Zone::of(&strict), &below).await);
        assert!(found[1].starts_with("warn adkim=s"), "{found:?}");
        let beside = Sender {
            signing_domain: Some("mg.d.example".to_owned()),
            ..below.clone()
        };
        let zone = [("s1._domainkey.mg.d.example", good.as_str())];
        let found = told(&check(&Zone::of(&zone), &beside).await);
        assert_eq!(
            found,
            ["ok s1._domainkey.mg.d.example: RSA key of 2048 bits"]
        );
        let other = Sender {
            signing_domain: Some("other.example".to_owned()),
            ..below
        };
        let found = told(&check(&Zone::of(&zone), &other).await);
        assert!(
            found[0].starts_with("fail a signature of other.example"),
            "{found:?}"
        );
    }

    #[tokio::test]
    async fn selectors_that_a_provider_gives_to_everybody_are_tried() {
        let by = |host: &str| Sender::new("d.example", Relay::Host(host.to_owned()));
        let good = format!("txt v=DKIM1; p={}", rsa(2048, true));
        let rotated = [
            ("s1._domainkey.d.example", "txt v=DKIM1; p="),
            ("s2._domainkey.d.example", good.as_str()),
        ];
        let sendgrid = by("smtp.sendgrid.net");
        let found = told(&check(&Zone::of(&rotated), &sendgrid).await);
        assert_eq!(found, ["ok s2._domainkey.d.example: RSA key of 2048 bits"]);
        let found = told(&check(&Zone::of(&rotated[..1]), &sendgrid).await);
        assert!(found[0].contains("this key was revoked"), "{found:?}");
        for (host, wanted) in [
            (
                "smtp.sendgrid.net",
                "warn no key of d.example under s1, s2, which SendGrid uses",
            ),
            (
                "smtp.postmarkapp.com",
                "warn Postmark needs a DKIM key of d.example",
            ),
            ("smtp.gmail.com", "skip no key of d.example under google"),
        ] {
            let found = told(&check(&Zone::of(&[]), &by(host)).await);
            assert!(found[0].starts_with(wanted), "{found:?}");
        }
    }
}
