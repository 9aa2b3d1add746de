//! Shows messages: a list with one open message, or all of them as plain text.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::delivery::mailbox::CaughtMessage;
use crate::delivery::templates::render_built_in;

/// Which part of a message is shown.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum View {
    #[default]
    Html,
    Text,
    Source,
}

/// The query of the page.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct MailboxQuery {
    /// The search text.
    pub(super) q: String,
    /// The open message; if empty, the newest.
    pub(super) message: String,
    pub(super) view: View,
}

#[derive(Serialize)]
struct Content<'a> {
    q: &'a str,
    entries: Vec<Entry<'a>>,
    /// Whether the newest message is open because no other was selected.
    follows: bool,
    open: Option<Open<'a>>,
    view: View,
}

/// A message in the list.
#[derive(Serialize)]
struct Entry<'a> {
    id: String,
    at: String,
    to: &'a str,
    subject: &'a str,
    is_sms: bool,
    is_open: bool,
    link: String,
}

/// The open message.
#[derive(Serialize)]
struct Open<'a> {
    id: String,
    at: String,
    to: &'a str,
    subject: &'a str,
    is_sms: bool,
    words: Vec<(&'a str, &'a str)>,
    source: Option<&'a str>,
    /// The parts of the message: name, link, and whether it is shown.
    views: Vec<(&'static str, String, bool)>,
}

/// Returns whether a message contains this text, ignoring case.
pub(super) fn matches(message: &CaughtMessage, words: &str) -> bool {
    let words = words.trim().to_lowercase();
    [&message.to, &message.subject, &message.text]
        .iter()
        .any(|part| part.to_lowercase().contains(&words))
}

/// Returns all messages as plain text, newest first.
pub(super) fn plain(messages: &[CaughtMessage]) -> String {
    let mut text = String::new();
    for message in messages {
        // Writing into a string can't fail.
        let _ = write!(text, "Date: {}\nTo: {}\n", message.at, message.to);
        if !message.subject.is_empty() {
            let _ = writeln!(text, "Subject: {}", message.subject);
        }
        let _ = write!(text, "\n{}\n\n", message.text.trim_end());
    }
    text
}

/// Renders the page.
pub(super) fn render(messages: &[CaughtMessage], query: &MailboxQuery) -> String {
    let named = messages
        .iter()
        .find(|message| message.id.to_string() == query.message);
    let open = named.or(messages.first());
    let entries: Vec<_> = messages
        .iter()
        .map(|message| Entry {
            id: message.id.to_string(),
            at: message.at.to_string(),
            to: &message.to,
            subject: &message.subject,
            is_sms: message.html.is_none(),
            is_open: open.is_some_and(|open| open.id == message.id),
            link: link_to(message, query, query.view),
        })
        .collect();
    let content = Content {
        q: &query.q,
        entries,
        follows: named.is_none(),
        open: open.map(|message| read(message, query)),
        view: query.view,
    };
    render_built_in(include_str!("page.html"), &content)
        .expect("the page is built in, and a test renders it")
}

fn read<'a>(message: &'a CaughtMessage, query: &MailboxQuery) -> Open<'a> {
    let views = [
        ("HTML", View::Html),
        ("Text", View::Text),
        ("Source", View::Source),
    ];
    let views = views.map(|(name, view)| (name, link_to(message, query, view), query.view == view));
    Open {
        id: message.id.to_string(),
        at: message.at.to_string(),
        to: &message.to,
        subject: &message.subject,
        is_sms: message.html.is_none(),
        words: words(&message.text).collect(),
        source: message.html.as_deref(),
        views: message.html.iter().flat_map(|_| views.clone()).collect(),
    }
}

/// Returns the URL of the page with this message open.
fn link_to(message: &CaughtMessage, query: &MailboxQuery, view: View) -> String {
    let mut link = url::form_urlencoded::Serializer::new(String::from("?"));
    if !query.q.is_empty() {
        link.append_pair("q", &query.q);
    }
    link.append_pair("message", &message.id.to_string());
    match view {
        View::Html => {}
        View::Text => drop(link.append_pair("view", "text")),
        View::Source => drop(link.append_pair("view", "source")),
    }
    link.finish()
}

/// Splits a text into words, each with the separator that follows it. A URL is one word.
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
        for view in [View::Html, View::Text, View::Source] {
            let query = MailboxQuery {
                q: evil.into(),
                message: evil.into(),
                view,
            };
            let page = render(&[message(evil)], &query);
            assert_eq!(page.matches("<script").count(), 1, "the page's own: {page}");
            assert!(!page.contains("alert('"), "{page}");
            assert!(page.contains("&lt;script&gt;"));
        }
    }

    #[test]
    fn the_newest_is_read_until_another_is_chosen() {
        let newest = CaughtMessage {
            id: crate::model::Id::from_bytes([1; 12]),
            ..message("newest")
        };
        let messages = [newest, message("older")];
        let page = render(&messages, &MailboxQuery::default());
        assert!(page.contains("<h2>newest</h2>") && page.contains("data-follows"));
        let chosen = MailboxQuery {
            message: "0".repeat(24),
            ..MailboxQuery::default()
        };
        let page = render(&messages, &chosen);
        assert!(page.contains("<h2>older</h2>") && !page.contains("data-follows"));
    }

    #[test]
    fn messages_are_found_by_their_words() {
        let mail = message("Confirm your email address");
        for words in ["", " confirm ", "EMAIL"] {
            assert!(matches(&mail, words), "{words}");
        }
        assert!(!matches(&mail, "password"));
    }

    #[test]
    fn links_can_be_followed_and_stay_whole() {
        for (text, html) in [
            (
                "See https://a.example/verify?token=x_Y-1.\nBye",
                "See <a href=\"https://a.example/verify?token=x_Y-1\" target=\"_blank\" rel=\"noreferrer\">https://a.example/verify?token=x_Y-1</a>.\nBye</pre>",
            ),
            (
                "javascript:alert(1) http://x\"onclick=1",
                "javascript:alert(1) <a href=\"http://x\" target=\"_blank\" rel=\"noreferrer\">http://x</a>&quot;onclick=1</pre>",
            ),
        ] {
            let query = MailboxQuery {
                view: View::Text,
                ..MailboxQuery::default()
            };
            let page = render(&[message(text)], &query);
            assert!(page.contains(html), "{page}");
        }
    }
}
