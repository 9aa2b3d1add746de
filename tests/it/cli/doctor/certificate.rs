//! The certificate that https is served with.

use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, KeyPair};
use regstack::internals::clock::{Clock as _, SystemClock};

use super::{diagnosed, healthy};
use crate::support::process::{Place, Ran};

const DAY: Duration = Duration::from_hours(24);

/// A certificate for a host that is good for so many days from now, after as many before; and its key.
pub(super) fn made(host: &str, days: i32) -> (String, String) {
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    let now: SystemTime = SystemClock.now().into();
    params.not_before = (now - 400 * DAY).into();
    let end = if days < 0 {
        now - days.unsigned_abs() * DAY
    } else {
        now + days.unsigned_abs() * DAY + DAY / 2
    };
    params.not_after = end.into();
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (certificate.pem(), key.serialize_pem())
}

pub(super) fn install(place: &Place, (certificate, key): &(String, String)) {
    place.write("cert.pem", certificate);
    place.write("key.pem", key);
}

#[tokio::test]
async fn a_certificate_is_judged_and_serving_warns_of_it() {
    let (place, _sink) = healthy().await;
    place.set("tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"\nbase_url = \"https://a.example\"");
    for (host, days, code, status, words, remedy) in [
        ("a.example", 90, 0, "ok", "for a.example", ""),
        ("a.example", 29, 0, "warn", "expires in 29 days", "renew it"),
        ("a.example", -1, 1, "fail", "expired on", "SIGHUP"),
        (
            "b.example",
            90,
            1,
            "fail",
            "base_url's host is a.example",
            "a certificate for a.example",
        ),
    ] {
        install(&place, &made(host, days));
        let diagnosis = diagnosed(&place, &["--serve-check"]).await;
        diagnosis
            .ends_with(code)
            .says(status, "certificate", &[words], remedy);
        let server = place.serve(&[]);
        if status == "ok" {
            let said = server.stop();
            assert!(!said.contains("certificate"), "{said}");
        } else {
            server.says(words);
        }
    }
    // The key of another: nothing is served.
    let (certificate, _) = made("a.example", 90);
    let (_, key) = made("a.example", 90);
    install(&place, &(certificate, key));
    let diagnosis = diagnosed(&place, &[]).await;
    let words = ["tls_cert", "can't be used with"];
    diagnosis
        .ends_with(1)
        .says("fail", "certificate", &words, "");
    let ran = Ran::end_of(place.command(&["serve"]));
    ran.refused(3, &["tls_cert", "can't be used with"]);
    // Nor one that is none.
    place.write(
        "cert.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    let diagnosis = diagnosed(&place, &[]).await;
    diagnosis
        .ends_with(1)
        .says("fail", "certificate", &["tls_cert"], "");
}
