//! Real proxies in front of an application that leaves logins to regstack: nginx (`auth_request`) and Caddy (`forward_auth`).
//! The upstream answers with what arrived there.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, Uri};
use jiff::SignedDuration;
use regstack::internals::config::Transport;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::client;
use crate::support::served::{Served, eventually};

/// What arrives at the application: the path, and every header that claims an identity.
async fn upstream() -> SocketAddr {
    let seen = async |uri: Uri, headers: HeaderMap| {
        let claims = headers.iter().filter(|(name, _)| {
            let name = name.as_str().replace('_', "-");
            name.starts_with("remote-")
        });
        let lines = claims.map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            json!([name.as_str(), value])
        });
        let seen = json!({"uri": uri.to_string(), "claims": lines.collect::<Vec<_>>()});
        ([("set-cookie", "theme=dark")], seen.to_string())
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let app = Router::new().fallback(seen);
        axum::serve(listener, app).await.unwrap();
    });
    address
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A proxy as a process. It ends with the test.
struct Proxy {
    process: Child,
    origin: String,
    _folder: tempfile::TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Proxy {
    async fn start(port: u16, configure: impl FnOnce(&Path) -> Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = configure(folder.path());
        command.current_dir(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let process = command.stderr(Stdio::null()).spawn();
        let process = process.expect("nginx and caddy are needed: tests/run installs them");
        eventually(|| std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()).await;
        Self {
            process,
            origin: format!("http://localhost:{port}"),
            _folder: folder,
        }
    }
}

/// nginx, configured as docs/forward-auth.md says.
async fn nginx(port: u16, regstack: &str, upstream: SocketAddr) -> Proxy {
    let server = sample("nginx")
        .replace("http://127.0.0.1:8000", regstack)
        .replace("http://127.0.0.1:3000", &format!("http://{upstream}"));
    nginx_with(port, &server).await
}

async fn nginx_with(port: u16, server: &str) -> Proxy {
    Proxy::start(port, |folder| {
        let text = format!(
            "daemon off; master_process off; pid nginx.pid; error_log stderr;
             events {{}}
             http {{ access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f;
                     uwsgi_temp_path u; scgi_temp_path s;
                     server {{ listen 127.0.0.1:{port}; {server} }} }}"
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, text).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder).arg("-c").arg(file);
        command
    })
    .await
}

/// Caddy, likewise.
async fn caddy(port: u16, regstack: &str, upstream: SocketAddr) -> Proxy {
    let site = sample("caddy")
        .replace("app.example.com", &format!("http://localhost:{port}"))
        .replace("127.0.0.1:8000", regstack.trim_start_matches("http://"))
        .replace("127.0.0.1:3000", &upstream.to_string());
    caddy_with(port, &site).await
}

async fn caddy_with(port: u16, site: &str) -> Proxy {
    Proxy::start(port, |folder| {
        let text = format!("{{\n admin off\n auto_https off\n}}\n{site}");
        fs::write(folder.join("Caddyfile"), text).unwrap();
        let mut command = Command::new("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config", "Caddyfile"]);
        command.env("HOME", folder).env("XDG_DATA_HOME", folder);
        command
    })
    .await
}

/// The configuration in the documentation, by the proxy's name.
fn sample(proxy: &str) -> String {
    sample_of("forward-auth.md", proxy)
}

/// The same of another page.
fn sample_of(page: &str, proxy: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(page);
    let page = fs::read_to_string(page).unwrap();
    let (_, rest) = page
        .split_once(&format!("```{proxy}\n"))
        .unwrap_or_else(|| panic!("no sample for {proxy}"));
    rest.split("```").next().unwrap().to_owned()
}

async fn served(origin: &str) -> Served {
    Served::with(|settings| {
        settings.identity.base_url = "http://localhost:8000".into();
        settings.identity.behind_proxy = true;
        settings.features.enable_forward_auth = true;
        settings.features.enable_ui_router = true;
        settings.tokens.transport = Transport::Cookie;
        settings.tokens.session_max_seconds = 86_400;
        settings.pages.return_origins = vec![origin.to_owned()];
    })
    .await
}

/// Sends a request byte for byte; what came back.
async fn raw(origin: &str, request: String) -> String {
    let address = origin.replace("http://localhost", "127.0.0.1");
    let sent = tokio::task::spawn_blocking(move || {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A proxy may reset what it does not like.
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    });
    sent.await.unwrap()
}

/// What a client writes by hand: names in odd spellings, and headers that `Connection` declares to be for the proxy alone, which
/// has to take them away (RFC 9110 §7.6.1).
async fn headers_are_forged_by_no_trick(served: &Served, origin: &str, cookie: &str) {
    let host = origin.trim_start_matches("http://");
    let user = served.user("ada@example.com").await;
    let ours = [
        ("remote-user", user.id.to_string()),
        ("remote-email", user.email.to_string()),
        ("remote-name", String::new()),
        ("remote-groups", String::new()),
    ];
    let all = "Remote-User, remote-email, REMOTE-NAME, Remote-Groups, Remote_Groups";
    for (forged, may_be_refused) in [
        (String::new(), false),
        (format!("Connection: {all}\r\n"), false),
        (
            format!("Connection: {all}\r\nRemote-Groups: admin\r\nRemote-User: admin\r\n"),
            false,
        ),
        (format!("Connection: {all}, Cookie\r\n"), true),
        (
            "Remote-Groups:admin\r\nREMOTE-GROUPS: admin\r\n".into(),
            false,
        ),
        (
            "Remote_Groups: admin\r\nRemote_User: admin\r\n".into(),
            false,
        ),
        ("Remote-Groups : admin\r\n".into(), true),
        ("Remote-Groups\t: admin\r\n".into(), true),
        ("X: y\r\n Remote-Groups: admin\r\n".into(), true),
        ("X: y\nRemote-Groups: admin\r\n".into(), true),
        ("X: y\rRemote-Groups: admin\r\n".into(), true),
        ("Remote-Groups\0: admin\r\n".into(), true),
        ("Remote.Groups: admin\r\n".into(), true),
    ] {
        let request = format!(
            "GET /x HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n{forged}Connection: close\r\n\r\n"
        );
        let answer = raw(origin, request).await;
        let refused = ["HTTP/1.1 400", "HTTP/1.1 401"];
        let is_refused = answer.is_empty() || refused.iter().any(|line| answer.starts_with(line));
        if may_be_refused && is_refused {
            continue;
        }
        assert!(answer.starts_with("HTTP/1.1 200"), "{forged:?}: {answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let body = &body[body.find('{').unwrap()..=body.rfind('}').unwrap()];
        let seen: Value = serde_json::from_str(body).unwrap();
        for (name, value) in &ours {
            let claims = seen["claims"].as_array().unwrap().iter();
            let said: Vec<_> = claims.filter(|claim| claim[0] == *name).collect();
            // nginx leaves out what is empty.
            if !value.is_empty() || !said.is_empty() {
                assert_eq!(said, [&json!([name, value])], "{forged:?}");
            }
        }
        assert!(!body.contains("admin"), "{forged:?}: {body}");
        assert!(!body.contains("remote_"), "{forged:?}: {body}");
    }

    // What the proxy says of the request cannot be taken out of its mouth, either.
    let all =
        "X-Forwarded-Method, X-Forwarded-Uri, X-Forwarded-Host, X-Forwarded-Proto, X-Forwarded-For";
    let forged = format!(
        "POST /x HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nOrigin: https://evil.example\r\n\
         X-Forwarded-Method: GET\r\nContent-Length: 0\r\nConnection: close, {all}\r\n\r\n"
    );
    let answer = raw(origin, forged).await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    for target in [
        "/x".to_owned(),
        "//evil.example/x".to_owned(),
        "/\\evil.example".to_owned(),
        "/%2e%2e//evil.example".to_owned(),
        format!("http://{host}/x"),
        "http://evil.example/x".to_owned(),
    ] {
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nX-Forwarded-Uri: //evil.example/\r\n\
             X-Forwarded-Host: evil.example\r\nConnection: close, {all}\r\n\r\n"
        );
        let answer = raw(origin, request).await;
        assert!(!answer.contains("claims"), "{target}: {answer}");
        let mut lines = answer.lines();
        let Some(login) = lines.find_map(|line| line.strip_prefix("Location: ")) else {
            // Refused, or for no site that is known here.
            assert_ne!(target, "/x", "{answer}");
            continue;
        };
        let login = url::Url::parse(login).unwrap();
        assert_eq!(login.host_str(), Some("localhost"), "{target}: {login}");
        let next = login.query_pairs().find(|(name, _)| name == "next");
        let back = next.is_none_or(|(_, next)| next.starts_with(&format!("{origin}/")));
        assert!(back, "{target}: {login}");
        assert!(
            target != "/x" || login.query() == Some(&expected(origin)),
            "{login}"
        );
    }
}

/// The query that leads back to `/x`.
fn expected(origin: &str) -> String {
    let next = format!("{origin}/x");
    let encoded = percent_encoding::utf8_percent_encode(&next, percent_encoding::NON_ALPHANUMERIC);
    format!("next={encoded}")
}

async fn guards_an_application(served: &Served, origin: &str) {
    let http = client::unled();
    let get = |path: &str| http.get(format!("{origin}{path}"));
    let path = "/reports/7?q=a%20b&c=d%26e&next=//evil.example";

    // Nobody passes. A person is led to the login, and it knows the very URL.
    let nobody = get(path).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    let led = get(path)
        .header("accept", "text/html")
        .send()
        .await
        .unwrap();
    assert_eq!(led.status(), 302);
    let location = led.headers()["location"].to_str().unwrap().to_owned();
    let login = url::Url::parse(&location).unwrap();
    assert_eq!(login.path(), "/account/login");
    let next = login.query_pairs().find(|(name, _)| name == "next");
    let next = next.unwrap().1.into_owned();
    assert_eq!(next, format!("{origin}{path}"));

    // The login gives a cookie, and the way back is open.
    served.account("ada@example.com", |_| ()).await;
    let wish = json!({"email": "ada@example.com", "password": PASSWORD});
    let login = served.request(Method::POST, "/login").json(&wish);
    let own_page = login.header("origin", "http://localhost:8000");
    let answer = served.send(own_page).await;
    let cookie = answer.is(200).header("set-cookie").unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let arrived = async |request: reqwest::RequestBuilder| -> Value {
        let response = request.header("cookie", &cookie).send().await.unwrap();
        assert_eq!(response.status(), 200);
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    };
    let seen = arrived(http.get(&next)).await;
    assert_eq!(seen["uri"], path, "the very URL");
    let id = served.id_of("ada@example.com").await.to_string();

    // What a client claims to be does not arrive, however it is spelled; a claim that regstack leaves empty neither.
    let mut forged = get("/x");
    for name in [
        "Remote-User",
        "remote-user",
        "Remote-Email",
        "Remote-Name",
        "Remote-Groups",
        "Remote_User",
        "Remote_Groups",
        "REMOTE_GROUPS",
    ] {
        forged = forged.header(name, "admin");
    }
    forged = forged.header("x-forwarded-user", "admin");
    let seen = arrived(forged).await;
    let claims = seen["claims"].as_array().unwrap();
    let said = |name: &str| {
        let same = claims.iter().filter(|claim| claim[0] == name);
        same.map(|claim| claim[1].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(said("remote-user"), [id.as_str()]);
    assert_eq!(said("remote-email"), ["ada@example.com"]);
    for claim in claims {
        assert_ne!(claim[1], "admin", "{claims:?}");
        assert!(!claim[0].as_str().unwrap().contains('_'), "{claims:?}");
    }

    headers_are_forged_by_no_trick(served, origin, &cookie).await;

    // Where the request seems to come from is the proxy's to say: a client is not led elsewhere.
    let liar = get("/x")
        .header("accept", "text/html")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-uri", "//evil.example/")
        .send()
        .await
        .unwrap();
    assert_eq!(liar.status(), 302);
    let location = liar.headers()["location"].to_str().unwrap();
    assert!(!location.contains("evil"), "{location}");

    // A page elsewhere changes nothing; the application's own does.
    let post = |from: &str, site: &str| {
        let request = http.post(format!("{origin}/orders")).header("origin", from);
        let request = request.header("sec-fetch-site", site);
        let request = request.header("cookie", &cookie);
        async move { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(post("https://evil.example", "cross-site").await, 403);
    assert_eq!(post(origin, "same-origin").await, 200);

    // Whoever opens a page past half of the session's life stays logged in; the application's own cookies come as well.
    let renewed = async |accept: &str| {
        let request = get("/x").header("accept", accept);
        let answer = request.header("cookie", &cookie).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let set = answer.headers().get_all("set-cookie").iter();
        let set = set.map(|line| line.to_str().unwrap().split(['=', ';']).next().unwrap());
        set.map(str::to_owned)
            .collect::<std::collections::BTreeSet<_>>()
    };
    let none = ["theme".to_owned()].into();
    assert_eq!(renewed("text/html").await, none);
    served.pass(SignedDuration::from_secs(3600));
    assert_eq!(renewed("*/*").await, none);
    let both = ["regstack_session".to_owned(), "theme".to_owned()].into();
    assert_eq!(renewed("text/html").await, both);

    // Out with the next request.
    served.operator().disable("ada@example.com").await;
    let out = get("/x").header("cookie", &cookie).send().await.unwrap();
    assert_eq!(out.status(), 401);
}

#[tokio::test]
async fn nginx_guards_an_application_as_documented() {
    let port = free_port();
    let origin = format!("http://localhost:{port}");
    let served = served(&origin).await;
    let proxy = nginx(port, &served.origin, upstream().await).await;
    guards_an_application(&served, &proxy.origin).await;
}

#[tokio::test]
async fn caddy_guards_an_application_as_documented() {
    let port = free_port();
    let origin = format!("http://localhost:{port}");
    let served = served(&origin).await;
    let proxy = caddy(port, &served.origin, upstream().await).await;
    guards_an_application(&served, &proxy.origin).await;
}

/// A proxy in front of everything: what it says of its clients is believed, and what they say of themselves is not.
async fn stands_in_front(served: &Served, origin: &str) {
    let wish = json!({"email": "nobody@example.com", "password": PASSWORD});
    let mut request = client::unled().post(format!("{origin}/api/auth/login"));
    for name in [
        "x-forwarded-for",
        "x-real-ip",
        "x-client-ip",
        "true-client-ip",
        "cf-connecting-ip",
    ] {
        request = request.header(name, "203.0.113.9");
    }
    let request = request
        .header("forwarded", "for=203.0.113.9")
        .header("x-regstack-transport", "bearer");
    assert_eq!(request.json(&wish).send().await.unwrap().status(), 401);
    let events = served.events(10).await;
    let failed = events
        .iter()
        .find(|event| event.kind.as_str() == "login_failed");
    let from = failed.expect("a failed login").ip;
    assert_eq!(from, Some(Ipv4Addr::LOCALHOST.into()));
    let ready = reqwest::get(format!("{origin}/readyz")).await.unwrap();
    assert_eq!(ready.status(), 200);
    // Never through the proxy, however it passes every path on.
    let metrics = reqwest::get(format!("{origin}/metrics")).await.unwrap();
    assert_eq!(metrics.status(), 404);
}

#[tokio::test]
async fn nginx_stands_in_front_as_documented() {
    let port = free_port();
    let served = served(&format!("http://localhost:{port}")).await;
    let sample = sample_of("production.md", "nginx");
    let (_, location) = sample.split_once("    location / {").unwrap();
    let location = location.split('}').next().unwrap();
    let location = location.replace("http://127.0.0.1:8000", &served.origin);
    let proxy = nginx_with(port, &format!("location / {{{location}}}")).await;
    stands_in_front(&served, &proxy.origin).await;
}

#[tokio::test]
async fn caddy_stands_in_front_as_documented() {
    let port = free_port();
    let served = served(&format!("http://localhost:{port}")).await;
    let site = sample_of("operations.md", "caddy")
        .replace("accounts.example.com", &format!("http://localhost:{port}"))
        .replace(
            "127.0.0.1:8000",
            served.origin.trim_start_matches("http://"),
        );
    let proxy = caddy_with(port, &site).await;
    stands_in_front(&served, &proxy.origin).await;
}
