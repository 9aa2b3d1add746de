//! Tests of the server over real sockets, with routers that need no accounts.

use std::path::Path;

use axum::routing::{get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::*;

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

struct Served {
    address: SocketAddr,
    stop: CancellationToken,
    server: JoinHandle<Result<(), ServeError>>,
}

async fn served(server: config::Server, router: Router) -> Served {
    let settings = Settings {
        server,
        ..Settings::default()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let stopped = stop.clone();
    let server = tokio::spawn(async move {
        let shared = (&TaskTracker::new(), &Notify::new());
        let when_full = Router::new()
            .route("/healthz", get(health::healthz))
            .fallback(error::full);
        let routers = Routers {
            router,
            when_unclear: Router::new().fallback(error::invalid_host),
            when_full,
        };
        run(&settings, routers, shared, listener.into(), stopped).await
    });
    Served {
        address,
        stop,
        server,
    }
}

fn settings() -> config::Server {
    config::Server {
        header_timeout_seconds: 1,
        shutdown_grace_seconds: 5,
        ..config::Server::default()
    }
}

impl Served {
    async fn connect(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream
    }
}

/// Waits for longer than anything here should take, so that only a broken server times out.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(10), what)
        .await
        .expect("nothing happened for ten seconds")
}

/// Reads the number in the status line.
async fn status(stream: &mut TcpStream) -> String {
    let mut head = [0; 12];
    soon(stream.read_exact(&mut head)).await.unwrap();
    String::from_utf8(head[9..].to_vec()).unwrap()
}

/// Reads everything until the server closes the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut rest = Vec::new();
    soon(stream.read_to_end(&mut rest)).await.unwrap();
    String::from_utf8_lossy(&rest).into_owned()
}

fn hello() -> Router {
    Router::new().route(
        "/",
        get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string()),
    )
}

#[tokio::test]
async fn slow_headers_end_the_connection_and_huge_ones_are_refused() {
    let served = served(settings(), hello()).await;
    let mut slow = served.connect(b"GET / HTTP/1.1\r\nhost:").await;
    assert!(!rest(&mut slow).await.contains("200"));
    let mut huge = served.connect(b"GET / HTTP/1.1\r\nx: ").await;
    huge.write_all(&vec![b'a'; MAX_HEADER_BYTES]).await.unwrap();
    assert_eq!(status(&mut huge).await, "431");
    let mut sane = served.connect(GET).await;
    assert_eq!(status(&mut sane).await, "200");
}

#[tokio::test]
async fn a_stop_finishes_what_is_under_way_and_takes_nothing_new() {
    let [started, go] = [(); 2].map(|()| Arc::new(Notify::new()));
    let (starts, goes) = (started.clone(), go.clone());
    let slow = async move || {
        starts.notify_one();
        goes.notified().await;
        "done"
    };
    // The timeouts are so long that only the stop can end these connections.
    let patient = config::Server {
        header_timeout_seconds: 60,
        shutdown_grace_seconds: 60,
        ..settings()
    };
    let served = served(patient, Router::new().route("/", get(slow))).await;
    let mut under_way = served.connect(GET).await;
    started.notified().await;
    let mut idle = served.connect(b"").await;
    served.stop.cancel();
    while TcpStream::connect(served.address).await.is_ok() {}
    go.notify_one();
    assert!(rest(&mut under_way).await.ends_with("done"));
    assert_eq!(rest(&mut idle).await, "");
    soon(served.server).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stop_does_not_wait_longer_than_the_grace() {
    let started = Arc::new(Notify::new());
    let starts = started.clone();
    let stuck = async move || {
        starts.notify_one();
        std::future::pending::<()>().await;
    };
    let settings = config::Server {
        shutdown_grace_seconds: 0,
        ..settings()
    };
    let served = served(settings, Router::new().route("/", get(stuck))).await;
    let mut client = served.connect(GET).await;
    started.notified().await;
    served.stop.cancel();
    soon(served.server).await.unwrap().unwrap();
    assert_eq!(rest(&mut client).await, "");
}

/// Returns a router with a route whose response waits, a signal for when it has started, and one that releases it.
fn waiting() -> (Router, Arc<Notify>, Arc<Notify>) {
    let [started, go] = [(); 2].map(|()| Arc::new(Notify::new()));
    let (starts, goes) = (started.clone(), go.clone());
    let slow = async move || {
        starts.notify_one();
        goes.notified().await;
        "done"
    };
    (hello().route("/slow", get(slow)), started, go)
}

#[tokio::test]
async fn a_full_server_tells_who_comes_and_gives_signs_of_life() {
    let (router, started, go) = waiting();
    let full = config::Server {
        max_connections: 1,
        header_timeout_seconds: 60,
        ..settings()
    };
    let served = served(full, router).await;
    let mut busy = served
        .connect(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    started.notified().await;
    // Silent clients don't keep other clients from the spare connections.
    let mut silent = Vec::new();
    for _ in 0..2 * SPARE_CONNECTIONS {
        silent.push(served.connect(b"GET / HTTP/1.1\r\nhost:").await);
    }
    let mut health = served
        .connect(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    let answer = rest(&mut health).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let mut second = served.connect(GET).await;
    let answer = rest(&mut second).await.to_lowercase();
    assert!(answer.starts_with("http/1.1 503"), "{answer}");
    assert!(answer.contains("retry-after: 1\r\n"), "{answer}");
    assert!(
        answer.contains("content-type: application/json"),
        "{answer}"
    );
    go.notify_one();
    assert_eq!(status(&mut busy).await, "200");
}

#[tokio::test]
async fn who_waits_for_nothing_gives_way_and_loses_no_answer() {
    let (router, started, go) = waiting();
    let full = config::Server {
        max_connections: 3,
        header_timeout_seconds: 60,
        ..settings()
    };
    let served = served(full, router).await;
    let mut busy = served
        .connect(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    started.notified().await;
    let mut kept_alive = served.connect(GET).await;
    assert_eq!(status(&mut kept_alive).await, "200");
    let mut others = Vec::new();
    for number in 0..200 {
        // Idle and slow clients, which hold a connection without using it.
        let begun: &[u8] = if number % 2 == 0 { b"" } else { b"GET / HT" };
        others.push(served.connect(begun).await);
        if number % 50 == 0 {
            let mut person = served.connect(GET).await;
            assert_eq!(status(&mut person).await, "200");
        }
    }
    rest(&mut kept_alive).await;
    go.notify_one();
    assert_eq!(status(&mut busy).await, "200");
}

#[tokio::test]
async fn a_client_that_does_not_read_loses_its_connection() {
    let endless = async || vec![b'x'; 64 << 20];
    let served = served(
        config::Server {
            request_timeout_seconds: 1,
            max_connections: 1,
            ..settings()
        },
        Router::new()
            .route("/", get(endless))
            .route("/small", post(())),
    )
    .await;
    let _deaf = served.connect(GET).await;
    let again = async {
        loop {
            let small = served.connect(b"POST /small HTTP/1.1\r\nhost: x\r\n\r\n");
            match &*status(&mut small.await).await {
                "503" => sleep(Duration::from_millis(50)).await,
                other => return other.to_owned(),
            }
        }
    };
    assert_eq!(soon(again).await, "200");
}

/// Starts a server with a certificate for localhost, and returns a client configuration that trusts it and offers these
/// protocols.
async fn served_by_tls(
    settings: config::Server,
    router: Router,
    protocols: &[&[u8]],
) -> (Served, tokio_rustls::TlsConnector) {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (cert, key) = (
        folder.path().join("cert.pem"),
        folder.path().join("key.pem"),
    );
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = Some(config::Tls { cert, key });
    // The files are deleted when this returns, so they have to be read before.
    tls::acceptor(tls.as_ref().unwrap()).unwrap();
    let served = served(config::Server { tls, ..settings }, router).await;
    served.ready().await;

    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    (served, Arc::new(tls).into())
}

impl Served {
    /// Waits until the server accepts connections, which means that it has read the certificate.
    async fn ready(&self) {
        let mut plain = self.connect(GET).await;
        rest(&mut plain).await;
    }

    async fn greet(&self, tls: &tokio_rustls::TlsConnector) -> ClientStream {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = "localhost".try_into().unwrap();
        tls.connect(name, stream).await.unwrap()
    }
}

type ClientStream = tokio_rustls::client::TlsStream<TcpStream>;

#[tokio::test]
async fn tls_serves_with_the_configured_certificate() {
    let (served, tls) = served_by_tls(settings(), hello(), &[]).await;
    let mut stream = served.greet(&tls).await;
    stream.write_all(GET).await.unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    let mut plain = served.connect(GET).await;
    assert!(!rest(&mut plain).await.contains("200"));
}

/// Returns an HTTP/2 client, and a task that finishes when its connection ends.
async fn http2_client(
    served: &Served,
    tls: &tokio_rustls::TlsConnector,
) -> (
    hyper::client::conn::http2::SendRequest<String>,
    JoinHandle<()>,
) {
    let stream = served.greet(tls).await;
    let (sender, connection) = hyper::client::conn::http2::handshake(
        hyper_util::rt::TokioExecutor::new(),
        TokioIo::new(stream),
    )
    .await
    .unwrap();
    let ended = tokio::spawn(async move {
        // It doesn't matter how the connection ended.
        let _ = connection.await;
    });
    (sender, ended)
}

fn get_of(path: &str) -> hyper::Request<String> {
    let request = hyper::Request::get(format!("https://accounts.example{path}"));
    request.body(String::new()).unwrap()
}

#[tokio::test]
async fn clients_that_ask_for_http2_get_it_with_a_host_header() {
    let host = async |headers: axum::http::HeaderMap| headers["host"].to_str().unwrap().to_owned();
    let router = Router::new().route("/", get(host));
    let (served, tls) = served_by_tls(settings(), router, &[b"h2", b"http/1.1"]).await;
    let (mut client, _) = http2_client(&served, &tls).await;
    let answers = (0..200).map(|_| client.send_request(get_of("/")));
    for answer in futures_util::future::join_all(answers.collect::<Vec<_>>()).await {
        let answer = answer.unwrap();
        assert_eq!(answer.version(), hyper::Version::HTTP_2);
        let body = axum::body::to_bytes(Body::new(answer.into_body()), 1000).await;
        assert_eq!(body.unwrap(), "accounts.example");
    }
    let mut two_hosts = get_of("/");
    let host = axum::http::HeaderValue::from_static("evil.example");
    two_hosts.headers_mut().insert("host", host);
    assert_eq!(client.send_request(two_hosts).await.unwrap().status(), 400);
    let huge = hyper::Request::get("https://accounts.example/")
        .header("x-large", "a".repeat(MAX_HEADER_BYTES));
    let refused = client.send_request(huge.body(String::new()).unwrap()).await;
    assert!(refused.is_err() || refused.unwrap().status() == 431);
    // Without a request for a while, the connection is closed, as in HTTP/1.
    let (_idle, ended) = http2_client(&served, &tls).await;
    soon(ended).await.unwrap();
}

#[tokio::test]
async fn an_answer_that_nobody_takes_ends_the_connection_of_http2() {
    let endless = async || vec![b'x'; 64 << 20];
    let patient = config::Server {
        request_timeout_seconds: 1,
        ..settings()
    };
    let router = Router::new().route("/", get(endless));
    let (served, tls) = served_by_tls(patient, router, &[b"h2"]).await;
    let (mut client, ended) = http2_client(&served, &tls).await;
    // The body stays open but isn't read.
    let _answer = soon(client.send_request(get_of("/"))).await.unwrap();
    soon(ended).await.unwrap();
}

#[tokio::test]
async fn a_stop_finishes_the_requests_of_http2() {
    let (router, started, go) = waiting();
    let patient = config::Server {
        header_timeout_seconds: 60,
        shutdown_grace_seconds: 60,
        ..settings()
    };
    let (served, tls) = served_by_tls(patient, router, &[b"h2"]).await;
    let (mut client, _) = http2_client(&served, &tls).await;
    let answer = tokio::spawn(async move { client.send_request(get_of("/slow")).await });
    started.notified().await;
    served.stop.cancel();
    while TcpStream::connect(served.address).await.is_ok() {}
    go.notify_one();
    assert_eq!(soon(answer).await.unwrap().unwrap().status(), 200);
    soon(served.server).await.unwrap().unwrap();
}

#[test]
fn faulty_tls_settings_are_named() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("cert.pem");
    std::fs::write(&whole, made.cert.pem()).unwrap();
    let missing = Path::new("/nowhere/file.pem");
    for (cert, key, wanted) in [
        (missing, missing, "tls_cert: /nowhere/file.pem: "),
        (&whole, missing, "tls_key: /nowhere/file.pem: "),
    ] {
        let (cert, key) = (cert.to_owned(), key.to_owned());
        let error = tls::acceptor(&config::Tls { cert, key }).err().unwrap();
        assert!(error.to_string().starts_with(wanted), "{error}");
    }
}
