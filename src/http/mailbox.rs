//! `GET /dev/mailbox`: what would have been sent, for people in a browser, `curl`, and programs. Only with `serve --dev`.

use std::fmt::Write as _;
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
    (
        [(header::CONTENT_SECURITY_POLICY, POLICY)],
        Html(render(&items)),
    )
        .into_response()
}

fn render(messages: &[CaughtMessage]) -> String {
    let mut page = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Mailbox</title>\n<link rel=\"stylesheet\" href=\"/dev/mailbox.css\">\n</head>\n<body>\n<h1>Mailbox</h1>\n",
    );
    if messages.is_empty() {
        page.push_str("<p>Nothing was sent yet.</p>\n");
    }
    for message in messages {
        let subject = if message.subject.is_empty() {
            "Text message"
        } else {
            &message.subject
        };
        // Writing into a string cannot fail.
        let _ = write!(
            page,
            "<article>\n<h2>{}</h2>\n<p>To {} at <time>{}</time></p>\n<pre>{}</pre>\n",
            escape(subject),
            escape(&message.to),
            message.at,
            link(&message.text)
        );
        if let Some(html) = &message.html {
            let _ = write!(
                page,
                "<details>\n<summary>HTML part</summary>\n<pre>{}</pre>\n</details>\n",
                escape(html)
            );
        }
        page.push_str("</article>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// Text for any place of an HTML page.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Escaped text in which addresses of the web can be followed.
fn link(text: &str) -> String {
    let is_end = |character: char| character.is_whitespace() || "<>\"'".contains(character);
    text.split_inclusive(is_end)
        .map(|piece| {
            let word = piece
                .trim_end_matches(is_end)
                .trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
            if word.starts_with("http://") || word.starts_with("https://") {
                let address = escape(word);
                format!(
                    "<a href=\"{address}\" rel=\"noreferrer\">{address}</a>{}",
                    escape(&piece[word.len()..])
                )
            } else {
                escape(piece)
            }
        })
        .collect()
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

    #[test]
    fn a_message_cannot_write_the_page() {
        let evil = "<script>alert('1')</script> \"&";
        let message = CaughtMessage {
            id: crate::model::Id::from_bytes([0; 12]),
            at: jiff::Timestamp::UNIX_EPOCH,
            to: evil.into(),
            subject: evil.into(),
            text: evil.into(),
            html: Some(evil.into()),
        };
        let page = render(&[message]);
        assert!(
            !page.contains("<script") && !page.contains("alert('"),
            "{page}"
        );
        assert_eq!(page.matches("&lt;script&gt;").count(), 4);
    }

    #[test]
    fn links_can_be_followed_and_stay_whole() {
        assert_eq!(
            link("See https://a.example/verify?token=x_Y-1.\nBye"),
            "See <a href=\"https://a.example/verify?token=x_Y-1\" rel=\"noreferrer\">https://a.example/verify?token=x_Y-1</a>.\nBye"
        );
        assert_eq!(
            link("javascript:alert(1) http://x\"onclick=1"),
            "javascript:alert(1) <a href=\"http://x\" rel=\"noreferrer\">http://x</a>&quot;onclick=1"
        );
    }
}
