//! What the sender's domain says about its mail, asked of a name server of the test's own.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::net::TcpListener;

use super::{Diagnosis, diagnosed, healthy, installed, spawned};
use crate::support::name_server::{serving, serving_by_tcp, sockets};
use crate::support::process::Place;

/// Domains in all states of health, each below `example.test`.
async fn name_server() -> SocketAddr {
    serving("example.test.", &zone()).await
}

fn zone() -> String {
    let key = public_key();
    let (first, second) = key.split_at(200);
    format!(
        "\
@ 3600 IN SOA ns.example.test. admin.example.test. 1 7200 3600 360000 60
@ IN NS ns.example.test.
ns IN A 127.0.0.1
mail IN A 192.0.2.25
mail IN AAAA 2001:db8::25
good IN MX 10 mail.example.test.
good IN MX 20 mail.example.test.
good IN TXT \"v=spf1 include:_spf.exam\" \"ple.test mx -all\"
good IN TXT \"other=text\"
_spf IN TXT \"v=spf1 ip4:0.0.0.0 -all\"
_dmarc.good IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@good.example.test\"
s1._domainkey.good IN TXT \"v=DKIM1; k=rsa; p={first}\" \"{second}\"
s2._domainkey.good IN CNAME s1._domainkey.good
revoked._domainkey.good IN TXT \"v=DKIM1; p=\"
bare IN A 192.0.2.9
_dmarc.bare IN TXT \"v=DMARC1; p=none\"
null IN MX 0 .
null IN TXT \"v=spf1 +all\"
_dmarc.null IN TXT \"v=DMARC1; p=block\"
two IN TXT \"v=spf1 mx -all\"
two IN TXT \"v=spf1 a:mail.example.test ~all\"
loop IN TXT \"v=spf1 include:loop.example.test ~all\"
eleven IN TXT \"v=spf1 a:mail.example.test include:i1.example.test include:i2.example.test -all\"
i1 IN TXT \"v=spf1 a:mail.example.test a:mail.example.test a:mail.example.test a:mail.example.test -all\"
i2 IN TXT \"v=spf1 a:mail.example.test a:mail.example.test a:mail.example.test a:mail.example.test -all\"
voids IN TXT \"v=spf1 include:v.example.test -all\"
v IN TXT \"v=spf1 a:x.example.test a:y.example.test mx:mail.example.test -all\"
broken IN TXT \"v=spf1 ipv4:192.0.2.1 include:gone.example.test -all\"
uncovered IN TXT \"v=spf1 mx:good.example.test -all\"
xn--bcher-kva IN MX 10 mail.example.test.
xn--bcher-kva IN TXT \"v=spf1 mx -all\"
_dmarc.xn--bcher-kva IN TXT \"v=DMARC1; p=reject; rua=mailto:a@xn--bcher-kva.example.test\"
s1._domainkey.xn--bcher-kva IN CNAME s1._domainkey.good
s3._domainkey IN CNAME s1._domainkey.good
"
    )
}

/// A new RSA key as DKIM publishes it: 2048 bits, DER, base64.
fn public_key() -> String {
    let der = |kind: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[kind, 0x82], &length[..], content].concat()
    };
    let mut modulus = vec![0; 257];
    modulus[1..].fill(0xa5);
    let key = der(0x30, &[der(2, &modulus), der(2, &[1, 0, 1])].concat());
    let algorithm = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00".to_vec();
    let bits = der(3, &[&[0], &key[..]].concat());
    STANDARD.encode(der(0x30, &[algorithm, bits].concat()))
}

/// An installation that mails from a domain. Without a mail server its mail stays here.
fn mailing_from(place: &Place, domain: &str) {
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    let toml = if toml.contains("[email]") {
        toml
    } else {
        toml + "[email]\n"
    };
    let toml = toml.replace("from_address = \"accounts@acme.test\"\n", "");
    let from = format!("[email]\nfrom_address = \"noreply@{domain}\"");
    place.write("regstack.toml", &toml.replace("[email]", &from));
}

async fn judged(domain: &str, server: SocketAddr, more: &[&str]) -> Diagnosis {
    let place = installed();
    mailing_from(&place, domain);
    let server = server.to_string();
    let arguments = [&["--dns", "--dns-server", &server], more].concat();
    diagnosed(&place, &arguments).await
}

#[tokio::test]
async fn a_domain_in_order_passes() {
    let server = name_server().await;
    let (place, _sink) = healthy().await;
    mailing_from(&place, "good.example.test");
    // Linux takes it for this machine, and to the doctor it is an address like any other.
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    place.write(
        "regstack.toml",
        &toml.replace(
            "smtp_host = \"127.0.0.1\"",
            "smtp_host = \"0.0.0.0\"\nsmtp_helo_name = \"mail.example.test\"",
        ),
    );
    place.append(
        "regstack.toml",
        &format!("[dns]\nresolver = \"{server}\"\n"),
    );
    for selector in ["s1", "s2"] {
        let diagnosis = diagnosed(&place, &["--check-dns", "--dkim-selector", selector]).await;
        diagnosis
            .ends_with(0)
            .says("ok", "config", &["regstack.toml"], "")
            .says("ok", "dns mx", &["2 hosts for good.example.test"], "")
            .says(
                "ok",
                "dns spf",
                &[
                    "v=spf1 include:_spf.example.test mx -all, 2 of 10 look-ups",
                    "covers email.smtp_host 0.0.0.0",
                ],
                "",
            )
            .says(
                "ok",
                "dns dmarc",
                &["p=reject at good.example.test", "SPF aligns"],
                "",
            )
            .says("ok", "dns dkim", &["RSA key of 2048 bits"], "")
            .says("ok", "dns ehlo", &["mail.example.test"], "");
        assert_eq!(diagnosis.document["warned"], 0);
    }
    mailing_from_again(&place, "two.example.test");
    let diagnosis = diagnosed(&place, &["--dns"]).await;
    diagnosis.says(
        "fail",
        "dns spf",
        &["two.example.test has 2 SPF records"],
        "keep one: publish two.example.test TXT \"v=spf1 mx a:mail.example.test ~all\"",
    );
}

#[tokio::test]
async fn a_greeting_by_a_name_that_is_none_is_warned_of_and_mended() {
    let server = name_server().await.to_string();
    let (place, _sink) = healthy().await;
    mailing_from(&place, "good.example.test");
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    let greeting = async |name: &str| {
        let named = format!("[email]\nsmtp_helo_name = \"{name}\"");
        place.write("regstack.toml", &toml.replace("[email]", &named));
        diagnosed(&place, &["--dns", "--dns-server", &server]).await
    };
    for (name, words) in [
        ("gone.example.test", "does not exist (NXDOMAIN)"),
        ("good.example.test", "has no address"),
        ("ns.example.test", "can't be reached from outside"),
        ("vm.internal", "only your own network knows"),
    ] {
        let diagnosis = greeting(name).await;
        let remedy = "set email.smtp_helo_name to the public name of this machine";
        diagnosis.says("warn", "dns ehlo", &[name, words], remedy);
    }
    let mended = greeting("mail.example.test").await;
    mended.says("ok", "dns ehlo", &["mail.example.test"], "");
}

/// The same place with another domain.
fn mailing_from_again(place: &Place, domain: &str) {
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    place.write("regstack.toml", &toml.replace("good.example.test", domain));
}

#[tokio::test]
async fn an_unknown_relay_that_is_not_covered_is_a_warning() {
    let server = name_server().await.to_string();
    let (place, _sink) = healthy().await;
    mailing_from(&place, "uncovered.example.test");
    let toml = std::fs::read_to_string(place.path("regstack.toml")).unwrap();
    place.write(
        "regstack.toml",
        &toml.replace("smtp_host = \"127.0.0.1\"", "smtp_host = \"0.0.0.0\""),
    );
    let diagnosis = diagnosed(&place, &["--dns", "--dns-server", &server]).await;
    diagnosis.says(
        "warn",
        "dns spf",
        &["doesn't cover email.smtp_host 0.0.0.0 (0.0.0.0); mail sent from there fails SPF"],
        "publish uncovered.example.test TXT \"v=spf1 mx:good.example.test ip4:ADDRESS -all\"",
    );
}

#[tokio::test]
async fn a_domain_beyond_ascii_is_asked_about_as_mail_leaves_with_it() {
    let server = name_server().await;
    let diagnosis = judged(
        "B\u{fc}cher.example.test",
        server,
        &["--dkim-selector", "s1"],
    )
    .await;
    diagnosis
        .ends_with(0)
        .says(
            "ok",
            "dns mx",
            &["1 host for xn--bcher-kva.example.test"],
            "",
        )
        .says("ok", "dns spf", &["v=spf1 mx -all"], "")
        .says(
            "ok",
            "dns dmarc",
            &["p=reject at xn--bcher-kva.example.test"],
            "",
        )
        .says("ok", "dns dkim", &["RSA key of 2048 bits"], "");
}

#[tokio::test]
async fn where_udp_is_silent_tcp_is_asked() {
    let server = serving_by_tcp("example.test.", &zone()).await;
    let diagnosis = judged("good.example.test", server, &["--dkim-selector", "s1"]).await;
    diagnosis
        .ends_with(0)
        .says("ok", "dns mx", &["2 hosts for good.example.test"], "")
        .says(
            "ok",
            "dns spf",
            &["v=spf1 include:_spf.example.test mx -all, 2 of 10 look-ups"],
            "",
        )
        .says("ok", "dns dmarc", &["p=reject at good.example.test"], "")
        .says("ok", "dns dkim", &["RSA key of 2048 bits"], "");
}

#[tokio::test]
async fn a_key_may_be_the_organizations_or_of_a_domain_that_is_named() {
    let server = name_server().await;
    let above = judged("good.example.test", server, &["--dkim-selector", "s3"]).await;
    above.says(
        "ok",
        "dns dkim",
        &["s3._domainkey.example.test: RSA key"],
        "",
    );
    for (domain, status, words) in [
        ("example.test", "ok", "s3._domainkey.example.test: RSA key"),
        (
            "b\u{fc}cher.example.test",
            "fail",
            "s3._domainkey.xn--bcher-kva.example.test does not exist",
        ),
        (
            "example.org",
            "fail",
            "a signature of example.org doesn't prove that mail is from good.example.test",
        ),
    ] {
        let more = ["--dkim-selector", "s3", "--dkim-domain", domain];
        let diagnosis = judged("good.example.test", server, &more).await;
        diagnosis.says(status, "dns dkim", &[words], "");
    }
}

#[cfg(feature = "aws")]
#[tokio::test]
async fn amazon_has_to_be_included_where_it_sends() {
    let place = installed();
    place.append(
        "regstack.toml",
        "[email]\nbackend = \"ses\"\nses_endpoint_url = \"http://127.0.0.1:1\"\n",
    );
    let secrets = "REGSTACK_EMAIL__SES_ACCESS_KEY_ID=canary-id\nREGSTACK_EMAIL__SES_SECRET_ACCESS_KEY=canary-key\n";
    place.append("regstack.secrets.env", secrets);
    mailing_from(&place, "good.example.test");
    let server = name_server().await.to_string();
    let diagnosis = diagnosed(&place, &["--dns", "--dns-server", &server]).await;
    diagnosis
        .ends_with(2)
        .says("fail", "email", &[], "")
        .says(
            "fail",
            "dns spf",
            &["v=spf1 does not include amazonses.com, but email.backend is \"ses\""],
            "publish good.example.test TXT \"v=spf1 include:_spf.example.test mx include:amazonses.com -all\"",
        )
        .says("ok", "dns dmarc", &["DKIM has to align"], "");
}

#[tokio::test]
async fn what_is_missing_is_told_with_the_record_to_publish() {
    let server = name_server().await;
    let diagnosis = judged("bare.example.test", server, &["--dkim-selector", "s1"]).await;
    diagnosis
        .ends_with(2)
        .says(
            "warn",
            "dns mx",
            &["bare.example.test has no MX"],
            "publish bare.example.test MX 10",
        )
        .says(
            "fail",
            "dns spf",
            &["has no SPF record"],
            "publish bare.example.test TXT \"v=spf1 mx ~all\"",
        )
        .says(
            "warn",
            "dns dmarc",
            &["p=none asks receivers to accept forged mail"],
            "p=quarantine",
        )
        .says(
            "fail",
            "dns dkim",
            &["s1._domainkey.bare.example.test does not exist (NXDOMAIN)"],
            "publish s1._domainkey.bare.example.test TXT",
        );
    let unsigned = judged("bare.example.test", server, &[]).await;
    unsigned
        .ends_with(1)
        .says("skipped", "dns dkim", &["--dkim-selector"], "");
}

#[tokio::test]
async fn what_is_wrong_is_told_in_the_receivers_terms() {
    let server = name_server().await;
    let diagnosis = judged("null.example.test", server, &[]).await;
    diagnosis
        .ends_with(3)
        .says(
            "fail",
            "dns mx",
            &["null MX (RFC 7505)"],
            "publish null.example.test MX 10",
        )
        .says(
            "fail",
            "dns spf",
            &["+all in the SPF record of null.example.test allows anyone to send"],
            "publish null.example.test TXT \"v=spf1 ~all\"",
        )
        .says(
            "fail",
            "dns dmarc",
            &["p=block must be one of"],
            "publish _dmarc.null.example.test TXT \"v=DMARC1; p=quarantine",
        );
    for (domain, words, remedy) in [
        (
            "eleven",
            "needs 11 look-ups, and receivers stop at 10: include:i1.example.test 5",
            "remove",
        ),
        (
            "voids",
            "3 look-ups of the SPF record of voids.example.test find nothing",
            "remove them",
        ),
        (
            "broken",
            "ipv4:192.0.2.1 isn't a mechanism",
            "publish broken.example.test TXT \"v=spf1 -all\"",
        ),
        (
            "loop",
            "loop.example.test includes itself",
            "correct include:loop.example.test",
        ),
    ] {
        let diagnosis = judged(&format!("{domain}.example.test"), server, &[]).await;
        diagnosis.says("fail", "dns spf", &[words], remedy);
    }
    let revoked = judged("good.example.test", server, &["--dkim-selector", "revoked"]).await;
    revoked.ends_with(1).says(
        "fail",
        "dns dkim",
        &["this key was revoked"],
        "publish revoked._domainkey.good.example.test TXT",
    );
}

#[tokio::test]
async fn no_such_domain_refusal_and_silence_are_told_apart() {
    let server = name_server().await;
    let missing = judged("missing.example.test", server, &[]).await;
    missing
        .ends_with(3)
        .says(
            "fail",
            "dns mx",
            &["missing.example.test does not exist (NXDOMAIN)"],
            "correct email.from_address",
        )
        .says(
            "fail",
            "dns spf",
            &["does not exist (NXDOMAIN)"],
            "correct email.from_address",
        )
        .says(
            "fail",
            "dns dmarc",
            &["no DMARC record for missing.example.test"],
            "publish _dmarc.missing.example.test TXT",
        );
    let refused = judged("example.org", server, &["--dkim-selector", "s1"]).await;
    // One server that answers nobody is one failure.
    refused.ends_with(1).says(
        "fail",
        "dns mx",
        &["refuses to answer", "(REFUSED)"],
        "--dns-server",
    );
    for name in ["dns spf", "dns dmarc", "dns dkim"] {
        let words = ["needs a name server that answers: see dns mx"];
        refused.says("skipped", name, &words, "");
    }
}

#[tokio::test]
async fn a_silent_name_server_and_a_silent_mail_server_hold_up_nobody() {
    let (udp, _tcp) = sockets().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = installed();
    place.mails_to(silent.local_addr().unwrap().port());
    mailing_from(&place, "good.example.test");
    let server = udp.local_addr().unwrap().to_string();
    let started = Instant::now();
    let ran = spawned(
        &place,
        &[
            "doctor",
            "--dns",
            "--dns-server",
            &server,
            "--dkim-selector",
            "s1",
        ],
    )
    .await;
    // The longest time that a check has is ten seconds, and two cores are shared.
    assert!(started.elapsed() < Duration::from_secs(25));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    for (name, words) in [
        (
            "dns mx",
            ["FAIL", "no name server answered about", "in time"],
        ),
        ("dns spf", ["skip", "needs a name server", "see dns mx"]),
        ("dns dmarc", ["skip", "needs a name server", "see dns mx"]),
        ("dns dkim", ["skip", "needs a name server", "see dns mx"]),
    ] {
        let start = format!("  {:<6}{name}", words[0]);
        let line = ran.stdout.lines().find(|line| line.starts_with(&start));
        let line = line.unwrap_or_else(|| panic!("{name}: {}", ran.stdout));
        assert!(words.iter().all(|word| line.contains(word)), "{line}");
    }
}

#[test]
fn mistakes_get_a_sentence() {
    let place = Place::empty();
    for (arguments, words) in [
        (
            &["--dns", "--dns-server", "nowhere"][..],
            &["nowhere", "expected an IP address"][..],
        ),
        (
            &["--dns", "--dns-server", "127.0.0.1:99999"],
            &["expected an IP address"],
        ),
        (&["--dns-server", "127.0.0.1"], &["--dns"]),
        (&["--dkim-selector", "s1"], &["--dns"]),
        (
            &["--dns", "--dkim-selector", "a b"],
            &["expected the selector in a signature's s="],
        ),
        (&["--dkim-domain", "example.com"], &["--dns"]),
        (
            &["--dns", "--dkim-domain", "a b"],
            &["expected the domain in a signature's d="],
        ),
        (&["--dns-servr", "::1"], &["--dns-server"]),
    ] {
        place
            .run(&[&["doctor"], arguments].concat())
            .refused(2, words);
    }
}
