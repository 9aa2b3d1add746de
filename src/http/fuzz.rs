//! What fuzz targets run: each function checks on any bytes what always holds. A violation panics.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::client_address::Proxies;
use super::cookie;
use super::extract::{Members, Patch, bearer, request};
use crate::config::{Identity, Settings, Transport};
use crate::model::{Email, FullName, NewPassword, ProofToken};

/// Returns each line as the value of one header, without those that no client can send.
fn lines(name: &HeaderName, data: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n').take(20) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(name, value);
        }
    }
    headers
}

/// Lines of `Cookie` and `Authorization`, and pages that a request comes from.
///
/// - The session cookies are those that a plain reading of the lines finds, and none if sessions aren't in cookies.
/// - A bearer token has only the characters of one, and comes from a single line.
/// - A request that only names an origin comes from a page of this site only if that origin is this site's.
pub fn cookie(data: &[u8]) {
    let headers = lines(&header::COOKIE, data);
    let mut settings = Settings::default();
    assert_eq!(cookie::values(&headers, &settings).count(), 0);
    settings.tokens.transport = Transport::Cookie;
    let found: Vec<&[u8]> = cookie::values(&headers, &settings).collect();
    let mut plain: Vec<&[u8]> = Vec::new();
    for line in headers.get_all(header::COOKIE) {
        for pair in line.as_bytes().split(|byte| *byte == b';') {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = halves.next().unwrap_or_default().trim_ascii_start();
            if let Some(value) = halves.next()
                && name == cookie::NAME.as_bytes()
            {
                plain.push(value.trim_ascii_end());
            }
        }
    }
    assert_eq!(found, plain);
    let headers = lines(&header::AUTHORIZATION, data);
    if let Some(token) = bearer(&headers) {
        assert!((1..=4096).contains(&token.len()));
        assert!(token.bytes().all(|byte| byte.is_ascii_graphic()));
        assert_eq!(headers.get_all(header::AUTHORIZATION).iter().count(), 1);
    }
    let headers = lines(&header::ORIGIN, data);
    let identity = Identity {
        base_url: "https://app.example.com".to_owned(),
        ..Identity::default()
    };
    if cookie::is_from_own_page(&headers, &identity) {
        let own = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
        assert_eq!(own, Some(&b"https://app.example.com"[..]));
    }
}

/// Lines of `X-Forwarded-For`.
///
/// - Without proxies, and from a peer that isn't one, they change nothing.
/// - Several lines count like one.
/// - What a client adds at the left changes nothing, unless all hops are trusted.
pub fn forwarded(data: &[u8]) {
    let name = HeaderName::from_static("x-forwarded-for");
    let headers = lines(&name, data);
    let all: Vec<&[u8]> = headers
        .get_all(&name)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    let joined = all.join(&b","[..]);
    let spoofed = [&b"198.51.100.66, "[..], &joined].concat();
    let one = |line: &[u8]| {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(&name, value);
        }
        headers
    };
    let private: IpAddr = [10, 0, 0, 1].into();
    let public: IpAddr = [203, 0, 113, 9].into();
    let identity = |behind_proxy, trusted: &str| Identity {
        behind_proxy,
        trusted_proxies: trusted.parse().into_iter().collect(),
        ..Identity::default()
    };
    for (proxies, trusts) in [
        (Proxies::new(&identity(false, "")), None),
        (Proxies::new(&identity(true, "")), Some(private)),
        (Proxies::new(&identity(true, "10.0.0.0/8")), Some(private)),
    ] {
        for peer in [private, public] {
            let client = proxies.client(peer, &headers);
            if trusts != Some(peer) {
                assert_eq!(client, peer, "a header of one who isn't a proxy");
                continue;
            }
            if all.is_empty() {
                assert_eq!(client, peer);
                continue;
            }
            assert_eq!(client, proxies.client(peer, &one(&joined)));
            let is_listed = matches!(proxies, Proxies::Listed(_));
            if !is_listed || !proxies.include(client) {
                assert_eq!(client, proxies.client(peer, &one(&spoofed)));
            }
            assert_eq!(client, client.to_canonical());
        }
    }
}

request! {
    /// A body with a field of every kind.
    Everything {
        /// Required.
        email: Email,
        /// Required.
        password: NewPassword,
        /// Optional.
        token: Option<ProofToken>,
        /// Optional.
        flag: Option<bool>,
        /// Optional.
        full_name: Patch<Option<FullName>>,
    }
}

/// The body of a request.
///
/// - An object that a full JSON parser reads is read here too, with the same members.
/// - What is refused is refused with at least one fault, and no fault repeats a string of the body.
/// - A body that is accepted is accepted again, with the same address.
pub fn json(data: &[u8]) {
    let members = Members::of(data);
    if let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(data) {
        let members = members.as_ref().ok();
        let names = members.map(Members::names).unwrap_or_default();
        assert!(object.keys().all(|name| names.contains(&name.as_str())));
        assert!(names.iter().all(|name| object.contains_key(*name)));
    }
    match Members::read::<Everything>(data) {
        Ok(all) => {
            let address = all.email.to_string();
            let again = Email::parse(&address).map(|again| again.to_string());
            assert_eq!(again, Ok(address));
            let length = all.password.as_password().expose().chars().count();
            assert!((8..=128).contains(&length));
            assert!(all.token.is_none_or(|token| token.expose().len() <= 4096));
            let _ = (all.flag, all.full_name.0);
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            let told = serde_json::to_string(&faults).unwrap_or_default();
            assert!(told.len() < 8192, "{}", told.len());
            for text in members.iter().flat_map(Members::texts) {
                // Shorter ones may be words of the rules.
                assert!(text.len() < 32 || !told.contains(text), "{told}");
            }
        }
    }
}
