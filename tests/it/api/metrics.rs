//! What the metrics say of what happened, on the engine of this run; and that clients cannot make them grow.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::SignedDuration;
use regstack::internals::config::Webhook;
use reqwest::Method;
use serde_json::Value;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::database::Kind;
use crate::support::exposition::Exposition;
use crate::support::receiver::Receiver;
use crate::support::served::Served;

async fn metrics(served: &Served) -> Exposition {
    Exposition::of(&served.app.metrics().await)
}

/// A server to whom everything happened that is counted.
async fn eventful() -> Served {
    let receiver = Receiver::answering(&[500]).await;
    let webhook = Webhook {
        url: format!("{}/canary-path?token=canary", receiver.url),
        ..receiver.webhook(None)
    };
    let served = Served::with(|settings| {
        settings.webhooks = vec![webhook];
        settings.tokens.session_max_seconds = 86_400;
    })
    .await;
    let ada = served.signed_in("ada@example.com").await;
    ada.me().await.is(200);
    ada.post("/session/renew", Value::Null).await.is(200);
    for _ in 0..5 {
        served
            .log_in("ada@example.com", "wrong canary")
            .await
            .is(401);
    }
    served.log_in("ada@example.com", PASSWORD).await.is(429);
    served.register("eve@example.com").await.is(201);
    loop {
        let all = metrics(&served).await;
        let attempts = |kind, outcome| {
            let labels = [("kind", kind), ("outcome", outcome)];
            all.count("regstack_deliveries_total", &labels)
        };
        let webhook = |outcome| attempts("webhook", outcome) >= 1;
        if webhook("retry") && webhook("sent") && attempts("email", "sent") >= 1 {
            break;
        }
        served.pass(SignedDuration::from_secs(1));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    served
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_happens_is_counted_in_a_text_without_fault() {
    let served = eventful().await;
    let text = served.app.metrics().await;
    assert!(
        !text.contains("canary"),
        "of a receiver only the host is told: {text}"
    );
    let all = Exposition::of(&text);
    let logins = |outcome| {
        let labels = [("method", "password"), ("outcome", outcome)];
        all.count("regstack_logins_total", &labels)
    };
    let expected = (1, 5, 1);
    assert_eq!(
        (
            logins("success"),
            logins("invalid_credentials"),
            logins("locked")
        ),
        expected
    );
    assert_eq!(all.count("regstack_lockouts_total", &[]), 1);
    assert_eq!(all.count("regstack_sessions_renewed_total", &[]), 1);
    let requests = |status| {
        let labels = [
            ("method", "POST"),
            ("route", "/api/auth/login"),
            ("status", status),
        ];
        all.count("regstack_http_requests_total", &labels)
    };
    assert_eq!(
        (requests("200"), requests("401"), requests("429")),
        expected
    );
    let labels = [("method", "POST"), ("route", "/api/auth/login")];
    assert_eq!(
        all.count("regstack_http_request_duration_seconds_count", &labels),
        7
    );
    // One for each password that was tried, and one for each that was set.
    assert_eq!(all.count("regstack_password_hashes_total", &[]), 8);
    assert_eq!(all.count("regstack_password_hashes_shed_total", &[]), 0);
    let operation = |name| {
        let labels = [("operation", name)];
        all.count("regstack_store_operation_duration_seconds_count", &labels)
    };
    let engine = match Kind::of_this_run() {
        Kind::Sqlite => {
            assert!(
                operation("session") >= 1 && operation("fail_attempt") == 5,
                "{text}"
            );
            assert!(all.count("regstack_store_group_commit_writes_count", &[]) > 10);
            "sqlite"
        }
        Kind::Mongo => {
            assert!(
                operation("find") > 10 && operation("findAndModify") > 5,
                "{text}"
            );
            "mongodb"
        }
    };
    let operations = all.values("operation");
    let is_plain = |name: &String| name.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    assert!(operations.iter().all(is_plain), "{operations:?}");
    let build = [("engine", engine), ("version", env!("CARGO_PKG_VERSION"))];
    assert_eq!(all.count("regstack_build_info", &build), 1);
    for positive in [
        "process_cpu_seconds_total",
        "process_max_fds",
        "process_open_fds",
        "process_resident_memory_bytes",
        "process_start_time_seconds",
    ] {
        assert!(all.sum(positive, &[]) > 0.0, "{positive}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_told_by_kind_and_with_its_age() {
    let mut served = Served::start().await;
    served.stop_sending().await;
    served.register("ada@example.com").await.is(201);
    served.pass(SignedDuration::from_secs(90));
    let all = metrics(&served).await;
    assert_eq!(
        all.count("regstack_outbox_messages", &[("kind", "email")]),
        1
    );
    let age = all.sum(
        "regstack_outbox_oldest_message_age_seconds",
        &[("kind", "email")],
    );
    assert!((90.0..120.0).contains(&age), "{age}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_paths_methods_and_addresses_add_no_series() {
    let served = Served::with(|settings| settings.identity.behind_proxy = true).await;
    let nonsense = async |number: u32| {
        for path in [
            format!("//nonsense/{number}"),
            format!("/nonsense/{number}"),
            format!("/me?x={number}"),
            format!("/sessions/{number}"),
        ] {
            let method = Method::from_bytes(format!("M{number}").as_bytes()).unwrap();
            for method in [Method::GET, Method::DELETE, method] {
                let request = served.request(method, &path);
                let from = format!("203.0.{}.{}", number / 200, number % 200);
                served.send(request.header("x-forwarded-for", from)).await;
            }
        }
        let email = format!("nobody{number}@example.com");
        served.log_in(&email, PASSWORD).await.is(401);
    };
    nonsense(0).await;
    let before = metrics(&served).await;
    for number in 1..60 {
        nonsense(number).await;
    }
    let after = metrics(&served).await;
    let of = |all: &Exposition| {
        let ours = all
            .series
            .keys()
            .filter(|series| !series.contains("operation="));
        ours.cloned().collect::<BTreeSet<_>>()
    };
    assert_eq!(of(&before), of(&after));
    let routes = after.values("route");
    assert!(routes.contains("(none)") && routes.iter().all(|route| !route.contains("nonsense")));
    let methods = after.values("method");
    assert!(
        methods.contains("other") && !methods.contains("M0"),
        "{methods:?}"
    );
}

/// The names in a text that are those of our metrics.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = words.filter(|word| word.starts_with("regstack_") || word.starts_with("process_"));
    ours.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documents_name_every_metric_and_no_other() {
    let all = metrics(&eventful().await).await;
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let read = |name: &str| fs::read_to_string(docs.join(name)).unwrap();
    let exists = |name: &str| {
        let parts = ["_bucket", "_sum", "_count"].iter();
        let mut stems = parts.filter_map(|part| name.strip_suffix(part));
        let is = |name: &str| all.families.contains_key(name);
        is(name) || stems.any(is)
    };
    let only_sqlite = "regstack_store_group_commit_writes";
    for document in ["metrics.md", "metrics/alerts.yml", "metrics/dashboard.json"] {
        let names = named(&read(document));
        assert!(names.len() > 5, "{document}: {names:?}");
        for name in names {
            assert!(
                exists(&name) || name.starts_with(only_sqlite),
                "{document}: {name}"
            );
        }
    }
    let documented = named(&read("metrics.md"));
    for name in all.families.keys() {
        assert!(
            documented.contains(name),
            "docs/metrics.md says nothing of {name}"
        );
    }
    let dashboard: Value = serde_json::from_str(&read("metrics/dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(
        panels.len() > 8
            && panels
                .iter()
                .all(|panel| panel["targets"][0]["expr"].is_string())
    );
}
