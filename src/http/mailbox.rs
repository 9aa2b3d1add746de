//! `GET /dev/mailbox`: what would have been sent, for people in a browser, `curl`, and programs. Only with `serve --dev`.

use std::net::IpAddr;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use serde::Serialize;

use super::error::ApiError;
use crate::delivery::Mailbox;
use crate::delivery::mailbox::CaughtMessage;
use crate::delivery::templates::render_built_in;

/// The page's address, if there is a mailbox.
pub(super) fn router<S: Clone + Send + Sync + 'static>(mailbox: Option<&Mailbox>) -> Router<S> {
    let Some(mailbox) = mailbox else {
        return Router::new();
    };
    Router::new()
        .route("/dev/mailbox", get(page))
        .route(
            "/dev/mailbox.css",
            get(async || ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)),
        )
        .with_state(mailbox.clone())
}

/// The page's style sheet, served beside it: the page's policy allows none inside.
const STYLE: &str = include_str!("mailbox.css");
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The messages, newest first.
#[derive(Serialize)]
struct Messages {
    items: Vec<CaughtMessage>,
}

/// Whether the request was meant for this machine. A page elsewhere can make a browser look up its own name as
/// 127.0.0.1 (DNS rebinding) and would read every link; the name it asked for gives it away.
fn is_for_loopback(headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let Some(authority) = host.and_then(|host| host.parse::<Authority>().ok()) else {
        return false;
    };
    let name = authority.host().trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The page, or JSON for whoever asks for it.
async fn page(State(mailbox): State<Mailbox>, headers: HeaderMap) -> Response {
    if !is_for_loopback(&headers) {
        return ApiError::not_found().into_response();
    }
    let items = mailbox.messages();
    let wants = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    if wants.contains("application/json") {
        return Json(Messages { items }).into_response();
    }
    match render(&items) {
        Ok(page) => ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(page)).into_response(),
        Err(cause) => ApiError::internal(&cause).into_response(),
    }
}

fn render(messages: &[CaughtMessage]) -> Result<String, minijinja::Error> {
    let messages: Vec<_> = messages
        .iter()
        .map(|message| {
            serde_json::json!({
                "subject": message.subject,
                "to": message.to,
                "at": message.at,
                "words": words(&message.text).collect::<Vec<_>>(),
                "html": message.html,
            })
        })
        .collect();
    let content = serde_json::json!({ "messages": messages });
    render_built_in(include_str!("mailbox.html"), &content)
}

/// The words of a text, each with what parts it from the next; one that begins like an address of the web is one.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_end = |character: char| character.is_whitespace() || "<>\"'".contains(character);
    text.split_inclusive(is_end).map(move |piece| {
        let word = piece
            .trim_end_matches(is_end)
            .trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        piece.split_at(word.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_open_the_mailbox() {
        let named = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
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

    fn message(text: &str) -> CaughtMessage {
        CaughtMessage {
            id: crate::model::Id::from_bytes([0; 12]),
            at: jiff::Timestamp::UNIX_EPOCH,
            to: text.into(),
            subject: text.into(),
            text: text.into(),
            html: Some(text.into()),
        }
    }

    #[test]
    fn a_message_cannot_write_the_page() {
        let evil = "<script>alert('1')</script> \"&";
        let page = render(&[message(evil)]).unwrap();
        assert!(
            !page.contains("<script") && !page.contains("alert('"),
            "{page}"
        );
        assert_eq!(page.matches("&lt;script&gt;").count(), 4);
    }

    #[test]
    fn links_can_be_followed_and_stay_whole() {
        for (text, html) in [
            (
                "See https://a.example/verify?token=x_Y-1.\nBye",
                "<pre>See <a href=\"https://a.example/verify?token=x_Y-1\" rel=\"noreferrer\">https://a.example/verify?token=x_Y-1</a>.\nBye</pre>",
            ),
            (
                "javascript:alert(1) http://x\"onclick=1",
                "<pre>javascript:alert(1) <a href=\"http://x\" rel=\"noreferrer\">http://x</a>&quot;onclick=1</pre>",
            ),
        ] {
            let page = render(&[message(text)]).unwrap();
            assert!(page.contains(html), "{page}");
        }
        assert!(
            render(&[])
                .unwrap()
                .contains("<p>Nothing was sent yet.</p>")
        );
    }
}
