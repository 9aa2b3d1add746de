//! The session cookie of `transport = "cookie"`: its attributes, how it is read, and which requests may use it.
//!
//! Browsers send the cookie whichever page makes the request. A request that changes something may use it only if the
//! browser says that the request comes from a page of this site. This module knows nothing of accounts and doesn't
//! check tokens.
//!
//! A 401 doesn't remove the cookie: the response to a late request could otherwise end a login that came in between. An
//! invalid cookie expires by itself, because it lives no longer than its token.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};
use url::Url;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required, Type};

use super::error::ApiError;
use crate::app::App;
use crate::config::{Identity, Settings, Transport};
use crate::secret::{ExposeSecret as _, SecretString};

/// The cookie's name.
pub(super) const NAME: &str = "regstack_session";

/// The request header that asks a login for the token in the response body.
pub(super) const TRANSPORT: HeaderName = HeaderName::from_static("x-regstack-transport");
/// The value of that header.
const BODY: &str = "bearer";
/// The header in which browsers say which site the request comes from (Fetch Metadata).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Returns every value of the session cookie in a request; nothing if sessions aren't in cookies.
pub(super) fn values<'a>(
    headers: &'a HeaderMap,
    settings: &Settings,
) -> impl Iterator<Item = &'a [u8]> {
    let on = settings.tokens.transport == Transport::Cookie;
    named(headers, NAME).filter(move |_| on)
}

/// Returns every value of the cookie with this name in a request.
pub(super) fn named<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a [u8]> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(move |pair| {
            let value = pair.trim_ascii().strip_prefix(name.as_bytes())?;
            value.strip_prefix(b"=")
        })
}

/// Returns whether a page of this site made the request. The browser has to say something about the page (`Origin` or
/// `Sec-Fetch-Site`), and everything that it says has to agree.
///
/// `Sec-Fetch-Site: none` doesn't count: the person entered the URL, and such a request has nothing to change.
///
/// A page in `cors_origins` counts like one of this site if the browser says that it is same-site. Browsers don't send
/// the cookie for pages of other sites.
pub(super) fn is_from_own_page(headers: &HeaderMap, identity: &Identity) -> bool {
    is_from_page_of(headers, identity, None)
}

/// Returns whether a page of exactly this site made the request: a page in `cors_origins` doesn't count.
pub(super) fn is_from_this_site(headers: &HeaderMap, identity: &Identity) -> bool {
    let mut sites = headers.get_all(SEC_FETCH_SITE).iter();
    sites.all(|site| site == "same-origin") && is_from_own_page(headers, identity)
}

/// Does the same as [`is_from_own_page`] for a request that a proxy asks about, which may also come from the pages of the protected site:
/// `asked` is the origin of the requested URL.
pub(super) fn is_from_page_of(
    headers: &HeaderMap,
    identity: &Identity,
    asked: Option<&str>,
) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let sites: Vec<_> = headers.get_all(SEC_FETCH_SITE).iter().collect();
    let is_told = !sites.is_empty();
    let is_same_origin = sites.iter().all(|site| *site == "same-origin");
    let mut same_site = sites
        .iter()
        .map(|site| *site == "same-origin" || *site == "same-site");
    match (origins.next(), origins.next()) {
        (None, _) => is_told && is_same_origin,
        (Some(origin), None) => {
            let is_asked = asked.is_some_and(|asked| origin.as_bytes() == asked.as_bytes());
            is_same_origin && (is_asked || is_own(origin, headers, identity))
                || is_told && same_site.all(|same| same) && is_named(origin, identity)
        }
        _ => false,
    }
}

/// Returns whether an origin is in `cors_origins` by name.
fn is_named(origin: &HeaderValue, identity: &Identity) -> bool {
    let names = identity.cors_origins.iter();
    names
        .filter(|name| *name != "*")
        .any(|name| origin.as_bytes() == name.as_bytes())
}

/// Returns whether an origin is that of `base_url`, or of the requested host.
///
/// A page can't change the `Host` header that its browser sends, but a proxy can, so it doesn't count behind a proxy.
/// The scheme is always that of `base_url`: a page loaded over HTTP is not trusted by a site that uses HTTPS.
fn is_own(origin: &HeaderValue, headers: &HeaderMap, identity: &Identity) -> bool {
    let serialized = |url: Url| url.origin().ascii_serialization();
    let Ok(base) = Url::parse(&identity.base_url) else {
        return false;
    };
    let asked = || {
        let host = headers.get(header::HOST)?.to_str().ok()?;
        Url::parse(&format!("{}://{host}", base.scheme())).ok()
    };
    let asked = if identity.behind_proxy { None } else { asked() };
    std::iter::once(base.clone())
        .chain(asked)
        .any(|own| origin.as_bytes() == serialized(own).as_bytes())
}

/// The `Set-Cookie` headers of a response.
pub(super) struct SetCookie {
    /// Removes a cookie of this host alone if the session cookie is for a whole domain. The browser would send a cookie
    /// from before `cookie_domain` was set together with the new one, and two are refused.
    twin: Option<HeaderValue>,
    line: HeaderValue,
}

impl SetCookie {
    /// Keeps the session in the browser for this many seconds.
    pub(super) fn keep(token: &SecretString, seconds: u32, identity: &Identity) -> Self {
        Self::new(token.expose_secret(), seconds, identity)
    }

    /// Returns the cookie in one `Set-Cookie` header, because some proxies pass only one on. With `cookie_domain`, the
    /// cookie of this host alone isn't removed.
    pub(super) fn in_one_line(mut self) -> Self {
        self.twin = None;
        self
    }

    fn new(value: &str, seconds: u32, identity: &Identity) -> Self {
        let domain = identity.cookie_domain.as_deref();
        Self {
            twin: domain.map(|_| Self::line("", 0, None, identity)),
            line: Self::line(value, seconds, domain, identity),
        }
    }

    fn line(value: &str, seconds: u32, domain: Option<&str>, identity: &Identity) -> HeaderValue {
        let mut cookie =
            format!("{NAME}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax");
        if identity.base_url.starts_with("https://") {
            cookie.push_str("; Secure");
        }
        if let Some(domain) = domain {
            cookie.push_str("; Domain=");
            cookie.push_str(domain);
        }
        let mut line =
            HeaderValue::from_str(&cookie).expect("tokens and domains are plain characters");
        line.set_sensitive(true);
        line
    }
}

impl IntoResponseParts for SetCookie {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        // The session's cookie comes last: browsers that take both for the same cookie keep the last one.
        for line in self.twin.into_iter().chain([self.line]) {
            parts.headers_mut().append(header::SET_COOKIE, line);
        }
        Ok(parts)
    }
}

/// Removes the session cookie if the request sent one. For responses of requests that end the session.
pub(super) struct ClearCookie(Option<SetCookie>);

impl ClearCookie {
    /// Sets the cookie to a new session instead, if the request sent a cookie. Returns whether it did.
    pub(super) fn replace(
        &mut self,
        token: &SecretString,
        seconds: u32,
        identity: &Identity,
    ) -> bool {
        if let Some(cookie) = &mut self.0 {
            *cookie = SetCookie::keep(token, seconds, identity);
        }
        self.0.is_some()
    }
}

impl FromRequestParts<App> for ClearCookie {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let sent = values(&parts.headers, &app.settings).next().is_some();
        Ok(Self(
            sent.then(|| SetCookie::new("", 0, &app.settings.identity)),
        ))
    }
}

impl IntoResponseParts for ClearCookie {
    type Error = Infallible;

    fn into_response_parts(self, parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        self.0.into_response_parts(parts)
    }
}

/// How a login returns its session: as configured, or in the body if the request asks for that.
///
/// If any page could get the cookie, another site could log its visitors in to an account of its own. So only pages of
/// this site can.
pub(super) struct SessionTransport(pub(super) Transport);

impl FromRequestParts<App> for SessionTransport {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let mut asked = parts.headers.get_all(TRANSPORT).iter();
        if app.settings.tokens.transport == Transport::Bearer
            || asked.any(|asked| asked.as_bytes().eq_ignore_ascii_case(BODY.as_bytes()))
        {
            return Ok(Self(Transport::Bearer));
        }
        if is_from_own_page(&parts.headers, &app.settings.identity) {
            Ok(Self(Transport::Cookie))
        } else {
            app.say_first_cross_site_login();
            Err(ApiError::cross_site())
        }
    }
}

impl IntoParams for SessionTransport {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some([BODY]));
        let help =
            "With `bearer` the token comes in the body even where sessions travel in a cookie.";
        let parameter = ParameterBuilder::new()
            .name(TRANSPORT.as_str())
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(help))
            .schema(Some(schema.build()));
        vec![parameter.build()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &[u8])]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_bytes(value).unwrap());
        }
        headers
    }

    fn found(lines: &[&[u8]]) -> Vec<String> {
        let mut settings = Settings::default();
        settings.tokens.transport = Transport::Cookie;
        let lines: Vec<_> = lines.iter().map(|line| ("cookie", *line)).collect();
        let headers = headers(&lines);
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let found = values(&headers, &settings).map(text).collect();
        settings.tokens.transport = Transport::Bearer;
        assert_eq!(values(&headers, &settings).count(), 0);
        found
    }

    #[test]
    fn every_value_of_the_name_is_found_and_no_other() {
        assert_eq!(found(&[b"regstack_session=a.b"]), ["a.b"]);
        assert_eq!(
            found(&[b"x=\xff;regstack_session=a ; y", b"regstack_session="]),
            ["a", ""]
        );
        assert_eq!(found(&[b"regstack_session=\"a\""]), ["\"a\""]);
        assert_eq!(
            found(&[b"regstack_session; Regstack_Session=a; regstack_sessions=a; x=regstack_session=a; =regstack_session=a"]),
            [""; 0]
        );
    }

    fn identity(base_url: &str, behind_proxy: bool) -> Identity {
        Identity {
            base_url: base_url.to_owned(),
            behind_proxy,
            ..Identity::default()
        }
    }

    #[test]
    fn an_own_page_is_at_the_base_url_or_at_the_host_that_was_asked() {
        let asks = |base_url: &str, behind_proxy: bool, host: &'static str, origin: &str| {
            let headers = headers(&[
                ("host", host.as_bytes()),
                ("origin", origin.to_owned().as_bytes()),
            ]);
            is_from_own_page(&headers, &identity(base_url, behind_proxy))
        };
        let base = "https://a.example/app";
        for origin in ["https://a.example", "https://b.example:8443"] {
            assert!(asks(base, false, "b.example:8443", origin), "{origin}");
        }
        assert!(asks(base, true, "inner:8000", "https://a.example"));
        assert!(asks("http://[::1]:80", true, "", "http://[::1]"));
        for origin in [
            "http://a.example",
            "https://a.example:444",
            "https://a.example/",
            "https://x@a.example",
            "https://a.example.evil.example",
            "https://a.example https://a.example",
            "https://b.example",
            "http://b.example:8443",
            "HTTPS://A.EXAMPLE",
            "null",
            "",
        ] {
            assert!(!asks(base, false, "b.example:8443", origin), "{origin}");
        }
        let proxied = asks(base, true, "b.example", "https://b.example");
        assert!(!proxied, "behind a proxy the host may be of its making");
    }

    /// Every origin with every value that a browser or a forger can send in `Sec-Fetch-Site`. `cors_origins` names a
    /// page of the same site, one of another site, and the pages' own origin.
    #[test]
    fn of_pages_elsewhere_only_a_named_one_of_the_same_site_may_change_anything() {
        let own = "https://accounts.example.com";
        let (named, foreign) = ("https://app.example.com", "https://partner.example");
        let origins = [
            None,
            Some(own),
            Some(named),
            Some(foreign),
            Some("null"),
            Some(""),
            Some("https://evil.example.com"),
            Some("https://example.com"),
            Some("http://app.example.com"),
            Some("http://accounts.example.com"),
            Some("https://app.example.com:8443"),
            Some("https://app.example.com:443"),
            Some("https://app.example.com."),
            Some("https://accounts.example.com."),
            Some("https://APP.example.com"),
            Some("https://app.example.com/"),
            Some("https://app.example.com.evil.example"),
            Some("https://app.example.com@evil.example"),
            Some("https://app.example.com https://evil.example"),
            Some("https://xapp.example.com"),
            Some("https://[::1]"),
            Some("https://[2001:db8::1]"),
            Some("*"),
            Some("file://"),
        ];
        let sites: [&[&str]; 9] = [
            &[],
            &["same-origin"],
            &["same-site"],
            &["cross-site"],
            &["none"],
            &[""],
            &["SAME-SITE"],
            &["same-site", "cross-site"],
            &["same-site, same-site"],
        ];
        let mut allowed = Vec::new();
        for behind_proxy in [false, true] {
            let identity = Identity {
                cors_origins: [named, foreign, own].map(str::to_owned).into(),
                ..identity(own, behind_proxy)
            };
            for origin in origins {
                for sites in sites {
                    let mut headers = headers(&[("host", b"accounts.example.com")]);
                    for site in sites {
                        headers.append("sec-fetch-site", site.parse().unwrap());
                    }
                    if let Some(origin) = origin {
                        headers.append("origin", origin.parse().unwrap());
                    }
                    if is_from_own_page(&headers, &identity) {
                        allowed.push((origin.unwrap_or("-"), sites.join("+")));
                    }
                    headers.append("origin", "https://evil.example".parse().unwrap());
                    let planted = origin.is_some() && is_from_own_page(&headers, &identity);
                    assert!(!planted, "{origin:?} beside another, {sites:?}");
                }
            }
        }
        let both = |(origin, site): (&'static str, &str)| (origin, site.to_owned());
        // For a page of another site, browsers don't send "same-site", and they don't send the cookie: allowing it is
        // harmless.
        let expected = [
            ("-", "same-origin"),
            (own, ""),
            (own, "same-origin"),
            (own, "same-site"),
            (named, "same-origin"),
            (named, "same-site"),
            (foreign, "same-origin"),
            (foreign, "same-site"),
        ];
        let expected = [expected, expected].concat();
        assert_eq!(allowed, expected.into_iter().map(both).collect::<Vec<_>>());
    }

    #[test]
    fn everything_the_browser_says_must_agree_and_silence_is_no_answer() {
        let (own, evil): (&[u8], &[u8]) = (b"http://localhost:8000", b"https://evil.example");
        let asks = |lines: &[(&'static str, &[u8])]| {
            is_from_own_page(&headers(lines), &Identity::default())
        };
        assert!(asks(&[("origin", own)]));
        assert!(asks(&[("sec-fetch-site", b"same-origin")]));
        assert!(asks(&[("origin", own), ("sec-fetch-site", b"same-origin")]));
        assert!(!asks(&[]));
        assert!(!asks(&[("referer", own)]));
        for site in ["none", "same-site", "cross-site", "SAME-ORIGIN", ""] {
            assert!(!asks(&[("sec-fetch-site", site.as_bytes())]), "{site}");
            let both = [("origin", own), ("sec-fetch-site", site.as_bytes())];
            assert!(!asks(&both), "{site}");
        }
        assert!(!asks(&[
            ("origin", evil),
            ("sec-fetch-site", b"same-origin")
        ]));
        assert!(!asks(&[("origin", own), ("origin", evil)]));
    }
}
