//! The link in an email, and the token in it.

use std::net::IpAddr;

use url::{Host, Url};

use crate::secret::SecretString;

/// The fewest characters of a token. Words and numbers in a path are shorter.
const MIN_TOKEN: usize = 24;

/// A link with a token.
pub(super) struct Link {
    pub(super) url: Url,
    pub(super) token: SecretString,
}

impl Link {
    /// Returns the first link in a text that carries a token: in the query parameter `token`, or as a long part of the
    /// path, the query or the fragment.
    pub(super) fn first_in(text: &str) -> Option<Self> {
        urls(text).find_map(Self::of)
    }

    fn of(url: Url) -> Option<Self> {
        let named = url.query_pairs().find(|(name, _)| name == "token");
        let token = match named {
            Some((_, token)) if !token.is_empty() => token.into_owned(),
            _ => {
                let rest = &url[url::Position::BeforePath..];
                let parts = rest.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
                let longest = parts.max_by_key(|part| part.len())?;
                (longest.len() >= MIN_TOKEN).then(|| longest.to_owned())?
            }
        };
        Some(Self {
            url,
            token: token.into(),
        })
    }

    /// Returns the link without its query and fragment, to be shown.
    pub(super) fn shown(&self) -> String {
        shown(&self.url)
    }
}

/// Returns a URL up to its path. Long parts of the path may be tokens and aren't shown.
pub(super) fn shown(url: &Url) -> String {
    let path: Vec<&str> = url
        .path()
        .split('/')
        .map(|part| if part.len() >= MIN_TOKEN { "…" } else { part })
        .collect();
    format!("{}{}", url.origin().ascii_serialization(), path.join("/"))
}

/// The URLs in a text. They end where no URL goes on.
fn urls(text: &str) -> impl Iterator<Item = Url> {
    let starts = text.match_indices("http").map(|(at, _)| &text[at..]);
    starts
        .filter(|rest| rest.starts_with("http://") || rest.starts_with("https://"))
        .filter_map(|rest| {
            let end =
                rest.find(|c: char| c.is_whitespace() || c.is_control() || "<>\"'\\`".contains(c));
            let url = rest[..end.unwrap_or(rest.len())].trim_end_matches(['.', ',', ';', ')', ']']);
            Url::parse(url).ok()
        })
}

/// Returns whether a URL leads to this machine or a private network, where no stranger gets.
pub(super) fn is_private(url: &Url) -> bool {
    let address = match url.host() {
        Some(Host::Domain(name)) => return name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        None => return false,
    };
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unspecified(),
    }
}

/// Returns whether two URLs lead to the same server. The names and addresses of this machine are one.
pub(super) fn is_same_server(one: &Url, other: &Url) -> bool {
    let is_here = |url: &Url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    one.origin() == other.origin()
        || is_here(one)
            && is_here(other)
            && one.scheme() == other.scheme()
            && one.port_or_known_default() == other.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::ExposeSecret as _;

    #[test]
    fn a_link_is_found_with_its_token_wherever_an_application_puts_it() {
        let token = "abcdefghijklmnopqrstuvwx-1.2_3";
        for link in [
            format!("https://a.example/verify?token={token}"),
            format!("https://a.example/verify?lang=en&token={token}"),
            format!("https://a.example/#/verify/{token}"),
            format!("http://localhost:3000/verify/{token}/go"),
        ] {
            for text in [
                format!("Hello,\n\nopen {link}.\nBye"),
                format!("text=\"See https://a.example/help or {link}\" more"),
                format!("<a href=\"{link}\">"),
            ] {
                let found = Link::first_in(&text).unwrap();
                assert_eq!(found.token.expose_secret(), token, "{text}");
                assert_eq!(found.url.as_str(), link, "{text}");
                assert!(!found.shown().contains("abcdefghij"), "{}", found.shown());
            }
        }
        assert!(Link::first_in("Log in at https://a.example/account/login").is_none());
    }

    #[test]
    fn the_names_of_this_machine_are_one_server() {
        let url = |text: &str| Url::parse(text).unwrap();
        assert!(is_same_server(
            &url("http://localhost:8000/"),
            &url("http://127.0.0.1:8000/x")
        ));
        assert!(!is_same_server(
            &url("http://localhost:8000/"),
            &url("http://127.0.0.1:8001/")
        ));
        assert!(!is_same_server(
            &url("https://a.example/"),
            &url("http://a.example/")
        ));
        assert!(is_same_server(
            &url("https://a.example/"),
            &url("https://a.example:443/x")
        ));
        for private in [
            "http://localhost/",
            "http://10.0.0.7:80/",
            "http://[::1]/",
            "http://0.0.0.0/",
        ] {
            assert!(is_private(&url(private)), "{private}");
        }
        assert!(!is_private(&url("https://accounts.example.com/")));
    }
}
