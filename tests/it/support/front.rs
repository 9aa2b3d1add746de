//! What stands before a server, as a proxy does: its address is known before the server's, and it counts who reads the keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::OnceCell;

use super::client;

/// Passes requests on until the test's runtime ends.
#[derive(Clone)]
pub(crate) struct Front {
    /// Its address.
    pub(crate) origin: String,
    behind: Arc<Behind>,
}

struct Behind {
    client: reqwest::Client,
    origin: OnceCell<String>,
    key_reads: AtomicUsize,
}

impl Front {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = client::builder().tls_certs_only([]);
        let client = client.redirect(reqwest::redirect::Policy::none());
        let front = Self {
            origin: format!("http://{}", listener.local_addr().unwrap()),
            behind: Arc::new(Behind {
                client: client.build().unwrap(),
                origin: OnceCell::new(),
                key_reads: AtomicUsize::new(0),
            }),
        };
        let router = Router::new()
            .fallback(pass)
            .with_state(Arc::clone(&front.behind));
        tokio::spawn(async move { axum::serve(listener, router).await });
        front
    }

    /// Names the server behind it.
    pub(crate) fn leads_to(&self, origin: &str) {
        self.behind.origin.set(origin.to_owned()).unwrap();
    }

    /// How often the key set was read.
    pub(crate) fn key_reads(&self) -> usize {
        self.behind.key_reads.load(Ordering::SeqCst)
    }
}

async fn pass(State(behind): State<Arc<Behind>>, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    if head.uri.path().ends_with("/jwks.json") {
        behind.key_reads.fetch_add(1, Ordering::SeqCst);
    }
    let url = format!("{}{}", behind.origin.get().unwrap(), head.uri);
    for name in [header::HOST, header::CONTENT_LENGTH, header::CONNECTION] {
        head.headers.remove(name);
    }
    let body = to_bytes(body, 1024 * 1024).await.unwrap();
    let request = behind.client.request(head.method, url);
    let answer = request.headers(head.headers).body(body).send().await;
    let answer = answer.unwrap();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    *response.body_mut() = answer.bytes().await.unwrap().into();
    response
}
