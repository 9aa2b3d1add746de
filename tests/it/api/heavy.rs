//! What takes minutes, or needs a machine that does nothing else: `tests/run --full`.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::process::Command;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::served::Served;

/// How many addresses of each kind are tried.
const ADDRESSES: usize = 30;

/// Drives every operation of `/openapi.json` with made-up and hostile input: no 5xx, nothing that the document does not say.
#[tokio::test]
#[ignore = "takes minutes: tests/run --full"]
async fn schemathesis_finds_nothing_that_the_document_does_not_say() {
    let program =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-tools/venv/bin/schemathesis");
    assert!(
        program.exists(),
        "schemathesis is missing: run tests/run --full"
    );
    let served = Served::with(|settings| {
        settings.features.enable_admin_router = true;
        settings.guessing.rate_limit_disabled = true;
    })
    .await;
    let admin = served.admin().await;
    // Two more, so that the generated requests may well delete or demote one.
    served.superuser("second@example.com").await;
    let run = Command::new(program)
        .arg("run")
        .arg(format!("{}/openapi.json", served.origin))
        .args([
            "--url",
            &served.origin,
            "--header",
            &format!("Authorization: Bearer {}", admin.token()),
        ])
        .args([
            "--checks",
            "all",
            "--exclude-checks",
            "ignored_auth,positive_data_acceptance",
        ])
        // These end the session that the others need.
        .args(["--exclude-path-regex", "/(logout|change-password|account)$"])
        .args(["--seed", "1", "--max-examples", "40", "--no-color"])
        .env("HYPOTHESIS_STORAGE_DIRECTORY", served.database().folder())
        .current_dir(served.database().folder())
        .output()
        .await
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stdout)
    );
}

/// The body of a request about an address.
type Body = fn(&str) -> Value;

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

/// Known and unknown addresses take equally long, within 15 %. Each address is tried once, known and unknown in turn, so
/// that whatever else the machine does falls on both.
#[tokio::test]
#[ignore = "times requests, and needs a machine that does nothing else: tests/run --full"]
async fn strangers_learn_nothing_from_the_clock() {
    let served = Served::with(|settings| {
        (settings.password.memory_kib, settings.password.iterations) = (19_456, 2);
        settings.guessing.mail_per_recipient_per_hour = 1000;
    })
    .await;
    for index in 0..ADDRESSES {
        served
            .account(&format!("known{index}@example.com"), |_| ())
            .await;
        served
            .register(&format!("waiting{index}@example.com"))
            .await
            .is(201);
    }
    served.account("ada@example.com", |_| ()).await;
    let session = served.signed_in("ada@example.com").await;
    served.outbox_is_empty().await;
    let cases: [(&str, &str, Body); 4] = [
        (
            "/login",
            "known",
            |email| json!({"email": email, "password": "a wrong password"}),
        ),
        ("/forgot-password", "known", |email| json!({"email": email})),
        (
            "/resend-verification",
            "waiting",
            |email| json!({"email": email}),
        ),
        (
            "/change-email",
            "known",
            |email| json!({"new_email": email, "current_password": PASSWORD}),
        ),
    ];
    for (path, kind, body) in cases {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for index in 0..ADDRESSES {
            let mut pair = [(&mut known, kind), (&mut unknown, "stranger")];
            // What a request leaves behind for the machine to do must not always fall on the same kind.
            if index % 2 == 1 {
                pair.reverse();
            }
            for (times, kind) in pair {
                let started = Instant::now();
                let answer = session
                    .post(path, body(&format!("{kind}{index}@example.com")))
                    .await;
                times.push(started.elapsed());
                assert!([202, 401].contains(&answer.status.as_u16()), "{answer:?}");
                // What was queued is sent before the next one is timed.
                served.outbox_is_empty().await;
            }
        }
        let (known, unknown) = (median(known), median(unknown));
        assert!(
            (known / unknown - 1.0).abs() < 0.15,
            "{path}: known {known:.6} s, unknown {unknown:.6} s"
        );
    }
}
