//! An HTTP server that stands in for somebody else's: it gives the answers it was told to, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use tokio::net::TcpListener;

/// Answers until the test's runtime ends.
#[derive(Clone)]
pub(crate) struct StandIn {
    origin: String,
    talk: Arc<Mutex<Talk>>,
}

#[derive(Default)]
struct Talk {
    asked: Vec<Asked>,
    answers: VecDeque<Reply>,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Method and path.
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// An answer: status, one header, body.
pub(crate) type Reply = (u16, (&'static str, &'static str), &'static str);

impl StandIn {
    pub(crate) async fn new(answers: &[Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stand_in = Self {
            origin: format!("http://{}", listener.local_addr().unwrap()),
            talk: Arc::default(),
        };
        stand_in.answers(answers);
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&stand_in.talk));
        tokio::spawn(async move { axum::serve(listener, router).await });
        stand_in
    }

    /// What it answers from now on, the last for ever.
    pub(crate) fn answers(&self, answers: &[Reply]) {
        self.talk.lock().unwrap().answers = answers.iter().copied().collect();
    }

    /// Its URL.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// All requests so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.talk.lock().unwrap().asked.clone()
    }
}

async fn answer(State(talk): State<Arc<Mutex<Talk>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1024 * 1024).await.unwrap();
    let mut talk = talk.lock().unwrap();
    talk.asked.push(Asked {
        line: format!("{} {}", head.method, head.uri),
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    let reply = if talk.answers.len() > 1 {
        talk.answers.pop_front()
    } else {
        talk.answers.front().copied()
    };
    let (status, (name, value), body) = reply.expect("an answer was prepared");
    Response::builder()
        .status(status)
        .header(name, value)
        .body(body.into())
        .unwrap()
}
