//! DKIM (RFC 6376, RFC 8301, RFC 8463): whether the key that a selector names can be used.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Finding, Resolver, publish, tags, trouble};

/// Receivers ignore shorter RSA keys (RFC 8301 §3.2), in bits.
const LEAST_BITS: usize = 1024;
/// A key of today, in bits.
const GOOD_BITS: usize = 2048;
/// The length of an Ed25519 key, in bytes.
const ED25519: usize = 32;

pub(in crate::doctor) async fn check(
    resolver: &dyn Resolver,
    domain: &str,
    selector: Option<&str>,
) -> Vec<Finding> {
    let Some(selector) = selector else {
        return vec![Finding::skipped(
            "a key is found by its selector only: --dkim-selector NAME",
        )];
    };
    let name = format!("{selector}._domainkey.{domain}");
    let remedy = publish(&name, "v=DKIM1; k=rsa; p=PUBLIC-KEY-OF-YOUR-SIGNER");
    let texts = match resolver.txt(&name).await {
        Ok(texts) => texts,
        Err(kind) => return vec![trouble(&name, &kind, remedy)],
    };
    match texts.as_slice() {
        [] => vec![Finding::fail(format!("{name} has no TXT record"), remedy)],
        [text] => judge(&name, text, &remedy),
        texts => vec![Finding::fail(
            format!(
                "{name} has {} TXT records, and which one counts is not said",
                texts.len()
            ),
            "keep the one of the key that signs",
        )],
    }
}

fn judge(name: &str, text: &str, remedy: &str) -> Vec<Finding> {
    let fail = |why: String| vec![Finding::fail(format!("{name}: {why}"), remedy)];
    let tags = match tags(text) {
        Ok(tags) => tags,
        Err(why) => return fail(format!("malformed: {why}")),
    };
    let value = |name: &str| {
        tags.iter()
            .find(|(tag, _)| *tag == name)
            .map(|(_, value)| *value)
    };
    match tags.iter().position(|(tag, _)| *tag == "v") {
        Some(0) if tags[0].1 == "DKIM1" => {}
        None => {}
        _ => return fail("must begin with v=DKIM1, and receivers ignore it".to_owned()),
    }
    let lists = |tag: &str, wanted: &[&str]| {
        let list = value(tag).map(|list| {
            list.split(':')
                .map(str::trim)
                .any(|item| wanted.contains(&item))
        });
        list.unwrap_or(true)
    };
    if !lists("h", &["sha256"]) {
        return fail("h leaves out sha256, by which mail is signed".to_owned());
    }
    if !lists("s", &["*", "email"]) {
        return fail("s leaves out email".to_owned());
    }
    let key: String = match value("p") {
        None => return fail("has no p, the key".to_owned()),
        Some(key) => key.split_whitespace().collect(),
    };
    if key.is_empty() {
        return fail("p is empty: this key was revoked".to_owned());
    }
    let Ok(key) = STANDARD.decode(&key) else {
        return fail("p is not base64".to_owned());
    };
    let mut findings = match value("k").unwrap_or("rsa") {
        "rsa" => match rsa_bits(&key) {
            None => return fail("p is not an RSA key".to_owned()),
            Some(bits) if bits < LEAST_BITS => {
                return fail(format!(
                    "the RSA key has {bits} bits, and receivers ignore it"
                ));
            }
            Some(bits) if bits < GOOD_BITS => vec![Finding::warn(
                format!("{name}: the RSA key has {bits} bits, which is little today"),
                "sign with a key of 2048 bits, under a new selector",
            )],
            Some(bits) => vec![Finding::ok(format!("{name}: RSA key of {bits} bits"))],
        },
        "ed25519" if key.len() == ED25519 => vec![Finding::ok(format!("{name}: Ed25519 key"))],
        "ed25519" => {
            return fail(format!(
                "an Ed25519 key has {ED25519} bytes, this one {}",
                key.len()
            ));
        }
        other => {
            return fail(format!(
                "k={other} is a kind of key that receivers do not know"
            ));
        }
    };
    if !lists_nothing_of(value("t"), "y") {
        findings.push(Finding::warn(
            "t=y says that signing is only tried: receivers treat mail as if it were not signed",
            format!("take out t=y in the TXT record of {name}"),
        ));
    }
    findings
}

fn lists_nothing_of(list: Option<&str>, item: &str) -> bool {
    let mut items = list.into_iter().flat_map(|list| list.split(':'));
    items.all(|other| other.trim() != item)
}

/// The length of an RSA key's modulus: of a `SubjectPublicKeyInfo` (RFC 5280), or a bare `RSAPublicKey` (RFC 8017).
fn rsa_bits(key: &[u8]) -> Option<usize> {
    const SEQUENCE: u8 = 0x30;
    const INTEGER: u8 = 0x02;
    const BIT_STRING: u8 = 0x03;
    let (outer, rest) = element(key, SEQUENCE)?;
    if !rest.is_empty() {
        return None;
    }
    let modulus = if let Some((modulus, _)) = element(outer, INTEGER) {
        modulus
    } else {
        let (_, rest) = element(outer, SEQUENCE)?;
        let (bits, _) = element(rest, BIT_STRING)?;
        let (inner, _) = element(bits.strip_prefix(&[0])?, SEQUENCE)?;
        element(inner, INTEGER)?.0
    };
    let first = modulus.iter().position(|byte| *byte != 0)?;
    let leading = modulus[first].leading_zeros() as usize;
    Some((modulus.len() - first) * 8 - leading)
}

/// The content of the DER element (X.690) at the beginning, if it is of this kind, and what follows it.
fn element(bytes: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match *length {
        short @ 0..=0x7f => (usize::from(short), rest),
        long @ 0x81..=0x83 => {
            let (length, rest) = rest.split_at_checked(usize::from(long - 0x80))?;
            let length = length
                .iter()
                .fold(0, |sum, byte| sum * 256 + usize::from(*byte));
            (length, rest)
        }
        _ => return None,
    };
    (*found == kind).then(|| rest.split_at_checked(length))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::dns::tests::{Zone, told};

    /// A `SubjectPublicKeyInfo` around a modulus of so many bits.
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

    async fn judged(text: &str) -> Vec<String> {
        let zone = Zone::of(&[("s1._domainkey.d.example", &format!("txt {text}"))]);
        told(&check(&zone, "d.example", Some("s1")).await)
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
                "warn s1._domainkey.d.example: the RSA key has 1024 bits",
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
                "fail s1._domainkey.d.example: an Ed25519 key has 32 bytes, this one 31",
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
        assert!(tried[1].starts_with("warn t=y says"), "{tried:?}");
    }

    #[tokio::test]
    async fn what_receivers_cannot_use_is_a_failure() {
        let remedy = "-> publish s1._domainkey.d.example TXT \"v=DKIM1; k=rsa; p=PUBLIC-KEY-OF-YOUR-SIGNER\"";
        for (text, words) in [
            ("v=DKIM1; p=", "p is empty: this key was revoked"),
            ("v=DKIM1", "has no p"),
            ("v=DKIM2; p=AAAA", "must begin with v=DKIM1"),
            ("p=AAAA; v=DKIM1", "must begin with v=DKIM1"),
            ("v=DKIM1; p=***", "p is not base64"),
            ("v=DKIM1; p=AAAA", "p is not an RSA key"),
            ("v=DKIM1; h=sha1; p=AAAA", "h leaves out sha256"),
            ("v=DKIM1; s=tlsrpt; p=AAAA", "s leaves out email"),
            ("v=DKIM1; p=AAAA; p=AAAA", "the tag p is there twice"),
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
            let told = told(&check(&Zone::of(records), "d.example", Some("s1")).await);
            assert!(
                told[0].starts_with("fail ") && told[0].contains(words),
                "{told:?}"
            );
        }
        let unasked = check(&Zone::of(&[]), "d.example", None).await;
        assert_eq!(
            told(&unasked),
            ["skip a key is found by its selector only: --dkim-selector NAME"]
        );
    }
}
