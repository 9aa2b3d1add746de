//! `GET /dev/mailbox`: the messages that would have been sent, for browsers, `curl` and programs.
//!
//! It exists only with `serve --dev`.

mod page;

use std::net::IpAddr;

use axum::extract::{Path, Query, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, LOCATION, X_FRAME_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;

use super::accept;
use super::error::ApiError;
use crate::delivery::Mailbox;
use crate::delivery::mailbox::CaughtMessage;

/// What the page may load: only this server's own files, and messages in frames.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// What a message in its frame may do: show its content, and open links in a new tab.
const MESSAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; \
                              form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";
const AN_HOUR: &str = "max-age=3600";
/// The files of the page: path, media type, content.
const FILES: [(&str, &str, &str); 3] = [
    (
        "/dev/mailbox/page.css",
        "text/css; charset=utf-8",
        include_str!("page.css"),
    ),
    (
        "/dev/mailbox/page.js",
        "text/javascript; charset=utf-8",
        include_str!("page.js"),
    ),
    (
        "/dev/mailbox/icon.svg",
        "image/svg+xml",
        include_str!("../../../static/img/icon.svg"),
    ),
];

/// Returns the routes of the page and its messages, if there is a mailbox.
pub(super) fn router<S: Clone + Send + Sync + 'static>(mailbox: Option<&Mailbox>) -> Router<S> {
    let Some(mailbox) = mailbox else {
        return Router::new();
    };
    let router = Router::new()
        .route("/dev/mailbox", get(messages))
        .route("/dev/mailbox/{id}/html", get(html))
        .route("/dev/mailbox/clear", post(clear))
        .with_state(mailbox.clone());
    FILES
        .into_iter()
        .fold(router, |router, (path, kind, text)| {
            let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, AN_HOUR)];
            router.route(path, get(async move || (headers, text)))
        })
        .layer(middleware::from_fn(only_here))
}

/// Lets only requests for this machine through. A hostile page can make its own host name resolve to 127.0.0.1 (DNS
/// rebinding) to read the links in messages, but then `Host` has that name.
async fn only_here(request: Request, next: Next) -> Response {
    if is_for_loopback(request.headers()) {
        next.run(request).await
    } else {
        ApiError::not_found().into_response()
    }
}

fn is_for_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let Some(authority) = host.and_then(|host| host.parse::<Authority>().ok()) else {
        return false;
    };
    let name = authority.host().trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Returns whether the browser says that a page of another origin sent the request.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|site| site != "same-origin" && site != "none")
}

/// The messages, newest first.
#[derive(Serialize)]
struct Messages {
    items: Vec<CaughtMessage>,
}

/// Shows the messages as a page, as JSON or as plain text, depending on `Accept`.
async fn messages(
    State(mailbox): State<Mailbox>,
    Query(query): Query<page::MailboxQuery>,
    headers: HeaderMap,
) -> Response {
    let mut items = mailbox.messages();
    items.retain(|message| page::matches(message, &query.q));
    if accept::names(&headers, "application/json") {
        Json(Messages { items }).into_response()
    } else if accept::names(&headers, "text/html") {
        let page = page::render(&items, &query);
        ([(CONTENT_SECURITY_POLICY, POLICY)], Html(page)).into_response()
    } else {
        page::plain(&items).into_response()
    }
}

/// Returns the HTML part of a message, for its frame.
async fn html(State(mailbox): State<Mailbox>, Path(id): Path<String>) -> Response {
    let message = mailbox
        .messages()
        .into_iter()
        .find(|message| message.id.to_string() == id);
    let Some(html) = message.and_then(|message| message.html) else {
        return ApiError::not_found().into_response();
    };
    let headers = [
        (CONTENT_SECURITY_POLICY, MESSAGE_POLICY),
        (X_FRAME_OPTIONS, "SAMEORIGIN"),
    ];
    // Links open in a new tab, because the pages that they lead to refuse to be framed.
    let html = html.replacen("<head>", "<head><base target=\"_blank\">", 1);
    (headers, Html(html)).into_response()
}

async fn clear(State(mailbox): State<Mailbox>, headers: HeaderMap) -> Response {
    if is_from_elsewhere(&headers) {
        return ApiError::not_found().into_response();
    }
    mailbox.clear();
    (StatusCode::SEE_OTHER, [(LOCATION, "/dev/mailbox")]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_open_the_mailbox() {
        let named = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            is_for_loopback(&headers)
        };
        for ours in [
            "127.0.0.1:8000",
            "localhost:8000",
            "LOCALHOST",
            "[::1]:8000",
            "127.8.8.8",
        ] {
            assert!(named(ours), "{ours}");
        }
        for other in [
            "evil.example",
            "evil.example:8000",
            "127.0.0.1.evil.example",
            "192.0.2.1",
            "localhost.evil.example",
            "",
        ] {
            assert!(!named(other), "{other}");
        }
        assert!(!is_for_loopback(&HeaderMap::new()));
    }
}
