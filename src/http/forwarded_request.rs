//! The request that a proxy asks about (`X-Forwarded-Method`, `-Proto`, `-Host` and `-Uri`).
//!
//! Anyone can send these headers, so they count only if they come from a trusted proxy.

use std::net::IpAddr;

use axum::http::{HeaderMap, Method};
use url::Url;

use super::client_address::Proxies;

/// The request that a proxy asks about. Values that are missing or ambiguous are `None`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Forwarded {
    /// Its method.
    pub(super) method: Option<Method>,
    /// The origin of its URL, in the form that browsers use.
    pub(super) origin: Option<String>,
    /// Its whole URL.
    pub(super) url: Option<String>,
}

impl Forwarded {
    /// Reads the headers of a request that came from `peer`.
    pub(super) fn of(headers: &HeaderMap, peer: Option<IpAddr>, proxies: &Proxies) -> Self {
        if !peer.is_some_and(|peer| proxies.include(peer)) {
            return Self::default();
        }
        let method = one(headers, "x-forwarded-method");
        let origin = origin(headers);
        let path = one(headers, "x-forwarded-uri").filter(|path| path.starts_with('/'));
        let url = origin.as_ref().zip(path);
        Self {
            method: method.and_then(|method| Method::from_bytes(method.as_bytes()).ok()),
            url: url.map(|(origin, path)| format!("{origin}{path}")),
            origin,
        }
    }
}

/// Returns the value of a header that appears exactly once. If it appears several times, it's unknown which value to
/// believe.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut lines = headers.get_all(name).iter();
    let (line, None) = (lines.next()?, lines.next()) else {
        return None;
    };
    line.to_str().ok()
}

fn origin(headers: &HeaderMap) -> Option<String> {
    let scheme = match one(headers, "x-forwarded-proto")? {
        "https" | "wss" => "https",
        "http" | "ws" => "http",
        _ => return None,
    };
    let host = one(headers, "x-forwarded-host")?;
    let origin = Url::parse(&format!("{scheme}://{host}")).ok()?.origin();
    let origin = origin.ascii_serialization();
    // The origin has to match the header character by character, so that nothing can hide in it. Some proxies add the
    // default port.
    let plain = host.strip_suffix(if scheme == "https" { ":443" } else { ":80" });
    (origin.strip_prefix(scheme)?.strip_prefix("://")? == plain.unwrap_or(host)).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Identity;

    fn read(peer: &str, lines: &[(&'static str, &str)]) -> Forwarded {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let proxies = Proxies::new(&Identity {
            behind_proxy: true,
            ..Identity::default()
        });
        Forwarded::of(&headers, Some(peer.parse().unwrap()), &proxies)
    }

    const ASKED: [(&str, &str); 4] = [
        ("x-forwarded-method", "POST"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "app.example.com"),
        ("x-forwarded-uri", "/a?b=c,d"),
    ];

    fn with(name: &'static str, value: &str) -> Forwarded {
        let mut lines = ASKED;
        if let Some(line) = lines.iter_mut().find(|line| line.0 == name) {
            line.1 = value;
            return read("127.0.0.1", &lines);
        }
        panic!("{name}");
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_nobody_else() {
        let asked = read("127.0.0.1", &ASKED);
        assert_eq!(asked.method, Some(Method::POST));
        assert_eq!(asked.origin.as_deref(), Some("https://app.example.com"));
        assert_eq!(
            asked.url.as_deref(),
            Some("https://app.example.com/a?b=c,d")
        );
        assert_eq!(read("203.0.113.9", &ASKED), Forwarded::default());
    }

    #[test]
    fn what_is_not_clear_is_not_said() {
        for host in [
            "",
            "a b",
            "app.example.com/x",
            "x@app.example.com",
            "app.example.com:443:443",
            "app.example.com, evil.example",
            "APP.example.com",
            "app.example.com?",
            "app.example.com#",
            "app.example.com\\x",
        ] {
            let asked = with("x-forwarded-host", host);
            assert_eq!((asked.origin, asked.url), (None, None), "{host}");
        }
        for scheme in ["", "javascript", "HTTPS", "https,http"] {
            assert_eq!(with("x-forwarded-proto", scheme).url, None, "{scheme}");
        }
        for path in [
            "",
            "x",
            "@evil.example/",
            ".evil.example/",
            "https://evil.example/",
        ] {
            assert_eq!(with("x-forwarded-uri", path).url, None, "{path}");
        }
        let doubled = [&ASKED[..], &[("x-forwarded-host", "evil.example")]].concat();
        assert_eq!(read("127.0.0.1", &doubled).url, None);
        let port = with("x-forwarded-host", "app.example.com:443");
        assert_eq!(port.origin.as_deref(), Some("https://app.example.com"));
        let socket = with("x-forwarded-proto", "wss");
        assert_eq!(socket.origin.as_deref(), Some("https://app.example.com"));
    }
}
