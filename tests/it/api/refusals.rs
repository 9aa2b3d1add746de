//! What a client gets for nonsense: the 4xx of the contract, in its shape, and nothing written.

use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::actor::{Answer, PASSWORD, Requests as _};
use crate::support::served::Served;

async fn raw(
    served: &Served,
    path: &str,
    content_type: &str,
    body: impl Into<reqwest::Body>,
) -> Answer {
    served
        .send(
            served
                .request(Method::POST, path)
                .header("content-type", content_type)
                .body(body),
        )
        .await
}

fn faults(answer: &Answer) -> Vec<(Value, String)> {
    let detail = answer.refused(422, "validation_error").body["detail"]
        .as_array()
        .unwrap()
        .clone();
    detail
        .iter()
        .map(|fault| {
            (
                fault["loc"].clone(),
                fault["type"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

#[tokio::test]
async fn all_faults_of_a_body_come_together() {
    let served = Served::start().await;
    let answer = served
        .post(
            "/register",
            json!({"email": "nonsense", "password": "short", "full_name": 7, "is_superuser": true}),
        )
        .await;
    let mut found = faults(&answer);
    found.sort_by_key(|fault| fault.0.to_string());
    let at = |field: &str, kind: &str| (json!(["body", field]), kind.to_owned());
    assert_eq!(
        found,
        [
            at("email", "value_error"),
            at("full_name", "string_type"),
            at("is_superuser", "extra_forbidden"),
            at("password", "string_too_short")
        ]
    );
    let missing = faults(&served.post("/register", json!({})).await);
    assert_eq!(missing, [at("email", "missing"), at("password", "missing")]);
    for message in answer.body["detail"].as_array().unwrap() {
        assert!(message["msg"].as_str().unwrap().len() > 10, "{message}");
    }
}

#[tokio::test]
async fn what_is_no_json_object_is_said_so() {
    let served = Served::start().await;
    let bad: [&[u8]; 16] = [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b"\"x\"",
        b"{\"email\": NaN}",
        b"{\"email\": 1e999}",
        b"{\"email\": \"\\ud800\"}",
        b"\xff\xfe",
        b"{\"email\": \"\xff\"}",
        b"{} {}",
        b"{\"a\":1,}",
        b"{'email': 'x'}",
        b"email=x",
        b"{\"email\": \"a\tb\"}",
    ];
    for body in bad {
        let answer = raw(&served, "/login", "application/json", body.to_vec()).await;
        assert_eq!(
            faults(&answer),
            [(json!(["body"]), "json_invalid".to_owned())],
            "{:?}",
            String::from_utf8_lossy(body)
        );
    }
    let deep = format!(
        "{{\"email\": {}{}}}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    raw(&served, "/login", "application/json", deep)
        .await
        .refused(422, "validation_error");
}

#[tokio::test]
async fn size_and_type_of_a_body_are_bounded() {
    let served = Served::start().await;
    let big = json!({"email": "ada@example.com", "password": "x".repeat(70_000)}).to_string();
    raw(&served, "/login", "application/json", big.clone())
        .await
        .refused(413, "body_too_large");
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> = big
        .as_bytes()
        .chunks(1000)
        .map(|piece| Ok(piece.to_vec()))
        .collect();
    raw(
        &served,
        "/login",
        "application/json",
        reqwest::Body::wrap_stream(futures_util::stream::iter(pieces)),
    )
    .await
    .refused(413, "body_too_large");
    let small = json!({"email": "ada@example.com", "password": PASSWORD}).to_string();
    raw(&served, "/login", "text/plain", small.clone())
        .await
        .refused(415, "unsupported_media_type");
    raw(
        &served,
        "/login",
        "application/x-www-form-urlencoded",
        small.clone(),
    )
    .await
    .refused(415, "unsupported_media_type");
    raw(
        &served,
        "/login",
        "application/json; charset=utf-8",
        small.clone(),
    )
    .await
    .refused(401, "invalid_credentials");
    raw(&served, "/login", "APPLICATION/JSON", small)
        .await
        .refused(401, "invalid_credentials");
}

#[tokio::test]
async fn nothing_that_was_sent_is_echoed() {
    let served = Served::start().await;
    let canary = "canary-6f1d";
    let answers = [
        served
            .post(
                "/register",
                json!({"email": canary, "password": canary.repeat(40), canary: 1}),
            )
            .await,
        served
            .post("/login", json!({"email": 7, "password": [canary]}))
            .await,
        served.verify(canary).await,
        served.log_in("nobody@example.com", canary).await,
        served.bearer(canary).get("/me").await,
        raw(
            &served,
            "/login",
            "application/json",
            format!("{{\"{canary}"),
        )
        .await,
    ];
    for answer in answers {
        assert!(answer.status.is_client_error());
        let echoed = answer.body.to_string().contains(canary);
        assert!(!echoed, "{answer:?}");
    }
}

#[tokio::test]
async fn every_bad_credential_gets_one_text() {
    let served = Served::start().await;
    let ada = served.signed_up("ada@example.com").await;
    let good = ada.token();
    let reference = served.get("/me").await;
    reference.refused(401, "not_authenticated");
    let tampered = format!("{}x", &good[..good.len() - 1]);
    for header in [
        "",
        "Bearer",
        "Bearer ",
        "Basic abc",
        "Bearer x",
        "Bearer a.b.c",
        &format!("Bearer {good} "),
        &format!("Bearer  {good}"),
        &format!("Bearer {tampered}"),
        &format!("Bearer {good},{good}"),
        &format!("Token {good}"),
    ] {
        let answer = served
            .send(
                served
                    .request(Method::GET, "/me")
                    .header("authorization", header),
            )
            .await;
        if answer.status == StatusCode::OK {
            // Optional white space around a header's value is not part of it (RFC 9110 §5.5).
            assert_eq!(header, format!("Bearer {good} "));
            continue;
        }
        assert_eq!(
            (
                answer.status,
                &answer.body,
                answer.header("www-authenticate")
            ),
            (reference.status, &reference.body, Some("Bearer")),
            "{header:?}"
        );
    }
    let bytes = reqwest::header::HeaderValue::from_bytes(b"Bearer \xff\xfe").unwrap();
    served
        .send(
            served
                .request(Method::GET, "/me")
                .header("authorization", bytes),
        )
        .await
        .refused(401, "not_authenticated");
    let twice = served
        .request(Method::GET, "/me")
        .header("authorization", format!("Bearer {good}"))
        .header("authorization", "Bearer x");
    served.send(twice).await.refused(401, "not_authenticated");
    let lower = served
        .request(Method::GET, "/me")
        .header("authorization", format!("bearer {good}"));
    served.send(lower).await.is(200);
}

#[tokio::test]
async fn credentials_come_before_the_body() {
    let served = Served::start().await;
    let request = served
        .request(Method::PATCH, "/me")
        .header("content-type", "text/plain")
        .body("x".repeat(70_000));
    served.send(request).await.refused(401, "not_authenticated");
}

#[tokio::test]
async fn unknown_places_and_methods_are_json_too() {
    let served = Served::start().await;
    served.get("/nowhere").await.refused(404, "not_found");
    served.get("/admin/users").await.refused(404, "not_found");
    served.get("//api/auth").await.refused(404, "not_found");
    let answer = served.get("/login").await;
    assert_eq!(
        answer.refused(405, "method_not_allowed").header("allow"),
        Some("POST")
    );
    let answer = served.send(served.request(Method::DELETE, "/me")).await;
    let allow = answer
        .refused(405, "method_not_allowed")
        .header("allow")
        .unwrap();
    assert!(allow.contains("GET") && allow.contains("PATCH"), "{allow}");
    for path in [
        "/%00",
        "/%ff%fe",
        "/..%2f..%2fetc%2fpasswd",
        "/me/",
        "/register/x",
    ] {
        served.get(path).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn every_answer_has_an_id_and_its_headers() {
    let served = Served::start().await;
    for (given, kept) in [
        ("req-1.A_b", true),
        ("x".repeat(64).as_str(), true),
        ("x".repeat(65).as_str(), false),
        ("a b", false),
        ("<script>", false),
        ("", false),
    ] {
        let answer = served
            .send(
                served
                    .request(Method::GET, "/me")
                    .header("x-request-id", given),
            )
            .await;
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(id == given, kept, "{given:?} -> {id:?}");
        assert!(!id.is_empty());
    }
    let answer = served.get("/me").await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert!(
        answer
            .header("content-security-policy")
            .unwrap()
            .contains("frame-ancestors 'none'")
    );
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(
        answer.header("strict-transport-security"),
        None,
        "base_url is http"
    );
    let https =
        Served::with(|settings| settings.identity.base_url = "https://example.com".into()).await;
    assert!(
        https
            .get("/me")
            .await
            .header("strict-transport-security")
            .is_some()
    );
}

#[tokio::test]
async fn readiness_tells_of_messages_that_do_not_leave_and_of_nobodys_account() {
    let mut served = Served::start().await;
    served.account("ada@example.com", |_| ()).await;
    served.stop_sending().await;
    let silent = served.get("//readyz").await;
    assert_eq!(
        silent.is(200).body,
        json!({"status": "ready", "outbox": {"late": false, "waiting": null, "oldest_minutes": null}})
    );
    let forgot = json!({"email": "ada@example.com"});
    served.post("/forgot-password", forgot).await.is(202);
    assert_eq!(served.waiting().await, 1);
    assert_eq!(served.get("//readyz").await.body, silent.body);
    served.pass(SignedDuration::from_mins(11));
    assert_eq!(
        served.get("//readyz").await.is(200).body["outbox"],
        json!({"late": true, "waiting": 1, "oldest_minutes": 11})
    );
}

#[tokio::test]
async fn the_process_says_how_it_is() {
    let served = Served::start().await;
    served.get("//healthz").await.is(200);
    served.get("//readyz").await.is(200);
    let document = served.get("//openapi.json").await;
    assert_eq!(
        document
            .is(200)
            .text("openapi")
            .split('.')
            .take(2)
            .collect::<Vec<_>>(),
        ["3", "1"]
    );
    for path in [
        "/register",
        "/verify",
        "/resend-verification",
        "/login",
        "/logout",
        "/me",
    ] {
        assert!(
            document.body["paths"][format!("/api/auth{path}")].is_object(),
            "{path} is not in the document"
        );
    }
}

#[tokio::test]
async fn client_address_limits_count_down_truthfully() {
    let served = Served::with(|settings| {
        let quota = regstack::internals::config::Quota {
            count: 3.try_into().unwrap(),
            seconds: 60,
        };
        settings.guessing.limits.login = Some(regstack::internals::config::RateLimit(vec![quota]));
    })
    .await;
    for _ in 0..3 {
        served
            .log_in("nobody@example.com", "wrong")
            .await
            .refused(401, "invalid_credentials");
    }
    let limited = served.log_in("nobody@example.com", "wrong").await;
    let wait: u64 = limited
        .refused(429, "rate_limited")
        .header("retry-after")
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let spoofed = served
        .request(Method::POST, "/login")
        .header("x-forwarded-for", "203.0.113.9")
        .json(&json!({"email": "a@example.com", "password": "x"}));
    served.send(spoofed).await.refused(429, "rate_limited");
    served.register("ada@example.com").await.is(201);
}

/// Strangers meet a limit that nobody set; who comes from the neighbourhood, where a proxy may be, does not.
#[tokio::test]
async fn routes_for_strangers_are_limited_by_default() {
    let routes = [
        ("/login", 60),
        ("/register", 30),
        ("/verify", 60),
        ("/resend-verification", 30),
        ("/forgot-password", 30),
        ("/reset-password", 60),
        ("/confirm-email-change", 60),
    ];
    let behind = Served::with(|settings| {
        settings.identity.behind_proxy = true;
        settings.features.enable_sms_2fa = true;
    })
    .await;
    let alone = Served::start().await;
    let try_from = async |served: &Served, route: &str, client: &str| {
        let request = served.request(Method::POST, route);
        let request = request.header("x-forwarded-for", client).json(&json!({}));
        served.send(request).await
    };
    for (route, limit) in routes {
        for _ in 0..limit {
            try_from(&behind, route, "203.0.113.9").await.is(422);
            try_from(&alone, route, "203.0.113.9").await.is(422);
        }
        let refused = try_from(&behind, route, "203.0.113.9").await;
        let wait = refused.refused(429, "rate_limited").header("retry-after");
        let wait: i64 = wait.unwrap().parse().unwrap();
        try_from(&behind, route, "203.0.113.8").await.is(422);
        try_from(&alone, route, "203.0.113.9").await.is(422);
        // The wait that is named is enough.
        behind.pass(SignedDuration::from_secs(wait));
        try_from(&behind, route, "203.0.113.9").await.is(422);
    }
    // Each set-up costs an SMS; who isn't logged in counts too.
    for _ in 0..10 {
        try_from(&behind, "/phone/start", "203.0.113.9")
            .await
            .is(401);
    }
    try_from(&behind, "/phone/start", "203.0.113.9")
        .await
        .refused(429, "rate_limited");
}

/// Whatever a request is like: the answer is the JSON that is documented, a page, or has no body at all.
#[tokio::test]
async fn no_answer_is_plain_text() {
    let served = Served::with(|settings| settings.features.enable_ui_router = true).await;
    let address = served.origin.trim_start_matches("http://").to_owned();
    let deep = "[".repeat(60_000);
    let bodies = [
        ("application/json", "\u{0}"),
        ("application/json", deep.as_str()),
        ("", "{}"),
        ("text/plain", "{}"),
    ];
    let mut requests = Vec::new();
    for path in [
        "/api/auth/%ff",
        "/api/auth/login/%ff",
        "/api/auth/me",
        "/api/auth/login",
        "/api/auth/",
        "/regstack-static/%ff",
        "/regstack-static/%00",
        "/regstack-static/none",
        "/docs/%ff",
        "/account/%ff",
        "/account/none",
        "/%ff",
        "//",
        "/healthz",
        "/openapi.json",
    ] {
        for method in ["GET", "POST", "OPTIONS", "PUT", "TRACE", "BREW", "HEAD"] {
            requests.push(format!(
                "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
            ));
        }
    }
    for (kind, body) in bodies {
        let kind = if kind.is_empty() {
            String::new()
        } else {
            format!("content-type: {kind}\r\n")
        };
        let length = body.len();
        requests.push(format!(
            "POST /api/auth/login HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{kind}content-length: {length}\r\n\r\n{body}"
        ));
    }
    for request in requests {
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let line = request.lines().next().unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let head = head.to_lowercase();
        assert!(!head.starts_with("http/1.1 5"), "{line}: {answer}");
        let is_typed = [
            "application/json",
            "text/html",
            "text/javascript",
            "text/css",
        ]
        .iter()
        .any(|kind| head.contains(&format!("content-type: {kind}")));
        assert!(body.is_empty() || is_typed, "{line}: {answer}");
        assert!(!head.contains("text/plain"), "{line}: {answer}");
    }
}

/// RFC 9112, section 3.2. A proxy in front may go by one of two hosts and the server by the other.
#[tokio::test]
async fn a_request_names_one_valid_host() {
    let served = Served::with(|settings| settings.features.enable_ui_router = true).await;
    let address = served.origin.trim_start_matches("http://").to_owned();
    let ask = async |line: &str, headers: &str| {
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        // With a body that would be a request if anybody went on to read it as one.
        let hidden = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
        let length = hidden.len();
        let request = format!("{line}\r\n{headers}content-length: {length}\r\n\r\n{hidden}");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap()
    };
    for path in ["/healthz", "/api/auth/me", "/account/login", "/none"] {
        for headers in [
            "",
            "host: a\r\nhost: b\r\n",
            "host: a\r\nHost: a\r\n",
            "host: a, b\r\n",
            "host: a/b\r\n",
            "host: user@a\r\n",
            "host: a:b\r\n",
            "host: [::1\r\n",
            "host: \r\nhost: a\r\n",
            "x-forwarded-host: a\r\n",
        ] {
            let answer = ask(&format!("GET {path} HTTP/1.1"), headers).await;
            let told = answer.to_lowercase();
            let what = format!("{path} with {headers:?}: {answer}");
            assert!(told.starts_with("http/1.1 400 bad request\r\n"), "{what}");
            assert!(told.contains("\r\nconnection: close\r\n"), "{what}");
            assert!(told.contains("\r\nx-request-id: "), "{what}");
            assert!(told.ends_with("\"code\":\"invalid_host\"}"), "{what}");
            assert_eq!(told.matches("http/1.1 ").count(), 1, "{what}");
        }
    }
    // The target's host goes before, but does not stand in for the header.
    let absolute = "GET http://accounts.example.com/healthz HTTP/1.1";
    assert!(ask(absolute, "").await.starts_with("HTTP/1.1 400"));
    let older = "GET /healthz HTTP/1.0";
    let two = ask(older, "host: a\r\nhost: b\r\n").await;
    assert!(two.starts_with("HTTP/1.0 400"), "{two}");

    let line = "GET /healthz HTTP/1.1";
    for (line, headers) in [
        (older, ""),
        (older, "host: a\r\n"),
        // An empty one is what a client sends whose target has no host, by a Unix socket for example.
        (line, "host:\r\n"),
        (line, "host: accounts.example.com\r\n"),
        (line, "host: accounts.example.com:8443\r\n"),
        (line, "host: [2001:db8::7]:443\r\n"),
        (absolute, "host: accounts.example.com\r\n"),
    ] {
        let answer = ask(line, &format!("{headers}connection: close\r\n")).await;
        let status = answer.split(' ').nth(1).unwrap();
        assert_eq!(status, "200", "{line} with {headers:?}: {answer}");
    }
}

#[tokio::test]
async fn behind_a_proxy_the_audit_trail_names_the_client() {
    let served = Served::with(|settings| settings.identity.behind_proxy = true).await;
    let request = served
        .request(Method::POST, "/login")
        .header("x-forwarded-for", "198.51.100.1, 203.0.113.9")
        .header("x-request-id", "trace-7");
    served
        .send(request.json(&json!({"email": "a@example.com", "password": "x"})))
        .await
        .is(401);
    let events = served.events(10).await;
    assert_eq!(
        (events[0].ip, events[0].request_id.as_deref()),
        (Some("203.0.113.9".parse().unwrap()), Some("trace-7"))
    );
}

/// A page elsewhere that made a browser take its own name for 127.0.0.1 must not read the mailbox.
#[tokio::test]
async fn the_mailbox_opens_for_names_of_this_machine_only() {
    let served = Served::start().await;
    served.get("//dev/mailbox").await.is(200);
    let rebound = served
        .request(Method::GET, "//dev/mailbox")
        .header("host", "evil.example");
    served.send(rebound).await.refused(404, "not_found");
}
