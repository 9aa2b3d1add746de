//! Traces as a collector sees them, and what a collector that is dead or slow costs. In builds with the feature `otlp`.

use std::process::Command;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message as _;
use serde_json::json;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::database::{Database, Kind};
use crate::support::process::{Place, Server};
use crate::support::receiver::{Receiver, SECRET};

const ADA: &str = "ada.canary@example.com";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// A server that exports to `collector`, with these variables besides.
fn serve(place: &Place, collector: &str, variables: &[(&str, &str)]) -> Server {
    let mut command: Command = place.command(&["serve", "--json", "--create"]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector);
    command.envs(variables.iter().copied());
    Server::start(command)
}

/// A receiver's URL without its path: what a collector is named by.
fn origin(collector: &Receiver) -> String {
    collector.url.trim_end_matches("/hooks").to_owned()
}

/// All spans that came.
fn spans(collector: &Receiver) -> Vec<Span> {
    let posted = collector.posted();
    let requests = posted.iter().map(|post| {
        assert_eq!(post.header("content-type"), "application/x-protobuf");
        ExportTraceServiceRequest::decode(post.body.as_slice()).unwrap()
    });
    let resources = requests.flat_map(|request| request.resource_spans);
    let scopes = resources.flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).collect()
}

fn text(span: &Span, key: &str) -> String {
    let found = span.attributes.iter().find(|one| one.key == key);
    let value = found.and_then(|one| one.value.as_ref()?.value.as_ref());
    match value {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => panic!("{key}: {other:?} in {span:?}"),
    }
}

fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let found = spans.iter().find(|span| span.name == name);
    let names = || spans.iter().map(|span| &span.name).collect::<Vec<_>>();
    found.unwrap_or_else(|| panic!("no {name} in {:?}", names()))
}

fn traceparent(flags: &str) -> String {
    format!("00-{TRACE}-{PARENT}-{flags}")
}

async fn ask(server: &Server, path: &str, flags: &str) {
    let request = reqwest::Client::new().get(server.url(path));
    let answer = request.header("traceparent", traceparent(flags)).send();
    answer.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_sees_requests_with_their_steps_and_deliveries_and_nothing_secret() {
    let collector = Receiver::answering(&[]).await;
    let hooks = Receiver::answering(&[]).await;
    let place = Place::configured();
    place.append(
        "regstack.toml",
        &format!(
            "[[webhooks]]\nurl = \"{}\"\nsecret_env = \"HOOK\"\n",
            hooks.url
        ),
    );
    place.append("regstack.secrets.env", &format!("HOOK={SECRET}\n"));
    let server = serve(&place, &origin(&collector), &[]);
    server.register(ADA).await.is(201);
    server.log_in(ADA, "canary of a password").await;
    server.log_in(ADA, PASSWORD).await;
    server.get("//verify?token=canary-of-a-query").await;
    server
        .post(
            "/password-reset/confirm",
            json!({"token": "canary-of-a-token", "new_password": PASSWORD}),
        )
        .await;
    let give_up = Instant::now() + Duration::from_secs(30);
    while hooks.posted().is_empty() && Instant::now() < give_up {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let said = server.stop();
    assert!(!said.contains("not all spans"), "{said}");

    let spans = spans(&collector);
    let login = named(&spans, "POST /api/auth/login");
    assert_eq!(login.kind, SpanKind::Server as i32);
    assert_eq!(text(login, "http.request.method"), "POST");
    assert_eq!(text(login, "http.route"), "/api/auth/login");
    let status = text(login, "http.response.status_code");
    assert!(status.starts_with('4'), "{status}");
    assert_eq!(text(login, "regstack.request.id").len(), 16);
    let steps: Vec<&Span> = spans
        .iter()
        .filter(|span| span.parent_span_id == login.span_id)
        .collect();
    assert!(
        steps.iter().any(|step| step.name == "password hash"),
        "{steps:?}"
    );
    let operation = steps.iter().find(|step| {
        step.attributes
            .iter()
            .any(|one| one.key == "db.operation.name")
    });
    let operation = operation.expect("an operation of the store");
    assert_eq!(text(operation, "db.system.name"), "sqlite");
    assert_eq!(text(operation, "db.operation.name"), operation.name);
    assert!(!operation.name.contains(':'), "{}", operation.name);
    for step in &steps {
        assert_eq!(step.trace_id, login.trace_id);
        assert!(step.start_time_unix_nano >= login.start_time_unix_nano);
        assert!(step.end_time_unix_nano <= login.end_time_unix_nano);
    }

    // The receiver of a webhook learns the span of the attempt.
    let attempt = named(&spans, "deliver webhook");
    assert_eq!(text(attempt, "regstack.message.outcome"), "sent");
    assert!(attempt.parent_span_id.is_empty());
    let told: Vec<String> = hooks
        .posted()
        .iter()
        .map(|post| post.header("traceparent").to_owned())
        .collect();
    let line = format!(
        "00-{}-{}-01",
        hex::encode(&attempt.trace_id),
        hex::encode(&attempt.span_id)
    );
    assert!(told.contains(&line), "{line} is not in {told:?}");

    for post in collector.posted() {
        let sent = String::from_utf8_lossy(&post.body).into_owned();
        for secret in [
            "canary",
            "example.com",
            PASSWORD,
            SECRET,
            &hooks.url,
            "/hooks",
            "127.0.0.1",
        ] {
            assert!(!sent.contains(secret), "{secret} is in {sent:?}");
        }
        assert!(!post.headers.contains_key("traceparent"), "of an export");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_of_mongodb_are_steps_of_their_request() {
    let collector = Receiver::answering(&[]).await;
    let database = Database::fresh(Kind::Mongo).await;
    let place = Place::over(&database.url());
    let server = serve(&place, &origin(&collector), &[]);
    server.register(ADA).await.is(201);
    server.stop();

    let spans = spans(&collector);
    let register = named(&spans, "POST /api/auth/register");
    let is_command = |span: &&Span| {
        let mut keys = span.attributes.iter().map(|one| one.key.as_str());
        keys.any(|key| key == "db.operation.name")
    };
    let steps = spans
        .iter()
        .filter(|span| span.parent_span_id == register.span_id);
    let commands: Vec<&Span> = steps.filter(is_command).collect();
    for command in &commands {
        assert_eq!(text(command, "db.system.name"), "mongodb");
        assert_eq!(text(command, "db.operation.name"), command.name);
        assert_eq!(command.kind, SpanKind::Client as i32);
        assert_eq!(command.trace_id, register.trace_id);
        assert!(command.end_time_unix_nano <= register.end_time_unix_nano);
    }
    let names: Vec<&str> = commands.iter().map(|one| one.name.as_str()).collect();
    for name in ["find", "findAndModify"] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
    for post in collector.posted() {
        let sent = String::from_utf8_lossy(&post.body).into_owned();
        for secret in ["canary", "example.com", "127.0.0.1", "regstack_test"] {
            assert!(!sent.contains(secret), "{secret} is in {sent:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_proxy_names_the_parent_and_a_stranger_only_a_link() {
    for (is_trusted, flags) in [(true, "01"), (true, "00"), (false, "01"), (false, "00")] {
        let collector = Receiver::answering(&[]).await;
        let place = Place::configured();
        if is_trusted {
            place.set("behind_proxy = true");
        }
        let server = serve(&place, &origin(&collector), &[]);
        ask(&server, "/healthz", flags).await;
        server.stop();
        let spans = spans(&collector);
        let span = spans.iter().find(|span| span.name == "GET /healthz");
        match (is_trusted, flags) {
            (true, "00") => assert!(span.is_none(), "the proxy decided"),
            (true, _) => {
                let span = span.unwrap();
                assert_eq!(hex::encode(&span.trace_id), TRACE);
                assert_eq!(hex::encode(&span.parent_span_id), PARENT);
                assert!(span.links.is_empty());
            }
            (false, _) => {
                let span = span.unwrap();
                assert_ne!(hex::encode(&span.trace_id), TRACE);
                assert!(span.parent_span_id.is_empty());
                assert_eq!(hex::encode(&span.links[0].trace_id), TRACE);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_forces_no_sampling() {
    let collector = Receiver::answering(&[]).await;
    let place = Place::configured();
    let off = [("OTEL_TRACES_SAMPLER", "parentbased_always_off")];
    let server = serve(&place, &origin(&collector), &off);
    ask(&server, "/healthz", "01").await;
    server.stop();
    assert!(spans(&collector).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_hangs_or_is_gone_costs_spans_and_nothing_else() {
    let hanging = Receiver::hanging().await;
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refusing = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    for collector in [origin(&hanging), refusing] {
        let place = Place::configured();
        // Exports at once, and has room for little.
        let variables = [
            ("OTEL_BSP_SCHEDULE_DELAY", "10"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "4"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2"),
        ];
        let server = serve(&place, &collector, &variables);
        let begun = Instant::now();
        for _ in 0..50 {
            server.get("//healthz").await.is(200);
        }
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "{:?}",
            begun.elapsed()
        );
        let begun = Instant::now();
        let said = server.stop();
        // Two seconds for the rest, and time for a busy machine.
        assert!(
            begun.elapsed() < Duration::from_secs(8),
            "{:?}",
            begun.elapsed()
        );
        let line = said
            .lines()
            .find(|line| line.contains("not all spans were exported"));
        let line: serde_json::Value = serde_json::from_str(line.expect(&said)).unwrap();
        assert_eq!(line["spans"], 50, "each is counted: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_used_is_said_and_the_server_serves() {
    let collector = Receiver::answering(&[]).await;
    for (name, value, words) in [
        (
            "OTEL_TRACES_SAMPLER",
            "sometimes",
            "OTEL_TRACES_SAMPLER must be one of",
        ),
        (
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "grpc",
            "must be http/protobuf",
        ),
        (
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "http://[",
            "traces are not exported",
        ),
    ] {
        let place = Place::configured();
        let server = serve(&place, &origin(&collector), &[(name, value)]);
        server.says(words);
        server.get("//healthz").await.is(200);
        server.stop();
    }
    let place = Place::configured();
    let server = serve(
        &place,
        &origin(&collector),
        &[("OTEL_SDK_DISABLED", "true")],
    );
    server.get("//healthz").await.is(200);
    server.stop();
    assert!(collector.posted().is_empty());
}
