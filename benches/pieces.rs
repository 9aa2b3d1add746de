//! `cargo bench --features internals --bench pieces`: what the parts of a session check and of a login cost, without a
//! network.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, header};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use regstack::internals::app::{Ambient, App};
use regstack::internals::auth::PasswordHasher;
use regstack::internals::config::{Settings, Sources};
use regstack::internals::model::Password;
use regstack::internals::random::{self, SystemRandom};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

const PASSWORD: &str = "correct horse battery";

fn settings(folder: &std::path::Path) -> Settings {
    let database = folder.join("accounts.db");
    let variables = [
        (
            "REGSTACK_DATABASE_URL",
            format!("sqlite:{}", database.display()),
        ),
        ("REGSTACK_JWT_SECRET", random::token::<48>(&SystemRandom)),
        ("REGSTACK_REQUIRE_VERIFICATION", "false".to_owned()),
    ];
    let sources = Sources {
        environment: variables
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        ..Sources::default()
    };
    regstack::internals::config::load(&sources)
        .expect("valid settings")
        .settings
}

fn post(path: &str) -> Request<Body> {
    let body = format!(r#"{{"email":"ada@example.com","password":"{PASSWORD}"}}"#);
    Request::post(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .expect("a request")
}

fn pieces(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let settings = settings(folder.path());
    let hashing = settings.password.clone();
    let app = runtime
        .block_on(App::open(settings, Ambient::system()))
        .expect("an application");
    let router = regstack::router(&app);
    let answer = |request: Request<Body>| {
        runtime.block_on(async {
            let answer = router.clone().oneshot(request).await.expect("an answer");
            assert!(answer.status().is_success(), "{}", answer.status());
            let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await;
            body.expect("a body")
        })
    };
    answer(post("/api/auth/register"));
    let login = answer(post("/api/auth/login"));
    let login: serde_json::Value = serde_json::from_slice(&login).expect("JSON");
    let token = login["access_token"].as_str().expect("a token");

    criterion.bench_function("session: token and store", |bencher| {
        bencher.iter(|| runtime.block_on(app.accounts.authenticate(token)));
    });
    let me = || {
        Request::get("/api/auth/me")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::empty())
            .expect("a request")
    };
    criterion.bench_function("GET /me without a socket", |bencher| {
        bencher.iter_batched(me, answer, BatchSize::SmallInput);
    });
    let nothing = || {
        Request::get("/healthz")
            .body(Body::empty())
            .expect("a request")
    };
    criterion.bench_function("GET /healthz without a socket", |bencher| {
        bencher.iter_batched(nothing, answer, BatchSize::SmallInput);
    });
    let hasher = PasswordHasher::new(&hashing, Arc::new(SystemRandom)).expect("a hasher");
    let password = Password::parse(PASSWORD.into()).expect("a password");
    let mut group = criterion.benchmark_group("Argon2id");
    group.sample_size(20);
    group.bench_function("one hash, default parameters", |bencher| {
        bencher.iter(|| runtime.block_on(hasher.hash(&password)));
    });
    group.finish();
}

criterion_group!(all, pieces);
criterion_main!(all);
