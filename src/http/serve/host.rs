//! Checks that a request names its host clearly (RFC 9112, section 3.2).
//!
//! If a request names two hosts, a proxy in front may use one of them and this server the other. So unclear requests
//! are refused.

use std::net::Ipv6Addr;

use axum::http::{HeaderMap, Version, header};

/// Returns whether there is exactly one well-formed `Host`. Only clients older than HTTP/1.1 may omit it. An empty one
/// is well-formed: the standard requires it if the target has no host, and clients send it over Unix sockets.
pub(super) fn is_clear(version: Version, headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::HOST).iter();
    match (lines.next(), lines.next()) {
        (None, _) => version < Version::HTTP_11,
        (Some(host), None) => is_host(host.as_bytes()),
        (Some(_), Some(_)) => false,
    }
}

/// Checks for `host [ ":" port ]` (RFC 3986, section 3.2.2), without user information.
fn is_host(text: &[u8]) -> bool {
    if let Some(literal) = text.strip_prefix(b"[") {
        let mut parts = literal.splitn(2, |byte| *byte == b']');
        let (address, after) = (parts.next(), parts.next());
        return address.is_some_and(is_ipv6) && after.is_some_and(is_port);
    }
    let end = text.iter().position(|byte| *byte == b':');
    let (name, port) = text.split_at(end.unwrap_or(text.len()));
    is_name(name) && is_port(port)
}

fn is_ipv6(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
}

/// Checks for nothing, or a colon that may be followed by digits.
fn is_port(text: &[u8]) -> bool {
    match text.split_first() {
        None => true,
        Some((colon, digits)) => *colon == b':' && digits.iter().all(u8::is_ascii_digit),
    }
}

/// Checks for a registered name or an IPv4 address.
fn is_name(mut text: &[u8]) -> bool {
    while let Some((first, rest)) = text.split_first() {
        text = match first {
            b'%' => {
                let Some((digits, rest)) = rest.split_at_checked(2) else {
                    return false;
                };
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return false;
                }
                rest
            }
            first if first.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(first) => rest,
            _ => return false,
        };
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_from_what_is_none() {
        for host in [
            "",
            "localhost",
            "Accounts.Example.COM.",
            "accounts.example.com:8443",
            "accounts.example.com:",
            "127.0.0.1:8000",
            "[::1]",
            "[2001:db8::7]:443",
            "xn--bcher-kva.example",
            "b%C3%BCcher.example",
            "my_host",
        ] {
            assert!(is_host(host.as_bytes()), "{host}");
        }
        for host in [
            "a b",
            "a, b",
            "a/b",
            "user@a",
            "a:b",
            "a:80:80",
            "a?b",
            "a#b",
            "a\\b",
            "<a>",
            "\"a\"",
            "http://a",
            "::1",
            "[::1",
            "[::1]a",
            "[::1]80",
            "[a]",
            "[127.0.0.1]",
            "[]",
            "%",
            "%4",
            "%zz",
            "b\u{fc}cher",
        ] {
            assert!(!is_host(host.as_bytes()), "{host}");
        }
    }
}
