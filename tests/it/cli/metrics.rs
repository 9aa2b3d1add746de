//! `/metrics` of a server: off unless asked for, and only on its own address.

use crate::support::actor::Requests as _;
use crate::support::exposition::Exposition;
use crate::support::process::Place;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_are_on_their_own_address_and_never_where_people_are() {
    let place = Place::configured();
    place.set("metrics = true\nmetrics_bind = \"127.0.0.1:0\"");
    let server = place.serve(&[]);
    let line: serde_json::Value =
        serde_json::from_str(&server.says("metrics are served at /metrics")).unwrap();
    let address = line["address"].as_str().unwrap();
    server.me().await.is(401);
    let answer = reqwest::get(format!("http://{address}/metrics"))
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().unwrap();
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    let all = Exposition::of(&answer.text().await.unwrap());
    let me = [("route", "/api/auth/me"), ("status", "401")];
    assert_eq!(all.count("regstack_http_requests_total", &me), 1);

    // The two addresses have nothing in common.
    server.get("//metrics").await.is(404);
    for path in ["/healthz", "/api/auth/me", "/"] {
        let answer = reqwest::get(format!("http://{address}{path}"))
            .await
            .unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    let said = server.stop();
    assert!(
        !said.contains("\"path\":\"/metrics\""),
        "scrapes fill no log: {said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_are_off_unless_asked_for() {
    let place = Place::configured();
    // An address alone asks for nothing, and a warning says so.
    place.set("metrics_bind = \"127.0.0.1:0\"");
    let server = place.serve(&[]);
    server.says("metrics_bind has no effect without metrics");
    server.get("//metrics").await.is(404);
    let said = server.stop();
    assert!(!said.contains("metrics are served"), "{said}");
}

#[test]
fn a_taken_address_of_the_metrics_stops_the_start_and_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = Place::configured();
    let address = taken.local_addr().unwrap();
    place.set(&format!("metrics = true\nmetrics_bind = \"{address}\""));
    let ran = place.run(&["serve", "--create"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    for part in [
        &format!("can't listen on {address}"),
        "metrics_bind: regstack.toml:",
    ] {
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
}
